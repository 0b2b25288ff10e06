//! What a clause says, in the form the trained table is read with: hashed names of what holds of it.

use super::BUCKETS;
use crate::budget;
use crate::doc::{Doc, Form};
use crate::model::{Owner, Span};
use crate::people::People;
use crate::project;
use crate::subject::third_person;
use crate::units::Unit;

struct Bag(Vec<u32>);

impl Bag {
    fn add(&mut self, parts: &[&str]) {
        let mut h: u32 = 0x811c_9dc5;
        for p in parts {
            for b in p.bytes().chain([0x1f]) {
                h = (h ^ u32::from(b)).wrapping_mul(0x0100_0193);
            }
        }
        self.0.push((h ^ (h >> 15)) % BUCKETS as u32);
    }
}

pub(super) fn features(doc: &Doc<'_>, people: &People, unit: &Unit, part: Span) -> Vec<u32> {
    let pack = doc.pack(unit.message);
    let s = doc.slice(part);
    let lang = pack.lex.code;
    let mut bag = Bag(Vec::with_capacity(120));
    let shape = format!("{:?}", unit.shape);
    let section = format!("{:?}", unit.section);
    let form = match doc.form {
        Form::Brief => "brief",
        Form::Notes => "notes",
        Form::Mail => "mail",
        Form::Chat => "chat",
    };
    let speaker = if doc.messages[unit.message].speaker == Owner::Client {
        "c"
    } else {
        "f"
    };
    bag.add(&["bias"]);
    bag.add(&["shape", &shape]);
    bag.add(&["section", &section]);
    bag.add(&["shape+section", &shape, &section]);
    bag.add(&["form", form]);
    bag.add(&["form+shape", form, &shape]);
    bag.add(&["speaker", speaker]);
    if let Some(o) = unit.assigned {
        bag.add(&["assigned", if o == Owner::Client { "c" } else { "f" }]);
    }
    let later = if part.start > unit.span.start + 2 {
        "later"
    } else {
        "first"
    };
    bag.add(&["place", later]);
    let lead = pack.lead.find(s).map_or(0, |m| m.end());
    let triggers = [
        ("request", &pack.request),
        ("ask", &pack.ask),
        ("need", &pack.need),
        ("oblige", &pack.oblige),
        ("commit", &pack.commit),
        ("exclude", &pack.exclude),
        ("exclude_not", &pack.exclude_not),
        ("decide", &pack.decide),
        ("undecided", &pack.undecided),
        ("done", &pack.done),
        ("musing", &pack.musing),
        ("polite", &pack.polite),
        ("you", &pack.you),
        ("third", &pack.third),
        ("verb", &pack.verb),
        ("event", &pack.event),
        ("everything", &pack.everything),
        ("finished", &pack.finished),
        ("no_idea", &pack.no_idea),
        ("praise", &pack.praise),
        ("accepted", &pack.accepted),
        ("meeting", &pack.meeting),
        ("he", &pack.he),
        ("client_role", &pack.client_role),
        ("find_out", &pack.find_out),
        ("ack", &pack.ack),
        ("budget", &pack.budget),
        ("oblige_done", &pack.oblige_done),
    ];
    let mut hit: Vec<&str> = Vec::new();
    for (name, re) in triggers {
        if let Some(m) = re.find(s) {
            hit.push(name);
            bag.add(&["t", name]);
            if m.start() <= lead + 1 {
                bag.add(&["t0", name]);
            }
        }
    }
    let question = if s.trim_end().ends_with('?') {
        "ends"
    } else if s.contains('?') {
        "has"
    } else {
        "no"
    };
    bag.add(&["question", question]);
    if question != "no" {
        hit.push("?");
    }
    let dates = project::dates(doc, unit.message, part);
    if !dates.is_empty() {
        hit.push("dated");
        bag.add(&["dated"]);
        if dates.iter().any(|d| d.by) {
            bag.add(&["by"]);
        }
    }
    if !pack.efforts.find(pack, s, part.start, false).is_empty() {
        bag.add(&["effort"]);
        hit.push("effort");
    }
    if budget::has_money(doc, part) {
        bag.add(&["money"]);
        hit.push("money");
    }
    if let Some((owner, sure, _, promised)) = third_person(doc, people, unit, s) {
        bag.add(&[
            "3rd",
            if owner == Owner::Client { "c" } else { "f" },
            if sure { "s" } else { "" },
            if promised { "p" } else { "" },
        ]);
        hit.push("3rd");
    }
    for (i, a) in hit.iter().enumerate() {
        for b in &hit[i + 1..] {
            bag.add(&["tt", a, b]);
        }
        bag.add(&["t+shape", a, &shape]);
        bag.add(&["t+section", a, &section]);
    }
    let split = |s: &str| -> Vec<String> {
        s.split(|c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    ',' | '.' | '!' | '(' | ')' | '"' | ';' | '/' | '“' | '”' | '„' | '«' | '»' | ':'
                )
        })
        .filter(|w| !w.is_empty())
        .map(|w| {
            let w = w.to_lowercase().replace('’', "'");
            if w.chars().any(|c| c.is_ascii_digit()) {
                "#".to_string()
            } else {
                w
            }
        })
        .collect()
    };
    let words = split(s);
    if let Some(under) = unit.under {
        let heading = split(doc.slice(under));
        let n = heading.len();
        for (i, w) in heading.iter().enumerate().skip(n.saturating_sub(12)) {
            bag.add(&["h", lang, w]);
            if let Some(next) = heading.get(i + 1) {
                bag.add(&["hh", lang, w, next]);
            }
        }
    }
    let n = match words.len() {
        0..=2 => "1-2",
        3..=4 => "3-4",
        5..=7 => "5-7",
        8..=12 => "8-12",
        13..=20 => "13-20",
        21..=35 => "21-35",
        _ => "36+",
    };
    bag.add(&["words", n]);
    bag.add(&["words+shape", n, &shape]);
    for (i, w) in words.iter().enumerate().take(60) {
        bag.add(&["w", lang, w]);
        let stem: String = w.chars().take(5).collect();
        if stem.len() < w.len() {
            bag.add(&["s", lang, &stem]);
        }
        if let Some(next) = words.get(i + 1) {
            bag.add(&["ww", lang, w, next]);
            if let Some(third) = words.get(i + 2) {
                bag.add(&["www", lang, w, next, third]);
            }
        }
        if i < 3 {
            bag.add(&["w@", lang, ["0", "1", "2"][i], w]);
        }
    }
    if let Some(last) = words.last() {
        bag.add(&["w@end", lang, last]);
    }
    if let [a, b, ..] = words.as_slice() {
        bag.add(&["w@01", lang, a, b]);
    }
    if let [.., a, b] = words.as_slice() {
        bag.add(&["w@-2", lang, a, b]);
    }
    bag.0.sort_unstable();
    bag.0.dedup();
    bag.0
}
