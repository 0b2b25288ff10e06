//! Is the process alive, and is it ready to answer?

use std::{sync::Arc, time::Duration};

use poem::{
    Endpoint, Request, Response,
    http::{Method, StatusCode, header},
};

use super::problem::Problem;
use crate::app::App;

/// How long the database may take to say that it is there.
const READY_TIME: Duration = Duration::from_secs(2);

/// `/health/live`: the process runs. Restart it if this does not answer.
pub async fn live(req: Request) -> Response {
    if matches!(*req.method(), Method::GET | Method::HEAD) {
        ok()
    } else {
        Problem::method_not_allowed("GET, HEAD").into()
    }
}

/// `/health/ready`: requests can be answered. Send none while it says no.
pub struct Ready(pub Arc<App>);

impl Endpoint for Ready {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        if !matches!(*req.method(), Method::GET | Method::HEAD) {
            return Ok(Problem::method_not_allowed("GET, HEAD").into());
        }
        if self.0.draining.is_cancelled() {
            return Ok(Problem::unavailable().into());
        }
        match tokio::time::timeout(READY_TIME, self.0.db.ping()).await {
            Ok(Ok(())) => Ok(ok()),
            Ok(Err(error)) => {
                tracing::warn!(%error, "not ready: the database does not answer");
                Ok(Problem::unavailable().into())
            }
            Err(_) => {
                tracing::warn!("not ready: the database takes too long");
                Ok(Problem::unavailable().into())
            }
        }
    }
}

fn ok() -> Response {
    Response::builder()
        .status(StatusCode::OK)
        .header(header::CONTENT_TYPE, "application/json")
        .body(r#"{"status":"ok"}"#)
}
