//! Deciding about what was proposed.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use smartstack_domain::{TenantTx, db::Work, document::Quote, status, suggestion};
use smartstack_schema::{SuggestionId, SuggestionItemId, UserErrorCode};

use super::NodeVersionInput;
use crate::graphql::{
    context::ContextExt,
    loader::{Placed, SuggestionItemKey, SuggestionKey},
    model::{
        enums::{ItemKind, RejectReason, Responsible, TaskPriority},
        scalar::{Date, MoneyInput},
        suggestion::Suggestion,
        suggestion_item::SuggestionItem,
    },
    node,
    payload::{Ids, Outcome, UserError, change, patch, payload, write},
};

/// An item a person adds by hand.
#[derive(InputObject)]
pub struct SuggestionItemAddInput {
    /// The suggestion.
    suggestion_id: ID,
    /// What accepting it is to make; BUDGET and DEADLINE cannot be added by hand.
    kind: ItemKind,
    /// What it says.
    title: String,
    /// Where the selected text begins, in Unicode code points from 0; goes with quoteEnd.
    quote_start: Option<i32>,
    /// Where the selected text ends, in Unicode code points from 0; the first one behind it.
    quote_end: Option<i32>,
    /// When it has to be done.
    due_date: Option<Date>,
    /// Lower estimate of the effort, in minutes.
    estimate_min_minutes: Option<i32>,
    /// Upper estimate of the effort, in minutes.
    estimate_max_minutes: Option<i32>,
    /// Who has to act; FREELANCER when left out.
    responsible: Option<Responsible>,
    /// Sent again with the same key within 24 hours, the request gives the first answer and makes nothing.
    idempotency_key: Option<String>,
}

/// An item to be accepted, with changes or without.
#[derive(InputObject)]
pub struct SuggestionItemAcceptInput {
    /// The item.
    id: ID,
    /// The version it was read at; refused if it has changed since. Left out: the last write wins, on purpose.
    expected_version: Option<i32>,
    /// What to change of it first.
    edits: Option<ItemEditsInput>,
}

/// What to change of an item when accepting it. A field left out stays; null clears.
#[derive(InputObject)]
pub struct ItemEditsInput {
    /// What it says. Cannot be cleared.
    title: MaybeUndefined<String>,
    /// When it has to be done.
    due_date: MaybeUndefined<Date>,
    /// Lower estimate of the effort, in minutes.
    estimate_min_minutes: MaybeUndefined<i32>,
    /// Upper estimate of the effort, in minutes.
    estimate_max_minutes: MaybeUndefined<i32>,
    /// Who has to act. Cannot be cleared.
    responsible: MaybeUndefined<Responsible>,
    /// How pressing the task is.
    priority: MaybeUndefined<TaskPriority>,
    /// The amount of a BUDGET.
    amount: MaybeUndefined<MoneyInput>,
}

/// An item to be rejected.
#[derive(InputObject)]
pub struct SuggestionItemRejectInput {
    /// The item.
    id: ID,
    /// The version it was read at; refused if it has changed since. Left out: the last write wins, on purpose.
    expected_version: Option<i32>,
    /// Why; helps to propose better.
    reason: Option<RejectReason>,
    /// In one's own words.
    comment: Option<String>,
}

/// Items to be opened again.
#[derive(InputObject)]
pub struct SuggestionReopenItemsInput {
    /// The suggestion.
    suggestion_id: ID,
    /// Items of it.
    item_ids: Vec<ID>,
}

payload! {
    /// What became of a mutation of a suggestion.
    SuggestionPayload {
        /// The suggestion as it is now; after a lost race the current one, null when it is not there.
        suggestion: Suggestion
    }
}

payload! {
    /// What became of a mutation of a suggestion's item.
    SuggestionItemPayload {
        /// The item as it is now; after a lost race the current one, null when it is not there.
        suggestion_item: SuggestionItem
    }
}

/// What became of deciding about several items at once.
#[derive(SimpleObject)]
pub struct SuggestionItemsPayload {
    /// The suggestion as it is now; null where it is not there.
    pub suggestion: Option<Suggestion>,
    /// The items that were changed.
    pub items: Vec<SuggestionItem>,
    /// What stood in the way; empty when it was done.
    pub user_errors: Vec<UserError>,
}

impl SuggestionItemsPayload {
    fn refused(errors: Vec<UserError>) -> Self {
        Self {
            suggestion: None,
            items: Vec::new(),
            user_errors: errors,
        }
    }
}

/// The draft of a reply.
#[derive(InputObject)]
pub struct SuggestionDraftUpdateInput {
    /// The suggestion.
    id: ID,
    /// The version it was read at; refused if it has changed since. Left out: the last write wins, on purpose.
    expected_version: Option<i32>,
    /// The draft, at most 20 000 characters.
    draft: String,
}

/// The sentences of an update for a client.
#[derive(InputObject)]
pub struct SuggestionSentencesUpdateInput {
    /// The suggestion.
    id: ID,
    /// The version it was read at; refused if it has changed since. Left out: the last write wins, on purpose.
    expected_version: Option<i32>,
    /// All of them, in order; at most 60.
    sentences: Vec<SentenceInput>,
}

/// A sentence, and what it rests on.
#[derive(InputObject)]
pub struct SentenceInput {
    /// What it says; at most 1 000 characters.
    text: String,
    /// Numbers of the suggestion's facts; none for a sentence of one's own.
    facts: Vec<i32>,
}

/// The place of the fact with a number. A number that is none is one of a fact that is not there.
fn place(number: i32) -> usize {
    let place = number
        .checked_sub(1)
        .and_then(|place| usize::try_from(place).ok());
    place.unwrap_or(usize::MAX)
}

/// Mutations of suggestions.
#[derive(Default)]
pub struct SuggestionMutation;

#[Object]
impl SuggestionMutation {
    /// Adds an item by hand, usually from selected text.
    async fn suggestion_item_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The item to be added.")] input: SuggestionItemAddInput,
    ) -> Result<SuggestionItemPayload> {
        ctx.signed_in()?;
        let missing = || Outcome::not_found("suggestionId").into();
        let Some(id) = node::read::<SuggestionId>(&input.suggestion_id) else {
            return Ok(missing());
        };
        let Some(scope) = node::scope_of(ctx, |ws| SuggestionKey(ws, id)).await? else {
            return Ok(missing());
        };
        let quote = match (input.quote_start, input.quote_end) {
            (None, None) => None,
            (Some(start), Some(end)) => Some(Quote { start, end }),
            (Some(_), None) => return Ok(half_a_quote("quoteEnd")),
            (None, Some(_)) => return Ok(half_a_quote("quoteStart")),
        };
        let new = suggestion::NewItem {
            kind: input.kind.into(),
            title: input.title,
            quote,
            due_date: input.due_date.map(|day| day.0),
            estimate_min_minutes: input.estimate_min_minutes,
            estimate_max_minutes: input.estimate_max_minutes,
            responsible: input.responsible.map(Into::into),
            idempotency_key: input.idempotency_key,
        };
        Ok(write(ctx, &scope, "suggestionId", "idempotencyKey", move |tx| {
            Box::pin(async move {
                suggestion::add_item(tx, id, new)
                    .await
                    .map(|item| Placed::new(tx, item))
            })
        })
        .await?
        .map(SuggestionItem)
        .into())
    }

    /// Accepts an item, with changes or without: makes the task or note, or sets the project's budget or due date.
    async fn suggestion_item_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which item, and what to change of it first.")] input: SuggestionItemAcceptInput,
    ) -> Result<SuggestionItemPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<SuggestionItemId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let expected = input.expected_version;
        let edits = input.edits.map(edits).unwrap_or_default();
        let outcome = change(
            ctx,
            |ws| SuggestionItemKey(ws, id),
            move |tx| {
                Box::pin(async move {
                    suggestion::accept(tx, id, expected, edits)
                        .await
                        .map(|item| Placed::new(tx, item))
                })
            },
        );
        Ok(outcome.await?.map(SuggestionItem).into())
    }

    /// Rejects an item.
    async fn suggestion_item_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which item, and why.")] input: SuggestionItemRejectInput,
    ) -> Result<SuggestionItemPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<SuggestionItemId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let (expected, reason, comment) = (
            input.expected_version,
            input.reason.map(Into::into),
            input.comment,
        );
        let outcome = change(
            ctx,
            |ws| SuggestionItemKey(ws, id),
            move |tx| {
                Box::pin(async move {
                    let item = suggestion::reject(tx, id, expected, reason, comment.as_deref()).await;
                    item.map(|item| Placed::new(tx, item))
                })
            },
        );
        Ok(outcome.await?.map(SuggestionItem).into())
    }

    /// Opens an item again; what accepting it made is taken away.
    async fn suggestion_item_reopen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which item.")] input: NodeVersionInput,
    ) -> Result<SuggestionItemPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<SuggestionItemId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let outcome = change(
            ctx,
            |ws| SuggestionItemKey(ws, id),
            move |tx| {
                Box::pin(async move {
                    suggestion::reopen_item(tx, id, input.expected_version)
                        .await
                        .map(|item| Placed::new(tx, item))
                })
            },
        );
        Ok(outcome.await?.map(SuggestionItem).into())
    }

    /// Accepts every open item; suggestionReopenItems undoes it.
    async fn suggestion_accept_all(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which suggestion.")] input: NodeVersionInput,
    ) -> Result<SuggestionItemsPayload> {
        ctx.signed_in()?;
        let missing = || SuggestionItemsPayload::refused(vec![UserError::not_found("id")]);
        let Some(id) = node::read::<SuggestionId>(&input.id) else {
            return Ok(missing());
        };
        let Some(scope) = node::scope_of(ctx, |ws| SuggestionKey(ws, id)).await? else {
            return Ok(missing());
        };
        let outcome = write(ctx, &scope, "id", "expectedVersion", move |tx| {
            Box::pin(async move {
                let (_, items) = suggestion::accept_all(tx, id, input.expected_version).await?;
                Ok(items.into_iter().map(|item| Placed::new(tx, item)).collect())
            })
        });
        decided(ctx, SuggestionKey(scope.workspace_id(), id), outcome.await?).await
    }

    /// Opens several items again; what accepting them made is taken away.
    async fn suggestion_reopen_items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which items.")] input: SuggestionReopenItemsInput,
    ) -> Result<SuggestionItemsPayload> {
        ctx.signed_in()?;
        let missing = || SuggestionItemsPayload::refused(vec![UserError::not_found("suggestionId")]);
        let Some(id) = node::read::<SuggestionId>(&input.suggestion_id) else {
            return Ok(missing());
        };
        let Some(scope) = node::scope_of(ctx, |ws| SuggestionKey(ws, id)).await? else {
            return Ok(missing());
        };
        let mut ids = Ids::default();
        let items: Vec<SuggestionItemId> = input
            .item_ids
            .iter()
            .filter_map(|id| ids.optional("itemIds", Some(id)))
            .collect();
        if let Err(refusal) = ids.finish::<()>() {
            return Ok(SuggestionItemsPayload::refused(refusal.errors));
        }
        let outcome = write(ctx, &scope, "suggestionId", "itemIds", move |tx| {
            Box::pin(async move {
                let (_, items) = suggestion::reopen_items(tx, id, &items).await?;
                Ok(items.into_iter().map(|item| Placed::new(tx, item)).collect())
            })
        });
        decided(ctx, SuggestionKey(scope.workspace_id(), id), outcome.await?).await
    }

    /// Puts a suggestion aside; what was accepted of it stays.
    async fn suggestion_dismiss(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which suggestion.")] input: NodeVersionInput,
    ) -> Result<SuggestionPayload> {
        changed(ctx, &input.id, move |tx, id| {
            Box::pin(suggestion::dismiss(tx, id, input.expected_version))
        })
        .await
    }

    /// Keeps what somebody made of the draft of a reply.
    async fn suggestion_draft_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which suggestion, and its draft.")] input: SuggestionDraftUpdateInput,
    ) -> Result<SuggestionPayload> {
        let (id, version, draft) = (input.id, input.expected_version, input.draft);
        changed(ctx, &id, move |tx, id| {
            Box::pin(async move { suggestion::update_draft(tx, id, version, &draft).await })
        })
        .await
    }

    /// Keeps what somebody made of the sentences of an update. What is published stays until it is published anew.
    async fn suggestion_sentences_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which suggestion, and its sentences.")] input: SuggestionSentencesUpdateInput,
    ) -> Result<SuggestionPayload> {
        let sentences: Vec<status::Sentence> = input
            .sentences
            .into_iter()
            .map(|sentence| status::Sentence {
                text: sentence.text,
                facts: sentence.facts.into_iter().map(place).collect(),
            })
            .collect();
        changed(ctx, &input.id, move |tx, id| {
            Box::pin(status::update_sentences(
                tx,
                id,
                input.expected_version,
                sentences,
            ))
        })
        .await
    }

    /// Shows an update to the client of the link it was drawn from, in place of one that was published before.
    async fn suggestion_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which suggestion.")] input: NodeVersionInput,
    ) -> Result<SuggestionPayload> {
        changed(ctx, &input.id, move |tx, id| {
            Box::pin(status::publish(tx, id, input.expected_version))
        })
        .await
    }

    /// Takes an update from the client's page.
    async fn suggestion_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which suggestion.")] input: NodeVersionInput,
    ) -> Result<SuggestionPayload> {
        changed(ctx, &input.id, move |tx, id| {
            Box::pin(status::withdraw(tx, id, input.expected_version))
        })
        .await
    }

    /// Takes up a suggestion again that was put aside.
    async fn suggestion_reopen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which suggestion.")] input: NodeVersionInput,
    ) -> Result<SuggestionPayload> {
        changed(ctx, &input.id, move |tx, id| {
            Box::pin(suggestion::reopen(tx, id, input.expected_version))
        })
        .await
    }
}

/// Changes one suggestion.
async fn changed<F>(ctx: &Context<'_>, id: &ID, work: F) -> Result<SuggestionPayload>
where
    F: for<'t> FnOnce(&'t mut TenantTx, SuggestionId) -> Work<'t, suggestion::Suggestion> + Send + 'static,
{
    ctx.signed_in()?;
    let Some(id) = node::read::<SuggestionId>(id) else {
        return Ok(Outcome::not_found("id").into());
    };
    let outcome = change(ctx, |ws| SuggestionKey(ws, id), move |tx| work(tx, id));
    Ok(outcome.await?.map(Suggestion).into())
}

/// Where a quote begins says nothing without where it ends.
fn half_a_quote(missing: &str) -> SuggestionItemPayload {
    let message = "Give both ends of the quote, or none.";
    Outcome::refused(vec![UserError::of(UserErrorCode::Required, missing, message)]).into()
}

fn edits(input: ItemEditsInput) -> suggestion::ItemEdits {
    suggestion::ItemEdits {
        title: patch(input.title),
        due_date: patch(input.due_date),
        estimate_min_minutes: patch(input.estimate_min_minutes),
        estimate_max_minutes: patch(input.estimate_max_minutes),
        responsible: patch(input.responsible),
        priority: patch(input.priority),
        amount: patch(input.amount),
    }
}

/// The payload of deciding about several items, with the suggestion as it is now.
async fn decided(
    ctx: &Context<'_>,
    key: SuggestionKey,
    outcome: Outcome<Vec<Placed>>,
) -> Result<SuggestionItemsPayload> {
    Ok(SuggestionItemsPayload {
        suggestion: node::load(ctx, key).await?.map(Suggestion),
        items: outcome
            .resource
            .unwrap_or_default()
            .into_iter()
            .map(SuggestionItem)
            .collect(),
        user_errors: outcome.errors,
    })
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn any_number_has_a_place() {
        let places = [1, 7, 0, -1, i32::MIN, i32::MAX].map(place);
        let none = usize::MAX;
        assert_eq!(places, [0, 6, none, none, none, 2_147_483_646]);
    }
}
