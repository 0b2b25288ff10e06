-- A password that a link asks for beside its token.
--
-- password_id is drawn anew with every password. A transaction of a client names the one that was given;
-- where the link has another, or has one and none was given, the link's policy finds nothing, and with it
-- every other policy that hangs on it: setting, changing and removing a password acts on pages that are
-- open, too.
ALTER TABLE share_links
  ADD COLUMN password_hash text CHECK (char_length(password_hash) <= 200),
  ADD COLUMN password_id uuid,
  ADD CONSTRAINT share_links_password_whole CHECK ((password_hash IS NULL) = (password_id IS NULL));

CREATE FUNCTION current_share_password() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.share_password_id', true), '')::uuid;
REVOKE ALL ON FUNCTION current_share_password() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION current_share_password()
  TO smartstack_app, smartstack_share, smartstack_work, smartstack_system, smartstack_owner;

GRANT SELECT (password_hash, password_id) ON share_links TO smartstack_system;

DROP POLICY share ON share_links;
CREATE POLICY share ON share_links FOR SELECT TO smartstack_share
  USING (workspace_id = current_workspace() AND id = current_share_link()
         AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
         AND password_id IS NOT DISTINCT FROM current_share_password());
