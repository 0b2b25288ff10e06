//! What models were asked, what it costs and may cost, and what people made of the answers.
//!
//! `ledger` reserves the worst a call can cost before it is made and settles what it did cost; `spend`
//! reads the ledger; `model` keeps which models the workers are configured with; `settings` is what a
//! workspace decides; `feedback` counts what became of the answers.

pub mod feedback;
pub mod ledger;
pub mod model;
pub mod settings;
pub mod spend;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};

/// What a call took. Money is in millionths of a US dollar, the unit models are priced in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens read, those out of the cache not included.
    pub input_tokens: i32,
    /// Tokens written.
    pub output_tokens: i32,
    /// Tokens read out of the prompt cache.
    pub cache_read_tokens: i32,
    /// Tokens written to the prompt cache.
    pub cache_write_tokens: i32,
    /// What it cost.
    pub cost_micro_usd: i64,
}

/// Budgets run by calendar month in UTC: where the one that holds `now` begins.
pub(crate) fn month_of(now: DateTime<Utc>) -> DateTime<Utc> {
    let first = now.date_naive().with_day(1).unwrap_or(now.date_naive());
    start_of(first)
}

/// Where a day begins, in UTC.
pub(crate) fn start_of(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_on_its_first_day() {
        let now: DateTime<Utc> = "2026-02-28T23:59:59Z".parse().unwrap();
        assert_eq!(month_of(now).to_rfc3339(), "2026-02-01T00:00:00+00:00");
    }
}
