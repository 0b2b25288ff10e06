//! What stands in a cell of a spreadsheet, and what it stands for.
//!
//! A spreadsheet takes a cell that begins with one of a few characters for a formula and runs it (OWASP, "CSV
//! Injection"). Such a cell gets an apostrophe in front on its way out, and loses it on its way in, so that
//! what comes back is what went.

/// Characters a formula may begin with, in their wide forms too.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Whether a text would be taken for a formula, or for one that was marked.
fn is_marked(text: &str) -> bool {
    let mut characters = text.chars();
    match characters.next() {
        Some('\'') => characters
            .next()
            .is_some_and(|next| next == '\'' || FORMULA.contains(&next)),
        Some(first) => FORMULA.contains(&first),
        None => false,
    }
}

/// A text as a cell that nothing runs.
pub(super) fn escape(text: &str) -> String {
    if is_marked(text) {
        ["'", text].concat()
    } else {
        text.to_owned()
    }
}

/// The text of a cell, however it was escaped.
pub(super) fn unescape(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_marked(rest) || is_marked(cell) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_formula_is_marked_and_a_text_is_left_alone() {
        for formula in ["=1+1", "+49 30", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            assert_eq!(escape(formula), format!("'{formula}"));
        }
        for text in ["", "plain", "'quoted'", "a=b", " =1"] {
            assert_eq!(escape(text), text);
        }
        assert_eq!(unescape("'tis"), "'tis");
        assert_eq!(unescape("'=1"), "=1");
        // Written by hand, without the mark.
        assert_eq!(unescape("+49 30"), "+49 30");
    }

    proptest! {
        #[test]
        fn what_comes_back_is_what_went(text in "['=+@a\\t-]{0,6}|\\PC{0,20}") {
            let cell = escape(&text);
            prop_assert_eq!(unescape(&cell), text.as_str());
            let first = cell.chars().next();
            prop_assert!(first.is_none_or(|first| !FORMULA.contains(&first)), "{}", cell);
        }
    }
}
