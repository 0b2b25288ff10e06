//! How a person signs in, and where they are signed in, as JSON: for our own pages, by the session's
//! cookie. Personal access tokens are turned away: a program cannot take over the account it works for.

use std::sync::Arc;

use poem::{
    Endpoint, Request, Response,
    http::{Method, StatusCode},
};
use qrcodegen::{QrCode, QrCodeEcc};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use smartstack_domain::{
    DomainError, FieldError,
    identity::{Attempt, BothFactors, Client, LinkedAccount, NewFactor, Requester as Person, wrong_code},
};
use smartstack_schema::{LinkedAccountId, SessionId, UserErrorCode};

use super::{
    bearer, oauth,
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProofBody {
    current_password: SecretString,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LinkBody {
    provider: String,
    current_password: SecretString,
}

#[derive(Deserialize)]
struct CodeBody {
    code: SecretString,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BothBody {
    current_password: SecretString,
    code: SecretString,
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
            ("second-factor", "" | "confirm" | "end" | "recovery-codes") => "POST",
            ("email", "") => "POST, DELETE",
            ("linked", "") => "POST",
            ("linked", _) => "POST",
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
            ("second-factor", _) => self.second_factor(person, &id, &mut req, &client).await,
            ("linked", _) if id.is_empty() => self.link(person, body(&mut req).await?).await,
            ("linked", _) => self.unlink(person, &id, body(&mut req).await?, &client).await,
            ("sessions", &Method::GET) => self.sessions(person).await,
            _ if id.is_empty() => self.end_others(person).await,
            _ => self.end_session(person, &id).await,
        }
    }

    async fn overview(&self, person: &Person) -> Result<Response, Problem> {
        let identity = &self.app.identity;
        let overview = async {
            let pending = identity.pending_address(person.user().id).await?;
            let linked = identity.linked_accounts(person.user().id).await?;
            let linked: Vec<Value> = linked.iter().map(linked_account).collect();
            let factor = identity.second_factor(person.user().id).await?;
            Ok(json!({
                "linkedAccounts": linked,
                "secondFactor": factor.map(|one| json!({ "since": one.since, "recoveryCodes": one.recovery_codes })),
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

    /// The second factor: beginning one, confirming it, new recovery codes, and ending it.
    async fn second_factor(
        &self,
        person: &Person,
        step: &str,
        req: &mut Request,
        client: &Client,
    ) -> Result<Response, Problem> {
        let identity = &self.app.identity;
        let shown = match step {
            "" => {
                let ProofBody { current_password } = body(req).await?;
                let begun = identity.begin_second_factor(person, current_password).await;
                return Ok(answer(StatusCode::OK, Some(&factor(&proven(begun)?)?)));
            }
            "confirm" => {
                let CodeBody { code } = body(req).await?;
                let confirmed = identity.confirm_second_factor(person, code, client).await;
                return match confirmed.map_err(|error| fault(&error))? {
                    Attempt::Done(codes) => Ok(answer(StatusCode::OK, Some(&recovery_codes(&codes)))),
                    Attempt::Wrong => Err(fault(&wrong_code().into())),
                    Attempt::Throttled(wait) => Err(throttled(wait)),
                };
            }
            _ => {
                let BothBody {
                    current_password,
                    code,
                } = body(req).await?;
                BothFactors {
                    password: current_password,
                    code,
                }
            }
        };
        if step == "end" {
            proven(identity.end_second_factor(person, shown, client).await)?;
            return Ok(answer(StatusCode::NO_CONTENT, None));
        }
        let codes = proven(identity.new_recovery_codes(person, shown, client).await)?;
        Ok(answer(StatusCode::OK, Some(&recovery_codes(&codes))))
    }

    /// Begins to link another provider: tells where to go.
    async fn link(&self, person: &Person, body: LinkBody) -> Result<Response, Problem> {
        let provider = self
            .app
            .providers
            .get(&body.provider)
            .ok_or_else(Problem::not_found)?;
        let identity = &self.app.identity;
        let begun = identity.visit_to_link(person, body.current_password, &provider.name, "/");
        oauth::leave(&self.app, &provider, &proven(begun.await)?).await
    }

    /// Stops a provider from signing the person in.
    async fn unlink(
        &self,
        person: &Person,
        id: &str,
        body: ProofBody,
        client: &Client,
    ) -> Result<Response, Problem> {
        let id: LinkedAccountId = id.parse().map_err(|_| Problem::not_found())?;
        let identity = &self.app.identity;
        let unlinked = identity.unlink(person, body.current_password, id, client).await;
        proven(unlinked)?;
        Ok(answer(StatusCode::NO_CONTENT, None))
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

/// What an authenticator app needs: to be typed, and to be scanned.
fn factor(factor: &NewFactor) -> Result<Value, Problem> {
    let uri = factor.uri.expose_secret();
    let code = QrCode::encode_text(uri, QrCodeEcc::Medium).map_err(|error| {
        tracing::error!(%error, "a second factor does not fit into a QR code");
        Problem::internal()
    })?;
    let secret = factor.secret.expose_secret();
    let qr = json!({ "size": code.size(), "path": path_of(&code) });
    Ok(json!({ "secret": secret, "uri": uri, "qr": qr }))
}

fn linked_account(one: &LinkedAccount) -> Value {
    json!({
        "id": one.id,
        "provider": one.provider,
        "label": one.label,
        "createdAt": one.created_at,
        "lastUsedAt": one.last_used_at,
    })
}

/// The dark squares of a QR code as the path of an SVG, each run of a row one rectangle.
fn path_of(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            if run > 0 {
                path.push_str(&format!("M{x} {y}h{run}v1h-{run}z"));
            }
            // The square after a run is a light one.
            x += i32::try_from(run).unwrap_or_default() + 1;
        }
    }
    path
}

fn recovery_codes(codes: &[SecretString]) -> Value {
    let codes: Vec<&str> = codes.iter().map(ExposeSecret::expose_secret).collect();
    json!({ "recoveryCodes": codes })
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
