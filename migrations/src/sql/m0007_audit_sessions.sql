-- Signing in and out is audited in each workspace the person belongs to.
CREATE POLICY system ON audit_events FOR INSERT TO smartstack_system WITH CHECK (true);
GRANT INSERT ON audit_events TO smartstack_system;
