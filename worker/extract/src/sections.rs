//! Headings and list introductions: what the entries below them are.

mod names;
mod schedule;
mod table;

use std::sync::LazyLock;

use regex::Regex;

use self::names::name_heading;
pub(crate) use self::schedule::scheduled;
pub(crate) use self::table::cells;
use self::table::{columns, has_header};
use crate::doc::{BlockKind, Doc, Form};
use crate::lexicon::Pack;
use crate::lines::Marker;
use crate::model::{Owner, Span};
use crate::people::People;

/// "2 Fieldwork", "3. Offenes": a numbered heading on a line of its own.
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:(?:TOP|Item|Point|Punkt|Part|Teil|Ponto|Punto) )?\d{1,2}[.):]? \p{Lu}[\p{L} &/-]+$")
        .expect("constant pattern")
});

static PROVIDES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i:the )?(?P<n>\p{Lu}[\p{L} &.'’-]{1,30}?) (?i:(?:will |shall )?(?:provides?|suppl(?:y|ies)|contributes?)|stellt(?: bereit)?|liefert|fournit|fournira|aporta|aportará|fornece|fornecerá|levert|zapewnia|dostarcza)$").expect("constant pattern")
});

/// What a heading promises about the lines below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    None,
    Tasks(Option<Owner>),
    Out,
    Decided,
    Open,
    Background,
    Money,
}

/// For each block: whether it is a heading, and the section it stands in.
pub(crate) struct Outline {
    pub(crate) heading: Vec<bool>,
    pub(crate) section: Vec<Section>,
    /// The words it stands under: a heading, or the sentence that introduces its list.
    pub(crate) under: Vec<Option<Span>>,
    /// Columns of the table a row belongs to.
    pub(crate) columns: Vec<Option<Columns>>,
}

/// Which cell of a table row holds what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) task: usize,
    pub(crate) who: Option<usize>,
    pub(crate) due: Option<usize>,
    pub(crate) effort: Option<usize>,
    pub(crate) status: Option<usize>,
}

/// "Kestrel's tasks", "Aufgaben des Auftragnehmers", "tareas del cliente": whose they are.
fn tasks_of(label: &str, pack: &Pack, people: &People) -> Option<Owner> {
    static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?i:the )?(?P<n>[\p{L} &.-]{2,30}?)(?:['’]s?) (?i:tasks|part|jobs?|side|duties|responsibilities|homework|to-?dos?|actions|obligations|deliverables|contribution)$").expect("constant pattern")
    });
    static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?i:aufgaben|leistungen|pflichten|tâches|obligations|tareas|obligaciones|tarefas|obrigações|taken|zadania|obowiązki) (?i:des |der |von |du |de la |de l['’]|de |del |do |da |van de |van het |van )?(?P<n>[\p{L} &.-]{3,30})$").expect("constant pattern")
    });
    let c = BEFORE.captures(label).or_else(|| BEHIND.captures(label))?;
    let name = c["n"].trim();
    if pack.freelancer_role.is_match(name) || pack.you.is_match(name) {
        return Some(Owner::Freelancer);
    }
    if pack.me.is_match(&name.to_lowercase()) {
        return None;
    }
    let named = name.starts_with(char::is_uppercase) && BEFORE.is_match(label);
    people
        .side(name, pack)
        .or_else(|| (pack.client_role.is_match(name) || named).then_some(Owner::Client))
}

/// What a heading or label means; `None` where it means nothing known.
pub(crate) fn meaning(label: &str, pack: &Pack, people: &People, form: Form) -> Option<Section> {
    let label = label
        .trim()
        .trim_matches(|c: char| !c.is_alphanumeric() && c != ')' && c != '?' && c != '\'' && c != '’')
        .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ')' || c == ' ');
    if label.is_empty() || label.chars().count() > 90 {
        return None;
    }
    if label.chars().all(|c| c == '?') {
        return Some(Section::Open);
    }
    if let Some(owner) = tasks_of(label, pack, people) {
        return Some(Section::Tasks(Some(owner)));
    }
    // "Metroline will provide"
    if let Some(c) = PROVIDES.captures(label) {
        let owner = if pack.freelancer_role.is_match(&c["n"]) || pack.you.is_match(&c["n"]) {
            Owner::Freelancer
        } else {
            people.side(&c["n"], pack).unwrap_or(Owner::Client)
        };
        return Some(Section::Tasks(Some(owner)));
    }
    let from_client = form != Form::Notes;
    // "us", "our side" in a brief is the client
    if pack.h_theirs.is_match(label) {
        return Some(Section::Tasks(Some(Owner::Client)));
    }
    if pack.h_mine.is_match(label) {
        let client = from_client && !label.to_lowercase().contains("freelancer");
        return Some(Section::Tasks(Some(if client {
            Owner::Client
        } else {
            Owner::Freelancer
        })));
    }
    let at = |r: &regex::Regex| r.find(label).map(|m| m.start());
    if at(&pack.h_out).is_some() {
        return Some(Section::Out);
    }
    if at(&pack.h_open).is_some() {
        return Some(Section::Open);
    }
    if at(&pack.h_decided).is_some() {
        return Some(Section::Decided);
    }
    if let Some(owner) = people
        .side(label, pack)
        .filter(|_| label.split_whitespace().count() <= 3)
    {
        return Some(Section::Tasks(Some(owner)));
    }
    match (at(&pack.h_tasks), at(&pack.h_background), at(&pack.h_money)) {
        (Some(_), None, _) => Some(Section::Tasks(None)),
        (Some(t), Some(b), _) if t <= b => Some(Section::Tasks(None)),
        (_, Some(_), None) => Some(Section::Background),
        (_, Some(b), Some(m)) if b < m => Some(Section::Background),
        (_, _, Some(_)) => Some(Section::Money),
        _ => None,
    }
}

pub(crate) fn outline(doc: &Doc<'_>, people: &People) -> Outline {
    let n = doc.blocks.len();
    let mut out = Outline {
        heading: vec![false; n],
        section: vec![Section::None; n],
        under: vec![None; n],
        columns: vec![None; n],
    };
    let mut heading = Section::None;
    let mut above: Option<Span> = None;
    let mut before: Option<Span> = None;
    let mut intro: Option<Section> = None;
    let mut listed = false;
    let mut table: Option<Columns> = None;
    for i in 0..n {
        let block = doc.blocks[i];
        let pack = doc.pack(block.message);
        if i > 0 && doc.blocks[i - 1].message != block.message {
            (heading, intro, listed, table) = (Section::None, None, false, None);
            (above, before) = (None, None);
        }
        let s = doc.slice(block.span);
        if block.kind != BlockKind::Row && block.kind != BlockKind::RowRule {
            table = None;
        }
        if is_heading(doc, i, pack, people) && !(doc.form == Form::Brief && scheduled(doc, i)) {
            out.heading[i] = true;
            let found = meaning(s, pack, people, doc.form);
            // a sub-heading without a known meaning ends the section of the one before
            let asked = s.trim_end().ends_with(':')
                && doc.form != Form::Notes
                && matches!(doc.blocks.get(i + 1).map(|b| b.kind), Some(BlockKind::Bullet(_)));
            let known = found
                .or_else(|| name_heading(doc, i, s, pack))
                .or(asked.then_some(Section::Tasks(None)));
            heading = known.unwrap_or(Section::None);
            (intro, listed) = (None, false);
            (above, before) = (Some(block.span), None);
            out.section[i] = heading;
            continue;
        }
        match block.kind {
            BlockKind::Bullet(_) => {
                let under = intro.unwrap_or(heading);
                out.section[i] = under;
                out.under[i] = before.or(above);
                listed = true;
            }
            BlockKind::Row | BlockKind::RowRule => {
                if table.is_none() && block.kind == BlockKind::Row {
                    table = Some(columns(doc, block, pack));
                    out.heading[i] = has_header(doc, i, pack);
                }
                out.columns[i] = table;
                out.under[i] = before.or(above);
                out.section[i] = intro.unwrap_or(heading);
            }
            BlockKind::Paragraph | BlockKind::Chat => {
                let next_is_list =
                    matches!(doc.blocks.get(i + 1).map(|b| b.kind), Some(BlockKind::Bullet(_)));
                intro = None;
                if next_is_list && let Some(owner) = promising(s, pack) {
                    (heading, listed) = (Section::None, false);
                    intro = Some(Section::Tasks(Some(owner)));
                    out.heading[i] = true;
                    out.section[i] = Section::None;
                    continue;
                }
                if listed && block.gap {
                    heading = Section::None;
                    above = None;
                    listed = false;
                }
                out.under[i] = above;
                before = next_is_list.then_some(block.span);
                out.section[i] = heading;
                let asks_for = doc.form != Form::Notes
                    && s.trim_end().ends_with('?')
                    && !pack.you.is_match(last_sentence(s));
                if next_is_list
                    && (s.trim_end().ends_with([':', '：', '-', '–'])
                        || asks_for
                        || announces(last_sentence(s)))
                {
                    let last = last_sentence(s);
                    // "a few things I need from you to get going"
                    let wanted = doc.form != Form::Notes
                        && (pack.need.is_match(last) || pack.request.is_match(last))
                        && !pack.ask.is_match(last)
                        && !pack.undecided.is_match(last);
                    intro = meaning(last, pack, people, doc.form)
                        .filter(|m| !(wanted && *m == Section::Open))
                        .filter(|m| {
                            !matches!(m, Section::Background | Section::Money) || doc.form == Form::Notes
                        })
                        .or(if doc.form == Form::Notes {
                            None
                        } else {
                            Some(Section::Tasks(None))
                        });
                }
            }
        }
    }
    out
}

/// "We would like to engage you for the following." above a list.
fn announces(s: &str) -> bool {
    const WORDS: &[&str] = &[
        "the following",
        "folgende",
        "suivant",
        "siguiente",
        "seguinte",
        "volgende",
        "następując",
    ];
    let low = s.to_lowercase();
    WORDS.iter().any(|w| low.contains(w))
}

/// "The nursery will" above a list: whose tasks follow.
fn promising(s: &str, pack: &Pack) -> Option<Owner> {
    let t = s.trim_end_matches([':', ' ', '…', '.']);
    let (subject, last) = t.rsplit_once(' ')?;
    let verb = matches!(
        last.to_lowercase().as_str(),
        "will" | "shall" | "must" | "should" | "to" | "wird" | "soll" | "zal" | "moet"
    );
    if !verb || subject.split_whitespace().count() > 5 {
        return None;
    }
    let me = pack.freelancer_role.is_match(subject) || pack.you.is_match(subject);
    Some(if me { Owner::Freelancer } else { Owner::Client })
}

fn last_sentence(s: &str) -> &str {
    let t = s.trim_end().trim_end_matches([':', '-', '–', '.']);
    let cut = t.rfind(['.', '!', '?']).map_or(0, |i| i + 1);
    t.get(cut..).unwrap_or(t).trim()
}

fn is_heading(doc: &Doc<'_>, i: usize, pack: &Pack, people: &People) -> bool {
    let block = &doc.blocks[i];
    let s = doc.slice(block.span).trim();
    let words = s.split_whitespace().count();
    let next = doc.blocks.get(i + 1).filter(|b| b.message == block.message);
    let clean = !s.ends_with(['.', ',', ';', '!']) && (!s.ends_with('?') || words <= 3);
    match block.kind {
        BlockKind::Paragraph => {
            if words > 9 || s.chars().count() > 70 || pack.greeting.is_match(s) && words < 4 {
                return false;
            }
            if s.starts_with('#')
                || s.starts_with("**") && s.ends_with("**")
                || s.starts_with("__") && s.ends_with("__")
            {
                return true;
            }
            if NUMBERED.is_match(s) && words <= 5 && clean {
                return true;
            }
            let shouted = s.chars().any(char::is_alphabetic)
                && !s.chars().any(char::is_lowercase)
                && s.chars().filter(|c| c.is_alphabetic()).count() > 2;
            let before_list = next.is_some_and(|b| matches!(b.kind, BlockKind::Bullet(_) | BlockKind::Row));
            if !clean {
                return false;
            }
            if s.ends_with(':') {
                return words <= 5 && (meaning(s, pack, people, doc.form).is_some() || before_list);
            }
            shouted
                || before_list && words <= 6 && !s.contains(':')
                || words <= 4
                    && !s.contains(':')
                    && meaning(s, pack, people, doc.form).is_some()
                    && block.gap
                    && next.is_some()
        }
        // "2. Programme" above text or a list of its own
        BlockKind::Bullet(Marker::Number | Marker::SubNumber) => {
            let own = doc.text[..block.span.start]
                .rsplit('\n')
                .next()
                .unwrap_or_default()
                .trim()
                .to_string();
            let follows = next.is_some_and(|b| match b.kind {
                BlockKind::Paragraph => !b.gap,
                BlockKind::Row => true,
                BlockKind::Bullet(Marker::SubNumber) => {
                    !own.contains('.') || own.matches('.').count() < 2 && own.ends_with('.')
                }
                BlockKind::Bullet(Marker::Dash | Marker::BoxOpen | Marker::Query) => b.indent <= block.indent,
                _ => false,
            });
            let shouted =
                !s.chars().any(char::is_lowercase) && s.chars().filter(|c| c.is_alphabetic()).count() > 2;
            words <= 6 && clean && (follows || shouted) && s.chars().next().is_some_and(char::is_uppercase)
        }
        _ => false,
    }
}
