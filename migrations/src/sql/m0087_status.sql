-- The use case status: an update for a client, drawn from what a share link shows at that moment.
--
-- What the link showed is kept as a document of the kind RECORD: its text for people, its facts for programs. It is
-- read by the role smartstack_share, so that nothing can stand in it that the client could not see.
ALTER TABLE documents
  DROP CONSTRAINT documents_kind_check,
  ADD CONSTRAINT documents_kind_check CHECK (kind IN ('TEXT','FILE','RECORD')),
  ADD COLUMN facts jsonb CHECK (jsonb_typeof(facts) = 'array'),
  ADD COLUMN share_link_id uuid,
  ADD CONSTRAINT documents_record CHECK ((kind = 'RECORD') = (facts IS NOT NULL)),
  ADD FOREIGN KEY (workspace_id, share_link_id) REFERENCES share_links (workspace_id, id)
    ON DELETE SET NULL (share_link_id);
CREATE INDEX documents_share_link ON documents (workspace_id, share_link_id) WHERE share_link_id IS NOT NULL;

ALTER TABLE jobs DROP CONSTRAINT jobs_use_case_check,
  ADD CONSTRAINT jobs_use_case_check CHECK (use_case IN ('PLAN','NOTES','REPLY','STATUS'));
ALTER TABLE suggestions DROP CONSTRAINT suggestions_use_case_check,
  ADD CONSTRAINT suggestions_use_case_check CHECK (use_case IN ('PLAN','NOTES','REPLY','STATUS')),
  -- The draft, sentence by sentence, each with the facts it rests on.
  ADD COLUMN sentences jsonb CHECK (jsonb_typeof(sentences) = 'array'),
  -- What the client of a link reads: a copy, so that a draft can be changed without the client watching.
  ADD COLUMN published jsonb CHECK (jsonb_typeof(published) = 'array'),
  ADD COLUMN published_link_id uuid,
  ADD COLUMN published_at timestamptz,
  ADD CONSTRAINT suggestions_published CHECK ((published IS NULL) = (published_at IS NULL)),
  ADD FOREIGN KEY (workspace_id, published_link_id) REFERENCES share_links (workspace_id, id)
    ON DELETE SET NULL (published_link_id);
CREATE INDEX suggestions_published_link ON suggestions (workspace_id, published_link_id, published_at)
  WHERE published_link_id IS NOT NULL;

CREATE POLICY share ON suggestions FOR SELECT TO smartstack_share
  USING (workspace_id = current_workspace() AND published_at IS NOT NULL
         AND published_link_id = (SELECT l.id FROM share_links l));
GRANT SELECT (id, workspace_id, published_link_id, published_at, published) ON suggestions TO smartstack_share;
