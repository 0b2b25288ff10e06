//! The lines of a text, and what they are: quoted, wrapped, of a list, of a mail's head.

/// A line without its quote signs and outer blanks.
pub(super) struct Line {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) depth: u8,
}

impl Line {
    pub(super) fn is_blank(&self) -> bool {
        self.start >= self.end
    }
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }
}

/// The lines of a text; ends in `\n`, `\r\n` or `\r`.
pub(super) fn lines(chars: &[char]) -> Vec<Line> {
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

pub(super) fn line(chars: &[char], start: usize, end: usize) -> Line {
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
pub(super) fn is_wrapped(chars: &[char], line: &Line, next: &Line, width: usize) -> bool {
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
pub(super) fn starts_list(line: &[char]) -> bool {
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
pub(super) const HEADERS: &[&str] = &[
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

pub(super) fn colon(chars: &[char], line: &Line) -> Option<usize> {
    (line.start..line.end.min(line.start + 24)).find(|&i| chars[i] == ':')
}

/// How many of the first lines are a mail's head: at least two, all `Name: value`
/// with a known first name.
pub(super) fn header_lines(chars: &[char], lines: &[Line]) -> usize {
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
