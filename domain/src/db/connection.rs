//! One pooled connection inside one transaction, as SeaORM sees it.
//!
//! SeaORM's own transactions need a round trip for `BEGIN` and another for the scope. Here both
//! travel in one simple-protocol message. An abandoned transaction is rolled back on a task of its
//! own, so that a connection goes back to the pool clean or not at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::sqlx::postgres::PgRow;
use sea_orm::sqlx::{self, AssertSqlSafe, Executor, PgPool, Postgres, Row};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Values};
use sea_query_sqlx::SqlxValues;
use tokio::sync::Mutex;

use super::rights::Rights;
use crate::error::{StoreError, StoreErrorKind};

/// How long an abandoned transaction may take to roll back before its connection is closed instead.
const ROLLBACK_TIME: Duration = Duration::from_secs(5);

/// An open transaction. Not `pub`: no other crate can run a statement of its own.
pub(crate) struct Conn {
    connection: Mutex<Option<PoolConnection<Postgres>>>,
    rights: Rights,
    /// Whether a statement may have changed who may do what.
    changes_rights: AtomicBool,
}

impl Conn {
    /// Opens a transaction; `begin` is `BEGIN` with what sets its scope, text of our own making.
    ///
    /// `BEGIN` is also what finds out whether the server has closed a pooled connection meanwhile: asking
    /// first would be a round trip more in every transaction.
    pub(crate) async fn begin(pool: &PgPool, rights: &Rights, begin: String) -> Result<Self, StoreError> {
        // After a restart of the server every connection of the pool is gone.
        let mut left = pool.options().get_max_connections();
        loop {
            let connection = pool.acquire().await?;
            // From here on Drop cleans up, also when this very call is cancelled half-way.
            let mut conn = Self {
                connection: Mutex::new(Some(connection)),
                rights: rights.clone(),
                changes_rights: AtomicBool::new(false),
            };
            match conn.simple(begin.clone()).await {
                Err(error) if error.kind == StoreErrorKind::Unavailable && left > 0 => {
                    left -= 1;
                    if let Some(mut gone) = conn.connection.get_mut().take() {
                        gone.close_on_drop();
                    }
                }
                done => return done.map(|()| conn),
            }
        }
    }

    /// Runs text of our own making in the simple protocol.
    async fn simple(&mut self, sql: String) -> Result<(), StoreError> {
        let connection = self.connection.get_mut().as_mut().ok_or_else(closed)?;
        connection.execute(AssertSqlSafe(sql)).await?;
        Ok(())
    }

    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        self.simple("COMMIT".to_owned()).await?;
        self.connection.get_mut().take();
        if *self.changes_rights.get_mut() {
            self.rights.changed();
        }
        Ok(())
    }

    /// The rows a statement answers, as the driver has them.
    pub(crate) async fn rows(&self, statement: Statement) -> Result<Vec<PgRow>, StoreError> {
        self.note(&statement.sql);
        let mut guard = self.connection.lock().await;
        let connection = guard.as_mut().ok_or_else(closed)?;
        Ok(query(statement).fetch_all(&mut **connection).await?)
    }

    /// The first column of what a statement answers, as text. The statement is text of our own making, run in
    /// the simple protocol: what fetches from a cursor is no statement to prepare and keep.
    pub(crate) async fn lines(&self, sql: &str) -> Result<Vec<String>, StoreError> {
        let mut guard = self.connection.lock().await;
        let connection = guard.as_mut().ok_or_else(closed)?;
        let rows = connection.fetch_all(AssertSqlSafe(sql.to_owned())).await?;
        let lines = rows.iter().map(|row| row.try_get(0));
        Ok(lines.collect::<Result<_, _>>()?)
    }

    /// Takes note of what a statement is about.
    fn note(&self, text: &str) {
        if Rights::are_changed_by(text) {
            self.changes_rights.store(true, Ordering::Relaxed);
        }
    }

    /// Rolls back now, so that the connection is free for others when this returns.
    pub(crate) async fn rollback(mut self) {
        if let Some(connection) = self.connection.get_mut().take() {
            roll_back(connection).await;
        }
    }
}

async fn roll_back(mut connection: PoolConnection<Postgres>) {
    match tokio::time::timeout(ROLLBACK_TIME, connection.execute("ROLLBACK")).await {
        Ok(Ok(_)) => {}
        _ => connection.close_on_drop(),
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.get_mut().take() else {
            return;
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(roll_back(connection))),
            Err(_) => connection.close_on_drop(),
        }
    }
}

fn closed() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the transaction has ended".to_owned()))
}

fn exec_error(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error)))
}

fn query_error(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

/// A statement with bound values.
pub(crate) fn sql<const N: usize>(text: &str, values: [sea_orm::Value; N]) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, text, values)
}

/// The statement as sqlx takes it. The text comes out of SeaORM's builder or is a literal of this
/// crate; every value is bound.
fn query(statement: Statement) -> sqlx::query::Query<'static, Postgres, SqlxValues> {
    let values = statement.values.unwrap_or(Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql), SqlxValues(values))
}

#[async_trait]
impl ConnectionTrait for Conn {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.note(&statement.sql);
        let mut guard = self.connection.lock().await;
        let connection = guard.as_mut().ok_or_else(closed)?;
        query(statement)
            .execute(&mut **connection)
            .await
            .map(Into::into)
            .map_err(exec_error)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.note(sql);
        let mut guard = self.connection.lock().await;
        let connection = guard.as_mut().ok_or_else(closed)?;
        connection
            .execute(AssertSqlSafe(sql.to_owned()))
            .await
            .map(Into::into)
            .map_err(exec_error)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.note(&statement.sql);
        let mut guard = self.connection.lock().await;
        let connection = guard.as_mut().ok_or_else(closed)?;
        let row = query(statement)
            .fetch_optional(&mut **connection)
            .await
            .map_err(query_error)?;
        Ok(row.map(Into::into))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.note(&statement.sql);
        let mut guard = self.connection.lock().await;
        let connection = guard.as_mut().ok_or_else(closed)?;
        let rows = query(statement)
            .fetch_all(&mut **connection)
            .await
            .map_err(query_error)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}
