//! Whose task it is, over the many ways to say so: by who speaks, by name, by role, in lists and in chats.
//!
//! Each line of a table is an owner, `f` the freelancer or `c` the client, and sentences; `-` where none asks
//! for anything. A sentence is put into a text of the kind the table is for.

mod tables;

use chrono::NaiveDate;
use smartstack_extract::{ItemKind, Owner, extract};

/// Texts in which `{}` is said: by the client in a letter, in a mail, by the freelancer in the mail below it, in
/// notes, and in a chat by either.
pub(crate) struct Frames {
    pub(crate) brief: &'static str,
    pub(crate) mail: &'static str,
    pub(crate) reply: &'static str,
}

/// The owners of the tasks whose quote shares most of the sentence.
fn owners(text: &str, sentence: &str) -> Vec<Owner> {
    let today = NaiveDate::from_ymd_opt(2026, 3, 4).expect("a day");
    let at = text.find(sentence).expect("the sentence stands in its text");
    extract(text, today)
        .items
        .iter()
        .filter(|i| i.kind == ItemKind::Task)
        .filter(|i| i.span.start < at + sentence.len() && at < i.span.end)
        .map(|i| i.owner)
        .collect()
}

fn holds(frame: &str, table: &str) {
    let mut wrong = Vec::new();
    for line in table.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let mut cells = line.split('|').map(str::trim);
        let want = match cells.next() {
            Some("f") => Some(Owner::Freelancer),
            Some("c") => Some(Owner::Client),
            _ => None,
        };
        for sentence in cells {
            let read = owners(&frame.replace("{}", sentence), sentence);
            let right = match want {
                Some(owner) => !read.is_empty() && read.iter().all(|o| *o == owner),
                None => read.is_empty(),
            };
            if !right {
                wrong.push(format!("{sentence:?}: want {want:?}, read {read:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

macro_rules! tables {
    ($($language:ident),+) => {$(
        mod $language {
            use crate::{holds, tables::$language::*};

            #[test]
            fn a_client_in_a_letter_or_mail() {
                holds(FRAMES.brief, CLIENT);
                holds(FRAMES.mail, CLIENT);
            }

            #[test]
            fn a_freelancer_in_a_mail() {
                holds(FRAMES.reply, FREELANCER);
            }

            #[test]
            fn notes_of_a_call() {
                holds(NOTE, NOTES);
            }
        }
    )+};
}

tables!(english, german, french, spanish, portuguese, dutch, polish);
