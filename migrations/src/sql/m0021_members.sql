-- Invitations, members who come and go, and workspaces that are deleted and restored.
CREATE TABLE invitations (
  id           uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  email        text NOT NULL CHECK (email = lower(email) AND char_length(email) BETWEEN 3 AND 254),
  role         text NOT NULL CHECK (role IN ('OWNER','MEMBER','VIEWER')),
  -- The link's token is made from the nonce and the installation's secret; it is found by its hash.
  token_nonce  bytea NOT NULL CHECK (octet_length(token_nonce) = 32),
  token_hash   bytea NOT NULL CONSTRAINT invitations_token_unique UNIQUE CHECK (octet_length(token_hash) = 32),
  invited_by   uuid REFERENCES users ON DELETE SET NULL,
  created_at   timestamptz NOT NULL,
  sent_at      timestamptz NOT NULL,
  times_sent   integer NOT NULL DEFAULT 1 CHECK (times_sent >= 1),
  expires_at   timestamptz NOT NULL,
  accepted_at  timestamptz,
  accepted_by  uuid REFERENCES users ON DELETE SET NULL,
  revoked_at   timestamptz,
  UNIQUE (workspace_id, id)
);
-- One invitation at a time for an address.
CREATE UNIQUE INDEX invitations_open ON invitations (workspace_id, email)
  WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitations_expires ON invitations (expires_at);
CALL protect_tenant_table('invitations');
CREATE POLICY system ON invitations TO smartstack_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON invitations TO smartstack_app;
GRANT UPDATE (token_nonce, token_hash, sent_at, times_sent, expires_at, accepted_at, accepted_by, revoked_at)
  ON invitations TO smartstack_app;
GRANT SELECT, DELETE ON invitations TO smartstack_system;

-- Owners change who belongs; whoever accepts an invitation joins.
GRANT INSERT, DELETE ON memberships TO smartstack_app;
GRANT UPDATE (role) ON memberships TO smartstack_app;

-- A deleted workspace is hidden, and restored by its owner.
GRANT UPDATE (deleted_at) ON workspaces TO smartstack_app;
GRANT UPDATE (deleted_at, updated_at, version) ON workspaces TO smartstack_system;
