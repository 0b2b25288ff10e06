//! Web pages, as a browser without styles would show them.

use html2text::render::TextDecorator;
use smartstack_schema::UnreadableReason;

use super::plain;

/// Columns of a line: as many as keep a paragraph on one line.
const WIDTH: usize = 20_000;

/// The text of a page. Nothing it links to is fetched.
pub(super) fn text(bytes: &[u8]) -> Result<String, UnreadableReason> {
    of_text(&decode(bytes))
}

/// The text of a page that has been decoded.
pub(super) fn of_text(page: &str) -> Result<String, UnreadableReason> {
    let text = html2text::config::with_decorator(Plain)
        .no_table_borders()
        .link_footnotes(false)
        .no_link_wrapping()
        .allow_width_overflow()
        .string_from_read(page.as_bytes(), WIDTH)
        .map_err(|_| UnreadableReason::Broken)?;
    Ok(plain::close_gaps(&text))
}

/// Lists and headings keep their marks, as in a text somebody types; nothing else is marked.
struct Plain;

impl TextDecorator for Plain {
    type Annotation = ();

    fn decorate_link_start(&mut self, _: &str) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_link_end(&mut self) -> String {
        String::new()
    }
    fn decorate_em_start(&self) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_em_end(&self) -> String {
        String::new()
    }
    fn decorate_strong_start(&self) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_strong_end(&self) -> String {
        String::new()
    }
    fn decorate_strikeout_start(&self) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_strikeout_end(&self) -> String {
        String::new()
    }
    fn decorate_code_start(&self) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_code_end(&self) -> String {
        String::new()
    }
    fn decorate_preformat_first(&self) {}
    fn decorate_preformat_cont(&self) {}
    fn decorate_image(&mut self, _: &str, _: &str) -> (String, ()) {
        (String::new(), ())
    }
    fn header_prefix(&self, level: usize) -> String {
        "#".repeat(level.min(6)) + " "
    }
    fn quote_prefix(&self) -> String {
        "> ".to_owned()
    }
    fn unordered_item_prefix(&self) -> String {
        "- ".to_owned()
    }
    fn ordered_item_prefix(&self, number: i64) -> String {
        format!("{number}. ")
    }
    fn make_subblock_decorator(&self) -> Self {
        Self
    }
}

/// Decodes a page by its mark, by what it says of itself in its head, or as plain text is.
fn decode(bytes: &[u8]) -> String {
    /// Bytes in which a page has to say its encoding (HTML, 4.2.5.4).
    const HEAD: usize = 1024;
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(HEAD)).unwrap_or_default());
    let said = head.split_once("charset=").map(|(_, rest)| {
        let rest = rest.trim_start_matches(['"', '\'']);
        rest.split(['"', '\'', ';', '>', ' ', '/'])
            .next()
            .unwrap_or_default()
    });
    let said = said.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    match said {
        Some(encoding) if encoding_rs::Encoding::for_bom(bytes).is_none() => {
            encoding.decode(bytes).0.into_owned()
        }
        _ => plain::text(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_sees_is_the_text() {
        let page = "<!doctype html><head><title>t</title><style>p{}</style><script>alert(1)</script></head>\
            <body><h1>Brief</h1><p>Please draw a <b>crab</b> by <a href=\"https://x.example/?a=1\">Friday</a>.</p>\
            <ul><li>one<li>two</ul><table><tr><td>Logo</td><td>12 May</td></tr></table></body>";
        let text = plain::tidy(&text(page.as_bytes()).unwrap());
        assert!(text.contains("Please draw a crab by Friday."), "{text}");
        assert!(
            text.contains("Logo  12 May") || text.contains("Logo 12 May"),
            "{text}"
        );
        for hidden in ["alert", "p{}", "x.example"] {
            assert!(!text.contains(hidden), "{text}");
        }
    }

    #[test]
    fn a_page_says_its_encoding() {
        let page = b"<!doctype html><meta charset=\"iso-8859-1\"><p>Gr\xf6\xdfe</p>";
        assert!(text(page).unwrap().contains("Größe"));
    }
}
