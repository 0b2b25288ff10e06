-- Deleting what has been kept long enough, by a role that can do nothing else. The worker becomes it;
-- the API cannot.

-- Which purge ran when: the row that a worker takes before it runs one, so that many workers agree.
CREATE TABLE retention_runs (
  purge       text PRIMARY KEY CHECK (char_length(purge) BETWEEN 1 AND 100),
  started_at  timestamptz NOT NULL,
  finished_at timestamptz,
  -- What the last finished run removed.
  removed     bigint CHECK (removed >= 0)
);
CALL protect_system_table('retention_runs');
CALL let_administrators_at('retention_runs');
GRANT SELECT, INSERT, UPDATE ON retention_runs TO smartstack_system;
GRANT SELECT ON retention_runs TO smartstack_admin;

CREATE PROCEDURE let_retention_at(target regclass, condition text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE POLICY retention ON %s TO smartstack_retention USING (%s) WITH CHECK (%s)',
                 target, condition, condition);
END $$;
REVOKE ALL ON PROCEDURE let_retention_at(regclass, text) FROM PUBLIC;

-- What is not deleted by its owner is out of reach, whatever a purge says.
CALL let_retention_at('projects', 'deleted_at IS NOT NULL');
CALL let_retention_at('workspaces', 'true');
GRANT SELECT (id, workspace_id, deleted_at), DELETE ON projects TO smartstack_retention;
GRANT SELECT (id, deleted_at), DELETE ON workspaces TO smartstack_retention;
CREATE POLICY retention_deleted ON workspaces AS RESTRICTIVE FOR DELETE TO smartstack_retention
  USING (deleted_at IS NOT NULL);
CREATE INDEX projects_deleted ON projects (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX workspaces_deleted ON workspaces (deleted_at) WHERE deleted_at IS NOT NULL;

-- The history of a purged project goes with it. Deleting a project writes one more version first.
CALL let_retention_at('row_versions', 'true');
GRANT SELECT (workspace_id, noun, row_id, row), INSERT, DELETE ON row_versions TO smartstack_retention;
GRANT EXECUTE ON FUNCTION current_actor() TO smartstack_retention;

CALL let_retention_at('idempotency_keys', 'true');
GRANT SELECT (workspace_id, actor_id, operation, key, created_at), DELETE ON idempotency_keys TO smartstack_retention;
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

CALL let_retention_at('changes', 'true');
GRANT SELECT (workspace_id, seq, at), DELETE ON changes TO smartstack_retention;
CREATE INDEX changes_at ON changes (at);

CALL let_retention_at('queue_messages', 'dead_at IS NOT NULL');
GRANT SELECT (id, dead_at), DELETE ON queue_messages TO smartstack_retention;
CREATE INDEX queue_messages_dead ON queue_messages (dead_at) WHERE dead_at IS NOT NULL;
