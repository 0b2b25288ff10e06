//! Amounts of money as people type them.

/// Currencies that forms offer; all have hundredths (ISO 4217, minor unit 2).
pub(crate) const CURRENCIES: &[&str] = &[
    "EUR", "USD", "GBP", "CHF", "AUD", "BRL", "CAD", "CZK", "DKK", "NOK", "NZD", "PLN", "SEK",
];

/// Reads `5200`, `5,200`, `5.200,50`, `5 200.5` as cents.
///
/// The last point or comma is the decimal sign when one or two digits follow it; all others group.
pub(crate) fn parse_cents(text: &str) -> Option<i64> {
    let text: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace() && !"'’".contains(*letter))
        .collect();
    let (units, fraction) = match text.rfind(['.', ',']) {
        Some(at) if (1..=2).contains(&(text.len() - at - 1)) => (&text[..at], &text[at + 1..]),
        _ => (text.as_str(), ""),
    };
    let units: String = units.chars().filter(|letter| !".,".contains(*letter)).collect();
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if units.is_empty() && fraction.is_empty() || units.len() > 12 || !digits(&units) || !digits(fraction) {
        return None;
    }
    let units: i64 = if units.is_empty() { 0 } else { units.parse().ok()? };
    let cents: i64 = match fraction.len() {
        0 => 0,
        1 => fraction.parse::<i64>().ok()? * 10,
        _ => fraction.parse().ok()?,
    };
    Some(units * 100 + cents)
}

/// Cents as a plain number to edit: `5200` or `5200.50`.
pub(crate) fn edit_cents(cents: i64) -> String {
    if cents % 100 == 0 {
        (cents / 100).to_string()
    } else {
        format!("{}.{:02}", cents / 100, cents % 100)
    }
}

/// Millionths of a US dollar as a plain number to edit: `20` or `7.50`; below a cent is left out.
pub(crate) fn edit_usd(micro: i64) -> String {
    edit_cents(micro / 10_000)
}

/// Millionths of a US dollar as dollars: `$20.00`, and below a cent as exactly as it matters: `$0.0015`.
pub(crate) fn usd(micro: i64) -> String {
    let (dollars, rest) = (micro / 1_000_000, micro % 1_000_000);
    if dollars == 0 && rest > 0 && rest < 10_000 {
        let four = (rest + 99) / 100;
        return format!("$0.{four:04}");
    }
    format!("${dollars}.{:02}", rest / 10_000)
}

#[cfg(test)]
mod tests {
    use super::{edit_cents, parse_cents, usd};

    #[test]
    fn small_sums_are_not_nothing() {
        for (micro, text) in [
            (0, "$0.00"),
            (1, "$0.0001"),
            (1_500, "$0.0015"),
            (12_345, "$0.01"),
            (20_000_000, "$20.00"),
            (19_999_999, "$19.99"),
        ] {
            assert_eq!(usd(micro), text);
        }
    }

    #[test]
    fn reads_amounts_of_many_countries() {
        for (text, cents) in [
            ("5200", 520_000),
            ("5,200", 520_000),
            ("5.200", 520_000),
            ("5.200,50", 520_050),
            ("5,200.5", 520_050),
            ("5 200", 520_000),
            ("5'200.05", 520_005),
            (".5", 50),
            ("0", 0),
        ] {
            assert_eq!(parse_cents(text), Some(cents), "{text}");
            assert_eq!(parse_cents(&edit_cents(cents)), Some(cents));
        }
    }

    #[test]
    fn refuses_what_is_no_amount() {
        for text in ["", "-5", "abc", "5€", "1e9", "1234567890123"] {
            assert_eq!(parse_cents(text), None, "{text}");
        }
    }
}
