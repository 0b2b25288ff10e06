-- Each program says once in a while that it is there and how its parts do; administrators see it. A
-- line that has become old is a program that died.
CREATE TABLE heartbeats (
  process    text PRIMARY KEY CHECK (char_length(process) BETWEEN 1 AND 200),
  kind       text NOT NULL CHECK (kind IN ('API','WORKER')),
  version    text NOT NULL CHECK (char_length(version) <= 100),
  started_at timestamptz NOT NULL,
  at         timestamptz NOT NULL,
  -- [{ "part": "MAIL", "ok": true, "detail": "…" }]
  parts      jsonb NOT NULL CHECK (jsonb_typeof(parts) = 'array')
);
CREATE INDEX heartbeats_at ON heartbeats (at);
CALL protect_system_table('heartbeats');
CALL let_administrators_at('heartbeats');
GRANT SELECT, INSERT, UPDATE, DELETE ON heartbeats TO smartstack_system;
GRANT SELECT ON heartbeats TO smartstack_admin;
