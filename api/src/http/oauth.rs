//! Signing in by another provider: the way there, begun by a page of ours, and the way back, which a
//! browser makes by a link of the provider's.

use std::sync::Arc;

use poem::{
    Endpoint, Request, Response,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use smartstack_domain::identity::{
    Arrival, Attempt, NewVisit, RETURN_MAX, Refusal, SignIn, VISIT_TIME, Visit,
};

use super::{
    cookie,
    problem::Problem,
    reply::{self, answer, body, client_of, fault, throttled},
};
use crate::{
    app::App,
    oauth::{Answer, config::Provider},
};

/// Where people look after their ways to sign in.
const SETTINGS: &str = "/settings/security";
/// Where people sign in.
const SIGN_IN: &str = "/sign-in";

/// `/api/v1/auth/oauth/<provider>/start`.
pub struct OauthStart(pub Arc<App>);

/// `/api/v1/auth/oauth/<provider>/callback`, as providers have it on file.
pub struct OauthCallback(pub Arc<App>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StartBody {
    return_to: Option<String>,
}

/// What a provider adds to the callback's address. Anything else is not looked at.
#[derive(Debug, Default, Deserialize)]
struct CallbackQuery {
    code: Option<SecretString>,
    state: Option<SecretString>,
    iss: Option<String>,
    error: Option<String>,
}

impl OauthStart {
    async fn respond(&self, mut req: Request) -> Result<Response, Problem> {
        let app = &self.0;
        if *req.method() != Method::POST {
            return Err(Problem::method_not_allowed("POST"));
        }
        app.origins
            .check_request(req.headers())
            .map_err(|error| Problem::forbidden(error.to_string()))?;
        let provider = app
            .providers
            .get(req.raw_path_param("provider").unwrap_or_default());
        let provider = provider.ok_or_else(Problem::not_found)?;
        let StartBody { return_to } = body(&mut req).await?;
        let return_to = local(return_to.as_deref().unwrap_or_default());
        let client = client_of(app, &req);
        let begun = app.identity.visit_to_sign_in(&provider.name, &return_to, &client);
        match begun.await.map_err(|error| fault(&error))? {
            Attempt::Done(visit) => leave(app, &provider, &visit).await,
            Attempt::Throttled(wait) => Err(throttled(wait)),
            Attempt::Wrong => Err(Problem::internal()),
        }
    }
}

/// Tells a page of ours where to go, and binds what was begun to its browser.
pub(super) async fn leave(app: &App, provider: &Provider, visit: &NewVisit) -> Result<Response, Problem> {
    let url = app
        .providers
        .authorize_url(provider, visit)
        .await
        .map_err(|error| {
            tracing::warn!(provider = provider.name, %error, "a sign-in could not begin");
            let detail = format!("{} cannot be reached just now. Try again.", provider.label);
            Problem::new(
                StatusCode::BAD_GATEWAY,
                smartstack_schema::ErrorCode::Internal,
                detail,
            )
        })?;
    let mut response = answer(StatusCode::OK, Some(&json!({ "url": url })));
    let browser = visit.browser.expose_secret();
    if let Some(cookie) = cookie::set(cookie::VISIT, browser, "/", VISIT_TIME.num_seconds()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

impl OauthCallback {
    async fn respond(&self, req: Request) -> Result<Response, Problem> {
        if *req.method() != Method::GET {
            return Err(Problem::method_not_allowed("GET"));
        }
        let app = &self.0;
        let name = req.raw_path_param("provider").unwrap_or_default();
        let provider = app.providers.get(name).ok_or_else(Problem::not_found)?;
        let query = req.uri().query().unwrap_or_default();
        let query: CallbackQuery = serde_urlencoded::from_str(query).unwrap_or_default();
        let mut response = match self.take(&provider, req.headers(), &query).await? {
            None => go(&problem_at(SIGN_IN, "expired")),
            Some(visit) => self.arrive(&provider, visit, query, &req).await?,
        };
        if let Some(cookie) = cookie::clear(cookie::VISIT, "/") {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(response)
    }

    /// The visit this browser comes back from.
    async fn take(
        &self,
        provider: &Provider,
        headers: &HeaderMap,
        query: &CallbackQuery,
    ) -> Result<Option<Visit>, Problem> {
        let browser = cookie::read(headers, cookie::VISIT).map(SecretString::from);
        let (Some(state), Some(browser)) = (&query.state, browser) else {
            return Ok(None);
        };
        let visit = self.0.identity.take_visit(&provider.name, state, &browser);
        visit.await.map_err(|error| fault(&error))
    }

    async fn arrive(
        &self,
        provider: &Provider,
        visit: Visit,
        query: CallbackQuery,
        req: &Request,
    ) -> Result<Response, Problem> {
        let app = &self.0;
        let home = if visit.is_for_linking() { SETTINGS } else { SIGN_IN };
        let code = match (query.error.as_deref(), query.code) {
            (None, Some(code)) => code,
            (Some("access_denied"), _) => return Ok(go(&problem_at(home, "denied"))),
            _ => {
                tracing::warn!(provider = provider.name, "a provider answered with an error");
                return Ok(go(&problem_at(home, "failed")));
            }
        };
        let issuer = query.iss;
        let person = app
            .providers
            .person(provider, &visit, Answer { code, issuer })
            .await;
        let person = match person {
            Ok(person) => person,
            Err(error) => {
                tracing::warn!(provider = provider.name, %error, "a provider is not believed");
                return Ok(go(&problem_at(home, "failed")));
            }
        };
        let client = client_of(app, req);
        let arrived = app
            .identity
            .arrive(&visit, person, app.config.sign_up_open, &client)
            .await;
        match arrived.map_err(|error| fault(&error))? {
            Arrival::SignIn(SignIn::SignedIn(signed_in)) => {
                let mut response = reply::signed_in(app, StatusCode::SEE_OTHER, &signed_in, false)?;
                locate(&mut response, &visit.return_to);
                Ok(response)
            }
            Arrival::SignIn(SignIn::SecondFactor(challenge)) => {
                let next: String =
                    serde_urlencoded::to_string([("step", "code"), ("next", visit.return_to.as_str())])
                        .unwrap_or_default();
                let mut response = go(&format!("{SIGN_IN}?{next}"));
                reply::keep_challenge(app, &mut response, &challenge);
                Ok(response)
            }
            Arrival::Linked => Ok(go(&format!("{SETTINGS}?linked={}", provider.name))),
            Arrival::Refused(refusal) => Ok(go(&problem_at(home, word(refusal)))),
        }
    }
}

/// What a page is told of a refusal; it has the sentence.
fn word(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Disabled => "disabled",
        Refusal::Unverified => "unverified",
        Refusal::HasAccount => "has-account",
        Refusal::Closed => "closed",
        Refusal::Taken => "taken",
        Refusal::SignedOut => "expired",
    }
}

fn problem_at(page: &str, problem: &str) -> String {
    format!("{page}?problem={problem}")
}

/// Sends the browser on to a page of ours.
fn go(path: &str) -> Response {
    let mut response = answer(StatusCode::SEE_OTHER, None);
    locate(&mut response, path);
    response
}

fn locate(response: &mut Response, path: &str) {
    let path = HeaderValue::from_str(path).unwrap_or_else(|_| HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, path);
}

/// A path of our own app; the start page in place of anything that a browser could take for an address
/// elsewhere.
pub(super) fn local(path: &str) -> String {
    let inside = path.starts_with('/')
        && !path.starts_with("//")
        && !path.starts_with("/api/")
        && path.len() <= RETURN_MAX
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if inside { path.to_owned() } else { "/".to_owned() }
}

impl Endpoint for OauthStart {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        Ok(self.respond(req).await.unwrap_or_else(Into::into))
    }
}

impl Endpoint for OauthCallback {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        Ok(self.respond(req).await.unwrap_or_else(Into::into))
    }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn only_paths_of_our_own_are_come_back_to() {
        for good in ["/", "/projects/project_1?view=board", "/join?token=a.b-c_d"] {
            assert_eq!(local(good), good);
        }
        let long = format!("/{}", "x".repeat(600));
        for bad in [
            "",
            "projects",
            "//evil.example.com",
            "/\\evil.example.com",
            "https://evil.example.com",
            "javascript:alert(1)",
            "/api/v1/account",
            "/a\r\nSet-Cookie: x=y",
            "/a b",
            "/ü",
            long.as_str(),
        ] {
            assert_eq!(local(bad), "/", "{bad}");
        }
    }
}
