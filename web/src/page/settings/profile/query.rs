//! The person's name.

use crate::{
    gql::{self, Ask, Error, UserError, documents, settle},
    schema,
    session::Viewer,
};

documents! {
    mutation ViewerMutation(ViewerVariables);
}

#[derive(cynic::InputObject, Clone, Debug)]
struct ViewerUpdateInput {
    name: Option<String>,
}

#[derive(cynic::QueryVariables)]
struct ViewerVariables {
    input: ViewerUpdateInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "ViewerVariables")]
struct ViewerMutation {
    #[arguments(input: $input)]
    viewer_update: ViewerPayload,
}

#[derive(cynic::QueryFragment)]
struct ViewerPayload {
    viewer: Option<Viewer>,
    user_errors: Vec<UserError>,
}

/// Renames the signed-in person.
pub(super) async fn rename(name: String) -> Result<Viewer, Error> {
    let input = ViewerUpdateInput { name: Some(name) };
    let payload = gql::run(ViewerMutation::build(ViewerVariables { input }))
        .await?
        .viewer_update;
    settle(payload.viewer, payload.user_errors)
}
