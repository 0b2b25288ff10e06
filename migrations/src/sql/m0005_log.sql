-- What happened: for subscribers (changes), for the owner (audit), for undo and export (versions),
-- and what is to follow (outbox, queue). The logs can be appended to; no run-time role may alter them.
CREATE TABLE change_sequences (
  workspace_id uuid PRIMARY KEY REFERENCES workspaces ON DELETE CASCADE,
  seq          bigint NOT NULL DEFAULT 0 CHECK (seq >= 0)
);
CALL protect_tenant_table('change_sequences');
CREATE POLICY system ON change_sequences TO smartstack_system USING (true) WITH CHECK (true);
GRANT SELECT ON change_sequences TO smartstack_app, smartstack_work, smartstack_system;
GRANT UPDATE (seq) ON change_sequences TO smartstack_app, smartstack_work;
GRANT INSERT ON change_sequences TO smartstack_system;

CREATE TABLE changes (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  seq          bigint NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('WORKSPACE','CLIENT','PROJECT','TASK','PROJECT_NOTE','DOCUMENT','JOB',
                                             'SUGGESTION','SUGGESTION_ITEM','SHARE_LINK','USER')),
  node_id      uuid NOT NULL,
  operation    text NOT NULL CHECK (operation IN ('CREATED','UPDATED','DELETED')),
  actor_id     uuid,
  project_id   uuid,
  at           timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, seq)
);
CREATE INDEX changes_project ON changes (workspace_id, project_id, seq) WHERE project_id IS NOT NULL;
CALL protect_tenant_table('changes');
GRANT SELECT, INSERT ON changes TO smartstack_app;
GRANT INSERT ON changes TO smartstack_work;

CREATE TABLE audit_events (
  id           uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  actor_id     uuid,
  address      text CHECK (char_length(address) <= 100),
  at           timestamptz NOT NULL,
  action       text NOT NULL CHECK (char_length(action) BETWEEN 1 AND 100),
  target_kind  text NOT NULL CHECK (char_length(target_kind) <= 50),
  target_id    uuid NOT NULL,
  before       jsonb,
  after        jsonb
);
CREATE INDEX audit_events_time ON audit_events (workspace_id, at, id);
CREATE INDEX audit_events_target ON audit_events (workspace_id, target_id, at);
CALL protect_tenant_table('audit_events');
GRANT SELECT, INSERT ON audit_events TO smartstack_app;
GRANT INSERT ON audit_events TO smartstack_work;

-- Messages to be sent once the transaction that wrote them has committed.
CREATE TABLE outbox (
  id           uuid PRIMARY KEY,
  workspace_id uuid REFERENCES workspaces ON DELETE CASCADE,
  topic        text NOT NULL CHECK (topic IN ('job','mail')),
  payload      jsonb NOT NULL,
  created_at   timestamptz NOT NULL,
  sent_at      timestamptz
);
CREATE INDEX outbox_unsent ON outbox (created_at, id) WHERE sent_at IS NULL;
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX outbox_workspace ON outbox (workspace_id);
CALL protect_tenant_table('outbox');
CREATE POLICY system ON outbox TO smartstack_system USING (true) WITH CHECK (true);
GRANT INSERT ON outbox TO smartstack_app, smartstack_work;
GRANT SELECT, INSERT, DELETE ON outbox TO smartstack_system;
GRANT UPDATE (sent_at) ON outbox TO smartstack_system;

-- The queue of an installation that has no other.
CREATE TABLE queue_messages (
  id            uuid PRIMARY KEY,
  queue         text NOT NULL CHECK (char_length(queue) BETWEEN 1 AND 100),
  body          text NOT NULL CHECK (octet_length(body) <= 262144),
  -- Hidden from receivers until then.
  visible_at    timestamptz NOT NULL,
  receive_count integer NOT NULL DEFAULT 0 CHECK (receive_count >= 0),
  -- Changes with every receipt: who holds an old one can no longer extend or delete.
  receipt       uuid,
  created_at    timestamptz NOT NULL,
  dead_at       timestamptz
);
CREATE INDEX queue_messages_next ON queue_messages (queue, visible_at, id) WHERE dead_at IS NULL;
CREATE INDEX queue_messages_receipt ON queue_messages (receipt) WHERE receipt IS NOT NULL;
CALL protect_system_table('queue_messages');
GRANT SELECT, INSERT, UPDATE, DELETE ON queue_messages TO smartstack_system;

CREATE TABLE idempotency_keys (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  actor_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  operation    text NOT NULL CHECK (char_length(operation) <= 100),
  key          text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 255),
  request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
  response     jsonb,
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, actor_id, operation, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (workspace_id, created_at);
CALL protect_tenant_table('idempotency_keys');
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO smartstack_app;

-- Every version of what people work on, written by trigger so that no code path forgets it.
CREATE TABLE row_versions (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  noun         text NOT NULL CHECK (noun IN ('client','project','task')),
  row_id       uuid NOT NULL,
  version      integer NOT NULL,
  operation    text NOT NULL CHECK (operation IN ('INSERT','UPDATE','DELETE')),
  row          jsonb NOT NULL,
  actor_id     uuid,
  at           timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX row_versions_row ON row_versions (workspace_id, row_id, version);
CALL protect_tenant_table('row_versions');
-- Rows that go because what they belong to goes are deleted in the owner's name.
CREATE POLICY cascade ON row_versions FOR INSERT TO smartstack_owner WITH CHECK (true);
GRANT SELECT, INSERT ON row_versions TO smartstack_app;

CREATE FUNCTION keep_row_version() RETURNS trigger LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, public AS $$
DECLARE
  kept record;
BEGIN
  IF TG_OP = 'DELETE' THEN kept := OLD; ELSE kept := NEW; END IF;
  -- When a whole workspace goes, its history goes with it.
  IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM public.workspaces WHERE id = kept.workspace_id) THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.row_versions (workspace_id, noun, row_id, version, operation, row, actor_id)
  VALUES (kept.workspace_id, TG_ARGV[0], kept.id, kept.version, TG_OP, to_jsonb(kept), public.current_actor());
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_row_version() FROM PUBLIC;
CREATE TRIGGER keep_version AFTER INSERT OR UPDATE OR DELETE ON clients
  FOR EACH ROW EXECUTE FUNCTION keep_row_version('client');
CREATE TRIGGER keep_version AFTER INSERT OR UPDATE OR DELETE ON projects
  FOR EACH ROW EXECUTE FUNCTION keep_row_version('project');
CREATE TRIGGER keep_version AFTER INSERT OR UPDATE OR DELETE ON tasks
  FOR EACH ROW EXECUTE FUNCTION keep_row_version('task');
-- The trigger looks workspaces up in the deleting role's name; the owner has no policy there yet.
CREATE POLICY cascade ON workspaces FOR SELECT TO smartstack_owner USING (true);
