//! Calendar days without a time or a zone.

use crate::schema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A day of the proleptic Gregorian calendar, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Day(pub(crate) i32);

cynic::impl_scalar!(Day, schema::Date);

impl Day {
    /// Reads `YYYY-MM-DD`, the only form the API and date inputs use.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-');
        let mut next = |digits: usize| {
            let part = parts.next()?;
            (part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| part.parse::<i32>().ok())
                .flatten()
        };
        let (year, month, day) = (next(4)?, next(2)?, next(2)?);
        let made = Self::from_civil(year, month, day);
        (made.civil() == (year, month, day)).then_some(made)
    }

    /// From year, month (1 to 12) and day of the month.
    ///
    /// Howard Hinnant's `days_from_civil`: years are taken to begin in March,
    /// so that the leap day is the last of its year.
    pub(crate) fn from_civil(year: i32, month: i32, day: i32) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self(era * 146_097 + day_of_era - 719_468)
    }

    /// Year, month (1 to 12) and day of the month.
    pub(crate) fn civil(self) -> (i32, i32, i32) {
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        };
        let year = year_of_era + era * 400 + i32::from(month <= 2);
        (year, month, day)
    }

    /// `YYYY-MM-DD`.
    pub(crate) fn iso(self) -> String {
        let (year, month, day) = self.civil();
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// This many days later; earlier when negative.
    pub(crate) fn plus(self, days: i32) -> Self {
        Self(self.0 + days)
    }

    /// The person's own day, by their browser's clock and zone.
    pub(crate) fn today() -> Self {
        let now = js_sys::Date::new_0();
        Self::from_civil(
            i32::try_from(now.get_full_year()).unwrap_or(1970),
            i32::try_from(now.get_month()).unwrap_or(0) + 1,
            i32::try_from(now.get_date()).unwrap_or(1),
        )
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.iso())
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not a calendar day"))
    }
}

#[cfg(test)]
mod tests {
    use super::Day;

    #[test]
    fn days_go_there_and_back_across_leap_years_and_centuries() {
        for count in [-719_528, -1, 0, 58, 59, 60, 11_016, 20_000, 47_541] {
            let day = Day(count);
            assert_eq!(Day::parse(&day.iso()), Some(day), "{}", day.iso());
        }
        assert_eq!(
            Day::parse("2024-02-29").map(|day| day.plus(1).iso()).as_deref(),
            Some("2024-03-01")
        );
        assert_eq!(
            Day::parse("2100-02-28").map(|day| day.plus(1).iso()).as_deref(),
            Some("2100-03-01")
        );
        assert_eq!(Day::parse("1970-01-01"), Some(Day(0)));
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "2025-02-29",
            "2025-13-01",
            "2025-00-10",
            "2025-1-1",
            "25-01-01",
            "2025-01-01T00:00",
            "2025-01-+1",
        ] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }
}
