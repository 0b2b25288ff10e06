-- Getting back into an account, and moving it to another address.

-- A wish for a new password. The mailed link's token is made from the id and the installation's secret:
-- nothing in here opens anything. Asking for an address without an account leaves a row, too, so that
-- both take the same statements.
CREATE TABLE password_resets (
  id         uuid PRIMARY KEY,
  user_id    uuid REFERENCES users ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);
CREATE INDEX password_resets_user ON password_resets (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX password_resets_expires ON password_resets (expires_at);
CALL protect_system_table('password_resets');
GRANT SELECT, INSERT, DELETE ON password_resets TO smartstack_system;
GRANT UPDATE (used_at) ON password_resets TO smartstack_system;

-- An address that its person has not yet shown to be theirs. One at a time: the newest wish counts.
CREATE TABLE email_changes (
  id           uuid PRIMARY KEY,
  user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  email        text NOT NULL CHECK (email = lower(email) AND char_length(email) BETWEEN 3 AND 254),
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  confirmed_at timestamptz,
  cancelled_at timestamptz
);
CREATE UNIQUE INDEX email_changes_open ON email_changes (user_id)
  WHERE confirmed_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX email_changes_user ON email_changes (user_id);
CREATE INDEX email_changes_expires ON email_changes (expires_at);
CALL protect_system_table('email_changes');
GRANT SELECT, INSERT, DELETE ON email_changes TO smartstack_system;
GRANT UPDATE (confirmed_at, cancelled_at) ON email_changes TO smartstack_system;
GRANT UPDATE (email) ON users TO smartstack_system;
