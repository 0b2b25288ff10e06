//! The small things every noun needs when it reads and writes rows.

use std::{collections::HashMap, hash::Hash};

use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait,
    FromQueryResult, IntoActiveModel, ModelTrait, QueryResult, Statement, Value,
    sea_query::{Expr, SimpleExpr, extension::postgres::PgFunc},
};
use smartstack_schema::{
    ClientKind, DocumentKind, DocumentState, Engine, FactKind, Hue, ItemConfidence, ItemKind, ItemState,
    JobReason, JobStage, JobState, MemberRole, NoteKind, ProjectStatus, RejectReason, Responsible,
    SuggestionState, TaskPriority, TaskStatus, UnreadableReason, UseCase, WebhookDeliveryState,
    WebhookDisabledReason,
};
use uuid::Uuid;

use crate::{
    db::WorkspaceTx,
    error::{DomainError, StoreError},
};

/// An enum that a column holds as its wire text.
pub(crate) trait Stored: Sized {
    fn read(text: &str) -> Option<Self>;
}

macro_rules! stored {
    ($($name:ident),+ $(,)?) => {
        $(impl Stored for $name {
            fn read(text: &str) -> Option<Self> {
                Self::parse(text)
            }
        })+
    };
}

stored!(
    ClientKind,
    DocumentKind,
    FactKind,
    DocumentState,
    Engine,
    Hue,
    ItemConfidence,
    ItemKind,
    ItemState,
    JobReason,
    JobStage,
    JobState,
    MemberRole,
    NoteKind,
    ProjectStatus,
    RejectReason,
    Responsible,
    SuggestionState,
    TaskPriority,
    TaskStatus,
    UnreadableReason,
    UseCase,
    WebhookDeliveryState,
    WebhookDisabledReason,
);

/// A fault of ours, for the log.
pub(crate) fn fault(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> DomainError {
    StoreError::fault(cause).into()
}

/// Reads an enum from its column. A text the constraints should have kept out is a fault of ours.
pub(crate) fn parse<T: Stored>(text: &str) -> Result<T, DomainError> {
    T::read(text).ok_or_else(|| {
        let kind = std::any::type_name::<T>();
        fault(format!("a column holds no {kind}: {text:?}"))
    })
}

/// As [`parse`], for a column that may be empty.
pub(crate) fn parse_option<T: Stored>(text: Option<&str>) -> Result<Option<T>, DomainError> {
    text.map(parse).transpose()
}

/// The colour a thing gets when nobody chose one: spread by its id.
pub(crate) fn hue_of(id: Uuid) -> Hue {
    Hue::ALL[usize::from(id.as_bytes()[15]) % Hue::ALL.len()]
}

/// The workspace of the transaction, for a filter: row-level security keeps other rows out by
/// itself, the explicit comparison lets every index that leads with it be used.
pub(crate) fn workspace(tx: &WorkspaceTx) -> Uuid {
    tx.workspace_id().into()
}

/// The bare ids.
pub(crate) fn uuids<I: Copy + Into<Uuid>>(ids: &[I]) -> Vec<Uuid> {
    ids.iter().map(|id| (*id).into()).collect()
}

/// Whether a column holds one of these ids. The ids are one value, an array: however many there are, the
/// statement's text is the same, so a connection prepares and plans it once. `IN ($1, $2, …)` is another
/// statement for each number of ids.
pub(crate) fn among<C: ColumnTrait, I: Copy + Into<Uuid>>(column: C, ids: &[I]) -> SimpleExpr {
    column.into_expr().eq(PgFunc::any(Expr::val(uuids(ids))))
}

/// Rows as the things they stand for, by id.
pub(crate) fn keyed<R, K: Eq + Hash, N: TryFrom<R, Error = DomainError>>(
    rows: Vec<R>,
    key: impl Fn(&R) -> K,
) -> Result<HashMap<K, N>, DomainError> {
    rows.into_iter()
        .map(|row| Ok((key(&row), row.try_into()?)))
        .collect()
}

/// Refuses a write that was meant for another version; `None` overwrites on purpose.
pub(crate) fn expect_version(current: i32, expected: Option<i32>) -> Result<(), DomainError> {
    match expected {
        Some(expected) if expected != current => Err(DomainError::Conflict),
        _ => Ok(()),
    }
}

/// Stores a new row.
pub(crate) async fn insert<M, A>(tx: &WorkspaceTx, row: M) -> Result<M, DomainError>
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
    <M::Entity as EntityTrait>::Model: IntoActiveModel<A> + Into<M>,
{
    Ok(row
        .into_active_model()
        .reset_all()
        .insert(tx.conn())
        .await?
        .into())
}

/// Stores every column of a row that is there and locked by this transaction.
pub(crate) async fn save<M, A>(tx: &WorkspaceTx, row: M) -> Result<M, DomainError>
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
    <M::Entity as EntityTrait>::Model: IntoActiveModel<A> + Into<M>,
{
    Ok(row
        .into_active_model()
        .reset_all()
        .update(tx.conn())
        .await?
        .into())
}

/// Runs a statement written out in SQL and returns its rows.
pub(crate) async fn query(
    tx: &WorkspaceTx,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<QueryResult>, DomainError> {
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(tx.conn().query_all_raw(statement).await?)
}

/// As [`query`], with rows of a known shape.
pub(crate) async fn rows<R: FromQueryResult>(
    tx: &WorkspaceTx,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<R>, DomainError> {
    let rows = query(tx, sql, values).await?;
    rows.iter()
        .map(|row| Ok(R::from_query_result(row, "")?))
        .collect()
}

/// Runs a statement written out in SQL and returns how many rows it touched.
pub(crate) async fn execute(
    tx: &WorkspaceTx,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, DomainError> {
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(tx.conn().execute_raw(statement).await?.rows_affected())
}

/// Waits until no other transaction places cards or rearranges tasks of this project, and keeps
/// them waiting until this one ends. Taken before any row of the project's tasks is locked, so
/// that two writers can never wait for each other.
pub(crate) async fn lock_arrangement(tx: &WorkspaceTx, project: Uuid) -> Result<(), DomainError> {
    query(
        tx,
        "SELECT pg_advisory_xact_lock(hashtextextended('arrangement:' || $1::text, 0))",
        [project.into()],
    )
    .await?;
    Ok(())
}
