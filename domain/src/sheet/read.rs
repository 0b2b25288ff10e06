//! A CSV file as somebody saved it: with commas or semicolons, with or without a mark of its encoding.

use std::collections::HashMap;

use smartstack_schema::UserErrorCode;

use super::{Kind, ROWS_MAX, SHEET_MAX_BYTES, cell::unescape};
use crate::error::{DomainError, FieldError};

/// A line of the file, by the names of its columns. A column that the file does not have is left as it is.
pub(super) struct Line {
    /// Where it begins in the file, from 1.
    pub(super) number: u64,
    cells: HashMap<&'static str, String>,
}

impl Line {
    /// What a cell says; `None` when the file has no such column.
    pub(super) fn get(&self, column: &str) -> Option<&str> {
        self.cells.get(column).map(String::as_str)
    }

    /// What a cell says, if it says anything.
    pub(super) fn said(&self, column: &str) -> Option<&str> {
        self.get(column).map(str::trim).filter(|text| !text.is_empty())
    }
}

fn refuse(message: impl Into<String>) -> DomainError {
    FieldError::new(UserErrorCode::Invalid, "file", message).into()
}

/// The lines of a file. What is wrong with the file as a whole is an error; what is wrong with a line is found
/// out when it is used.
pub(super) fn lines(kind: Kind, bytes: &[u8]) -> Result<Vec<Line>, DomainError> {
    if bytes.len() > SHEET_MAX_BYTES {
        return Err(refuse("This file is larger than 5 MiB. Import it in parts."));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|_| refuse("This file is no text in UTF-8. Save it as “CSV UTF-8”."))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let head = text.lines().next().unwrap_or_default();
    // Spreadsheets write semicolons where a comma is part of numbers.
    let delimiter = if head.contains(';') && !head.contains(',') {
        b';'
    } else {
        b','
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let broken = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        refuse(format!("Line {line} cannot be read as CSV (RFC 4180)."))
    };
    let head = records
        .next()
        .ok_or_else(|| refuse("This file is empty."))?
        .map_err(broken)?;
    let columns = columns(kind, &head)?;
    let mut lines = Vec::new();
    let (mut number, mut counted) = (1, 0);
    for record in records {
        let record = record.map_err(broken)?;
        // The reader's own number is one too low after a line that ends with two characters.
        let at = record.position().map_or(0, csv::Position::byte);
        let start = begin(text.as_bytes(), usize::try_from(at).unwrap_or_default());
        number += ends(text.as_bytes().get(counted..start).unwrap_or_default());
        counted = start;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.len() > columns.len() {
            return Err(refuse(format!(
                "Line {number} has more cells than the first line has names."
            )));
        }
        if lines.len() >= ROWS_MAX {
            return Err(refuse(format!(
                "This file has more than {ROWS_MAX} lines. Import it in parts."
            )));
        }
        let cells = columns.iter().enumerate().map(|(at, column)| {
            let cell = record.get(at).unwrap_or_default();
            (*column, unescape(cell).to_owned())
        });
        lines.push(Line {
            number,
            cells: cells.collect(),
        });
    }
    Ok(lines)
}

/// Where a record begins: behind what is left of the line before, and lines with nothing in them.
fn begin(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default().iter();
    at + rest.take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}

/// How many lines end in here: by a line feed, a carriage return, or both.
fn ends(text: &[u8]) -> u64 {
    let mut ends = 0;
    let mut before = 0;
    for byte in text {
        if *byte == b'\r' || (*byte == b'\n' && before != b'\r') {
            ends += 1;
        }
        before = *byte;
    }
    ends
}

fn columns(kind: Kind, head: &csv::StringRecord) -> Result<Vec<&'static str>, DomainError> {
    let known = kind.columns();
    let mut columns = Vec::with_capacity(head.len());
    for name in head {
        let name = name.trim().to_lowercase().replace(' ', "_");
        let Some(column) = known.iter().find(|column| **column == name) else {
            let name: String = name.chars().take(60).collect();
            let all = known.join(", ");
            return Err(refuse(format!(
                "The first line names “{name}”. It can name: {all}."
            )));
        };
        if columns.contains(column) {
            return Err(refuse(format!("The first line names “{column}” twice.")));
        }
        columns.push(*column);
    }
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line's number, its name, and its notes where it has that column.
    type Named = (u64, Option<String>, Option<String>);

    fn names(bytes: &[u8]) -> Result<Vec<Named>, DomainError> {
        let lines = lines(Kind::Clients, bytes)?;
        let cells = |line: &Line| {
            (
                line.number,
                line.get("name").map(str::to_owned),
                line.said("notes").map(str::to_owned),
            )
        };
        Ok(lines.iter().map(cells).collect())
    }

    #[test]
    fn a_file_is_read_as_spreadsheets_write_it() {
        let of = |number, name: &str, notes: Option<&str>| {
            (number, Some(name.to_owned()), notes.map(str::to_owned))
        };
        assert_eq!(
            names(b"name,notes\r\nAcme,\"a \"\"b\"\",\nc\"\r\n\r\nBert\r\n").expect("lines"),
            [of(2, "Acme", Some("a \"b\",\nc")), of(5, "Bert", None)]
        );
        assert_eq!(
            names("\u{feff}Name;Notes\n'=x; \n".as_bytes()).expect("lines"),
            [of(2, "=x", None)]
        );
        assert_eq!(
            names(b"notes\nonly\n").expect("lines"),
            [(2, None, Some("only".to_owned()))]
        );
    }

    #[test]
    fn what_is_no_sheet_says_what_to_do() {
        for (bytes, said) in [
            (&b""[..], "empty"),
            (b"name\n\xff\xfe", "UTF-8"),
            (b"name,colour_of_hair\n", "It can name: id, name"),
            (b"name,name\n", "twice"),
            (b"name\na,b\n", "more cells"),
        ] {
            let error = names(bytes).expect_err("refused").to_string();
            assert!(error.contains(said), "{error}");
        }
        let long = format!("name\n{}", "x\n".repeat(ROWS_MAX + 1));
        assert!(
            names(long.as_bytes())
                .expect_err("refused")
                .to_string()
                .contains("in parts")
        );
    }
}
