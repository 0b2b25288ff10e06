//! What the keys of the review mean.

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Press {
    /// `j`, arrow down.
    Next,
    /// `k`, arrow up.
    Previous,
    /// `a`.
    Accept,
    /// `e`.
    Edit,
    /// `x`.
    Reject,
    /// `X`: reject, saying why.
    RejectWithReason,
    /// `A`.
    AcceptAll,
    /// `u`.
    Undo,
    /// Enter.
    Open,
    /// Escape.
    Close,
    /// `t`: make a task of the selected text.
    MakeTask,
    /// `s`: select the next sentence of the source.
    NextSentence,
    /// `S`: select the sentence before.
    PreviousSentence,
}

/// The keys with what they do, as the list of shortcuts shows them. Enter and
/// Escape are the item's own: see [`meaning`].
pub(crate) const KEYS: &[(&str, &str)] = &[
    ("j", "Next item"),
    ("k", "Previous item"),
    ("a", "Accept"),
    ("e", "Edit, then accept"),
    ("x", "Reject"),
    ("X", "Reject, saying why"),
    ("A", "Accept all"),
    ("u", "Undo"),
    ("s", "Select the next sentence of the text"),
    ("S", "Select the previous sentence"),
    ("t", "Make a task of the selected text"),
];

/// What a key (the DOM's `KeyboardEvent.key`) means outside fields.
pub(crate) fn meaning(key: &str) -> Option<Press> {
    Some(match key {
        "j" => Press::Next,
        "k" => Press::Previous,
        "a" => Press::Accept,
        "e" => Press::Edit,
        "x" => Press::Reject,
        "X" => Press::RejectWithReason,
        "A" => Press::AcceptAll,
        "u" => Press::Undo,
        "t" => Press::MakeTask,
        "s" => Press::NextSentence,
        "S" => Press::PreviousSentence,
        "Enter" => Press::Open,
        "Escape" => Press::Close,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_key_means_something_of_its_own() {
        let meanings: Vec<Option<Press>> = KEYS.iter().map(|(key, _)| meaning(key)).collect();
        assert!(meanings.iter().all(Option::is_some));
        for (at, press) in meanings.iter().enumerate() {
            assert!(!meanings[..at].contains(press), "{press:?} twice");
        }
        assert_eq!(
            meaning("A"),
            Some(Press::AcceptAll),
            "capitals are keys of their own"
        );
        assert_eq!(meaning("q"), None);
    }
}
