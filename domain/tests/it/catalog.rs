//! What the database itself guarantees, read from its catalog and tried.

use std::collections::BTreeSet;

use sea_orm::sqlx::{self, AssertSqlSafe, Connection, PgConnection, Row};
use smartstack_domain::testing::TestDb;

const RUN_TIME_ROLES: [&str; 8] = [
    "smartstack_api",
    "smartstack_worker",
    "smartstack_admin",
    "smartstack_app",
    "smartstack_retention",
    "smartstack_share",
    "smartstack_system",
    "smartstack_work",
];

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

async fn texts(connection: &mut PgConnection, sql: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_all(connection)
        .await
        .unwrap()
}

/// The SQLSTATE `sql` fails with; `None` when it does not fail.
async fn refusal(connection: &mut PgConnection, sql: &str) -> Option<String> {
    let error = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(connection)
        .await
        .err()?;
    Some(
        error
            .as_database_error()
            .expect("an answer of the database")
            .code()
            .unwrap()
            .into_owned(),
    )
}

const PERMISSION_DENIED: &str = "42501";

#[tokio::test]
async fn every_table_is_under_forced_row_level_security() {
    let db = TestDb::new().await;
    let admin = &mut connect(&db.admin_url()).await;
    let open = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace \
                AND relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity) \
                AND relname <> 'seaql_migrations'";
    assert_eq!(texts(admin, open).await, [""; 0]);
    let views = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace \
                 AND relkind IN ('v', 'm', 'f')";
    assert_eq!(
        texts(admin, views).await,
        [""; 0],
        "views read with their owner's rights"
    );
    let migrations = "SELECT grantee::text FROM information_schema.role_table_grants \
                      WHERE table_name = 'seaql_migrations' AND grantee <> 'smartstack_owner'";
    assert_eq!(texts(admin, migrations).await, [""; 0]);
}

#[tokio::test]
async fn every_tenant_table_compares_with_the_workspace() {
    let db = TestDb::new().await;
    let admin = &mut connect(&db.admin_url()).await;
    let rows = sqlx::query(
        "SELECT c.table_name::text, p.qual, p.with_check, p.roles::text[], p.cmd, c.is_nullable \
         FROM information_schema.columns c \
         LEFT JOIN pg_policies p ON p.schemaname = 'public' AND p.tablename = c.table_name AND p.policyname = 'tenant' \
         WHERE c.table_schema = 'public' AND c.column_name = 'workspace_id'",
    )
    .fetch_all(&mut *admin)
    .await
    .unwrap();
    assert!(rows.len() >= 15, "only {} tenant tables", rows.len());
    let wanted = "(workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)";
    for row in rows {
        let table: String = row.get(0);
        assert_eq!(
            row.get::<Option<String>, _>(1).as_deref(),
            Some(wanted),
            "USING of {table}"
        );
        assert_eq!(
            row.get::<Option<String>, _>(2).as_deref(),
            Some(wanted),
            "WITH CHECK of {table}"
        );
        assert_eq!(
            row.get::<Vec<String>, _>(3),
            ["smartstack_app", "smartstack_work"],
            "roles of {table}"
        );
        assert_eq!(row.get::<String, _>(4), "ALL", "commands of {table}");
        // A message of sign-up belongs to no workspace.
        assert!(
            row.get::<String, _>(5) == "NO" || table == "outbox",
            "{table}.workspace_id may be NULL"
        );
    }
    // An index that leads with workspace_id, for policies to be cheap.
    let slow = "SELECT c.table_name::text FROM information_schema.columns c \
        WHERE c.table_schema = 'public' AND c.column_name = 'workspace_id' AND NOT EXISTS ( \
          SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] \
          WHERE i.indrelid = c.table_name::text::regclass AND a.attname = 'workspace_id' AND i.indpred IS NULL)";
    assert_eq!(texts(admin, slow).await, [""; 0]);
}

#[tokio::test]
async fn app_and_work_touch_other_tables_only_by_listed_policies() {
    let db = TestDb::new().await;
    let admin = &mut connect(&db.admin_url()).await;
    let policies = "SELECT tablename || '.' || policyname || ' ' || cmd FROM pg_policies \
        WHERE policyname NOT IN ('tenant', 'system', 'share', 'admin', 'retention', 'retention_deleted') \
        ORDER BY 1";
    let listed = [
        "ai_models.read SELECT",
        "audit_events.owner SELECT",
        "blob_removals.cascade INSERT",
        "clients.search SELECT",
        "documents.search SELECT",
        "installation_settings.read SELECT",
        "projects.search SELECT",
        "row_versions.cascade INSERT",
        "tasks.search SELECT",
        "users.members SELECT",
        "users.self UPDATE",
        "webhook_attempts.owner SELECT",
        "webhook_deliveries.owner SELECT",
        "webhook_endpoints.owner SELECT",
        "workspaces.cascade SELECT",
    ];
    assert_eq!(texts(admin, policies).await, listed);
    let search = "SELECT DISTINCT array_to_string(roles, ',') FROM pg_policies WHERE policyname = 'search'";
    assert_eq!(texts(admin, search).await, ["smartstack_owner"]);
    let share = "SELECT DISTINCT cmd FROM pg_policies WHERE 'smartstack_share' = ANY (roles)";
    assert_eq!(texts(admin, share).await, ["SELECT"]);
    let others = "SELECT tablename::text FROM pg_policies \
        WHERE (policyname = 'admin') <> (roles = '{smartstack_admin}') \
        OR (policyname LIKE 'retention%') <> (roles = '{smartstack_retention}')";
    assert_eq!(texts(admin, others).await, [""; 0]);
}

#[tokio::test]
async fn no_run_time_role_owns_or_bypasses_anything() {
    let db = TestDb::new().await;
    let admin = &mut connect(&db.admin_url()).await;
    for role in RUN_TIME_ROLES {
        let row = sqlx::query(
            "SELECT rolsuper OR rolbypassrls OR rolinherit OR rolcreaterole OR rolcreatedb OR rolreplication, \
                    rolcanlogin FROM pg_roles WHERE rolname = $1",
        )
        .bind(role)
        .fetch_one(&mut *admin)
        .await
        .unwrap();
        assert!(!row.get::<bool, _>(0), "{role} has an attribute it must not have");
        assert_eq!(
            row.get::<bool, _>(1),
            matches!(role, "smartstack_api" | "smartstack_worker"),
            "{role}"
        );
        let owned = format!(
            "SELECT count(*)::text FROM pg_shdepend WHERE refobjid = '{role}'::regrole AND deptype = 'o' \
             AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))"
        );
        assert_eq!(texts(admin, &owned).await, ["0"], "{role} owns something");
    }
    let members = "SELECT m.member::regrole || ' > ' || m.roleid::regrole FROM pg_auth_members m \
        WHERE m.member::regrole::text LIKE 'smartstack%' ORDER BY 1";
    let listed = [
        "smartstack_api > smartstack_admin",
        "smartstack_api > smartstack_app",
        "smartstack_api > smartstack_share",
        "smartstack_api > smartstack_system",
        "smartstack_worker > smartstack_retention",
        "smartstack_worker > smartstack_system",
        "smartstack_worker > smartstack_work",
    ];
    assert_eq!(texts(admin, members).await, listed);
    let definers =
        "SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef";
    assert_eq!(texts(admin, definers).await, ["search_workspace"]);
}

#[tokio::test]
async fn the_worker_writes_suggestions_and_job_state_and_nothing_else() {
    let db = TestDb::new().await;
    let admin = &mut connect(&db.admin_url()).await;
    let writes = |role: &str| {
        format!(
            "SELECT DISTINCT privilege_type || ' ' || table_name FROM information_schema.column_privileges \
             WHERE grantee = '{role}' AND privilege_type IN ('INSERT', 'UPDATE') \
             UNION SELECT privilege_type || ' ' || table_name FROM information_schema.table_privileges \
             WHERE grantee = '{role}' AND privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE') ORDER BY 1"
        )
    };
    let listed = [
        "INSERT audit_events",
        "INSERT changes",
        "INSERT job_attempts",
        "INSERT outbox",
        "INSERT suggestion_items",
        "INSERT suggestions",
        "UPDATE ai_calls",
        "UPDATE change_sequences",
        "UPDATE documents",
        "UPDATE job_attempts",
        "UPDATE jobs",
    ];
    assert_eq!(texts(admin, &writes("smartstack_work")).await, listed);
    let columns = "SELECT column_name::text FROM information_schema.column_privileges \
        WHERE grantee = 'smartstack_work' AND privilege_type = 'UPDATE' AND table_name = 'documents'";
    // What it reads out of a file, once: see `document::a_text_is_written_once_and_is_final`.
    let columns = texts(admin, &format!("{columns} ORDER BY 1")).await;
    assert_eq!(
        columns,
        [
            "language",
            "state",
            "text",
            "unreadable_reason",
            "version",
            "word_count"
        ]
    );
    assert_eq!(texts(admin, &writes("smartstack_share")).await, [""; 0]);
    for login in ["smartstack_api", "smartstack_worker", "public"] {
        assert_eq!(texts(admin, &writes(login)).await, [""; 0], "{login}");
    }
}

/// Every column that administrators can read, and everything they can write. A column that holds
/// what people wrote or named must never be added here.
#[tokio::test]
async fn administrators_see_accounts_and_numbers_and_no_content() {
    let db = TestDb::new().await;
    let admin = &mut connect(&db.admin_url()).await;
    let privileges = |privilege: &str| {
        format!(
            "SELECT table_name || ': ' || string_agg(column_name, ' ' ORDER BY column_name COLLATE \"C\") \
             FROM information_schema.column_privileges \
             WHERE grantee = 'smartstack_admin' AND privilege_type = '{privilege}' GROUP BY table_name ORDER BY 1"
        )
    };
    let readable = [
        "ai_calls: at attempt cache_read_tokens cache_write_tokens call cost_micro_usd failure finished_at id input_tokens \
         job_id model output_tokens prompt_version reserved_micro_usd state use_case workspace_id",
        "ai_models: default_for engine label name ordinal provider tier",
        "change_sequences: has_webhooks seq workspace_id",
        "clients: workspace_id",
        "documents: file_bytes text_bytes workspace_id",
        "heartbeats: at kind parts process started_at version",
        "installation_audit_events: action actor_id address after at before id target_id target_kind",
        "installation_settings: ai_enabled ai_jobs_per_day ai_monthly_cost_micro_usd ai_total_monthly_cost_micro_usd the_only \
         updated_at version",
        "jobs: attempt created_at finished_at id lease_until project_id reason stage started_at state use_case version \
         workspace_id",
        "memberships: created_at role user_id workspace_id",
        "outbox: created_at id sent_at topic",
        "projects: deleted_at id workspace_id",
        "queue_messages: created_at dead_at id queue receive_count visible_at",
        "retention_runs: finished_at purge removed started_at",
        "second_factors: confirmed_at user_id",
        "sessions: created_at expires_at id last_used_at revoked_at user_id",
        "share_links: expires_at revoked_at workspace_id",
        "tasks: deleted_at workspace_id",
        "users: administrator created_at disabled_at email hue id name",
        "workspace_limits: ai_jobs_per_day ai_monthly_cost_micro_usd updated_at workspace_id",
        "workspaces: created_at deleted_at id name",
    ];
    assert_eq!(texts(admin, &privileges("SELECT")).await, readable);
    let changeable = [
        "change_sequences: seq",
        "installation_settings: ai_enabled ai_jobs_per_day ai_monthly_cost_micro_usd ai_total_monthly_cost_micro_usd updated_at \
         version",
        "jobs: finished_at lease_owner lease_until reason reason_message stage stages started_at state version",
        "sessions: revoked_at",
        "users: administrator disabled_at",
        "workspace_limits: ai_jobs_per_day ai_monthly_cost_micro_usd updated_at",
    ];
    assert_eq!(texts(admin, &privileges("UPDATE")).await, changeable);
    let others = "SELECT privilege_type || ' ' || table_name FROM information_schema.table_privileges \
        WHERE grantee = 'smartstack_admin' AND privilege_type NOT IN ('SELECT', 'UPDATE') ORDER BY 1";
    let listed = [
        // Of somebody who has lost it.
        "DELETE second_factors",
        "INSERT audit_events",
        "INSERT changes",
        "INSERT installation_audit_events",
        "INSERT outbox",
        "INSERT workspace_limits",
    ];
    assert_eq!(texts(admin, others).await, listed);
    // Nobody else can make an administrator: not a person's session, not sign-in.
    for role in RUN_TIME_ROLES
        .into_iter()
        .filter(|role| *role != "smartstack_admin")
    {
        let may = format!("SELECT has_column_privilege('{role}', 'users', 'administrator', 'UPDATE')::text");
        assert_eq!(texts(admin, &may).await, ["false"], "{role}");
    }
    // And it is so when tried.
    let ada = db.person("Ada").await;
    fill(&db, ada.workspace_id.uuid()).await;
    let mut api = connect(&db.url("smartstack_api")).await;
    for content in [
        "SELECT name FROM clients",
        "SELECT name FROM projects",
        "SELECT title FROM tasks",
        "SELECT title FROM documents",
        "SELECT text FROM documents",
        "SELECT reason_message FROM jobs",
        "SELECT text FROM project_notes",
        "SELECT title FROM suggestion_items",
        "SELECT detail FROM job_attempts",
        "SELECT row FROM row_versions",
        "SELECT before FROM audit_events",
        "SELECT body FROM queue_messages",
        "SELECT payload FROM outbox",
        "SELECT password_hash FROM users",
        "SELECT hash FROM refresh_tokens",
        "SELECT secret FROM second_factors",
        "UPDATE second_factors SET confirmed_at = NULL",
        "SELECT hash FROM recovery_codes",
        "SELECT hash FROM sign_in_challenges",
        "SELECT email FROM email_changes",
        "SELECT to_jsonb(d) FROM documents d",
    ] {
        let sql = format!("BEGIN; SET LOCAL ROLE smartstack_admin; {content}");
        assert_eq!(
            refusal(&mut api, &sql).await.as_deref(),
            Some(PERMISSION_DENIED),
            "{content}"
        );
        sqlx::raw_sql("ROLLBACK").execute(&mut api).await.unwrap();
    }
}

#[tokio::test]
async fn retention_deletes_what_is_listed_and_writes_nothing() {
    let db = TestDb::new().await;
    let admin = &mut connect(&db.admin_url()).await;
    let privileges = "SELECT privilege_type || ' ' || table_name FROM information_schema.table_privileges \
        WHERE grantee = 'smartstack_retention' \
        UNION SELECT 'UPDATE ' || table_name FROM information_schema.column_privileges \
        WHERE grantee = 'smartstack_retention' AND privilege_type = 'UPDATE' ORDER BY 1";
    let listed = [
        "DELETE blob_removals",
        "DELETE changes",
        "DELETE documents",
        "DELETE idempotency_keys",
        "DELETE projects",
        "DELETE queue_messages",
        "DELETE row_versions",
        "DELETE webhook_deliveries",
        "DELETE workspaces",
        // A deleted document's file has to go.
        "INSERT blob_removals",
        // A deletion is a version, too.
        "INSERT row_versions",
        "SELECT blob_removals",
    ];
    assert_eq!(texts(admin, privileges).await, listed);
    // Whatever a purge asks for, what nobody has deleted stays.
    let ada = db.person("Ada").await;
    fill(&db, ada.workspace_id.uuid()).await;
    let mut worker = connect(&db.url("smartstack_worker")).await;
    for table in ["projects", "workspaces", "queue_messages"] {
        let sql = format!("BEGIN; SET LOCAL ROLE smartstack_retention; DELETE FROM {table}; COMMIT");
        assert_eq!(refusal(&mut worker, &sql).await, None, "{table}");
    }
    assert_eq!(texts(admin, "SELECT name FROM projects").await, ["Site"]);
    assert_eq!(
        refusal(
            &mut connect(&db.url("smartstack_api")).await,
            "SET ROLE smartstack_retention"
        )
        .await
        .as_deref(),
        Some(PERMISSION_DENIED)
    );
}

#[tokio::test]
async fn logs_can_only_be_appended_to() {
    let db = TestDb::new().await;
    let ada = db.person("Ada").await;
    let admin = &mut connect(&db.admin_url()).await;
    for table in [
        "audit_events",
        "changes",
        "installation_audit_events",
        "row_versions",
    ] {
        for role in RUN_TIME_ROLES {
            // What has been kept long enough goes; nobody's audit log does.
            let ends = role == "smartstack_retention" && matches!(table, "changes" | "row_versions");
            let deletions = if ends { "TRUNCATE" } else { "DELETE, TRUNCATE" };
            let altered = format!(
                "SELECT (has_any_column_privilege('{role}', '{table}', 'UPDATE') \
                 OR has_table_privilege('{role}', '{table}', '{deletions}'))::text"
            );
            assert_eq!(texts(admin, &altered).await, ["false"], "{role} on {table}");
        }
    }
    let mut api = connect(&db.url("smartstack_api")).await;
    for statement in [
        "UPDATE audit_events SET action = 'x'",
        "DELETE FROM changes",
        "TRUNCATE row_versions",
    ] {
        let sql = format!(
            "BEGIN; SET LOCAL ROLE smartstack_app; SET LOCAL app.workspace_id = '{}'; {statement}",
            ada.workspace_id.uuid()
        );
        assert_eq!(
            refusal(&mut api, &sql).await.as_deref(),
            Some(PERMISSION_DENIED),
            "{statement}"
        );
        sqlx::raw_sql("ROLLBACK").execute(&mut api).await.unwrap();
    }
}

/// Tables the role may read at least one column of.
async fn readable(admin: &mut PgConnection, role: &str) -> BTreeSet<String> {
    let sql = format!(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' \
         AND has_any_column_privilege('{role}', oid, 'SELECT')"
    );
    texts(admin, &sql).await.into_iter().collect()
}

#[tokio::test]
async fn an_unset_scope_sees_nothing() {
    let db = TestDb::new().await;
    let ada = db.person("Ada").await;
    fill(&db, ada.workspace_id.uuid()).await;
    let admin = &mut connect(&db.admin_url()).await;
    for (login, role) in [
        ("smartstack_api", "smartstack_app"),
        ("smartstack_api", "smartstack_share"),
        ("smartstack_worker", "smartstack_work"),
    ] {
        let mut connection = connect(&db.url(login)).await;
        let tables = readable(admin, role).await;
        assert!(tables.len() >= 7, "{role} reads only {tables:?}");
        for table in tables {
            for scope in ["", "SET LOCAL app.workspace_id = '';"] {
                let set = format!("BEGIN; SET LOCAL ROLE {role}; {scope}");
                sqlx::raw_sql(AssertSqlSafe(set))
                    .execute(&mut connection)
                    .await
                    .unwrap();
                let count = format!("SELECT count(*)::text FROM {table}");
                assert_eq!(
                    texts(&mut connection, &count).await,
                    ["0"],
                    "{role} sees rows of {table}"
                );
                sqlx::raw_sql("ROLLBACK").execute(&mut connection).await.unwrap();
            }
        }
        // The login itself, without becoming anyone.
        assert_eq!(
            refusal(&mut connection, "SELECT 1 FROM public.users")
                .await
                .as_deref(),
            Some(PERMISSION_DENIED)
        );
    }
}

#[tokio::test]
async fn another_workspace_is_out_of_reach() {
    let db = TestDb::new().await;
    let (ada, eve) = (db.person("Ada").await, db.person("Eve").await);
    fill(&db, ada.workspace_id.uuid()).await;
    let admin = &mut connect(&db.admin_url()).await;
    let own: BTreeSet<_> = [
        "workspaces",
        "memberships",
        "users",
        "change_sequences",
        "installation_settings",
    ]
    .into();
    let mut api = connect(&db.url("smartstack_api")).await;
    let scope = format!(
        "BEGIN; SET LOCAL ROLE smartstack_app; SET LOCAL app.workspace_id = '{}'; SET LOCAL app.actor_id = '{}';",
        eve.workspace_id.uuid(),
        eve.user_id.uuid()
    );
    for table in readable(admin, "smartstack_app").await {
        sqlx::raw_sql(AssertSqlSafe(scope.clone()))
            .execute(&mut api)
            .await
            .unwrap();
        let expected = if own.contains(table.as_str()) { "1" } else { "0" };
        let count = format!("SELECT count(*)::text FROM {table}");
        assert_eq!(
            texts(&mut api, &count).await,
            [expected],
            "Eve sees rows of {table}"
        );
        sqlx::raw_sql("ROLLBACK").execute(&mut api).await.unwrap();
    }
    let foreign_client: String = texts(admin, "SELECT id::text FROM clients").await.remove(0);
    let (own, theirs) = (eve.workspace_id.uuid(), ada.workspace_id.uuid());
    let project = |workspace, client: &str| {
        format!(
            "{scope} INSERT INTO projects (id, workspace_id, client_id, name, description, status, hue, created_at, \
             updated_at) VALUES (gen_random_uuid(), '{workspace}', {client}, 'x', '', 'ACTIVE', 'SEA', now(), now())"
        )
    };
    // 42501: the policy refuses the row. 23503: the foreign key includes the workspace.
    for (sql, code) in [
        (project(theirs, "NULL"), "42501"),
        (project(own, &format!("'{foreign_client}'")), "23503"),
        (
            format!("{scope} UPDATE clients SET workspace_id = '{theirs}'"),
            "",
        ),
        (
            format!(
                "{scope} UPDATE users SET name = 'x' WHERE id <> '{}'",
                eve.user_id.uuid()
            ),
            "",
        ),
        (format!("{scope} SELECT password_hash FROM users"), "42501"),
    ] {
        let refused = refusal(&mut api, &sql).await.unwrap_or_default();
        assert_eq!(refused, code, "{sql}");
        sqlx::raw_sql("ROLLBACK").execute(&mut api).await.unwrap();
    }
    assert_eq!(
        texts(admin, "SELECT name FROM users ORDER BY 1").await,
        ["Ada", "Eve"]
    );
}

#[tokio::test]
async fn history_is_kept_by_the_database() {
    let db = TestDb::new().await;
    let ada = db.person("Ada").await;
    fill(&db, ada.workspace_id.uuid()).await;
    let admin = &mut connect(&db.admin_url()).await;
    // As superuser: no policy in the way, the trigger alone at work.
    sqlx::raw_sql("UPDATE clients SET name = 'Renamed', version = 2; DELETE FROM tasks")
        .execute(&mut *admin)
        .await
        .unwrap();
    let kept = "SELECT noun || ' ' || operation || ' ' || coalesce(row ->> 'name', row ->> 'title') \
        FROM row_versions WHERE noun IN ('client', 'task') ORDER BY at, id";
    let listed = [
        "client INSERT Acme",
        "task INSERT Ask",
        "client UPDATE Renamed",
        "task DELETE Ask",
    ];
    assert_eq!(texts(admin, kept).await, listed);
    // Deleting a whole workspace leaves nothing of it behind.
    sqlx::raw_sql("DELETE FROM workspaces")
        .execute(&mut *admin)
        .await
        .unwrap();
    assert_eq!(
        texts(admin, "SELECT count(*)::text FROM row_versions").await,
        ["0"]
    );
    assert_eq!(texts(admin, "SELECT count(*)::text FROM projects").await, ["0"]);
}

/// A row in every table people work with, written behind the domain's back.
async fn fill(db: &TestDb, workspace: uuid::Uuid) {
    let sql = format!(
        "DO $$ DECLARE ws uuid := '{workspace}'; c uuid := gen_random_uuid(); p uuid := gen_random_uuid(); \
           d uuid := gen_random_uuid(); j uuid := gen_random_uuid(); s uuid := gen_random_uuid(); \
           t uuid := gen_random_uuid(); h uuid := gen_random_uuid(); m uuid := gen_random_uuid(); \
         BEGIN \
         INSERT INTO clients (id, workspace_id, name, kind, notes, hue, created_at, updated_at) \
           VALUES (c, ws, 'Acme', 'COMPANY', '', 'SEA', now(), now()); \
         INSERT INTO projects (id, workspace_id, client_id, name, description, status, hue, created_at, updated_at) \
           VALUES (p, ws, c, 'Site', '', 'ACTIVE', 'SEA', now(), now()); \
         INSERT INTO tasks (id, workspace_id, project_id, title, description, status, priority, position, responsible, \
             client_visible, created_at, updated_at) \
           VALUES (t, ws, p, 'Ask', '', 'NEXT', 'NONE', 'a', 'CLIENT', true, now(), now()); \
         INSERT INTO project_notes (id, workspace_id, project_id, kind, text, created_at, updated_at) \
           VALUES (gen_random_uuid(), ws, p, 'QUESTION', 'Why?', now(), now()); \
         INSERT INTO documents (id, workspace_id, project_id, title, text, word_count, created_at) \
           VALUES (d, ws, p, 'Brief', 'Ask.', 1, now()); \
         INSERT INTO jobs (id, workspace_id, use_case, state, document_id, project_id, today, created_at) \
           VALUES (j, ws, 'PLAN', 'READY', d, p, now(), now()); \
         INSERT INTO job_attempts (workspace_id, job_id, attempt, started_at) VALUES (ws, j, 1, now()); \
         INSERT INTO suggestions (id, workspace_id, use_case, state, job_id, document_id, project_id, document_version, \
             project_version, engine, input_hash, duration_ms, created_at, updated_at) \
           VALUES (s, ws, 'PLAN', 'OPEN', j, d, p, 1, 1, 'BASIC', 'x', 1, now(), now()); \
         INSERT INTO suggestion_items (id, workspace_id, suggestion_id, kind, state, ordinal, title, responsible, \
             confidence, edited) \
           VALUES (gen_random_uuid(), ws, s, 'TASK', 'OPEN', 0, 'Ask', 'CLIENT', 'LIKELY', false); \
         INSERT INTO share_links (id, workspace_id, project_id, label, token_hash, token_nonce, show_tasks, \
             show_estimates, show_due_dates, show_notes, created_at, updated_at) \
           VALUES (gen_random_uuid(), ws, p, '', sha256('x'), sha256('y'), true, true, true, true, now(), now()); \
         INSERT INTO changes (workspace_id, seq, kind, node_id, operation, project_id, at) \
           VALUES (ws, 1, 'TASK', t, 'CREATED', p, now()); \
         INSERT INTO audit_events (id, workspace_id, at, action, target_kind, target_id) \
           VALUES (gen_random_uuid(), ws, now(), 'task.create', 'TASK', t); \
         INSERT INTO workspace_limits (workspace_id, updated_at) VALUES (ws, now()); \
         INSERT INTO ai_calls (id, workspace_id, job_id, attempt, call, use_case, model, prompt_version, state, \
             reserved_micro_usd, at) \
           VALUES (gen_random_uuid(), ws, j, 1, 1, 'PLAN', 'm', 'plan/1', 'RESERVED', 1, now()); \
         INSERT INTO webhook_endpoints (id, workspace_id, url, description, events, secret, created_at, updated_at) \
           VALUES (h, ws, 'https://example.com', '', '{{}}', 'x', now(), now()); \
         INSERT INTO webhook_deliveries (id, workspace_id, endpoint_id, event, body, state, next_attempt_at, created_at) \
           VALUES (m, ws, h, 'task.created', '{{}}', 'PENDING', now(), now()); \
         INSERT INTO webhook_attempts (workspace_id, delivery_id, attempt, url, at, duration_ms, status) \
           VALUES (ws, m, 1, 'https://example.com', now(), 1, 500); \
         INSERT INTO workspace_ai_settings (workspace_id, use_examples, updated_at) VALUES (ws, true, now()); \
         INSERT INTO idempotency_keys (workspace_id, actor_id, operation, key, request_hash, created_at) \
           SELECT ws, user_id, 'x', 'y', sha256('z'), now() FROM memberships WHERE workspace_id = ws; \
         END $$"
    );
    let mut admin = connect(&db.admin_url()).await;
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut admin)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_share_link_shows_its_project_while_it_is_good() {
    let db = TestDb::new().await;
    let ada = db.person("Ada").await;
    fill(&db, ada.workspace_id.uuid()).await;
    let admin = &mut connect(&db.admin_url()).await;
    // A second project, a hidden task and a deleted one, none of them the client's business.
    sqlx::raw_sql(
        "INSERT INTO projects SELECT (p).* FROM (SELECT jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid())) AS p FROM projects p) x; \
         INSERT INTO tasks SELECT (t).* FROM (SELECT jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), 'client_visible', false)) AS t FROM tasks t) x; \
         INSERT INTO tasks SELECT (t).* FROM (SELECT jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), 'client_visible', true, 'deleted_at', now())) AS t FROM tasks t LIMIT 1) x",
    )
    .execute(&mut *admin)
    .await
    .unwrap();
    let link = texts(admin, "SELECT id::text FROM share_links").await.remove(0);
    let mut api = connect(&db.url("smartstack_api")).await;
    let seen = async |api: &mut PgConnection, table: &str| {
        let set = format!(
            "BEGIN; SET LOCAL ROLE smartstack_share; SET LOCAL app.workspace_id = '{}'; SET LOCAL app.share_link_id = '{link}'",
            ada.workspace_id.uuid()
        );
        sqlx::raw_sql(AssertSqlSafe(set))
            .execute(&mut *api)
            .await
            .unwrap();
        let count = texts(api, &format!("SELECT count(*)::text FROM {table}"))
            .await
            .remove(0);
        sqlx::raw_sql("ROLLBACK").execute(&mut *api).await.unwrap();
        count
    };
    let tables: Vec<_> = readable(admin, "smartstack_share").await.into_iter().collect();
    let listed = [
        "changes",
        "clients",
        "memberships",
        "project_notes",
        "projects",
        "share_links",
        "suggestions",
        "tasks",
        "users",
        "workspaces",
    ];
    assert_eq!(tables, listed);
    // An update is seen once it is published to this link.
    sqlx::raw_sql("UPDATE suggestions SET published = NULL, published_at = NULL, published_link_id = NULL")
        .execute(&mut *admin)
        .await
        .unwrap();
    assert_eq!(seen(&mut api, "suggestions").await, "0");
    sqlx::raw_sql(
        "UPDATE suggestions SET published = '[]', published_at = now(), published_link_id = (SELECT id FROM share_links)",
    )
    .execute(&mut *admin)
    .await
    .unwrap();
    for table in &tables {
        assert_eq!(seen(&mut api, table).await, "1", "{table}");
    }
    sqlx::raw_sql("UPDATE share_links SET show_notes = false")
        .execute(&mut *admin)
        .await
        .unwrap();
    assert_eq!(seen(&mut api, "project_notes").await, "0");
    for over in [
        "revoked_at = now()",
        "revoked_at = NULL, expires_at = now() - interval '1 second'",
    ] {
        sqlx::raw_sql(AssertSqlSafe(format!("UPDATE share_links SET {over}")))
            .execute(&mut *admin)
            .await
            .unwrap();
        for table in &tables {
            assert_eq!(seen(&mut api, table).await, "0", "{table} after {over}");
        }
    }
}
