-- A second factor: codes that an app makes from a shared secret (RFC 6238), and codes to keep on paper.

CREATE TABLE second_factors (
  user_id      uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  -- The shared secret, sealed under a key made from the installation's secret and bound to its person.
  secret       bytea NOT NULL CHECK (octet_length(secret) BETWEEN 41 AND 200),
  created_at   timestamptz NOT NULL,
  -- Asked for at sign-in from then on; empty while its person has not shown a first code.
  confirmed_at timestamptz,
  -- The step of time whose code was accepted last: none is good twice.
  last_step    bigint NOT NULL DEFAULT 0
);
CREATE INDEX second_factors_unconfirmed ON second_factors (created_at) WHERE confirmed_at IS NULL;
CALL protect_system_table('second_factors');
GRANT SELECT, INSERT, DELETE ON second_factors TO smartstack_system;
GRANT UPDATE (secret, created_at, confirmed_at, last_step) ON second_factors TO smartstack_system;

-- Each good once, in place of a code of the app. 120 random bits, so that a fast hash is enough.
CREATE TABLE recovery_codes (
  user_id    uuid NOT NULL REFERENCES second_factors ON DELETE CASCADE,
  hash       bytea NOT NULL CHECK (octet_length(hash) = 32),
  created_at timestamptz NOT NULL,
  used_at    timestamptz,
  PRIMARY KEY (user_id, hash)
);
CALL protect_system_table('recovery_codes');
GRANT SELECT, INSERT, DELETE ON recovery_codes TO smartstack_system;
GRANT UPDATE (used_at) ON recovery_codes TO smartstack_system;

-- Somebody whose first factor was right, and who is asked for the second. The token is in a cookie.
CREATE TABLE sign_in_challenges (
  hash       bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
  user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);
CREATE INDEX sign_in_challenges_user ON sign_in_challenges (user_id);
CREATE INDEX sign_in_challenges_expires ON sign_in_challenges (expires_at);
CALL protect_system_table('sign_in_challenges');
GRANT SELECT, INSERT, DELETE ON sign_in_challenges TO smartstack_system;
GRANT UPDATE (used_at) ON sign_in_challenges TO smartstack_system;

-- Whoever has lost everything asks an administrator, who can see whether there is a factor and take it
-- away, and neither read nor set one.
CREATE POLICY admin ON second_factors TO smartstack_admin USING (true) WITH CHECK (true);
GRANT SELECT (user_id, confirmed_at), DELETE ON second_factors TO smartstack_admin;
