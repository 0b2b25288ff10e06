//! What the review reads and writes.

mod decide;
mod draft;
mod sentences;
mod waiting;

use crate::{
    fmt::Day,
    gql::{
        Ask, Error, documents, run,
        types::{
            ClientRef, DateTime, Engine, Hue, ItemConfidence, ItemKind, ItemState, Money, RejectReason,
            Responsible, SuggestionState, UseCase,
        },
    },
    schema,
};

pub(crate) use decide::*;
pub(crate) use draft::save_draft;
pub(crate) use sentences::{publish, save_sentences, withdraw};
pub(crate) use waiting::*;

documents! {
    query SuggestionQuery(OneVariables);
}

#[derive(cynic::QueryVariables, Debug, Clone)]
pub(crate) struct OneVariables {
    pub(crate) id: cynic::Id,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Query", variables = "OneVariables")]
pub(crate) struct SuggestionQuery {
    #[arguments(id: $id)]
    pub(crate) suggestion: Option<Suggestion>,
}

/// A suggestion with all it takes to decide about it.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub(crate) struct Suggestion {
    pub(crate) id: cynic::Id,
    pub(crate) state: SuggestionState,
    pub(crate) stale: bool,
    pub(crate) document: Document,
    pub(crate) project: ReviewProject,
    pub(crate) items: Vec<SuggestionItem>,
    pub(crate) use_case: UseCase,
    pub(crate) draft: Option<String>,
    pub(crate) sentences: Option<Vec<Sentence>>,
    pub(crate) facts: Option<Vec<Fact>>,
    pub(crate) published_at: Option<DateTime>,
    pub(crate) provenance: Provenance,
    pub(crate) version: i32,
}

/// A sentence of an update, and the numbers of what it rests on.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub(crate) struct Sentence {
    pub(crate) text: String,
    pub(crate) facts: Vec<i32>,
}

/// What a share link showed.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub(crate) struct Fact {
    pub(crate) number: i32,
    pub(crate) text: String,
    pub(crate) task: Option<cynic::Id>,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub(crate) struct Document {
    pub(crate) id: cynic::Id,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) language: Option<String>,
    pub(crate) word_count: i32,
    pub(crate) created_at: DateTime,
    pub(crate) download_path: Option<String>,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Project")]
pub(crate) struct ReviewProject {
    pub(crate) id: cynic::Id,
    pub(crate) name: String,
    pub(crate) hue: Hue,
    pub(crate) client: Option<ClientRef>,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub(crate) struct Provenance {
    pub(crate) engine: Engine,
    pub(crate) model: Option<String>,
    pub(crate) prompt_version: Option<String>,
    pub(crate) input_hash: String,
    pub(crate) language: Option<String>,
    pub(crate) duration_ms: i32,
    pub(crate) input_tokens: i32,
    pub(crate) output_tokens: i32,
    pub(crate) cost_micro_usd: i64,
}

/// One proposal.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub(crate) struct SuggestionItem {
    pub(crate) id: cynic::Id,
    pub(crate) kind: ItemKind,
    pub(crate) state: ItemState,
    pub(crate) ordinal: i32,
    pub(crate) title: String,
    pub(crate) quote: Option<String>,
    pub(crate) quote_start: Option<i32>,
    pub(crate) quote_end: Option<i32>,
    pub(crate) due_date: Option<Day>,
    pub(crate) estimate_min_minutes: Option<i32>,
    pub(crate) estimate_max_minutes: Option<i32>,
    pub(crate) responsible: Responsible,
    pub(crate) amount: Option<Money>,
    pub(crate) confidence: ItemConfidence,
    pub(crate) edited: bool,
    pub(crate) known_task: Option<KnownTask>,
    pub(crate) reject_reason: Option<RejectReason>,
    pub(crate) decided_by: Option<Decider>,
    pub(crate) version: i32,
}

/// The task that a proposal is already.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Task")]
pub(crate) struct KnownTask {
    pub(crate) id: cynic::Id,
    pub(crate) title: String,
}

/// Who decided.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "User")]
pub(crate) struct Decider {
    pub(crate) name: String,
}

/// Reads a suggestion.
pub(crate) async fn suggestion(id: String) -> Result<Suggestion, Error> {
    let answer = run(SuggestionQuery::build(OneVariables { id: id.into() })).await?;
    answer.suggestion.ok_or(Error::NotFound)
}
