//! How a person signs in, and where they are signed in, as JSON: for our own pages, by the session's
//! cookie. Personal access tokens are turned away: a program cannot take over the account it works for.

use std::sync::Arc;

use poem::{
    Endpoint, Request, Response,
    http::{Method, StatusCode},
};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use smartstack_domain::{
    DomainError, FieldError,
    identity::{Attempt, Client, Requester as Person},
};
use smartstack_schema::{SessionId, UserErrorCode};

use super::{
    bearer,
    problem::Problem,
    reply::{answer, body, client_of, fault, throttled},
};
use crate::{
    app::App,
    graphql::context::{Requester, Surface},
};

/// `/api/v1/account`, `/api/v1/account/<part>` and `/api/v1/account/<part>/<id>`.
pub struct AccountEndpoint {
    app: Arc<App>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PasswordBody {
    current_password: SecretString,
    password: SecretString,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EmailBody {
    email: String,
    current_password: SecretString,
}

impl AccountEndpoint {
    /// Serves the account.
    pub fn new(app: Arc<App>) -> Self {
        Self { app }
    }

    async fn respond(&self, mut req: Request) -> Result<Response, Problem> {
        let part = |name: &str| req.raw_path_param(name).unwrap_or_default().to_owned();
        let (part, id) = (part("part"), part("id"));
        let allowed = match (part.as_str(), id.as_str()) {
            ("", "") => "GET",
            ("password", "") => "POST",
            ("email", "") => "POST, DELETE",
            ("sessions", "") => "GET, DELETE",
            ("sessions", _) => "DELETE",
            _ => return Err(Problem::not_found()),
        };
        let method = req.method().clone();
        if !allowed.split(", ").any(|each| each == method.as_str()) {
            return Err(Problem::method_not_allowed(allowed));
        }
        self.app
            .origins
            .check_request(req.headers())
            .map_err(|error| Problem::forbidden(error.to_string()))?;
        if bearer::in_headers(req.headers())?.is_some() {
            return Err(Problem::forbidden(
                "A token cannot look after its account. Sign in with a browser.",
            ));
        }
        let requester = Requester::resolve(&self.app, &Surface::Account, req.headers())
            .await
            .map_err(|error| fault(&error))?;
        let Some(person) = requester.account() else {
            return Err(Problem::unauthenticated("Sign in to look after your account."));
        };
        let client = client_of(&self.app, &req);
        match (part.as_str(), &method) {
            ("", _) => self.overview(person).await,
            ("password", _) => self.password(person, body(&mut req).await?, &client).await,
            ("email", &Method::POST) => self.email(person, body(&mut req).await?, &client).await,
            ("email", _) => self.keep_email(person).await,
            ("sessions", &Method::GET) => self.sessions(person).await,
            _ if id.is_empty() => self.end_others(person).await,
            _ => self.end_session(person, &id).await,
        }
    }

    async fn overview(&self, person: &Person) -> Result<Response, Problem> {
        let identity = &self.app.identity;
        let overview = async {
            let pending = identity.pending_address(person.user().id).await?;
            Ok(json!({
                "email": person.user().email,
                "hasPassword": identity.has_password(person.user().id).await?,
                "pendingEmail": pending.map(|one| json!({ "email": one.email, "expiresAt": one.expires_at })),
            }))
        };
        let overview: Value = overview.await.map_err(|error: DomainError| fault(&error))?;
        Ok(answer(StatusCode::OK, Some(&overview)))
    }

    async fn password(
        &self,
        person: &Person,
        body: PasswordBody,
        client: &Client,
    ) -> Result<Response, Problem> {
        let identity = &self.app.identity;
        let changed = identity.change_password(person, body.current_password, body.password, client);
        proven(changed.await)?;
        Ok(answer(StatusCode::NO_CONTENT, None))
    }

    async fn email(&self, person: &Person, body: EmailBody, client: &Client) -> Result<Response, Problem> {
        let identity = &self.app.identity;
        let asked = identity.change_address(person, &body.email, body.current_password, client);
        proven(asked.await)?;
        Ok(answer(
            StatusCode::ACCEPTED,
            Some(&json!({ "status": "confirm" })),
        ))
    }

    async fn keep_email(&self, person: &Person) -> Result<Response, Problem> {
        let kept = self.app.identity.keep_address(person).await;
        kept.map_err(|error| fault(&error))?;
        Ok(answer(StatusCode::NO_CONTENT, None))
    }

    async fn sessions(&self, person: &Person) -> Result<Response, Problem> {
        let sessions = self.app.identity.sessions(person).await;
        let sessions = sessions.map_err(|error| fault(&error))?;
        let sessions: Vec<Value> = sessions
            .into_iter()
            .map(|one| {
                json!({
                    "id": one.id,
                    "device": one.device,
                    "address": one.address,
                    "createdAt": one.created_at,
                    "lastUsedAt": one.last_used_at,
                    "isCurrent": one.is_current,
                })
            })
            .collect();
        Ok(answer(StatusCode::OK, Some(&json!({ "sessions": sessions }))))
    }

    async fn end_session(&self, person: &Person, id: &str) -> Result<Response, Problem> {
        let id: SessionId = id.parse().map_err(|_| Problem::not_found())?;
        let ended = self.app.identity.end_session(person, id).await;
        ended.map_err(|error| fault(&error))?;
        Ok(answer(StatusCode::NO_CONTENT, None))
    }

    async fn end_others(&self, person: &Person) -> Result<Response, Problem> {
        let ended = self.app.identity.end_other_sessions(person).await;
        let ended = ended.map_err(|error| fault(&error))?;
        Ok(answer(StatusCode::OK, Some(&json!({ "ended": ended }))))
    }
}

/// What came of something that asked for the password once more.
fn proven<T>(outcome: Result<Attempt<T>, DomainError>) -> Result<T, Problem> {
    match outcome.map_err(|error| fault(&error))? {
        Attempt::Done(done) => Ok(done),
        Attempt::Throttled(wait) => Err(throttled(wait)),
        Attempt::Wrong => {
            let message = "This is not your password.";
            let error = FieldError::new(UserErrorCode::Invalid, "currentPassword", message);
            Err(fault(&error.into()))
        }
    }
}

impl Endpoint for AccountEndpoint {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        Ok(self.respond(req).await.unwrap_or_else(Into::into))
    }
}
