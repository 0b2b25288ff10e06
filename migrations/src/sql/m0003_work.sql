-- The freelancer's work. Bounds are no tighter than the domain's, which say kindly what is wrong.
CREATE TABLE clients (
  id           uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  name         text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  kind         text NOT NULL CHECK (kind IN ('COMPANY','PERSON')),
  email        text CHECK (char_length(email) <= 254),
  phone        text CHECK (char_length(phone) <= 100),
  website      text CHECK (char_length(website) <= 2000),
  notes        text NOT NULL CHECK (char_length(notes) <= 20000),
  hue          text NOT NULL CHECK (hue IN ('OCHRE','CLAY','ROSE','PLUM','IRIS','SEA','PINE','MOSS','SLATE')),
  archived_at  timestamptz,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  version      integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  UNIQUE (workspace_id, id)
);
CREATE INDEX clients_name ON clients (workspace_id, lower(name), id);
CALL protect_tenant_table('clients');
GRANT SELECT, INSERT, UPDATE, DELETE ON clients TO smartstack_app;
GRANT SELECT ON clients TO smartstack_work;

CREATE TABLE projects (
  id              uuid PRIMARY KEY,
  workspace_id    uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  client_id       uuid,
  name            text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  description     text NOT NULL CHECK (char_length(description) <= 20000),
  status          text NOT NULL CHECK (status IN ('PLANNED','ACTIVE','ON_HOLD','COMPLETED')),
  hue             text NOT NULL CHECK (hue IN ('OCHRE','CLAY','ROSE','PLUM','IRIS','SEA','PINE','MOSS','SLATE')),
  start_date      date,
  due_date        date,
  budget_cents bigint CHECK (budget_cents BETWEEN 0 AND 100000000000000),
  budget_currency text CHECK (budget_currency ~ '^[A-Z]{3}$'),
  CHECK ((budget_cents IS NULL) = (budget_currency IS NULL)),
  budget_minutes  integer CHECK (budget_minutes BETWEEN 0 AND 10000000),
  hourly_rate_cents bigint CHECK (hourly_rate_cents BETWEEN 0 AND 100000000000000),
  hourly_rate_currency text CHECK (hourly_rate_currency ~ '^[A-Z]{3}$'),
  CHECK ((hourly_rate_cents IS NULL) = (hourly_rate_currency IS NULL)),
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL,
  deleted_at      timestamptz,
  version         integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  UNIQUE (workspace_id, id),
  FOREIGN KEY (workspace_id, client_id) REFERENCES clients (workspace_id, id) ON DELETE SET NULL (client_id)
);
CREATE INDEX projects_client ON projects (workspace_id, client_id);
CREATE INDEX projects_status ON projects (workspace_id, status, updated_at);
CALL protect_tenant_table('projects');
GRANT SELECT, INSERT, UPDATE, DELETE ON projects TO smartstack_app;
GRANT SELECT ON projects TO smartstack_work;

CREATE TABLE tasks (
  id                   uuid PRIMARY KEY,
  workspace_id         uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  project_id           uuid NOT NULL,
  parent_id            uuid,
  title                text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 500),
  description          text NOT NULL CHECK (char_length(description) <= 20000),
  status               text NOT NULL CHECK (status IN ('BACKLOG','NEXT','IN_PROGRESS','WAITING','DONE')),
  priority             text NOT NULL CHECK (priority IN ('NONE','LOW','MEDIUM','HIGH','URGENT')),
  -- Fractional index: compared as bytes, so that a browser sorts as the database does.
  position             text COLLATE "C" NOT NULL CHECK (octet_length(position) BETWEEN 1 AND 500),
  responsible          text NOT NULL CHECK (responsible IN ('FREELANCER','CLIENT')),
  assignee_id          uuid,
  estimate_min_minutes integer CHECK (estimate_min_minutes BETWEEN 0 AND 1000000),
  estimate_max_minutes integer CHECK (estimate_max_minutes BETWEEN 0 AND 1000000),
  due_date             date,
  completed_at         timestamptz,
  client_visible       boolean NOT NULL,
  source_item_id       uuid,
  created_at           timestamptz NOT NULL,
  updated_at           timestamptz NOT NULL,
  deleted_at           timestamptz,
  version              integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  UNIQUE (workspace_id, id),
  CHECK (estimate_min_minutes <= estimate_max_minutes),
  CHECK (parent_id <> id),
  FOREIGN KEY (workspace_id, project_id) REFERENCES projects (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, parent_id) REFERENCES tasks (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, assignee_id) REFERENCES memberships (workspace_id, user_id)
    ON DELETE SET NULL (assignee_id)
);
CREATE INDEX tasks_board ON tasks (workspace_id, project_id, status, position);
CREATE INDEX tasks_parent ON tasks (workspace_id, parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX tasks_assignee ON tasks (workspace_id, assignee_id) WHERE assignee_id IS NOT NULL;
CREATE INDEX tasks_due ON tasks (workspace_id, due_date) WHERE completed_at IS NULL AND deleted_at IS NULL;
CREATE INDEX tasks_completed ON tasks (workspace_id, completed_at) WHERE completed_at IS NOT NULL;
CALL protect_tenant_table('tasks');
GRANT SELECT, INSERT, UPDATE, DELETE ON tasks TO smartstack_app;
GRANT SELECT ON tasks TO smartstack_work;

CREATE TABLE project_notes (
  id             uuid PRIMARY KEY,
  workspace_id   uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  project_id     uuid NOT NULL,
  kind           text NOT NULL CHECK (kind IN ('QUESTION','EXCLUSION','DECISION')),
  text           text NOT NULL CHECK (char_length(text) BETWEEN 1 AND 5000),
  quote          text CHECK (char_length(quote) <= 20000),
  source_item_id uuid,
  resolved_at    timestamptz,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  deleted_at     timestamptz,
  version        integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  UNIQUE (workspace_id, id),
  FOREIGN KEY (workspace_id, project_id) REFERENCES projects (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX project_notes_project ON project_notes (workspace_id, project_id, created_at);
CALL protect_tenant_table('project_notes');
GRANT SELECT, INSERT, UPDATE, DELETE ON project_notes TO smartstack_app;
