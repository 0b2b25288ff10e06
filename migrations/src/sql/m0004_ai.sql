-- Texts, the jobs that read them, and what the jobs suggest. The worker's role reads the context and
-- writes suggestions and job state; it has no grant to change work.
CREATE TABLE documents (
  id           uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  project_id   uuid NOT NULL,
  title        text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 500),
  text         text NOT NULL CHECK (char_length(text) BETWEEN 1 AND 200000),
  language     text CHECK (char_length(language) <= 35),
  word_count   integer NOT NULL CHECK (word_count >= 0),
  created_by   uuid REFERENCES users ON DELETE SET NULL,
  created_at   timestamptz NOT NULL,
  version      integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  UNIQUE (workspace_id, id),
  FOREIGN KEY (workspace_id, project_id) REFERENCES projects (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX documents_project ON documents (workspace_id, project_id, id);
CALL protect_tenant_table('documents');
GRANT SELECT, INSERT, UPDATE, DELETE ON documents TO smartstack_app;
GRANT SELECT ON documents TO smartstack_work;
GRANT UPDATE (language) ON documents TO smartstack_work;

CREATE TABLE jobs (
  id             uuid PRIMARY KEY,
  workspace_id   uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  use_case       text NOT NULL CHECK (use_case IN ('PLAN')),
  state          text NOT NULL CHECK (state IN ('QUEUED','RUNNING','READY','NEEDS_REVIEW','CANCELLED')),
  stage          text CHECK (stage IN ('READING','ASKING','CHECKING')),
  -- When each stage of the current attempt began.
  stages         jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(stages) = 'array'),
  -- Raised by each claim; a write that carries an older number changes nothing.
  attempt        integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
  document_id    uuid NOT NULL,
  project_id     uuid NOT NULL,
  reason         text CHECK (reason IN ('MODEL_UNAVAILABLE','MODEL_REFUSED','OUTPUT_INVALID','NOTHING_FOUND',
                                        'TEXT_TOO_LONG','TIMED_OUT','INTERNAL')),
  reason_message text CHECK (char_length(reason_message) <= 2000),
  -- The person's calendar day, against which relative dates are read.
  today          date NOT NULL,
  lease_owner    text CHECK (char_length(lease_owner) <= 200),
  lease_until    timestamptz,
  created_by     uuid REFERENCES users ON DELETE SET NULL,
  created_at     timestamptz NOT NULL,
  started_at     timestamptz,
  finished_at    timestamptz,
  version        integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  UNIQUE (workspace_id, id),
  FOREIGN KEY (workspace_id, document_id) REFERENCES documents (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, project_id) REFERENCES projects (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX jobs_project ON jobs (workspace_id, project_id, id);
CREATE INDEX jobs_document ON jobs (workspace_id, document_id);
CREATE INDEX jobs_state ON jobs (workspace_id, state, id);
CALL protect_tenant_table('jobs');
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO smartstack_app;
GRANT SELECT ON jobs TO smartstack_work;
GRANT UPDATE (state, stage, stages, attempt, reason, reason_message, lease_owner, lease_until, started_at,
              finished_at, version) ON jobs TO smartstack_work;

-- What became of each attempt, for people who look into a failure.
CREATE TABLE job_attempts (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  job_id       uuid NOT NULL,
  attempt      integer NOT NULL CHECK (attempt >= 1),
  lease_owner  text CHECK (char_length(lease_owner) <= 200),
  started_at   timestamptz NOT NULL,
  finished_at  timestamptz,
  outcome      text CHECK (char_length(outcome) <= 100),
  detail       text CHECK (char_length(detail) <= 5000),
  PRIMARY KEY (workspace_id, job_id, attempt),
  FOREIGN KEY (workspace_id, job_id) REFERENCES jobs (workspace_id, id) ON DELETE CASCADE
);
CALL protect_tenant_table('job_attempts');
GRANT SELECT ON job_attempts TO smartstack_app;
GRANT SELECT, INSERT ON job_attempts TO smartstack_work;
GRANT UPDATE (finished_at, outcome, detail) ON job_attempts TO smartstack_work;

CREATE TABLE suggestions (
  id               uuid PRIMARY KEY,
  workspace_id     uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  use_case         text NOT NULL CHECK (use_case IN ('PLAN')),
  state            text NOT NULL CHECK (state IN ('OPEN','PARTLY_APPLIED','APPLIED','DISMISSED')),
  -- One job, one suggestion, however often its message is delivered.
  job_id           uuid NOT NULL CONSTRAINT suggestions_job_unique UNIQUE,
  document_id      uuid NOT NULL,
  project_id       uuid NOT NULL,
  -- What it was made from: a later version makes it stale.
  document_version integer NOT NULL,
  project_version  integer NOT NULL,
  engine           text NOT NULL CHECK (engine IN ('BASIC','MODEL','MANUAL')),
  model            text CHECK (char_length(model) <= 200),
  prompt_version   text CHECK (char_length(prompt_version) <= 200),
  input_hash       text NOT NULL CHECK (char_length(input_hash) <= 200),
  language         text CHECK (char_length(language) <= 35),
  duration_ms      integer NOT NULL CHECK (duration_ms >= 0),
  created_at       timestamptz NOT NULL,
  updated_at       timestamptz NOT NULL,
  version          integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  UNIQUE (workspace_id, id),
  FOREIGN KEY (workspace_id, job_id) REFERENCES jobs (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, document_id) REFERENCES documents (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, project_id) REFERENCES projects (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX suggestions_state ON suggestions (workspace_id, state, id);
CREATE INDEX suggestions_project ON suggestions (workspace_id, project_id, id);
CREATE INDEX suggestions_document ON suggestions (workspace_id, document_id);
CALL protect_tenant_table('suggestions');
GRANT SELECT, INSERT, UPDATE, DELETE ON suggestions TO smartstack_app;
GRANT SELECT, INSERT ON suggestions TO smartstack_work;

CREATE TABLE suggestion_items (
  id                   uuid PRIMARY KEY,
  workspace_id         uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  suggestion_id        uuid NOT NULL,
  kind                 text NOT NULL CHECK (kind IN ('TASK','QUESTION','EXCLUSION','DECISION','BUDGET','DEADLINE')),
  state                text NOT NULL CHECK (state IN ('OPEN','ACCEPTED','REJECTED')),
  ordinal              integer NOT NULL CHECK (ordinal >= 0),
  title                text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 5000),
  quote                text CHECK (char_length(quote) BETWEEN 1 AND 20000),
  -- In Unicode code points of the document's text: start inclusive, end exclusive.
  quote_start          integer CHECK (quote_start >= 0),
  quote_end            integer,
  due_date             date,
  estimate_min_minutes integer CHECK (estimate_min_minutes BETWEEN 0 AND 1000000),
  estimate_max_minutes integer CHECK (estimate_max_minutes BETWEEN 0 AND 1000000),
  responsible          text NOT NULL CHECK (responsible IN ('FREELANCER','CLIENT')),
  amount_cents bigint CHECK (amount_cents BETWEEN 0 AND 100000000000000),
  amount_currency text CHECK (amount_currency ~ '^[A-Z]{3}$'),
  CHECK ((amount_cents IS NULL) = (amount_currency IS NULL)),
  confidence           text NOT NULL CHECK (confidence IN ('EXPLICIT','LIKELY','MANUAL')),
  edited               boolean NOT NULL,
  task_id              uuid,
  note_id              uuid,
  -- What accepting replaced, so that it can be undone.
  before               jsonb,
  reject_reason        text CHECK (reject_reason IN ('NOT_A_TASK','ALREADY_KNOWN','WRONG_DETAILS','OUT_OF_SCOPE','OTHER')),
  reject_comment       text CHECK (char_length(reject_comment) <= 5000),
  decided_by           uuid REFERENCES users ON DELETE SET NULL,
  decided_at           timestamptz,
  version              integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  UNIQUE (workspace_id, id),
  CHECK (estimate_min_minutes <= estimate_max_minutes),
  CHECK ((quote IS NULL) = (quote_start IS NULL) AND (quote IS NULL) = (quote_end IS NULL)),
  CHECK (quote_start < quote_end),
  FOREIGN KEY (workspace_id, suggestion_id) REFERENCES suggestions (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, task_id) REFERENCES tasks (workspace_id, id) ON DELETE SET NULL (task_id),
  FOREIGN KEY (workspace_id, note_id) REFERENCES project_notes (workspace_id, id) ON DELETE SET NULL (note_id)
);
CREATE INDEX suggestion_items_suggestion ON suggestion_items (workspace_id, suggestion_id, ordinal);
CREATE INDEX suggestion_items_task ON suggestion_items (workspace_id, task_id) WHERE task_id IS NOT NULL;
CREATE INDEX suggestion_items_note ON suggestion_items (workspace_id, note_id) WHERE note_id IS NOT NULL;
CALL protect_tenant_table('suggestion_items');
GRANT SELECT, INSERT, UPDATE, DELETE ON suggestion_items TO smartstack_app;
GRANT SELECT, INSERT ON suggestion_items TO smartstack_work;

-- Where work came from.
ALTER TABLE tasks ADD FOREIGN KEY (workspace_id, source_item_id)
  REFERENCES suggestion_items (workspace_id, id) ON DELETE SET NULL (source_item_id);
ALTER TABLE project_notes ADD FOREIGN KEY (workspace_id, source_item_id)
  REFERENCES suggestion_items (workspace_id, id) ON DELETE SET NULL (source_item_id);
CREATE INDEX tasks_source ON tasks (workspace_id, source_item_id) WHERE source_item_id IS NOT NULL;
CREATE INDEX project_notes_source ON project_notes (workspace_id, source_item_id) WHERE source_item_id IS NOT NULL;
