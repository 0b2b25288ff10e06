//! Names as initials.

/// Up to two capitals for an avatar: first and last word of a name.
pub(crate) fn initials(name: &str) -> String {
    let mut words = name
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric));
    let first = words.next().and_then(first_letter);
    let last = words.next_back().and_then(first_letter);
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .take(3)
        .collect()
}

fn first_letter(word: &str) -> Option<char> {
    word.chars().find(|letter| letter.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn takes_first_and_last_word() {
        assert_eq!(initials("Ana Ribeiro"), "AR");
        assert_eq!(initials("Fennel & Rye"), "FR");
        assert_eq!(initials("ana maria de sousa"), "AS");
        assert_eq!(initials("Élan"), "É");
        assert_eq!(initials("  "), "");
    }
}
