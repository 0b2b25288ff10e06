//! Cuts a source text into what the review shows: mail headers, paragraphs and
//! runs that carry the quotes laid over them.
//!
//! All positions are Unicode code points of the original text, as the API
//! counts them. Every run is an unbroken piece of that text and knows where it
//! starts, so that a selection on screen finds its way back (see
//! `selection`): mail quote signs (`> `), line ends and outer blanks are left
//! out between runs, never inside one.

mod lines;
#[cfg(test)]
mod tests;

use lines::{Line, colon, header_lines, is_wrapped, lines};

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
