-- Links that show one project to its client, and exactly what such a link can see.
CREATE TABLE share_links (
  id             uuid PRIMARY KEY,
  workspace_id   uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  project_id     uuid NOT NULL,
  label          text NOT NULL CHECK (char_length(label) <= 200),
  token_hash     bytea NOT NULL CONSTRAINT share_links_token_unique UNIQUE CHECK (octet_length(token_hash) = 32),
  token_nonce    bytea NOT NULL CHECK (octet_length(token_nonce) BETWEEN 16 AND 64),
  show_tasks     boolean NOT NULL,
  show_estimates boolean NOT NULL,
  show_due_dates boolean NOT NULL,
  show_notes     boolean NOT NULL,
  expires_at     timestamptz,
  revoked_at     timestamptz,
  created_by     uuid REFERENCES users ON DELETE SET NULL,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  version        integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  UNIQUE (workspace_id, id),
  FOREIGN KEY (workspace_id, project_id) REFERENCES projects (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX share_links_project ON share_links (workspace_id, project_id, id);
CALL protect_tenant_table('share_links');
GRANT SELECT, INSERT, UPDATE ON share_links TO smartstack_app;

-- Finding the link of a token, before there is a scope.
CREATE POLICY system ON share_links FOR SELECT TO smartstack_system USING (true);
GRANT SELECT (id, workspace_id, project_id, token_hash, expires_at, revoked_at) ON share_links TO smartstack_system;

-- The link of this transaction, while it is good. Everything below hangs on this one policy: where
-- the link is revoked or over, its subqueries find nothing, and so does the client.
CREATE POLICY share ON share_links FOR SELECT TO smartstack_share
  USING (workspace_id = current_workspace() AND id = current_share_link()
         AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()));
GRANT SELECT (id, workspace_id, project_id, label, show_tasks, show_estimates, show_due_dates, show_notes,
              expires_at, revoked_at, created_at) ON share_links TO smartstack_share;

CREATE POLICY share ON projects FOR SELECT TO smartstack_share
  USING (workspace_id = current_workspace() AND deleted_at IS NULL
         AND id = (SELECT l.project_id FROM share_links l));
GRANT SELECT (id, workspace_id, client_id, name, status, start_date, due_date, updated_at, deleted_at)
  ON projects TO smartstack_share;

-- Tasks the freelancer has not hidden from the client; also without show_tasks, to count them.
CREATE POLICY share ON tasks FOR SELECT TO smartstack_share
  USING (workspace_id = current_workspace() AND deleted_at IS NULL AND client_visible
         AND project_id = (SELECT p.id FROM projects p));
GRANT SELECT (id, workspace_id, project_id, parent_id, title, status, position, responsible, due_date,
              estimate_min_minutes, estimate_max_minutes, completed_at, client_visible, created_at, updated_at,
              deleted_at)
  ON tasks TO smartstack_share;

CREATE POLICY share ON project_notes FOR SELECT TO smartstack_share
  USING (workspace_id = current_workspace() AND deleted_at IS NULL
         AND project_id = (SELECT p.id FROM projects p) AND (SELECT l.show_notes FROM share_links l));
GRANT SELECT (id, workspace_id, project_id, kind, text, resolved_at, created_at, updated_at, deleted_at)
  ON project_notes TO smartstack_share;

CREATE POLICY share ON clients FOR SELECT TO smartstack_share
  USING (workspace_id = current_workspace() AND id = (SELECT p.client_id FROM projects p));
GRANT SELECT (id, workspace_id, name) ON clients TO smartstack_share;

CREATE POLICY share ON workspaces FOR SELECT TO smartstack_share
  USING (id = (SELECT l.workspace_id FROM share_links l));
GRANT SELECT (id, name, hue) ON workspaces TO smartstack_share;

-- Whose work it is: the workspace's owner, by name.
CREATE POLICY share ON memberships FOR SELECT TO smartstack_share
  USING (workspace_id = (SELECT l.workspace_id FROM share_links l) AND role = 'OWNER');
GRANT SELECT ON memberships TO smartstack_share;
CREATE POLICY share ON users FOR SELECT TO smartstack_share
  USING (id IN (SELECT m.user_id FROM memberships m));
GRANT SELECT (id, name) ON users TO smartstack_share;

-- When something last changed; not what.
CREATE POLICY share ON changes FOR SELECT TO smartstack_share
  USING (workspace_id = current_workspace() AND project_id = (SELECT p.id FROM projects p));
GRANT SELECT (workspace_id, seq, project_id, at) ON changes TO smartstack_share;
