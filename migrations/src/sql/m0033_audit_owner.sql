-- The audit log is the owner's to read; everybody's work is written to it. A second fence behind the
-- rule in the domain: the database shows its rows to no other member.
CREATE POLICY owner ON audit_events AS RESTRICTIVE FOR SELECT TO smartstack_app
  USING (EXISTS (SELECT FROM memberships m
                 WHERE m.workspace_id = current_workspace() AND m.user_id = current_actor() AND m.role = 'OWNER'));
