//! What the endpoints of accounts and of signing in answer with.

use poem::{
    Request, Response,
    http::{HeaderMap, StatusCode, header},
};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use smartstack_domain::{
    DomainError,
    identity::{Challenge, Client, SignedIn},
};
use smartstack_schema::ErrorCode;

use super::{
    address, cookie,
    graphql::read_json,
    problem::{FieldProblem, Problem},
    token::LIFETIME,
};
use crate::app::App;

/// The browser a request comes from.
pub(super) fn client_of(app: &App, req: &Request) -> Client {
    Client {
        address: Some(address::of(&app.config, req)),
        user_agent: req.header(header::USER_AGENT).map(str::to_owned),
    }
}

/// An answer that sets both cookies.
pub(super) fn signed_in(
    app: &App,
    status: StatusCode,
    signed_in: &SignedIn,
    tell: bool,
) -> Result<Response, Problem> {
    let requester = &signed_in.requester;
    let user = requester.user();
    let access = app.tokens.sign(user.id, signed_in.session_id).map_err(|error| {
        tracing::error!(%error, "an access token could not be signed");
        Problem::internal()
    })?;
    let person = json!({ "user": { "id": user.id, "name": user.name, "email": user.email } });
    let mut response = answer(status, tell.then_some(&person));
    let refresh_age = (signed_in.expires_at - app.db.clock().now()).num_seconds().max(0);
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

/// Keeps a challenge in a cookie until its second factor comes.
pub(super) fn keep_challenge(app: &App, response: &mut Response, challenge: &Challenge) {
    let age = challenge.expires_at - app.db.clock().now();
    let token = challenge.token.expose_secret();
    if let Some(cookie) = cookie::set(cookie::CHALLENGE, token, "/", age.num_seconds().max(0)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// Takes a challenge's cookie back.
pub(super) fn forget_challenge(response: &mut Response) {
    if let Some(cookie) = cookie::clear(cookie::CHALLENGE, "/") {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// The JSON body of a request.
pub(super) async fn body<T: for<'de> Deserialize<'de>>(req: &mut Request) -> Result<T, Problem> {
    let value = read_json(req).await?;
    // serde's own text would repeat what was sent, passwords included.
    serde_json::from_value(value).map_err(|_| Problem::bad_request("A field is missing or not a text."))
}

/// An answer that nobody keeps.
pub(super) fn answer(status: StatusCode, body: Option<&Value>) -> Response {
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

/// Takes the session's cookies back.
pub(super) fn clear_cookies(headers: &mut HeaderMap) {
    for name in [cookie::ACCESS, cookie::REFRESH] {
        if let Some(cookie) = cookie::clear(name, "/") {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
}

/// Too many attempts.
pub(super) fn throttled(wait: chrono::TimeDelta) -> Problem {
    // Rounded up: a caller that waits exactly so long is let in.
    let seconds = wait.num_seconds().max(0).unsigned_abs() + 1;
    let detail = "Too many attempts. Wait a little and try again.";
    Problem::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::RateLimited, detail).retry_after(seconds)
}

/// What a caller is told of a domain's error.
pub(super) fn fault(error: &DomainError) -> Problem {
    match error {
        DomainError::Validation(fields) => {
            let detail = "Some of what you wrote cannot be taken.";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::BadUserInput, detail)
                .errors(FieldProblem::of(fields))
        }
        DomainError::Forbidden => Problem::forbidden("This is done in a browser, by who is signed in there."),
        error => Problem::of(error),
    }
}
