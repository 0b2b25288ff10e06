//! Order keys for cards in a column: text that sorts by bytes, with room for one more key between
//! any two.
//!
//! A key is six base-62 digits (an integer, so that adding at either end never makes keys longer)
//! and, where two neighbours leave no integer between them, a fraction that never ends in `0`.
//! The crate `fractional_index` 2.0.2 was tried first: it underflows as soon as a key begins with
//! a zero byte, which takes 128 moves to the top of a column.

/// Digits in the order in which bytes sort.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Digits of the integer part: 62^6 / 2 cards fit on either side of the first.
const WIDTH: usize = 6;
const BASE: u64 = 62;
const LIMIT: u64 = BASE.pow(WIDTH as u32);
const MIDDLE: u64 = LIMIT / 2;

/// An order key. Ordering two of them is ordering their text by bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position(String);

impl Position {
    /// The key of the first card of an empty column.
    pub(crate) fn first() -> Self {
        Self::from_parts(MIDDLE, &[])
    }

    /// Reads a stored key; `None` when the text is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let well_formed = bytes.len() >= WIDTH
            && bytes.iter().all(u8::is_ascii_alphanumeric)
            && (bytes.len() == WIDTH || bytes.last() != Some(&b'0'));
        well_formed.then(|| Self(text.to_owned()))
    }

    /// A key strictly between two others; a missing one means the end of the column.
    ///
    /// `None` when there is no room: `lower` is not below `upper`, or a column has been extended
    /// at one end some 28 thousand million times.
    pub(crate) fn between(lower: Option<&Self>, upper: Option<&Self>) -> Option<Self> {
        match (lower, upper) {
            (None, None) => Some(Self::first()),
            (Some(lower), None) => {
                let (integer, _) = lower.parts();
                (integer + 1 < LIMIT).then(|| Self::from_parts(integer + 1, &[]))
            }
            (None, Some(upper)) => match upper.parts() {
                (integer, fraction) if !fraction.is_empty() => Some(Self::from_parts(integer, &[])),
                (0, _) => None,
                (integer, _) => Some(Self::from_parts(integer - 1, &[])),
            },
            (Some(lower), Some(upper)) if lower < upper => {
                let ((low, low_fraction), (high, high_fraction)) = (lower.parts(), upper.parts());
                Some(if high - low >= 2 {
                    Self::from_parts(low + (high - low) / 2, &[])
                } else if high == low {
                    Self::from_parts(low, &fraction_between(&low_fraction, Some(&high_fraction)))
                } else if high_fraction.is_empty() {
                    Self::from_parts(low, &fraction_between(&low_fraction, None))
                } else {
                    Self::from_parts(high, &[])
                })
            }
            _ => None,
        }
    }

    /// `count` ascending keys strictly between two others; see [`Position::between`].
    pub(crate) fn several_between(
        lower: Option<&Self>,
        upper: Option<&Self>,
        count: usize,
    ) -> Option<Vec<Self>> {
        let mut keys = Vec::with_capacity(count);
        let mut last = lower.cloned();
        for _ in 0..count {
            let next = Self::between(last.as_ref(), upper)?;
            keys.push(next.clone());
            last = Some(next);
        }
        Some(keys)
    }

    /// The key as stored.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn parts(&self) -> (u64, Vec<u8>) {
        let digits: Vec<u8> = self.0.bytes().map(digit_value).collect();
        let integer = digits[..WIDTH]
            .iter()
            .fold(0, |sum, digit| sum * BASE + u64::from(*digit));
        (integer, digits[WIDTH..].to_vec())
    }

    fn from_parts(mut integer: u64, fraction: &[u8]) -> Self {
        let mut digits = [0_u8; WIDTH];
        for digit in digits.iter_mut().rev() {
            *digit = (integer % BASE) as u8;
            integer /= BASE;
        }
        let text = digits
            .iter()
            .chain(fraction)
            .map(|digit| char::from(DIGITS[usize::from(*digit)]));
        Self(text.collect())
    }
}

fn digit_value(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'Z' => byte - b'A' + 10,
        _ => byte.wrapping_sub(b'a') % 26 + 36,
    }
}

/// A fraction strictly between `lower` and `upper` (1 when missing), as digits after the point,
/// without a trailing zero. `lower` must be below `upper`.
fn fraction_between(lower: &[u8], upper: Option<&[u8]>) -> Vec<u8> {
    let base = BASE as u8;
    let mut result = Vec::new();
    let mut upper = upper;
    for index in 0.. {
        let low = lower.get(index).copied().unwrap_or(0);
        let high = upper.map_or(base, |digits| digits.get(index).copied().unwrap_or(0));
        if high > low + 1 {
            result.push(low + (high - low) / 2);
            break;
        }
        if high == low + 1 {
            let upper_goes_on = upper.is_some_and(|digits| digits.len() > index + 1);
            if upper_goes_on {
                result.push(high);
                break;
            }
            // Nothing fits at this digit: keep the lower one, and the sky is open from here on.
            upper = None;
        }
        result.push(low);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_thousand_cards_added_at_either_end_keep_short_keys() {
        let mut first = Position::first();
        let mut last = Position::first();
        for _ in 0..1000 {
            let before = Position::between(None, Some(&first)).expect("room before");
            let after = Position::between(Some(&last), None).expect("room after");
            assert!(before < first && after > last);
            assert_eq!((before.as_str().len(), after.as_str().len()), (WIDTH, WIDTH));
            (first, last) = (before, after);
        }
    }

    #[test]
    fn nothing_fits_between_equal_or_swapped_keys() {
        let low = Position::first();
        let high = Position::between(Some(&low), None).expect("room after");
        assert_eq!(Position::between(Some(&low), Some(&low)), None);
        assert_eq!(Position::between(Some(&high), Some(&low)), None);
    }

    #[test]
    fn text_that_is_no_key_is_refused() {
        for text in ["", "U0000", "U0000-", "U000001230", "Ü00000"] {
            assert_eq!(Position::parse(text), None, "{text:?}");
        }
    }

    proptest! {
        /// Any sequence of insertions keeps the order of insertion points and well-formed keys.
        #[test]
        fn insertions_keep_order(places in proptest::collection::vec(any::<u16>(), 1..400)) {
            let mut keys: Vec<Position> = Vec::new();
            for place in places {
                let index = usize::from(place) % (keys.len() + 1);
                let lower = index.checked_sub(1).map(|below| &keys[below]);
                let key = Position::between(lower, keys.get(index)).expect("room");
                prop_assert_eq!(Position::parse(key.as_str()), Some(key.clone()));
                keys.insert(index, key);
            }
            prop_assert!(keys.windows(2).all(|pair| pair[0] < pair[1]));
        }

        /// Always splitting the same gap is the worst case; keys grow by a digit each six times or so.
        #[test]
        fn one_gap_split_again_and_again(sides in proptest::collection::vec(any::<bool>(), 1..300)) {
            let mut low = Position::first();
            let mut high = Position::between(Some(&low), None).expect("room");
            for side in &sides {
                let middle = Position::between(Some(&low), Some(&high)).expect("room");
                prop_assert!(low < middle && middle < high);
                if *side { low = middle } else { high = middle }
            }
            prop_assert!(high.as_str().len() <= WIDTH + 2 + sides.len() / 2);
        }

        #[test]
        fn several_fit_in_order(count in 0_usize..60) {
            let low = Position::first();
            let high = Position::between(Some(&low), None).expect("room");
            let keys = Position::several_between(Some(&low), Some(&high), count).expect("room");
            prop_assert_eq!(keys.len(), count);
            let all: Vec<_> = [low].into_iter().chain(keys).chain([high]).collect();
            prop_assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
