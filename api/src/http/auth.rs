//! Sign-up, sign-in and what keeps a session alive, as JSON over POST.
//!
//! Every answer that depends on an e-mail address is the same, in content and
//! time, for addresses with an account and without. Tokens travel in cookies
//! alone.

use std::sync::Arc;

use poem::{
    Endpoint, Request, Response,
    http::{HeaderMap, Method, StatusCode},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use smartstack_domain::identity::{
    AddressConfirmation, Attempt, Client, Confirmation, Joining, NewSignUp, PasswordReset, Refresh,
    SecondStep, SignIn, wrong_code,
};
use smartstack_schema::ErrorCode;

use super::{
    cookie,
    problem::Problem,
    reply::{self, answer, body, clear_cookies, fault, throttled},
};
use crate::app::App;

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

#[derive(Deserialize)]
struct CodeBody {
    code: SecretString,
}

#[derive(Deserialize)]
struct ForgotBody {
    email: String,
}

#[derive(Deserialize)]
struct ResetBody {
    token: SecretString,
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
            "sign-up"
                | "confirm"
                | "join"
                | "sign-in"
                | "second-factor"
                | "refresh"
                | "sign-out"
                | "forgot-password"
                | "reset-password"
                | "confirm-email"
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
        let client = reply::client_of(&self.app, &req);
        match action.as_str() {
            "sign-up" => self.sign_up(body(&mut req).await?, &client).await,
            "confirm" => self.confirm(body(&mut req).await?, &client).await,
            "join" => self.join(body(&mut req).await?, &client).await,
            "sign-in" => self.sign_in(body(&mut req).await?, &client).await,
            "second-factor" => self.second_factor(&mut req, &client).await,
            "refresh" => self.refresh(req.headers(), &client).await,
            "forgot-password" => self.forgot_password(body(&mut req).await?, &client).await,
            "reset-password" => self.reset_password(body(&mut req).await?, &client).await,
            "confirm-email" => self.confirm_email(body(&mut req).await?, &client).await,
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
            Confirmation::SignedIn(signed_in) => {
                reply::signed_in(&self.app, StatusCode::OK, &signed_in, true)
            }
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
            Attempt::Done(Joining::SignedIn(signed_in)) => {
                reply::signed_in(&self.app, StatusCode::OK, &signed_in, true)
            }
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
            Attempt::Done(SignIn::SignedIn(signed_in)) => {
                reply::signed_in(&self.app, StatusCode::OK, &signed_in, true)
            }
            Attempt::Done(SignIn::SecondFactor(challenge)) => {
                let body = json!({ "status": "second-factor" });
                let mut response = answer(StatusCode::ACCEPTED, Some(&body));
                reply::keep_challenge(&self.app, &mut response, &challenge);
                Ok(response)
            }
            Attempt::Wrong => Err(Problem::unauthenticated(
                "The e-mail address or the password is wrong.",
            )),
            Attempt::Throttled(wait) => Err(throttled(wait)),
        }
    }

    /// Finishes a sign-in whose first factor was right, by what the cookie names and a code.
    async fn second_factor(&self, req: &mut Request, client: &Client) -> Result<Response, Problem> {
        let over = || Problem::unauthenticated("This sign-in took too long. Begin again.");
        let token = cookie::read(req.headers(), cookie::CHALLENGE).map(SecretString::from);
        let token = token.ok_or_else(over)?;
        let CodeBody { code } = body(req).await?;
        let outcome = self.app.identity.second_step(&token, &code, client).await;
        match outcome.map_err(|error| fault(&error))? {
            Attempt::Done(SecondStep::SignedIn(signed_in)) => {
                let mut response = reply::signed_in(&self.app, StatusCode::OK, &signed_in, true)?;
                reply::forget_challenge(&mut response);
                Ok(response)
            }
            Attempt::Done(SecondStep::Over) => {
                let mut response = Response::from(over());
                reply::forget_challenge(&mut response);
                Ok(response)
            }
            Attempt::Wrong => Err(fault(&wrong_code().into())),
            Attempt::Throttled(wait) => Err(throttled(wait)),
        }
    }

    /// Takes a wish for a new password; the link goes by mail.
    async fn forgot_password(&self, body: ForgotBody, client: &Client) -> Result<Response, Problem> {
        let asked = self.app.identity.ask_reset(&body.email, client).await;
        match asked.map_err(|error| fault(&error))? {
            Attempt::Throttled(wait) => Err(throttled(wait)),
            Attempt::Done(()) | Attempt::Wrong => {
                Ok(answer(StatusCode::ACCEPTED, Some(&json!({ "status": "mailed" }))))
            }
        }
    }

    /// Sets a new password by the mailed link. Nobody is signed in by it.
    async fn reset_password(&self, body: ResetBody, client: &Client) -> Result<Response, Problem> {
        let identity = &self.app.identity;
        let reset = identity.finish_reset(body.token.expose_secret(), body.password, client);
        match reset.await.map_err(|error| fault(&error))? {
            PasswordReset::Done => {
                let mut response = answer(StatusCode::NO_CONTENT, None);
                // Whoever was signed in here is not any more.
                clear_cookies(response.headers_mut());
                Ok(response)
            }
            PasswordReset::Used => Err(gone("This link has done its work. Ask for a new one.")),
            PasswordReset::Expired => Err(gone("This link is too old. Ask for a new one.")),
            PasswordReset::Unknown => Err(incomplete()),
        }
    }

    /// Moves an account to the address whose link this is.
    async fn confirm_email(&self, body: ConfirmBody, client: &Client) -> Result<Response, Problem> {
        let identity = &self.app.identity;
        let confirmed = identity.confirm_address(body.token.expose_secret(), client).await;
        match confirmed.map_err(|error| fault(&error))? {
            AddressConfirmation::Done(email) => Ok(answer(StatusCode::OK, Some(&json!({ "email": email })))),
            AddressConfirmation::Used => Err(gone("This link has done its work, or was taken back.")),
            AddressConfirmation::Expired => Err(gone(
                "This link is too old. Change the address again in your settings.",
            )),
            AddressConfirmation::Taken => Err(Problem::new(
                StatusCode::CONFLICT,
                ErrorCode::Conflict,
                "Another account has this address by now.",
            )),
            AddressConfirmation::Unknown => Err(incomplete()),
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
            Refresh::Renewed(signed_in) => {
                reply::signed_in(&self.app, StatusCode::NO_CONTENT, &signed_in, false)
            }
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
}

impl Endpoint for AuthEndpoint {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        Ok(self.respond(req).await.unwrap_or_else(Into::into))
    }
}

fn gone(detail: &str) -> Problem {
    Problem::new(StatusCode::GONE, ErrorCode::NotFound, detail)
}

fn incomplete() -> Problem {
    let detail = "This link is not complete. Copy the whole address from the mail.";
    Problem::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, detail)
}
