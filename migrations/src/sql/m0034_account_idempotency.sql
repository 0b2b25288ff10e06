-- Keys of requests that may be sent twice and belong to no workspace, only to a person: making a
-- workspace, making an access token. Kept is which row was made, and never a secret.
CREATE TABLE account_idempotency_keys (
  user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  operation    text NOT NULL CHECK (char_length(operation) <= 100),
  key          text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 255),
  request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
  -- What the first request made.
  made_id      uuid NOT NULL,
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (user_id, operation, key)
);
CREATE INDEX account_idempotency_keys_age ON account_idempotency_keys (created_at);
CALL protect_system_table('account_idempotency_keys');
GRANT SELECT, INSERT, DELETE ON account_idempotency_keys TO smartstack_system;
