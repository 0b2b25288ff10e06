//! Limits, as people type them.

use crate::fmt::money;

/// An amount in dollars as millionths; nothing for an empty field.
pub(super) fn dollars(text: &str) -> Result<Option<i64>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    money::parse_cents(text)
        .map(|cents| Some(cents.saturating_mul(10_000)))
        .ok_or_else(|| "Type an amount in dollars, such as 20 or 7.50.".to_owned())
}

/// A whole number; nothing for an empty field.
pub(super) fn whole(text: &str) -> Result<Option<i32>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<i32>() {
        Ok(number) if number >= 0 => Ok(Some(number)),
        _ => Err("Type a whole number, such as 200.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{dollars, whole};

    #[test]
    fn empty_means_nothing_and_nonsense_is_refused() {
        assert_eq!((dollars(" "), whole("")), (Ok(None), Ok(None)));
        assert_eq!(
            (dollars("7.50"), whole("200")),
            (Ok(Some(7_500_000)), Ok(Some(200)))
        );
        assert_eq!((dollars("0"), whole("0")), (Ok(Some(0)), Ok(Some(0))));
        assert!(dollars("many").is_err() && whole("-1").is_err() && whole("1.5").is_err());
    }
}
