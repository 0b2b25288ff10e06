//! Shared links over HTTP.
//!
//! The link's token is exchanged at once for a cookie that the browser sends
//! to this link's own addresses only, so that the secret does not stay in the
//! address bar, the history or a `Referer`. Where the link has a password, it
//! is given once and exchanged for a second cookie beside the first.

use std::sync::Arc;

use poem::{
    Endpoint, Request, Response,
    http::{Method, StatusCode, header},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use smartstack_domain::{DomainError, identity::Attempt};
use smartstack_schema::ShareLinkId;

use super::{cookie, problem::Problem, reply};
use crate::{
    app::App,
    graphql::{
        context::{Requester, Surface, open_link},
        error::store_is_away,
    },
};

/// How long the cookie is kept; the link itself may end earlier.
const COOKIE_DAYS: i64 = 30;

/// The link that the path names.
///
/// # Errors
/// The path names none.
pub fn link_in_path(req: &Request) -> Result<ShareLinkId, Problem> {
    req.raw_path_param("link")
        .and_then(|link| link.parse().ok())
        .ok_or_else(Problem::not_found)
}

/// `GET /s/<token>`: opens the view, or says quietly that there is none.
pub struct Open(pub Arc<App>);

impl Endpoint for Open {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        if *req.method() != Method::GET {
            return Ok(Problem::method_not_allowed("GET").into());
        }
        let token = req.raw_path_param("token").unwrap_or_default();
        Ok(match open_link(&self.0, token, None).await {
            // With a password or without: the page asks for it.
            Ok(door) => {
                let path = page_of(door.share_link_id());
                let cookie = cookie::set(cookie::SHARE, token, &path, COOKIE_DAYS * 24 * 60 * 60);
                let mut response = Response::builder()
                    .status(StatusCode::SEE_OTHER)
                    .header(header::LOCATION, path)
                    .header(header::CACHE_CONTROL, "no-store");
                if let Some(cookie) = cookie {
                    response = response.header(header::SET_COOKIE, cookie);
                }
                response.finish()
            }
            Err(DomainError::NotFound) => {
                self.0
                    .spa
                    .index(StatusCode::NOT_FOUND, req.method(), req.headers())
                    .await
            }
            Err(error) => fault(&error),
        })
    }
}

/// `GET /s/v/<link>`: the app, which then asks for the view. Whether the link
/// stands shows in the status alone; revoked, expired and unknown are alike.
pub struct View(pub Arc<App>);

impl Endpoint for View {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        if !matches!(*req.method(), Method::GET | Method::HEAD) {
            return Ok(Problem::method_not_allowed("GET, HEAD").into());
        }
        let requester = match link_in_path(&req) {
            Ok(link) => Requester::resolve(&self.0, &Surface::Share(link), req.headers()).await,
            Err(_) => Ok(Requester::Anonymous),
        };
        let status = match requester {
            Ok(Requester::Share(_) | Requester::Locked(_)) => StatusCode::OK,
            Ok(_) => StatusCode::NOT_FOUND,
            Err(error) => return Ok(fault(&error)),
        };
        Ok(self.0.spa.index(status, req.method(), req.headers()).await)
    }
}

#[derive(Deserialize)]
struct PasswordBody {
    password: SecretString,
}

/// `POST /s/v/<link>/password`: takes the link's password and lets the browser in.
pub struct Unlock(pub Arc<App>);

impl Unlock {
    async fn respond(&self, mut req: Request) -> Result<Response, Problem> {
        if *req.method() != Method::POST {
            return Err(Problem::method_not_allowed("POST"));
        }
        self.0
            .origins
            .check_request(req.headers())
            .map_err(|error| Problem::forbidden(error.to_string()))?;
        let link = link_in_path(&req)?;
        let token = cookie::read(req.headers(), cookie::SHARE).ok_or_else(Problem::not_found)?;
        let token = SecretString::from(token);
        let client = reply::client_of(&self.0, &req);
        let PasswordBody { password } = reply::body(&mut req).await?;
        let unlocked = self
            .0
            .identity
            .unlock(link, token.expose_secret(), password, &client);
        match unlocked.await.map_err(|error| Problem::of(&error))? {
            Attempt::Done(pass) => {
                let mut response = reply::answer(StatusCode::NO_CONTENT, None);
                let cookie = pass.and_then(|pass| {
                    let age = pass.expires_at - self.0.db.clock().now();
                    let value = pass.value.expose_secret();
                    cookie::set(cookie::SHARE_PASS, value, &page_of(link), age.num_seconds())
                });
                if let Some(cookie) = cookie {
                    response.headers_mut().append(header::SET_COOKIE, cookie);
                }
                Ok(response)
            }
            Attempt::Wrong => Err(Problem::unauthenticated(
                "This is not the page's password. Ask whoever sent you the link.",
            )),
            Attempt::Throttled(wait) => Err(reply::throttled(wait)),
        }
    }
}

impl Endpoint for Unlock {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        Ok(self.respond(req).await.unwrap_or_else(Into::into))
    }
}

/// The address of a link's page, to which its cookies are limited.
fn page_of(link: ShareLinkId) -> String {
    format!("/s/v/{link}")
}

fn fault(error: &DomainError) -> Response {
    if store_is_away(error) {
        Problem::unavailable().into()
    } else {
        tracing::error!(?error, "a shared link could not be looked up");
        Problem::internal().into()
    }
}
