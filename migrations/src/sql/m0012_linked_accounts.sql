-- Signing in by another provider (OAuth 2.0, OpenID Connect).

-- What a provider calls a person. The issuer and its subject name them; an address never does.
CREATE TABLE linked_accounts (
  id           uuid PRIMARY KEY,
  user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  -- As the installation's configuration names it, for showing.
  provider     text NOT NULL CHECK (char_length(provider) BETWEEN 1 AND 40),
  issuer       text NOT NULL CHECK (char_length(issuer) BETWEEN 1 AND 2048),
  subject      text NOT NULL CHECK (char_length(subject) BETWEEN 1 AND 255),
  -- What its person recognises it by; proves nothing.
  label        text NOT NULL CHECK (char_length(label) <= 254),
  created_at   timestamptz NOT NULL,
  last_used_at timestamptz,
  CONSTRAINT linked_accounts_subject_unique UNIQUE (issuer, subject)
);
CREATE INDEX linked_accounts_user ON linked_accounts (user_id);
CALL protect_system_table('linked_accounts');
GRANT SELECT, INSERT, DELETE ON linked_accounts TO smartstack_system;
GRANT UPDATE (last_used_at, label) ON linked_accounts TO smartstack_system;

-- Somebody on their way to a provider and back: bound to one browser, good once, for a short while.
CREATE TABLE oauth_visits (
  state_hash   bytea PRIMARY KEY CHECK (octet_length(state_hash) = 32),
  -- Of what that browser keeps in a cookie.
  browser_hash bytea NOT NULL CHECK (octet_length(browser_hash) = 32),
  provider     text NOT NULL CHECK (char_length(provider) BETWEEN 1 AND 40),
  -- What the provider has to repeat in its ID token.
  nonce        text NOT NULL CHECK (char_length(nonce) <= 100),
  -- Proves to the provider that the code comes from who asked for it (RFC 7636); sealed.
  verifier     bytea NOT NULL CHECK (octet_length(verifier) BETWEEN 41 AND 300),
  -- The session that links a provider to its account; empty for signing in.
  session_id   uuid REFERENCES sessions ON DELETE CASCADE,
  return_to    text NOT NULL CHECK (char_length(return_to) <= 500),
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  used_at      timestamptz
);
CREATE INDEX oauth_visits_session ON oauth_visits (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX oauth_visits_expires ON oauth_visits (expires_at);
CALL protect_system_table('oauth_visits');
GRANT SELECT, INSERT, DELETE ON oauth_visits TO smartstack_system;
GRANT UPDATE (used_at) ON oauth_visits TO smartstack_system;
