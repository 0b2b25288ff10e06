//! Databases for tests (feature `testing`): one of its own for each test, cloned from a template that
//! is migrated once.
//!
//! `SMARTSTACK_TEST_DATABASE_URL` names a superuser of a running cluster that tests may fill with
//! databases. Without it a cluster is started in a temporary folder, and stops with the process.

mod cluster;

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use secrecy::SecretString;
use smartstack_migrations::{Passwords, fingerprint};
use smartstack_schema::{MemberRole, UserId, WorkspaceId};
use tokio::sync::OnceCell;

use crate::clock::Clock;
use crate::db::{AdminScope, Db, Options, TenantScope};
use crate::identity::account;

/// The programs' password in test clusters, which answer to this machine alone.
const PASSWORD: &str = "only-in-tests";

/// How long a test waits for its database to be gone.
const DROP_WAIT: Duration = Duration::from_millis(500);

/// Looked for once in a process.
static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static NEXT: AtomicU32 = AtomicU32::new(1);

/// A migrated database that is deleted when this is dropped.
pub struct TestDb {
    name: String,
    admin: PgConnectOptions,
    api: Db,
    worker: Db,
}

/// A person with a workspace of their own.
#[derive(Debug, Clone)]
pub struct TestPerson {
    /// The person.
    pub user_id: UserId,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The person's right to work in the workspace, as owner.
    pub scope: TenantScope,
    /// The address the person signs in with.
    pub email: String,
}

impl TestPerson {
    /// The same person and workspace in another role.
    pub fn with_role(&self, role: MemberRole) -> TenantScope {
        TenantScope::new(self.workspace_id, self.user_id, role)
    }
}

/// The right to administer that commands on the server have.
pub fn command_scope() -> AdminScope {
    AdminScope::COMMAND
}

impl TestDb {
    /// A fresh database on the machine's clock.
    pub async fn new() -> Self {
        Self::with_clock(Clock::system()).await
    }

    /// A fresh database whose `Db`s tell the time by `clock`.
    ///
    /// # Panics
    /// When there is no PostgreSQL to be had; the message says what is missing.
    pub async fn with_clock(clock: Clock) -> Self {
        let admin: PgConnectOptions = cluster::admin_url().parse().expect("a PostgreSQL URL");
        let admin = admin.disable_statement_logging();
        let template = TEMPLATE.get_or_init(|| template(&admin)).await;
        let name = format!(
            "smartstack_t{}_{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let mut connection = admin.connect().await.expect("a test cluster");
        // A process of the same number may have died before it could clean up.
        run(
            &mut connection,
            format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        )
        .await;
        run(
            &mut connection,
            format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .await;
        connection.close().await.expect("closing");
        let options = |max_connections| Options {
            max_connections,
            clock: clock.clone(),
            // Tests change rights behind the product's back.
            requester_memory: std::time::Duration::ZERO,
            ..Options::default()
        };
        let url = |role| url(&admin, &name, role);
        let api = Db::connect(&url("smartstack_api"), options(12))
            .await
            .expect("the API's login");
        let worker = Db::connect(&url("smartstack_worker"), options(6))
            .await
            .expect("the worker's login");
        Self {
            name,
            admin,
            api,
            worker,
        }
    }

    /// The database as the API sees it.
    pub fn api(&self) -> &Db {
        &self.api
    }

    /// The database as the worker sees it.
    pub fn worker(&self) -> &Db {
        &self.worker
    }

    /// A URL for the login `role`: `smartstack_api` or `smartstack_worker`.
    pub fn url(&self, role: &str) -> String {
        url(&self.admin, &self.name, role)
    }

    /// A URL for the cluster's administrator, to look behind the curtain.
    pub fn admin_url(&self) -> String {
        self.admin.clone().database(&self.name).to_url_lossy().to_string()
    }

    /// A new person named `name` with a workspace, without a password that works.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn person(&self, name: &str) -> TestPerson {
        let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
        let (name, address) = (name.to_owned(), email.clone());
        let made = self
            .api
            .in_system(move |tx| Box::pin(async move { account::create(tx, &address, &name, "!").await }));
        let (user_id, workspace_id) = made.await.expect("a new account");
        let scope = TenantScope::new(workspace_id, user_id, MemberRole::Owner);
        TestPerson {
            user_id,
            workspace_id,
            scope,
            email,
        }
    }
}

/// Runs statements as the cluster's administrator `admin_url` ([`TestDb::admin_url`]): to set up what only
/// an administrator could.
///
/// # Panics
/// When the database refuses.
pub async fn execute(admin_url: &str, statements: &str) {
    let mut connection = PgConnection::connect(admin_url).await.expect("a test database");
    run(&mut connection, statements.to_owned()).await;
    connection.close().await.expect("closing");
}

/// The rows of a query for a text and one that may be missing, as the cluster's administrator sees them.
///
/// # Panics
/// When the database refuses.
pub async fn pairs(admin_url: &str, query: &str) -> Vec<(String, Option<String>)> {
    let mut connection = PgConnection::connect(admin_url).await.expect("a test database");
    let rows = sqlx::query_as(AssertSqlSafe(query.to_owned()))
        .fetch_all(&mut connection)
        .await
        .expect("a query");
    connection.close().await.expect("closing");
    rows
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let (admin, name) = (self.admin.clone(), self.name.clone());
        let (done, is_done) = std::sync::mpsc::channel::<()>();
        // Dropping is not async, and the test's runtime may be ending: a thread of its own does it.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let dropped = runtime.map(|runtime| runtime.block_on(drop_database(&admin, &name)));
            // Left behind at worst: a later process removes it.
            drop((dropped, done));
        });
        // PostgreSQL waits for connections that are still being made, and this very thread may have to
        // make them: so not for ever. The other thread goes on, and finishes when this runtime ends.
        let _ = is_done.recv_timeout(DROP_WAIT);
    }
}

async fn drop_database(admin: &PgConnectOptions, name: &str) -> Result<(), sqlx::Error> {
    let mut connection = admin.connect().await?;
    let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(&mut connection)
        .await?;
    connection.close().await
}

/// Removes databases whose process ended before it could.
async fn drop_orphans(admin: &PgConnectOptions, connection: &mut PgConnection) {
    // Where processes cannot be looked up so, nothing is known to be an orphan.
    if !std::path::Path::new("/proc/self").exists() {
        return;
    }
    let names: Vec<String> =
        sqlx::query_scalar("SELECT datname::text FROM pg_database WHERE datname LIKE 'smartstack\\_t%\\_%'")
            .fetch_all(connection)
            .await
            .expect("the catalog");
    for name in names {
        let process = name
            .trim_start_matches("smartstack_t")
            .split('_')
            .next()
            .and_then(|id| id.parse::<u32>().ok());
        if process.is_some_and(|id| !std::path::Path::new(&format!("/proc/{id}")).exists()) {
            // Another process may be at it, too.
            let _ = drop_database(admin, &name).await;
        }
    }
}

fn url(admin: &PgConnectOptions, database: &str, role: &str) -> String {
    admin
        .clone()
        .database(database)
        .username(role)
        .password(PASSWORD)
        .to_url_lossy()
        .to_string()
}

/// The name of a template with today's migrations, made by whoever comes first.
async fn template(admin: &PgConnectOptions) -> String {
    let name = format!("smartstack_template_{}", fingerprint());
    let mut connection = admin.connect().await.expect("a test cluster");
    run(&mut connection, "SELECT pg_advisory_lock(7363)".to_owned()).await;
    // The mark of a template is set last: without it the making was interrupted.
    let made: Option<bool> = sqlx::query_scalar("SELECT datistemplate FROM pg_database WHERE datname = $1")
        .bind(&name)
        .fetch_optional(&mut connection)
        .await
        .expect("the catalog");
    if made != Some(true) {
        run(
            &mut connection,
            format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        )
        .await;
        run(&mut connection, format!("CREATE DATABASE {name}")).await;
        let url = admin.clone().database(&name).to_url_lossy().to_string();
        let password = || Some(SecretString::from(PASSWORD));
        let passwords = Passwords {
            api: password(),
            worker: password(),
        };
        smartstack_migrations::up(&url, &passwords)
            .await
            .expect("the migrations");
        run(
            &mut connection,
            format!("ALTER DATABASE {name} IS_TEMPLATE true ALLOW_CONNECTIONS false"),
        )
        .await;
    }
    drop_orphans(admin, &mut connection).await;
    for role in ["smartstack_api", "smartstack_worker"] {
        let login = admin.clone().username(role).password(PASSWORD);
        // Roles belong to the cluster: something else migrated in it may have set another password.
        if login.connect().await.is_err() {
            run(
                &mut connection,
                format!("ALTER ROLE {role} PASSWORD '{PASSWORD}'"),
            )
            .await;
        }
    }
    connection.close().await.expect("closing");
    name
}

async fn run(connection: &mut PgConnection, statement: String) {
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(connection)
        .await
        .expect("an administrator's statement");
}
