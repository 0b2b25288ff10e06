//! The schema crate's enums as GraphQL sees them: same names, same values.
//!
//! The server's and the browser's enums live in `smartstack-schema`, which
//! knows nothing of async-graphql; each is mirrored here, and the compiler
//! refuses a mirror that lacks a value.

use async_graphql::Enum;

/// The nine colours people, workspaces, clients and projects are told apart by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::Hue")]
pub enum Hue {
    /// Ochre.
    Ochre,
    /// Clay.
    Clay,
    /// Rose.
    Rose,
    /// Plum.
    Plum,
    /// Iris.
    Iris,
    /// Sea.
    Sea,
    /// Pine.
    Pine,
    /// Moss.
    Moss,
    /// Slate.
    Slate,
}

/// What a person may do in a workspace.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::MemberRole")]
pub enum MemberRole {
    /// Everything, the members and the audit log included.
    Owner,
    /// Reads and changes all work.
    Member,
    /// Reads all work, changes nothing.
    Viewer,
}

/// What a client is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::ClientKind")]
pub enum ClientKind {
    /// An organisation.
    Company,
    /// One person.
    Person,
}

/// Where a project stands.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::ProjectStatus")]
pub enum ProjectStatus {
    /// Not begun.
    Planned,
    /// Being worked on.
    Active,
    /// Paused.
    OnHold,
    /// Done.
    Completed,
}

/// The board's columns, in their order.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::TaskStatus")]
pub enum TaskStatus {
    /// Not yet planned.
    Backlog,
    /// To be done soon.
    Next,
    /// Being worked on.
    InProgress,
    /// Held up by someone else.
    Waiting,
    /// Done.
    Done,
}

/// How pressing a task is, lowest first.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::TaskPriority")]
pub enum TaskPriority {
    /// Not said.
    None,
    /// Can wait.
    Low,
    /// Ordinary.
    Medium,
    /// Before others.
    High,
    /// Before everything.
    Urgent,
}

/// Who has to act.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::Responsible")]
pub enum Responsible {
    /// The workspace's people.
    Freelancer,
    /// The client.
    Client,
}

/// Where a job stands.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::JobState")]
pub enum JobState {
    /// Waits for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// Its suggestion is there.
    Ready,
    /// It could not finish; a person decides how to go on.
    NeedsReview,
    /// A person stopped it.
    Cancelled,
}

/// What a running job is doing.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::JobStage")]
pub enum JobStage {
    /// Reading the text and the project.
    Reading,
    /// Asking the engine.
    Asking,
    /// Checking the answer against the text.
    Checking,
}

/// Why a job needs review.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::JobReason")]
pub enum JobReason {
    /// The model could not be reached, or stayed too busy.
    ModelUnavailable,
    /// The model declined to answer.
    ModelRefused,
    /// The answer did not hold up to the checks.
    OutputInvalid,
    /// The text has nothing to plan.
    NothingFound,
    /// The text is longer than the engine takes.
    TextTooLong,
    /// It took too long, or its worker died too often.
    TimedOut,
    /// A fault on our side.
    Internal,
    /// Asking the model could cost more than is left of a limit.
    BudgetReached,
    /// An administrator has switched AI off.
    AiOff,
    /// There is no text to be had from the document's file.
    DocumentUnreadable,
}

/// Where a document's text came from.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::DocumentKind")]
pub enum DocumentKind {
    /// It was pasted.
    Text,
    /// It is read out of an uploaded file.
    File,
    /// It is what a share link showed when an update was drawn from it.
    Record,
}

/// Whether there is a text of a document yet.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::DocumentState")]
pub enum DocumentState {
    /// Its file waits to be read.
    Reading,
    /// Its text is there, for good.
    Ready,
    /// There is no text to be had from its file.
    Unreadable,
}

/// Why there is no text to be had from a file.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::UnreadableReason")]
pub enum UnreadableReason {
    /// It holds no text, such as a scan.
    Empty,
    /// It is protected by a password.
    Encrypted,
    /// It is damaged, or not what it says it is.
    Broken,
    /// Its text is longer than a document's may be.
    TooLong,
    /// Reading it took more memory or time than it may.
    TooComplex,
}

/// What a job does with a text.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::UseCase")]
pub enum UseCase {
    /// Finds tasks, questions, exclusions, decisions, budget and deadlines.
    Plan,
    /// Finds the same in notes of a meeting or a thread, and holds the tasks against those already planned.
    Notes,
    /// Drafts a reply to it.
    Reply,
    /// Drafts an update for a client from what a share link shows.
    Status,
}

/// What a fact says of a project.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::FactKind")]
pub enum FactKind {
    /// A task is done.
    Finished,
    /// A task is being worked on.
    UnderWay,
    /// A task is the client's, and open.
    WaitingForClient,
    /// A task comes next.
    Next,
    /// A question is open.
    Question,
    /// How many tasks are done.
    Progress,
    /// The day the project is due.
    Deadline,
}

/// Who wrote a suggestion.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::Engine")]
pub enum Engine {
    /// The built-in rules.
    Basic,
    /// A language model.
    Model,
    /// A person, by hand.
    Manual,
}

/// How far a suggestion has been reviewed.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::SuggestionState")]
pub enum SuggestionState {
    /// Nothing decided yet.
    Open,
    /// Some items decided.
    PartlyApplied,
    /// All items decided.
    Applied,
    /// Put aside by a person.
    Dismissed,
}

/// What an item proposes.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::ItemKind")]
pub enum ItemKind {
    /// A task.
    Task,
    /// A question to the client.
    Question,
    /// Something that is not part of the work.
    Exclusion,
    /// Something that was settled.
    Decision,
    /// The project's budget.
    Budget,
    /// The project's due date.
    Deadline,
}

/// What was decided about an item.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::ItemState")]
pub enum ItemState {
    /// Nothing yet.
    Open,
    /// Taken over.
    Accepted,
    /// Refused.
    Rejected,
}

/// How sure an item is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::ItemConfidence")]
pub enum ItemConfidence {
    /// The text says so.
    Explicit,
    /// The text suggests it.
    Likely,
    /// A person wrote it.
    Manual,
}

/// Why an item was refused.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::RejectReason")]
pub enum RejectReason {
    /// It is nothing to do.
    NotATask,
    /// It is planned already.
    AlreadyKnown,
    /// Details are wrong.
    WrongDetails,
    /// It is not part of this work.
    OutOfScope,
    /// Something else.
    Other,
}

/// What a project note is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::NoteKind")]
pub enum NoteKind {
    /// A question to the client.
    Question,
    /// Something that is not part of the work.
    Exclusion,
    /// Something that was settled.
    Decision,
}

/// The kinds of things that have an id and a change log.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::NodeKind")]
pub enum NodeKind {
    /// A workspace.
    Workspace,
    /// A client.
    Client,
    /// A project.
    Project,
    /// A task.
    Task,
    /// A project note.
    ProjectNote,
    /// A document.
    Document,
    /// A job.
    Job,
    /// A suggestion.
    Suggestion,
    /// A suggestion item.
    SuggestionItem,
    /// A share link.
    ShareLink,
    /// A webhook.
    WebhookEndpoint,
    /// A user.
    User,
}

/// Where a message to a webhook stands.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::WebhookDeliveryState")]
pub enum WebhookDeliveryState {
    /// It waits to be sent, for the first time or again.
    Pending,
    /// Its receiver has taken it.
    Delivered,
    /// It is not sent any more, unless somebody asks for it.
    Failed,
}

/// Why a webhook is told nothing.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::WebhookDisabledReason")]
pub enum WebhookDisabledReason {
    /// A person switched it off.
    Person,
    /// Its receiver answered 410 Gone.
    Gone,
    /// Nothing could be delivered for more than a day.
    Failing,
}

/// What happened to a thing.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::ChangeOperation")]
pub enum ChangeOperation {
    /// It is new, or back.
    Created,
    /// It changed.
    Updated,
    /// It is gone.
    Deleted,
}

/// Where mail goes.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::MailDelivery")]
pub enum MailDelivery {
    /// To people, over SMTP.
    Smtp,
    /// Into a folder of this installation.
    Folder,
}

/// Which way a list runs.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::OrderDirection")]
pub enum OrderDirection {
    /// Smallest first.
    Asc,
    /// Largest first.
    Desc,
}

/// What clients can be ordered by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::ClientOrderField")]
pub enum ClientOrderField {
    /// By name.
    Name,
    /// By time of creation.
    CreatedAt,
    /// By time of the last change.
    UpdatedAt,
}

/// What projects can be ordered by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::ProjectOrderField")]
pub enum ProjectOrderField {
    /// By name.
    Name,
    /// By due date; without one last.
    DueDate,
    /// By time of creation.
    CreatedAt,
    /// By time of the last change.
    UpdatedAt,
}

/// What tasks can be ordered by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::TaskOrderField")]
pub enum TaskOrderField {
    /// By the place on the board.
    Position,
    /// By due date; without one last.
    DueDate,
    /// By priority.
    Priority,
    /// By title.
    Title,
    /// By time of creation.
    CreatedAt,
    /// By time of the last change.
    UpdatedAt,
}

/// A part of a task that a change can be about.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::TaskField")]
pub enum TaskField {
    /// What is to be done.
    Title,
    /// More about it.
    Description,
    /// The column it stands in.
    Status,
    /// How pressing it is.
    Priority,
    /// Who has to act.
    Responsible,
    /// The task it is a part of.
    Parent,
    /// Who does it.
    Assignee,
    /// How long it takes.
    Estimate,
    /// When it has to be done.
    DueDate,
    /// Whether the client sees it.
    ClientVisible,
    /// Its place in its column.
    Position,
    /// Whether it is deleted.
    Deleted,
}

/// Why an input was refused; stands in a payload's `userErrors`.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::UserErrorCode")]
pub enum UserErrorCode {
    /// The value is not of the expected form.
    Invalid,
    /// A value must be given.
    Required,
    /// The text is longer than allowed.
    TooLong,
    /// The text is shorter than allowed.
    TooShort,
    /// The number or date lies outside the allowed range.
    OutOfRange,
    /// The thing does not exist, or not for this person.
    NotFound,
    /// Someone changed it in the meantime: read it again.
    Conflict,
    /// The value is in use by another.
    Taken,
    /// No more of these are allowed.
    LimitReached,
    /// The thing's state does not allow it.
    InvalidState,
}

/// One thing a personal access token may be good for. Writing includes reading the same things.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::TokenScope")]
pub enum TokenScope {
    /// Reads the workspace's name, numbers and change log.
    WorkspaceRead,
    /// Renames and recolours the workspace.
    WorkspaceWrite,
    /// Reads who is in the workspace, with their addresses.
    MembersRead,
    /// Invites people, changes their roles and removes them.
    MembersWrite,
    /// Reads clients.
    ClientsRead,
    /// Makes, changes and archives clients.
    ClientsWrite,
    /// Reads projects with their notes.
    ProjectsRead,
    /// Makes, changes and deletes projects and their notes.
    ProjectsWrite,
    /// Reads tasks.
    TasksRead,
    /// Makes, changes, moves and deletes tasks.
    TasksWrite,
    /// Reads the texts that were pasted or uploaded.
    DocumentsRead,
    /// Adds and removes texts and files.
    DocumentsWrite,
    /// Reads what was asked of the worker and how far it is.
    JobsRead,
    /// Starts, repeats and cancels jobs.
    JobsWrite,
    /// Reads suggestions with their items.
    SuggestionsRead,
    /// Decides on suggestions.
    SuggestionsWrite,
    /// Reads shared links, their addresses included.
    SharesRead,
    /// Makes, changes and revokes shared links.
    SharesWrite,
    /// Reads webhooks and what was delivered.
    WebhooksRead,
    /// Makes, changes and removes webhooks.
    WebhooksWrite,
    /// Reads the audit log; its person has to be an owner.
    AuditRead,
}

/// What is wrong with a job, as administrators see it.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::JobTrouble")]
pub enum JobTrouble {
    /// It waits for a person of its workspace.
    NeedsReview,
    /// Its worker has not been heard of since its lease ended.
    Abandoned,
    /// Nobody has begun it for ten minutes.
    Stuck,
}

/// A program of the installation.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::ProcessKind")]
pub enum ProcessKind {
    /// Answers requests.
    Api,
    /// Does jobs and sends mail.
    Worker,
}

/// Something a program depends on.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "smartstack_schema::PartKind")]
pub enum PartKind {
    /// PostgreSQL.
    Database,
    /// Where jobs and mails wait.
    Queue,
    /// Where files are kept.
    Storage,
    /// How mail leaves.
    Mail,
    /// What reads texts.
    Model,
}
