//! What kind of file somebody uploads, by its first bytes. A name proves nothing, and neither does what a
//! browser says.

/// A kind of file that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// Text without a form of its own; Markdown is text too.
    Text,
    /// A web page.
    Html,
    /// A mail as mail programs save it.
    Mail,
    /// A PDF.
    Pdf,
    /// A Word document, since 2007.
    Docx,
}

impl MediaType {
    /// Every kind.
    pub const ALL: &[Self] = &[Self::Text, Self::Html, Self::Mail, Self::Pdf, Self::Docx];

    /// Its name among media types (RFC 6838).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text/plain",
            Self::Html => "text/html",
            Self::Mail => "message/rfc822",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }

    /// The kind of a file, by what it holds.
    ///
    /// # Errors
    /// What the file seems to be instead, and what to do: said to a person.
    pub fn of(bytes: &[u8]) -> Result<Self, &'static str> {
        let head = bytes.get(..bytes.len().min(HEAD)).unwrap_or_default();
        // Readers of PDF look for its mark within the first kilobyte (ISO 32000-1, H.3.4.1).
        if find(head, b"%PDF-") {
            return Ok(Self::Pdf);
        }
        if head.starts_with(b"PK\x03\x04") {
            // Names of a ZIP archive's entries are not compressed.
            return if find(bytes, b"word/document.xml") {
                Ok(Self::Docx)
            } else {
                Err("This is a ZIP archive or another kind of Office file. Save it as PDF or .docx.")
            };
        }
        for (mark, what) in OTHERS {
            if head.starts_with(mark) {
                return Err(what);
            }
        }
        let wide = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
        if !wide && bytes.contains(&0) {
            return Err("This file cannot be read here. Upload .txt, .md, .eml, .html, .pdf or .docx.");
        }
        let text = String::from_utf8_lossy(head);
        let text = text.trim_start_matches('\u{feff}').trim_start();
        Ok(if is_html(text) {
            Self::Html
        } else if is_mail(text) {
            Self::Mail
        } else {
            Self::Text
        })
    }
}

/// Bytes looked at for the marks of a kind.
const HEAD: usize = 1024;

/// Marks of files that people upload by mistake, and what to tell them.
const OTHERS: &[(&[u8], &str)] = &[
    (
        &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
        "This is an Office file of the old kind, or one with a password. Save it as .docx or PDF without a password.",
    ),
    (b"{\\rtf", "This is an RTF file. Save it as .docx or PDF."),
    (b"\x89PNG", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE),
    (
        b"\x1f\x8b",
        "This is a compressed file. Unpack it and upload what is in it.",
    ),
    (b"\x7fELF", PROGRAM),
    (b"MZ", PROGRAM),
];
const PICTURE: &str =
    "This is a picture, and text in pictures cannot be read here. Type out the part that matters.";
const PROGRAM: &str = "This is a program. Upload .txt, .md, .eml, .html, .pdf or .docx.";

fn find(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark)
}

fn is_html(text: &str) -> bool {
    let mut rest = text;
    // Comments and declarations may stand before the root.
    for (open, close) in [("<?xml", "?>"), ("<!--", "-->")] {
        if rest.starts_with(open)
            && let Some((_, after)) = rest.split_once(close)
        {
            rest = after.trim_start();
        }
    }
    let start: String = rest.chars().take(14).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// Whether a text begins with the head of a mail: header lines alone (RFC 5322), among them one that says
/// who or when, and another that programs write.
fn is_mail(text: &str) -> bool {
    const SURE: &[&str] = &["from", "date"];
    const MORE: &[&str] = &[
        "message-id",
        "mime-version",
        "received",
        "return-path",
        "delivered-to",
        "content-type",
        "content-transfer-encoding",
        "dkim-signature",
    ];
    let (mut sure, mut more) = (false, false);
    for line in text.lines() {
        if line.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let Some((name, _)) = line.split_once(':') else {
            // The last line of what is looked at may be cut off.
            break;
        };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return false;
        }
        let name = name.to_ascii_lowercase();
        sure |= SURE.contains(&name.as_str());
        more |= MORE.contains(&name.as_str());
    }
    more && (sure || text.len() >= HEAD - 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_holds() {
        let cases: [(&[u8], MediaType); 9] = [
            (b"Hello Ana,\n\nplease draw a crab.", MediaType::Text),
            (b"# Brief\n\n- a logo", MediaType::Text),
            ("\u{feff}Grüße".as_bytes(), MediaType::Text),
            (b"\xff\xfeH\0i\0", MediaType::Text),
            (b"From: Tom\nSubject: a pasted thread\n\nHi", MediaType::Text),
            (b"  <!DOCTYPE HTML><html>", MediaType::Html),
            (b"<?xml version=\"1.0\"?>\n<html lang=\"en\">", MediaType::Html),
            (
                b"Return-Path: <t@x.example>\r\nFrom: Tom <t@x.example>\r\nMIME-Version: 1.0\r\n\r\nHi",
                MediaType::Mail,
            ),
            (b"\n%PDF-1.7\n%\xe2\xe3\xcf\xd3", MediaType::Pdf),
        ];
        for (bytes, kind) in cases {
            assert_eq!(
                MediaType::of(bytes),
                Ok(kind),
                "{}",
                String::from_utf8_lossy(bytes)
            );
        }
        assert_eq!(
            MediaType::of(b"PK\x03\x04....word/document.xml...."),
            Ok(MediaType::Docx)
        );
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_what_to_do() {
        for (bytes, says) in [
            (b"PK\x03\x04....xl/workbook.xml".as_slice(), "Save it as PDF"),
            (b"\x89PNG\r\n\x1a\n", "picture"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password"),
            (b"{\\rtf1", "RTF"),
            (b"MZ\x90\0", "program"),
            (b"plain until \0 here", ".pdf"),
        ] {
            let refusal = MediaType::of(bytes).expect_err(says);
            assert!(refusal.contains(says), "{refusal}");
        }
    }

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in MediaType::ALL {
            assert_eq!(MediaType::parse(kind.as_str()), Some(*kind));
        }
        assert_eq!(MediaType::parse("image/png"), None);
    }
}
