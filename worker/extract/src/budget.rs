//! The budget of the whole job.

use crate::doc::{Doc, Form};
use crate::language;
use crate::lexicon::Pack;
use crate::model::{Budget, Span};
use crate::money;
use crate::sections::Section;
use crate::sentences;
use crate::units::{Shape, Unit};

pub(crate) fn has_money(doc: &Doc<'_>, span: Span) -> bool {
    !money::find(doc.slice(span), 0).is_empty()
}

/// A sentence that only says what there is to spend.
pub(crate) fn is_budget(doc: &Doc<'_>, pack: &Pack, unit: &Unit, span: Span) -> bool {
    let s = doc.slice(span);
    has_money(doc, span)
        && (unit.section == Section::Money || pack.budget.is_match(s) || pack.total.is_match(s))
        && !pack.request.is_match(s)
}

/// The total for the whole job.
pub(crate) fn budget(doc: &Doc<'_>, units: &[Unit]) -> Option<Budget> {
    let mut best: Option<(i32, usize, Span, money::Hit)> = None;
    let mut sole: Option<(Span, money::Hit)> = None;
    let mut amounts = 0;
    for unit in units {
        let pack = doc.pack(unit.message);
        for span in sentences::split(&doc.masked, unit.span) {
            let s = doc.slice(span);
            let cued = pack.budget.is_match(s) || unit.section == Section::Money;
            let mut hits = money::find(s, span.start);
            if hits.is_empty() && cued && pack.budget.find(s).is_some() {
                hits = money::find_bare(s, span.start);
                let named = pack.h_money.is_match(s);
                hits.retain(|_| named);
            }
            for hit in hits {
                amounts += 1;
                let Some(score) = score(doc, unit, span, &hit) else {
                    continue;
                };
                let rank = doc.messages[unit.message].rank;
                if score > 1
                    && best
                        .as_ref()
                        .is_none_or(|b| score > b.0 || score == b.0 && rank > b.1)
                {
                    best = Some((score, rank, span, hit));
                } else if score >= 0 {
                    sole = Some((span, hit));
                }
            }
        }
    }
    // a lone amount that is neither a rate nor the price of a part is the price of the job
    let (span, hit) = best
        .map(|(_, _, span, hit)| (span, hit))
        .or_else(|| sole.filter(|(_, hit)| amounts == 1 && hit.cents >= SOLE_MIN))?;
    let lex = doc.pack(0).lex;
    let currency = hit
        .currency
        .or_else(|| hit.dollar.then(|| language::dollar(&doc.masked)))
        .or_else(|| named_currency(doc))
        .or(lex.currency)
        // whoever speaks of VAT in English and of no other money counts in pounds
        .or_else(|| (lex.code == "en" && doc.masked.contains("VAT")).then_some("GBP"))?;
    Some(Budget {
        amount_cents: hit.cents,
        currency: currency.to_string(),
        span,
        quote: span.of(doc.text).to_string(),
    })
}

/// Below this many hundredths an amount without any cue is the price of some thing.
const SOLE_MIN: i64 = 20_000;

/// How plainly an amount is that of the whole job; `None` for rates.
fn score(doc: &Doc<'_>, unit: &Unit, span: Span, hit: &money::Hit) -> Option<i32> {
    let pack = doc.pack(unit.message);
    let s = doc.slice(span);
    let c = doc.slice(clause_around(doc, span, hit.span));
    // "£3,200 agreed, a third upfront – I invoice that today": what else is said is no part of the price
    let bit = doc.slice(bit_around(doc, span, hit.span));
    let after: String = doc.masked[hit.span.end..span.end.max(hit.span.end)]
        .chars()
        .take(22)
        .collect();
    // "per day, USD 250", "the monthly fee of £210"
    let head = &doc.masked[span.start..hit.span.start.max(span.start)];
    let near = head.char_indices().rev().nth(20).map_or(0, |(i, _)| i);
    if pack.rate.find(&after).is_some_and(|m| m.start() < 6) || pack.rate.is_match(&head[near..]) {
        return None;
    }
    let mut score = i32::from(pack.h_money.is_match(c) || unit.section == Section::Money) * 3
        + i32::from(pack.budget.is_match(s)) * 2
        + i32::from(pack.total.is_match(c)) * 3
        + i32::from(pack.accepted.is_match(s)) * 2
        + i32::from(hit.range);
    score -= i32::from(pack.rate.is_match(c)) * 4 + i32::from(pack.part_price.is_match(bit)) * 4;
    if matches!(unit.shape, Shape::Cell | Shape::DoneBox | Shape::Struck) {
        score -= 3;
    }
    if doc.form == Form::Mail && doc.messages[unit.message].speaker == crate::model::Owner::Freelancer {
        score -= 1;
    }
    Some(score)
}

/// The currency of any other amount in the text.
fn named_currency(doc: &Doc<'_>) -> Option<&'static str> {
    doc.blocks
        .iter()
        .flat_map(|b| money::find(doc.slice(b.span), 0))
        .find_map(|h| {
            h.currency
                .or_else(|| h.dollar.then(|| language::dollar(&doc.masked)))
        })
}

/// [`clause_around`] cut at commas and dashes as well.
fn bit_around(doc: &Doc<'_>, span: Span, hit: Span) -> Span {
    let clause = clause_around(doc, span, hit);
    let s = &doc.masked;
    let cuts = [", ", " – ", " — ", " - "];
    let start = cuts
        .iter()
        .filter_map(|c| {
            s[clause.start..hit.start]
                .rfind(c)
                .map(|i| clause.start + i + c.len())
        })
        .max()
        .unwrap_or(clause.start);
    let end = cuts
        .iter()
        .filter_map(|c| s[hit.end..clause.end.max(hit.end)].find(c).map(|i| hit.end + i))
        .min()
        .unwrap_or(clause.end);
    Span::new(start.min(hit.start), end.max(hit.end))
}

fn clause_around(doc: &Doc<'_>, span: Span, hit: Span) -> Span {
    let s = &doc.masked;
    let start = s[span.start..hit.start]
        .rfind([';', '(', ':'])
        .map_or(span.start, |i| span.start + i);
    let end = s[hit.end..span.end.max(hit.end)]
        .find([';'])
        .map_or(span.end, |i| hit.end + i);
    Span::new(start.min(hit.start), end.max(hit.end))
}
