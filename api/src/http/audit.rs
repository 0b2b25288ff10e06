//! The audit log as a file: CSV for a spreadsheet, JSON Lines for a program. Sent as it is read, so that a
//! log of any length takes the memory of one page.

use std::{io, sync::Arc};

use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::stream;
use poem::{
    Body, Endpoint, Request, Response,
    http::{Method, StatusCode, header},
};
use serde::Deserialize;
use serde_json::{Value, json};
use smartstack_domain::{
    Db, DomainError, Page, Paged, TenantScope,
    audit::{self, AuditEvent, AuditFilter},
};
use smartstack_schema::{ErrorCode, TokenScope, UserId, WorkspaceId};

use super::{bearer, problem::Problem};
use crate::{
    app::App,
    graphql::{
        context::{Requester, Surface},
        error::store_is_away,
        scopes,
    },
};

/// Events read at a time.
const PAGE: i64 = 100;

/// `GET /api/v1/workspaces/{id}/audit`: the audit log of a workspace, for its owners.
pub struct AuditExport(pub Arc<App>);

/// What the file is to look like.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Csv,
    Jsonl,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Query {
    #[serde(default)]
    format: Format,
    actor_id: Option<String>,
    action: Option<String>,
    target_kind: Option<String>,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
}

impl Endpoint for AuditExport {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        Ok(self.answer(&req).await.unwrap_or_else(Into::into))
    }
}

impl AuditExport {
    async fn answer(&self, req: &Request) -> Result<Response, Problem> {
        if *req.method() != Method::GET {
            return Err(Problem::method_not_allowed("GET"));
        }
        let app = &self.0;
        let requester = match bearer::in_headers(req.headers())? {
            Some(token) => bearer::open(app, token).await?,
            None => {
                app.origins
                    .check_download(req.headers())
                    .map_err(|error| Problem::forbidden(error.to_string()))?;
                Requester::resolve(app, &Surface::Account, req.headers())
                    .await
                    .map_err(|error| problem(&error))?
            }
        };
        let Some(person) = requester.account() else {
            return Err(Problem::unauthenticated("Sign in to read the audit log."));
        };
        if !person.allows(TokenScope::AuditRead) {
            return Err(Problem::forbidden(scopes::lacking([TokenScope::AuditRead])));
        }
        let id = req.raw_path_param("workspace").unwrap_or_default();
        let workspace: WorkspaceId = id.parse().map_err(|_| Problem::not_found())?;
        let scope = requester.scope(workspace).ok_or_else(Problem::not_found)?;
        let query: Query = serde_urlencoded::from_str(req.uri().query().unwrap_or_default()).map_err(|_| {
            Problem::bad_request(
                "The query takes format (csv or jsonl), actorId, action, targetKind, from and to (moments like \
                 2026-01-31T12:00:00Z).",
            )
        })?;
        let filter = AuditFilter {
            actor_id: query
                .actor_id
                .as_deref()
                .map(str::parse::<UserId>)
                .transpose()
                .map_err(|_| Problem::bad_request("actorId: this is not a person's id."))?,
            action: query.action,
            target_kind: query.target_kind,
            from: query.from,
            to: query.to,
        };
        // The first page says whether there is anything to send; after it the status is on its way.
        let first = read(&app.db, &scope, &filter, None)
            .await
            .map_err(|error| problem(&error))?;
        let day = app.db.clock().now().format("%Y-%m-%d");
        let (kind, ending) = match query.format {
            Format::Csv => ("text/csv; charset=utf-8", "csv"),
            Format::Jsonl => ("application/jsonl; charset=utf-8", "jsonl"),
        };
        Ok(Response::builder()
            .status(StatusCode::OK)
            .header(header::CONTENT_TYPE, kind)
            .header(
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"audit-{day}.{ending}\""),
            )
            .body(body(app.db.clone(), scope, filter, query.format, first)))
    }
}

/// Where the sending stands.
enum At {
    Head(Paged<AuditEvent>),
    After(String),
    End,
}

fn body(db: Db, scope: TenantScope, filter: AuditFilter, format: Format, first: Paged<AuditEvent>) -> Body {
    let pages = stream::try_unfold(At::Head(first), move |at| {
        let (db, scope, filter) = (db.clone(), scope.clone(), filter.clone());
        async move {
            let (mut text, page) = match at {
                At::End => return Ok(None),
                At::Head(page) => (head(format), page),
                At::After(cursor) => {
                    let page = read(&db, &scope, &filter, Some(cursor)).await.map_err(|error| {
                        tracing::error!(%error, "an export of the audit log broke off");
                        // The connection is cut: half a file must not look like a whole one.
                        io::Error::other("the audit log could not be read")
                    })?;
                    (String::new(), page)
                }
            };
            let next = match page.edges.last() {
                Some(last) if page.has_next => At::After(last.cursor.clone()),
                _ => At::End,
            };
            for edge in &page.edges {
                match format {
                    Format::Csv => csv_row(&mut text, &columns(&edge.node)),
                    Format::Jsonl => {
                        text.push_str(&object(&edge.node).to_string());
                        text.push('\n');
                    }
                }
            }
            Ok::<_, io::Error>(Some((text.into_bytes(), next)))
        }
    });
    Body::from_bytes_stream(pages)
}

async fn read(
    db: &Db,
    scope: &TenantScope,
    filter: &AuditFilter,
    after: Option<String>,
) -> Result<Paged<AuditEvent>, DomainError> {
    let page = Page::new(Some(PAGE), after, None, None)?;
    let filter = filter.clone();
    db.read(scope, move |tx| {
        Box::pin(async move { audit::list(tx, &filter, &page).await })
    })
    .await
}

const COLUMNS: [&str; 10] = [
    "id",
    "at",
    "actor_id",
    "actor",
    "address",
    "action",
    "target_kind",
    "target_id",
    "before",
    "after",
];

fn head(format: Format) -> String {
    let mut text = String::new();
    if let Format::Csv = format {
        csv_row(&mut text, &COLUMNS.map(str::to_owned));
    }
    text
}

fn columns(event: &AuditEvent) -> [String; 10] {
    let json = |value: &Option<Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
    [
        event.id.to_string(),
        event.at.to_rfc3339_opts(SecondsFormat::Micros, true),
        event.actor_id.map(|id| id.to_string()).unwrap_or_default(),
        event.actor_name.clone().unwrap_or_default(),
        event.address.clone().unwrap_or_default(),
        event.action.clone(),
        event.target_kind.clone(),
        event.target_id.to_string(),
        json(&event.before),
        json(&event.after),
    ]
}

fn object(event: &AuditEvent) -> Value {
    json!({
        "id": event.id,
        "at": event.at,
        "actorId": event.actor_id,
        "actor": event.actor_name,
        "address": event.address,
        "action": event.action,
        "targetKind": event.target_kind,
        "targetId": event.target_id,
        "before": event.before,
        "after": event.after,
    })
}

/// Appends a line of CSV (RFC 4180). A cell that a spreadsheet would take for a formula is marked as text
/// by an apostrophe (OWASP, "CSV Injection").
fn csv_row(text: &mut String, cells: &[String]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let quoted = formula || cell.contains(['"', ',', '\n', '\r']);
        if quoted {
            text.push('"');
        }
        if formula {
            text.push('\'');
        }
        text.push_str(&cell.replace('"', "\"\""));
        if quoted {
            text.push('"');
        }
    }
    text.push_str("\r\n");
}

fn problem(error: &DomainError) -> Problem {
    match error {
        DomainError::Forbidden => Problem::forbidden("Only an owner of the workspace reads its audit log."),
        DomainError::NotFound => Problem::not_found(),
        DomainError::Validation(fields) => {
            let text: Vec<String> = fields
                .iter()
                .map(|field| format!("{}: {}", field.field.join("."), field.message))
                .collect();
            Problem::new(StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, text.join(" "))
        }
        error if store_is_away(error) => Problem::unavailable(),
        error => {
            tracing::error!(%error, "the audit log could not be read");
            Problem::internal()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::csv_row;

    #[test]
    fn a_cell_is_never_a_formula_and_always_one_cell() {
        let row = |cells: &[&str]| {
            let mut text = String::new();
            csv_row(
                &mut text,
                &cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>(),
            );
            text
        };
        assert_eq!(
            row(&["plain", "a,b", "say \"hi\"", "two\nlines"]),
            "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\r\n"
        );
        for evil in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(row(&[evil]), format!("\"'{evil}\"\r\n"));
        }
    }
}
