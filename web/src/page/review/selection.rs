//! From a selection on screen to code points of the source text, and back.
//!
//! Each run on screen is an element with `data-at`, the position of its first
//! character; the browser counts UTF-16 units inside its text node. The pure
//! counting is here and tested; `browser` talks to the DOM.

/// How many code points the first `units` UTF-16 units of `text` make. A
/// position inside a surrogate pair counts as before the pair.
pub(crate) fn code_points(text: &str, units: usize) -> usize {
    let mut seen = 0;
    text.chars()
        .take_while(|c| {
            seen += c.len_utf16();
            seen <= units
        })
        .count()
}

/// How many UTF-16 units the first `points` code points of `text` take.
pub(crate) fn utf16_units(text: &str, points: usize) -> usize {
    text.chars().take(points).map(char::len_utf16).sum()
}

/// What of `text` (code points `start..end`) is worth quoting: without blanks,
/// line ends and mail quote signs at both ends. `None` when nothing is left.
pub(crate) fn trim(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let outer = |c: char| c.is_whitespace() || c == '>';
    let picked: Vec<char> = text.chars().skip(start).take(end.saturating_sub(start)).collect();
    let first = picked.iter().position(|&c| !outer(c))?;
    let last = picked.iter().rposition(|&c| !c.is_whitespace())?;
    Some((start + first, start + last + 1))
}

/// The text of `start..end` on one line, as a first title: quote signs at line
/// starts gone, blanks single, at most `max` characters, cut between words.
pub(crate) fn title(text: &str, start: usize, end: usize, max: usize) -> String {
    let picked: String = text.chars().skip(start).take(end.saturating_sub(start)).collect();
    let mut words: Vec<&str> = Vec::new();
    for line in picked.lines() {
        let line = line.trim_start_matches(|c: char| c == '>' || c.is_whitespace());
        words.extend(line.split_whitespace());
    }
    let mut title = String::new();
    for word in words {
        let grown = title.chars().count() + usize::from(!title.is_empty()) + word.chars().count();
        if grown > max && !title.is_empty() {
            title.push('…');
            break;
        }
        if !title.is_empty() {
            title.push(' ');
        }
        title.extend(word.chars().take(max));
    }
    // A full stop ends a sentence, not a title; a question keeps its mark.
    let end = title.trim_end_matches(['.', ',', ';', ':', '!']).len();
    title.truncate(end);
    let mut chars = title.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => title,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_units_become_code_points_and_back() {
        let text = "a👩é\u{301}z";
        assert_eq!(code_points(text, 0), 0);
        assert_eq!(code_points(text, 1), 1);
        assert_eq!(code_points(text, 2), 1, "inside the pair");
        assert_eq!(code_points(text, 3), 2);
        assert_eq!(code_points(text, 99), 5);
        assert_eq!(utf16_units(text, 2), 3);
        for points in 0..=5 {
            assert_eq!(code_points(text, utf16_units(text, points)), points);
        }
    }

    #[test]
    fn trims_blanks_and_quote_signs() {
        let text = "one\r\n> two three \r\n\r\n";
        assert_eq!(trim(text, 3, 20), Some((7, 16)));
        assert_eq!(trim(text, 3, 6), None);
        assert_eq!(trim(text, 9, 2), None);
        assert_eq!(trim(text, 50, 60), None);
    }

    #[test]
    fn makes_one_line_of_a_passage() {
        let text = "Hi. please send\r\n> the   measured drawing. Bye";
        assert_eq!(title(text, 4, 42, 120), "Please send the measured drawing");
        assert_eq!(title(text, 4, 42, 16), "Please send the…");
        assert_eq!(title("Ready?", 0, 6, 80), "Ready?");
        assert_eq!(title("", 0, 5, 80), "");
        assert_eq!(title("aaaaaaaaaa", 0, 10, 4), "Aaaa");
    }
}
