-- Roles belong to the whole cluster; several databases may be migrated at once, so each is made as
-- if another session were making it too. Nothing here is ever undone: roles are only added to.
DO $$
DECLARE
  role record;
BEGIN
  FOR role IN
    SELECT * FROM (VALUES
      ('smartstack_owner',  'NOLOGIN'),   -- owns every table; only migrations become it
      ('smartstack_app',    'NOLOGIN'),   -- a person in a workspace
      ('smartstack_share',  'NOLOGIN'),   -- a client with a share link
      ('smartstack_work',   'NOLOGIN'),   -- a job of the worker
      ('smartstack_system', 'NOLOGIN'),   -- accounts, sessions, outbox, queue
      ('smartstack_admin',  'NOLOGIN'),   -- an administrator of the installation
      ('smartstack_retention', 'NOLOGIN'), -- the job that deletes what has been kept long enough
      ('smartstack_api',    'LOGIN'),     -- may become app, share, system, admin
      ('smartstack_worker', 'LOGIN')      -- may become work, system, retention
    ) AS r(name, login)
  LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role.name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I %s NOINHERIT NOCREATEDB NOCREATEROLE', role.name, role.login);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL; -- another session was faster
      END;
    END IF;
  END LOOP;

  FOR role IN
    SELECT * FROM (VALUES
      ('smartstack_app',    'smartstack_api'),
      ('smartstack_share',  'smartstack_api'),
      ('smartstack_system', 'smartstack_api'),
      ('smartstack_admin',  'smartstack_api'),
      ('smartstack_work',   'smartstack_worker'),
      ('smartstack_retention', 'smartstack_worker'),
      ('smartstack_system', 'smartstack_worker')
    ) AS m(granted, member)
  LOOP
    IF NOT pg_has_role(role.member, role.granted, 'MEMBER') THEN
      BEGIN
        EXECUTE format('GRANT %I TO %I', role.granted, role.member);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
      END;
    END IF;
  END LOOP;

  -- An administrator who is not a superuser has to be a member to become the owner.
  IF NOT pg_has_role(current_user, 'smartstack_owner', 'MEMBER') THEN
    GRANT smartstack_owner TO CURRENT_USER;
  END IF;

  -- What belongs to this database.
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO smartstack_owner, smartstack_api, smartstack_worker, smartstack_admin', current_database());
  REVOKE ALL ON SCHEMA public FROM PUBLIC;
  GRANT USAGE, CREATE ON SCHEMA public TO smartstack_owner;
  GRANT USAGE ON SCHEMA public TO smartstack_app, smartstack_share, smartstack_system, smartstack_work,
    smartstack_admin, smartstack_retention;
END $$;

-- For search: parts of words, and a workspace's id in the same index. Both are trusted extensions: who owns
-- the database may make them.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
