//! Physical lines: quote prefix, list marker, mail header, chat prefix, table row.
//!
//! Everything later works on a *masked* copy of the text with the same byte offsets, in which quote
//! prefixes and the line breaks inside wrapped paragraphs are blanks. Offsets found there are valid in
//! the text as pasted, so quotes keep their line breaks.

mod lists;

use std::sync::LazyLock;

use regex::Regex;

use self::lists::{arrowheads, indented_lists, lone_rows, time_codes};
use crate::model::Span;

/// What a line is by its shape alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineKind {
    Blank,
    /// `From:`, `Betreff:` and the like.
    Header(Field),
    /// `On … wrote:` in any of the languages.
    Attribution,
    /// `---------- Forwarded message ---------`.
    ForwardMark,
    /// A message of a chat export.
    Chat,
    Row,
    RowRule,
    Bullet(Marker),
    /// `-- ` or a drawn line.
    Rule,
    Text,
}

/// Mail header fields the engine reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    From,
    To,
    Date,
    Subject,
    Other,
}

/// The sign a list entry starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    Dash,
    Number,
    /// `2.1`
    SubNumber,
    BoxOpen,
    BoxDone,
    /// `?` or `???` as a marker
    Query,
    /// A cross: ruled out.
    Cross,
}

/// One physical line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    /// Without the line break.
    pub(crate) span: Span,
    /// After quote prefix, indentation, list marker or chat prefix, without trailing blanks.
    pub(crate) body: Span,
    /// Number of `>` before it.
    pub(crate) depth: u8,
    /// Blanks before the content, after the quote prefix.
    pub(crate) indent: usize,
    pub(crate) kind: LineKind,
    /// Chat author, where the line starts a chat message.
    pub(crate) author: Option<Span>,
    /// Chat date or time.
    pub(crate) stamp: Option<Span>,
}

macro_rules! re {
    ($name:ident, $pattern:expr) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("constant pattern"));
    };
}

re!(QUOTE, r"^(?:[ \t]{0,3}>)+ ?");
re!(
    MARKER,
    r"^(?:(?P<box>[-*•]?[ \t]*\[[ xX✓✔]?\]|☐|☑|☒|✅|✔️?)|(?P<cross>✗|✘|❌|✖️?)|(?P<query>\?{1,3})|(?P<sub>\(?\d{1,2}(?:\.\d{1,2})+[.)]?)|(?P<num>\(?\d{1,3}[.)]|\(?[a-zA-Z]\)|[A-Z]\.|[IVX]{1,4}\.|#\d{1,3}:?)|(?P<dash>[-*•–—·‣▪◦●○■□►▶»+]|->|→|=>))[ \t]+"
);
re!(MARKER_TIGHT, r"^(?P<dash>[•▪◦●■►▶])(?P<rest>\S)");
re!(
    HEADER,
    r"(?i)^(?P<f>from|to|cc|bcc|date|sent|subject|reply-to|attachments?|von|an|gesendet(?: am)?|datum|betreff|de|à|a|envoyé|objet|para|enviado(?: el| em)?|fecha|asunto|assunto|data|van|aan|verzonden|onderwerp|od|do|dw|wysłano|temat|cci?|kopie|anlagen?)[ \u{a0}]?:[ \t\u{a0}]+\S"
);
re!(
    ATTRIBUTION,
    r"(?i)^(?:on|am|le|el|em|op|w dniu|dnia|den)\b.{4,160}\b(?:wrote|schrieb|a écrit|escribió|escreveu|schreef|napisała?|pisze|napisał\(a\))\b.{0,100}:\s*$"
);
re!(
    FORWARD,
    r"(?i)^-{2,}\s*(?:forwarded message|original message|ursprüngliche nachricht|weitergeleitete nachricht|message transféré|message d'origine|mensaje reenviado|mensaje original|mensagem encaminhada|mensagem original|doorgestuurd bericht|oorspronkelijk bericht|wiadomość przekazana|wiadomość oryginalna|przekazana wiadomość).*$|^(?:begin forwarded message|anfang der weitergeleiteten nachricht|début du message transféré):?$"
);
re!(
    CHAT_BRACKET,
    r"^[\u{200e}\u{200f}]?\[(?P<s>[^\]\n]{0,12}\d[^\]\n]{2,28})\][ \t]*(?P<a>[^:\n\[\]]{1,40}):[ \t]"
);
re!(
    CHAT_ANDROID,
    r"^(?P<s>\d{1,2}[./-]\d{1,2}[./-]\d{2,4},?[ \t\u{a0}\u{202f}]+\d{1,2}:\d{2}(?::\d{2})?(?:[ \u{a0}\u{202f}]?[AaPp]\.?[Mm]\.?)?)[ \t]+[-–][ \t]+(?P<a>[^:\n]{1,40}):[ \t]"
);
re!(
    CHAT_NAME_TIME,
    r"^(?P<a>[\p{L}@][^\[\](:\n]{0,38}?)[ \t]*[\[(](?P<s>[^\])\n]{0,16}\d{1,2}[:.h]\d{2}[^\])\n]{0,12})[\])]:?(?:[ \t]|$)"
);
re!(
    CHAT_TIME_NAME,
    r"^(?P<s>\d{1,2}:\d{2}(?::\d{2})?(?:[ ]?[AaPp][Mm])?)[ \t]+[-–|]?[ \t]*<?(?P<a>[\p{L}@][^:>\n]{0,30}?)>?:[ \t]"
);
re!(CHAT_ANGLE, r"^<(?P<a>[\p{L}@][^>\n]{0,30})>[ \t]");
re!(
    CHAT_SLACK,
    r"^(?P<a>\p{Lu}[\p{L}.'’ -]{1,38}?(?:\([^()\n]{1,30}\))?)[ \t]+(?P<s>\d{1,2}:\d{2}(?:[ ]?[AaPp][Mm])?)[ \t]*$"
);
re!(
    CHAT_PLAIN,
    r"^(?P<a>\p{L}[\p{L}.'’-]{0,20}(?: \p{L}[\p{L}.'’-]{0,20})?):[ \t]+\S"
);

re!(
    TIME_CODE,
    r"^\d{1,2}:\d{2}(?::\d{2})?(?:\s*[-–—:]\s*|\s+)(?:\d{1,2}:\d{2}(?::\d{2})?\s*[-–—:]?\s*)?"
);

/// Splits `text` into lines and names the shape of each.
pub(crate) fn split(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let bare = raw.trim_end_matches(['\n', '\r']);
        lines.push(shape(text, Span::new(at, at + bare.len())));
        at += raw.len();
    }
    arrowheads(text, &mut lines);
    keep_real_headers(text, &mut lines);
    wrap_attributions(text, &mut lines);
    plain_chat(text, &mut lines);
    lone_rows(text, &mut lines);
    time_codes(text, &mut lines);
    indented_lists(text, &mut lines);
    lines
}

fn shape(text: &str, span: Span) -> Line {
    let raw = span.of(text);
    let prefix = QUOTE.find(raw).map_or(0, |m| m.end());
    let depth = raw[..prefix].matches('>').count().min(200) as u8;
    let rest = &raw[prefix..];
    let content = rest.trim();
    let indent = rest.len() - rest.trim_start().len();
    let start = span.start + prefix + indent;
    let mut line = Line {
        span,
        body: Span::new(start, start + content.len()),
        depth,
        indent,
        kind: LineKind::Text,
        author: None,
        stamp: None,
    };
    if content.is_empty() {
        line.kind = LineKind::Blank;
    } else if FORWARD.is_match(content) {
        line.kind = LineKind::ForwardMark;
    } else if is_rule(content) {
        line.kind = LineKind::Rule;
    } else if content.starts_with('|') && content.matches('|').count() > 1
        || content.matches('\t').count() > 1
        || content.matches(" | ").count() > 1 && content.len() < 2000
    {
        let ruled = content.chars().all(|c| "|-:= \t".contains(c));
        line.kind = if ruled { LineKind::RowRule } else { LineKind::Row };
    } else if ATTRIBUTION.is_match(content) {
        line.kind = LineKind::Attribution;
    } else if let Some(c) = HEADER.captures(content) {
        line.kind = LineKind::Header(field(&c["f"]));
    } else if !chat(&mut line, content, start) {
        marker(&mut line, content, start);
    }
    line
}

fn is_rule(content: &str) -> bool {
    let c = content.trim_end();
    c == "--" || c == "—" || (c.chars().count() >= 3 && c.chars().all(|c| "-_=*~—– ".contains(c)))
}

fn field(name: &str) -> Field {
    match name.to_lowercase().as_str() {
        "from" | "von" | "de" | "van" | "od" => Field::From,
        "to" | "an" | "à" | "a" | "para" | "aan" | "do" => Field::To,
        "date" | "sent" | "gesendet" | "gesendet am" | "datum" | "envoyé" | "enviado" | "enviado el"
        | "enviado em" | "fecha" | "data" | "verzonden" | "wysłano" => Field::Date,
        "subject" | "betreff" | "objet" | "asunto" | "assunto" | "onderwerp" | "temat" => Field::Subject,
        _ => Field::Other,
    }
}

fn chat(line: &mut Line, content: &str, start: usize) -> bool {
    for re in [
        &*CHAT_BRACKET,
        &*CHAT_ANDROID,
        &*CHAT_NAME_TIME,
        &*CHAT_TIME_NAME,
        &*CHAT_ANGLE,
        &*CHAT_SLACK,
    ] {
        if let Some(c) = re.captures(content) {
            let (whole, author) = (c.get(0).map_or(0, |m| m.end()), c.name("a"));
            line.kind = LineKind::Chat;
            line.author = author.map(|m| Span::new(start + m.start(), start + m.end()));
            line.stamp = c.name("s").map(|m| Span::new(start + m.start(), start + m.end()));
            line.body.start = (start + whole).min(line.body.end);
            return true;
        }
    }
    false
}

fn marker(line: &mut Line, content: &str, start: usize) {
    if let Some(c) = MARKER.captures(content) {
        let sign = c.get(0).map_or("", |m| m.as_str());
        let kind = if c.name("box").is_some() {
            if sign.contains(['x', 'X', '✓', '✔', '☑', '☒', '✅']) {
                Marker::BoxDone
            } else {
                Marker::BoxOpen
            }
        } else if c.name("cross").is_some() {
            Marker::Cross
        } else if c.name("query").is_some() {
            Marker::Query
        } else if c.name("sub").is_some() {
            Marker::SubNumber
        } else if c.name("num").is_some() {
            Marker::Number
        } else {
            Marker::Dash
        };
        line.kind = LineKind::Bullet(kind);
        line.body.start = start + sign.len();
        // "- ? who pays" and "1. [x] done"
        if let Some(inner) = MARKER.captures(&content[sign.len()..]) {
            let inner_sign = inner.get(0).map_or("", |m| m.as_str());
            if inner.name("query").is_some() {
                line.kind = LineKind::Bullet(Marker::Query);
                line.body.start += inner_sign.len();
            } else if inner.name("box").is_some() {
                let done = inner_sign.contains(['x', 'X', '✓', '✔', '☑', '☒', '✅']);
                line.kind = LineKind::Bullet(if done { Marker::BoxDone } else { Marker::BoxOpen });
                line.body.start += inner_sign.len();
            }
        }
    } else if let Some(c) = MARKER_TIGHT.captures(content) {
        line.kind = LineKind::Bullet(Marker::Dash);
        line.body.start = start + c.name("dash").map_or(0, |m| m.end());
    }
}

/// A header stands in a block of at least two, except for a subject; "To: do" in notes is none.
fn keep_real_headers(text: &str, lines: &mut [Line]) {
    let is = |l: Option<&Line>| l.is_some_and(|l| matches!(l.kind, LineKind::Header(_)));
    let keep: Vec<bool> = (0..lines.len())
        .map(|i| {
            is(lines.get(i + 1))
                || (i > 0 && is(lines.get(i - 1)))
                || matches!(lines[i].kind, LineKind::Header(Field::Subject))
        })
        .collect();
    for (line, keep) in lines.iter_mut().zip(keep) {
        if matches!(line.kind, LineKind::Header(_)) && !keep {
            let (content, start) = (line.body.of(text), line.body.start);
            line.kind = LineKind::Text;
            if !chat(line, content, start) {
                marker(line, content, start);
            }
        }
    }
}

/// An attribution may wrap: "On Wed, 25 Mar 2026 at 17:40, A Very Long Name <a@b.example>" / "wrote:".
fn wrap_attributions(text: &str, lines: &mut [Line]) {
    for i in 0..lines.len().saturating_sub(1) {
        let (a, b) = (lines[i], lines[i + 1]);
        if a.kind != LineKind::Text || b.kind != LineKind::Text || !b.body.of(text).trim_end().ends_with(':')
        {
            continue;
        }
        if b.body.of(text).len() > 120 || a.body.of(text).len() > 160 {
            continue;
        }
        if ATTRIBUTION.is_match(&format!("{} {}", a.body.of(text), b.body.of(text)))
            && a.body.of(text).contains(|c: char| c.is_ascii_digit())
        {
            lines[i].kind = LineKind::Attribution;
            lines[i + 1].kind = LineKind::Rule;
        }
    }
}

/// "Anna: text" without times is a chat where most lines look like it and the names alternate.
fn plain_chat(text: &str, lines: &mut [Line]) {
    let candidates: Vec<usize> = (0..lines.len())
        .filter(|&i| lines[i].kind == LineKind::Text && CHAT_PLAIN.is_match(lines[i].body.of(text)))
        .collect();
    let filled = lines.iter().filter(|l| l.kind != LineKind::Blank).count();
    if candidates.len() < 4 || candidates.len() * 10 < filled * 6 {
        return;
    }
    let author = |i: usize| {
        CHAT_PLAIN
            .captures(lines[i].body.of(text))
            .map(|c| c["a"].to_string())
            .unwrap_or_default()
    };
    let authors: Vec<String> = candidates.iter().map(|&i| author(i)).collect();
    let mut names = authors.clone();
    names.sort_unstable();
    names.dedup();
    if names.len() > 6 || names.len() < 2 || names.len() * 2 > authors.len() {
        return;
    }
    for i in candidates {
        let start = lines[i].body.start;
        if let Some(c) = CHAT_PLAIN.captures(lines[i].body.of(text)) {
            let end = c.name("a").map_or(0, |m| m.end());
            lines[i].kind = LineKind::Chat;
            lines[i].author = Some(Span::new(start, start + end));
            let rest = &lines[i].body.of(text)[end + 1..];
            lines[i].body.start = start + end + 1 + (rest.len() - rest.trim_start().len());
        }
    }
}

/// Whether the paragraph goes on from `a` to `b`: a hard-wrapped line, or an indented continuation of a list entry.
pub(crate) fn continues(text: &str, lines: &[Line], i: usize, width: usize) -> bool {
    let (a, b) = (&lines[i - 1], &lines[i]);
    if b.kind != LineKind::Text || a.depth != b.depth {
        return false;
    }
    let (left, right) = (a.body.of(text), b.body.of(text));
    if left.is_empty() || right.is_empty() {
        return false;
    }
    if matches!(a.kind, LineKind::Bullet(_)) && b.indent > a.indent {
        return true;
    }
    if !matches!(a.kind, LineKind::Text | LineKind::Bullet(_) | LineKind::Chat)
        || !(50..=110).contains(&width)
    {
        return false;
    }
    let used = a.span.of(text).chars().count();
    let word = right.split_whitespace().next().map_or(0, |w| w.chars().count());
    if used + 1 + word <= width.saturating_sub(if a.depth > 0 { 14 } else { 4 }) || used < 30 {
        return false;
    }
    // outside quoted mail a hard wrap shows in a run of full lines, not in two notes below each other
    if a.depth == 0 && !full_run(lines, text, i, width) {
        return false;
    }
    let open = !left.ends_with(['.', '!', '?', ':']);
    open || right.starts_with(|c: char| c.is_lowercase()) || used + 1 + word > width
}

/// Whether line `i` stands in a run of at least three text lines that are all full but the last.
fn full_run(lines: &[Line], text: &str, i: usize, width: usize) -> bool {
    let prose = |l: &Line| matches!(l.kind, LineKind::Text) && l.depth == 0;
    let mut from = i;
    while from > 0 && i - from < 40 && prose(&lines[from - 1]) {
        from -= 1;
    }
    let mut to = i;
    while to + 1 < lines.len() && to - i < 40 && prose(&lines[to + 1]) {
        to += 1;
    }
    to - from >= 2
        && lines[from..to]
            .iter()
            .all(|l| l.span.of(text).chars().count() + 16 > width)
}

/// The column at which the lines of a message were wrapped: the longest line, in characters.
pub(crate) fn wrap_width<'a>(text: &str, lines: impl Iterator<Item = &'a Line>) -> usize {
    lines
        .filter(|l| l.kind != LineKind::Row)
        .map(|l| l.span.of(text).chars().count())
        .max()
        .unwrap_or(0)
}
