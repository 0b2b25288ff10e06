//! One thing a suggestion proposes.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::{
    enums::{ItemConfidence, ItemKind, ItemState, RejectReason, Responsible},
    project_note::ProjectNote,
    scalar::{Date, Money},
    suggestion::Suggestion,
    task::Task,
    user::User,
};
use crate::graphql::{
    loader::{Placed, ProjectNoteKey, SuggestionKey, TaskKey, UserKey},
    node,
};

/// One thing a suggestion proposes.
pub struct SuggestionItem(pub Placed);

/// One thing a suggestion proposes, with the sentence it comes from.
#[Object]
impl SuggestionItem {
    /// Unique over everything; begins with `item_`.
    pub(crate) async fn id(&self) -> ID {
        self.0.item.id.to_string().into()
    }

    /// The suggestion it is part of.
    async fn suggestion(&self, ctx: &Context<'_>) -> Result<Suggestion> {
        Ok(Suggestion(
            node::load_required(ctx, SuggestionKey(self.0.workspace_id, self.0.item.suggestion_id)).await?,
        ))
    }

    /// What accepting it makes.
    async fn kind(&self) -> ItemKind {
        self.0.item.kind.into()
    }

    /// What was decided about it.
    async fn state(&self) -> ItemState {
        self.0.item.state.into()
    }

    /// Its place in the suggestion, from 0.
    async fn ordinal(&self) -> i32 {
        self.0.item.ordinal
    }

    /// What it says.
    async fn title(&self) -> &str {
        &self.0.item.title
    }

    /// Exact substring of the document's text; null only for items a person wrote without selecting text.
    async fn quote(&self) -> Option<&str> {
        self.0.item.quote.as_deref()
    }

    /// Where the quote begins in the text, in Unicode code points from 0.
    async fn quote_start(&self) -> Option<i32> {
        self.0.item.quote_start
    }

    /// Where the quote ends in the text, in Unicode code points from 0; the first one behind it.
    async fn quote_end(&self) -> Option<i32> {
        self.0.item.quote_end
    }

    /// A date found with it.
    async fn due_date(&self) -> Option<Date> {
        self.0.item.due_date.map(Date)
    }

    /// Lower end of the effort the text states, in minutes.
    async fn estimate_min_minutes(&self) -> Option<i32> {
        self.0.item.estimate_min_minutes
    }

    /// Upper end of the effort the text states, in minutes.
    async fn estimate_max_minutes(&self) -> Option<i32> {
        self.0.item.estimate_max_minutes
    }

    /// Who has to act.
    async fn responsible(&self) -> Responsible {
        self.0.item.responsible.into()
    }

    /// The amount of a BUDGET; null for other kinds.
    async fn amount(&self) -> Option<Money> {
        self.0.item.amount.clone().map(Into::into)
    }

    /// How sure it is, from the evidence in the text.
    async fn confidence(&self) -> ItemConfidence {
        self.0.item.confidence.into()
    }

    /// Whether a person changed it when accepting.
    async fn edited(&self) -> bool {
        self.0.item.edited
    }

    /// The task it became.
    async fn task(&self, ctx: &Context<'_>) -> Result<Option<Task>> {
        let Some(id) = self.0.item.task_id else {
            return Ok(None);
        };
        Ok(node::load(ctx, TaskKey(self.0.workspace_id, id)).await?.map(Task))
    }

    /// The note it became.
    async fn note(&self, ctx: &Context<'_>) -> Result<Option<ProjectNote>> {
        let Some(id) = self.0.item.note_id else {
            return Ok(None);
        };
        Ok(node::load(ctx, ProjectNoteKey(self.0.workspace_id, id))
            .await?
            .map(ProjectNote))
    }

    /// The task that was planned already when this was found in notes; it is then rejected as ALREADY_KNOWN by nobody,
    /// until somebody reopens it.
    async fn known_task(&self, ctx: &Context<'_>) -> Result<Option<Task>> {
        let Some(id) = self.0.item.known_task_id else {
            return Ok(None);
        };
        Ok(node::load(ctx, TaskKey(self.0.workspace_id, id)).await?.map(Task))
    }

    /// Why it was rejected.
    async fn reject_reason(&self) -> Option<RejectReason> {
        self.0.item.reject_reason.map(Into::into)
    }

    /// What was said when rejecting it.
    async fn reject_comment(&self) -> Option<&str> {
        self.0.item.reject_comment.as_deref()
    }

    /// Who decided; null while nobody has, and where they are no longer a member.
    async fn decided_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let Some(id) = self.0.item.decided_by else {
            return Ok(None);
        };
        Ok(node::load(ctx, UserKey(self.0.workspace_id, id)).await?.map(User))
    }

    /// When it was decided.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.item.decided_at
    }

    /// Counts its changes, from 1; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.item.version
    }
}
