//! Values as JSON, each as the schema's scalars write it.

use std::{fmt::Display, io::Write as _};

use chrono::{DateTime, Utc};

/// JSON that is being written.
pub type Json = Vec<u8>;

/// A text, escaped.
pub fn text(json: &mut Json, text: &str) {
    // Writing to memory does not fail, nor does a text.
    let _ = serde_json::to_writer(json, text);
}

/// True or false.
pub fn flag(json: &mut Json, flag: bool) {
    json.extend_from_slice(if flag { b"true" } else { b"false" });
}

/// What needs quotes and no escaping: an id, a day.
pub fn quoted(json: &mut Json, value: impl Display) {
    let _ = write!(json, "\"{value}\"");
}

/// A number.
pub fn number(json: &mut Json, number: i32) {
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(json, &number);
}

/// A moment, as async-graphql writes it.
pub fn moment(json: &mut Json, moment: DateTime<Utc>) {
    json.push(b'"');
    json.extend_from_slice(moment.to_rfc3339().as_bytes());
    json.push(b'"');
}
