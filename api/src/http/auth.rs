//! Sign-up, sign-in and what keeps a session alive, as JSON over POST.
//!
//! Every answer that depends on an e-mail address is the same, in content and
//! time, for addresses with an account and without. Tokens travel in cookies
//! alone.

use std::sync::Arc;

use poem::{
    Endpoint, Request, Response,
    http::{HeaderMap, Method, StatusCode, header},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use smartstack_domain::{
    DomainError,
    identity::{Attempt, Client, Confirmation, Joining, NewSignUp, Refresh, SignedIn},
};
use smartstack_schema::ErrorCode;

use super::{
    address, cookie,
    graphql::read_json,
    problem::{FieldProblem, Problem},
    token::LIFETIME,
};
use crate::{app::App, graphql::error::store_is_away};

/// `/api/v1/auth/<action>`.
pub struct AuthEndpoint {
    app: Arc<App>,
}

#[derive(Deserialize)]
struct SignUpBody {
    name: String,
    email: String,
    password: SecretString,
}

#[derive(Deserialize)]
struct ConfirmBody {
    token: SecretString,
}

#[derive(Deserialize)]
struct JoinBody {
    token: SecretString,
    name: String,
    password: SecretString,
}

#[derive(Deserialize)]
struct SignInBody {
    email: String,
    password: SecretString,
}

impl AuthEndpoint {
    /// Serves the actions.
    pub fn new(app: Arc<App>) -> Self {
        Self { app }
    }

    async fn respond(&self, mut req: Request) -> Result<Response, Problem> {
        let action = req.raw_path_param("action").unwrap_or_default().to_owned();
        if !matches!(
            action.as_str(),
            "sign-up" | "confirm" | "join" | "sign-in" | "refresh" | "sign-out"
        ) {
            return Err(Problem::not_found());
        }
        if *req.method() != Method::POST {
            return Err(Problem::method_not_allowed("POST"));
        }
        // Also without a cookie: a forged sign-in would put a person into somebody else's account.
        self.app
            .origins
            .check_request(req.headers())
            .map_err(|error| Problem::forbidden(error.to_string()))?;
        let client = Client {
            address: Some(address::of(&self.app.config, &req)),
            user_agent: req.header(header::USER_AGENT).map(str::to_owned),
        };
        match action.as_str() {
            "sign-up" => self.sign_up(body(&mut req).await?, &client).await,
            "confirm" => self.confirm(body(&mut req).await?, &client).await,
            "join" => self.join(body(&mut req).await?, &client).await,
            "sign-in" => self.sign_in(body(&mut req).await?, &client).await,
            "refresh" => self.refresh(req.headers(), &client).await,
            _ => self.sign_out(req.headers()).await,
        }
    }

    async fn sign_up(&self, body: SignUpBody, client: &Client) -> Result<Response, Problem> {
        if !self.app.config.sign_up_open {
            return Err(Problem::forbidden(
                "This installation does not take new accounts.",
            ));
        }
        let wish = NewSignUp {
            name: body.name,
            email: body.email,
            password: body.password,
        };
        match self
            .app
            .identity
            .sign_up(wish, client)
            .await
            .map_err(|error| fault(&error))?
        {
            Attempt::Throttled(wait) => Err(throttled(wait)),
            Attempt::Done(()) | Attempt::Wrong => Ok(answer(
                StatusCode::ACCEPTED,
                Some(&json!({ "status": "confirm" })),
            )),
        }
    }

    async fn confirm(&self, body: ConfirmBody, client: &Client) -> Result<Response, Problem> {
        let outcome = self
            .app
            .identity
            .confirm(body.token.expose_secret(), client)
            .await;
        match outcome.map_err(|error| fault(&error))? {
            Confirmation::SignedIn(signed_in) => self.signed_in(StatusCode::OK, &signed_in, true),
            Confirmation::Used => Err(Problem::new(
                StatusCode::CONFLICT,
                ErrorCode::Conflict,
                "This link has done its work. Sign in with your e-mail address and password.",
            )),
            Confirmation::Expired => Err(Problem::new(
                StatusCode::GONE,
                ErrorCode::NotFound,
                "This link is too old. Sign up again to get a new one.",
            )),
            Confirmation::Unknown => Err(Problem::new(
                StatusCode::NOT_FOUND,
                ErrorCode::NotFound,
                "This link is not complete. Copy the whole address from the mail.",
            )),
        }
    }

    /// Accepts an invitation with a new account.
    async fn join(&self, body: JoinBody, client: &Client) -> Result<Response, Problem> {
        let identity = &self.app.identity;
        let joining = identity.join(body.token.expose_secret(), &body.name, body.password, client);
        match joining.await.map_err(|error| fault(&error))? {
            Attempt::Throttled(wait) => Err(throttled(wait)),
            Attempt::Done(Joining::SignedIn(signed_in)) => self.signed_in(StatusCode::OK, &signed_in, true),
            Attempt::Done(Joining::HasAccount) => Err(Problem::new(
                StatusCode::CONFLICT,
                ErrorCode::Conflict,
                "This address has an account. Sign in, then open the link again.",
            )),
            Attempt::Done(Joining::Gone) | Attempt::Wrong => Err(Problem::new(
                StatusCode::GONE,
                ErrorCode::NotFound,
                "This invitation has been used, taken back, or is too old. Ask for a new one.",
            )),
        }
    }

    async fn sign_in(&self, body: SignInBody, client: &Client) -> Result<Response, Problem> {
        let outcome = self
            .app
            .identity
            .sign_in(&body.email, body.password, client)
            .await;
        match outcome.map_err(|error| fault(&error))? {
            Attempt::Done(signed_in) => self.signed_in(StatusCode::OK, &signed_in, true),
            Attempt::Wrong => Err(Problem::unauthenticated(
                "The e-mail address or the password is wrong.",
            )),
            Attempt::Throttled(wait) => Err(throttled(wait)),
        }
    }

    async fn refresh(&self, headers: &HeaderMap, client: &Client) -> Result<Response, Problem> {
        let refused = || {
            let mut response =
                Response::from(Problem::unauthenticated("The session has ended. Sign in again."));
            clear_cookies(response.headers_mut());
            response
        };
        let Some(token) = cookie::read(headers, cookie::REFRESH) else {
            return Ok(refused());
        };
        let outcome = self.app.identity.refresh(SecretString::from(token), client).await;
        match outcome.map_err(|error| fault(&error))? {
            Refresh::Renewed(signed_in) => self.signed_in(StatusCode::NO_CONTENT, &signed_in, false),
            Refresh::Refused => Ok(refused()),
        }
    }

    async fn sign_out(&self, headers: &HeaderMap) -> Result<Response, Problem> {
        let identity = &self.app.identity;
        let session = cookie::read(headers, cookie::ACCESS).and_then(|token| self.app.tokens.verify(token));
        let ended = match (session, cookie::read(headers, cookie::REFRESH)) {
            (Some(session), _) => identity.sign_out(session).await,
            (None, Some(token)) => identity.sign_out_by_token(SecretString::from(token)).await,
            (None, None) => Ok(()),
        };
        ended.map_err(|error| fault(&error))?;
        let mut response = answer(StatusCode::NO_CONTENT, None);
        clear_cookies(response.headers_mut());
        Ok(response)
    }

    /// An answer that sets both cookies.
    fn signed_in(&self, status: StatusCode, signed_in: &SignedIn, tell: bool) -> Result<Response, Problem> {
        let requester = &signed_in.requester;
        let user = requester.user();
        let access = self
            .app
            .tokens
            .sign(user.id, signed_in.session_id)
            .map_err(|error| {
                tracing::error!(%error, "an access token could not be signed");
                Problem::internal()
            })?;
        let person = json!({ "user": { "id": user.id, "name": user.name, "email": user.email } });
        let mut response = answer(status, tell.then_some(&person));
        let refresh_age = (signed_in.expires_at - self.app.db.clock().now())
            .num_seconds()
            .max(0);
        let cookies = [
            cookie::set(cookie::ACCESS, &access, "/", LIFETIME.num_seconds()),
            cookie::set(
                cookie::REFRESH,
                signed_in.refresh_token.expose_secret(),
                "/",
                refresh_age,
            ),
        ];
        for cookie in cookies.into_iter().flatten() {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(response)
    }
}

impl Endpoint for AuthEndpoint {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        Ok(self.respond(req).await.unwrap_or_else(Into::into))
    }
}

async fn body<T: for<'de> Deserialize<'de>>(req: &mut Request) -> Result<T, Problem> {
    let value = read_json(req).await?;
    // serde's own text would repeat what was sent, passwords included.
    serde_json::from_value(value).map_err(|_| Problem::bad_request("A field is missing or not a text."))
}

fn answer(status: StatusCode, body: Option<&Value>) -> Response {
    let response = Response::builder()
        .status(status)
        .header(header::CACHE_CONTROL, "no-store");
    match body {
        Some(body) => response
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string()),
        None => response.finish(),
    }
}

fn clear_cookies(headers: &mut HeaderMap) {
    for name in [cookie::ACCESS, cookie::REFRESH] {
        if let Some(cookie) = cookie::clear(name, "/") {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
}

fn throttled(wait: chrono::TimeDelta) -> Problem {
    // Rounded up: a caller that waits exactly so long is let in.
    let seconds = wait.num_seconds().max(0).unsigned_abs() + 1;
    let detail = "Too many attempts. Wait a little and try again.";
    Problem::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::RateLimited, detail).retry_after(seconds)
}

fn fault(error: &DomainError) -> Problem {
    match error {
        DomainError::Validation(fields) => {
            let errors = fields
                .iter()
                .map(|field| FieldProblem {
                    field: field.field.join("."),
                    code: field.code.as_str().to_owned(),
                    message: field.message.clone(),
                })
                .collect();
            let detail = "Some of what you wrote cannot be taken.";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::BadUserInput, detail).errors(errors)
        }
        error if store_is_away(error) => Problem::unavailable(),
        error => {
            tracing::error!(?error, "identity failed");
            Problem::internal()
        }
    }
}
