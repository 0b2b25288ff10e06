-- Search over a workspace. Row-level security keeps text indexes from being used (their operators are not
-- leakproof), so one function reads past it, in the owner's name, and compares the workspace itself.
-- The policies are the owner's alone, whom no run-time role can become.
CREATE INDEX clients_search ON clients USING gin (workspace_id, name gin_trgm_ops);
CREATE INDEX projects_search ON projects USING gin (workspace_id, name gin_trgm_ops) WHERE deleted_at IS NULL;
CREATE INDEX tasks_search ON tasks USING gin (workspace_id, title gin_trgm_ops) WHERE deleted_at IS NULL;
CREATE INDEX documents_search ON documents USING gin (workspace_id, title gin_trgm_ops);
CREATE INDEX documents_words ON documents USING gin (workspace_id, to_tsvector('simple', text));
CREATE POLICY search ON clients FOR SELECT TO smartstack_owner USING (true);
CREATE POLICY search ON projects FOR SELECT TO smartstack_owner USING (true);
CREATE POLICY search ON tasks FOR SELECT TO smartstack_owner USING (true);
CREATE POLICY search ON documents FOR SELECT TO smartstack_owner USING (true);

-- What holds the text in its name or title, or its words in its text; what resembles it most comes first.
-- Of each kind the best `most` are looked at. An unset workspace finds nothing: NULL equals nothing.
CREATE FUNCTION search_workspace(needle text, most integer)
  RETURNS TABLE (kind text, id uuid, excerpt text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH sought AS (
    SELECT public.current_workspace() AS workspace,
           '%' || replace(replace(replace(needle, '\', '\\'), '%', '\%'), '_', '\_') || '%' AS pattern,
           websearch_to_tsquery('simple', needle) AS words
  ), found AS (
    (SELECT 'PROJECT' AS kind, p.id, NULL AS text, public.word_similarity(needle, p.name) AS rank
     FROM public.projects p WHERE p.workspace_id = (SELECT workspace FROM sought)
       AND p.name ILIKE (SELECT pattern FROM sought) AND p.deleted_at IS NULL
     ORDER BY 4 DESC, p.id LIMIT most)
    UNION ALL
    (SELECT 'CLIENT', c.id, NULL,
            public.word_similarity(needle, c.name) - CASE WHEN c.archived_at IS NULL THEN 0 ELSE 0.5 END
     FROM public.clients c WHERE c.workspace_id = (SELECT workspace FROM sought)
       AND c.name ILIKE (SELECT pattern FROM sought)
     ORDER BY 4 DESC, c.id LIMIT most)
    UNION ALL
    (SELECT 'TASK', t.id, NULL,
            public.word_similarity(needle, t.title) - CASE WHEN t.status = 'DONE' THEN 0.3 ELSE 0.1 END
     FROM public.tasks t WHERE t.workspace_id = (SELECT workspace FROM sought)
       AND t.title ILIKE (SELECT pattern FROM sought) AND t.deleted_at IS NULL
       AND EXISTS (SELECT FROM public.projects p
                   WHERE p.workspace_id = t.workspace_id AND p.id = t.project_id AND p.deleted_at IS NULL)
     ORDER BY 4 DESC, t.id LIMIT most)
    UNION ALL
    (SELECT 'DOCUMENT', d.id, d.text, public.word_similarity(needle, d.title) - 0.2
     FROM public.documents d WHERE d.workspace_id = (SELECT workspace FROM sought)
       AND (d.title ILIKE (SELECT pattern FROM sought)
            OR to_tsvector('simple', d.text) @@ (SELECT words FROM sought))
       AND NOT EXISTS (SELECT FROM public.projects p
                       WHERE p.workspace_id = d.workspace_id AND p.id = d.project_id AND p.deleted_at IS NOT NULL)
     ORDER BY 4 DESC, d.id LIMIT most)
  ), best AS (
    SELECT * FROM found ORDER BY rank DESC, kind, id LIMIT most
  )
  SELECT b.kind, b.id,
         CASE WHEN to_tsvector('simple', b.text) @@ s.words THEN
           ts_headline('simple', b.text, s.words, 'StartSel="", StopSel="", MinWords=8, MaxWords=18')
         END
  FROM best b, sought s ORDER BY b.rank DESC, b.kind, b.id
$$;
REVOKE ALL ON FUNCTION search_workspace(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_workspace(text, integer) TO smartstack_app;
