//! A look at the text before it is parsed.

use async_graphql::Pos;

use super::{LimitError, MAX_NESTING, MAX_TOKENS};

/// What scanning the text found to be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScanError {
    /// Too long or too deeply nested.
    Limit(LimitError),
    /// A string that does not end; where it begins.
    Unterminated(Pos),
}

/// Counts tokens and brackets of a text before it is parsed, so that the
/// parser never sees one that would cost it much time or stack.
///
/// # Errors
/// The text is over a limit, or a string in it does not end.
pub fn scan(text: &str) -> Result<(), ScanError> {
    let bytes = text.as_bytes();
    let (mut tokens, mut nesting, mut i, mut line, mut line_start) = (0usize, 0usize, 0usize, 1usize, 0usize);
    while i < bytes.len() {
        match bytes[i] {
            b'\n' => {
                line += 1;
                i += 1;
                line_start = i;
                continue;
            }
            b' ' | b'\t' | b'\r' | b',' => {
                i += 1;
                continue;
            }
            b'#' => {
                while i < bytes.len() && !matches!(bytes[i], b'\n' | b'\r') {
                    i += 1;
                }
                continue;
            }
            b'"' => {
                let begin = Pos {
                    line,
                    column: i - line_start + 1,
                };
                i = string_end(bytes, i).ok_or(ScanError::Unterminated(begin))?;
            }
            b'{' | b'[' | b'(' => {
                nesting += 1;
                if nesting > MAX_NESTING {
                    return Err(ScanError::Limit(LimitError::TooMuch {
                        what: "Nesting of brackets",
                        found: nesting as u64,
                        limit: MAX_NESTING as u64,
                    }));
                }
                i += 1;
            }
            b'}' | b']' | b')' => {
                nesting = nesting.saturating_sub(1);
                i += 1;
            }
            byte if is_word(byte) => {
                while i < bytes.len() && is_word(bytes[i]) {
                    i += 1;
                }
            }
            _ => i += 1,
        }
        tokens += 1;
        if tokens > MAX_TOKENS {
            return Err(ScanError::Limit(LimitError::TooMuch {
                what: "Number of tokens",
                found: tokens as u64,
                limit: MAX_TOKENS as u64,
            }));
        }
    }
    Ok(())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || byte >= 0x80
}

/// One past the string that begins at `start`.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut i;
    if bytes[start..].starts_with(b"\"\"\"") {
        i = start + 3;
        while i < bytes.len() {
            if bytes[i..].starts_with(b"\\\"\"\"") {
                i += 4;
            } else if bytes[i..].starts_with(b"\"\"\"") {
                return Some(i + 3);
            } else {
                i += 1;
            }
        }
        return None;
    }
    i = start + 1;
    while i < bytes.len() {
        match bytes[i] {
            b'"' => return Some(i + 1),
            b'\n' | b'\r' => return None,
            b'\\' => i += 2,
            _ => i += 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scanner_knows_strings_and_comments() {
        assert_eq!(scan("{ a(x: \"}}}{{{\", y: \"\"\"{[(\"\"\") } # {{{{"), Ok(()));
        assert!(matches!(
            scan("{ a(x: \"open) }"),
            Err(ScanError::Unterminated(Pos { line: 1, column: 8 }))
        ));
        assert!(matches!(scan(&"[".repeat(49)), Err(ScanError::Limit(_))));
        assert!(matches!(scan(&"a ".repeat(6_001)), Err(ScanError::Limit(_))));
    }
}
