//! What one document may ask for, decided before anything of it runs.
//!
//! Everything is counted over the whole document: every operation, every
//! fragment (used or not), with fragments counted once for each place they are
//! spread. All arithmetic saturates, so no number a caller writes can wrap a
//! counter around. Refusals never repeat the document.
//!
//! **Cost.** Each field, `__typename` included, costs 1 for each object it is
//! read from. The fields below a connection's `nodes` and `edges` are counted
//! as often as the page is long (`first` or `last`, 20 if neither is given),
//! those below `nodes(ids:)` as often as there are ids, and those below any
//! other list [`PLAIN_LIST_SIZE`] times. A connection costs
//! [`CONNECTION_COST`] more, for its statement; `__schema` and `__type` cost
//! [`INTROSPECTION_COST`], whatever is read below them.

mod count;
mod scan;

use async_graphql::Pos;

pub use self::{
    count::{CostModel, Totals},
    scan::{ScanError, scan},
};

/// Fields below one another.
pub const MAX_DEPTH: u64 = 12;
/// Fields below one another inside `__schema` and `__type`; the standard
/// introspection query of graphql-js needs 15.
pub const MAX_INTROSPECTION_DEPTH: u64 = 18;
/// Lists of fields or types below one another inside introspection, after
/// graphql-js's MaxIntrospectionDepthRule.
pub const MAX_INTROSPECTION_LISTS: u64 = 3;
/// See the module's text.
pub const MAX_COST: u64 = 30_000;
/// Fields and fragments after every fragment is put in its place.
pub const MAX_SELECTIONS: u64 = 2_500;
/// Renamed fields.
pub const MAX_ALIASES: u64 = 60;
/// `@skip`, `@include` and whatever else begins with `@`.
pub const MAX_DIRECTIVES: u64 = 60;
/// Names, numbers, strings and punctuation in the text.
pub const MAX_TOKENS: usize = 6_000;
/// Brackets inside one another in the text; keeps the parser's stack small.
pub const MAX_NESTING: usize = 48;

/// How long a list without paging is taken to be.
pub const PLAIN_LIST_SIZE: u64 = 10;
/// What a connection costs beyond its fields.
pub const CONNECTION_COST: u64 = 10;
/// What `__schema` or `__type` costs.
pub const INTROSPECTION_COST: u64 = 2_000;
/// Page length where neither `first` nor `last` is given.
const DEFAULT_PAGE: u64 = 20;
/// Longest page; asking for more fails later with a better message.
const MAX_PAGE: u64 = 100;

/// Why a document is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// Asks for too much.
    #[error("{what} {found} exceeds the limit of {limit} for one request.")]
    TooMuch {
        /// Which figure.
        what: &'static str,
        /// What was counted, up to where counting stopped.
        found: u64,
        /// What is allowed.
        limit: u64,
    },
    /// A fragment contains itself.
    #[error("A fragment must not contain itself.")]
    FragmentCycle(Pos),
}

fn at_most(what: &'static str, found: u64, limit: u64) -> Result<(), LimitError> {
    if found > limit {
        Err(LimitError::TooMuch { what, found, limit })
    } else {
        Ok(())
    }
}
