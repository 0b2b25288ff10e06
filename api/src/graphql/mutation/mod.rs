//! Everything that changes something, a file a noun.
//!
//! To add a mutation: name it `nounVerb`, give it one `input` and a payload,
//! translate here, and keep the rule in the domain. The matrix of `tests/it/matrix` fails
//! until the mutation is classified there.

pub mod admin;
pub mod api_token;
pub mod client;
pub mod document;
pub mod invitation;
pub mod job;
pub mod member;
pub mod project;
pub mod project_note;
pub mod share_link;
pub mod suggestion;
pub mod task;
pub mod viewer;
pub mod webhook;
pub mod workspace;

use async_graphql::{ID, InputObject, MergedObject};

/// Everything that changes something.
#[derive(MergedObject, Default)]
pub struct Mutation(
    viewer::ViewerMutation,
    api_token::ApiTokenMutation,
    workspace::WorkspaceMutation,
    member::MemberMutation,
    invitation::InvitationMutation,
    client::ClientMutation,
    project::ProjectMutation,
    task::TaskMutation,
    project_note::ProjectNoteMutation,
    document::DocumentMutation,
    job::JobMutation,
    suggestion::SuggestionMutation,
    share_link::ShareLinkMutation,
    webhook::WebhookMutation,
    admin::AdminMutation,
);

/// Which thing, as of which version.
#[derive(InputObject)]
pub struct NodeVersionInput {
    /// The thing.
    pub id: ID,
    /// The version it was read at; refused if it has changed since. Left out: the last write wins, on purpose.
    pub expected_version: Option<i32>,
}
