//! Who or what a label in front of an entry, or a name at its end, makes it.

use super::{Shape, Unit};
use crate::doc::{BlockKind, Doc, Form};
use crate::lexicon::Pack;
use crate::model::{Owner, Span};
use crate::people::People;
use crate::sections::{self, Section};

/// Reads "Open: …", "Anna: …", "me → …" off the front.
pub(super) fn label(doc: &Doc<'_>, people: &People, pack: &Pack, unit: &mut Unit) {
    let s = doc.slice(unit.span);
    // "@arun fix the login"
    if let Some(rest) = s.strip_prefix('@')
        && doc.form != Form::Chat
        && let Some((name, after)) = rest.split_once([' ', ':', ','])
        && !after.trim().is_empty()
        && !name.is_empty()
    {
        let known = if pack.me.is_match(&name.to_lowercase()) && doc.form == Form::Notes {
            Some(Owner::Freelancer)
        } else {
            people.side(name, pack)
        };
        unit.assigned = Some(known.unwrap_or(Owner::Client));
        let from = unit.span.start + 1 + name.len();
        unit.body = doc.trim(Span::new(skip_signs(doc, from, unit.span.end), unit.span.end));
        return;
    }
    let signs = ["→", "->", "=>", ":", " – ", " - ", " — "];
    let Some((at, sign)) = signs.iter().filter_map(|g| s.find(g).map(|i| (i, *g))).min() else {
        return;
    };
    let name = action_prefix(&s[..at]);
    let words = name.split_whitespace().count();
    if words == 0
        || words > 5
        || s[at + sign.len()..].trim().is_empty()
        || !(s[at + sign.len()..].starts_with([' ', '*', '\u{a0}']) || sign.starts_with(' '))
    {
        return;
    }
    // "On your question: …" answers one
    if [
        "on your",
        "to your",
        "re your",
        "as to your",
        "zu ihrer",
        "zu deiner",
        "à votre",
        "a tu",
        "a su",
    ]
    .iter()
    .any(|w| name.to_lowercase().starts_with(w))
    {
        return;
    }
    let rest = at + sign.len();
    let body = doc.trim(Span::new(unit.span.start + rest, unit.span.end));
    let dash = sign.trim() == "-" || sign.trim() == "–" || sign.trim() == "—";
    let person = |n: &str| -> Option<Owner> {
        let joint = split_names(&n.replace('/', " / "));
        let sides: Vec<Option<Owner>> = joint.iter().map(|p| people.side(p, pack)).collect();
        if sides.contains(&Some(Owner::Freelancer)) {
            return Some(Owner::Freelancer);
        }
        sides.into_iter().find_map(|s| s)
    };
    let entry = matches!(unit.shape, Shape::Entry | Shape::OpenBox | Shape::Sentence);
    // "Two small changes: could you move the café?" only announces what follows
    if sign == ":"
        && doc.form != Form::Notes
        && person(name).is_none()
        && pack.request.find(doc.slice(body)).is_some_and(|m| m.start() < 3)
    {
        return;
    }
    if !dash
        && doc.form != Form::Chat
        && pack.h_meta.is_match(name)
        && (unit.section != Section::Tasks(None)
            || unit.block < 8
                && doc.form == Form::Brief
                && doc.blocks[unit.block].kind == BlockKind::Paragraph)
    {
        unit.section = Section::Background;
        unit.shape = Shape::Sentence;
        return;
    }
    if entry
        && doc.form != Form::Brief
        && pack
            .me
            .is_match(name.trim().trim_start_matches('@').to_lowercase().as_str())
    {
        unit.assigned = Some(if doc.form == Form::Notes {
            Owner::Freelancer
        } else {
            doc.messages[unit.message].speaker
        });
        unit.body = body;
        return;
    }
    // "Maureen wants: …" names what is asked of the writer
    const WANTS: &[&str] = &[
        "wants", "needs", "want", "need", "asks", "möchte", "will", "braucht", "veut", "voudrait", "quiere",
        "quer", "wil", "chce",
    ];
    if doc.form == Form::Notes
        && sign == ":"
        && words > 1
        && name
            .split_whitespace()
            .next_back()
            .is_some_and(|w| WANTS.contains(&w.to_lowercase().as_str()))
        && entry
    {
        unit.assigned = Some(Owner::Freelancer);
        unit.body = body;
        return;
    }
    if let Some(owner) =
        person(name).filter(|_| entry && words <= 4 && !(dash && unit.shape == Shape::Sentence))
    {
        unit.assigned = Some(owner);
        unit.body = body;
        return;
    }
    let owned = match sections::meaning(name, pack, people, doc.form) {
        Some(Section::Tasks(Some(owner))) if dash && entry && words <= 2 && doc.form == Form::Notes => {
            Some(owner)
        }
        _ => None,
    };
    if owned.is_some() {
        unit.assigned = owned;
        unit.body = body;
        return;
    }
    if !dash && words <= 4 {
        match sections::meaning(name, pack, people, doc.form) {
            Some(Section::Background) if !matches!(unit.section, Section::Tasks(_)) => {
                unit.section = Section::Background;
                return;
            }
            Some(Section::Background | Section::Money) | None => {}
            // "Action: SW – negotiate the clause"
            Some(Section::Tasks(None)) => {
                unit.section = Section::Tasks(None);
                unit.body = body;
                let rest = doc.slice(body);
                let named = [" – ", " - ", " — ", ": ", " → ", " -> "]
                    .iter()
                    .filter_map(|g| rest.find(g).map(|i| (i, g.len())))
                    .min();
                if let Some((i, n)) = named
                    && let Some(owner) =
                        person(&rest[..i]).filter(|_| rest[..i].split_whitespace().count() <= 4)
                {
                    unit.assigned = Some(owner);
                    unit.body = doc.trim(Span::new(body.start + i + n, unit.span.end));
                }
                return;
            }
            Some(found) => {
                let found = match found {
                    Section::Tasks(Some(owner)) if doc.form != Form::Notes => {
                        Section::Tasks(Some(turned(doc, pack, unit, name, owner)))
                    }
                    other => other,
                };
                // "Menu: they picked the lamb": a topic of one noun is no label unless it is one of ours
                unit.section = found;
                unit.body = body;
                if let Section::Tasks(owner) = found {
                    unit.assigned = owner.or(unit.assigned);
                }
                return;
            }
        }
    }
    // an unknown capitalised name before an arrow or colon in notes is somebody on the client's side
    let capital = name
        .split_whitespace()
        .all(|w| w.starts_with(char::is_uppercase) || w == "+" || w == "&")
        || matches!(sign, "→" | "->" | "=>")
            && words <= 3
            && name.split_whitespace().any(|w| w.starts_with(char::is_uppercase));
    let arrow = matches!(sign, "→" | "->" | "=>");
    let titled = name.split_whitespace().count() > 1
        && name
            .split_whitespace()
            .next()
            .is_some_and(crate::people::is_title);
    if doc.form == Form::Notes && titled && capital && matches!(unit.shape, Shape::Entry | Shape::OpenBox) {
        unit.assigned = Some(Owner::Client);
        unit.body = body;
        return;
    }
    if doc.form == Form::Notes
        && matches!(unit.shape, Shape::Entry | Shape::OpenBox)
        && capital
        && (words <= 3 && arrow || sign == ":" && matches!(unit.section, Section::Tasks(_)) && words <= 2)
    {
        unit.assigned = Some(Owner::Client);
        unit.body = body;
    }
}

/// "From my side:" in a mail of the freelancer is the freelancer's, "from you:" the client's.
fn turned(doc: &Doc<'_>, pack: &Pack, unit: &Unit, label: &str, owner: Owner) -> Owner {
    const OWN: &[&str] = &[
        "my", "our", "me", "us", "mine", "i", "we", "mir", "uns", "meiner", "unserer", "ich", "wir", "mon",
        "notre", "moi", "nous", "mi", "nuestra", "mí", "minha", "nossa", "mim", "meu", "nosso", "mij", "ons",
        "mijn", "onze", "mojej", "naszej", "nas", "mnie",
    ];
    let own = label
        .split(|c: char| !c.is_alphabetic())
        .any(|w| OWN.contains(&w.to_lowercase().as_str()));
    let speaker = doc.messages[unit.message].speaker;
    if speaker == Owner::Client || !own && !pack.you.is_match(label) {
        owner
    } else if own {
        Owner::Freelancer
    } else {
        Owner::Client
    }
}

/// Past the colon or comma behind a name.
fn skip_signs(doc: &Doc<'_>, from: usize, to: usize) -> usize {
    let s = doc.slice(Span::new(from, to));
    from + (s.len() - s.trim_start_matches([':', ',', ' ', '-', '–', '→']).len())
}

/// "ACTION LV: …", "TODO Anna: …": what follows the marker is the name; the marker alone is kept.
fn action_prefix(name: &str) -> &str {
    const MARKERS: &[&str] = &[
        "action", "actions", "ap", "ai", "todo", "to-do", "task", "aufgabe", "acción", "ação", "actie",
        "zadanie",
    ];
    match name.trim_start().split_once(' ') {
        Some((first, rest))
            if MARKERS.contains(&first.to_lowercase().as_str()) && !rest.trim().is_empty() =>
        {
            rest
        }
        _ => name,
    }
}

fn split_names(s: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    for word in s.split_whitespace() {
        if matches!(
            word,
            "and" | "und" | "et" | "y" | "e" | "en" | "i" | "+" | "&" | "/"
        ) {
            out.push(String::new());
        } else if let Some(last) = out.last_mut() {
            last.push_str(word);
            last.push(' ');
        }
    }
    out
}
