//! What a client's page reads; it speaks to the share's own address.

use crate::{
    fmt::Day,
    gql::{
        Ask, Error,
        client::run_at,
        documents,
        types::{DateTime, Hue, NoteKind, ProjectStatus, Responsible, TaskStatus},
    },
    schema,
};

documents! {
    query ViewQuery(());
    subscription ViewChanged(());
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Query")]
pub(crate) struct ViewQuery {
    pub(crate) shared_view: Option<SharedView>,
}

/// Says that the view changed.
#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Subscription")]
pub(crate) struct ViewChanged {
    #[allow(dead_code, reason = "that it came is the news")]
    pub(crate) shared_view_changed: SharedViewChange,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
pub(crate) struct SharedViewChange {
    #[allow(dead_code, reason = "GraphQL wants a field")]
    pub(crate) at: DateTime,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub(crate) struct SharedView {
    pub(crate) freelancer_name: String,
    pub(crate) workspace_name: String,
    pub(crate) hue: Hue,
    pub(crate) client_name: Option<String>,
    pub(crate) project_name: String,
    pub(crate) project_status: ProjectStatus,
    pub(crate) start_date: Option<Day>,
    pub(crate) due_date: Option<Day>,
    pub(crate) total: i32,
    pub(crate) done: i32,
    pub(crate) show_tasks: bool,
    pub(crate) show_due_dates: bool,
    pub(crate) show_notes: bool,
    pub(crate) tasks: Vec<SharedTask>,
    pub(crate) notes: Vec<SharedNote>,
    pub(crate) status: Option<SharedStatus>,
    pub(crate) updated_at: DateTime,
    pub(crate) expires_at: Option<DateTime>,
}

/// The newest update.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub(crate) struct SharedStatus {
    pub(crate) published_at: DateTime,
    pub(crate) sentences: Vec<SharedSentence>,
}

/// A sentence of it, and what it rests on.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub(crate) struct SharedSentence {
    pub(crate) text: String,
    pub(crate) sources: Vec<String>,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub(crate) struct SharedTask {
    pub(crate) id: cynic::Id,
    pub(crate) title: String,
    pub(crate) status: TaskStatus,
    pub(crate) responsible: Responsible,
    pub(crate) due_date: Option<Day>,
    pub(crate) estimate_min_minutes: Option<i32>,
    pub(crate) estimate_max_minutes: Option<i32>,
    pub(crate) completed_at: Option<DateTime>,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub(crate) struct SharedNote {
    pub(crate) id: cynic::Id,
    pub(crate) kind: NoteKind,
    pub(crate) text: String,
    pub(crate) resolved: bool,
}

/// Reads the view. Unknown, expired and revoked all answer `NotFound`.
pub(crate) async fn view(base: &str) -> Result<SharedView, Error> {
    run_at(base, ViewQuery::build(()))
        .await?
        .shared_view
        .ok_or(Error::NotFound)
}
