//! Cuts a source text into what the review shows: mail headers, paragraphs and
//! runs that carry the quotes laid over them.
//!
//! All positions are Unicode code points of the original text, as the API
//! counts them. Every run is an unbroken piece of that text and knows where it
//! starts, so that a selection on screen finds its way back (see
//! `selection`): mail quote signs (`> `), line ends and outer blanks are left
//! out between runs, never inside one.

/// A quote: code points `start..end` of the text belong to item `item`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Index of the item in the caller's list.
    pub(crate) item: usize,
    /// First code point.
    pub(crate) start: usize,
    /// One past the last code point.
    pub(crate) end: usize,
}

/// What stands between a run and the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    /// They touch.
    Nothing,
    /// A line that the sender's program had wrapped goes on: a space.
    Space,
    /// A line that the sender ended.
    Break,
}

/// An unbroken piece of the text under the same quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// Position of the first code point in the text.
    pub(crate) start: usize,
    /// The characters, exactly as in the text.
    pub(crate) text: String,
    /// Items whose quote covers this run, in the order their quotes begin.
    pub(crate) items: Vec<usize>,
    /// Items whose quote ends here: their numbers follow the run.
    pub(crate) ends: Vec<usize>,
    /// What follows.
    pub(crate) after: Join,
}

/// One line of a mail's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// `From`, `Betreff`… as written, without the colon.
    pub(crate) name: String,
    /// What follows the colon.
    pub(crate) runs: Vec<Run>,
}

/// Lines without an empty line between them, at one depth of mail quoting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// How many `>` the lines began with.
    pub(crate) depth: u8,
    /// The text.
    pub(crate) runs: Vec<Run>,
}

/// A text, cut up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Source {
    /// The mail's head, empty when the text does not begin with one.
    pub(crate) headers: Vec<Header>,
    /// The rest.
    pub(crate) blocks: Vec<Block>,
}

/// A line without its quote signs and outer blanks.
struct Line {
    start: usize,
    end: usize,
    depth: u8,
}

impl Line {
    fn is_blank(&self) -> bool {
        self.start >= self.end
    }
    fn len(&self) -> usize {
        self.end - self.start
    }
}

/// Cuts `text` up under `marks`. Marks outside the text, empty or turned
/// around are ignored; they may overlap.
pub(crate) fn cut(text: &str, marks: &[Mark]) -> Source {
    let chars: Vec<char> = text.chars().collect();
    let lines = lines(&chars);
    let mut marks: Vec<Mark> = marks
        .iter()
        .copied()
        .filter(|m| m.start < m.end && m.end <= chars.len())
        .collect();
    marks.sort_by_key(|m| (m.start, m.item));
    let mut cuts: Vec<usize> = marks.iter().flat_map(|m| [m.start, m.end]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let cutter = Cutter {
        chars: &chars,
        marks: &marks,
        cuts: &cuts,
    };

    let mut source = Source::default();
    let mut rest = &lines[..];
    while rest.first().is_some_and(Line::is_blank) {
        rest = &rest[1..];
    }
    let head = header_lines(&chars, rest);
    for line in &rest[..head] {
        let colon = colon(&chars, line).unwrap_or(line.start);
        let name = chars[line.start..colon].iter().collect();
        let mut value = colon + 1;
        while value < line.end && chars[value].is_whitespace() {
            value += 1;
        }
        let mut runs = Vec::new();
        cutter.runs(value, line.end, Join::Nothing, &mut runs);
        source.headers.push(Header { name, runs });
    }

    let width = rest[head..].iter().map(Line::len).max().unwrap_or(0);
    let mut open = false;
    for (index, line) in rest[head..].iter().enumerate() {
        if line.is_blank() {
            open = false;
            continue;
        }
        let next = rest[head..]
            .get(index + 1)
            .filter(|next| !next.is_blank() && next.depth == line.depth);
        let after = match next {
            None => Join::Nothing,
            Some(next) if is_wrapped(&chars, line, next, width) => Join::Space,
            Some(_) => Join::Break,
        };
        let goes_on = open
            && source
                .blocks
                .last()
                .is_some_and(|block| block.depth == line.depth);
        if !goes_on {
            source.blocks.push(Block {
                depth: line.depth,
                runs: Vec::new(),
            });
        }
        if let Some(block) = source.blocks.last_mut() {
            cutter.runs(line.start, line.end, after, &mut block.runs);
        }
        open = true;
    }
    number_ends(&mut source, &marks);
    source
}

/// The numbers that quotes and items share: items in the order of their quotes
/// in the text, those without a quote last. Takes `(quote start, ordinal)` for
/// each item and answers with its number, counted from 1.
pub(crate) fn numbers(items: &[(Option<usize>, i32)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|&i| (items[i].0.unwrap_or(usize::MAX), items[i].1));
    let mut numbers = vec![0; items.len()];
    for (n, i) in order.into_iter().enumerate() {
        numbers[i] = n + 1;
    }
    numbers
}

/// Sentences as `start..end` code points, for selecting text by keyboard. A
/// sentence never leaves its paragraph; a line the sender ended ends it too.
pub(crate) fn sentences(source: &Source) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for block in &source.blocks {
        let mut begun: Option<usize> = None;
        let mut last = 0;
        for run in &block.runs {
            let mut previous = ' ';
            for (i, c) in run.text.chars().enumerate() {
                let at = run.start + i;
                if c.is_whitespace() && matches!(previous, '.' | '!' | '?' | '…' | ':') {
                    if let Some(start) = begun.take() {
                        found.push((start, last));
                    }
                } else if !c.is_whitespace() {
                    begun.get_or_insert(at);
                    last = at + 1;
                }
                previous = c;
            }
            let ends_line = run.after == Join::Break
                || (run.after == Join::Space && matches!(previous, '.' | '!' | '?' | '…' | ':'));
            if ends_line && let Some(start) = begun.take() {
                found.push((start, last));
            }
        }
        if let Some(start) = begun {
            found.push((start, last));
        }
    }
    found
}

struct Cutter<'a> {
    chars: &'a [char],
    marks: &'a [Mark],
    cuts: &'a [usize],
}

impl Cutter<'_> {
    /// Appends the runs of `start..end`; the last one is followed by `after`.
    fn runs(&self, start: usize, end: usize, after: Join, out: &mut Vec<Run>) {
        let mut from = start;
        let first = self.cuts.partition_point(|&c| c <= start);
        let inner = self.cuts[first..].iter().copied().take_while(|&c| c < end);
        for to in inner.chain(std::iter::once(end)) {
            if from >= to {
                continue;
            }
            let items = self
                .marks
                .iter()
                .take_while(|m| m.start <= from)
                .filter(|m| m.end >= to)
                .map(|m| m.item)
                .collect();
            out.push(Run {
                start: from,
                text: self.chars[from..to].iter().collect(),
                items,
                ends: Vec::new(),
                after: if to == end { after } else { Join::Nothing },
            });
            from = to;
        }
    }
}

/// Puts each item's number behind the last run of its quote.
fn number_ends(source: &mut Source, marks: &[Mark]) {
    for mark in marks {
        let runs = source
            .headers
            .iter_mut()
            .map(|h| &mut h.runs)
            .chain(source.blocks.iter_mut().map(|b| &mut b.runs))
            .flatten();
        if let Some(last) = runs.filter(|run| run.items.contains(&mark.item)).last()
            && !last.ends.contains(&mark.item)
        {
            last.ends.push(mark.item);
        }
    }
}

/// The lines of a text; ends in `\n`, `\r\n` or `\r`.
fn lines(chars: &[char]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut i = 0;
    while i <= chars.len() {
        let at_end = i == chars.len();
        if at_end || chars[i] == '\n' || chars[i] == '\r' {
            lines.push(line(chars, start, i));
            if !at_end && chars[i] == '\r' && chars.get(i + 1) == Some(&'\n') {
                i += 1;
            }
            start = i + 1;
        }
        i += 1;
    }
    lines
}

fn line(chars: &[char], start: usize, end: usize) -> Line {
    let (mut start, mut end, mut depth) = (start, end, 0u8);
    loop {
        let mut at = start;
        while at < end && chars[at].is_whitespace() {
            at += 1;
        }
        if at < end && chars[at] == '>' {
            depth = depth.saturating_add(1);
            start = at + 1;
        } else {
            start = at;
            break;
        }
    }
    while end > start && chars[end - 1].is_whitespace() {
        end -= 1;
    }
    Line { start, end, depth }
}

/// Whether the sender's program, not the sender, broke the line before `next`:
/// its first word would not have fitted in a text that is `width` wide.
fn is_wrapped(chars: &[char], line: &Line, next: &Line, width: usize) -> bool {
    // Mail programs wrap between 60 and 100 columns; a wider text is not wrapped.
    if !(50..=100).contains(&width) || starts_list(&chars[next.start..next.end]) {
        return false;
    }
    let word = chars[next.start..next.end]
        .iter()
        .take_while(|c| !c.is_whitespace())
        .count();
    line.len() + 1 + word > width
}

/// Whether a line begins an entry of a list: `- `, `* `, `• `, `3. `, `b) `.
fn starts_list(line: &[char]) -> bool {
    match line {
        ['-' | '*' | '+' | '•' | '–' | '—' | '·', ' ' | '\t', ..] => true,
        _ => {
            let digits = line.iter().take_while(|c| c.is_ascii_alphanumeric()).count();
            let short = digits == 1 || (digits == 2 && line[..2].iter().all(char::is_ascii_digit));
            short && matches!(line.get(digits), Some('.' | ')')) && line.get(digits + 1) == Some(&' ')
        }
    }
}

/// Names that open a mail's head, lower case, in the languages mail programs
/// speak most (RFC 5322 and the translations of From, Subject, Sent, Date, To).
const HEADERS: &[&str] = &[
    "from",
    "subject",
    "date",
    "sent",
    "to",
    "cc",
    "reply-to",
    "von",
    "betreff",
    "datum",
    "gesendet",
    "an",
    "de",
    "objet",
    "envoyé",
    "à",
    "asunto",
    "fecha",
    "enviado",
    "para",
    "assunto",
    "data",
    "van",
    "onderwerp",
    "verzonden",
    "aan",
    "od",
    "temat",
    "wysłano",
    "do",
];

fn colon(chars: &[char], line: &Line) -> Option<usize> {
    (line.start..line.end.min(line.start + 24)).find(|&i| chars[i] == ':')
}

/// How many of the first lines are a mail's head: at least two, all `Name: value`
/// with a known first name.
fn header_lines(chars: &[char], lines: &[Line]) -> usize {
    let known = |line: &Line| {
        colon(chars, line).is_some_and(|colon| {
            let name: String = chars[line.start..colon].iter().collect::<String>().to_lowercase();
            HEADERS.contains(&name.trim())
        })
    };
    let count = lines
        .iter()
        .take_while(|l| !l.is_blank() && l.depth == 0 && known(l))
        .count();
    if count >= 2 { count } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(item: usize, text: &str, quote: &str) -> Mark {
        let byte = text.find(quote).expect("the quote stands in the text");
        let start = text[..byte].chars().count();
        Mark {
            item,
            start,
            end: start + quote.chars().count(),
        }
    }

    /// Runs as `text[items]ends`, joined the way they are shown.
    fn show(runs: &[Run]) -> String {
        let mut out = String::new();
        for run in runs {
            match run.items.as_slice() {
                [] => out.push_str(&run.text),
                items => out.push_str(&format!("{{{}|{items:?}}}", run.text)),
            }
            for end in &run.ends {
                out.push_str(&format!("^{end}"));
            }
            match run.after {
                Join::Nothing => {}
                Join::Space => out.push('_'),
                Join::Break => out.push('/'),
            }
        }
        out
    }

    /// Every run is where it says it is.
    fn check_positions(text: &str, source: &Source) {
        let chars: Vec<char> = text.chars().collect();
        let headers = source.headers.iter().flat_map(|h| &h.runs);
        for run in headers.chain(source.blocks.iter().flat_map(|b| &b.runs)) {
            let len = run.text.chars().count();
            let there: String = chars[run.start..run.start + len].iter().collect();
            assert_eq!(there, run.text);
        }
    }

    #[test]
    fn splits_paragraphs_at_empty_lines() {
        let text = "Hi Ana,\n\nWe open in May.\nThanks\n\n\nTomás";
        let source = cut(text, &[]);
        let shown: Vec<String> = source.blocks.iter().map(|b| show(&b.runs)).collect();
        assert_eq!(shown, ["Hi Ana,", "We open in May./Thanks", "Tomás"]);
        check_positions(text, &source);
    }

    #[test]
    fn counts_code_points_not_bytes() {
        let text = "Olá 👩🏽‍🎨, Tomás: façam o menu.";
        let source = cut(text, &[mark(0, text, "façam o menu")]);
        assert_eq!(
            show(&source.blocks[0].runs),
            "Olá 👩🏽‍🎨, Tomás: {façam o menu|[0]}^0."
        );
        check_positions(text, &source);
    }

    #[test]
    fn overlapping_quotes_share_the_middle() {
        let text = "redraw the menu by Friday please";
        let marks = [
            mark(1, text, "the menu by Friday"),
            mark(0, text, "redraw the menu"),
        ];
        let source = cut(text, &marks);
        assert_eq!(
            show(&source.blocks[0].runs),
            "{redraw |[0]}{the menu|[0, 1]}^0{ by Friday|[1]}^1 please"
        );
    }

    #[test]
    fn two_items_may_quote_the_same_words() {
        let text = "Launch on 3 May.";
        let source = cut(
            text,
            &[mark(0, text, "Launch on 3 May"), mark(1, text, "Launch on 3 May")],
        );
        assert_eq!(show(&source.blocks[0].runs), "{Launch on 3 May|[0, 1]}^0^1.");
    }

    #[test]
    fn windows_line_ends_are_not_shown_and_keep_positions() {
        let text = "First line.\r\nSecond line.\r\n\r\nNext.";
        let source = cut(text, &[mark(0, text, "line.\r\nSecond")]);
        assert_eq!(
            show(&source.blocks[0].runs),
            "First {line.|[0]}/{Second|[0]}^0 line."
        );
        assert_eq!(show(&source.blocks[1].runs), "Next.");
        check_positions(text, &source);
    }

    #[test]
    fn a_quote_runs_on_over_wrapped_reply_lines() {
        let text = "On Monday Ana wrote:\n> could you please send the measured drawing of the front\n> to the printer before Friday\n\nYes.";
        let quote = "send the measured drawing of the front\n> to the printer";
        let source = cut(text, &[mark(0, text, quote)]);
        assert_eq!(source.blocks.len(), 3);
        assert_eq!(source.blocks[1].depth, 1);
        assert_eq!(
            show(&source.blocks[1].runs),
            "could you please {send the measured drawing of the front|[0]}_{to the printer|[0]}^0 before Friday"
        );
        check_positions(text, &source);
    }

    #[test]
    fn wrapped_lines_are_joined_but_lists_are_not() {
        let text = "We would like a new shop window that people notice from\nacross the street.\n- decal for the glass and a very long explanation of it\n- menu board";
        let source = cut(text, &[]);
        assert_eq!(
            show(&source.blocks[0].runs),
            "We would like a new shop window that people notice from_across the street./- decal for the glass and a very long explanation of it/- menu board"
        );
    }

    #[test]
    fn reads_a_mail_head_in_any_case() {
        let text = "Von: Tomás Leal\nBetreff: Zweiter Laden am 24. Januar\n\nHallo";
        let source = cut(text, &[mark(0, text, "24. Januar")]);
        assert_eq!(source.headers[0].name, "Von");
        assert_eq!(
            show(&source.headers[1].runs),
            "Zweiter Laden am {24. Januar|[0]}^0"
        );
        assert_eq!(show(&source.blocks[0].runs), "Hallo");
        check_positions(text, &source);
        assert!(cut("Budget: 3\nTeam: 4", &[]).headers.is_empty());
        assert!(cut("From: only one line\n\nHi", &[]).headers.is_empty());
    }

    #[test]
    fn marks_that_make_no_sense_are_left_out() {
        let text = "short";
        let bad = [
            Mark {
                item: 0,
                start: 3,
                end: 3,
            },
            Mark {
                item: 1,
                start: 4,
                end: 2,
            },
            Mark {
                item: 2,
                start: 0,
                end: 99,
            },
        ];
        assert_eq!(show(&cut(text, &bad).blocks[0].runs), "short");
        assert_eq!(cut("", &bad), Source::default());
    }

    #[test]
    fn numbers_follow_the_text() {
        assert_eq!(
            numbers(&[(Some(40), 0), (None, 1), (Some(3), 2), (Some(3), 1)]),
            [3, 4, 2, 1]
        );
    }

    #[test]
    fn sentences_end_at_stops_and_line_ends() {
        let text = "Hi Ana!  Please draw it. Thanks\nTomás\n\n- one\n- two";
        let source = cut(text, &[]);
        let chars: Vec<char> = text.chars().collect();
        let got: Vec<String> = sentences(&source)
            .iter()
            .map(|&(a, b)| chars[a..b].iter().collect())
            .collect();
        assert_eq!(
            got,
            ["Hi Ana!", "Please draw it.", "Thanks", "Tomás", "- one", "- two"]
        );
    }
}
