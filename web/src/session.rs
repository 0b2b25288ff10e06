//! Who is signed in, and which workspace they look at.

use std::rc::Rc;

use dioxus::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    gql::{
        Ask, Error, UserError, changes, client, documents, settle,
        types::{Hue, MemberRole},
    },
    platform, schema,
};

documents! {
    query ViewerQuery(());
    query PlaceQuery(PlaceVariables);
    mutation WorkspaceCreate(WorkspaceCreateVariables);
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query")]
struct ViewerQuery {
    viewer: Option<Viewer>,
}

/// The signed-in person with their workspaces.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(crate) struct Viewer {
    pub(crate) user: User,
    pub(crate) is_administrator: bool,
    pub(crate) workspaces: Vec<Membership>,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(crate) struct User {
    pub(crate) id: cynic::Id,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) hue: Hue,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(crate) struct Membership {
    pub(crate) workspace: Workspace,
    pub(crate) role: MemberRole,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(crate) struct Workspace {
    pub(crate) id: cynic::Id,
    pub(crate) name: String,
    pub(crate) hue: Hue,
    pub(crate) version: i32,
    pub(crate) change_cursor: String,
}

/// Where the session stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Session {
    /// Not asked yet.
    Unknown,
    /// Nobody is signed in.
    Out,
    /// Somebody is.
    In(Rc<Viewer>),
    /// The server could not say.
    Failed(Error),
}

/// The session of this tab.
pub(crate) static SESSION: GlobalSignal<Session> = Signal::global(|| Session::Unknown);
/// The workspace chosen in this tab, else the one last chosen in this browser; the first one when there is
/// no choice, or none that is left. Two tabs may look at two workspaces.
static CHOSEN: GlobalSignal<Option<String>> =
    Signal::global(|| platform::tab_stored("workspace").or_else(|| platform::stored("workspace")));

/// Set in this browser while somebody is signed in. Only the server knows; this is for guessing.
const KNOWN: &str = "known";

/// Whether somebody was signed in here when last asked.
#[cfg(split)]
pub(crate) fn was_known() -> bool {
    platform::stored(KNOWN).is_some()
}

/// Asks the server who is signed in, and follows the workspace's changes.
pub(crate) async fn load() {
    let mut answer = client::run(ViewerQuery::build(())).await;
    // Null can also mean that only the short-lived access token has run out.
    if matches!(answer, Ok(ViewerQuery { viewer: None })) && client::refresh().await.is_ok() {
        answer = client::run(ViewerQuery::build(())).await;
    }
    let session = match answer {
        Ok(ViewerQuery { viewer: Some(viewer) }) => Session::In(Rc::new(viewer)),
        Ok(_) | Err(Error::SignedOut) => Session::Out,
        Err(error) => Session::Failed(error),
    };
    match &session {
        Session::In(_) => platform::store(KNOWN, "1"),
        Session::Out => platform::unstore(KNOWN),
        Session::Unknown | Session::Failed(_) => {}
    }
    *SESSION.write() = session;
    match workspace() {
        Some(workspace) => changes::follow(&workspace.id, &workspace.change_cursor),
        None => changes::stop(),
    }
}

/// The server no longer knows this session.
pub(crate) fn ended() {
    changes::stop();
    crate::app::in_app(|| *SESSION.write() = Session::Out);
}

/// The person; `None` only outside the signed-in pages.
pub(crate) fn viewer() -> Option<Rc<Viewer>> {
    match &*SESSION.read() {
        Session::In(viewer) => Some(viewer.clone()),
        _ => None,
    }
}

/// The workspace being looked at.
pub(crate) fn workspace() -> Option<Workspace> {
    let viewer = viewer()?;
    let chosen = CHOSEN.read();
    let mut all = viewer.workspaces.iter().map(|membership| &membership.workspace);
    all.clone()
        .find(|workspace| Some(workspace.id.inner()) == chosen.as_deref())
        .or_else(|| all.next())
        .cloned()
}

/// Its id; empty outside the signed-in pages, where no query runs.
pub(crate) fn workspace_id() -> cynic::Id {
    workspace().map_or_else(|| cynic::Id::new(""), |workspace| workspace.id)
}

/// Whether the person looks after the installation. The server decides again on every request.
pub(crate) fn is_administrator() -> bool {
    viewer().is_some_and(|viewer| viewer.is_administrator)
}

/// Whether the person may change things in this workspace.
pub(crate) fn may_write() -> bool {
    let id = workspace_id();
    viewer().is_some_and(|viewer| {
        viewer
            .workspaces
            .iter()
            .any(|each| each.workspace.id == id && each.role != MemberRole::Viewer)
    })
}

/// Looks at another workspace from now on, in this tab and in those opened later.
pub(crate) fn choose(workspace: &Workspace) {
    platform::tab_store("workspace", workspace.id.inner());
    platform::store("workspace", workspace.id.inner());
    *CHOSEN.write() = Some(workspace.id.inner().to_owned());
    changes::follow(&workspace.id, &workspace.change_cursor);
}

#[derive(cynic::QueryVariables)]
struct PlaceVariables {
    id: cynic::Id,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "PlaceVariables")]
struct PlaceQuery {
    #[arguments(id: $id)]
    workspace_of: Option<Workspace>,
}

/// Goes to the workspace of a thing whose link was opened, where it is not the present one.
pub(crate) async fn go_where(id: &str) {
    if viewer().is_none_or(|viewer| viewer.workspaces.len() < 2) {
        return;
    }
    let id = cynic::Id::new(id);
    if let Ok(PlaceQuery {
        workspace_of: Some(place),
    }) = client::run(PlaceQuery::build(PlaceVariables { id })).await
        && place.id != workspace_id()
    {
        choose(&place);
    }
}

#[derive(cynic::InputObject)]
struct WorkspaceCreateInput {
    name: String,
    hue: Option<Hue>,
}

#[derive(cynic::QueryVariables)]
struct WorkspaceCreateVariables {
    input: WorkspaceCreateInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "WorkspaceCreateVariables")]
struct WorkspaceCreate {
    #[arguments(input: $input)]
    workspace_create: WorkspacePayload,
}

#[derive(cynic::QueryFragment)]
struct WorkspacePayload {
    workspace: Option<Workspace>,
    user_errors: Vec<UserError>,
}

/// Makes a workspace and goes there.
pub(crate) async fn create_workspace(name: String, hue: Option<Hue>) -> Result<(), Error> {
    let input = WorkspaceCreateInput { name, hue };
    let payload = client::run(WorkspaceCreate::build(WorkspaceCreateVariables { input }))
        .await?
        .workspace_create;
    let made = settle(payload.workspace, payload.user_errors)?;
    enter(&made).await;
    Ok(())
}

/// Goes to a workspace that has just become the person's.
pub(crate) async fn enter(workspace: &Workspace) {
    platform::tab_store("workspace", workspace.id.inner());
    platform::store("workspace", workspace.id.inner());
    *CHOSEN.write() = Some(workspace.id.inner().to_owned());
    load().await;
}

/// Why signing in or up did not work: a sentence, and what is wrong with single fields.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
pub(crate) struct Problem {
    #[serde(default)]
    title: String,
    #[serde(default)]
    detail: Option<String>,
    #[serde(default)]
    pub(crate) code: String,
    #[serde(default)]
    errors: Vec<FieldProblem>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
struct FieldProblem {
    #[serde(default)]
    field: String,
    #[serde(default)]
    message: String,
}

impl Problem {
    fn offline() -> Self {
        Self {
            title: Error::Offline.message(),
            ..Self::default()
        }
    }

    /// What happened, in a sentence.
    pub(crate) fn message(&self) -> String {
        self.detail
            .clone()
            .filter(|detail| !detail.is_empty())
            .unwrap_or_else(|| self.title.clone())
    }

    /// Whether nobody is signed in, or no longer.
    pub(crate) fn is_over(&self) -> bool {
        self.code == "UNAUTHENTICATED"
    }

    /// What is wrong with one field.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        self.errors
            .iter()
            .find(|error| error.field == name)
            .map(|error| error.message.clone())
    }
}

#[derive(Serialize)]
struct Credentials<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    email: &'a str,
    password: &'a str,
}

#[derive(Serialize)]
struct Confirmation<'a> {
    token: &'a str,
}

/// Asks for an account. The answer is alike whether or not the address is known.
pub(crate) async fn sign_up(name: &str, email: &str, password: &str) -> Result<(), Problem> {
    auth(
        "sign-up",
        &Credentials {
            name,
            email,
            password,
        },
    )
    .await
    .map(drop)
}

#[derive(Serialize)]
struct Joining<'a> {
    token: &'a str,
    name: &'a str,
    password: &'a str,
}

/// Accepts an invitation with a new account, and signs in.
pub(crate) async fn join(token: &str, name: &str, password: &str) -> Result<(), Problem> {
    let body = Joining {
        token,
        name,
        password,
    };
    auth("join", &body).await?;
    load().await;
    Ok(())
}

/// Turns the link out of the mail into an account, and signs in.
pub(crate) async fn confirm(token: &str) -> Result<(), Problem> {
    auth("confirm", &Confirmation { token }).await?;
    load().await;
    Ok(())
}

#[derive(Serialize)]
struct Forgotten<'a> {
    email: &'a str,
}

/// Asks for a link to a new password. The answer is alike whether or not the address is known.
pub(crate) async fn forgot_password(email: &str) -> Result<(), Problem> {
    auth("forgot-password", &Forgotten { email }).await.map(drop)
}

#[derive(Serialize)]
struct Reset<'a> {
    token: &'a str,
    password: &'a str,
}

/// Sets a new password by the link out of the mail. Whoever was signed in here is not any more.
pub(crate) async fn reset_password(token: &str, password: &str) -> Result<(), Problem> {
    auth("reset-password", &Reset { token, password }).await?;
    ended();
    Ok(())
}

/// Moves the account to the address whose link this is.
pub(crate) async fn confirm_email(token: &str) -> Result<(), Problem> {
    auth("confirm-email", &Confirmation { token }).await.map(drop)
}

/// Signs in.
pub(crate) async fn sign_in(email: &str, password: &str) -> Result<Step, Problem> {
    // While the server thinks about the password.
    #[cfg(split)]
    crate::lazy::bring_signed_in(&crate::route::Route::Today {
        params: crate::route::Params::default(),
    });
    let answer = auth(
        "sign-in",
        &Credentials {
            name: "",
            email,
            password,
        },
    )
    .await?;
    if answer.get("status").and_then(Value::as_str) == Some("second-factor") {
        return Ok(Step::SecondFactor);
    }
    load().await;
    Ok(Step::In)
}

/// Signs out here; other browsers stay signed in.
pub(crate) async fn sign_out() {
    changes::stop();
    // When the server cannot be reached the cookies stay: say so by not pretending.
    if client::post("/api/v1/auth/sign-out", "{}").await.is_ok() {
        *SESSION.write() = Session::Out;
    }
}

/// What signing in led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Somebody is signed in.
    In,
    /// A code is asked for; the browser keeps what it belongs to.
    SecondFactor,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Leaving<'a> {
    return_to: &'a str,
}

/// Leaves for another provider, to come back signed in at `return_to`.
pub(crate) async fn leave_for(provider: &str, return_to: &str) -> Result<(), Problem> {
    let action = ["oauth/", provider, "/start"].concat();
    let answer = auth(&action, &Leaving { return_to }).await?;
    platform::go(answer.get("url").and_then(Value::as_str).unwrap_or("/"));
    Ok(())
}

#[derive(Serialize)]
struct Code<'a> {
    code: &'a str,
}

/// Finishes signing in, by a code of the app or a recovery code.
pub(crate) async fn second_factor(code: &str) -> Result<(), Problem> {
    auth("second-factor", &Code { code }).await?;
    load().await;
    Ok(())
}

async fn auth(action: &str, body: &impl Serialize) -> Result<Value, Problem> {
    post(&["/api/v1/auth/", action].concat(), body).await
}

/// Sends a secret of a person's to one of our own addresses: what came of it, or why nothing did.
pub(crate) async fn post(path: &str, body: &impl Serialize) -> Result<Value, Problem> {
    let body = serde_json::to_string(body).map_err(|_| Problem::offline())?;
    let response = client::post(path, &body).await.map_err(|_| Problem::offline())?;
    if response.ok() {
        let text = response.text().await.unwrap_or_default();
        return Ok(serde_json::from_str(&text).unwrap_or_default());
    }
    let text = response.text().await.unwrap_or_default();
    Err(serde_json::from_str::<Problem>(&text)
        .ok()
        .filter(|problem| !problem.message().is_empty())
        .unwrap_or_else(|| Problem {
            title: "The server could not answer. Try again.".to_owned(),
            ..Problem::default()
        }))
}
