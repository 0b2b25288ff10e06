-- Personal access tokens: a person's, for programs that act in their name. Only the hash of one is kept.
CREATE TABLE api_tokens (
  id                uuid PRIMARY KEY,
  user_id           uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  -- The one workspace it is good for; empty for all its person belongs to.
  only_workspace_id uuid REFERENCES workspaces ON DELETE CASCADE,
  name              text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  hash              bytea NOT NULL CONSTRAINT api_tokens_hash_unique UNIQUE CHECK (octet_length(hash) = 32),
  -- Its last characters, for a person to tell it from others: four of 66, of which 52 are random.
  hint              text NOT NULL CHECK (char_length(hint) = 4),
  scopes            text[] NOT NULL CHECK (cardinality(scopes) BETWEEN 1 AND 50),
  created_at        timestamptz NOT NULL,
  expires_at        timestamptz NOT NULL CHECK (expires_at <= created_at + interval '366 days'),
  last_used_at      timestamptz,
  revoked_at        timestamptz
);
CREATE INDEX api_tokens_user ON api_tokens (user_id, created_at);
CREATE INDEX api_tokens_workspace ON api_tokens (only_workspace_id) WHERE only_workspace_id IS NOT NULL;
CREATE INDEX api_tokens_expires ON api_tokens (expires_at);
CALL protect_system_table('api_tokens');
GRANT SELECT, INSERT, DELETE ON api_tokens TO smartstack_system;
GRANT UPDATE (last_used_at, revoked_at) ON api_tokens TO smartstack_system;
