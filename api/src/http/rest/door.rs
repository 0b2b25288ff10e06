//! What every request to REST v1 passes: who asks, whether it may be forged, and what is left to them.

use std::sync::Arc;

use poem::{
    Endpoint, IntoResponse, Request, Response,
    http::{HeaderValue, Method, StatusCode, header},
};

use smartstack_schema::UserErrorCode;

use super::{
    super::{
        address, bearer,
        problem::{FieldProblem, Problem},
    },
    caller::Visitor,
    spec::Allowed,
};
use crate::{
    app::App,
    graphql::context::{CallerAddress, Requester, Surface},
};

/// What a request costs, whatever it is: an object with its fields in GraphQL, and its statement.
const REQUEST_COST: u64 = 30;
/// Name of the one policy there is (draft-ietf-httpapi-ratelimit-headers).
const POLICY: &str = "minute";

/// Stands before the operations.
pub(super) struct Door<E> {
    app: Arc<App>,
    inner: E,
    allowed: Allowed,
}

impl<E: Endpoint> Door<E> {
    pub(super) fn new(app: Arc<App>, inner: E, allowed: Allowed) -> Self {
        Self { app, inner, allowed }
    }

    async fn visitor(&self, req: &Request) -> Result<Visitor, Problem> {
        let app = &self.app;
        let requester = match bearer::in_headers(req.headers())? {
            Some(token) => bearer::open(app, token).await?,
            None if Surface::Account.carries_cookie(req.headers()) => {
                let check = if matches!(*req.method(), Method::GET | Method::HEAD) {
                    // Also what a link of our pages leads to, which can carry no header: files.
                    app.origins.check_download(req.headers())
                } else {
                    app.origins.check_request(req.headers())
                };
                check.map_err(|error| Problem::forbidden(error.to_string()))?;
                Requester::resolve(app, &Surface::Account, req.headers())
                    .await
                    .map_err(|error| Problem::of(&error))?
            }
            None => Requester::Anonymous,
        };
        Ok(Visitor {
            app: Arc::clone(app),
            requester,
            address: CallerAddress(address::of(&app.config, req)),
            target: req.original_uri().clone(),
        })
    }

    /// A misspelt filter must not answer with everything.
    fn known_parameters(&self, req: &Request) -> Result<(), Problem> {
        let uri = req.uri();
        let Some(known) = self.allowed.parameters(uri.path(), req.method().as_str()) else {
            return Ok(());
        };
        let sent: Vec<(String, String)> = serde_urlencoded::from_str(uri.query().unwrap_or_default())
            .map_err(|_| Problem::bad_request("The query cannot be read."))?;
        let errors: Vec<FieldProblem> = sent
            .iter()
            .filter(|(name, _)| !known.contains(name))
            .map(|(name, _)| {
                let name: String = name.chars().take(100).collect();
                FieldProblem::new(UserErrorCode::Invalid, name, "There is no such parameter here.")
            })
            .collect();
        if errors.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        let detail = match names.as_slice() {
            [] => "This takes no parameters.".to_owned(),
            names => format!("This takes the parameters {}.", names.join(", ")),
        };
        Err(Problem::bad_request(detail).errors(errors))
    }

    async fn pass(&self, mut req: Request, visitor: &Visitor) -> Response {
        if let Err(problem) = visitor.spend(REQUEST_COST).await {
            return problem.into();
        }
        req.extensions_mut().insert(visitor.clone());
        let path = req.uri().path().to_owned();
        if let Err(problem) = self.known_parameters(&req) {
            return problem.into();
        }
        match self.inner.call(req).await {
            Ok(answer) => answer.into_response(),
            Err(error) if error.is_from_response() => error.into_response(),
            Err(error) => {
                let mut response = Response::from(Problem::from_poem(&error));
                if response.status() == StatusCode::METHOD_NOT_ALLOWED {
                    let allow = HeaderValue::from_str(&self.allowed.methods(&path));
                    if let Ok(allow) = allow {
                        response.headers_mut().insert(header::ALLOW, allow);
                    }
                }
                response
            }
        }
    }
}

impl<E: Endpoint> Endpoint for Door<E> {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        let visitor = match self.visitor(&req).await {
            Ok(visitor) => visitor,
            Err(problem) => return Ok(problem.into()),
        };
        let mut response = self.pass(req, &visitor).await;
        let budget = self.app.budgets.peek(&visitor.key());
        let seconds = (budget.reset_at - self.app.db.clock().now()).num_seconds().max(0);
        let stretch = crate::app::BUDGET_TIME.num_seconds();
        let headers = response.headers_mut();
        for (name, value) in [
            (
                "ratelimit-policy",
                format!("\"{POLICY}\";q={};w={stretch}", budget.limit),
            ),
            (
                "ratelimit",
                format!("\"{POLICY}\";r={};t={seconds}", budget.remaining),
            ),
        ] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        headers
            .entry(header::VARY)
            .or_insert(HeaderValue::from_static("authorization, cookie"));
        Ok(response)
    }
}
