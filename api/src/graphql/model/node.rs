//! What every thing with an id has in common.

use async_graphql::{ID, Interface};

use super::{
    admin::{Account, InstallationEvent, JobRecord, WorkspaceSize},
    audit::AuditEvent,
    client::Client,
    document::Document,
    job::Job,
    project::Project,
    project_note::ProjectNote,
    share_link::ShareLink,
    suggestion::Suggestion,
    suggestion_item::SuggestionItem,
    task::Task,
    task_version::TaskVersion,
    user::User,
    webhook::{WebhookDelivery, WebhookEndpoint},
    workspace::Workspace,
};

/// A thing with an id that is unique over everything.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Typed and sortable: a prefix that says what it is, an underscore, and a UUIDv7 (TypeID)."
))]
pub enum Node {
    /// A workspace.
    Workspace(Workspace),
    /// A client.
    Client(Client),
    /// A project.
    Project(Project),
    /// A task.
    Task(Task),
    /// A task as it was.
    TaskVersion(TaskVersion),
    /// A project note.
    ProjectNote(ProjectNote),
    /// A document.
    Document(Document),
    /// A job.
    Job(Job),
    /// A suggestion.
    Suggestion(Suggestion),
    /// A suggestion's item.
    SuggestionItem(SuggestionItem),
    /// A shared link.
    ShareLink(ShareLink),
    /// A webhook.
    WebhookEndpoint(WebhookEndpoint),
    /// A message to a webhook.
    WebhookDelivery(WebhookDelivery),
    /// A person.
    User(User),
    /// Something that happened in a workspace.
    AuditEvent(AuditEvent),
    /// Somebody's account, for administrators.
    Account(Account),
    /// A workspace's size, for administrators.
    WorkspaceSize(WorkspaceSize),
    /// A job without its content, for administrators.
    JobRecord(JobRecord),
    /// Something that was done to the installation.
    InstallationEvent(InstallationEvent),
}
