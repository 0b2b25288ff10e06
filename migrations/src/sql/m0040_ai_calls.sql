-- What models were asked, what it cost, and what it may cost. A row is made before a call with the worst
-- it can cost, learns what it did cost with the answer, and is settled in the very transaction that
-- stores the suggestion: one suggestion, one charge. Money is in millionths of a US dollar.
CREATE TABLE ai_calls (
  id                 uuid PRIMARY KEY,
  workspace_id       uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  -- No reference: what was spent stays when the project it was spent on goes.
  job_id             uuid NOT NULL,
  attempt            integer NOT NULL CHECK (attempt >= 1),
  -- Counts the calls of an attempt, from 1: repetitions and repairs are calls of their own.
  call               integer NOT NULL CHECK (call >= 1),
  use_case           text NOT NULL CHECK (char_length(use_case) BETWEEN 1 AND 50),
  model              text NOT NULL CHECK (char_length(model) BETWEEN 1 AND 200),
  prompt_version     text NOT NULL CHECK (char_length(prompt_version) BETWEEN 1 AND 200),
  -- RESERVED: counts with the worst, or once known with the actual cost. SETTLED: charged to the
  -- workspace. RELEASED: not charged, since nothing came of it; a known cost was the installation's.
  state              text NOT NULL CHECK (state IN ('RESERVED','SETTLED','RELEASED')),
  reserved_micro_usd bigint NOT NULL CHECK (reserved_micro_usd BETWEEN 0 AND 1000000000000),
  cost_micro_usd     bigint CHECK (cost_micro_usd BETWEEN 0 AND 1000000000000),
  input_tokens       integer CHECK (input_tokens >= 0),
  output_tokens      integer CHECK (output_tokens >= 0),
  cache_read_tokens  integer CHECK (cache_read_tokens >= 0),
  cache_write_tokens integer CHECK (cache_write_tokens >= 0),
  failure            text CHECK (char_length(failure) <= 50),
  at                 timestamptz NOT NULL,
  finished_at        timestamptz,
  CHECK (state <> 'SETTLED' OR cost_micro_usd IS NOT NULL),
  UNIQUE (workspace_id, job_id, attempt, call)
);
CREATE INDEX ai_calls_workspace ON ai_calls (workspace_id, at) INCLUDE (state, reserved_micro_usd, cost_micro_usd);
CREATE INDEX ai_calls_installation ON ai_calls (at) INCLUDE (state, reserved_micro_usd, cost_micro_usd);
CALL protect_tenant_table('ai_calls');
-- Reserving looks at all workspaces, since the installation has a limit too.
CREATE POLICY system ON ai_calls TO smartstack_system USING (true) WITH CHECK (true);
CALL let_administrators_at('ai_calls');
GRANT SELECT ON ai_calls TO smartstack_app, smartstack_work, smartstack_admin;
GRANT SELECT, INSERT ON ai_calls TO smartstack_system;
GRANT UPDATE (state, cost_micro_usd, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, failure,
              finished_at) ON ai_calls TO smartstack_work;

-- What all workspaces together may spend in a month; NULL is no limit.
ALTER TABLE installation_settings ADD COLUMN ai_total_monthly_cost_micro_usd bigint
  CHECK (ai_total_monthly_cost_micro_usd BETWEEN 0 AND 1000000000000);
GRANT UPDATE (ai_total_monthly_cost_micro_usd) ON installation_settings TO smartstack_admin;
-- A reservation reads both limits in its own transaction. `FOR SHARE`, with which it waits for a switch
-- that is being thrown, needs the right to update some column.
GRANT UPDATE (the_only) ON installation_settings TO smartstack_system;
CREATE POLICY system ON workspace_limits FOR SELECT TO smartstack_system USING (true);
GRANT SELECT ON workspace_limits TO smartstack_system;

-- The models the running workers are configured with, as they say at their start: what a person may
-- choose from, and what is named where a text is handed over.
CREATE TABLE ai_models (
  name           text PRIMARY KEY CHECK (char_length(name) BETWEEN 1 AND 100),
  label          text NOT NULL CHECK (char_length(label) BETWEEN 1 AND 200),
  engine         text NOT NULL CHECK (engine IN ('BASIC','MODEL')),
  -- Who gets to see the text: this installation itself, or the service that is asked.
  provider       text NOT NULL CHECK (char_length(provider) BETWEEN 1 AND 100),
  tier           text NOT NULL CHECK (char_length(tier) BETWEEN 1 AND 50),
  -- Use cases it answers unless another is chosen.
  default_for    text[] NOT NULL,
  ordinal        integer NOT NULL CHECK (ordinal >= 0)
);
CALL protect_system_table('ai_models');
CREATE POLICY read ON ai_models FOR SELECT TO smartstack_app, smartstack_work
  USING (current_workspace() IS NOT NULL);
CALL let_administrators_at('ai_models');
GRANT SELECT ON ai_models TO smartstack_app, smartstack_work, smartstack_admin;
GRANT SELECT, INSERT, UPDATE, DELETE ON ai_models TO smartstack_system;

-- What a workspace's owner decides about its AI. No row: the defaults.
CREATE TABLE workspace_ai_settings (
  workspace_id uuid PRIMARY KEY REFERENCES workspaces ON DELETE CASCADE,
  -- Whether accepted items of the workspace are shown to the model as examples.
  use_examples boolean NOT NULL,
  updated_at   timestamptz NOT NULL,
  version      integer NOT NULL DEFAULT 1 CHECK (version >= 1)
);
CALL protect_tenant_table('workspace_ai_settings');
GRANT SELECT, INSERT ON workspace_ai_settings TO smartstack_app;
GRANT UPDATE (use_examples, updated_at, version) ON workspace_ai_settings TO smartstack_app;
GRANT SELECT ON workspace_ai_settings TO smartstack_work;

-- The model a person chose for a job; NULL: the one its use case goes to.
ALTER TABLE jobs ADD COLUMN model text CHECK (char_length(model) BETWEEN 1 AND 100);
ALTER TABLE jobs DROP CONSTRAINT jobs_reason_check;
ALTER TABLE jobs ADD CONSTRAINT jobs_reason_check
  CHECK (reason IN ('MODEL_UNAVAILABLE','MODEL_REFUSED','OUTPUT_INVALID','NOTHING_FOUND','TEXT_TOO_LONG','TIMED_OUT',
                    'INTERNAL','BUDGET_REACHED','AI_OFF'));

-- What a suggestion took: part of where it came from. Zero for what no model wrote.
ALTER TABLE suggestions ADD COLUMN input_tokens integer NOT NULL DEFAULT 0 CHECK (input_tokens >= 0);
ALTER TABLE suggestions ADD COLUMN output_tokens integer NOT NULL DEFAULT 0 CHECK (output_tokens >= 0);
ALTER TABLE suggestions ADD COLUMN cost_micro_usd bigint NOT NULL DEFAULT 0 CHECK (cost_micro_usd >= 0);
