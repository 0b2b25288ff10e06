//! Whose task it is, over the many ways to say so: by who speaks, by name, by role, in lists and in chats.
//!
//! Each line of a table is an owner, `f` the freelancer or `c` the client, and sentences. A sentence is put into a
//! text of the kind the table is for. The owner of every task found has to be right; whether a sentence is found
//! at all is what the cases measure, so that of each table one in ten may be missed here.

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
    let (mut wrong, mut missed, mut all) = (Vec::new(), Vec::new(), 0);
    for line in table.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let mut cells = line.split('|').map(str::trim);
        let want = match cells.next() {
            Some("f") => Owner::Freelancer,
            Some("c") => Owner::Client,
            other => panic!("no owner: {other:?}"),
        };
        for sentence in cells {
            all += 1;
            let read = owners(&frame.replace("{}", sentence), sentence);
            if read.is_empty() {
                missed.push(sentence);
            } else if read.iter().any(|o| *o != want) {
                wrong.push(format!("{sentence:?}: want {want:?}, read {read:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        missed.len() * 10 <= all,
        "{} of {all} missed: {missed:?}",
        missed.len()
    );
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
