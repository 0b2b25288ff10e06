//! Lists without markers, and rows that are none.

use super::{Line, LineKind, Marker, TIME_CODE};

/// A line with bars and no row beside it is a title or signature, not a table.
pub(super) fn lone_rows(text: &str, lines: &mut [Line]) {
    let row = |l: Option<&Line>| l.is_some_and(|l| matches!(l.kind, LineKind::Row | LineKind::RowRule));
    for i in 0..lines.len() {
        let beside = row(lines.get(i + 1)) || i > 0 && row(lines.get(i - 1));
        if lines[i].kind == LineKind::Row && !beside && !lines[i].body.of(text).starts_with('|') {
            lines[i].kind = LineKind::Text;
        }
    }
}

/// Lines behind `>` in a text that quotes no message are the entries of a list.
pub(super) fn arrowheads(text: &str, lines: &mut [Line]) {
    let mail = |l: &Line| {
        matches!(
            l.kind,
            LineKind::Header(_) | LineKind::Attribution | LineKind::ForwardMark | LineKind::Chat
        )
    };
    let marked: Vec<usize> = (0..lines.len())
        .filter(|&i| lines[i].depth > 0 && lines[i].kind == LineKind::Text)
        .collect();
    let prose = marked
        .iter()
        .filter(|&&i| lines[i].body.of(text).ends_with(['.', '?', '!', ',']))
        .count();
    if marked.len() < 2
        || prose * 5 > marked.len() * 2
        || lines.iter().any(|l| mail(l) || l.depth > 1)
        || lines.first().is_some_and(|l| l.depth > 0)
    {
        return;
    }
    for i in marked {
        lines[i].depth = 0;
        lines[i].kind = LineKind::Bullet(Marker::Dash);
    }
}

/// "00:14 - title is too small": notes on a film or recording are a list.
pub(super) fn time_codes(text: &str, lines: &mut [Line]) {
    if lines.iter().any(|l| l.kind == LineKind::Chat) {
        return;
    }
    let found: Vec<(usize, usize)> = lines
        .iter()
        .enumerate()
        .filter(|(_, l)| l.kind == LineKind::Text)
        .filter_map(|(i, l)| TIME_CODE.find(l.body.of(text)).map(|m| (i, m.end())))
        .collect();
    if found.len() < 2 {
        return;
    }
    for (i, end) in found {
        lines[i].kind = LineKind::Bullet(Marker::Dash);
        lines[i].body.start += end;
    }
}

/// Lines set in below a short line are a list without markers.
pub(super) fn indented_lists(text: &str, lines: &mut [Line]) {
    let mut i = 0;
    while i < lines.len() {
        let head = &lines[i];
        let label = head.body.of(text);
        let opens = head.kind == LineKind::Text
            && label.split_whitespace().count() <= 5
            && !label.ends_with(['.', ',', ';', '!']);
        let indent = head.indent;
        i += 1;
        if !opens {
            continue;
        }
        while lines
            .get(i)
            .is_some_and(|l| l.kind == LineKind::Text && l.indent >= indent + 2)
        {
            lines[i].kind = LineKind::Bullet(Marker::Dash);
            i += 1;
        }
    }
}
