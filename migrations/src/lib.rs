//! Roles, tables, policies and triggers, as SQL in small files by concern.
//!
//! # Adding a migration
//! Add `sql/mNNNN_what.sql` and its line in `MIGRATIONS`; a file that has been released is never
//! changed. Expand first (add columns with defaults, add tables), deploy, contract in a later release:
//! the previous version keeps serving while a migration runs. Each file runs in one transaction as
//! `smartstack_owner`. A tenant table calls `protect_tenant_table` and grants narrowly by role.

use anyhow::{Context, Result, bail};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend, Statement};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

const ROLES: &str = include_str!("sql/roles.sql");

const MIGRATIONS: &[SqlFile] = &[
    SqlFile {
        name: "m0001_tenancy",
        sql: include_str!("sql/m0001_tenancy.sql"),
    },
    SqlFile {
        name: "m0002_identity",
        sql: include_str!("sql/m0002_identity.sql"),
    },
    SqlFile {
        name: "m0003_work",
        sql: include_str!("sql/m0003_work.sql"),
    },
    SqlFile {
        name: "m0004_ai",
        sql: include_str!("sql/m0004_ai.sql"),
    },
    SqlFile {
        name: "m0005_log",
        sql: include_str!("sql/m0005_log.sql"),
    },
    SqlFile {
        name: "m0006_share",
        sql: include_str!("sql/m0006_share.sql"),
    },
    SqlFile {
        name: "m0007_audit_sessions",
        sql: include_str!("sql/m0007_audit_sessions.sql"),
    },
    SqlFile {
        name: "m0010_accounts",
        sql: include_str!("sql/m0010_accounts.sql"),
    },
    SqlFile {
        name: "m0011_second_factors",
        sql: include_str!("sql/m0011_second_factors.sql"),
    },
    SqlFile {
        name: "m0012_linked_accounts",
        sql: include_str!("sql/m0012_linked_accounts.sql"),
    },
    SqlFile {
        name: "m0020_api_tokens",
        sql: include_str!("sql/m0020_api_tokens.sql"),
    },
    SqlFile {
        name: "m0021_members",
        sql: include_str!("sql/m0021_members.sql"),
    },
    SqlFile {
        name: "m0030_administration",
        sql: include_str!("sql/m0030_administration.sql"),
    },
    SqlFile {
        name: "m0031_heartbeats",
        sql: include_str!("sql/m0031_heartbeats.sql"),
    },
    SqlFile {
        name: "m0032_retention",
        sql: include_str!("sql/m0032_retention.sql"),
    },
    SqlFile {
        name: "m0033_audit_owner",
        sql: include_str!("sql/m0033_audit_owner.sql"),
    },
    SqlFile {
        name: "m0034_account_idempotency",
        sql: include_str!("sql/m0034_account_idempotency.sql"),
    },
    SqlFile {
        name: "m0040_ai_calls",
        sql: include_str!("sql/m0040_ai_calls.sql"),
    },
    SqlFile {
        name: "m0060_task_lists",
        sql: include_str!("sql/m0060_task_lists.sql"),
    },
    SqlFile {
        name: "m0061_search",
        sql: include_str!("sql/m0061_search.sql"),
    },
    SqlFile {
        name: "m0062_rate_budgets",
        sql: include_str!("sql/m0062_rate_budgets.sql"),
    },
    SqlFile {
        name: "m0070_documents",
        sql: include_str!("sql/m0070_documents.sql"),
    },
    SqlFile {
        name: "m0071_webhooks",
        sql: include_str!("sql/m0071_webhooks.sql"),
    },
    SqlFile {
        name: "m0085_notes",
        sql: include_str!("sql/m0085_notes.sql"),
    },
    SqlFile {
        name: "m0086_reply",
        sql: include_str!("sql/m0086_reply.sql"),
    },
    SqlFile {
        name: "m0087_status",
        sql: include_str!("sql/m0087_status.sql"),
    },
    SqlFile {
        name: "m0093_restore",
        sql: include_str!("sql/m0093_restore.sql"),
    },
    SqlFile {
        name: "m0094_share_password",
        sql: include_str!("sql/m0094_share_password.sql"),
    },
    SqlFile {
        name: "m0095_drafts",
        sql: include_str!("sql/m0095_drafts.sql"),
    },
];

/// PostgreSQL below this lacks `ON DELETE SET NULL (column)`.
const OLDEST_SERVER: i32 = 150_000;
/// Names this program among the holders of advisory locks: "smar" in ASCII.
const LOCK: i64 = 0x736d_6172;
/// How often to try again when another database of the cluster is migrated at the same moment.
const ROLE_ATTEMPTS: usize = 20;

#[derive(Clone, Copy)]
struct SqlFile {
    name: &'static str,
    sql: &'static str,
}

impl MigrationName for SqlFile {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SqlFile {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .get_connection()
            .execute_unprepared(self.sql)
            .await
            .map(drop)
    }
}

struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        MIGRATIONS.iter().map(|file| Box::new(*file) as _).collect()
    }
}

/// Passwords of the roles that programs sign in with; `None` leaves a role's password as it is.
#[derive(Debug, Clone, Default)]
pub struct Passwords {
    /// For `smartstack_api`.
    pub api: Option<SecretString>,
    /// For `smartstack_worker`.
    pub worker: Option<SecretString>,
}

/// Whether each migration has been applied, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The file's name without its ending.
    pub name: &'static str,
    /// Whether this database has it.
    pub applied: bool,
}

/// A text that changes whenever a migration or the roles do: names what a database was made from.
pub fn fingerprint() -> String {
    let mut hash = Sha256::new();
    hash.update(ROLES);
    for file in MIGRATIONS {
        hash.update(file.name);
        hash.update(file.sql);
    }
    hash.finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Makes the roles, then applies what is missing. Safe to run again, and by several at once.
///
/// `url` signs in as an administrator: a superuser, or a role with CREATEROLE that owns the database.
///
/// # Errors
/// When the server is too old or refuses something; what was applied by then stays applied.
pub async fn up(url: &str, passwords: &Passwords) -> Result<()> {
    let db = connect(url).await?;
    let outcome = run_up(&db, passwords).await;
    db.close().await.context("cannot close the connection")?;
    outcome
}

async fn run_up(db: &DatabaseConnection, passwords: &Passwords) -> Result<()> {
    let version = one_text(db, "SELECT current_setting('server_version_num')", []).await?;
    if version.parse::<i32>().unwrap_or(0) < OLDEST_SERVER {
        bail!("PostgreSQL 15 or newer is needed; this server says {version}");
    }
    db.execute_unprepared(&format!("SELECT pg_advisory_lock({LOCK})"))
        .await?;
    repeat(db, ROLES).await.context("cannot set up the roles")?;
    for (role, password) in [
        ("smartstack_api", &passwords.api),
        ("smartstack_worker", &passwords.worker),
    ] {
        if let Some(password) = password {
            let quoted = one_text(db, "SELECT quote_literal($1)", [password.expose_secret().into()]).await?;
            let set = repeat(db, &format!("ALTER ROLE {role} PASSWORD {quoted}")).await;
            // The cause may repeat the statement: leave it out.
            if set.is_err() {
                bail!("cannot set the password of {role}");
            }
        }
    }
    db.execute_unprepared("SET ROLE smartstack_owner")
        .await
        .context("cannot become smartstack_owner")?;
    let before = applied(db).await?;
    Migrator::up(db, None).await.context("a migration failed")?;
    for file in MIGRATIONS
        .iter()
        .filter(|file| !before.iter().any(|name| name == file.name))
    {
        tracing::info!(migration = file.name, "applied");
    }
    // Pooled elsewhere or not, the connection ends here; the lock goes with it.
    Ok(())
}

/// Runs a statement on roles again while other sessions change the same roles.
async fn repeat(db: &DatabaseConnection, sql: &str) -> Result<(), DbErr> {
    let mut attempt = 1;
    loop {
        match db.execute_unprepared(sql).await {
            Err(error) if attempt < ROLE_ATTEMPTS && error.to_string().contains("concurrently") => {
                attempt += 1;
            }
            other => return other.map(drop),
        }
    }
}

/// Says which migrations the database has. Changes nothing.
///
/// # Errors
/// When the database cannot be reached.
pub async fn status(url: &str) -> Result<Vec<Status>> {
    let db = connect(url).await?;
    let names = applied(&db).await?;
    db.close().await.context("cannot close the connection")?;
    let status = |file: &SqlFile| Status {
        name: file.name,
        applied: names.iter().any(|n| n == file.name),
    };
    Ok(MIGRATIONS.iter().map(status).collect())
}

async fn applied(db: &DatabaseConnection) -> Result<Vec<String>> {
    let there = one_text(
        db,
        "SELECT to_regclass('public.seaql_migrations') IS NOT NULL || ''",
        [],
    )
    .await?;
    if there != "true" {
        return Ok(Vec::new());
    }
    let rows = db
        .query_all_raw(Statement::from_string(
            DbBackend::Postgres,
            "SELECT version FROM public.seaql_migrations",
        ))
        .await?;
    rows.iter().map(|row| Ok(row.try_get("", "version")?)).collect()
}

async fn connect(url: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    // One connection: the role and the lock belong to a session.
    options.max_connections(1).min_connections(1).sqlx_logging(false);
    Database::connect(options)
        .await
        .context("cannot reach the database named by MIGRATE_DATABASE_URL")
}

async fn one_text<const N: usize>(
    db: &DatabaseConnection,
    sql: &str,
    values: [sea_orm_migration::sea_orm::Value; N],
) -> Result<String> {
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let row = db.query_one_raw(statement).await?.context("no answer")?;
    Ok(row.try_get_by_index(0)?)
}
