//! The database behind a few doors, one for each kind of caller.
//!
//! | door | role in PostgreSQL | for |
//! |---|---|---|
//! | [`Db::in_tenant`], [`Db::read`], [`Db::snapshot`] | `smartstack_app` | people in a workspace |
//! | [`Db::in_share`] | `smartstack_share` | a client with a share link |
//! | [`Db::in_worker`] | `smartstack_work` | a job |
//! | [`Db::in_system`] | `smartstack_system` | sessions, outbox, queue |
//! | `Db::in_retention` | `smartstack_retention` | deleting what has been kept long enough |
//! | [`Db::in_admin`] | `smartstack_admin` | administrators: everyone's accounts, nobody's content |
//!
//! Each opens one transaction, sets role and scope in the same round trip as `BEGIN`, and runs its
//! work on a task of its own: a caller who goes away (a closed browser tab cancels its request)
//! never leaves a transaction half-way. Work that returns `Ok` is committed, work that returns `Err`
//! or panics is rolled back.

mod admin;
mod connection;
mod newest;
pub mod page;
mod pending;
mod publisher;
mod rights;
mod scope;
mod tx;

use std::future::Future;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sea_orm::sqlx::PgPool;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use smartstack_schema::{ShareLinkId, UserId, WorkspaceId};

pub use admin::AdminTx;
pub(crate) use connection::{Conn, sql};
pub(crate) use newest::Newest;
pub(crate) use publisher::{CHANGES_CHANNEL, OUTBOX_CHANNEL, Publisher, SESSIONS_CHANNEL};
pub(crate) use rights::Rights;
pub use scope::{AdminScope, EnvelopeError, JobEnvelope, ShareScope, TenantScope, WorkerScope};
pub use tx::{ReadTx, ShareTx, SystemTx, TenantTx, WorkerTx, WorkspaceTx};

use crate::clock::{Clock, Random};
use crate::error::{DomainError, StoreError};

/// The result of work in a transaction, boxed: `Box::pin(async move { … })`.
pub type Work<'t, T> = BoxFuture<'t, Result<T, DomainError>>;

/// How to use a database.
#[derive(Debug, Clone)]
pub struct Options {
    /// Most connections this process holds. The sum over all processes must stay below the server's
    /// `max_connections` (100 unless configured), less three reserved for administrators.
    pub max_connections: u32,
    /// How long to wait for a free connection before the caller hears *unavailable*.
    pub acquire_timeout: Duration,
    /// How long one statement may run.
    pub statement_timeout: Duration,
    /// How long a transaction may sit idle before the server ends it and frees its locks.
    pub idle_in_transaction_timeout: Duration,
    /// For how long who is behind a session is remembered without asking again, unless a change of it is
    /// heard of. What another process changes takes effect within this time.
    pub requester_memory: Duration,
    /// Name shown in `pg_stat_activity`.
    pub application_name: String,
    /// The time.
    pub clock: Clock,
    /// Randomness for ids and secrets.
    pub random: Random,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_connections: 16,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(15),
            idle_in_transaction_timeout: Duration::from_secs(30),
            requester_memory: Duration::from_secs(1),
            application_name: "smartstack".to_owned(),
            clock: Clock::system(),
            random: Random::system(),
        }
    }
}

/// Connections of one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    /// In a transaction now.
    pub in_use: u32,
    /// Open, and waiting for the next one.
    pub idle: u32,
    /// How many there may be.
    pub most: u32,
}

/// A pool of connections, and the doors to it. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pub(crate) pool: PgPool,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) rights: Rights,
    pub(crate) requester_memory: Duration,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db")
            .field("connections", &self.pool.size())
            .finish_non_exhaustive()
    }
}

/// A role that a login of ours may become for one transaction.
#[derive(Clone, Copy)]
enum Role {
    App,
    Share,
    Work,
    System,
    Admin,
    Retention,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::App => "smartstack_app",
            Self::Share => "smartstack_share",
            Self::Work => "smartstack_work",
            Self::System => "smartstack_system",
            Self::Admin => "smartstack_admin",
            Self::Retention => "smartstack_retention",
        }
    }
}

/// What row-level security compares with.
#[derive(Clone, Copy, Default)]
struct Settings {
    workspace: Option<WorkspaceId>,
    actor: Option<UserId>,
    share_link: Option<ShareLinkId>,
    share_password: Option<uuid::Uuid>,
}

/// `BEGIN` and the scope in one message. Safe as text: role names are ours and UUIDs are formatted
/// by us; no user text comes near it. Unset settings are set to nothing, so that a scope never
/// depends on what the connection was used for before.
fn begin_sql(role: Role, settings: Settings, read_only: bool) -> String {
    let uuid = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    format!(
        "BEGIN{}; SET LOCAL ROLE {}; SET LOCAL app.workspace_id = '{}'; SET LOCAL app.actor_id = '{}'; \
         SET LOCAL app.share_link_id = '{}'; SET LOCAL app.share_password_id = '{}'",
        if read_only {
            " ISOLATION LEVEL REPEATABLE READ READ ONLY"
        } else {
            ""
        },
        role.name(),
        uuid(settings.workspace.map(Into::into)),
        uuid(settings.actor.map(Into::into)),
        uuid(settings.share_link.map(Into::into)),
        uuid(settings.share_password),
    )
}

impl Db {
    /// Opens a pool and checks that the database answers.
    ///
    /// # Errors
    /// [`StoreErrorKind::Unavailable`](crate::error::StoreErrorKind) when it does not, and a fault for
    /// a URL that cannot be understood.
    pub async fn connect(url: &str, options: Options) -> Result<Self, StoreError> {
        let millis = |d: Duration| d.as_millis().to_string();
        let connect = PgConnectOptions::from_str(url)?
            .application_name(&options.application_name)
            .options([
                ("statement_timeout", millis(options.statement_timeout)),
                ("lock_timeout", millis(options.statement_timeout / 2)),
                (
                    "idle_in_transaction_session_timeout",
                    millis(options.idle_in_transaction_timeout),
                ),
                ("timezone", "UTC".to_owned()),
            ]);
        let pool = PgPoolOptions::new()
            .max_connections(options.max_connections)
            .acquire_timeout(options.acquire_timeout)
            .idle_timeout(Duration::from_secs(10 * 60))
            .max_lifetime(Duration::from_secs(30 * 60))
            // `BEGIN` finds out about a connection that PostgreSQL has closed meanwhile: `Conn::begin`.
            .test_before_acquire(false)
            .connect_with(connect)
            .await?;
        let publisher = Publisher::start(pool.clone());
        Ok(Self {
            pool,
            clock: options.clock,
            random: options.random,
            publisher,
            rights: Rights::default(),
            requester_memory: options.requester_memory,
        })
    }

    /// How many connections are open, and how many there may be.
    pub fn pool_use(&self) -> PoolUse {
        let idle = u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX);
        PoolUse {
            in_use: self.pool.size().saturating_sub(idle),
            idle,
            most: self.pool.options().get_max_connections(),
        }
    }

    /// The injected clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The injected randomness.
    pub fn random(&self) -> &Random {
        &self.random
    }

    /// Whether the database answers; for `/health/ready`.
    ///
    /// # Errors
    /// What kept it from answering.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.open(Role::System, Settings::default(), true)
            .await?
            .rollback()
            .await;
        Ok(())
    }

    /// Waits for open transactions and closes every connection. Later calls hear *unavailable*.
    pub async fn close(&self) {
        self.publisher.flush().await;
        self.pool.close().await;
    }

    async fn open(&self, role: Role, settings: Settings, read_only: bool) -> Result<Conn, StoreError> {
        Conn::begin(&self.pool, &self.rights, begin_sql(role, settings, read_only)).await
    }

    /// Changes things in a workspace, as the person the scope names.
    ///
    /// ```ignore
    /// let task = db.in_tenant(&scope, move |tx| Box::pin(async move { task::create(tx, input).await })).await?;
    /// ```
    ///
    /// # Errors
    /// [`DomainError::Forbidden`] for a role that only reads; what `work` returns; store errors.
    pub async fn in_tenant<T, F>(&self, scope: &TenantScope, work: F) -> Result<T, DomainError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut TenantTx) -> Work<'t, T> + Send + 'static,
    {
        scope.may_write()?;
        self.in_tenant_as_reader(scope, work).await
    }

    /// As [`in_tenant`](Self::in_tenant), for what people may do about themselves whatever their role:
    /// joining and leaving. The caller's rules are all that keeps a reader from writing.
    pub(crate) async fn in_tenant_as_reader<T, F>(
        &self,
        scope: &TenantScope,
        work: F,
    ) -> Result<T, DomainError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut TenantTx) -> Work<'t, T> + Send + 'static,
    {
        let (db, scope) = (self.clone(), scope.clone());
        detached(async move {
            let settings = Settings {
                workspace: Some(scope.workspace_id),
                actor: Some(scope.actor_id),
                ..Settings::default()
            };
            let conn = db.open(Role::App, settings, false).await?;
            let core = WorkspaceTx::new(
                conn,
                &db,
                scope.workspace_id,
                Some(scope.actor_id),
                scope.address.clone(),
            );
            let mut tx = TenantTx::new(core, scope.role);
            let outcome = work(&mut tx).await;
            tx::finish_workspace(tx.into_core(), outcome).await
        })
        .await
    }

    /// Reads a workspace in one consistent picture, which no concurrent commit changes.
    ///
    /// # Errors
    /// What `work` returns; store errors.
    pub async fn read<T, F>(&self, scope: &TenantScope, work: F) -> Result<T, DomainError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t WorkspaceTx) -> Work<'t, T> + Send + 'static,
    {
        let (db, scope) = (self.clone(), scope.clone());
        detached(async move {
            let tx = db.open_read(&scope).await?;
            let outcome = work(&tx).await;
            tx.finish().await;
            outcome
        })
        .await
    }

    /// A reading transaction to keep for the length of one query operation: share it between
    /// resolvers in an `Arc`, and [`finish`](ReadTx::finish) it when the answer is ready. Dropping it
    /// frees the connection a little later.
    ///
    /// # Errors
    /// Store errors.
    pub async fn snapshot(&self, scope: &TenantScope) -> Result<ReadTx, DomainError> {
        let (db, scope) = (self.clone(), scope.clone());
        detached(async move { Ok(db.open_read(&scope).await?) }).await
    }

    async fn open_read(&self, scope: &TenantScope) -> Result<ReadTx, StoreError> {
        let settings = Settings {
            workspace: Some(scope.workspace_id),
            actor: Some(scope.actor_id),
            ..Settings::default()
        };
        let conn = self.open(Role::App, settings, true).await?;
        Ok(ReadTx::new(WorkspaceTx::new(
            conn,
            self,
            scope.workspace_id,
            Some(scope.actor_id),
            None,
        )))
    }

    /// Reads what one share link exposes.
    ///
    /// # Errors
    /// What `work` returns; store errors.
    pub async fn in_share<T, F>(&self, scope: &ShareScope, work: F) -> Result<T, DomainError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t ShareTx) -> Work<'t, T> + Send + 'static,
    {
        let (db, scope) = (self.clone(), scope.clone());
        detached(async move {
            let settings = Settings {
                workspace: Some(scope.workspace_id),
                share_link: Some(scope.share_link_id),
                share_password: scope.password_id,
                ..Settings::default()
            };
            let conn = db.open(Role::Share, settings, true).await?;
            let tx = ShareTx::new(conn, scope, db.clock.now());
            let outcome = work(&tx).await;
            tx.finish().await;
            outcome
        })
        .await
    }

    /// Does a job's work: reads its workspace, writes suggestions and the job's own state.
    ///
    /// # Errors
    /// What `work` returns; store errors.
    pub async fn in_worker<T, F>(&self, scope: &impl WorkerScope, work: F) -> Result<T, DomainError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut WorkerTx) -> Work<'t, T> + Send + 'static,
    {
        let (db, workspace) = (self.clone(), scope.workspace_id());
        detached(async move {
            let settings = Settings {
                workspace: Some(workspace),
                ..Settings::default()
            };
            let conn = db.open(Role::Work, settings, false).await?;
            let mut tx = WorkerTx::new(WorkspaceTx::new(conn, &db, workspace, None, None));
            let outcome = work(&mut tx).await;
            tx::finish_workspace(tx.into_core(), outcome).await
        })
        .await
    }

    /// Works on what belongs to no workspace: accounts, sessions, outbox, queue.
    ///
    /// # Errors
    /// What `work` returns; store errors.
    pub async fn in_system<T, F>(&self, work: F) -> Result<T, DomainError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut SystemTx) -> Work<'t, T> + Send + 'static,
    {
        let db = self.clone();
        detached(async move {
            let conn = db.open(Role::System, Settings::default(), false).await?;
            let mut tx = SystemTx::new(conn, &db);
            let outcome = work(&mut tx).await;
            tx::finish_system(tx, outcome).await
        })
        .await
    }
}

impl Db {
    /// Administers the installation: reads no workspace's content, by the grants of its role.
    ///
    /// # Errors
    /// What `work` returns; store errors.
    pub async fn in_admin<T, F>(&self, scope: &AdminScope, work: F) -> Result<T, DomainError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut AdminTx) -> Work<'t, T> + Send + 'static,
    {
        let (db, scope) = (self.clone(), scope.clone());
        detached(async move {
            let conn = db.open(Role::Admin, Settings::default(), false).await?;
            let mut tx = AdminTx::new(conn, &db, scope);
            let outcome = work(&mut tx).await;
            tx.finish(outcome).await
        })
        .await
    }
}

impl Db {
    /// Deletes what has been kept long enough. For the purges of [`retention`](crate::retention) alone.
    pub(crate) async fn in_retention<T, F>(&self, work: F) -> Result<T, DomainError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut RetentionTx) -> Work<'t, T> + Send + 'static,
    {
        let db = self.clone();
        detached(async move {
            let conn = db.open(Role::Retention, Settings::default(), false).await?;
            let mut tx = RetentionTx {
                conn,
                now: db.clock.now(),
            };
            match work(&mut tx).await {
                Ok(value) => {
                    tx.conn.commit().await?;
                    Ok(value)
                }
                Err(error) => {
                    tx.conn.rollback().await;
                    Err(error)
                }
            }
        })
        .await
    }
}

/// A transaction of a purge (role `smartstack_retention`).
pub(crate) struct RetentionTx {
    /// The connection.
    pub(crate) conn: Conn,
    /// The moment it began.
    pub(crate) now: chrono::DateTime<chrono::Utc>,
}

/// Runs `work` on a task of its own, so that it ends properly whatever becomes of the caller.
async fn detached<T, F>(work: F) -> Result<T, DomainError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, DomainError>> + Send + 'static,
{
    use tracing::Instrument;
    match tokio::spawn(work.in_current_span()).await {
        Ok(outcome) => outcome,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down.
            Err(error) => Err(StoreError::fault(error).into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_sets_every_setting() {
        let settings = Settings {
            workspace: Some(WorkspaceId(uuid::Uuid::nil())),
            ..Settings::default()
        };
        assert_eq!(
            begin_sql(Role::App, settings, true),
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE smartstack_app; \
             SET LOCAL app.workspace_id = '00000000-0000-0000-0000-000000000000'; \
             SET LOCAL app.actor_id = ''; SET LOCAL app.share_link_id = ''; \
             SET LOCAL app.share_password_id = ''"
        );
    }
}
