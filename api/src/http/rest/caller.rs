//! Who calls, and in which workspace they work.

use std::{marker::PhantomData, sync::Arc};

use poem::{
    Request, RequestBody,
    http::{StatusCode, Uri},
};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaSecurityScheme, Registry},
};
use smartstack_domain::{DomainError, Page, TenantScope, TenantTx, WorkspaceTx, db::Work};
use smartstack_schema::{ErrorCode, MemberRole, TokenScope, WorkspaceId};

use super::super::{budget, problem::Problem};
use crate::{
    app::App,
    graphql::{
        context::{CallerAddress, Requester},
        cost, scopes,
    },
};

/// What a row of a list costs of its reader's budget: the fields of one object in GraphQL.
const ROW_COST: u64 = 15;

/// What a token needs for an operation. Writing includes reading the same things.
pub trait Needs: Send + Sync + 'static {
    /// All of these.
    const SCOPES: &'static [TokenScope];
    /// The scheme of the description, with the scopes in it for [`spec`](super::spec) to take apart.
    fn scheme() -> &'static str;
}

/// Declares what tokens need.
macro_rules! needs {
    ($($(#[$doc:meta])* $name:ident = [$($scope:ident),*];)+) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl Needs for $name {
            const SCOPES: &'static [TokenScope] = &[$(TokenScope::$scope),*];

            fn scheme() -> &'static str {
                static SCHEME: std::sync::OnceLock<String> = std::sync::OnceLock::new();
                SCHEME.get_or_init(|| {
                    let names: Vec<String> = Self::SCOPES.iter().map(|scope| scope.name()).collect();
                    format!("{TOKEN} {}", names.join(" "))
                })
            }
        }
    )+};
}

needs! {
    /// Reads which workspaces there are.
    ReadWorkspaces = [WorkspaceRead];
    /// Reads who belongs to a workspace.
    ReadMembers = [MembersRead];
    /// Invites people, changes what they may do, and takes them out.
    WriteMembers = [MembersWrite];
    /// Reads clients.
    ReadClients = [ClientsRead];
    /// Makes, changes and archives clients.
    WriteClients = [ClientsWrite];
    /// Reads projects.
    ReadProjects = [ProjectsRead];
    /// Makes, changes and deletes projects.
    WriteProjects = [ProjectsWrite];
    /// Reads tasks.
    ReadTasks = [TasksRead];
    /// Makes, changes and deletes tasks.
    WriteTasks = [TasksWrite];
    /// Reads documents and their files.
    ReadDocuments = [DocumentsRead];
    /// Adds and deletes documents.
    WriteDocuments = [DocumentsWrite];
    /// Reads jobs.
    ReadJobs = [JobsRead];
    /// Starts, repeats and cancels jobs.
    WriteJobs = [JobsWrite];
    /// Keeps a text, perhaps makes a project for it, and starts a job.
    StartPlans = [JobsWrite, DocumentsWrite, ProjectsWrite];
    /// Opens a suggestion for a job that could not finish.
    ReviewByHand = [JobsWrite, SuggestionsWrite];
    /// Reads suggestions.
    ReadSuggestions = [SuggestionsRead];
    /// Adds to suggestions, rejects from them and puts them aside.
    WriteSuggestions = [SuggestionsWrite];
    /// Decides in a way that makes tasks, notes or dates, or takes them back.
    DecideSuggestions = [SuggestionsWrite, TasksWrite, ProjectsWrite];
    /// Reads shared links.
    ReadShares = [SharesRead];
    /// Makes, changes and revokes shared links.
    WriteShares = [SharesWrite];
    /// Reads webhooks and their messages.
    ReadWebhooks = [WebhooksRead];
    /// Makes, changes and deletes webhooks, and sends messages again.
    WriteWebhooks = [WebhooksWrite];
    /// Takes everything along: reads each part of it.
    ExportWorkspace = [
        WorkspaceRead, MembersRead, ClientsRead, ProjectsRead, TasksRead, DocumentsRead, JobsRead, SuggestionsRead,
        SharesRead
    ];
    /// Brings everything in. Nobody is made a member by it.
    ImportWorkspace = [
        WorkspaceWrite, MembersRead, ClientsWrite, ProjectsWrite, TasksWrite, DocumentsWrite, JobsWrite,
        SuggestionsWrite, SharesWrite
    ];
    /// Reads a sheet of tasks, which names projects and people.
    ExportTasks = [TasksRead, ProjectsRead, MembersRead];
    /// Takes such a sheet in.
    ImportTasks = [TasksWrite, ProjectsRead, MembersRead];
}

/// The scheme of tokens in the description.
pub(super) const TOKEN: &str = "token";
/// The scheme of sessions.
pub(super) const SESSION: &str = "session";

/// What the door has found out about a request.
#[derive(Clone)]
pub(super) struct Visitor {
    pub(super) app: Arc<App>,
    pub(super) requester: Requester,
    pub(super) address: CallerAddress,
    /// What was asked for, with the prefix.
    pub(super) target: Uri,
}

/// A person who is signed in, or a token of theirs that is good for what `N` says. An operation that takes
/// none is open to everybody.
pub struct Caller<N> {
    visitor: Visitor,
    needs: PhantomData<N>,
}

impl<'a, N: Needs> ApiExtractor<'a> for Caller<N> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        registry.create_security_scheme(
            TOKEN,
            MetaSecurityScheme {
                ty: "http",
                description: Some("A personal access token, `ss_pat_…`, with the scopes an operation names."),
                name: None,
                key_in: None,
                scheme: Some("bearer"),
                bearer_format: Some("ss_pat_…"),
                flows: None,
                openid_connect_url: None,
            },
        );
        registry.create_security_scheme(
            SESSION,
            MetaSecurityScheme {
                ty: "apiKey",
                description: Some(
                    "The session of a browser that is signed in. Such requests carry the header Smartstack-Client, \
                     and come from pages of this installation alone.",
                ),
                name: Some(crate::http::cookie::ACCESS),
                key_in: Some("cookie"),
                scheme: None,
                bearer_format: None,
                flows: None,
                openid_connect_url: None,
            },
        );
    }

    fn security_schemes() -> Vec<&'static str> {
        vec![N::scheme(), SESSION]
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let visitor = request.data::<Visitor>().cloned().ok_or_else(|| {
            tracing::error!("an operation was reached past the door");
            Problem::internal()
        })?;
        let caller = Self {
            visitor,
            needs: PhantomData,
        };
        caller.allow(N::SCOPES)?;
        Ok(caller)
    }
}

impl<N> Caller<N> {
    /// Goes on only for a person, or for a token that is good for all of these.
    ///
    /// # Errors
    /// UNAUTHENTICATED for nobody, FORBIDDEN for a token that lacks a scope.
    pub fn allow(&self, scopes: &[TokenScope]) -> Result<(), Problem> {
        let Some(person) = self.visitor.requester.account() else {
            let detail = "Send a personal access token (Authorization: Bearer ss_pat_…), or sign in.";
            return Err(Problem::unauthenticated(detail).challenge("Bearer"));
        };
        let lacking: Vec<TokenScope> = scopes
            .iter()
            .copied()
            .filter(|scope| !person.allows(*scope))
            .collect();
        if lacking.is_empty() {
            Ok(())
        } else {
            Err(Problem::forbidden(scopes::lacking(lacking)))
        }
    }

    /// The workspace named in the path.
    ///
    /// # Errors
    /// NOT_FOUND for one that the caller does not belong to, or that there is not.
    pub fn enter(&self, workspace: &str) -> Result<Here, Problem> {
        let id: WorkspaceId = workspace.parse().map_err(|_| Problem::not_found())?;
        let scope = self.visitor.requester.scope(id).ok_or_else(Problem::not_found)?;
        Ok(self.here(scope))
    }

    /// Every workspace the caller belongs to, or their token is good for; oldest membership first.
    pub fn workspaces(&self) -> Vec<Here> {
        let memberships = self.visitor.requester.memberships().iter();
        memberships
            .map(|membership| self.here(membership.scope()))
            .collect()
    }

    fn here(&self, scope: TenantScope) -> Here {
        Here {
            scope: scope.from_address(self.visitor.address.0.clone()),
            visitor: self.visitor.clone(),
        }
    }

    /// The process.
    pub fn app(&self) -> &Arc<App> {
        &self.visitor.app
    }

    /// Spends more of the caller's budget than every request costs.
    ///
    /// # Errors
    /// RATE_LIMITED where it does not suffice; faults of the store.
    pub async fn spend(&self, cost: u64) -> Result<(), Problem> {
        self.visitor.spend(cost).await
    }
}

impl Visitor {
    /// Whose budget is spent.
    pub(super) fn key(&self) -> String {
        cost::key(&self.requester, &self.address)
    }

    pub(super) async fn spend(&self, cost: u64) -> Result<(), Problem> {
        budget::spend(&self.app, &self.key(), cost).await
    }
}

/// The right to work in a workspace, for one request.
pub struct Here {
    scope: TenantScope,
    visitor: Visitor,
}

impl Here {
    /// The right itself, for functions of the domain that open transactions of their own.
    pub fn scope(&self) -> &TenantScope {
        &self.scope
    }

    /// Which workspace.
    pub fn workspace(&self) -> WorkspaceId {
        self.scope.workspace_id()
    }

    /// The process.
    pub fn app(&self) -> &Arc<App> {
        &self.visitor.app
    }

    /// What was asked for.
    pub(super) fn target(&self) -> &Uri {
        &self.visitor.target
    }

    /// Goes on only for a role that writes, before anything large is read.
    ///
    /// # Errors
    /// FORBIDDEN for a role that only reads.
    pub fn may_write(&self) -> Result<(), Problem> {
        match self.scope.role() {
            MemberRole::Viewer => Err(Problem::of(&DomainError::Forbidden)),
            _ => Ok(()),
        }
    }

    /// Goes on only for an owner; `what` is theirs alone to do.
    ///
    /// # Errors
    /// FORBIDDEN for every other role.
    pub fn may_own(&self, what: &str) -> Result<(), Problem> {
        match self.scope.role() {
            MemberRole::Owner => Ok(()),
            _ => Err(Problem::forbidden(format!(
                "Only an owner of the workspace {what}."
            ))),
        }
    }

    /// Reads.
    ///
    /// # Errors
    /// The domain's, as a problem.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t WorkspaceTx) -> Work<'t, T> + Send + 'static,
    {
        let read = self.app().db.read(&self.scope, work).await;
        read.map_err(|error| Problem::of(&error))
    }

    /// The part of a list that is asked for; paid for here, by its length.
    ///
    /// # Errors
    /// RATE_LIMITED; 422 for a count out of bounds.
    pub async fn page(&self, first: Option<i32>, after: Option<String>) -> Result<Page, Problem> {
        let page =
            Page::new(first.map(Into::into), after, None, None).map_err(|error| Problem::of(&error))?;
        self.visitor
            .spend(u64::from(page.limit()).saturating_mul(ROW_COST))
            .await?;
        Ok(page)
    }

    /// Makes something; a conflict is about the idempotency key.
    ///
    /// # Errors
    /// The domain's, as a problem.
    pub async fn make<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut TenantTx) -> Work<'t, T> + Send + 'static,
    {
        self.write(work).await.map_err(|error| made(&error))
    }

    /// Changes something; a conflict is about its version.
    ///
    /// # Errors
    /// The domain's, as a problem; 412 where it is no longer of the version the caller read.
    pub async fn change<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut TenantTx) -> Work<'t, T> + Send + 'static,
    {
        self.write(work).await.map_err(|error| match error {
            DomainError::Conflict => Problem::new(
                StatusCode::PRECONDITION_FAILED,
                ErrorCode::Conflict,
                "Somebody changed it in the meantime. Read it again, and send the ETag you get.",
            ),
            error => Problem::of(&error),
        })
    }

    async fn write<T, F>(&self, work: F) -> Result<T, DomainError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut TenantTx) -> Work<'t, T> + Send + 'static,
    {
        self.app().db.in_tenant(&self.scope, work).await
    }
}

/// What a caller is told who wanted to make something.
pub(super) fn made(error: &DomainError) -> Problem {
    match error {
        DomainError::Conflict => {
            Problem::conflict("This Idempotency-Key was used for another request in the last 24 hours.")
        }
        error => Problem::of(error),
    }
}

/// The version in `If-Match`, where one is given.
///
/// # Errors
/// 412 where it is no ETag of ours: nothing ever had it (RFC 9110, 13.1.1).
pub(super) fn version(if_match: Option<&str>) -> Result<Option<i32>, Problem> {
    let Some(text) = if_match.map(str::trim).filter(|text| *text != "*") else {
        return Ok(None);
    };
    let number = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match number.and_then(|number| number.parse().ok()) {
        Some(version) => Ok(Some(version)),
        None => Err(Problem::new(
            StatusCode::PRECONDITION_FAILED,
            ErrorCode::Conflict,
            "If-Match takes the ETag the thing was read with, for instance \"3\", or *.",
        )),
    }
}

/// An id out of a path; what cannot be one is not there.
///
/// # Errors
/// NOT_FOUND.
pub(super) fn id<I: std::str::FromStr>(text: &str) -> Result<I, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_is_a_version_in_quotes() {
        for (text, version_of) in [
            (None, Some(None)),
            (Some("*"), Some(None)),
            (Some("\"7\""), Some(Some(7))),
            (Some(" \"7\" "), Some(Some(7))),
            (Some("7"), None),
            (Some("W/\"7\""), None),
            (Some("\"7\", \"8\""), None),
            (Some("\"99999999999\""), None),
        ] {
            assert_eq!(version(text).ok(), version_of, "{text:?}");
        }
    }

    #[test]
    fn what_an_operation_needs_stands_in_its_scheme() {
        assert_eq!(WriteClients::scheme(), "token clients:write");
    }
}
