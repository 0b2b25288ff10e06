//! Deciding on items: accepting, rejecting, adding, taking back.

use cynic::{coercions::CoercesTo, schema::IsScalar};
use serde::{Serialize, Serializer};

use super::SuggestionItem;
use crate::{
    fmt::Day,
    gql::{
        Ask, Error, UserError, documents, run, settle,
        types::{ItemKind, MoneyInput, NodeVersionInput, RejectReason, Responsible, TaskPriority},
    },
    schema,
};

documents! {
    mutation AcceptItem(AcceptVariables);
    mutation RejectItem(RejectVariables);
    mutation AcceptAll(NodeVersionVariables);
    mutation Dismiss(NodeVersionVariables);
    mutation Reopen(NodeVersionVariables);
    mutation ReopenItems(ReopenVariables);
    mutation AddItem(AddVariables);
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "SuggestionItemPayload")]
pub(crate) struct ItemPayload {
    pub(crate) suggestion_item: Option<SuggestionItem>,
    pub(crate) user_errors: Vec<UserError>,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "SuggestionItemsPayload")]
pub(crate) struct ItemsPayload {
    pub(crate) suggestion: Option<SuggestionId>,
    pub(crate) items: Vec<SuggestionItem>,
    pub(crate) user_errors: Vec<UserError>,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "SuggestionPayload")]
pub(crate) struct SuggestionPayload {
    pub(crate) suggestion: Option<SuggestionId>,
    pub(crate) user_errors: Vec<UserError>,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Suggestion")]
pub(crate) struct SuggestionId {
    pub(crate) id: cynic::Id,
}

/// A value that can be left alone, emptied or set: left out, `null` or the value on the wire.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Edit<T> {
    /// It stays.
    #[default]
    Keep,
    /// It is emptied.
    Clear,
    /// It becomes this.
    To(T),
}

impl<T: PartialEq> Edit<T> {
    /// From what it was to what it shall be.
    pub(crate) fn between(before: Option<&T>, after: Option<T>) -> Self {
        match after {
            after if before == after.as_ref() => Self::Keep,
            Some(after) => Self::To(after),
            None => Self::Clear,
        }
    }

    /// What `value` is after the edit.
    pub(crate) fn apply(&self, value: &mut Option<T>)
    where
        T: Clone,
    {
        match self {
            Self::Keep => {}
            Self::Clear => *value = None,
            Self::To(new) => *value = Some(new.clone()),
        }
    }

    fn is_keep(&self) -> bool {
        *self == Self::Keep
    }
}

impl<T: Serialize> Serialize for Edit<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep | Self::Clear => serializer.serialize_none(),
            Self::To(value) => value.serialize(serializer),
        }
    }
}

impl<T: CoercesTo<S>, S> CoercesTo<Option<S>> for Edit<T> {}

impl<T: IsScalar<S>, S> IsScalar<S> for Edit<T> {
    type SchemaType = T::SchemaType;
}

/// What the person changed before accepting.
#[derive(cynic::InputObject, Debug, Clone, Default, PartialEq)]
#[cynic(graphql_type = "ItemEditsInput")]
pub(crate) struct ItemEdits {
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    #[cynic(skip_serializing_if = "Edit::is_keep")]
    pub(crate) due_date: Edit<Day>,
    #[cynic(skip_serializing_if = "Edit::is_keep")]
    pub(crate) estimate_min_minutes: Edit<i32>,
    #[cynic(skip_serializing_if = "Edit::is_keep")]
    pub(crate) estimate_max_minutes: Edit<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) responsible: Option<Responsible>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) priority: Option<TaskPriority>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) amount: Option<MoneyInput>,
}

#[derive(cynic::InputObject, Debug, Clone)]
pub(crate) struct SuggestionItemAcceptInput {
    pub(crate) id: cynic::Id,
    pub(crate) expected_version: Option<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) edits: Option<ItemEdits>,
}

#[derive(cynic::QueryVariables, Debug, Clone)]
pub(crate) struct AcceptVariables {
    pub(crate) input: SuggestionItemAcceptInput,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Mutation", variables = "AcceptVariables")]
pub(crate) struct AcceptItem {
    #[arguments(input: $input)]
    pub(crate) suggestion_item_accept: ItemPayload,
}

#[derive(cynic::InputObject, Debug, Clone)]
pub(crate) struct SuggestionItemRejectInput {
    pub(crate) id: cynic::Id,
    pub(crate) expected_version: Option<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<RejectReason>,
}

#[derive(cynic::QueryVariables, Debug, Clone)]
pub(crate) struct RejectVariables {
    pub(crate) input: SuggestionItemRejectInput,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Mutation", variables = "RejectVariables")]
pub(crate) struct RejectItem {
    #[arguments(input: $input)]
    pub(crate) suggestion_item_reject: ItemPayload,
}

#[derive(cynic::QueryVariables, Debug, Clone)]
pub(crate) struct NodeVersionVariables {
    pub(crate) input: NodeVersionInput,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Mutation", variables = "NodeVersionVariables")]
pub(crate) struct AcceptAll {
    #[arguments(input: $input)]
    pub(crate) suggestion_accept_all: ItemsPayload,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Mutation", variables = "NodeVersionVariables")]
pub(crate) struct Dismiss {
    #[arguments(input: $input)]
    pub(crate) suggestion_dismiss: SuggestionPayload,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Mutation", variables = "NodeVersionVariables")]
pub(crate) struct Reopen {
    #[arguments(input: $input)]
    pub(crate) suggestion_reopen: SuggestionPayload,
}

#[derive(cynic::InputObject, Debug, Clone)]
pub(crate) struct SuggestionReopenItemsInput {
    pub(crate) suggestion_id: cynic::Id,
    pub(crate) item_ids: Vec<cynic::Id>,
}

#[derive(cynic::QueryVariables, Debug, Clone)]
pub(crate) struct ReopenVariables {
    pub(crate) input: SuggestionReopenItemsInput,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Mutation", variables = "ReopenVariables")]
pub(crate) struct ReopenItems {
    #[arguments(input: $input)]
    pub(crate) suggestion_reopen_items: ItemsPayload,
}

#[derive(cynic::InputObject, Debug, Clone)]
pub(crate) struct SuggestionItemAddInput {
    pub(crate) suggestion_id: cynic::Id,
    pub(crate) kind: ItemKind,
    pub(crate) title: String,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) quote_start: Option<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) quote_end: Option<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) idempotency_key: Option<String>,
}

#[derive(cynic::QueryVariables, Debug, Clone)]
pub(crate) struct AddVariables {
    pub(crate) input: SuggestionItemAddInput,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Mutation", variables = "AddVariables")]
pub(crate) struct AddItem {
    #[arguments(input: $input)]
    pub(crate) suggestion_item_add: ItemPayload,
}

/// Accepts an item, with edits or as it stands.
pub(crate) async fn accept(
    id: String,
    expected_version: Option<i32>,
    edits: Option<ItemEdits>,
) -> Result<SuggestionItem, Error> {
    let input = SuggestionItemAcceptInput {
        id: id.into(),
        expected_version,
        edits,
    };
    let payload = run(AcceptItem::build(AcceptVariables { input }))
        .await?
        .suggestion_item_accept;
    settle(payload.suggestion_item, payload.user_errors)
}

/// Rejects an item, saying why or not.
pub(crate) async fn reject(
    id: String,
    expected_version: Option<i32>,
    reason: Option<RejectReason>,
) -> Result<SuggestionItem, Error> {
    let input = SuggestionItemRejectInput {
        id: id.into(),
        expected_version,
        reason,
    };
    let payload = run(RejectItem::build(RejectVariables { input }))
        .await?
        .suggestion_item_reject;
    settle(payload.suggestion_item, payload.user_errors)
}

/// Accepts every open item of a suggestion; answers with the items it accepted.
pub(crate) async fn accept_all(id: String) -> Result<Vec<SuggestionItem>, Error> {
    let variables = NodeVersionVariables {
        input: NodeVersionInput {
            id: id.into(),
            expected_version: None,
        },
    };
    let payload = run(AcceptAll::build(variables)).await?.suggestion_accept_all;
    settle(payload.suggestion.map(|_| payload.items), payload.user_errors)
}

/// Takes decisions back; what accepting made goes away again.
pub(crate) async fn reopen(suggestion: String, items: Vec<String>) -> Result<Vec<SuggestionItem>, Error> {
    let item_ids = items.into_iter().map(Into::into).collect();
    let input = SuggestionReopenItemsInput {
        suggestion_id: suggestion.into(),
        item_ids,
    };
    let payload = run(ReopenItems::build(ReopenVariables { input }))
        .await?
        .suggestion_reopen_items;
    settle(payload.suggestion.map(|_| payload.items), payload.user_errors)
}

/// Adds an item by hand; `quote` are the code points it stands on.
pub(crate) async fn add(
    suggestion: String,
    kind: ItemKind,
    title: String,
    quote: Option<(usize, usize)>,
    key: String,
) -> Result<SuggestionItem, Error> {
    let place = |at: usize| i32::try_from(at).ok();
    let input = SuggestionItemAddInput {
        suggestion_id: suggestion.into(),
        kind,
        title,
        quote_start: quote.and_then(|(start, _)| place(start)),
        quote_end: quote.and_then(|(_, end)| place(end)),
        idempotency_key: Some(key),
    };
    let payload = run(AddItem::build(AddVariables { input }))
        .await?
        .suggestion_item_add;
    settle(payload.suggestion_item, payload.user_errors)
}

/// Puts a suggestion aside, or takes it up again.
pub(crate) async fn set_aside(id: String, aside: bool) -> Result<(), Error> {
    let variables = NodeVersionVariables {
        input: NodeVersionInput {
            id: id.into(),
            expected_version: None,
        },
    };
    let payload = if aside {
        run(Dismiss::build(variables)).await?.suggestion_dismiss
    } else {
        run(Reopen::build(variables)).await?.suggestion_reopen
    };
    settle(payload.suggestion, payload.user_errors).map(drop)
}
