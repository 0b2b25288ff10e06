-- Administrators of the installation, and what they decide for all of it. They work as a role of
-- their own, whose column grants end where a workspace's content begins: names of clients, projects,
-- tasks and documents, texts, notes and what jobs say about them cannot be selected by it.

-- Lets administrators at a table's rows; which columns, and to do what, the grants say.
CREATE PROCEDURE let_administrators_at(target regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE POLICY admin ON %s TO smartstack_admin USING (true) WITH CHECK (true)', target);
END $$;
REVOKE ALL ON PROCEDURE let_administrators_at(regclass) FROM PUBLIC;

-- Only the administrators' role can give the right away: neither a person's own session nor sign-in
-- has a grant on this column.
ALTER TABLE users ADD COLUMN administrator boolean NOT NULL DEFAULT false;
CREATE INDEX users_administrators ON users (id) WHERE administrator;
CREATE INDEX users_created ON users (created_at, id);
CALL let_administrators_at('users');
GRANT SELECT (id, email, name, hue, created_at, disabled_at, administrator) ON users TO smartstack_admin;
GRANT UPDATE (disabled_at, administrator) ON users TO smartstack_admin;

CALL let_administrators_at('sessions');
GRANT SELECT (id, user_id, created_at, last_used_at, expires_at, revoked_at) ON sessions TO smartstack_admin;
GRANT UPDATE (revoked_at) ON sessions TO smartstack_admin;

CALL let_administrators_at('memberships');
GRANT SELECT ON memberships TO smartstack_admin;

CREATE INDEX workspaces_created ON workspaces (created_at, id);
CALL let_administrators_at('workspaces');
GRANT SELECT (id, name, created_at, deleted_at) ON workspaces TO smartstack_admin;

-- How much there is, not what.
ALTER TABLE documents ADD COLUMN text_bytes integer NOT NULL GENERATED ALWAYS AS (octet_length(text)) STORED;
CALL let_administrators_at('clients');
CALL let_administrators_at('projects');
CALL let_administrators_at('tasks');
CALL let_administrators_at('documents');
CALL let_administrators_at('share_links');
GRANT SELECT (workspace_id) ON clients TO smartstack_admin;
GRANT SELECT (id, workspace_id, deleted_at) ON projects TO smartstack_admin;
GRANT SELECT (workspace_id, deleted_at) ON tasks TO smartstack_admin;
GRANT SELECT (workspace_id, text_bytes) ON documents TO smartstack_admin;
GRANT SELECT (workspace_id, revoked_at, expires_at) ON share_links TO smartstack_admin;

-- Jobs in trouble. `reason_message` may repeat words of the text, so it stays with the workspace.
CREATE INDEX jobs_unfinished ON jobs (id) WHERE state IN ('QUEUED','RUNNING','NEEDS_REVIEW');
CALL let_administrators_at('jobs');
GRANT SELECT (id, workspace_id, project_id, use_case, state, stage, attempt, reason, lease_until, created_at,
              started_at, finished_at, version) ON jobs TO smartstack_admin;
GRANT UPDATE (state, stage, stages, reason, reason_message, lease_owner, lease_until, started_at, finished_at,
              version) ON jobs TO smartstack_admin;
CALL let_administrators_at('queue_messages');
GRANT SELECT (id, queue, visible_at, receive_count, created_at, dead_at) ON queue_messages TO smartstack_admin;

-- What an administrator does to a workspace's job or to a member's sessions stands in that
-- workspace's own logs, too.
CALL let_administrators_at('audit_events');
CALL let_administrators_at('changes');
CALL let_administrators_at('change_sequences');
CALL let_administrators_at('outbox');
GRANT INSERT ON audit_events, changes, outbox TO smartstack_admin;
GRANT SELECT (id, topic, created_at, sent_at) ON outbox TO smartstack_admin;
GRANT SELECT, UPDATE (seq) ON change_sequences TO smartstack_admin;

-- What administrators did, appended to and never altered.
CREATE TABLE installation_audit_events (
  id          uuid PRIMARY KEY,
  -- Nobody: done by a command on the server.
  actor_id    uuid,
  address     text CHECK (char_length(address) <= 100),
  at          timestamptz NOT NULL,
  action      text NOT NULL CHECK (char_length(action) BETWEEN 1 AND 100),
  target_kind text NOT NULL CHECK (target_kind IN ('INSTALLATION','USER','WORKSPACE','JOB')),
  target_id   uuid,
  before      jsonb,
  after       jsonb
);
CREATE INDEX installation_audit_events_time ON installation_audit_events (at, id);
ALTER TABLE installation_audit_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE installation_audit_events FORCE ROW LEVEL SECURITY;
CALL let_administrators_at('installation_audit_events');
GRANT SELECT, INSERT ON installation_audit_events TO smartstack_admin;

-- One row: what holds for the whole installation. Money is in millionths of a US dollar, the unit
-- models are priced in.
CREATE TABLE installation_settings (
  the_only                  boolean PRIMARY KEY DEFAULT true CHECK (the_only),
  -- The kill switch: read in the transaction that reserves a call's cost.
  ai_enabled                boolean NOT NULL,
  ai_monthly_cost_micro_usd bigint NOT NULL CHECK (ai_monthly_cost_micro_usd BETWEEN 0 AND 1000000000000),
  ai_jobs_per_day           integer NOT NULL CHECK (ai_jobs_per_day BETWEEN 0 AND 1000000),
  version                   integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  updated_at                timestamptz NOT NULL
);
-- A freelancer's month of plans costs well below a dollar on a mid-tier model; this stops what has
-- run away, not a person at work.
INSERT INTO installation_settings (ai_enabled, ai_monthly_cost_micro_usd, ai_jobs_per_day, updated_at)
  VALUES (true, 20000000, 200, now());
CALL protect_system_table('installation_settings');
CALL let_administrators_at('installation_settings');
CREATE POLICY read ON installation_settings FOR SELECT TO smartstack_app, smartstack_work
  USING (current_workspace() IS NOT NULL);
GRANT SELECT ON installation_settings TO smartstack_app, smartstack_work, smartstack_system, smartstack_admin;
GRANT UPDATE (ai_enabled, ai_monthly_cost_micro_usd, ai_jobs_per_day, version, updated_at)
  ON installation_settings TO smartstack_admin;

-- Where a workspace differs from the installation; NULL is the installation's default.
CREATE TABLE workspace_limits (
  workspace_id              uuid PRIMARY KEY REFERENCES workspaces ON DELETE CASCADE,
  ai_monthly_cost_micro_usd bigint CHECK (ai_monthly_cost_micro_usd BETWEEN 0 AND 1000000000000),
  ai_jobs_per_day           integer CHECK (ai_jobs_per_day BETWEEN 0 AND 1000000),
  updated_at                timestamptz NOT NULL
);
CALL protect_tenant_table('workspace_limits');
CALL let_administrators_at('workspace_limits');
GRANT SELECT ON workspace_limits TO smartstack_app, smartstack_work;
GRANT SELECT, INSERT ON workspace_limits TO smartstack_admin;
GRANT UPDATE (ai_monthly_cost_micro_usd, ai_jobs_per_day, updated_at) ON workspace_limits TO smartstack_admin;
