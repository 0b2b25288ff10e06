//! Cells as JSON: what a kind of value looks like in an answer. Nothing is null.

use std::fmt::Display;

use smartstack_domain::{StoreError, cells::Row};
use uuid::Uuid;

use super::json::{self, Json};

type Done = Result<(), StoreError>;

fn written<T>(value: Option<T>, out: &mut Json, write: impl FnOnce(&mut Json, T)) -> Done {
    match value {
        Some(value) => write(out, value),
        None => out.extend_from_slice(b"null"),
    }
    Ok(())
}

/// An id of the kind `I`.
///
/// # Errors
/// A fault where the cell holds something else. So with the others.
pub fn id<I: From<Uuid> + Display>(row: &Row, at: usize, out: &mut Json) -> Done {
    written(row.id(at)?.map(I::from), out, json::quoted)
}

/// A text, or the name of an enum's value.
///
/// # Errors
/// As [`id`].
pub fn text(row: &Row, at: usize, out: &mut Json) -> Done {
    written(row.text(at)?, out, json::text)
}

/// A number.
///
/// # Errors
/// As [`id`].
pub fn number(row: &Row, at: usize, out: &mut Json) -> Done {
    written(row.number(at)?, out, json::number)
}

/// True or false.
///
/// # Errors
/// As [`id`].
pub fn flag(row: &Row, at: usize, out: &mut Json) -> Done {
    written(row.flag(at)?, out, json::flag)
}

/// A day.
///
/// # Errors
/// As [`id`].
pub fn day(row: &Row, at: usize, out: &mut Json) -> Done {
    written(row.day(at)?, out, json::quoted)
}

/// A moment.
///
/// # Errors
/// As [`id`].
pub fn moment(row: &Row, at: usize, out: &mut Json) -> Done {
    written(row.moment(at)?, out, json::moment)
}
