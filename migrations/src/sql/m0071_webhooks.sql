-- Webhooks: addresses of other programs that are told what happens in a workspace, the messages to them,
-- and what became of each attempt. Messages are their own queue: the worker claims what is due.

-- Kinds of things and of messages are checked by the program that reads them; a pattern here lets a new one
-- arrive without altering the table again.
ALTER TABLE changes DROP CONSTRAINT changes_kind_check;
ALTER TABLE changes ADD CONSTRAINT changes_kind_check CHECK (kind ~ '^[A-Z_]{1,50}$');
ALTER TABLE outbox DROP CONSTRAINT outbox_topic_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_topic_check CHECK (topic ~ '^[a-z_]{1,50}$');

-- Looked at with every change, in the row that is locked then anyway: who has no webhook pays nothing.
ALTER TABLE change_sequences ADD COLUMN has_webhooks boolean NOT NULL DEFAULT false;
GRANT UPDATE (has_webhooks) ON change_sequences TO smartstack_app;

CREATE TABLE webhook_endpoints (
  id              uuid PRIMARY KEY,
  workspace_id    uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  url             text NOT NULL CHECK (char_length(url) BETWEEN 1 AND 2048),
  description     text NOT NULL CHECK (char_length(description) <= 200),
  -- Empty: whatever happens.
  events          text[] NOT NULL CHECK (cardinality(events) <= 100),
  -- Encrypted with a key made from the installation's secret.
  secret          bytea NOT NULL CHECK (octet_length(secret) <= 200),
  -- The one before, which signs along for a while after a change.
  old_secret      bytea CHECK (octet_length(old_secret) <= 200),
  old_secret_until timestamptz,
  disabled_at     timestamptz,
  disabled_reason text CHECK (disabled_reason IN ('PERSON','GONE','FAILING')),
  -- Since when nothing could be delivered; empty once something was.
  failing_since   timestamptz,
  created_by      uuid REFERENCES users ON DELETE SET NULL,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL,
  version         integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  UNIQUE (workspace_id, id),
  CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL)),
  CHECK ((old_secret IS NULL) = (old_secret_until IS NULL))
);
CALL protect_tenant_table('webhook_endpoints');
CREATE POLICY system ON webhook_endpoints TO smartstack_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_endpoints TO smartstack_app;
GRANT SELECT ON webhook_endpoints TO smartstack_system;
GRANT UPDATE (disabled_at, disabled_reason, failing_since, updated_at, version) ON webhook_endpoints
  TO smartstack_system;

CREATE TABLE webhook_deliveries (
  id              uuid PRIMARY KEY,
  workspace_id    uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  endpoint_id     uuid NOT NULL,
  event           text NOT NULL CHECK (char_length(event) BETWEEN 1 AND 100),
  -- The number of the change it tells of; none for a test message.
  seq             bigint,
  -- What is sent, byte for byte: the same in each attempt.
  body            text NOT NULL CHECK (octet_length(body) <= 20000),
  state           text NOT NULL CHECK (state IN ('PENDING','DELIVERED','FAILED')),
  -- Attempts begun, and how many there were when a person last asked for it to be sent again.
  attempts        integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  attempts_before integer NOT NULL DEFAULT 0 CHECK (attempts_before BETWEEN 0 AND attempts),
  -- When it is due; while it is being sent, when somebody else may try.
  next_attempt_at timestamptz,
  created_at      timestamptz NOT NULL,
  finished_at     timestamptz,
  UNIQUE (workspace_id, id),
  -- Told once, however often the change is read.
  CONSTRAINT webhook_deliveries_once UNIQUE (endpoint_id, event, seq),
  FOREIGN KEY (workspace_id, endpoint_id) REFERENCES webhook_endpoints (workspace_id, id) ON DELETE CASCADE,
  CHECK ((state = 'PENDING') = (next_attempt_at IS NOT NULL)),
  CHECK ((state = 'PENDING') = (finished_at IS NULL))
);
CREATE INDEX webhook_deliveries_list ON webhook_deliveries (workspace_id, endpoint_id, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at)
  WHERE next_attempt_at IS NOT NULL;
CREATE INDEX webhook_deliveries_finished ON webhook_deliveries (finished_at) WHERE finished_at IS NOT NULL;
CALL protect_tenant_table('webhook_deliveries');
CREATE POLICY system ON webhook_deliveries TO smartstack_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON webhook_deliveries TO smartstack_app;
GRANT UPDATE (state, attempts_before, next_attempt_at, finished_at) ON webhook_deliveries TO smartstack_app;
GRANT SELECT, INSERT ON webhook_deliveries TO smartstack_system;
GRANT UPDATE (state, attempts, next_attempt_at, finished_at) ON webhook_deliveries TO smartstack_system;

CREATE TABLE webhook_attempts (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  delivery_id  uuid NOT NULL,
  attempt      integer NOT NULL CHECK (attempt >= 1),
  url          text NOT NULL CHECK (char_length(url) BETWEEN 1 AND 2048),
  at           timestamptz NOT NULL,
  duration_ms  integer NOT NULL CHECK (duration_ms >= 0),
  -- The status of the answer; none when there was none, and then why.
  status       integer CHECK (status BETWEEN 100 AND 999),
  failure      text CHECK (char_length(failure) <= 500),
  -- How the answer began.
  answer       text CHECK (char_length(answer) <= 2000),
  PRIMARY KEY (workspace_id, delivery_id, attempt),
  FOREIGN KEY (workspace_id, delivery_id) REFERENCES webhook_deliveries (workspace_id, id) ON DELETE CASCADE
);
CALL protect_tenant_table('webhook_attempts');
CREATE POLICY system ON webhook_attempts TO smartstack_system USING (true) WITH CHECK (true);
GRANT SELECT ON webhook_attempts TO smartstack_app;
GRANT SELECT, INSERT ON webhook_attempts TO smartstack_system;

-- An address may hold a key, and its answers anything: for the workspace's owners, as the audit log is.
CREATE PROCEDURE show_to_owners_alone(target regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format(
    'CREATE POLICY owner ON %s AS RESTRICTIVE FOR SELECT TO smartstack_app '
    'USING (EXISTS (SELECT FROM memberships m '
    'WHERE m.workspace_id = current_workspace() AND m.user_id = current_actor() AND m.role = ''OWNER''))', target);
END $$;
REVOKE ALL ON PROCEDURE show_to_owners_alone(regclass) FROM PUBLIC;
CALL show_to_owners_alone('webhook_endpoints');
CALL show_to_owners_alone('webhook_deliveries');
CALL show_to_owners_alone('webhook_attempts');

-- What there is to tell: which things changed and when, and whether a job came to its end with it. Not what
-- the things hold.
CREATE POLICY system ON changes TO smartstack_system USING (true) WITH CHECK (true);
GRANT SELECT ON changes TO smartstack_system;
CREATE POLICY system ON jobs TO smartstack_system USING (true) WITH CHECK (true);
GRANT SELECT (id, workspace_id, state, finished_at) ON jobs TO smartstack_system;

-- Messages that nobody will send any more are kept for a while.
CALL let_retention_at('webhook_deliveries', 'finished_at IS NOT NULL');
GRANT SELECT (id, finished_at), DELETE ON webhook_deliveries TO smartstack_retention;
