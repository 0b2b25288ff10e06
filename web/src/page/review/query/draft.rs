//! What is done to the draft of a reply.

use super::SuggestionPayload;
use crate::{
    gql::{Ask, Error, documents, run, settle},
    schema,
};

documents! {
    mutation UpdateDraft(DraftVariables);
}

#[derive(cynic::InputObject, Debug, Clone)]
pub(crate) struct SuggestionDraftUpdateInput {
    pub(crate) id: cynic::Id,
    pub(crate) draft: String,
}

#[derive(cynic::QueryVariables, Debug, Clone)]
pub(crate) struct DraftVariables {
    pub(crate) input: SuggestionDraftUpdateInput,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Mutation", variables = "DraftVariables")]
pub(crate) struct UpdateDraft {
    #[arguments(input: $input)]
    pub(crate) suggestion_draft_update: SuggestionPayload,
}

/// Keeps a draft. The last write wins: it is one person's text.
pub(crate) async fn save_draft(id: cynic::Id, draft: String) -> Result<(), Error> {
    let input = SuggestionDraftUpdateInput { id, draft };
    let payload = run(UpdateDraft::build(DraftVariables { input }))
        .await?
        .suggestion_draft_update;
    settle(payload.suggestion, payload.user_errors).map(drop)
}
