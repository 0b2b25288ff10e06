//! Mails as mail programs save them (RFC 5322 and MIME): who, when, what about, and what they say.

use mail_parser::{Address, MessageParser, MimeHeaders as _, PartType};
use smartstack_schema::UnreadableReason;

use super::html;

/// Names of attachments told of at most.
const ATTACHMENTS_MAX: usize = 50;

/// A mail as its reader sees it. Attachments are named and not read.
pub(super) fn text(bytes: &[u8]) -> Result<String, UnreadableReason> {
    let message = MessageParser::default()
        .parse(bytes)
        .ok_or(UnreadableReason::Broken)?;
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if !value.is_empty() {
            text.push_str(&[name, ": ", &value, "\n"].concat());
        }
    };
    line("From", &people(message.from()));
    line("To", &people(message.to()));
    line("Cc", &people(message.cc()));
    if let Some(date) = message.date() {
        line("Date", &date.to_rfc822());
    }
    line("Subject", message.subject().unwrap_or_default());
    text.push('\n');
    // The plain one of two ways to say the same is the one its writer typed.
    let mut said = false;
    for part in message.text_bodies() {
        match &part.body {
            PartType::Text(body) => text.push_str(body),
            PartType::Html(body) => text.push_str(&html::of_text(body)?),
            _ => continue,
        }
        text.push('\n');
        said = true;
    }
    let names: Vec<&str> = message
        .attachments()
        .filter_map(|part| part.attachment_name())
        .take(ATTACHMENTS_MAX)
        .collect();
    if !names.is_empty() {
        text.push_str(&["\nAttachments: ", &names.join(", "), "\n"].concat());
    }
    // A head alone, which every text with a colon in its first line is, is no mail.
    if said {
        Ok(text)
    } else {
        Err(UnreadableReason::Empty)
    }
}

fn people(address: Option<&Address<'_>>) -> String {
    let Some(address) = address else {
        return String::new();
    };
    let people = address.iter().map(|one| match (one.name(), one.address()) {
        (Some(name), Some(address)) => [name, " <", address, ">"].concat(),
        (name, address) => name.or(address).unwrap_or_default().to_owned(),
    });
    people.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_read_as_its_reader_sees_it() {
        let mail = "Return-Path: <t@x.example>\r\n\
            From: =?utf-8?q?Tom=C3=A1s?= <t@x.example>\r\nTo: ana@y.example\r\n\
            Date: Tue, 3 Mar 2026 10:00:00 +0100\r\nSubject: Second\r\n shop\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/mixed; boundary=b\r\n\r\n\
            --b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n\
            --c\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
            Gr=FC=DFe, please draw a crab.\r\n\
            --c\r\nContent-Type: text/html\r\n\r\n<p>HTML of it</p>\r\n--c--\r\n\
            --b\r\nContent-Type: application/pdf; name=brief.pdf\r\n\
            Content-Disposition: attachment; filename=brief.pdf\r\n\r\nxxxx\r\n--b--\r\n";
        let text = text(mail.as_bytes()).unwrap();
        for part in [
            "From: Tomás <t@x.example>\n",
            "Subject: Second shop\n",
            "3 Mar 2026",
            "Grüße, please draw a crab.",
            "Attachments: brief.pdf",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("HTML of it") && !text.contains("xxxx"), "{text}");
    }

    #[test]
    fn a_page_alone_is_read_too() {
        let mail = "From: t@x.example\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>Draw a <i>crab</i>.</p>";
        assert!(text(mail.as_bytes()).unwrap().contains("Draw a crab."));
    }
}
