-- Bringing an exported workspace into an empty one (decision 75).

-- Rows that name each other both ways (a task its suggestion, a suggested item its task; a task its parent)
-- come in one after the other: where a transaction asks for it, the names are looked up at its end. A table that
-- is added later and names one that comes in after it does the same (`export` in the domain's tests says so).
DO $$
DECLARE
  found record;
BEGIN
  FOR found IN
    SELECT c.conname, c.conrelid::regclass AS tab FROM pg_constraint c
    WHERE c.contype = 'f' AND NOT c.condeferrable AND EXISTS (
      SELECT FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attname = 'workspace_id') AND EXISTS (
      SELECT FROM pg_attribute a WHERE a.attrelid = c.confrelid AND a.attname = 'workspace_id')
  LOOP
    EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY IMMEDIATE', found.tab, found.conname);
  END LOOP;
END $$;

-- What became of each attempt comes along; only the worker adds to it otherwise.
GRANT INSERT ON job_attempts TO smartstack_app;

-- A restored row brings its versions along. While a transaction says that it restores, the making of a row
-- writes none; the restore writes the ones that are missing before it commits. Changes and deletions are
-- always kept.
CREATE OR REPLACE FUNCTION keep_row_version() RETURNS trigger LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, public AS $$
DECLARE
  kept record;
BEGIN
  IF TG_OP = 'INSERT' AND current_setting('app.restoring', true) = 'on' THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'DELETE' THEN kept := OLD; ELSE kept := NEW; END IF;
  -- When a whole workspace goes, its history goes with it.
  IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM public.workspaces WHERE id = kept.workspace_id) THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.row_versions (workspace_id, noun, row_id, version, operation, row, actor_id)
  VALUES (kept.workspace_id, TG_ARGV[0], kept.id, kept.version, TG_OP, to_jsonb(kept), public.current_actor());
  RETURN NULL;
END $$;
