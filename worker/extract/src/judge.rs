//! A second reader beside the rules: a linear model over words, trigger words and place, trained from the
//! labelled cases. The rules decide; the model speaks where they are silent or plainly wrong.
//!
//! The table is written by `cargo run --release -p smartstack-extract --example train`, which also prints how
//! much it adds on batches of cases it was not trained on. Reading it is a sum of small integers, so that the
//! same text gives the same answer everywhere.

mod features;

use std::sync::LazyLock;

use self::features::features;
use crate::budget;
use crate::classify::{self, Reading};
use crate::clause::split;
use crate::doc::{Doc, Form};
use crate::model::{Confidence, ItemKind, Owner, Span};
use crate::people::People;
use crate::project;
use crate::subject::{acts, opens_with_person};
use crate::units::{Shape, Unit};

/// Number of buckets the features are hashed into.
pub const BUCKETS: usize = 1 << 16;
/// Weights a bucket holds: nothing, task, decision, question, exclusion; and, for tasks, that the client does it.
pub const COLUMNS: usize = 6;
/// Weights are stored as whole multiples of one over this.
pub const SCALE: f32 = 24.0;

/// Rows of a bucket's number (two bytes, the lesser first) and its [`COLUMNS`] signed bytes.
static ROWS: &[u8] = include_bytes!("judge/weights.bin");

static TABLE: LazyLock<Vec<[i8; COLUMNS]>> = LazyLock::new(|| {
    let mut table = vec![[0; COLUMNS]; BUCKETS];
    for row in ROWS.chunks_exact(2 + COLUMNS) {
        let bucket = usize::from(u16::from_le_bytes([row[0], row[1]]));
        if let Some(weights) = table.get_mut(bucket) {
            for (w, byte) in weights.iter_mut().zip(&row[2..]) {
                *w = i8::from_le_bytes([*byte]);
            }
        }
    }
    table
});

/// What the reading of the rules weighs beside the model, in natural logarithms of odds, by kind (nothing, task,
/// decision, question, exclusion): where the rules only infer it, and where they found it in so many words.
/// Chosen on batches neither the rules nor the table had met.
const WEIGHS: [[f32; 2]; 5] = [[1.2, 1.2], [1.0, 2.5], [0.7, 1.7], [0.5, 1.2], [1.0, 1.9]];

/// The kind both readers together arrive at: `p` from the model, `own` from the rules.
pub fn choose(p: &[f32; 5], own: usize, explicit: bool) -> usize {
    weighed(p, own, WEIGHS[own.min(4)][usize::from(explicit)])
}

/// [`choose`] with another weight of the rules.
pub fn weighed(p: &[f32; 5], own: usize, weight: f32) -> usize {
    let score = |k: usize| p[k].max(1e-6).ln() + if k == own { weight } else { 0.0 };
    (0..5)
        .max_by(|a, b| score(*a).total_cmp(&score(*b)))
        .unwrap_or(own)
}

/// A clause as the trainer sees it.
#[derive(Debug, Clone)]
pub struct Clause {
    /// Where it stands.
    pub span: Span,
    /// The buckets of its features.
    pub features: Vec<u32>,
    /// What the rules alone find, and whose task it then is.
    pub rules: Option<(ItemKind, Owner)>,
    /// Whether they found it in so many words.
    pub explicit: bool,
}

/// Every clause of the text, as the rules divide it.
pub(crate) fn clauses(doc: &Doc<'_>, people: &People, units: &[Unit]) -> Vec<Clause> {
    let mut out = Vec::new();
    for unit in units {
        let parts = if matches!(unit.shape, Shape::Cell | Shape::Struck) {
            vec![unit.span]
        } else {
            split(doc, people, unit)
        };
        for part in parts {
            let rules = classify::classify(doc, people, unit, part);
            out.push(Clause {
                span: part,
                features: features(doc, people, unit, part),
                rules: rules.map(|r| (r.kind, r.owner)),
                explicit: rules.is_some_and(|r| r.confidence == Confidence::Explicit),
            });
        }
    }
    out
}

/// Probabilities of nothing, task, decision, question and exclusion, and that the client does the task.
fn weigh(features: &[u32]) -> ([f32; 5], f32) {
    let table = &*TABLE;
    let mut sums = [0i32; COLUMNS];
    for bucket in features {
        if let Some(row) = table.get(*bucket as usize) {
            for (sum, w) in sums.iter_mut().zip(row) {
                *sum += i32::from(*w);
            }
        }
    }
    let logit = |k: usize| sums[k] as f32 / SCALE;
    let top = (0..5).map(logit).fold(f32::MIN, f32::max);
    let mut p = [0.0; 5];
    for (k, v) in p.iter_mut().enumerate() {
        *v = (logit(k) - top).exp();
    }
    let total: f32 = p.iter().sum();
    (p.map(|v| v / total), 1.0 / (1.0 + (-logit(5)).exp()))
}

fn place(kind: Option<ItemKind>) -> usize {
    match kind {
        None => 0,
        Some(ItemKind::Task) => 1,
        Some(ItemKind::Decision) => 2,
        Some(ItemKind::Question) => 3,
        Some(ItemKind::Exclusion) => 4,
    }
}

const KINDS: [Option<ItemKind>; 5] = [
    None,
    Some(ItemKind::Task),
    Some(ItemKind::Decision),
    Some(ItemKind::Question),
    Some(ItemKind::Exclusion),
];

/// Words by which whoever speaks takes a task on.
const FIRST_PERSON: &[&str] = &[
    "i", "i'll", "i've", "i'm", "we", "we'll", "we're", "ich", "wir", "je", "j'ai", "nous", "on", "yo",
    "nosotros", "eu", "nós", "ik", "wij", "ja",
];

/// Reads a clause by the rules and lets the model object.
pub(crate) fn read(doc: &Doc<'_>, people: &People, unit: &Unit, part: Span) -> Option<Reading> {
    let rules = classify::classify(doc, people, unit, part);
    if matches!(
        unit.shape,
        Shape::DoneBox | Shape::Struck | Shape::Cell | Shape::OpenBox
    ) || doc.slice(part).chars().filter(|c| c.is_alphabetic()).count() < 8
    {
        return rules;
    }
    let (p, client) = weigh(&features(doc, people, unit, part));
    let own = place(rules.map(|r| r.kind));
    let best = choose(
        &p,
        own,
        rules.is_some_and(|r| r.confidence == Confidence::Explicit),
    );
    // "Anna: list of all products": a name in front of an entry of notes says it plainly
    let named = best == 0 && own == 1 && unit.assigned.is_some() && doc.form == Form::Notes;
    if best == own || named || best == 1 && !open_to_task(doc, unit, part) {
        return rules;
    }
    KINDS[best].map(|kind| Reading {
        kind,
        owner: if kind == ItemKind::Task {
            owner(doc, people, unit, part, client)
        } else {
            Owner::Freelancer
        },
        confidence: Confidence::Likely,
    })
}

/// Nothing that is done, that states when or for how much the whole job is wanted, or that closes a letter is a task.
fn open_to_task(doc: &Doc<'_>, unit: &Unit, part: Span) -> bool {
    let pack = doc.pack(unit.message);
    let s = doc.slice(part);
    let asked = pack.request.is_match(s) || pack.need.is_match(s) || pack.commit.is_match(s);
    let dated = !project::dates(doc, unit.message, part).is_empty();
    let told = pack.closed.is_match(s)
        || crate::wording::away(s)
        || project::is_deadline(doc, pack, unit.message, part)
        || budget::is_budget(doc, pack, unit, part)
        || dated && pack.receiver.is_match(s);
    let past = pack.done.is_match(s) || dated && pack.event.is_match(s);
    !told && (asked || !past)
}

/// Whose task it is where no rule says so.
fn owner(doc: &Doc<'_>, people: &People, unit: &Unit, part: Span, client: f32) -> Owner {
    if let Some(owner) = unit.assigned {
        return owner;
    }
    let pack = doc.pack(unit.message);
    let s = doc.slice(part);
    let head = &s[pack.lead.find(s).map_or(0, |m| m.end())..];
    let first = head.split_whitespace().next().unwrap_or_default().to_lowercase();
    let speaker = doc.messages[unit.message].speaker;
    if let Some(owner) = opens_with_person(people, pack, head).filter(|_| doc.form == Form::Notes) {
        return owner;
    }
    if FIRST_PERSON.contains(&first.trim_end_matches(|c: char| !c.is_alphabetic())) && !pack.need.is_match(s)
    {
        return speaker;
    }
    // "Editor uploads the new cut": somebody else of theirs; "you would draw": the reader
    let acted = acts(pack, head).filter(|at| people.side(&head[..*at], pack).is_none());
    if acted.is_some() {
        return Owner::Client;
    }
    if client < 0.9 && pack.you.find(head).is_some_and(|m| m.start() < 3) && !pack.commit.is_match(s) {
        return if speaker == Owner::Client || doc.form == Form::Notes {
            Owner::Freelancer
        } else {
            Owner::Client
        };
    }
    if pack.client_role.find(head).is_some_and(|m| m.start() <= 4) && !pack.request.is_match(s) {
        return Owner::Client;
    }
    if client > 0.5 {
        Owner::Client
    } else {
        Owner::Freelancer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_in_order() {
        assert_eq!(ROWS.len() % (2 + COLUMNS), 0);
        let buckets: Vec<u16> = ROWS
            .chunks_exact(2 + COLUMNS)
            .map(|r| u16::from_le_bytes([r[0], r[1]]))
            .collect();
        assert!(buckets.len() > 1000, "an empty table hears nothing");
        assert!(buckets.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn probabilities_sum_to_one_whatever_the_features() {
        for features in [vec![], vec![0, 1, 2], (0..70_000).collect()] {
            let (p, client) = weigh(&features);
            assert!((p.iter().sum::<f32>() - 1.0).abs() < 1e-3);
            assert!((0.0..=1.0).contains(&client));
        }
    }
}
