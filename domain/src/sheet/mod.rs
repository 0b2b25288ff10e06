//! Clients and tasks as CSV (RFC 4180), out and in.
//!
//! An import is looked at first: line by line what would be new, changed, as it is, or wrong. The look is the
//! import itself, taken back; its hash names what was seen, and an import with that hash does that or nothing.
//! What a file does not name is left as it is: a column, and a thing. Nothing is ever deleted by a file.

mod cell;
mod client;
mod plan;
mod read;
mod task;

use std::sync::{Arc, Mutex, PoisonError};

pub use self::plan::{Change, Outcome, Planned, SheetPlan};
use crate::{
    db::{Db, TenantScope, TenantTx, WorkspaceTx, page::Page},
    error::DomainError,
    idempotency,
    input::Checks,
};

/// The largest file: 5 MiB.
pub const SHEET_MAX_BYTES: usize = 5 * 1024 * 1024;
/// Most lines of a file: each is a write of its own, and all of them are one transaction.
pub const ROWS_MAX: usize = 2_000;
/// Rows written at a time.
const PAGE: i64 = 100;

/// What a file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Clients; one without an id is the one of the same name.
    Clients,
    /// Tasks; one without an id is the one of the same title in the same project.
    Tasks,
}

impl Kind {
    /// The columns, in their order.
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Clients => client::COLUMNS,
            Self::Tasks => task::COLUMNS,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Clients => "clients",
            Self::Tasks => "tasks",
        }
    }
}

/// The first line of a file.
pub fn head(kind: Kind) -> String {
    row(kind.columns().iter().map(|name| (*name).to_owned()))
}

/// Some lines of a file, and where to go on; `None` at its end.
///
/// # Errors
/// Store errors alone.
pub async fn page(
    tx: &WorkspaceTx,
    kind: Kind,
    after: Option<String>,
) -> Result<(String, Option<String>), DomainError> {
    let page = Page::new(Some(PAGE), after, None, None)?;
    match kind {
        Kind::Clients => client::page(tx, &page).await,
        Kind::Tasks => task::page(tx, &page).await,
    }
}

/// One line, with its end.
fn row(cells: impl IntoIterator<Item = String>) -> String {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let cells: Vec<String> = cells.into_iter().map(|text| cell::escape(&text)).collect();
    // Into memory: nothing can fail.
    let _ = writer.write_record(&cells);
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// What to do with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetMode {
    /// Say what it would do.
    Preview,
    /// Do what the preview with this hash has said ([`SheetPlan::hash`]).
    Apply {
        /// The hash.
        hash: String,
        /// Makes a repeated request safe for 24 hours.
        idempotency_key: Option<String>,
    },
}

/// Imports a file, or says what that would do.
///
/// # Errors
/// [`DomainError::Validation`] of `file` for what is no such file; [`DomainError::InvalidState`] where it would
/// do something else than what was seen, or has lines that are wrong; [`DomainError::Conflict`] when the
/// idempotency key was used for another file; [`DomainError::Forbidden`] for a role that only reads; store errors.
/// Nothing is done then.
pub async fn import(
    db: &Db,
    scope: &TenantScope,
    kind: Kind,
    bytes: Vec<u8>,
    mode: SheetMode,
) -> Result<SheetPlan, DomainError> {
    let lines = read::lines(kind, &bytes)?;
    // What a preview found out outlives the transaction that is taken back.
    let seen = Arc::new(Mutex::new(None));
    let found = Arc::clone(&seen);
    let work = db.in_tenant(scope, move |tx| {
        Box::pin(async move {
            if let SheetMode::Apply {
                hash,
                idempotency_key,
            } = &mode
                && is_repeated(tx, kind, hash, idempotency_key.as_deref()).await?
            {
                return Ok(SheetPlan::done_before(hash));
            }
            let plan = match kind {
                Kind::Clients => client::run(tx, &lines).await?,
                Kind::Tasks => task::run(tx, &lines).await?,
            };
            match mode {
                SheetMode::Preview => {
                    *found.lock().unwrap_or_else(PoisonError::into_inner) = Some(plan);
                    Err(DomainError::InvalidState("a preview".to_owned()))
                }
                SheetMode::Apply { hash, .. } => settle(plan, &hash),
            }
        })
    });
    let done = work.await;
    let preview = seen.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (done, preview) {
        (Err(_), Some(plan)) => Ok(plan),
        (done, _) => done,
    }
}

async fn is_repeated(
    tx: &mut TenantTx,
    kind: Kind,
    hash: &str,
    key: Option<&str>,
) -> Result<bool, DomainError> {
    let mut checks = Checks::default();
    checks.idempotency_key(key);
    checks.finish()?;
    let operation = match kind {
        Kind::Clients => "sheet.clients",
        Kind::Tasks => "sheet.tasks",
    };
    let id = tx.new_id();
    let first = idempotency::claim(tx, operation, key, &(kind.name(), hash), id).await?;
    Ok(first.is_some())
}

fn settle(plan: SheetPlan, hash: &str) -> Result<SheetPlan, DomainError> {
    let refuse = |message: &str| Err(DomainError::InvalidState(message.to_owned()));
    if plan.hash != hash {
        return refuse(
            "Something has changed since you looked: this file would do something else now. Look at it again.",
        );
    }
    if plan.wrong() > 0 {
        return refuse(
            "Some lines are wrong. Mend them in the file and look at it again; nothing was imported.",
        );
    }
    Ok(plan)
}
