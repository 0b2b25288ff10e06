//! Who is on which side.

mod named;
mod notes;
mod speakers;

use std::collections::HashSet;

use self::notes::{assigned, labelled};
use self::speakers::{chat, mail};
use crate::doc::{BlockKind, Doc, Form};
use crate::lexicon::Pack;
use crate::model::Owner;

/// Names by side, lower case, first names and initials alone.
#[derive(Debug, Default)]
pub(crate) struct People {
    freelancer: Vec<String>,
    client: Vec<String>,
    /// Whoever wrote the notes counts himself among those present ("Anna, Tom, me").
    writer_present: bool,
    /// Words written with a capital in the middle of a sentence: names of somebody or something.
    names: HashSet<String>,
}

impl People {
    /// The side of a name, role or pronoun, where the text tells.
    pub(crate) fn side(&self, who: &str, pack: &Pack) -> Option<Owner> {
        let who = who
            .trim()
            .trim_matches(|c: char| !c.is_alphanumeric() && c != '(' && c != ')')
            .to_lowercase();
        if pack.me.is_match(&who) {
            return Some(Owner::Freelancer);
        }
        let mut words = who
            .split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '.'))
            .filter(|w| !w.is_empty())
            .map(|w| w.trim_end_matches('.'));
        if words.clone().any(|w| self.freelancer.iter().any(|n| n == w)) {
            return Some(Owner::Freelancer);
        }
        if words.any(|w| self.client.iter().any(|n| n == w)) {
            return Some(Owner::Client);
        }
        if pack.freelancer_role.is_match(&who) {
            return Some(Owner::Freelancer);
        }
        None
    }

    /// Whether the text writes the word with a capital where a sentence would not.
    pub(crate) fn is_name(&self, word: &str) -> bool {
        self.names.contains(&word.to_lowercase())
    }

    /// Somebody mentioned in passing: nobody whose side is known already.
    fn introduce(&mut self, owner: Owner, name: &str, pack: &Pack) {
        let first = name.split_whitespace().next().unwrap_or_default();
        let known = self.freelancer.contains(&first.to_lowercase());
        if !known
            && first.chars().count() > 1
            && !pack.lex.stop.contains(&first.to_lowercase().as_str())
            && pack.dates.weekday_of(first).is_none()
            && !pack
                .lex
                .months
                .iter()
                .any(|m| m.split('|').any(|m| m == first.to_lowercase()))
        {
            self.add(owner, name);
        }
    }

    fn add(&mut self, owner: Owner, name: &str) {
        let list = if owner == Owner::Freelancer {
            &mut self.freelancer
        } else {
            &mut self.client
        };
        for word in name.split_whitespace() {
            let w = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
            if !w.is_empty() && !TITLES.contains(&w.as_str()) && !list.contains(&w) {
                list.push(w);
            }
        }
    }
}

/// Beside a name in a list of those present: this one wrote it down.
const MINUTES: &[&str] = &[
    "minutes",
    "notes",
    "note taker",
    "note-taker",
    "protokoll",
    "secrétaire",
    "prise de notes",
    "acta",
    " ata",
    "(ata",
    "notul",
    "protokoł",
    "protokół",
];

/// Before a role: one of the client's people, whatever the trade.
const THEIRS: &[&str] = &[
    "their ", "his ", "her ", "our ", "client", "leur ", "su ", "hun ", "ihr", "in-house",
];

const TITLES: [&str; 30] = [
    "mr", "mrs", "ms", "dr", "herr", "frau", "herrn", "m", "mme", "mlle", "monsieur", "madame", "sr", "sra",
    "señor", "señora", "don", "doña", "dhr", "mevr", "mevrouw", "pan", "pani", "panie", "team", "prof",
    "dona", "de", "van", "senhor",
];

/// Reads names from headers, greetings, lists of participants and assignments; sets each message's speaker.
pub(crate) fn find(doc: &mut Doc<'_>, pack: &'static Pack) -> People {
    let mut people = People::default();
    let greeted = greeted(doc, pack);
    match doc.form {
        Form::Mail => mail(doc, &mut people, greeted),
        Form::Chat => chat(doc, &mut people),
        Form::Brief | Form::Notes => {
            doc.form = if is_notes(doc, pack) && greeted.is_none() {
                Form::Notes
            } else {
                Form::Brief
            };
            if let Some(name) = &greeted {
                people.add(Owner::Freelancer, name);
            }
            named::labels(doc, &mut people, pack);
            if doc.form == Form::Notes {
                named::minuted(doc, &mut people, pack);
            }
            participants(doc, &mut people, pack);
            if doc.form == Form::Notes {
                named::minuted(doc, &mut people, pack);
                named::met(doc, &mut people, pack);
                labelled(doc, &mut people, pack);
                assigned(doc, &mut people, pack);
                for m in &mut doc.messages {
                    m.speaker = Owner::Freelancer;
                }
            }
        }
    }
    named::introduced(doc, &mut people, pack);
    people
}

/// The name in the first greeting.
fn greeted(doc: &Doc<'_>, pack: &Pack) -> Option<String> {
    for block in doc.blocks.iter().filter(|b| b.message == 0).take(4) {
        let s = doc.slice(block.span);
        if let Some(m) = pack.greeting.find(s) {
            let rest: String = s[m.end()..].chars().take(50).collect();
            let head = rest
                .trim_start_matches([',', ' '])
                .split([',', '!', '.', ':', '–', ';', '\n', '?'])
                .next()
                .unwrap_or_default();
            let name: Vec<&str> = head
                .split_whitespace()
                .filter(|w| w.chars().next().is_some_and(char::is_uppercase))
                .take(3)
                .collect();
            return Some(name.join(" "));
        }
    }
    None
}

fn is_notes(doc: &Doc<'_>, pack: &Pack) -> bool {
    let head: Vec<&str> = doc
        .blocks
        .iter()
        .take(3)
        .map(|b| doc.slice(b.span))
        .filter(|s| s.chars().count() < 110)
        .collect();
    let titled = head.first().is_some_and(|s| pack.h_notes.is_match(s));
    let peopled = doc.blocks.iter().take(6).any(|b| {
        doc.slice(b.span).len() < 250
            && pack.h_people.is_match(doc.slice(b.span))
            && doc.slice(b.span).contains([':', ','])
    });
    let mut mine = 0;
    let mut told = 0;
    let mut terse = 0;
    let mut you = 0;
    for block in &doc.blocks {
        let s = doc.slice(block.span);
        let label = s
            .split([':', '→'])
            .next()
            .unwrap_or_default()
            .split("->")
            .next()
            .unwrap_or_default()
            .trim();
        if (pack
            .me
            .is_match(label.trim_start_matches('@').to_lowercase().as_str())
            || pack.h_mine.is_match(label))
            && label.len() < 40
        {
            mine += 1;
        }
        if s.chars().next().is_some_and(char::is_lowercase) && block.kind != BlockKind::Row {
            terse += 1;
        }
        you += pack.you.find_iter(s).count();
        told += usize::from(pack.he.is_match(s))
            + [". ", "! ", "? "]
                .iter()
                .flat_map(|p| s.split(p).skip(1))
                .filter(|t| pack.he.is_match(t))
                .count();
    }
    mine > 0 && you < 4 || (titled || peopled) && you < 5 || terse * 2 > doc.blocks.len() && you < 2
        // "She wants the parlour done first": told about the client, not to the freelancer
        || you == 0 && told >= 3 && pack.lex.code == "en"
}

/// "Present: Farah (consultant), Colm (COO), me", "Call with Dana + Marcus", "Northgate x Farah Aziz".
fn participants(doc: &Doc<'_>, people: &mut People, pack: &Pack) {
    for block in doc.blocks.iter().take(8) {
        let s = doc.slice(block.span);
        if s.chars().count() > 300 {
            continue;
        }
        let listed = pack.h_people.is_match(s) && s.contains(':')
            || s.matches('(').count() > 1 && s.matches(',').count() > 0
            || s.to_lowercase().split(',').any(|p| pack.me.is_match(p.trim()));
        if listed {
            let s = s.split_once(':').map_or(s, |(_, r)| r);
            people.writer_present |= split_top(s).iter().any(|p| {
                let p = p.trim().trim_end_matches('.').to_lowercase();
                let last = ["and ", "und ", "et ", "y ", "e ", "en ", "i "]
                    .iter()
                    .find_map(|w| p.strip_prefix(w))
                    .unwrap_or(&p);
                pack.me.is_match(last)
            });
            let minutes = people.writer_present
                || split_top(s).iter().any(|p| {
                    let low = p.to_lowercase();
                    MINUTES.iter().any(|w| low.contains(w))
                        || low.split(['(', ',', ')']).skip(1).any(|r| r.trim() == "me")
                });
            for part in split_top(s) {
                let (name, role) = part.split_once('(').map_or((part, ""), |(n, r)| (n, r));
                let name = name.trim();
                if name.is_empty()
                    || name.split_whitespace().count() > 4
                    || pack.me.is_match(&name.to_lowercase())
                {
                    continue;
                }
                let writes = MINUTES.iter().any(|w| role.to_lowercase().contains(w))
                    || role.to_lowercase().split([',', ')']).any(|r| r.trim() == "me");
                let theirs = THEIRS.iter().any(|w| role.to_lowercase().starts_with(w));
                let owner = if minutes && writes
                    || !minutes
                        && (pack.freelancer_role.is_match(role) && !theirs
                            || role
                                .to_lowercase()
                                .split([',', ')'])
                                .any(|r| pack.me.is_match(r.trim())))
                {
                    Owner::Freelancer
                } else {
                    Owner::Client
                };
                if name.starts_with(char::is_uppercase) {
                    people.add(owner, name);
                    // "(AB, HR)": initials used further down
                    for word in role.split(|c: char| !c.is_alphanumeric()) {
                        if (2..=3).contains(&word.len())
                            && word.chars().all(char::is_uppercase)
                            && initials_of(name, word)
                        {
                            people.add(owner, word);
                        }
                    }
                }
            }
        } else if let Some(i) = [" for ", " für ", " pour ", " para ", " voor ", " dla "]
            .iter()
            .find_map(|p| s.find(p).map(|i| i + p.len()))
            .filter(|_| s.len() < 90 && doc.form == Form::Brief && block.span.start < 200)
        {
            // "From Priya (marketing) for Tom"
            let name = s[i..].split_whitespace().next().unwrap_or_default();
            if name.starts_with(char::is_uppercase) && s[i..].split_whitespace().count() == 1 {
                people.add(Owner::Freelancer, name);
            }
        } else if let Some((_, right)) = s.split_once(" x ").filter(|_| s.len() < 90) {
            let name: Vec<&str> = right
                .split_whitespace()
                .take_while(|w| w.starts_with(char::is_uppercase))
                .take(2)
                .collect();
            people.add(Owner::Freelancer, &name.join(" "));
        }
    }
}

/// Whether `short` begins like the words of `name`.
fn initials_of(name: &str, short: &str) -> bool {
    short
        .chars()
        .next()
        .is_some_and(|c| name.split_whitespace().any(|n| n.starts_with(c)))
}

fn split_top(s: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut depth, mut from) = (0i32, 0);
    for (i, c) in s.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' | ';' | '+' | '&' if depth <= 0 => {
                out.push(&s[from..i]);
                from = i + c.len_utf8();
            }
            _ => {}
        }
    }
    out.push(&s[from..]);
    out
}

/// "Mr", "Sra.", "Frau": what stands before a name.
pub(crate) fn is_title(word: &str) -> bool {
    TITLES.contains(&word.trim_end_matches('.').to_lowercase().as_str())
        && word.starts_with(char::is_uppercase)
}
