//! Scalars of our own, and small values that stand in many types.

use async_graphql::{
    InputObject, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value,
};
use chrono::NaiveDate;
use smartstack_domain::money;

/// A day of the calendar without a time zone, as `YYYY-MM-DD` (ISO 8601).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date(pub NaiveDate);

/// A day of the calendar without a time zone, as `YYYY-MM-DD` (ISO 8601).
#[Scalar(
    name = "Date",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6"
)]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) if is_plain(text) => text
                .parse()
                .map(Self)
                .map_err(|_| InputValueError::custom("Write a day that exists as YYYY-MM-DD.")),
            Value::String(_) => Err(InputValueError::custom("Write a day as YYYY-MM-DD.")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.format("%Y-%m-%d").to_string())
    }
}

impl From<Date> for NaiveDate {
    fn from(date: Date) -> Self {
        date.0
    }
}

/// Whether a text is four, two and two digits: chrono also takes days like
/// 2026-1-5, and one way to write a day is enough.
fn is_plain(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| {
            if matches!(at, 4 | 7) {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        })
}

/// A whole number of up to 64 bits, as a JSON number. Values stay within what
/// JavaScript can hold exactly: ±9 007 199 254 740 991.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Long(pub i64);

impl From<Long> for i64 {
    fn from(long: Long) -> Self {
        long.0
    }
}

/// `Number.MAX_SAFE_INTEGER` of ECMAScript.
const SAFE_MAX: i64 = 9_007_199_254_740_991;

/// A whole number of up to 64 bits, as a JSON number. Values stay within what
/// JavaScript can hold exactly: ±9007199254740991.
#[Scalar(name = "Long")]
impl ScalarType for Long {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number
                .as_i64()
                .filter(|number| (-SAFE_MAX..=SAFE_MAX).contains(number))
                .map(Self)
                .ok_or_else(|| InputValueError::custom("Write a whole number within ±9007199254740991.")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }
}

/// An amount of money. Currencies are never mixed or converted.
#[derive(Debug, Clone, SimpleObject)]
pub struct Money {
    /// Hundredths of the currency's unit.
    pub amount_cents: Long,
    /// ISO 4217 code: three capital letters.
    pub currency: String,
}

impl From<money::Money> for Money {
    fn from(money: money::Money) -> Self {
        Self {
            amount_cents: Long(money.amount_cents),
            currency: money.currency,
        }
    }
}

/// An amount of money.
#[derive(Debug, Clone, InputObject)]
pub struct MoneyInput {
    /// Hundredths of the currency's unit; not negative.
    pub amount_cents: Long,
    /// ISO 4217 code: three capital letters.
    pub currency: String,
}

impl From<MoneyInput> for money::Money {
    fn from(input: MoneyInput) -> Self {
        Self {
            amount_cents: input.amount_cents.0,
            currency: input.currency,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_in_one_way() {
        for bad in [
            "2026-1-5",
            "2026-02-30",
            "tomorrow",
            "2026-01-05T00:00:00Z",
            "+2026-01-5",
        ] {
            assert!(Date::parse(Value::from(bad)).is_err(), "{bad}");
        }
        let day = Date::parse(Value::from("2026-01-05")).expect("a day");
        assert_eq!(day.to_value(), Value::from("2026-01-05"));
    }

    #[test]
    fn a_long_stays_exact_in_browsers() {
        assert!(Long::parse(Value::from(SAFE_MAX)).is_ok());
        assert!(Long::parse(Value::from(SAFE_MAX + 1)).is_err());
        assert!(Long::parse(Value::from(0.5)).is_err());
    }
}
