//! Storing what an engine or a hand proposes.

use chrono::NaiveDate;
use sea_orm::{ActiveModelTrait, EntityTrait, FromQueryResult, IntoActiveModel, sea_query::OnConflict};
use serde::Serialize;
use smartstack_schema::{
    ItemConfidence, ItemKind, ItemState, NodeKind, RejectReason, Responsible, SuggestionId, SuggestionItemId,
    SuggestionState, TaskId, UserErrorCode,
};
use uuid::Uuid;

use super::{Provenance, SuggestionItem, item, lock, state, subject};
use crate::{
    db::{TenantTx, WorkspaceTx},
    document::Quote,
    entity::{job, suggestion, suggestion_item},
    error::{DomainError, FieldError},
    idempotency,
    input::{Checks, NOTE_MAX, TITLE_MAX},
    money::Money,
    record::{self, Subject},
    status::{self, Sentence},
    store,
};

/// Most items of one suggestion: far more than anyone reads through.
pub(super) const ITEMS_MAX: usize = 500;
/// Longest draft of a reply.
pub const DRAFT_MAX: usize = 20_000;
/// Longest quote.
const QUOTE_MAX: usize = 20_000;

/// What an engine found.
#[derive(Debug, Clone)]
pub struct SuggestionDraft {
    /// How it was found.
    pub provenance: Provenance,
    /// In the order in which they are to be shown.
    pub items: Vec<ItemDraft>,
    /// The draft of a reply, which needs no items; at most [`DRAFT_MAX`] characters.
    pub draft: Option<String>,
    /// The sentences of an update, which needs no items either.
    pub sentences: Option<Vec<Sentence>>,
}

/// One item an engine found.
#[derive(Debug, Clone)]
pub struct ItemDraft {
    /// What it would become.
    pub kind: ItemKind,
    /// What it says: at most 200 characters for a TASK, 2 000 otherwise.
    pub title: String,
    /// Where the text says it; see [`Quote::from_bytes`].
    pub quote: Option<Quote>,
    /// The day the text states; required for a DEADLINE.
    pub due_date: Option<NaiveDate>,
    /// Lower end of the effort the text states; one end given alone stands for both.
    pub estimate_min_minutes: Option<i32>,
    /// Upper end.
    pub estimate_max_minutes: Option<i32>,
    /// Who is to do it.
    pub responsible: Responsible,
    /// The amount the text states; required for a BUDGET.
    pub amount: Option<Money>,
    /// How plainly the text says it.
    pub confidence: ItemConfidence,
    /// The open task that is this one already: it is then shown as known, and not proposed.
    pub known_task: Option<TaskId>,
}

/// An item a person adds by hand.
#[derive(Debug, Clone, Serialize)]
pub struct NewItem {
    /// What it would become.
    pub kind: ItemKind,
    /// What it says: at most 200 characters for a TASK, 2 000 otherwise.
    pub title: String,
    /// The passage that was selected.
    pub quote: Option<Quote>,
    /// A day.
    pub due_date: Option<NaiveDate>,
    /// Lower end of the effort; one end given alone stands for both.
    pub estimate_min_minutes: Option<i32>,
    /// Upper end.
    pub estimate_max_minutes: Option<i32>,
    /// FREELANCER when left out.
    pub responsible: Option<Responsible>,
    /// Makes a repeated request safe for 24 hours.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// An item that has been checked, with its quote cut out of the text.
#[derive(Debug)]
pub(crate) struct Checked {
    draft: ItemDraft,
    quoted: Option<String>,
}

/// Checks items against the text they quote. Rules are those of hand-made items, and a DEADLINE
/// needs its day, a BUDGET its amount.
pub(crate) async fn check(
    tx: &WorkspaceTx,
    document: Uuid,
    items: Vec<ItemDraft>,
    draft: Option<&str>,
    sentences: Option<&[Sentence]>,
) -> Result<Vec<Checked>, DomainError> {
    if let Some(draft) = draft {
        check_draft(draft)?;
    }
    if let Some(sentences) = sentences {
        let facts = status::facts(tx, document.into()).await?;
        status::check_sentences(sentences, facts.len())?;
    }
    if (items.is_empty() && draft.is_none() && sentences.is_none()) || items.len() > ITEMS_MAX {
        let message = format!(
            "A suggestion has 1 to {ITEMS_MAX} items; this has {}.",
            items.len()
        );
        return Err(FieldError::new(UserErrorCode::OutOfRange, "items", message).into());
    }
    let text = text_of(tx, document).await?;
    let mut checks = Checks::default();
    let mut checked = Vec::with_capacity(items.len());
    for draft in items {
        if draft.kind == ItemKind::Budget && draft.amount.is_none() {
            checks.fail("amount", UserErrorCode::Required, "A budget needs its amount.");
        }
        if draft.kind == ItemKind::Deadline && draft.due_date.is_none() {
            checks.fail("dueDate", UserErrorCode::Required, "A deadline needs its day.");
        }
        checked.push(check_item(&mut checks, &text, draft));
    }
    checks.finish()?;
    Ok(checked)
}

/// Refuses a draft that says nothing or is too long.
pub(super) fn check_draft(draft: &str) -> Result<(), DomainError> {
    if draft.trim().is_empty() {
        return Err(FieldError::new(UserErrorCode::Required, "draft", "Write something.").into());
    }
    let length = draft.chars().count();
    if length > DRAFT_MAX {
        let message = format!("Keep it to {DRAFT_MAX} characters; this has {length}.");
        return Err(FieldError::new(UserErrorCode::TooLong, "draft", message).into());
    }
    Ok(())
}

/// Stores a suggestion for a job; `None` when the job has one already.
pub(crate) async fn insert(
    tx: &mut WorkspaceTx,
    job: &job::Model,
    provenance: Provenance,
    items: Vec<Checked>,
    draft: Option<String>,
    sentences: Option<&[Sentence]>,
) -> Result<Option<SuggestionId>, DomainError> {
    #[derive(FromQueryResult)]
    struct Versions {
        document_version: i32,
        project_version: i32,
    }
    let versions: Vec<Versions> = store::rows(
        tx,
        "SELECT d.version AS document_version, p.version AS project_version
         FROM documents d JOIN projects p ON p.workspace_id = d.workspace_id AND p.id = $3
         WHERE d.workspace_id = $1 AND d.id = $2",
        [
            store::workspace(tx).into(),
            job.document_id.into(),
            job.project_id.into(),
        ],
    )
    .await?;
    let versions = versions.into_iter().next().ok_or(DomainError::NotFound)?;
    let now = tx.now();
    let all_known = !items.is_empty() && items.iter().all(|item| item.draft.known_task.is_some());
    let state = if all_known {
        SuggestionState::Applied
    } else {
        SuggestionState::Open
    };
    let row = suggestion::Model {
        id: tx.new_id(),
        workspace_id: store::workspace(tx),
        use_case: job.use_case.clone(),
        state: state.as_str().to_owned(),
        job_id: job.id,
        document_id: job.document_id,
        project_id: job.project_id,
        document_version: versions.document_version,
        project_version: versions.project_version,
        engine: provenance.engine.as_str().to_owned(),
        model: provenance.model,
        prompt_version: provenance.prompt_version,
        input_hash: provenance.input_hash,
        language: provenance.language,
        duration_ms: provenance.duration_ms.max(0),
        input_tokens: provenance.input_tokens.max(0),
        output_tokens: provenance.output_tokens.max(0),
        cost_micro_usd: provenance.cost_micro_usd.max(0),
        draft,
        sentences: sentences
            .map(serde_json::to_value)
            .transpose()
            .map_err(store::fault)?,
        drafted: None,
        draft_change: None,
        published: None,
        published_link_id: None,
        published_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let inserted = suggestion::Entity::insert(row.clone().into_active_model().reset_all())
        .on_conflict(
            OnConflict::column(suggestion::Column::JobId)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx.conn())
        .await?;
    if inserted == 0 {
        return Ok(None);
    }
    let rows: Vec<_> = items
        .into_iter()
        .zip(0..)
        .map(|(item, ordinal)| row_of(tx, row.id, ordinal, item))
        .collect();
    if !rows.is_empty() {
        let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
        suggestion_item::Entity::insert_many(rows)
            .exec_without_returning(tx.conn())
            .await?;
    }
    // The log says that there is a draft; its text is kept once, in its row.
    let logged = suggestion::Model {
        draft: None,
        sentences: None,
        ..row.clone()
    };
    record::created(tx, "suggestion.create", subject(&row), &logged)?;
    Ok(Some(row.id.into()))
}

/// Adds an item by hand, with or without a passage of the text.
///
/// # Errors
/// [`DomainError::NotFound`] for the suggestion; [`DomainError::InvalidState`] when it is dismissed;
/// [`DomainError::Validation`]; [`DomainError::Conflict`] when the idempotency key was used for
/// another request.
pub async fn add_item(
    tx: &mut TenantTx,
    suggestion_id: SuggestionId,
    new: NewItem,
) -> Result<SuggestionItem, DomainError> {
    let suggestion = lock(tx, suggestion_id).await?;
    let mut checks = Checks::default();
    checks.idempotency_key(new.idempotency_key.as_deref());
    let text = text_of(tx, suggestion.document_id).await?;
    let draft = ItemDraft {
        kind: new.kind,
        title: new.title.clone(),
        quote: new.quote,
        due_date: new.due_date,
        estimate_min_minutes: new.estimate_min_minutes,
        estimate_max_minutes: new.estimate_max_minutes,
        responsible: new.responsible.unwrap_or(Responsible::Freelancer),
        amount: None,
        confidence: ItemConfidence::Manual,
        known_task: None,
    };
    let checked = check_item(&mut checks, &text, draft);
    checks.finish()?;
    let request = (suggestion_id, &new);
    let id: Uuid = tx.new_id();
    let key = new.idempotency_key.as_deref();
    if let Some(first) = idempotency::claim(tx, "suggestion_item.add", key, &request, id).await? {
        return item(tx, SuggestionItemId::from(first)).await;
    }
    state::refuse_dismissed(&suggestion)?;
    let items = state::items(tx, suggestion.id).await?;
    if items.len() >= ITEMS_MAX {
        let message = format!("A suggestion has at most {ITEMS_MAX} items.");
        return Err(FieldError::new(UserErrorCode::LimitReached, "suggestionId", message).into());
    }
    let ordinal = items.iter().map(|item| item.ordinal + 1).max().unwrap_or(0);
    let mut row = row_of(tx, suggestion.id, ordinal, checked);
    row.id = id;
    let row = store::insert(tx, row).await?;
    let subject = Subject::new(NodeKind::SuggestionItem, row.id, Some(suggestion.project_id));
    record::created(tx, "suggestion_item.add", subject, &row)?;
    state::settle(tx, suggestion, None).await?;
    row.try_into()
}

fn check_item(checks: &mut Checks, text: &str, mut draft: ItemDraft) -> Checked {
    draft.title = checks.line("title", &draft.title, title_max(draft.kind));
    draft.due_date = checks.day("dueDate", draft.due_date);
    draft.amount = checks.money("amount", draft.amount);
    (draft.estimate_min_minutes, draft.estimate_max_minutes) =
        checks.estimate(draft.estimate_min_minutes, draft.estimate_max_minutes);
    let quoted = draft.quote.map(|quote| quote.of(text).map(str::to_owned));
    if let Some(quoted) = &quoted {
        match quoted {
            None => {
                let message = "Select a passage of the text: start before end, both within it.";
                checks.fail("quoteStart", UserErrorCode::OutOfRange, message);
            }
            Some(quoted) if quoted.chars().count() > QUOTE_MAX => {
                let message = format!("Select at most {QUOTE_MAX} characters.");
                checks.fail("quoteEnd", UserErrorCode::TooLong, message);
            }
            Some(_) => {}
        }
    }
    Checked {
        draft,
        quoted: quoted.flatten(),
    }
}

/// Longest title of an item: it has to fit what it becomes.
pub(super) fn title_max(kind: ItemKind) -> usize {
    if kind == ItemKind::Task {
        TITLE_MAX
    } else {
        NOTE_MAX
    }
}

fn row_of(tx: &WorkspaceTx, suggestion: Uuid, ordinal: i32, item: Checked) -> suggestion_item::Model {
    let Checked { draft, quoted } = item;
    let (amount_cents, amount_currency) = Money::into_columns(draft.amount);
    // Decided, but by nobody: one step brings it back as a proposal.
    let (state, reject_reason) = match draft.known_task {
        Some(_) => (
            ItemState::Rejected,
            Some(RejectReason::AlreadyKnown.as_str().to_owned()),
        ),
        None => (ItemState::Open, None),
    };
    suggestion_item::Model {
        id: tx.new_id(),
        workspace_id: store::workspace(tx),
        suggestion_id: suggestion,
        kind: draft.kind.as_str().to_owned(),
        state: state.as_str().to_owned(),
        ordinal,
        title: draft.title,
        quote_start: quoted.as_ref().and(draft.quote).map(|quote| quote.start),
        quote_end: quoted.as_ref().and(draft.quote).map(|quote| quote.end),
        quote: quoted,
        due_date: draft.due_date,
        estimate_min_minutes: draft.estimate_min_minutes,
        estimate_max_minutes: draft.estimate_max_minutes,
        responsible: draft.responsible.as_str().to_owned(),
        amount_cents,
        amount_currency,
        confidence: draft.confidence.as_str().to_owned(),
        edited: false,
        task_id: None,
        note_id: None,
        known_task_id: draft.known_task.map(Into::into),
        before: None,
        reject_reason,
        reject_comment: None,
        decided_by: None,
        decided_at: None,
        version: 1,
    }
}

async fn text_of(tx: &WorkspaceTx, document: Uuid) -> Result<String, DomainError> {
    let rows = store::query(
        tx,
        "SELECT text FROM documents WHERE workspace_id = $1 AND id = $2",
        [store::workspace(tx).into(), document.into()],
    )
    .await?;
    Ok(rows.first().ok_or(DomainError::NotFound)?.try_get("", "text")?)
}
