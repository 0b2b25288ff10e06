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

/// What needs no quotes: a number, true or false.
pub fn shown(json: &mut Json, value: impl Display) {
    let _ = write!(json, "{value}");
}

/// What needs quotes and no escaping: an id, a day, the name of an enum's value.
pub fn quoted(json: &mut Json, value: impl Display) {
    let _ = write!(json, "\"{value}\"");
}

/// A moment, as async-graphql writes it.
pub fn moment(json: &mut Json, moment: DateTime<Utc>) {
    quoted(json, moment.to_rfc3339());
}
