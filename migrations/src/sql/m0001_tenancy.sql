-- The scope of a transaction, and the procedures that put tables under row-level security.
-- Comparing with a bare setting keeps index plans; an empty setting is no workspace at all.
CREATE FUNCTION current_workspace() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.workspace_id', true), '')::uuid;
CREATE FUNCTION current_actor() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.actor_id', true), '')::uuid;
CREATE FUNCTION current_share_link() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.share_link_id', true), '')::uuid;
REVOKE ALL ON FUNCTION current_workspace(), current_actor(), current_share_link() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION current_workspace(), current_actor(), current_share_link()
  TO smartstack_app, smartstack_share, smartstack_work, smartstack_system, smartstack_owner;

-- A table whose rows belong to a workspace: people and jobs in that workspace see them, nobody else
-- does unless another policy says so. The roles' grants say what may be done with the rows.
CREATE PROCEDURE protect_tenant_table(target regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format(
    'CREATE POLICY tenant ON %s TO smartstack_app, smartstack_work '
    'USING (workspace_id = nullif(current_setting(''app.workspace_id'', true), '''')::uuid) '
    'WITH CHECK (workspace_id = nullif(current_setting(''app.workspace_id'', true), '''')::uuid)', target);
END $$;

-- A table that only the system role works on.
CREATE PROCEDURE protect_system_table(target regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY system ON %s TO smartstack_system USING (true) WITH CHECK (true)', target);
END $$;
REVOKE ALL ON PROCEDURE protect_tenant_table(regclass), protect_system_table(regclass) FROM PUBLIC;
