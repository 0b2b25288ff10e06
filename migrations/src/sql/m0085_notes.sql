-- The use case notes: what a text asks for that is planned already is shown as such and not proposed again.
ALTER TABLE jobs DROP CONSTRAINT jobs_use_case_check,
  ADD CONSTRAINT jobs_use_case_check CHECK (use_case IN ('PLAN','NOTES'));
ALTER TABLE suggestions DROP CONSTRAINT suggestions_use_case_check,
  ADD CONSTRAINT suggestions_use_case_check CHECK (use_case IN ('PLAN','NOTES'));
ALTER TABLE suggestion_items ADD COLUMN known_task_id uuid,
  ADD FOREIGN KEY (workspace_id, known_task_id) REFERENCES tasks (workspace_id, id)
    ON DELETE SET NULL (known_task_id);
CREATE INDEX suggestion_items_known ON suggestion_items (workspace_id, known_task_id) WHERE known_task_id IS NOT NULL;
