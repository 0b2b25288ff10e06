-- Accounts, sessions and who belongs to which workspace.
CREATE TABLE users (
  id            uuid PRIMARY KEY,
  email         text NOT NULL CONSTRAINT users_email_unique UNIQUE
                CHECK (email = lower(email) AND char_length(email) BETWEEN 3 AND 254),
  name          text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  hue           text NOT NULL CHECK (hue IN ('OCHRE','CLAY','ROSE','PLUM','IRIS','SEA','PINE','MOSS','SLATE')),
  password_hash text NOT NULL CHECK (char_length(password_hash) <= 500),
  created_at    timestamptz NOT NULL,
  disabled_at   timestamptz
);
CALL protect_system_table('users');
GRANT SELECT, INSERT ON users TO smartstack_system;
GRANT UPDATE (name, hue, password_hash, disabled_at) ON users TO smartstack_system;

-- A person who asked for an account and has not yet shown that the address is theirs. Asking again
-- for the same address makes another row; the first one confirmed wins.
CREATE TABLE sign_ups (
  id            uuid PRIMARY KEY,
  email         text NOT NULL CHECK (email = lower(email) AND char_length(email) BETWEEN 3 AND 254),
  name          text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  password_hash text NOT NULL CHECK (char_length(password_hash) <= 500),
  created_at    timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL,
  completed_at  timestamptz
);
CREATE INDEX sign_ups_email ON sign_ups (email, created_at);
CREATE INDEX sign_ups_expires ON sign_ups (expires_at);
CALL protect_system_table('sign_ups');
GRANT SELECT, INSERT, DELETE ON sign_ups TO smartstack_system;
GRANT UPDATE (completed_at) ON sign_ups TO smartstack_system;

-- A signed-in browser: the family of its refresh tokens.
CREATE TABLE sessions (
  id           uuid PRIMARY KEY,
  user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at   timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL,
  user_agent   text CHECK (char_length(user_agent) <= 500),
  address      text CHECK (char_length(address) <= 100),
  expires_at   timestamptz NOT NULL,
  revoked_at   timestamptz
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expires ON sessions (expires_at);
CALL protect_system_table('sessions');
GRANT SELECT, INSERT, DELETE ON sessions TO smartstack_system;
GRANT UPDATE (last_used_at, user_agent, address, expires_at, revoked_at) ON sessions TO smartstack_system;

-- Refresh tokens, single use, kept after use so that a second use is noticed.
CREATE TABLE refresh_tokens (
  hash        bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
  session_id  uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
  created_at  timestamptz NOT NULL,
  used_at     timestamptz,
  replaced_by bytea
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
CALL protect_system_table('refresh_tokens');
GRANT SELECT, INSERT, DELETE ON refresh_tokens TO smartstack_system;
GRANT UPDATE (used_at, replaced_by) ON refresh_tokens TO smartstack_system;

-- Failed attempts by account and by network address. Keys are hashes: no addresses lie about here.
CREATE TABLE throttles (
  key           text PRIMARY KEY CHECK (char_length(key) <= 200),
  failures      integer NOT NULL CHECK (failures >= 0),
  first_at      timestamptz NOT NULL,
  blocked_until timestamptz
);
CREATE INDEX throttles_first ON throttles (first_at);
CALL protect_system_table('throttles');
GRANT SELECT, INSERT, UPDATE, DELETE ON throttles TO smartstack_system;

CREATE TABLE workspaces (
  id         uuid PRIMARY KEY,
  name       text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  hue        text NOT NULL CHECK (hue IN ('OCHRE','CLAY','ROSE','PLUM','IRIS','SEA','PINE','MOSS','SLATE')),
  version    integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz
);
CALL protect_system_table('workspaces');
CREATE POLICY tenant ON workspaces TO smartstack_app, smartstack_work
  USING (id = current_workspace()) WITH CHECK (id = current_workspace());
GRANT SELECT, INSERT ON workspaces TO smartstack_system;
GRANT SELECT ON workspaces TO smartstack_app;
GRANT UPDATE (name, hue, version, updated_at) ON workspaces TO smartstack_app;
GRANT SELECT (id, name) ON workspaces TO smartstack_work;

CREATE TABLE memberships (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  role         text NOT NULL CHECK (role IN ('OWNER','MEMBER','VIEWER')),
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX memberships_user ON memberships (user_id);
CALL protect_tenant_table('memberships');
CREATE POLICY system ON memberships TO smartstack_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON memberships TO smartstack_system;
GRANT SELECT ON memberships TO smartstack_app;

-- People see the people of the workspace they are in, without what only sign-in needs, and may
-- change their own name.
CREATE POLICY members ON users FOR SELECT TO smartstack_app
  USING (id IN (SELECT m.user_id FROM memberships m WHERE m.workspace_id = current_workspace()));
CREATE POLICY self ON users FOR UPDATE TO smartstack_app
  USING (id = current_actor()) WITH CHECK (id = current_actor());
GRANT SELECT (id, name, email, hue) ON users TO smartstack_app;
GRANT UPDATE (name, hue) ON users TO smartstack_app;
