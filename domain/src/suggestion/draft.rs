//! How much of a draft a person has changed.

use crate::entity::suggestion::Model;

/// Most words that are compared; a letter of more has changed by its first ones.
const WORDS_MAX: usize = 2_000;

/// Notes in `row` what becomes of its draft: `before` is what it says so far, `now` what it will say.
pub(crate) fn changed(row: &mut Model, before: Option<&str>, now: &str) {
    let Some(first) = row.drafted.clone().or_else(|| before.map(str::to_owned)) else {
        return;
    };
    row.draft_change = Some(distance(&first, now));
    row.drafted = Some(first);
}

/// The Levenshtein distance of two texts in words, over the number of words of the longer: from 0, the same, to
/// 1, nothing in common. In words, since a letter of 20 000 characters is too long to be compared by them each
/// time it is kept.
fn distance(first: &str, now: &str) -> f32 {
    fn words(text: &str) -> Vec<&str> {
        text.split_whitespace().take(WORDS_MAX).collect()
    }
    let (first, now) = (words(first), words(now));
    let longer = first.len().max(now.len());
    if longer == 0 {
        return 0.0;
    }
    strsim::generic_levenshtein(&first, &now) as f32 / longer as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_counts_words() {
        assert_eq!(distance("", ""), 0.0);
        assert_eq!(
            distance("Hello Maya,\nyes.", "Hello  Maya, yes."),
            0.0,
            "spaces are none"
        );
        assert_eq!(distance("one two three four", "one two 3 four"), 0.25);
        assert_eq!(distance("one", "two three"), 1.0);
        let long = "word ".repeat(10_000);
        assert_eq!(distance(&long, &long), 0.0);
    }
}
