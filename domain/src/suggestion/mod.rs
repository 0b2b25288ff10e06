//! Suggestions: what was found in a text, item by item, for a person to decide on.
//!
//! `make` stores what an engine or a hand proposes, `decide` accepts, rejects and undoes, `state`
//! dismisses and keeps the suggestion's state in step with its items. Every decision locks the
//! suggestion first, so that two people deciding at once take turns.

mod decide;
pub(crate) mod draft;
mod make;
mod state;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, LockType},
};
use smartstack_schema::{
    DocumentId, Engine, ItemConfidence, ItemKind, ItemState, JobId, NodeKind, OrderDirection, ProjectId,
    ProjectNoteId, RejectReason, Responsible, SuggestionId, SuggestionItemId, SuggestionState, TaskId,
    UseCase, UserId, WorkspaceId,
};
use uuid::Uuid;

pub(crate) use self::make::{check, insert};
pub use self::{
    decide::{ItemEdits, accept, accept_all, reject, reopen_item, reopen_items},
    make::{DRAFT_MAX, ItemDraft, NewItem, SuggestionDraft, add_item},
    state::{dismiss, reopen, update_draft},
};

use crate::{
    db::{
        WorkspaceTx,
        page::{Edge, Keyset, Page, Paged, fetch},
    },
    document,
    entity::{
        InOrder,
        suggestion::{Column, Entity, Model},
        suggestion_item,
    },
    error::DomainError,
    list,
    money::Money,
    project,
    record::Subject,
    status::Sentence,
    store,
};

/// What a job or a hand proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Its id.
    pub id: SuggestionId,
    /// The workspace it belongs to.
    pub workspace_id: WorkspaceId,
    /// What for.
    pub use_case: UseCase,
    /// How much of it has been decided.
    pub state: SuggestionState,
    /// Whether its document or project has changed since it was made, otherwise than by accepting
    /// from it. Only while something is left to decide.
    pub stale: bool,
    /// The job that made it.
    pub job_id: JobId,
    /// The text it was made from.
    pub document_id: DocumentId,
    /// The project it is for.
    pub project_id: ProjectId,
    /// The draft of a reply, as it was proposed or as somebody has changed it since.
    pub draft: Option<String>,
    /// The sentences of an update for a client, as they were proposed or as somebody has changed them since.
    pub sentences: Option<Vec<Sentence>>,
    /// Since when the client of its link reads an update.
    pub published_at: Option<DateTime<Utc>>,
    /// How it was made.
    pub provenance: Provenance,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it or one of its items last changed.
    pub updated_at: DateTime<Utc>,
    /// Counts its changes, from 1.
    pub version: i32,
}

/// How a suggestion was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// By what.
    pub engine: Engine,
    /// Which model, if one was asked.
    pub model: Option<String>,
    /// Which version of the prompt.
    pub prompt_version: Option<String>,
    /// Hash of everything the engine was given.
    pub input_hash: String,
    /// BCP 47 code of the text's main language.
    pub language: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: i32,
    /// Tokens the model read, out of its cache or not.
    pub input_tokens: i32,
    /// Tokens the model wrote.
    pub output_tokens: i32,
    /// What the workspace was charged, in millionths of a US dollar.
    pub cost_micro_usd: i64,
}

/// One proposed item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestionItem {
    /// Its id.
    pub id: SuggestionItemId,
    /// The suggestion it belongs to.
    pub suggestion_id: SuggestionId,
    /// What it would become.
    pub kind: ItemKind,
    /// What has been decided about it.
    pub state: ItemState,
    /// Its place in the suggestion, from 0.
    pub ordinal: i32,
    /// What it says.
    pub title: String,
    /// Exact passage of the document's text.
    pub quote: Option<String>,
    /// Where the quote begins, in Unicode code points.
    pub quote_start: Option<i32>,
    /// Where it ends: one past its last code point.
    pub quote_end: Option<i32>,
    /// The day the text states; for a DEADLINE, the day it is about.
    pub due_date: Option<NaiveDate>,
    /// Lower end of the effort the text states.
    pub estimate_min_minutes: Option<i32>,
    /// Upper end.
    pub estimate_max_minutes: Option<i32>,
    /// Who is to do it.
    pub responsible: Responsible,
    /// For a BUDGET, the amount it is about.
    pub amount: Option<Money>,
    /// How plainly the text says it.
    pub confidence: ItemConfidence,
    /// Whether a person changed it when accepting.
    pub edited: bool,
    /// The task that accepting made.
    pub task_id: Option<TaskId>,
    /// The note that accepting made.
    pub note_id: Option<ProjectNoteId>,
    /// The task that was planned already when this was found. Such an item begins as rejected, by nobody.
    pub known_task_id: Option<TaskId>,
    /// Why it was rejected.
    pub reject_reason: Option<RejectReason>,
    /// The same in the person's words.
    pub reject_comment: Option<String>,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Counts its changes, from 1.
    pub version: i32,
}

/// How many items have been decided how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ItemCounts {
    /// All of them.
    pub total: i32,
    /// Not decided.
    pub open: i32,
    /// Accepted.
    pub accepted: i32,
    /// Rejected.
    pub rejected: i32,
}

/// Which suggestions to list. Those of deleted projects never are.
#[derive(Debug, Clone, Default)]
pub struct SuggestionFilter {
    /// In one of these states; in any when empty or left out.
    pub state: Option<Vec<SuggestionState>>,
    /// For this project.
    pub project_id: Option<ProjectId>,
    /// Only those with something left to decide, or only the others.
    pub waiting: Option<bool>,
}

/// The states in which something is left to decide.
const WAITING: [SuggestionState; 2] = [SuggestionState::Open, SuggestionState::PartlyApplied];

/// One suggestion.
///
/// # Errors
/// [`DomainError::NotFound`].
pub async fn get(tx: &WorkspaceTx, id: SuggestionId) -> Result<Suggestion, DomainError> {
    by_ids(tx, &[id]).await?.remove(&id).ok_or(DomainError::NotFound)
}

/// The suggestions among `ids` that there are, in two statements.
///
/// # Errors
/// Store errors alone.
pub async fn by_ids(
    tx: &WorkspaceTx,
    ids: &[SuggestionId],
) -> Result<HashMap<SuggestionId, Suggestion>, DomainError> {
    let rows = live(tx)
        .filter(store::among(Column::Id, ids))
        .all(tx.conn())
        .await?;
    let found = with_stale(tx, rows).await?;
    Ok(found
        .into_iter()
        .map(|suggestion| (suggestion.id, suggestion))
        .collect())
}

/// The suggestions that these jobs made, in two statements.
///
/// # Errors
/// Store errors alone.
pub async fn by_job_ids(tx: &WorkspaceTx, ids: &[JobId]) -> Result<HashMap<JobId, Suggestion>, DomainError> {
    let rows = live(tx)
        .filter(store::among(Column::JobId, ids))
        .all(tx.conn())
        .await?;
    let found = with_stale(tx, rows).await?;
    Ok(found
        .into_iter()
        .map(|suggestion| (suggestion.job_id, suggestion))
        .collect())
}

/// A page of suggestions, newest first.
///
/// # Errors
/// [`DomainError::Validation`] for a cursor of another list.
pub async fn list(
    tx: &WorkspaceTx,
    filter: &SuggestionFilter,
    page: &Page,
) -> Result<Paged<Suggestion>, DomainError> {
    let keyset = Keyset {
        name: "NEWEST",
        direction: OrderDirection::Desc,
        keys: vec![],
        id: Column::Id.into_expr(),
        id_of: |row: &Model| row.id,
    };
    let rows = fetch(tx.conn(), select(tx, filter), page, &keyset, |row| {
        Model::in_order(row, 0)
    })
    .await?;
    let (cursors, models): (Vec<_>, Vec<_>) = rows
        .edges
        .into_iter()
        .map(|edge| (edge.cursor, edge.node))
        .unzip();
    let nodes = with_stale(tx, models).await?;
    Ok(Paged {
        edges: cursors
            .into_iter()
            .zip(nodes)
            .map(|(cursor, node)| Edge { cursor, node })
            .collect(),
        has_next: rows.has_next,
        has_previous: rows.has_previous,
    })
}

/// How many suggestions a filter lets through.
///
/// # Errors
/// Store errors alone.
pub async fn count(tx: &WorkspaceTx, filter: &SuggestionFilter) -> Result<i64, DomainError> {
    list::count(tx, select(tx, filter)).await
}

/// One item.
///
/// # Errors
/// [`DomainError::NotFound`].
pub async fn item(tx: &WorkspaceTx, id: SuggestionItemId) -> Result<SuggestionItem, DomainError> {
    items_by_ids(tx, &[id])
        .await?
        .remove(&id)
        .ok_or(DomainError::NotFound)
}

/// The items among `ids` that there are, in one statement.
///
/// # Errors
/// Store errors alone.
pub async fn items_by_ids(
    tx: &WorkspaceTx,
    ids: &[SuggestionItemId],
) -> Result<HashMap<SuggestionItemId, SuggestionItem>, DomainError> {
    let rows = suggestion_item::Entity::find()
        .filter(suggestion_item::Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(store::among(suggestion_item::Column::Id, ids))
        .filter(Expr::cust(
            "EXISTS (SELECT 1 FROM suggestions s JOIN projects p \
             ON p.workspace_id = s.workspace_id AND p.id = s.project_id \
             WHERE s.workspace_id = suggestion_items.workspace_id AND s.id = suggestion_items.suggestion_id \
             AND p.deleted_at IS NULL)",
        ))
        .all(tx.conn())
        .await?;
    store::keyed(rows, |row| SuggestionItemId::from(row.id))
}

/// The items of each suggestion, in their order, in one statement.
///
/// # Errors
/// Store errors alone.
pub async fn items_by_suggestion_ids(
    tx: &WorkspaceTx,
    ids: &[SuggestionId],
) -> Result<HashMap<SuggestionId, Vec<SuggestionItem>>, DomainError> {
    let rows = suggestion_item::Entity::find()
        .filter(suggestion_item::Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(store::among(suggestion_item::Column::SuggestionId, ids))
        .order_by_asc(suggestion_item::Column::Ordinal)
        .order_by_asc(suggestion_item::Column::Id)
        .all(tx.conn())
        .await?;
    let mut items: HashMap<_, Vec<_>> = ids.iter().map(|id| (*id, Vec::new())).collect();
    for row in rows {
        items
            .entry(SuggestionId::from(row.suggestion_id))
            .or_default()
            .push(row.try_into()?);
    }
    Ok(items)
}

/// How many items of each suggestion have been decided how, in one statement.
///
/// # Errors
/// Store errors alone.
pub async fn item_counts(
    tx: &WorkspaceTx,
    ids: &[SuggestionId],
) -> Result<HashMap<SuggestionId, ItemCounts>, DomainError> {
    let rows = store::query(
        tx,
        "SELECT suggestion_id, count(*)::int4 AS total, count(*) FILTER (WHERE state = 'OPEN')::int4 AS open,
           count(*) FILTER (WHERE state = 'ACCEPTED')::int4 AS accepted,
           count(*) FILTER (WHERE state = 'REJECTED')::int4 AS rejected
         FROM suggestion_items
         WHERE workspace_id = $1 AND suggestion_id = ANY($2)
         GROUP BY suggestion_id",
        [store::workspace(tx).into(), store::uuids(ids).into()],
    )
    .await?;
    let mut counts: HashMap<_, _> = ids.iter().map(|id| (*id, ItemCounts::default())).collect();
    for row in rows {
        let id: Uuid = row.try_get("", "suggestion_id")?;
        let found = ItemCounts {
            total: row.try_get("", "total")?,
            open: row.try_get("", "open")?,
            accepted: row.try_get("", "accepted")?,
            rejected: row.try_get("", "rejected")?,
        };
        counts.insert(id.into(), found);
    }
    Ok(counts)
}

fn live(tx: &WorkspaceTx) -> Select<Entity> {
    Entity::find()
        .filter(Column::WorkspaceId.eq(store::workspace(tx)))
        .filter(project::is_live("suggestions"))
}

fn select(tx: &WorkspaceTx, filter: &SuggestionFilter) -> Select<Entity> {
    let mut select = live(tx).filter(document::is_live("suggestions"));
    if let Some(states) = filter.state.as_ref().filter(|states| !states.is_empty()) {
        select = select.filter(Column::State.is_in(states.iter().map(|state| state.as_str())));
    }
    if let Some(project) = filter.project_id {
        select = select.filter(Column::ProjectId.eq(project.uuid()));
    }
    let waiting = WAITING.map(SuggestionState::as_str);
    match filter.waiting {
        Some(true) => select.filter(Column::State.is_in(waiting)),
        Some(false) => select.filter(Column::State.is_not_in(waiting)),
        None => select,
    }
}

/// A suggestion's row, locked against other writers until this transaction ends.
/// Locks one that is not put aside.
pub(crate) async fn lock_open(tx: &WorkspaceTx, id: SuggestionId) -> Result<Model, DomainError> {
    let row = lock(tx, id).await?;
    state::refuse_dismissed(&row)?;
    Ok(row)
}

async fn lock(tx: &WorkspaceTx, id: SuggestionId) -> Result<Model, DomainError> {
    live(tx)
        .filter(Column::Id.eq(id.uuid()))
        .lock(LockType::NoKeyUpdate)
        .one(tx.conn())
        .await?
        .ok_or(DomainError::NotFound)
}

pub(crate) fn subject(row: &Model) -> Subject {
    Subject::new(NodeKind::Suggestion, row.id, Some(row.project_id))
}

/// Rows as suggestions, in the same order. Whether one is stale is told by comparing versions.
async fn with_stale(tx: &WorkspaceTx, rows: Vec<Model>) -> Result<Vec<Suggestion>, DomainError> {
    #[derive(FromQueryResult)]
    struct Versions {
        id: Uuid,
        project_version: i32,
        document_version: i32,
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let versions: Vec<Versions> = store::rows(
        tx,
        "SELECT s.id, p.version AS project_version, d.version AS document_version
         FROM suggestions s
         JOIN projects p ON p.workspace_id = s.workspace_id AND p.id = s.project_id
         JOIN documents d ON d.workspace_id = s.workspace_id AND d.id = s.document_id
         WHERE s.workspace_id = $1 AND s.id = ANY($2)",
        [store::workspace(tx).into(), ids.into()],
    )
    .await?;
    let versions: HashMap<Uuid, Versions> = versions.into_iter().map(|row| (row.id, row)).collect();
    let convert = |row: Model| -> Result<Suggestion, DomainError> {
        let state = store::parse(&row.state)?;
        let moved_on = versions.get(&row.id).is_some_and(|now| {
            (now.project_version, now.document_version) != (row.project_version, row.document_version)
        });
        Ok(Suggestion {
            id: row.id.into(),
            workspace_id: row.workspace_id.into(),
            use_case: store::parse(&row.use_case)?,
            state,
            stale: moved_on && WAITING.contains(&state),
            job_id: row.job_id.into(),
            document_id: row.document_id.into(),
            project_id: row.project_id.into(),
            draft: row.draft,
            sentences: row
                .sentences
                .map(serde_json::from_value)
                .transpose()
                .map_err(store::fault)?,
            published_at: row.published_at,
            provenance: Provenance {
                engine: store::parse(&row.engine)?,
                model: row.model,
                prompt_version: row.prompt_version,
                input_hash: row.input_hash,
                language: row.language,
                duration_ms: row.duration_ms,
                input_tokens: row.input_tokens,
                output_tokens: row.output_tokens,
                cost_micro_usd: row.cost_micro_usd,
            },
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        })
    };
    rows.into_iter().map(convert).collect()
}

impl TryFrom<suggestion_item::Model> for SuggestionItem {
    type Error = DomainError;

    fn try_from(row: suggestion_item::Model) -> Result<Self, DomainError> {
        Ok(Self {
            id: row.id.into(),
            suggestion_id: row.suggestion_id.into(),
            kind: store::parse(&row.kind)?,
            state: store::parse(&row.state)?,
            ordinal: row.ordinal,
            title: row.title,
            quote: row.quote,
            quote_start: row.quote_start,
            quote_end: row.quote_end,
            due_date: row.due_date,
            estimate_min_minutes: row.estimate_min_minutes,
            estimate_max_minutes: row.estimate_max_minutes,
            responsible: store::parse(&row.responsible)?,
            amount: Money::from_columns(row.amount_cents, row.amount_currency),
            confidence: store::parse(&row.confidence)?,
            edited: row.edited,
            task_id: row.task_id.map(Into::into),
            note_id: row.note_id.map(Into::into),
            known_task_id: row.known_task_id.map(Into::into),
            reject_reason: store::parse_option(row.reject_reason.as_deref())?,
            reject_comment: row.reject_comment,
            decided_by: row.decided_by.map(Into::into),
            decided_at: row.decided_at,
            version: row.version,
        })
    }
}
