//! What is known of every root field: what it is about, and who may do it.

/// What a query field takes.
pub(super) enum Query {
    /// Nothing of a workspace: answered to everyone.
    Open,
    /// A secret that is all it asks for.
    Secret,
    /// The id of one kind of thing.
    ById(&'static str),
    /// Any ids.
    AnyId,
    /// Only for a share session.
    ShareOnly,
    /// Only for administrators of the installation; `admin.rs` tries what is below it.
    AdminOnly,
}

pub(super) const QUERIES: &[(&str, Query)] = &[
    ("installation", Query::Open),
    ("viewer", Query::Open),
    ("rateLimit", Query::Open),
    ("invitation", Query::Secret),
    ("node", Query::AnyId),
    ("nodes", Query::AnyId),
    ("workspaceOf", Query::AnyId),
    ("workspace", Query::ById("workspace")),
    ("client", Query::ById("client")),
    ("project", Query::ById("project")),
    ("task", Query::ById("task")),
    ("document", Query::ById("document")),
    ("job", Query::ById("job")),
    ("suggestion", Query::ById("suggestion")),
    ("webhookEndpoint", Query::ById("webhook")),
    ("sharedView", Query::ShareOnly),
    ("admin", Query::AdminOnly),
];

/// The lowest role that may do something in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// It is about the person, in no workspace.
    Person,
    /// Whoever belongs to the workspace may do it, about themselves.
    Viewer,
    /// Members and owners.
    Member,
    /// Owners.
    Owner,
}

/// A mutation, with the input field that names what it is about, of what kind that is, and who may do it.
/// An empty field: it is about the person alone.
pub(super) const MUTATIONS: &[(&str, &str, &str, From)] = &[
    ("viewerUpdate", "", "", From::Person),
    ("apiTokenCreate", "", "", From::Person),
    ("apiTokenRevoke", "", "", From::Person),
    ("workspaceCreate", "", "", From::Person),
    ("workspaceRestore", "", "", From::Person),
    ("invitationAccept", "", "", From::Person),
    ("workspaceUpdate", "id", "workspace", From::Owner),
    ("aiSettingsUpdate", "workspaceId", "workspace", From::Owner),
    ("workspaceDelete", "id", "workspace", From::Owner),
    ("memberUpdate", "workspaceId", "workspace", From::Owner),
    ("memberRemove", "workspaceId", "workspace", From::Owner),
    ("memberTransferOwnership", "workspaceId", "workspace", From::Owner),
    ("memberLeave", "workspaceId", "workspace", From::Viewer),
    ("invitationCreate", "workspaceId", "workspace", From::Owner),
    ("invitationResend", "workspaceId", "workspace", From::Owner),
    ("invitationRevoke", "workspaceId", "workspace", From::Owner),
    ("clientCreate", "workspaceId", "workspace", From::Member),
    ("clientUpdate", "id", "client", From::Member),
    ("clientArchive", "id", "client", From::Member),
    ("projectCreate", "workspaceId", "workspace", From::Member),
    ("projectUpdate", "id", "project", From::Member),
    ("projectDelete", "id", "project", From::Member),
    ("projectRestore", "id", "project", From::Member),
    ("taskCreate", "projectId", "project", From::Member),
    ("taskUpdate", "id", "task", From::Member),
    ("taskMove", "id", "task", From::Member),
    ("taskDelete", "id", "task", From::Member),
    ("taskRestore", "id", "task", From::Member),
    ("taskRevert", "id", "task", From::Member),
    ("projectNoteUpdate", "id", "note", From::Member),
    ("projectNoteDelete", "id", "note", From::Member),
    ("planStart", "workspaceId", "workspace", From::Member),
    ("documentDelete", "id", "document", From::Member),
    ("documentRestore", "id", "document", From::Member),
    ("jobStart", "documentId", "document", From::Member),
    ("jobRetry", "id", "job", From::Member),
    ("jobCancel", "id", "job", From::Member),
    ("jobReviewByHand", "id", "job", From::Member),
    ("suggestionItemAdd", "suggestionId", "suggestion", From::Member),
    ("suggestionItemAccept", "id", "item", From::Member),
    ("suggestionItemReject", "id", "item", From::Member),
    ("suggestionItemReopen", "id", "item", From::Member),
    ("suggestionAcceptAll", "id", "suggestion", From::Member),
    (
        "suggestionReopenItems",
        "suggestionId",
        "suggestion",
        From::Member,
    ),
    ("suggestionDraftUpdate", "id", "suggestion", From::Member),
    ("suggestionSentencesUpdate", "id", "suggestion", From::Member),
    ("suggestionPublish", "id", "suggestion", From::Member),
    ("suggestionWithdraw", "id", "suggestion", From::Member),
    ("statusStart", "shareLinkId", "share", From::Member),
    ("suggestionDismiss", "id", "suggestion", From::Member),
    ("suggestionReopen", "id", "suggestion", From::Member),
    ("shareLinkCreate", "projectId", "project", From::Member),
    ("shareLinkUpdate", "id", "share", From::Member),
    ("shareLinkRevoke", "id", "share", From::Member),
    ("webhookEndpointCreate", "workspaceId", "workspace", From::Owner),
    ("webhookEndpointUpdate", "id", "webhook", From::Owner),
    ("webhookEndpointRotateSecret", "id", "webhook", From::Owner),
    ("webhookEndpointDelete", "id", "webhook", From::Owner),
    ("webhookEndpointPing", "id", "webhook", From::Owner),
    ("webhookDeliveryReplay", "id", "delivery", From::Owner),
];

/// Mutations for administrators of the installation alone, about no workspace's content.
pub(crate) const ADMIN_MUTATIONS: &[&str] = &[
    "adminUserDisable",
    "adminUserEnable",
    "adminUserSignOut",
    "adminUserResetSecondFactor",
    "adminUserGrant",
    "adminUserRevoke",
    "adminWorkspaceLimit",
    "adminJobRetry",
    "adminJobCancel",
    "adminSettingsUpdate",
];

/// Subscriptions with the argument that names what they are about, and its kind.
pub(super) const SUBSCRIPTIONS: &[(&str, &str, &str)] = &[
    ("changes", "workspaceId", "workspace"),
    ("job", "id", "job"),
    ("sharedViewChanged", "", ""),
];

/// What other id fields of inputs hold.
pub(super) const REFERENCES: &[(&str, &str)] = &[
    ("workspaceId", "workspace"),
    ("userId", "user"),
    ("clientId", "client"),
    ("projectId", "project"),
    ("parentId", "task"),
    ("assigneeId", "user"),
    ("afterId", "task"),
    ("beforeId", "task"),
    ("itemIds", "item"),
];

/// What `id` holds where it is not what a mutation is about, by the input's type.
pub(super) const IDS: &[(&str, &str)] = &[
    ("ApiTokenRevokeInput", "token"),
    ("InvitationInput", "invitation"),
    ("WorkspaceRestoreInput", "workspace"),
];

/// Kinds of things that nobody looks up by their id.
pub(super) const NO_NODES: &[&str] = &["token", "invitation"];

/// What any token may ask for: it says of itself what is below, or is nobody's secret.
pub(super) const ANY_TOKEN: &[&str] = &[
    "installation",
    "viewer",
    "rateLimit",
    "sharedView",
    "sharedViewChanged",
];

/// Every address of the server, as `app.rs` writes it, and who gets through.
pub(super) const ROUTES: &[(&str, Door)] = &[
    ("/graphql", Door::Graphql),
    ("/graphql/ws", Door::Socket),
    ("/api/v1/auth/:action", Door::Auth),
    ("/api/v1/auth/oauth/:provider/start", Door::Auth),
    ("/api/v1/auth/oauth/:provider/callback", Door::Page),
    ("/api/v1/account", Door::Account),
    ("/api/v1/account/:part", Door::Account),
    ("/api/v1/account/:part/:id", Door::Account),
    ("/api/v1/workspaces/:workspace/audit", Door::Owner),
    ("/openapi.json", Door::Page),
    ("/api/*rest", Door::Nothing),
    ("/mcp", Door::Token),
    ("/s/:token", Door::ShareLink),
    ("/s/v/:link", Door::Page),
    ("/s/v/:link/password", Door::Auth),
    ("/s/v/:link/graphql", Door::ShareGraphql),
    ("/s/v/:link/graphql/ws", Door::Socket),
    ("/schema.graphql", Door::Page),
    ("/developer/graphiql", Door::Page),
    ("/health/live", Door::Page),
    ("/health/ready", Door::Page),
    ("/*path", Door::Page),
];

/// What stands in front of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// Anyone gets in: nothing of a workspace is behind it.
    Page,
    /// Nothing is there.
    Nothing,
    /// The schema, for cookies of our own pages and for tokens.
    Graphql,
    /// The schema, for the session of one shared link.
    ShareGraphql,
    /// A socket; what it serves is asked of it in `connection_init`.
    Socket,
    /// Sign-in and the like: for our own pages alone.
    Auth,
    /// A person's own account: for our own pages and their session alone.
    Account,
    /// A download for the workspace's owners, by the session of our own pages.
    Owner,
    /// For programs with a token alone.
    Token,
    /// Gives a session to whoever has the link.
    ShareLink,
}
