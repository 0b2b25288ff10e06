//! What is done to an update for a client.

use super::{NodeVersionVariables, NodeVersionVariablesFields, Sentence, SuggestionPayload};
use crate::{
    gql::{Ask, Error, documents, run, settle, types::NodeVersionInput},
    schema,
};

documents! {
    mutation UpdateSentences(SentencesVariables);
    mutation Publish(NodeVersionVariables);
    mutation Withdraw(NodeVersionVariables);
}

#[derive(cynic::InputObject, Debug, Clone)]
pub(crate) struct SuggestionSentencesUpdateInput {
    pub(crate) id: cynic::Id,
    pub(crate) sentences: Vec<SentenceInput>,
}

#[derive(cynic::InputObject, Debug, Clone)]
pub(crate) struct SentenceInput {
    pub(crate) text: String,
    pub(crate) facts: Vec<i32>,
}

#[derive(cynic::QueryVariables, Debug, Clone)]
pub(crate) struct SentencesVariables {
    pub(crate) input: SuggestionSentencesUpdateInput,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Mutation", variables = "SentencesVariables")]
pub(crate) struct UpdateSentences {
    #[arguments(input: $input)]
    pub(crate) suggestion_sentences_update: SuggestionPayload,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Mutation", variables = "NodeVersionVariables")]
pub(crate) struct Publish {
    #[arguments(input: $input)]
    pub(crate) suggestion_publish: SuggestionPayload,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Mutation", variables = "NodeVersionVariables")]
pub(crate) struct Withdraw {
    #[arguments(input: $input)]
    pub(crate) suggestion_withdraw: SuggestionPayload,
}

/// Keeps the sentences. The last write wins: it is one person's text.
pub(crate) async fn save_sentences(id: cynic::Id, sentences: Vec<Sentence>) -> Result<(), Error> {
    let sentences = sentences.into_iter().map(|sentence| SentenceInput {
        text: sentence.text,
        facts: sentence.facts,
    });
    let input = SuggestionSentencesUpdateInput {
        id,
        sentences: sentences.collect(),
    };
    let payload = run(UpdateSentences::build(SentencesVariables { input }))
        .await?
        .suggestion_sentences_update;
    settle(payload.suggestion, payload.user_errors).map(drop)
}

/// Shows an update to the client.
pub(crate) async fn publish(id: cynic::Id) -> Result<(), Error> {
    let payload = run(Publish::build(of(id))).await?.suggestion_publish;
    settle(payload.suggestion, payload.user_errors).map(drop)
}

/// Takes an update from the client's page.
pub(crate) async fn withdraw(id: cynic::Id) -> Result<(), Error> {
    let payload = run(Withdraw::build(of(id))).await?.suggestion_withdraw;
    settle(payload.suggestion, payload.user_errors).map(drop)
}

fn of(id: cynic::Id) -> NodeVersionVariables {
    NodeVersionVariables {
        input: NodeVersionInput {
            id,
            expected_version: None,
        },
    }
}
