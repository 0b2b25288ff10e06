//! The text as a document: messages, blocks and the masked copy all matching works on.

mod draft;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use chrono::NaiveDate;

use self::draft::Draft;
use crate::dates::{Hit, Reading};
use crate::language;
use crate::lexicon::Pack;
use crate::lines::{self, Field, Line, LineKind, Marker};
use crate::model::{Owner, Span};

/// A message of a thread, or the whole text.
pub(crate) struct Message {
    pub(crate) author: Option<String>,
    pub(crate) to: Option<String>,
    /// What relative dates count from.
    pub(crate) anchor: NaiveDate,
    pub(crate) pack: &'static Pack,
    /// Greater is newer.
    pub(crate) rank: usize,
    /// Whose side wrote it.
    pub(crate) speaker: Owner,
    /// Written by one of the client's side to another.
    pub(crate) internal: bool,
    pub(crate) lines: Span,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockKind {
    Paragraph,
    Bullet(Marker),
    Row,
    RowRule,
    Chat,
}

/// A paragraph, list entry, table row or chat line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    pub(crate) kind: BlockKind,
    pub(crate) span: Span,
    pub(crate) message: usize,
    /// Blank line (or a change of depth) before it.
    pub(crate) gap: bool,
    pub(crate) indent: usize,
}

/// What kind of conversation the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The client speaks to the freelancer.
    Brief,
    /// The freelancer's own notes, or minutes.
    Notes,
    Mail,
    Chat,
}

/// How many blocks back a date may stand that "the day before" leans on.
const NEAR: usize = 6;

/// What was found in a span of a message.
type DatesByPlace = HashMap<(usize, Span), Rc<[Hit]>>;

pub(crate) struct Doc<'t> {
    pub(crate) text: &'t str,
    /// Same length as `text`; quote prefixes and wraps are blanks, passages to ignore are line breaks.
    pub(crate) masked: String,
    pub(crate) messages: Vec<Message>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) form: Form,
    pub(crate) month_first: bool,
    /// The day of the next meeting, where the text announces one.
    pub(crate) next_meeting: Option<NaiveDate>,
    /// Dates found so far, by message and place.
    dates: RefCell<DatesByPlace>,
}

impl<'t> Doc<'t> {
    pub(crate) fn new(text: &'t str, masked: String, today: NaiveDate, pack: &'static Pack) -> Self {
        let lines = lines::split(&masked);
        let month_first = language::month_first(&masked, pack.lex.code);
        let mut doc = Self {
            text,
            masked,
            messages: Vec::new(),
            blocks: Vec::new(),
            form: Form::Brief,
            month_first,
            next_meeting: None,
            dates: RefCell::default(),
        };
        let owner = doc.find_messages(&lines, today, pack);
        doc.find_blocks(&lines, &owner);
        doc.next_meeting = doc.find_meeting();
        doc
    }

    pub(crate) fn slice(&self, span: Span) -> &str {
        span.of(&self.masked)
    }

    pub(crate) fn pack(&self, message: usize) -> &'static Pack {
        self.messages[message].pack
    }

    pub(crate) fn reading(&self, message: usize, previous: Option<NaiveDate>) -> Reading {
        Reading {
            anchor: self.messages[message].anchor,
            month_first: self.month_first,
            previous,
            named: false,
        }
    }

    /// Dates in a span, resolved against its message; each place is read once.
    pub(crate) fn dates(&self, message: usize, span: Span) -> Rc<[Hit]> {
        if let Some(known) = self.dates.borrow().get(&(message, span)) {
            return Rc::clone(known);
        }
        let previous = self.leans_on(message, span);
        let found: Rc<[Hit]> = self
            .pack(message)
            .dates
            .find(self.slice(span), span.start, &self.reading(message, previous))
            .into();
        self.dates.borrow_mut().insert((message, span), Rc::clone(&found));
        found
    }

    /// The last date before `span`, where the span says "the day before", "by then" and the like.
    pub(crate) fn leans_on(&self, message: usize, span: Span) -> Option<NaiveDate> {
        if !self.pack(message).dates.leans(self.slice(span)) {
            return None;
        }
        let at = self.blocks.partition_point(|b| b.span.start <= span.start);
        self.blocks[..at].iter().rev().take(NEAR).find_map(|b| {
            let before = Span::new(b.span.start, b.span.end.min(span.start));
            self.pack(b.message)
                .dates
                .find(self.slice(before), before.start, &self.reading(b.message, None))
                .last()
                .map(|h| h.date)
        })
    }

    /// The span without blanks at its ends.
    pub(crate) fn trim(&self, span: Span) -> Span {
        let s = self.slice(span);
        let lead = s.len() - s.trim_start().len();
        Span::new(span.start + lead, span.start + lead + s.trim().len())
    }

    /// "Next meeting: Tue 24 Feb".
    fn find_meeting(&self) -> Option<NaiveDate> {
        self.blocks.iter().find_map(|b| {
            let pack = self.pack(b.message);
            let s = self.slice(b.span);
            let at = pack.next_meeting.find(s).filter(|m| m.start() < 12)?;
            let hits = pack.dates.find(&s[at.end()..], 0, &self.reading(b.message, None));
            hits.first().map(|h| h.date)
        })
    }

    /// Splits into messages; returns the message of each line.
    fn find_messages(&mut self, lines: &[Line], today: NaiveDate, pack: &'static Pack) -> Vec<usize> {
        let mut drafts: Vec<Draft> = vec![Draft::default()];
        let mut of_line = vec![0; lines.len()];
        // the message that lines of a quote depth belong to
        let mut at_depth: Vec<(u8, usize)> = vec![(lines.first().map_or(0, |l| l.depth), 0)];
        let (mut chat, mut mail) = (false, false);
        let mut chat_date = None;
        let mut i = 0;
        while i < lines.len() {
            let line = &lines[i];
            match line.kind {
                LineKind::Header(field)
                    if field != Field::Subject
                        || matches!(lines.get(i + 1).map(|l| l.kind), Some(LineKind::Header(_))) =>
                {
                    let mut draft = Draft::default();
                    let first = i;
                    while let Some(LineKind::Header(field)) = lines.get(i).map(|l| l.kind) {
                        draft.header(&self.masked, &lines[i], field, pack, today, self.month_first);
                        i += 1;
                    }
                    mail = true;
                    let index = self.open(&mut drafts, draft, lines, first, &of_line);
                    of_line[first..i].fill(index);
                    at_depth.retain(|(d, _)| *d < line.depth);
                    at_depth.push((line.depth, index));
                    continue;
                }
                LineKind::Attribution => {
                    let next = lines[i + 1..]
                        .iter()
                        .find(|l| !matches!(l.kind, LineKind::Blank | LineKind::Rule))
                        .map_or(line.depth, |l| l.depth.max(line.depth));
                    let mut draft = Draft::default();
                    draft.attribution(line.body.of(&self.masked), pack, today, self.month_first);
                    mail = true;
                    let index = self.open(&mut drafts, draft, lines, i, &of_line);
                    of_line[i] = index;
                    at_depth.retain(|(d, _)| *d < next);
                    at_depth.push((next, index));
                }
                LineKind::Chat => {
                    chat = true;
                    let stamp = line.stamp.map(|s| s.of(&self.masked)).unwrap_or_default();
                    let reading = Reading {
                        anchor: today.checked_sub_days(chrono::Days::new(364)).unwrap_or(today),
                        month_first: self.month_first,
                        previous: None,
                        named: false,
                    };
                    if let Some(hit) = pack
                        .dates
                        .find(stamp, 0, &reading)
                        .into_iter()
                        .find(|h| h.calendar)
                    {
                        chat_date = Some(hit.date);
                    }
                    let author = line.author.map(|a| a.of(self.text).trim().to_string());
                    let draft = Draft {
                        author,
                        date: chat_date,
                        ..Draft::default()
                    };
                    let index = self.open(&mut drafts, draft, lines, i, &of_line);
                    of_line[i] = index;
                    at_depth = vec![(line.depth, index)];
                }
                _ => {
                    let index = at_depth
                        .iter()
                        .rev()
                        .find(|(d, _)| *d <= line.depth)
                        .or(at_depth.first())
                        .map_or(0, |(_, m)| *m);
                    of_line[i] = index;
                }
            }
            i += 1;
        }
        self.form = if chat && !mail {
            Form::Chat
        } else if mail {
            Form::Mail
        } else {
            Form::Brief
        };
        let count = drafts.len();
        let oldest_first = chat && !mail || {
            let dates: Vec<_> = drafts.iter().filter_map(|d| d.date).collect();
            dates.first() < dates.last()
        };
        for (i, d) in drafts.into_iter().enumerate() {
            let message_pack = if mail && count > 2 {
                language::of_lines(&self.masked, lines, &of_line, i, pack)
            } else {
                pack
            };
            self.messages.push(Message {
                author: d.author,
                to: d.to,
                anchor: d.date.unwrap_or(today),
                pack: message_pack,
                rank: if oldest_first { i } else { count - i },
                speaker: Owner::Client,
                internal: false,
                lines: Span::default_from(lines, &of_line, i),
            });
        }
        of_line
    }

    /// Reuses the empty first message for a header at the very top.
    fn open(
        &self,
        drafts: &mut Vec<Draft>,
        draft: Draft,
        lines: &[Line],
        at: usize,
        of_line: &[usize],
    ) -> usize {
        let blank = lines[..at]
            .iter()
            .all(|l| matches!(l.kind, LineKind::Blank | LineKind::Rule | LineKind::ForwardMark));
        if drafts.len() == 1 && blank && of_line[..at].iter().all(|m| *m == 0) {
            drafts[0] = draft;
            return 0;
        }
        drafts.push(draft);
        drafts.len() - 1
    }

    fn find_blocks(&mut self, lines: &[Line], of_line: &[usize]) {
        let mut width = vec![0; self.messages.len()];
        for (m, w) in width.iter_mut().enumerate() {
            let own = self.messages[m].lines;
            *w = lines::wrap_width(
                &self.masked,
                lines[own.start..own.end.min(lines.len())]
                    .iter()
                    .zip(&of_line[own.start..])
                    .filter(|(_, o)| **o == m)
                    .map(|(l, _)| l),
            );
        }
        let mut bytes = std::mem::take(&mut self.masked).into_bytes();
        let text = self.text;
        let mut gap = true;
        let mut in_signature = None;
        for i in 0..lines.len() {
            let line = &lines[i];
            for b in &mut bytes[line.span.start..line.body.start] {
                if line.depth > 0 && *b == b'>' {
                    *b = b' ';
                }
            }
            if line.kind == LineKind::Rule && line.body.of(text).trim() == "--" {
                in_signature = Some(of_line[i]);
            } else if in_signature.is_some_and(|m| m != of_line[i]) {
                in_signature = None;
            }
            let kind = match line.kind {
                LineKind::Blank
                | LineKind::Rule
                | LineKind::ForwardMark
                | LineKind::Header(_)
                | LineKind::Attribution => {
                    gap = true;
                    continue;
                }
                _ if in_signature == Some(of_line[i]) => continue,
                LineKind::Bullet(m) => BlockKind::Bullet(m),
                LineKind::Row => BlockKind::Row,
                LineKind::RowRule => BlockKind::RowRule,
                LineKind::Chat => BlockKind::Chat,
                LineKind::Text => BlockKind::Paragraph,
            };
            if i > 0
                && !gap
                && of_line[i] == of_line[i - 1]
                && lines::continues(text, lines, i, width[of_line[i]])
                && let Some(last) = self.blocks.last_mut()
            {
                for b in &mut bytes[last.span.end..line.body.start] {
                    *b = b' ';
                }
                last.span.end = line.body.end;
                continue;
            }
            if line.body.is_empty() {
                continue;
            }
            self.blocks.push(Block {
                kind,
                span: line.body,
                message: of_line[i],
                gap,
                indent: line.indent,
            });
            gap = false;
        }
        // only ASCII bytes were replaced by ASCII, or whole characters between lines by blanks
        self.masked = String::from_utf8(bytes).unwrap_or_else(|_| text.to_string());
    }
}

impl Span {
    fn default_from(lines: &[Line], of_line: &[usize], message: usize) -> Self {
        let first = of_line.iter().position(|m| *m == message).unwrap_or(0);
        let last = of_line
            .iter()
            .rposition(|m| *m == message)
            .map_or(first, |l| l + 1);
        Span::new(first, last.min(lines.len()))
    }
}
