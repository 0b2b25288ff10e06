-- Twelve workspaces of 10 000 tasks each; the demo person owns the first.
-- Text is as long as people write it. No triggers: their rows are not read here.
SET session_replication_role = replica;

INSERT INTO users (id, email, name, hue, password_hash, created_at)
SELECT md5('user' || w || '-' || u)::uuid, 'person' || w || '-' || u || '@bench.example',
       (ARRAY['Ada Lovelace','Grace Hopper','Annie Easley','Radia Perlman'])[u], 'SEA', '!', now()
FROM generate_series(1, 12) w, generate_series(1, 4) u;

INSERT INTO workspaces (id, name, hue, created_at, updated_at)
SELECT md5('workspace' || w)::uuid, 'Studio number ' || w, 'PINE', now(), now() FROM generate_series(1, 12) w;
INSERT INTO change_sequences (workspace_id) SELECT md5('workspace' || w)::uuid FROM generate_series(1, 12) w;

INSERT INTO memberships (workspace_id, user_id, role, created_at)
SELECT md5('workspace' || w)::uuid, md5('user' || w || '-' || u)::uuid, 'MEMBER', now()
FROM generate_series(1, 12) w, generate_series(1, 4) u;
INSERT INTO memberships (workspace_id, user_id, role, created_at)
SELECT md5('workspace1')::uuid, id, 'OWNER', now() FROM users WHERE email = :'owner';

INSERT INTO clients (id, workspace_id, name, kind, notes, hue, created_at, updated_at)
SELECT md5('client' || w || '-' || c)::uuid, md5('workspace' || w)::uuid, 'Northwind Traders ' || c, 'COMPANY',
       '', 'CLAY', now(), now()
FROM generate_series(1, 12) w, generate_series(1, 40) c;

INSERT INTO projects (id, workspace_id, client_id, name, description, status, hue, created_at, updated_at)
SELECT md5('project' || w || '-' || p)::uuid, md5('workspace' || w)::uuid,
       CASE WHEN p % 10 > 0 THEN md5('client' || w || '-' || 1 + p % 40)::uuid END,
       'Relaunch of the web shop, part ' || p, 'What was agreed in the second meeting.', 'ACTIVE', 'IRIS', now(), now()
FROM generate_series(1, 12) w, generate_series(1, 100) p;

INSERT INTO tasks (id, workspace_id, project_id, title, description, status, priority, position, responsible,
                   assignee_id, estimate_min_minutes, estimate_max_minutes, due_date, client_visible, created_at,
                   updated_at, completed_at)
SELECT md5('task' || w || '-' || t)::uuid, md5('workspace' || w)::uuid, md5('project' || w || '-' || 1 + t % 100)::uuid,
       'Write down what the checkout has to do, step ' || t,
       repeat('The client said how it should look and what matters. ', 4),
       (ARRAY['BACKLOG','NEXT','IN_PROGRESS','WAITING','DONE'])[1 + t % 5],
       (ARRAY['NONE','LOW','MEDIUM','HIGH','URGENT'])[1 + t % 5], 'a' || lpad(t::text, 6, '0'), 'FREELANCER',
       CASE WHEN t % 4 > 0 THEN md5('user' || w || '-' || 1 + t % 4)::uuid END,
       CASE WHEN t % 2 = 0 THEN 30 * (1 + t % 8) END, CASE WHEN t % 2 = 0 THEN 60 * (1 + t % 8) END,
       CASE WHEN t % 3 = 0 THEN date '2026-01-01' + t % 365 END, true,
       timestamptz '2026-01-01 00:00:00Z' + t * interval '7 minutes', now(),
       CASE WHEN t % 5 = 4 THEN now() END
FROM generate_series(1, 12) w, generate_series(1, 10000) t;

SET session_replication_role = DEFAULT;
VACUUM ANALYZE;
