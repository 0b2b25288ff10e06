-- Documents that come as files. The file lies in the blob store under a key that the server chose; its text
-- is read by the worker, once, and is final from then on.
ALTER TABLE documents
  ADD COLUMN kind              text NOT NULL DEFAULT 'TEXT' CHECK (kind IN ('TEXT','FILE')),
  ADD COLUMN state             text NOT NULL DEFAULT 'READY' CHECK (state IN ('READING','READY','UNREADABLE')),
  ADD COLUMN unreadable_reason text CHECK (unreadable_reason IN ('EMPTY','ENCRYPTED','BROKEN','TOO_LONG','TOO_COMPLEX')),
  ADD COLUMN file_name         text CHECK (char_length(file_name) BETWEEN 1 AND 255),
  ADD COLUMN media_type        text CHECK (char_length(media_type) BETWEEN 1 AND 100),
  ADD COLUMN file_bytes        integer CHECK (file_bytes BETWEEN 1 AND 10485760),
  ADD COLUMN blob_key          text CONSTRAINT documents_blob_unique UNIQUE CHECK (char_length(blob_key) BETWEEN 1 AND 200),
  ADD COLUMN deleted_at        timestamptz,
  ADD CONSTRAINT documents_file CHECK (
    (kind = 'FILE') = (blob_key IS NOT NULL) AND (kind = 'FILE') = (file_name IS NOT NULL)
    AND (kind = 'FILE') = (media_type IS NOT NULL) AND (kind = 'FILE') = (file_bytes IS NOT NULL)),
  ADD CONSTRAINT documents_unreadable CHECK ((state = 'UNREADABLE') = (unreadable_reason IS NOT NULL)),
  DROP CONSTRAINT documents_text_check,
  ADD CONSTRAINT documents_text_check CHECK (
    char_length(text) <= 200000 AND (state = 'READY') = (char_length(text) >= 1));
-- What a workspace has stored, without reading its rows.
CREATE INDEX documents_files ON documents (workspace_id) INCLUDE (file_bytes)
  WHERE kind = 'FILE' AND deleted_at IS NULL;
CREATE INDEX documents_deleted ON documents (deleted_at) WHERE deleted_at IS NOT NULL;

-- Quotes are places in a text: whoever writes, a text that is there stays as it is.
CREATE FUNCTION keep_document_text() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF OLD.state = 'READY' AND (NEW.state <> 'READY' OR NEW.text IS DISTINCT FROM OLD.text) THEN
    RAISE EXCEPTION 'the text of document % is final', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION keep_document_text() FROM PUBLIC;
CREATE TRIGGER keep_text BEFORE UPDATE OF text, state ON documents
  FOR EACH ROW EXECUTE FUNCTION keep_document_text();

-- The worker writes what it reads out of a file, and nothing else of a document.
GRANT UPDATE (text, word_count, state, unreadable_reason, version) ON documents TO smartstack_work;
GRANT SELECT (file_bytes) ON documents TO smartstack_admin;

-- Blobs that may have to go: one whose upload has not come to its end in time, or whose document is gone.
-- Written down before the blob is stored, so that no crash leaves one that nobody knows of.
CREATE TABLE blob_removals (
  key    text PRIMARY KEY CHECK (char_length(key) BETWEEN 1 AND 200),
  due_at timestamptz NOT NULL
);
CREATE INDEX blob_removals_due ON blob_removals (due_at);
CALL protect_system_table('blob_removals');
GRANT INSERT ON blob_removals TO smartstack_system;
CALL let_retention_at('blob_removals', 'true');
GRANT SELECT, INSERT, DELETE ON blob_removals TO smartstack_retention;
-- Documents that go because what they belong to goes are deleted in the owner's name.
CREATE POLICY cascade ON blob_removals FOR INSERT TO smartstack_owner WITH CHECK (true);

CREATE FUNCTION remove_blob() RETURNS trigger LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO public.blob_removals (key, due_at) VALUES (OLD.blob_key, to_timestamp(0)) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION remove_blob() FROM PUBLIC;
CREATE TRIGGER remove_blob AFTER DELETE ON documents
  FOR EACH ROW WHEN (OLD.blob_key IS NOT NULL) EXECUTE FUNCTION remove_blob();

-- Retention deletes documents that somebody has deleted, and sees which blobs are still some document's.
CALL let_retention_at('documents', 'true');
GRANT SELECT (id, blob_key, deleted_at), DELETE ON documents TO smartstack_retention;
CREATE POLICY retention_deleted ON documents AS RESTRICTIVE FOR DELETE TO smartstack_retention
  USING (deleted_at IS NOT NULL);

-- Jobs stop here when there is no text.
ALTER TABLE jobs DROP CONSTRAINT jobs_reason_check, ADD CONSTRAINT jobs_reason_check CHECK (reason IN (
  'MODEL_UNAVAILABLE','MODEL_REFUSED','OUTPUT_INVALID','NOTHING_FOUND','TEXT_TOO_LONG','TIMED_OUT','INTERNAL',
  'BUDGET_REACHED','AI_OFF','DOCUMENT_UNREADABLE'));

-- Topics are the worker's to know; what it does not know, it puts aside.
ALTER TABLE outbox DROP CONSTRAINT outbox_topic_check,
  ADD CONSTRAINT outbox_topic_check CHECK (topic ~ '^[a-z][a-z_]{0,49}$');

-- Deleted documents are not found.
CREATE OR REPLACE FUNCTION search_workspace(needle text, most integer)
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
     FROM public.documents d WHERE d.workspace_id = (SELECT workspace FROM sought) AND d.deleted_at IS NULL
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
