//! What a personal access token needs for what it asks.
//!
//! Two things are looked at before anything runs: every field of the roots declares what it takes,
//! and so does every type, which holds wherever the type is reached: a token with `clients:read`
//! alone does not get to tasks by way of its clients' projects. Only `node`, `nodes` and a change's
//! `node` cannot be judged by the document; they ask [`of_id`] before they look.
//!
//! What is not listed here is closed to tokens. A test compares the lists with the schema.

use std::collections::BTreeSet;

use async_graphql::{
    Positioned, ServerError,
    parser::types::{DocumentOperations, ExecutableDocument, OperationType, Selection, SelectionSet},
};
use smartstack_domain::identity::TokenGrant;
use smartstack_schema::{
    AnyId, ErrorCode,
    TokenScope::{
        self, AuditRead, ClientsRead, ClientsWrite, DocumentsRead, DocumentsWrite, JobsRead, JobsWrite,
        MembersRead, MembersWrite, ProjectsRead, ProjectsWrite, SharesRead, SharesWrite, SuggestionsRead,
        SuggestionsWrite, TasksRead, TasksWrite, WebhooksRead, WebhooksWrite, WorkspaceRead, WorkspaceWrite,
    },
};

use super::{error::coded_server, limits::CostModel};

/// What a token needs for a field or a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Any token will do; what is below says for itself what it takes.
    Token,
    /// All of these scopes.
    Scopes(&'static [TokenScope]),
    /// No token will do: a person has to be signed in.
    Session,
}

use Need::{Scopes, Session, Token};

/// The fields of the roots, and of the viewer, whose account is not a token's to see.
pub const FIELDS: &[(&str, &str, Need)] = &[
    ("Query", "installation", Token),
    ("Query", "viewer", Token),
    ("Query", "rateLimit", Token),
    ("Query", "node", Token),
    ("Query", "nodes", Token),
    ("Query", "workspaceOf", Scopes(&[WorkspaceRead])),
    ("Query", "workspace", Scopes(&[WorkspaceRead])),
    ("Query", "client", Scopes(&[ClientsRead])),
    ("Query", "project", Scopes(&[ProjectsRead])),
    ("Query", "task", Scopes(&[TasksRead])),
    ("Query", "document", Scopes(&[DocumentsRead])),
    ("Query", "job", Scopes(&[JobsRead])),
    ("Query", "suggestion", Scopes(&[SuggestionsRead])),
    ("Query", "webhookEndpoint", Scopes(&[WebhooksRead])),
    // By the token of a mail, for whoever is or is not signed in.
    ("Query", "invitation", Session),
    // Only for a share session, which is no token's.
    ("Query", "sharedView", Token),
    ("Query", "admin", Session),
    ("Viewer", "user", Token),
    ("Viewer", "isAdministrator", Session),
    ("Viewer", "workspaces", Scopes(&[WorkspaceRead])),
    ("Viewer", "deletedWorkspaces", Session),
    ("Viewer", "apiTokens", Session),
    ("Mutation", "viewerUpdate", Session),
    ("Mutation", "apiTokenCreate", Session),
    ("Mutation", "apiTokenRevoke", Session),
    ("Mutation", "workspaceUpdate", Scopes(&[WorkspaceWrite])),
    ("Mutation", "aiSettingsUpdate", Scopes(&[WorkspaceWrite])),
    ("Mutation", "workspaceCreate", Session),
    ("Mutation", "workspaceDelete", Session),
    ("Mutation", "workspaceRestore", Session),
    ("Mutation", "memberUpdate", Scopes(&[MembersWrite])),
    ("Mutation", "memberRemove", Scopes(&[MembersWrite])),
    ("Mutation", "memberLeave", Session),
    ("Mutation", "memberTransferOwnership", Session),
    ("Mutation", "invitationCreate", Scopes(&[MembersWrite])),
    ("Mutation", "invitationResend", Scopes(&[MembersWrite])),
    ("Mutation", "invitationRevoke", Scopes(&[MembersWrite])),
    ("Mutation", "invitationAccept", Session),
    ("Mutation", "clientCreate", Scopes(&[ClientsWrite])),
    ("Mutation", "clientUpdate", Scopes(&[ClientsWrite])),
    ("Mutation", "clientArchive", Scopes(&[ClientsWrite])),
    ("Mutation", "projectCreate", Scopes(&[ProjectsWrite])),
    ("Mutation", "projectUpdate", Scopes(&[ProjectsWrite])),
    ("Mutation", "projectDelete", Scopes(&[ProjectsWrite])),
    ("Mutation", "projectRestore", Scopes(&[ProjectsWrite])),
    ("Mutation", "projectNoteUpdate", Scopes(&[ProjectsWrite])),
    ("Mutation", "projectNoteDelete", Scopes(&[ProjectsWrite])),
    ("Mutation", "taskCreate", Scopes(&[TasksWrite])),
    ("Mutation", "taskUpdate", Scopes(&[TasksWrite])),
    ("Mutation", "taskMove", Scopes(&[TasksWrite])),
    ("Mutation", "taskDelete", Scopes(&[TasksWrite])),
    ("Mutation", "taskRestore", Scopes(&[TasksWrite])),
    ("Mutation", "taskRevert", Scopes(&[TasksWrite])),
    // Keeps a text, and may make a project for it.
    (
        "Mutation",
        "planStart",
        Scopes(&[JobsWrite, DocumentsWrite, ProjectsWrite]),
    ),
    ("Mutation", "documentDelete", Scopes(&[DocumentsWrite])),
    ("Mutation", "documentRestore", Scopes(&[DocumentsWrite])),
    ("Mutation", "jobStart", Scopes(&[JobsWrite])),
    ("Mutation", "jobRetry", Scopes(&[JobsWrite])),
    ("Mutation", "jobCancel", Scopes(&[JobsWrite])),
    (
        "Mutation",
        "jobReviewByHand",
        Scopes(&[JobsWrite, SuggestionsWrite]),
    ),
    ("Mutation", "suggestionItemAdd", Scopes(&[SuggestionsWrite])),
    // Accepting makes tasks, notes and a project's dates; reopening takes them back.
    (
        "Mutation",
        "suggestionItemAccept",
        Scopes(&[SuggestionsWrite, TasksWrite, ProjectsWrite]),
    ),
    ("Mutation", "suggestionItemReject", Scopes(&[SuggestionsWrite])),
    (
        "Mutation",
        "suggestionItemReopen",
        Scopes(&[SuggestionsWrite, TasksWrite, ProjectsWrite]),
    ),
    (
        "Mutation",
        "suggestionAcceptAll",
        Scopes(&[SuggestionsWrite, TasksWrite, ProjectsWrite]),
    ),
    (
        "Mutation",
        "suggestionReopenItems",
        Scopes(&[SuggestionsWrite, TasksWrite, ProjectsWrite]),
    ),
    ("Mutation", "suggestionDraftUpdate", Scopes(&[SuggestionsWrite])),
    (
        "Mutation",
        "suggestionSentencesUpdate",
        Scopes(&[SuggestionsWrite]),
    ),
    (
        "Mutation",
        "suggestionPublish",
        Scopes(&[SuggestionsWrite, SharesWrite]),
    ),
    (
        "Mutation",
        "suggestionWithdraw",
        Scopes(&[SuggestionsWrite, SharesWrite]),
    ),
    (
        "Mutation",
        // The draft says what the link shows: whoever may make links may have that read.
        "statusStart",
        Scopes(&[JobsWrite, DocumentsWrite, SharesWrite]),
    ),
    ("Mutation", "suggestionDismiss", Scopes(&[SuggestionsWrite])),
    ("Mutation", "suggestionReopen", Scopes(&[SuggestionsWrite])),
    ("Mutation", "shareLinkCreate", Scopes(&[SharesWrite])),
    ("Mutation", "shareLinkUpdate", Scopes(&[SharesWrite])),
    ("Mutation", "shareLinkRevoke", Scopes(&[SharesWrite])),
    ("Mutation", "webhookEndpointCreate", Scopes(&[WebhooksWrite])),
    ("Mutation", "webhookEndpointUpdate", Scopes(&[WebhooksWrite])),
    (
        "Mutation",
        "webhookEndpointRotateSecret",
        Scopes(&[WebhooksWrite]),
    ),
    ("Mutation", "webhookEndpointDelete", Scopes(&[WebhooksWrite])),
    ("Mutation", "webhookEndpointPing", Scopes(&[WebhooksWrite])),
    ("Mutation", "webhookDeliveryReplay", Scopes(&[WebhooksWrite])),
    ("Mutation", "adminUserDisable", Session),
    ("Mutation", "adminUserEnable", Session),
    ("Mutation", "adminUserSignOut", Session),
    ("Mutation", "adminUserResetSecondFactor", Session),
    ("Mutation", "adminUserGrant", Session),
    ("Mutation", "adminUserRevoke", Session),
    ("Mutation", "adminWorkspaceLimit", Session),
    ("Mutation", "adminJobRetry", Session),
    ("Mutation", "adminJobCancel", Session),
    ("Mutation", "adminSettingsUpdate", Session),
    ("Subscription", "changes", Scopes(&[WorkspaceRead])),
    ("Subscription", "job", Scopes(&[JobsRead])),
    ("Subscription", "sharedViewChanged", Token),
    // What is found may be any of these.
    (
        "Workspace",
        "search",
        Scopes(&[ClientsRead, ProjectsRead, TasksRead, DocumentsRead]),
    ),
    // A colleague's name goes with what they did; their address does not.
    ("User", "email", Scopes(&[MembersRead])),
    ("Workspace", "auditActions", Scopes(&[AuditRead])),
];

/// The types, wherever they are reached. Payloads, connections and edges need what their contents do.
pub const TYPES: &[(&str, Need)] = &[
    ("Account", Session),
    ("Administration", Session),
    ("AiBudget", Token),
    ("AiFeedback", Scopes(&[SuggestionsRead])),
    ("AiModel", Token),
    ("AiSettings", Token),
    ("AiSpend", Token),
    ("AiSpendSum", Session),
    ("ApiToken", Session),
    ("AuditDetail", Token),
    ("AuditEvent", Scopes(&[AuditRead])),
    ("Change", Scopes(&[WorkspaceRead])),
    ("Client", Scopes(&[ClientsRead])),
    ("ClientProjectCounts", Token),
    ("DeletedWorkspace", Session),
    ("Document", Scopes(&[DocumentsRead])),
    ("Installation", Token),
    ("InstallationAiBudget", Session),
    ("InstallationEvent", Session),
    ("InstallationHealth", Session),
    ("InstallationSettings", Session),
    ("Invitation", Scopes(&[MembersRead])),
    ("InvitationOffer", Session),
    ("Fact", Token),
    ("ItemCounts", Token),
    ("Job", Scopes(&[JobsRead])),
    ("JobRecord", Session),
    ("JobStageTime", Token),
    ("Membership", Token),
    ("Money", Token),
    ("Node", Token),
    ("PageInfo", Token),
    ("Part", Session),
    ("Process", Session),
    ("Project", Scopes(&[ProjectsRead])),
    ("ProjectNote", Scopes(&[ProjectsRead])),
    ("ProjectProgress", Token),
    ("Provenance", Token),
    ("PurgeRun", Session),
    ("QueueHealth", Session),
    ("RateLimit", Token),
    ("RejectReasonCount", Token),
    (
        "SearchHit",
        Scopes(&[ClientsRead, ProjectsRead, TasksRead, DocumentsRead]),
    ),
    ("ShareLink", Scopes(&[SharesRead])),
    ("Sentence", Token),
    ("SharedNote", Token),
    ("SharedSentence", Token),
    ("SharedStatus", Token),
    ("SharedTask", Token),
    ("SharedView", Token),
    ("SharedViewChange", Token),
    ("SignInProvider", Token),
    ("Suggestion", Scopes(&[SuggestionsRead])),
    ("SuggestionItem", Scopes(&[SuggestionsRead])),
    ("Task", Scopes(&[TasksRead])),
    ("TaskVersion", Scopes(&[TasksRead])),
    ("User", Token),
    ("UserError", Token),
    ("Viewer", Token),
    ("WebhookAttempt", Token),
    ("WebhookDelivery", Scopes(&[WebhooksRead])),
    ("WebhookEndpoint", Scopes(&[WebhooksRead])),
    ("Workspace", Scopes(&[WorkspaceRead])),
    ("WorkspaceCounts", Token),
    ("WorkspaceLimits", Session),
    ("WorkspaceMember", Scopes(&[MembersRead])),
    ("WorkspaceSize", Session),
];

/// Types of which every field has to be in [`FIELDS`].
pub const CLOSED_TYPES: &[&str] = &["Query", "Mutation", "Subscription", "Viewer"];

/// What reading a type takes.
pub fn of_type(name: &str) -> Need {
    let listed = |name: &str| TYPES.iter().find(|(ty, _)| *ty == name).map(|(_, need)| *need);
    if let Some(need) = listed(name) {
        return need;
    }
    if name.ends_with("Payload") {
        return Token;
    }
    let contents = name
        .strip_suffix("Connection")
        .or_else(|| name.strip_suffix("Edge"));
    contents.and_then(listed).unwrap_or(Session)
}

/// What reading a field takes, beyond what its type does.
pub fn of_field(parent: &str, name: &str) -> Need {
    let listed = FIELDS
        .iter()
        .find(|(ty, field, _)| *ty == parent && *field == name);
    match listed {
        Some((.., need)) => *need,
        None if CLOSED_TYPES.contains(&parent) => Session,
        None => Token,
    }
}

/// What looking a thing up by its id takes; `None` for what no id finds.
pub fn of_id(id: &AnyId) -> Option<TokenScope> {
    Some(match id {
        AnyId::WorkspaceId(_) => WorkspaceRead,
        AnyId::UserId(_) => MembersRead,
        AnyId::ClientId(_) => ClientsRead,
        AnyId::ProjectId(_) | AnyId::ProjectNoteId(_) => ProjectsRead,
        AnyId::TaskId(_) | AnyId::TaskVersionId(_) => TasksRead,
        AnyId::DocumentId(_) => DocumentsRead,
        AnyId::JobId(_) => JobsRead,
        AnyId::SuggestionId(_) | AnyId::SuggestionItemId(_) => SuggestionsRead,
        AnyId::ShareLinkId(_) => SharesRead,
        AnyId::WebhookEndpointId(_) | AnyId::WebhookDeliveryId(_) => WebhooksRead,
        _ => return None,
    })
}

/// What a token is told that lacks something.
pub fn lacking(scopes: impl IntoIterator<Item = TokenScope>) -> String {
    let names: Vec<String> = scopes.into_iter().map(TokenScope::name).collect();
    format!("This token may not do that. It lacks: {}.", names.join(", "))
}

/// Whether the operation that is to run stays within what a token is good for.
///
/// # Errors
/// FORBIDDEN, naming every scope that is missing.
pub fn check(
    model: &CostModel,
    document: &ExecutableDocument,
    operation_name: Option<&str>,
    grant: &TokenGrant,
) -> Result<(), ServerError> {
    let operation = match (&document.operations, operation_name) {
        (DocumentOperations::Single(operation), _) => Some(operation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
        (DocumentOperations::Multiple(operations), None) => operations.values().next(),
    };
    // None: there is nothing to run.
    let Some(operation) = operation else { return Ok(()) };
    let root = match operation.node.ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    };
    let mut walk = Walk {
        model,
        document,
        grant,
        missing: BTreeSet::new(),
        seen: BTreeSet::new(),
    };
    walk.set(&operation.node.selection_set.node, root)?;
    if walk.missing.is_empty() {
        return Ok(());
    }
    Err(coded_server(ErrorCode::Forbidden, lacking(walk.missing)))
}

struct Walk<'a> {
    model: &'a CostModel,
    document: &'a ExecutableDocument,
    grant: &'a TokenGrant,
    missing: BTreeSet<TokenScope>,
    seen: BTreeSet<String>,
}

impl Walk<'_> {
    /// Depth and size are within the limits, which were checked before.
    fn set(&mut self, set: &SelectionSet, parent: &str) -> Result<(), ServerError> {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    // What the schema does not have, and what it says of itself.
                    let Some(ty) = self.model.type_of(parent, name) else {
                        continue;
                    };
                    let ty = ty.to_owned();
                    self.need(item, name, of_field(parent, name))?;
                    if self.model.has_fields(&ty) {
                        self.need(item, name, of_type(&ty))?;
                        self.set(&field.node.selection_set.node, &ty)?;
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let ty = condition.map_or(parent, |condition| condition.node.on.node.as_str());
                    self.set(&fragment.node.selection_set.node, ty)?;
                }
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    if !self.seen.insert(name.to_owned()) {
                        continue;
                    }
                    let document = self.document;
                    if let Some(fragment) = document.fragments.get(name) {
                        let ty = fragment.node.type_condition.node.on.node.as_str();
                        self.set(&fragment.node.selection_set.node, ty)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn need(&mut self, at: &Positioned<Selection>, field: &str, need: Need) -> Result<(), ServerError> {
        match need {
            Token => {}
            Scopes(scopes) => {
                let lacking = scopes.iter().filter(|scope| !self.grant.allows(**scope));
                self.missing.extend(lacking);
            }
            Session => {
                let message = format!("No token may be used for {field}: sign in.");
                let mut error = coded_server(ErrorCode::Forbidden, message);
                error.locations.push(at.pos);
                return Err(error);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql;

    #[test]
    fn every_type_and_every_field_of_a_root_is_listed_once() {
        let model = CostModel::from_sdl(&graphql::sdl());
        let mut unlisted = BTreeSet::new();
        for (ty, fields) in model.types() {
            if matches!(ty, "Query" | "Mutation" | "Subscription") {
                let is_listed = |field: &&str| FIELDS.iter().any(|(of, name, _)| *of == ty && name == field);
                let missing = fields.iter().filter(|field| !is_listed(field));
                unlisted.extend(missing.map(|field| format!("{ty}.{field} in FIELDS")));
                continue;
            }
            let contents = ["Payload", "Connection", "Edge"]
                .iter()
                .any(|end| ty.ends_with(end));
            if !contents && !TYPES.iter().any(|(name, _)| *name == ty) {
                unlisted.insert(format!("{ty} in TYPES"));
            }
        }
        assert_eq!(unlisted, BTreeSet::new(), "say what a token needs for these");
        for (ty, field, _) in FIELDS {
            assert!(
                model.type_of(ty, field).is_some(),
                "{ty}.{field} is not in the schema"
            );
            let times = FIELDS.iter().filter(|(of, name, _)| of == ty && name == field);
            assert_eq!(times.count(), 1, "{ty}.{field}");
        }
        for (ty, _) in TYPES {
            assert!(model.has_fields(ty), "{ty} is not in the schema");
        }
    }

    #[test]
    fn mutations_need_a_scope_to_write_or_a_session() {
        for (ty, field, need) in FIELDS.iter().filter(|(ty, ..)| *ty == "Mutation") {
            let is_closed = match need {
                Session => true,
                Scopes(scopes) => !scopes.is_empty() && scopes.iter().all(|scope| scope.is_write()),
                Token => false,
            };
            assert!(is_closed, "{ty}.{field}");
        }
    }

    #[test]
    fn what_is_not_listed_is_closed() {
        assert_eq!(of_field("Mutation", "somethingNew"), Session);
        assert_eq!(of_field("Viewer", "somethingNew"), Session);
        assert_eq!(of_type("SomethingNew"), Session);
        assert_eq!(of_type("SomethingNewConnection"), Session);
        assert_eq!(of_type("TaskConnection"), Scopes(&[TasksRead]));
    }
}
