//! Clients and tasks as CSV: out as a file, and in with a look at what it would do.

use std::{io, time::Duration};

use futures_util::stream;
use poem::{Body, error::ReadBodyError, http::StatusCode};
use poem_openapi::{
    Enum, Object, OpenApi,
    param::{Header, Path, Query},
};
use smartstack_domain::{
    Db, DomainError, TenantScope,
    sheet::{self, Kind, Outcome, Planned, SHEET_MAX_BYTES, SheetMode, SheetPlan},
};
use smartstack_schema::{ErrorCode, UserErrorCode};

use super::{
    super::problem::{FieldProblem, Problem},
    answer::{Answer, One},
    caller::{Caller, ExportTasks, Here, ImportTasks, ReadClients, WriteClients, made},
    file::{Attachment, Csv, FileBody},
};

/// What a sheet costs of its caller's budget: some thirty a minute.
const COST: u64 = 20_000;
/// How long a body may take to arrive: 5 MiB over a line of 1.5 Mbit/s.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// What a file does, or would do.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(crate) struct Sheet {
    /// Names what is done: given with the import itself, it does what was looked at or nothing.
    hash: String,
    /// How many things are made.
    new: i64,
    /// How many change.
    changed: i64,
    /// How many are so already.
    unchanged: i64,
    /// How many lines are wrong; a file with one of them is not imported at all.
    wrong: i64,
    /// Whether this very import had been made before, so that it was not made again.
    is_repeated: bool,
    /// Each line of the file.
    lines: Vec<SheetLine>,
}

/// A line of a file.
#[derive(Object)]
pub(crate) struct SheetLine {
    /// Where it begins in the file, from 1.
    line: i64,
    /// What it is about, for people.
    label: String,
    /// The thing's id; null for one that is new.
    id: Option<String>,
    /// What becomes of it.
    outcome: SheetOutcome,
    /// The fields that are set or change.
    changes: Vec<SheetChange>,
    /// What is wrong with it.
    errors: Vec<SheetError>,
}

/// What becomes of a line.
#[derive(Enum)]
#[oai(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum SheetOutcome {
    /// It is made.
    New,
    /// It changes.
    Changed,
    /// It is so already.
    Unchanged,
    /// It cannot be.
    Wrong,
}

/// A field before and after.
#[derive(Object)]
pub(crate) struct SheetChange {
    /// The column.
    field: String,
    /// What it says now; empty for nothing.
    before: String,
    /// What it says then.
    after: String,
}

/// What is wrong with a line.
#[derive(Object)]
pub(crate) struct SheetError {
    /// The column; empty where it is about the whole line.
    field: String,
    /// What is wrong and what to do, for people.
    message: String,
}

fn count(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

impl From<SheetPlan> for Sheet {
    fn from(plan: SheetPlan) -> Self {
        Self {
            new: count(plan.new_ones()),
            changed: count(plan.changed()),
            unchanged: count(plan.unchanged()),
            wrong: count(plan.wrong()),
            is_repeated: plan.is_repeated,
            hash: plan.hash,
            lines: plan.lines.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Planned> for SheetLine {
    fn from(line: Planned) -> Self {
        let changed = |changes: Vec<sheet::Change>| {
            let changes = changes.into_iter();
            let changed = changes.map(|change| SheetChange {
                field: change.field.to_owned(),
                before: change.before,
                after: change.after,
            });
            changed.collect()
        };
        let (outcome, changes, errors) = match line.outcome {
            Outcome::New(all) => (SheetOutcome::New, changed(all), Vec::new()),
            Outcome::Changed(all) => (SheetOutcome::Changed, changed(all), Vec::new()),
            Outcome::Unchanged => (SheetOutcome::Unchanged, Vec::new(), Vec::new()),
            Outcome::Wrong(all) => {
                let errors = all.into_iter();
                let errors = errors.map(|(field, message)| SheetError { field, message });
                (SheetOutcome::Wrong, Vec::new(), errors.collect())
            }
        };
        Self {
            line: count(line.line),
            label: line.label,
            id: line.id,
            outcome,
            changes,
            errors,
        }
    }
}

/// Sheets out and in.
pub(super) struct Sheets;

#[OpenApi(tag = "super::Tag::Transfer")]
impl Sheets {
    /// Export clients as CSV
    ///
    /// All of them, also archived ones, sent as they are read. The form is that of an import.
    #[oai(
        path = "/workspaces/:workspace/export/clients.csv",
        method = "get",
        operation_id = "clientSheetExport"
    )]
    async fn clients_out(
        &self,
        caller: Caller<ReadClients>,
        /// The workspace's id.
        workspace: Path<String>,
    ) -> Answer<Attachment<Csv>> {
        out(&caller, &workspace, Kind::Clients).await
    }

    /// Export tasks as CSV
    ///
    /// All of every project, sent as they are read. The form is that of an import.
    #[oai(
        path = "/workspaces/:workspace/export/tasks.csv",
        method = "get",
        operation_id = "taskSheetExport"
    )]
    async fn tasks_out(
        &self,
        caller: Caller<ExportTasks>,
        /// The workspace's id.
        workspace: Path<String>,
    ) -> Answer<Attachment<Csv>> {
        out(&caller, &workspace, Kind::Tasks).await
    }

    /// Import clients from CSV
    ///
    /// The body is the file, up to 2 000 lines and 5 MiB. Give dryRun=true to see what it would do, then the hash
    /// of that answer to do just that. A line is matched by its id, else by the client's name.
    #[oai(
        path = "/workspaces/:workspace/import/clients.csv",
        method = "post",
        operation_id = "clientSheetImport"
    )]
    #[allow(clippy::too_many_arguments, reason = "the parameters of an import")]
    async fn clients_in(
        &self,
        caller: Caller<WriteClients>,
        /// The workspace's id.
        workspace: Path<String>,
        /// Only says what the file would do.
        #[oai(name = "dryRun")]
        dry_run: Query<Option<bool>>,
        /// What a dry run answered with: refused if the file would do anything else by now.
        hash: Query<Option<String>>,
        /// The same as the header Idempotency-Key, for where no header can be set.
        #[oai(name = "idempotencyKey")]
        key_in_query: Query<Option<String>>,
        /// Makes it safe to send the request again, for 24 hours.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        /// The CSV file.
        body: FileBody<Csv>,
    ) -> Answer<One<Sheet>> {
        let asked = Asked {
            dry_run: dry_run.0,
            hash: hash.0,
            idempotency_key: key.0.or(key_in_query.0),
        };
        take(&caller, &workspace, Kind::Clients, asked, body.bytes).await
    }

    /// Import tasks from CSV
    ///
    /// The body is the file, up to 2 000 lines and 5 MiB. Give dryRun=true to see what it would do, then the hash
    /// of that answer to do just that. A line is matched by its id, else by the task's title in its project.
    #[oai(
        path = "/workspaces/:workspace/import/tasks.csv",
        method = "post",
        operation_id = "taskSheetImport"
    )]
    #[allow(clippy::too_many_arguments, reason = "the parameters of an import")]
    async fn tasks_in(
        &self,
        caller: Caller<ImportTasks>,
        /// The workspace's id.
        workspace: Path<String>,
        /// Only says what the file would do.
        #[oai(name = "dryRun")]
        dry_run: Query<Option<bool>>,
        /// What a dry run answered with: refused if the file would do anything else by now.
        hash: Query<Option<String>>,
        /// The same as the header Idempotency-Key, for where no header can be set.
        #[oai(name = "idempotencyKey")]
        key_in_query: Query<Option<String>>,
        /// Makes it safe to send the request again, for 24 hours.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        /// The CSV file.
        body: FileBody<Csv>,
    ) -> Answer<One<Sheet>> {
        let asked = Asked {
            dry_run: dry_run.0,
            hash: hash.0,
            idempotency_key: key.0.or(key_in_query.0),
        };
        take(&caller, &workspace, Kind::Tasks, asked, body.bytes).await
    }
}

/// Hands a sheet out.
async fn out<N>(caller: &Caller<N>, workspace: &str, kind: Kind) -> Answer<Attachment<Csv>> {
    let here = caller.enter(workspace)?;
    caller.spend(COST).await?;
    let db = here.app().db.clone();
    // The first page says whether there is anything to send; after it the status is on its way.
    let first = read(&db, here.scope(), kind, None).await;
    let first = first.map_err(|error| Problem::of(&error))?;
    let name = match kind {
        Kind::Clients => "clients",
        Kind::Tasks => "tasks",
    };
    let day = db.clock().now().format("%Y-%m-%d");
    let body = pages(db, here.scope().clone(), kind, first);
    Ok(Attachment::new(&format!("{name}-{day}.csv"), body))
}

/// Where the sending stands.
enum At {
    Head((String, Option<String>)),
    After(Option<String>),
}

fn pages(db: Db, scope: TenantScope, kind: Kind, first: (String, Option<String>)) -> Body {
    let pages = stream::try_unfold(At::Head(first), move |at| {
        let (db, scope) = (db.clone(), scope.clone());
        async move {
            let (text, next) = match at {
                At::Head((text, next)) => ([sheet::head(kind), text].concat(), next),
                At::After(None) => return Ok(None),
                At::After(Some(cursor)) => read(&db, &scope, kind, Some(cursor)).await.map_err(|error| {
                    tracing::error!(%error, "an export of a sheet broke off");
                    // The connection is cut: half a file must not look like a whole one.
                    io::Error::other("the sheet could not be read")
                })?,
            };
            Ok::<_, io::Error>(Some((text.into_bytes(), At::After(next))))
        }
    });
    Body::from_bytes_stream(pages)
}

async fn read(
    db: &Db,
    scope: &TenantScope,
    kind: Kind,
    after: Option<String>,
) -> Result<(String, Option<String>), DomainError> {
    db.read(scope, move |tx| {
        Box::pin(async move { sheet::page(tx, kind, after).await })
    })
    .await
}

/// What is asked of a file.
struct Asked {
    dry_run: Option<bool>,
    hash: Option<String>,
    idempotency_key: Option<String>,
}

impl Asked {
    fn mode(self) -> Result<SheetMode, Problem> {
        match (self.dry_run, self.hash) {
            (Some(true), None) => Ok(SheetMode::Preview),
            (None | Some(false), Some(hash)) => Ok(SheetMode::Apply {
                hash,
                idempotency_key: self.idempotency_key,
            }),
            (_, hash) => {
                let message =
                    "Give dryRun=true to see what the file would do, or the hash that answered with.";
                let code = if hash.is_some() {
                    UserErrorCode::Invalid
                } else {
                    UserErrorCode::Required
                };
                Err(Problem::unprocessable(vec![FieldProblem::new(
                    code, "hash", message,
                )]))
            }
        }
    }
}

/// Takes a sheet in, or says what that would do.
async fn take<N>(
    caller: &Caller<N>,
    workspace: &str,
    kind: Kind,
    asked: Asked,
    body: Body,
) -> Answer<One<Sheet>> {
    let here: Here = caller.enter(workspace)?;
    here.may_write()?;
    caller.spend(COST).await?;
    let mode = asked.mode()?;
    let bytes = receive(body).await?;
    let plan = sheet::import(&here.app().db, here.scope(), kind, bytes, mode).await;
    Ok(One::plain(plan.map_err(|error| made(&error))?))
}

async fn receive(body: Body) -> Result<Vec<u8>, Problem> {
    let read = body.into_bytes_limit(SHEET_MAX_BYTES);
    match tokio::time::timeout(BODY_TIMEOUT, read).await {
        Ok(Ok(bytes)) => Ok(bytes.to_vec()),
        Ok(Err(ReadBodyError::PayloadTooLarge)) => Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::BadUserInput,
            "A file may have 5 MiB at most. Import it in parts.",
        )),
        Ok(Err(_)) => Err(Problem::bad_request("The file could not be received.")),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            ErrorCode::BadUserInput,
            "The file took too long to arrive.",
        )),
    }
}
