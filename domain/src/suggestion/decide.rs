//! Accepting, rejecting and undoing, item by item.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use smartstack_schema::{
    ItemKind, ItemState, NodeKind, NoteKind, RejectReason, Responsible, SuggestionId, SuggestionItemId,
    TaskPriority, TaskStatus, UserErrorCode,
};

use super::{Suggestion, SuggestionItem, get, item, lock, make::title_max, state};
use crate::{
    db::TenantTx,
    entity::{project::Model as ProjectRow, suggestion::Model, suggestion_item::Model as ItemRow},
    error::{DomainError, FieldError},
    input::{Checks, Patch},
    money::Money,
    project, project_note,
    record::{self, Subject},
    store, task,
};

/// Longest comment on a rejection.
const COMMENT_MAX: usize = 1_000;

/// What a person changes of an item while accepting it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemEdits {
    /// What it says.
    pub title: Patch<String>,
    /// The day.
    pub due_date: Patch<NaiveDate>,
    /// Lower end of the estimate.
    pub estimate_min_minutes: Patch<i32>,
    /// Upper end.
    pub estimate_max_minutes: Patch<i32>,
    /// Who is to do it.
    pub responsible: Patch<Responsible>,
    /// How pressing the task is; NONE when left out.
    pub priority: Patch<TaskPriority>,
    /// For a BUDGET, the amount.
    pub amount: Patch<Money>,
}

/// What undoing needs: the item as it was proposed, and what accepting replaced in the project.
#[derive(Debug, Serialize, Deserialize)]
struct Before {
    title: String,
    due_date: Option<NaiveDate>,
    estimate_min_minutes: Option<i32>,
    estimate_max_minutes: Option<i32>,
    responsible: String,
    amount: Option<Money>,
    /// The project's budget before, for a BUDGET.
    budget: Option<Money>,
    /// The project's due date before, for a DEADLINE.
    deadline: Option<NaiveDate>,
}

impl Before {
    fn of(row: &ItemRow) -> Self {
        Self {
            title: row.title.clone(),
            due_date: row.due_date,
            estimate_min_minutes: row.estimate_min_minutes,
            estimate_max_minutes: row.estimate_max_minutes,
            responsible: row.responsible.clone(),
            amount: Money::from_columns(row.amount_cents, row.amount_currency.clone()),
            budget: None,
            deadline: None,
        }
    }

    fn restore(self, row: &mut ItemRow) {
        row.title = self.title;
        row.due_date = self.due_date;
        row.estimate_min_minutes = self.estimate_min_minutes;
        row.estimate_max_minutes = self.estimate_max_minutes;
        row.responsible = self.responsible;
        (row.amount_cents, row.amount_currency) = Money::into_columns(self.amount);
    }
}

/// Accepts an item, with edits or without: makes a task or a note of it, or sets the project's
/// budget or due date. Accepting what is accepted already changes nothing.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::Conflict`] when `expected_version` is not the item's;
/// [`DomainError::InvalidState`] for a rejected item or a dismissed suggestion;
/// [`DomainError::Validation`] when the edits break a rule, a BUDGET has no amount, or a DEADLINE no
/// day or one before the project begins.
pub async fn accept(
    tx: &mut TenantTx,
    id: SuggestionItemId,
    expected_version: Option<i32>,
    edits: ItemEdits,
) -> Result<SuggestionItem, DomainError> {
    let (suggestion, row) = lock_item(tx, id).await?;
    match store::parse(&row.state)? {
        ItemState::Open => {}
        ItemState::Accepted if edits == ItemEdits::default() && expected_version.is_none() => {
            return row.try_into();
        }
        ItemState::Accepted | ItemState::Rejected => {
            store::expect_version(row.version, expected_version)?;
            return refuse("This item has been decided. Undo that first.");
        }
    }
    store::expect_version(row.version, expected_version)?;
    state::refuse_dismissed(&suggestion)?;
    let (row, project_version) = apply(tx, &suggestion, row, edits).await?;
    state::settle(tx, suggestion, project_version).await?;
    row.try_into()
}

/// Accepts every open item as it is proposed, and returns those accepted. Items that cannot be
/// accepted as they are (a BUDGET without an amount, a DEADLINE without a fitting day) stay open.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::Conflict`] when `expected_version` is not the
/// suggestion's; [`DomainError::InvalidState`] for a dismissed suggestion.
pub async fn accept_all(
    tx: &mut TenantTx,
    id: SuggestionId,
    expected_version: Option<i32>,
) -> Result<(Suggestion, Vec<SuggestionItem>), DomainError> {
    let mut suggestion = lock(tx, id).await?;
    store::expect_version(suggestion.version, expected_version)?;
    state::refuse_dismissed(&suggestion)?;
    let mut project_version = None;
    let mut accepted = Vec::new();
    for row in state::items(tx, suggestion.id).await? {
        if row.state != ItemState::Open.as_str() {
            continue;
        }
        let project = project::lock(tx, suggestion.project_id).await?;
        if obstacle(&row, &project).is_some() {
            continue;
        }
        let (row, changed) = apply(tx, &suggestion, row, ItemEdits::default()).await?;
        if let Some(version) = changed {
            suggestion.project_version = version;
            project_version = changed;
        }
        accepted.push(SuggestionItem::try_from(row)?);
    }
    if !accepted.is_empty() {
        // `settle` compares with what is stored: the version raised along the way is given to it.
        state::settle(tx, lock(tx, id).await?, project_version).await?;
    }
    Ok((get(tx, id).await?, accepted))
}

/// Rejects an open item. Reason and comment are kept, to improve what is proposed.
///
/// # Errors
/// As [`accept`].
pub async fn reject(
    tx: &mut TenantTx,
    id: SuggestionItemId,
    expected_version: Option<i32>,
    reason: Option<RejectReason>,
    comment: Option<&str>,
) -> Result<SuggestionItem, DomainError> {
    let (suggestion, row) = lock_item(tx, id).await?;
    store::expect_version(row.version, expected_version)?;
    if row.state != ItemState::Open.as_str() {
        return refuse("This item has been decided. Undo that first.");
    }
    state::refuse_dismissed(&suggestion)?;
    let mut checks = Checks::default();
    let comment = checks.text("comment", comment.unwrap_or_default(), COMMENT_MAX);
    checks.finish()?;
    let mut next = row.clone();
    next.state = ItemState::Rejected.as_str().to_owned();
    next.reject_reason = reason.map(|reason| reason.as_str().to_owned());
    next.reject_comment = (!comment.is_empty()).then_some(comment);
    next.decided_by = tx.actor_id().map(Into::into);
    next.decided_at = Some(tx.now());
    let next = save(tx, "suggestion_item.reject", &suggestion, row, next).await?;
    state::settle(tx, suggestion, None).await?;
    next.try_into()
}

/// Undoes a decision: the item is open again, as it was proposed. What accepting made is deleted,
/// even where it has been changed since (it can be restored); a budget or due date it set goes back
/// to what it was, unless someone has set another since. An open item stays as it is.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::Conflict`] when `expected_version` is not the item's;
/// [`DomainError::InvalidState`] for a dismissed suggestion.
pub async fn reopen_item(
    tx: &mut TenantTx,
    id: SuggestionItemId,
    expected_version: Option<i32>,
) -> Result<SuggestionItem, DomainError> {
    let (suggestion, row) = lock_item(tx, id).await?;
    store::expect_version(row.version, expected_version)?;
    state::refuse_dismissed(&suggestion)?;
    if row.state == ItemState::Open.as_str() {
        return row.try_into();
    }
    let (row, project_version) = undo(tx, &suggestion, row).await?;
    state::settle(tx, suggestion, project_version).await?;
    row.try_into()
}

/// Undoes the decisions about some items of one suggestion, the latest first.
///
/// # Errors
/// As [`reopen_item`]; [`DomainError::Validation`] when an item is not one of this suggestion.
pub async fn reopen_items(
    tx: &mut TenantTx,
    id: SuggestionId,
    items: &[SuggestionItemId],
) -> Result<(Suggestion, Vec<SuggestionItem>), DomainError> {
    let mut suggestion = lock(tx, id).await?;
    state::refuse_dismissed(&suggestion)?;
    let mut rows = state::items(tx, suggestion.id).await?;
    if !items
        .iter()
        .all(|item| rows.iter().any(|row| row.id == item.uuid()))
    {
        let message = "There is no such item in this suggestion.";
        return Err(FieldError::new(UserErrorCode::NotFound, "itemIds", message).into());
    }
    rows.retain(|row| {
        items.iter().any(|item| row.id == item.uuid()) && row.state != ItemState::Open.as_str()
    });
    rows.sort_by_key(|row| std::cmp::Reverse((row.decided_at, row.ordinal)));
    let mut project_version = None;
    let mut reopened = Vec::new();
    for row in rows {
        let (row, changed) = undo(tx, &suggestion, row).await?;
        if let Some(version) = changed {
            suggestion.project_version = version;
            project_version = changed;
        }
        reopened.push(SuggestionItem::try_from(row)?);
    }
    if !reopened.is_empty() {
        state::settle(tx, lock(tx, id).await?, project_version).await?;
    }
    reopened.sort_by_key(|item| item.ordinal);
    Ok((get(tx, id).await?, reopened))
}

/// Makes of a locked, open item what it proposes. The second value is the project's new version
/// where the project was changed and nobody else had changed it since the suggestion was made.
async fn apply(
    tx: &mut TenantTx,
    suggestion: &Model,
    row: ItemRow,
    edits: ItemEdits,
) -> Result<(ItemRow, Option<i32>), DomainError> {
    let mut before = Before::of(&row);
    let kind: ItemKind = store::parse(&row.kind)?;
    let mut next = row.clone();
    let priority = edit(&mut next, kind, edits)?;
    next.edited = next != row;
    let project = project::lock(tx, suggestion.project_id).await?;
    if let Some(obstacle) = obstacle(&next, &project) {
        return Err(obstacle.into());
    }
    let mut project_version = None;
    match kind {
        ItemKind::Task => {
            let made = task::insert(tx, task_of(tx, suggestion, &next, priority)?).await?;
            next.task_id = Some(made.id.into());
        }
        ItemKind::Question | ItemKind::Exclusion | ItemKind::Decision => {
            let draft = project_note::Draft {
                project_id: suggestion.project_id.into(),
                kind: match kind {
                    ItemKind::Exclusion => NoteKind::Exclusion,
                    ItemKind::Decision => NoteKind::Decision,
                    _ => NoteKind::Question,
                },
                text: next.title.clone(),
                quote: next.quote.clone(),
                source_item_id: Some(next.id.into()),
            };
            next.note_id = Some(project_note::insert(tx, draft).await?.id.into());
        }
        ItemKind::Budget => {
            before.budget = Money::from_columns(project.budget_cents, project.budget_currency.clone());
            let mut changed = project.clone();
            (changed.budget_cents, changed.budget_currency) =
                (next.amount_cents, next.amount_currency.clone());
            project_version = change_project(tx, suggestion, project, changed).await?;
        }
        ItemKind::Deadline => {
            before.deadline = project.due_date;
            let mut changed = project.clone();
            changed.due_date = next.due_date;
            project_version = change_project(tx, suggestion, project, changed).await?;
        }
    }
    next.state = ItemState::Accepted.as_str().to_owned();
    next.before = Some(serde_json::to_value(before).map_err(store::fault)?);
    next.decided_by = tx.actor_id().map(Into::into);
    next.decided_at = Some(tx.now());
    let next = save(tx, "suggestion_item.accept", suggestion, row, next).await?;
    Ok((next, project_version))
}

/// Takes back what deciding a locked item did. The second value is as in [`apply`].
async fn undo(
    tx: &mut TenantTx,
    suggestion: &Model,
    row: ItemRow,
) -> Result<(ItemRow, Option<i32>), DomainError> {
    // The project before its tasks, as accepting does: two decisions never wait for each other.
    let project = project::lock(tx, suggestion.project_id).await?;
    let mut next = row.clone();
    if let Some(task) = next.task_id.take() {
        task::take_away(tx, task.into()).await?;
    }
    if let Some(note) = next.note_id.take() {
        project_note::take_away(tx, note.into()).await?;
    }
    let mut project_version = None;
    if let Some(before) = next.before.take() {
        let before: Before = serde_json::from_value(before).map_err(store::fault)?;
        let mut changed = project.clone();
        match store::parse(&row.kind)? {
            ItemKind::Budget
                if (project.budget_cents, &project.budget_currency)
                    == (row.amount_cents, &row.amount_currency) =>
            {
                (changed.budget_cents, changed.budget_currency) = Money::into_columns(before.budget.clone());
            }
            ItemKind::Deadline if project.due_date == row.due_date => changed.due_date = before.deadline,
            _ => {}
        }
        project_version = change_project(tx, suggestion, project, changed).await?;
        before.restore(&mut next);
    }
    next.state = ItemState::Open.as_str().to_owned();
    next.edited = false;
    next.reject_reason = None;
    next.reject_comment = None;
    next.decided_by = None;
    next.decided_at = None;
    let next = save(tx, "suggestion_item.reopen", suggestion, row, next).await?;
    Ok((next, project_version))
}

/// Writes the edits into the item, and returns the priority of the task to be made.
fn edit(row: &mut ItemRow, kind: ItemKind, edits: ItemEdits) -> Result<TaskPriority, DomainError> {
    let mut checks = Checks::default();
    let responsible: Responsible =
        checks.not_cleared("responsible", edits.responsible, store::parse(&row.responsible)?);
    row.responsible = responsible.as_str().to_owned();
    row.title = checks.line_patch("title", edits.title, &row.title, title_max(kind));
    row.due_date = checks.day("dueDate", edits.due_date.over(row.due_date));
    (row.estimate_min_minutes, row.estimate_max_minutes) = checks.estimate(
        edits.estimate_min_minutes.over(row.estimate_min_minutes),
        edits.estimate_max_minutes.over(row.estimate_max_minutes),
    );
    if !edits.amount.is_keep() {
        (row.amount_cents, row.amount_currency) =
            Money::into_columns(checks.money("amount", edits.amount.over(None)));
    }
    let priority = checks.not_cleared("priority", edits.priority, TaskPriority::None);
    checks.finish().map_err(within_edits)?;
    Ok(priority)
}

/// Why an item cannot be accepted as it is.
fn obstacle(row: &ItemRow, project: &ProjectRow) -> Option<FieldError> {
    let (code, field, message) = if row.kind == ItemKind::Budget.as_str() && row.amount_cents.is_none() {
        (
            UserErrorCode::Required,
            "amount",
            "Give the amount of the budget.",
        )
    } else if row.kind != ItemKind::Deadline.as_str() {
        return None;
    } else if row.due_date.is_none() {
        (
            UserErrorCode::Required,
            "dueDate",
            "Give the day of the deadline.",
        )
    } else if project
        .start_date
        .zip(row.due_date)
        .is_some_and(|(start, due)| due < start)
    {
        (
            UserErrorCode::OutOfRange,
            "dueDate",
            "The project would be due before it begins.",
        )
    } else {
        return None;
    };
    let mut error = FieldError::new(code, field, message);
    error.field.insert(0, "edits".to_owned());
    Some(error)
}

fn within_edits(error: DomainError) -> DomainError {
    match error {
        DomainError::Validation(mut errors) => {
            for error in &mut errors {
                error.field.insert(0, "edits".to_owned());
            }
            DomainError::Validation(errors)
        }
        other => other,
    }
}

fn task_of(
    tx: &TenantTx,
    suggestion: &Model,
    row: &ItemRow,
    priority: TaskPriority,
) -> Result<task::Draft, DomainError> {
    Ok(task::Draft {
        id: tx.new_id(),
        project_id: suggestion.project_id.into(),
        parent_id: None,
        title: row.title.clone(),
        description: String::new(),
        status: TaskStatus::Backlog,
        priority,
        responsible: store::parse(&row.responsible)?,
        assignee_id: None,
        estimate: (row.estimate_min_minutes, row.estimate_max_minutes),
        due_date: row.due_date,
        completed_at: None,
        client_visible: true,
        source_item_id: Some(row.id.into()),
    })
}

async fn change_project(
    tx: &mut TenantTx,
    suggestion: &Model,
    project: ProjectRow,
    changed: ProjectRow,
) -> Result<Option<i32>, DomainError> {
    let was_current = suggestion.project_version == project.version;
    let changed = project::save(tx, "project.apply_suggestion", project, changed).await?;
    Ok(was_current.then_some(changed.version))
}

async fn lock_item(tx: &TenantTx, id: SuggestionItemId) -> Result<(Model, ItemRow), DomainError> {
    let suggestion = item(tx, id).await?.suggestion_id;
    let suggestion = lock(tx, suggestion).await?;
    let rows = state::items(tx, suggestion.id).await?;
    let row = rows
        .into_iter()
        .find(|row| row.id == id.uuid())
        .ok_or(DomainError::NotFound)?;
    Ok((suggestion, row))
}

async fn save(
    tx: &mut TenantTx,
    action: &'static str,
    suggestion: &Model,
    row: ItemRow,
    mut next: ItemRow,
) -> Result<ItemRow, DomainError> {
    next.version += 1;
    let next = store::save(tx, next).await?;
    let subject = Subject::new(NodeKind::SuggestionItem, next.id, Some(suggestion.project_id));
    record::updated(tx, action, subject, &row, &next)?;
    Ok(next)
}

fn refuse<T>(message: &str) -> Result<T, DomainError> {
    Err(DomainError::InvalidState(message.to_owned()))
}
