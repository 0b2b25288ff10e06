-- What callers have taken of their budget in a stretch of time. Processes take it in blocks, so few requests
-- write here. Rows of past stretches are of no use to anyone.
CREATE TABLE rate_budgets (
  key       text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 200),
  starts_at timestamptz NOT NULL,
  -- Asked for; may be more than the limit.
  taken     bigint NOT NULL CHECK (taken >= 0),
  PRIMARY KEY (key, starts_at)
);
CREATE INDEX rate_budgets_starts ON rate_budgets (starts_at);
CALL protect_system_table('rate_budgets');
GRANT SELECT, INSERT, UPDATE, DELETE ON rate_budgets TO smartstack_system;
