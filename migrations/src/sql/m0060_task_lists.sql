-- Lists of a whole workspace's tasks by time, newest first or last: read along the index, as long as a
-- page is, however many tasks there are.
CREATE INDEX tasks_created ON tasks (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_updated ON tasks (workspace_id, updated_at, id) WHERE deleted_at IS NULL;
