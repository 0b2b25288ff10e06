//! From the fragments of a lexicon to regular expressions.

use regex::Regex;

use super::Lexicon;

/// One fragment in regex syntax.
pub(crate) fn fragment(f: &str) -> String {
    if top_level_bar(f) {
        return fragment(&format!("(?:{f})"));
    }
    let mut out = String::with_capacity(f.len() + 16);
    if f.starts_with(|c: char| c.is_alphanumeric()) || f.starts_with("(?:") || f.starts_with("\\w") {
        out.push_str("\\b");
    }
    let mut chars = f.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ' ' if chars.peek() == Some(&'?') => {
                chars.next();
                out.push_str("\\s*");
            }
            ' ' => out.push_str("\\s+"),
            '\'' => out.push_str("['’´`]"),
            c => out.push(c),
        }
    }
    if f.ends_with(|c: char| c.is_alphanumeric())
        || f.ends_with(')')
        || f.ends_with("\\w*")
        || f.ends_with("\\w+")
    {
        out.push_str("\\b");
    }
    out
}

/// Whether the fragment is an alternation outside any group.
pub(super) fn top_level_bar(f: &str) -> bool {
    let mut depth = 0i32;
    f.chars().any(|c| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        c == '|' && depth == 0
    })
}

/// Alternation of fragments, without anchors or flags.
pub(crate) fn alternatives(words: &[&str]) -> String {
    if words.is_empty() {
        return "[^\\s\\S]".into();
    }
    words.iter().map(|w| fragment(w)).collect::<Vec<_>>().join("|")
}

pub(crate) fn compile(pattern: &str) -> Regex {
    match Regex::new(pattern) {
        Ok(r) => r,
        Err(e) => panic!("constant pattern {pattern}: {e}"),
    }
}

/// Compiles a pattern of one language. English words are ASCII, and so can be their boundaries, which the fast
/// matcher handles on any text; those of other languages cannot.
pub(crate) fn compile_in(lex: &Lexicon, pattern: &str) -> Regex {
    if lex.code == "en" {
        compile(&pattern.replace("\\b", "(?-u:\\b)"))
    } else {
        compile(pattern)
    }
}

pub(super) fn any(lex: &Lexicon, words: &[&str]) -> Regex {
    compile_in(lex, &format!("(?i)(?:{})", alternatives(words)))
}

pub(super) fn at_start(lex: &Lexicon, words: &[&str]) -> Regex {
    compile_in(
        lex,
        &format!("(?i)^[\\s*_#\\d.)¿¡\"“„«(-]*(?:{})", alternatives(words)),
    )
}

pub(super) fn whole(lex: &Lexicon, words: &[&str]) -> Regex {
    compile_in(
        lex,
        &format!("(?i)^[\\s*_#\\d.)(]*(?:{})[\\s*_:.!–—-]*$", alternatives(words)),
    )
}
