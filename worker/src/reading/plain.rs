//! Plain text: which bytes are which letters, and white space in order.

/// Decodes a text: by its byte order mark, else as UTF-8, else as Windows-1252, which every byte is
/// something in.
pub(super) fn text(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let rest = bytes.get(mark..).unwrap_or_default();
        return encoding.decode_without_bom_handling(rest).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252
            .decode_without_bom_handling(bytes)
            .0
            .into_owned(),
    }
}

/// Most empty lines in a row that are kept.
const EMPTY_LINES_MAX: usize = 1;

/// Line ends of one kind, no characters that cannot be seen or would turn others round, no white space at the
/// end of lines, no long gaps. Quotes point into what comes out of here.
pub(super) fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text
        .replace("\r\n", "\n")
        .split(['\n', '\r', '\u{c}', '\u{2028}', '\u{2029}'])
    {
        let line: String = line
            .chars()
            .filter(|c| (*c == '\t' || !c.is_control()) && !is_invisible(*c))
            .collect();
        let line = line.trim_end();
        if line.is_empty() {
            empty += 1;
            continue;
        }
        if !tidy.is_empty() {
            tidy.push('\n');
            for _ in 0..empty.min(EMPTY_LINES_MAX) {
                tidy.push('\n');
            }
        }
        empty = 0;
        tidy.push_str(line);
    }
    tidy
}

/// Characters that change how others are read without being seen (Unicode TR 36).
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{feff}' | '\u{ad}')
}

/// Gaps that tables leave, as two spaces.
pub(super) fn close_gaps(text: &str) -> String {
    let mut closed = String::with_capacity(text.len());
    let (mut gap, mut at_start) = (0_usize, true);
    for c in text.chars() {
        if c == ' ' && !at_start {
            gap += 1;
            continue;
        }
        closed.extend(std::iter::repeat_n(' ', gap.min(2)));
        gap = 0;
        at_start = c == '\n' || (at_start && c == ' ');
        closed.push(c);
    }
    closed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_survive_their_encoding() {
        assert_eq!(text("Größe".as_bytes()), "Größe");
        assert_eq!(text("\u{feff}Größe".as_bytes()), "Größe");
        assert_eq!(text(b"Gr\xf6\xdfe \x80"), "Größe €");
        assert_eq!(text(b"\xff\xfeG\0r\0\xf6\0"), "Grö");
        assert_eq!(text(b"\xfe\xff\0G\0r\0\xf6"), "Grö");
    }

    #[test]
    fn white_space_is_put_in_order() {
        assert_eq!(tidy("a  \r\n\r\n\r\n\r\nb\r\tc\u{c}d\n\n"), "a\n\nb\n\tc\nd");
        assert_eq!(tidy("\u{feff}a\u{202e}b\u{0}c\u{7}"), "abc");
        assert_eq!(tidy(" \n \n"), "");
        assert_eq!(
            close_gaps("  - a     b  c d\n    e   f"),
            "  - a  b  c d\n    e  f"
        );
    }
}
