//! Suggestions and their items.

use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::{
    Object, OpenApi,
    param::{Header, Path, Query},
    types::MaybeUndefined,
};
use smartstack_domain::{document::Quote, suggestion};
use smartstack_schema::{
    Engine, ItemConfidence, ItemKind, ItemState, RejectReason, Responsible, SuggestionId, SuggestionItemId,
    SuggestionState, TaskPriority, UseCase, UserErrorCode,
};

use super::{
    super::problem::{FieldProblem, Problem},
    answer::{Answer, Listed, Made, One},
    body::{Sent, any_of, filter, patch, patch_with},
    caller::{Caller, DecideSuggestions, ReadSuggestions, WriteSuggestions, id, version},
    choice::Choice,
    project::Money,
};

/// What a job or a hand proposes, for a person to decide about.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(super) struct Suggestion {
    /// Unique over everything; begins with `suggestion_`.
    id: String,
    /// What for.
    use_case: Choice<UseCase>,
    /// How much of it has been decided.
    state: Choice<SuggestionState>,
    /// Whether its document or project has changed since it was made, while something is left to decide.
    stale: bool,
    /// The job that made it.
    job_id: String,
    /// The text it was made from.
    document_id: String,
    /// The project it is for.
    project_id: String,
    /// What made it.
    engine: Choice<Engine>,
    /// Which model, if one was asked.
    model: Option<String>,
    /// BCP 47 code of the text's main language.
    language: Option<String>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it or one of its items last changed.
    updated_at: DateTime<Utc>,
    /// Counts its changes, from 1; the same as the ETag.
    version: i32,
}

impl From<suggestion::Suggestion> for Suggestion {
    fn from(suggestion: suggestion::Suggestion) -> Self {
        Self {
            id: suggestion.id.to_string(),
            use_case: suggestion.use_case.into(),
            state: suggestion.state.into(),
            stale: suggestion.stale,
            job_id: suggestion.job_id.to_string(),
            document_id: suggestion.document_id.to_string(),
            project_id: suggestion.project_id.to_string(),
            engine: suggestion.provenance.engine.into(),
            model: suggestion.provenance.model,
            language: suggestion.provenance.language,
            created_at: suggestion.created_at,
            updated_at: suggestion.updated_at,
            version: suggestion.version,
        }
    }
}

pub(super) fn one(suggestion: suggestion::Suggestion) -> One<Suggestion> {
    let version = suggestion.version;
    One::versioned(suggestion, version)
}

/// One thing a suggestion proposes, with the sentence it comes from.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(super) struct SuggestionItem {
    /// Unique over everything; begins with `item_`.
    id: String,
    /// The suggestion it is part of.
    suggestion_id: String,
    /// What accepting it makes.
    kind: Choice<ItemKind>,
    /// What was decided about it.
    state: Choice<ItemState>,
    /// Its place in the suggestion, from 0.
    ordinal: i32,
    /// What it says.
    title: String,
    /// Exact substring of the document's text; null only for items a person wrote without selecting text.
    quote: Option<String>,
    /// Where the quote begins in the text, in Unicode code points from 0.
    quote_start: Option<i32>,
    /// Where the quote ends in the text; the first code point behind it.
    quote_end: Option<i32>,
    /// A date found with it.
    due_date: Option<NaiveDate>,
    /// Lower end of the effort the text states, in minutes.
    estimate_min_minutes: Option<i32>,
    /// Upper end of the effort the text states, in minutes.
    estimate_max_minutes: Option<i32>,
    /// Who has to act.
    responsible: Choice<Responsible>,
    /// The amount of a BUDGET; null for other kinds.
    amount: Option<Money>,
    /// How sure it is, from the evidence in the text.
    confidence: Choice<ItemConfidence>,
    /// Whether a person changed it when accepting.
    edited: bool,
    /// The task it became.
    task_id: Option<String>,
    /// The note it became.
    note_id: Option<String>,
    /// Why it was rejected.
    reject_reason: Option<Choice<RejectReason>>,
    /// The same in the person's own words.
    reject_comment: Option<String>,
    /// When it was decided.
    decided_at: Option<DateTime<Utc>>,
    /// Counts its changes, from 1; the same as the ETag.
    version: i32,
}

impl From<suggestion::SuggestionItem> for SuggestionItem {
    fn from(item: suggestion::SuggestionItem) -> Self {
        Self {
            id: item.id.to_string(),
            suggestion_id: item.suggestion_id.to_string(),
            kind: item.kind.into(),
            state: item.state.into(),
            ordinal: item.ordinal,
            title: item.title,
            quote: item.quote,
            quote_start: item.quote_start,
            quote_end: item.quote_end,
            due_date: item.due_date,
            estimate_min_minutes: item.estimate_min_minutes,
            estimate_max_minutes: item.estimate_max_minutes,
            responsible: item.responsible.into(),
            amount: item.amount.map(Into::into),
            confidence: item.confidence.into(),
            edited: item.edited,
            task_id: item.task_id.map(|id| id.to_string()),
            note_id: item.note_id.map(|id| id.to_string()),
            reject_reason: item.reject_reason.map(Into::into),
            reject_comment: item.reject_comment,
            decided_at: item.decided_at,
            version: item.version,
        }
    }
}

fn one_item(item: suggestion::SuggestionItem) -> One<SuggestionItem> {
    let version = item.version;
    One::versioned(item, version)
}

/// An item a person adds by hand.
#[derive(Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ItemAdd {
    /// What accepting it is to make; BUDGET and DEADLINE cannot be added by hand.
    kind: Choice<ItemKind>,
    /// What it says.
    #[oai(validator(min_length = 1, max_length = 200))]
    title: String,
    /// Where the selected text begins, in Unicode code points from 0; goes with quoteEnd.
    quote_start: Option<i32>,
    /// Where the selected text ends; the first code point behind it.
    quote_end: Option<i32>,
    /// When it has to be done.
    due_date: Option<NaiveDate>,
    /// Lower estimate of the effort, in minutes.
    estimate_min_minutes: Option<i32>,
    /// Upper estimate of the effort, in minutes.
    estimate_max_minutes: Option<i32>,
    /// Who has to act; FREELANCER when left out.
    responsible: Option<Choice<Responsible>>,
}

/// What to change of an item when accepting it. A field left out stays; null clears.
#[derive(Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ItemAccept {
    /// What it says. Cannot be cleared.
    title: MaybeUndefined<String>,
    /// When it has to be done.
    due_date: MaybeUndefined<NaiveDate>,
    /// Lower estimate of the effort, in minutes.
    estimate_min_minutes: MaybeUndefined<i32>,
    /// Upper estimate of the effort, in minutes.
    estimate_max_minutes: MaybeUndefined<i32>,
    /// Who has to act. Cannot be cleared.
    responsible: MaybeUndefined<Choice<Responsible>>,
    /// How pressing the task is.
    priority: MaybeUndefined<Choice<TaskPriority>>,
    /// The amount of a BUDGET.
    amount: MaybeUndefined<Money>,
}

/// Why an item is rejected.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(super) struct ItemReject {
    /// Why; helps to propose better.
    reason: Option<Choice<RejectReason>>,
    /// In one's own words.
    comment: Option<String>,
}

/// The operations on suggestions.
pub(super) struct Suggestions;

#[OpenApi(tag = "super::Tag::Suggestions")]
impl Suggestions {
    /// List suggestions
    ///
    /// Page by page, newest first.
    #[allow(clippy::too_many_arguments, reason = "the parameters of a list")]
    #[oai(
        path = "/workspaces/:workspace/suggestions",
        method = "get",
        operation_id = "suggestionList"
    )]
    async fn list(
        &self,
        caller: Caller<ReadSuggestions>,
        /// The workspace's id.
        workspace: Path<String>,
        /// In one of these states.
        state: Query<Option<Vec<Choice<SuggestionState>>>>,
        /// For this project.
        #[oai(name = "projectId")]
        project_id: Query<Option<String>>,
        /// True for those that wait for a decision, false for the others.
        waiting: Query<Option<bool>>,
        /// At most this many, 0 to 100; 20 when left out.
        #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
        first: Query<Option<i32>>,
        /// Only what follows this cursor: `endCursor` of the page before.
        after: Query<Option<String>>,
    ) -> Answer<Listed<Suggestion>> {
        let here = caller.enter(&workspace)?;
        let wanted = suggestion::SuggestionFilter {
            state: any_of(state.0),
            project_id: filter("projectId", project_id.as_deref())?,
            waiting: waiting.0,
        };
        let page = here.page(first.0, after.0).await?;
        let found = here
            .read(move |tx| Box::pin(async move { suggestion::list(tx, &wanted, &page).await }))
            .await?;
        Ok(Listed::new(&here, found))
    }

    /// Read a suggestion
    #[oai(
        path = "/workspaces/:workspace/suggestions/:suggestion",
        method = "get",
        operation_id = "suggestionGet"
    )]
    async fn get(
        &self,
        caller: Caller<ReadSuggestions>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The suggestion's id.
        suggestion: Path<String>,
    ) -> Answer<One<Suggestion>> {
        let here = caller.enter(&workspace)?;
        let id: SuggestionId = id(&suggestion)?;
        let found = here
            .read(move |tx| Box::pin(async move { suggestion::get(tx, id).await }))
            .await?;
        Ok(one(found))
    }

    /// Read a job's suggestion
    ///
    /// There is one once the job is READY.
    #[oai(
        path = "/workspaces/:workspace/jobs/:job/suggestion",
        method = "get",
        operation_id = "jobSuggestion"
    )]
    async fn of_job(
        &self,
        caller: Caller<ReadSuggestions>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The job's id.
        job: Path<String>,
    ) -> Answer<One<Suggestion>> {
        let here = caller.enter(&workspace)?;
        let id = id(&job)?;
        let mut found = here
            .read(move |tx| Box::pin(async move { suggestion::by_job_ids(tx, &[id]).await }))
            .await?;
        Ok(one(found.remove(&id).ok_or_else(Problem::not_found)?))
    }

    /// List a suggestion's items
    ///
    /// All of them, in their order in the text.
    #[oai(
        path = "/workspaces/:workspace/suggestions/:suggestion/items",
        method = "get",
        operation_id = "suggestionItemList"
    )]
    async fn items(
        &self,
        caller: Caller<ReadSuggestions>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The suggestion's id.
        suggestion: Path<String>,
    ) -> Answer<Listed<SuggestionItem>> {
        let here = caller.enter(&workspace)?;
        let id: SuggestionId = id(&suggestion)?;
        let mut found = here
            .read(move |tx| {
                Box::pin(async move {
                    suggestion::get(tx, id).await?;
                    suggestion::items_by_suggestion_ids(tx, &[id]).await
                })
            })
            .await?;
        Ok(Listed::whole(found.remove(&id).unwrap_or_default()))
    }

    /// Add an item by hand
    #[oai(
        path = "/workspaces/:workspace/suggestions/:suggestion/items",
        method = "post",
        operation_id = "suggestionItemAdd"
    )]
    async fn add(
        &self,
        caller: Caller<WriteSuggestions>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The suggestion's id.
        suggestion: Path<String>,
        /// Makes it safe to send the request again, for 24 hours.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        /// The item to be added.
        body: Sent<ItemAdd>,
    ) -> Answer<Made<SuggestionItem>> {
        let here = caller.enter(&workspace)?;
        let id: SuggestionId = id(&suggestion)?;
        let new = body.0;
        let half = |missing: &str| {
            let message = "Give both ends of the quote, or none.";
            Problem::unprocessable(vec![FieldProblem::new(UserErrorCode::Required, missing, message)])
        };
        let quote = match (new.quote_start, new.quote_end) {
            (None, None) => None,
            (Some(start), Some(end)) => Some(Quote { start, end }),
            (Some(_), None) => return Err(half("quoteEnd").into()),
            (None, Some(_)) => return Err(half("quoteStart").into()),
        };
        let new = suggestion::NewItem {
            kind: new.kind.0,
            title: new.title,
            quote,
            due_date: new.due_date,
            estimate_min_minutes: new.estimate_min_minutes,
            estimate_max_minutes: new.estimate_max_minutes,
            responsible: new.responsible.map(|responsible| responsible.0),
            idempotency_key: key.0,
        };
        let made = here
            .make(move |tx| Box::pin(async move { suggestion::add_item(tx, id, new).await }))
            .await?;
        let id = made.id;
        Ok(one_item(made).made(&here, "suggestion-items", id))
    }

    /// Accept every open item
    ///
    /// Answers with the items that were accepted.
    #[oai(
        path = "/workspaces/:workspace/suggestions/:suggestion/accept-all",
        method = "post",
        operation_id = "suggestionAcceptAll"
    )]
    async fn accept_all(
        &self,
        caller: Caller<DecideSuggestions>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The suggestion's id.
        suggestion: Path<String>,
        /// The ETag it was read with; refused if it has changed since. Left out: the last write wins, on purpose.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Answer<Listed<SuggestionItem>> {
        let here = caller.enter(&workspace)?;
        let (id, expected): (SuggestionId, _) = (id(&suggestion)?, version(if_match.as_deref())?);
        let (_, items) = here
            .change(move |tx| Box::pin(async move { suggestion::accept_all(tx, id, expected).await }))
            .await?;
        Ok(Listed::whole(items))
    }

    /// Put a suggestion aside
    ///
    /// What was accepted of it stays.
    #[oai(
        path = "/workspaces/:workspace/suggestions/:suggestion/dismiss",
        method = "post",
        operation_id = "suggestionDismiss"
    )]
    async fn dismiss(
        &self,
        caller: Caller<WriteSuggestions>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The suggestion's id.
        suggestion: Path<String>,
    ) -> Answer<One<Suggestion>> {
        let here = caller.enter(&workspace)?;
        let id: SuggestionId = id(&suggestion)?;
        let changed = here
            .change(move |tx| Box::pin(async move { suggestion::dismiss(tx, id, None).await }))
            .await?;
        Ok(one(changed))
    }

    /// Take up a suggestion again
    #[oai(
        path = "/workspaces/:workspace/suggestions/:suggestion/reopen",
        method = "post",
        operation_id = "suggestionReopen"
    )]
    async fn reopen(
        &self,
        caller: Caller<WriteSuggestions>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The suggestion's id.
        suggestion: Path<String>,
    ) -> Answer<One<Suggestion>> {
        let here = caller.enter(&workspace)?;
        let id: SuggestionId = id(&suggestion)?;
        let changed = here
            .change(move |tx| Box::pin(async move { suggestion::reopen(tx, id, None).await }))
            .await?;
        Ok(one(changed))
    }

    /// Read a suggestion's item
    #[oai(
        path = "/workspaces/:workspace/suggestion-items/:item",
        method = "get",
        operation_id = "suggestionItemGet"
    )]
    async fn item(
        &self,
        caller: Caller<ReadSuggestions>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The item's id.
        item: Path<String>,
    ) -> Answer<One<SuggestionItem>> {
        let here = caller.enter(&workspace)?;
        let id: SuggestionItemId = id(&item)?;
        let found = here
            .read(move |tx| Box::pin(async move { suggestion::item(tx, id).await }))
            .await?;
        Ok(one_item(found))
    }

    /// Accept an item
    ///
    /// With changes or without: makes the task or note, or sets the project's budget or due date.
    #[oai(
        path = "/workspaces/:workspace/suggestion-items/:item/accept",
        method = "post",
        operation_id = "suggestionItemAccept"
    )]
    async fn accept(
        &self,
        caller: Caller<DecideSuggestions>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The item's id.
        item: Path<String>,
        /// The ETag it was read with; refused if it has changed since. Left out: the last write wins, on purpose.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// What to change of it first; `{}` for nothing.
        body: Sent<ItemAccept>,
    ) -> Answer<One<SuggestionItem>> {
        let here = caller.enter(&workspace)?;
        let (id, expected): (SuggestionItemId, _) = (id(&item)?, version(if_match.as_deref())?);
        let edits = body.0;
        let edits = suggestion::ItemEdits {
            title: patch(edits.title),
            due_date: patch(edits.due_date),
            estimate_min_minutes: patch(edits.estimate_min_minutes),
            estimate_max_minutes: patch(edits.estimate_max_minutes),
            responsible: patch_with(edits.responsible, |responsible| responsible.0),
            priority: patch_with(edits.priority, |priority| priority.0),
            amount: patch_with(edits.amount, Into::into),
        };
        let changed = here
            .change(move |tx| Box::pin(async move { suggestion::accept(tx, id, expected, edits).await }))
            .await?;
        Ok(one_item(changed))
    }

    /// Reject an item
    #[oai(
        path = "/workspaces/:workspace/suggestion-items/:item/reject",
        method = "post",
        operation_id = "suggestionItemReject"
    )]
    async fn reject(
        &self,
        caller: Caller<WriteSuggestions>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The item's id.
        item: Path<String>,
        /// The ETag it was read with; refused if it has changed since. Left out: the last write wins, on purpose.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// Why.
        body: Sent<ItemReject>,
    ) -> Answer<One<SuggestionItem>> {
        let here = caller.enter(&workspace)?;
        let (id, expected): (SuggestionItemId, _) = (id(&item)?, version(if_match.as_deref())?);
        let (reason, comment) = (body.0.reason.map(|reason| reason.0), body.0.comment);
        let changed = here
            .change(move |tx| {
                Box::pin(
                    async move { suggestion::reject(tx, id, expected, reason, comment.as_deref()).await },
                )
            })
            .await?;
        Ok(one_item(changed))
    }

    /// Open an item again
    ///
    /// What accepting it made is taken away.
    #[oai(
        path = "/workspaces/:workspace/suggestion-items/:item/reopen",
        method = "post",
        operation_id = "suggestionItemReopen"
    )]
    async fn reopen_item(
        &self,
        caller: Caller<DecideSuggestions>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The item's id.
        item: Path<String>,
    ) -> Answer<One<SuggestionItem>> {
        let here = caller.enter(&workspace)?;
        let id: SuggestionItemId = id(&item)?;
        let changed = here
            .change(move |tx| Box::pin(async move { suggestion::reopen_item(tx, id, None).await }))
            .await?;
        Ok(one_item(changed))
    }
}
