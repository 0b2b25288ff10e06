//! PDF. Text comes page by page, in the order in which it was set.

use pdf_extract::{Document, PlainTextOutput, output_doc};
use smartstack_schema::UnreadableReason;

use super::plain;

/// Most pages looked at: the longest text that is taken has some 100.
const PAGES_MAX: usize = 2_000;

/// The text of a PDF; a scan has none.
pub(super) fn text(bytes: &[u8]) -> Result<String, UnreadableReason> {
    let mut document = Document::load_mem(bytes).map_err(|error| {
        // Some refuse to be opened at all without their password.
        if error.to_string().to_lowercase().contains("password") {
            UnreadableReason::Encrypted
        } else {
            UnreadableReason::Broken
        }
    })?;
    // Many are encrypted against changes alone, and open with no password.
    if document.is_encrypted() && document.decrypt("").is_err() {
        return Err(UnreadableReason::Encrypted);
    }
    if document.get_pages().len() > PAGES_MAX {
        return Err(UnreadableReason::TooLong);
    }
    let mut text = String::new();
    output_doc(&document, &mut PlainTextOutput::new(&mut text)).map_err(|_| UnreadableReason::Broken)?;
    Ok(plain::close_gaps(&text))
}
