//! What is done to documents: deleted, brought back.

use crate::{
    gql::{self, Ask, Error, UserError, documents, types::NodeVersionInput},
    schema,
};

documents! {
    mutation DeleteDocument(VersionVariables);
    mutation RestoreDocument(VersionVariables);
}

#[derive(cynic::QueryVariables)]
struct VersionVariables {
    input: NodeVersionInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "VersionVariables")]
struct DeleteDocument {
    #[arguments(input: $input)]
    document_delete: DocumentPayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "VersionVariables")]
struct RestoreDocument {
    #[arguments(input: $input)]
    document_restore: DocumentPayload,
}

#[derive(cynic::QueryFragment)]
struct DocumentPayload {
    document: Option<DocumentVersion>,
    user_errors: Vec<UserError>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Document")]
struct DocumentVersion {
    version: i32,
}

/// Deletes a document.
pub(crate) async fn delete_document(id: cynic::Id, version: i32) -> Result<(), Error> {
    let input = NodeVersionInput {
        id,
        expected_version: Some(version),
    };
    let payload = gql::run(DeleteDocument::build(VersionVariables { input }))
        .await?
        .document_delete;
    gql::settle(payload.document, payload.user_errors).map(|document| {
        let _ = document.version;
    })
}

/// Brings a deleted document back.
pub(crate) async fn restore_document(id: cynic::Id) -> Result<(), Error> {
    let input = NodeVersionInput {
        id,
        expected_version: None,
    };
    let payload = gql::run(RestoreDocument::build(VersionVariables { input }))
        .await?
        .document_restore;
    gql::settle(payload.document, payload.user_errors).map(|document| {
        let _ = document.version;
    })
}
