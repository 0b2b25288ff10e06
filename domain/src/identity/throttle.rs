//! Slows guessing down: by account, so that one account is safe from many machines, and by address, so
//! that many accounts are safe from one machine. The state is in PostgreSQL, so all processes count
//! together.
//!
//! An attempt is counted before it is tried; a success takes its count back. A hundred at once thus
//! count a hundred.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait;

use crate::db::{SystemTx, sql};
use crate::error::DomainError;

/// How many attempts are free, and how long the longest wait is. Waits double from one second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Policy {
    free: i32,
    longest_wait: TimeDelta,
}

/// A person mistypes a few times; a guesser gets some 100 guesses a day.
pub(super) const BY_ACCOUNT: Policy = Policy {
    free: 5,
    longest_wait: TimeDelta::minutes(15),
};
/// An office shares an address.
pub(super) const BY_ADDRESS: Policy = Policy {
    free: 30,
    longest_wait: TimeDelta::minutes(15),
};
/// Nobody needs more mails of one kind in an hour.
pub(super) const MAIL: Policy = Policy {
    free: 5,
    longest_wait: TimeDelta::hours(1),
};

/// Attempts are forgotten when there was none for so long.
const MEMORY: TimeDelta = TimeDelta::hours(1);

/// Counts an attempt; `Some(wait)` when it must not be made yet, and is not counted.
pub(super) async fn attempt(
    tx: &mut SystemTx,
    key: &str,
    policy: Policy,
) -> Result<Option<TimeDelta>, DomainError> {
    let now = tx.now();
    // 2^30 seconds are beyond every longest wait: the exponent is bounded before it is used.
    let count = "\
INSERT INTO throttles AS t (key, failures, first_at) VALUES ($1, 1, $2)
ON CONFLICT (key) DO UPDATE SET
  failures = CASE WHEN greatest(t.first_at, t.blocked_until) < $3 THEN 1 ELSE least(t.failures + 1, 1000) END,
  first_at = CASE WHEN greatest(t.first_at, t.blocked_until) < $3 THEN $2 ELSE t.first_at END,
  blocked_until = CASE
    WHEN greatest(t.first_at, t.blocked_until) < $3 OR t.failures < $4 THEN NULL
    ELSE $2 + least(make_interval(secs => power(2, least(t.failures - $4, 30))), make_interval(secs => $5)) END
WHERE t.blocked_until IS NULL OR t.blocked_until <= $2";
    let values = [
        key.into(),
        now.into(),
        (now - MEMORY).into(),
        policy.free.into(),
        (policy.longest_wait.num_seconds() as f64).into(),
    ];
    if tx.conn().execute_raw(sql(count, values)).await?.rows_affected() == 1 {
        return Ok(None);
    }
    let read = "SELECT blocked_until FROM throttles WHERE key = $1";
    let row = tx.conn().query_one_raw(sql(read, [key.into()])).await?;
    let until: Option<DateTime<Utc>> = row
        .map(|row| row.try_get("", "blocked_until"))
        .transpose()?
        .flatten();
    Ok(Some(until.map_or(TimeDelta::seconds(1), |until| {
        (until - now).max(TimeDelta::seconds(1))
    })))
}

/// Forgets an account's failures: its person is here.
pub(super) async fn clear(tx: &mut SystemTx, key: &str) -> Result<(), DomainError> {
    tx.conn()
        .execute_raw(sql("DELETE FROM throttles WHERE key = $1", [key.into()]))
        .await?;
    Ok(())
}

/// Takes one counted attempt back, since it was none. Earlier failures of the address stay.
pub(super) async fn take_back(tx: &mut SystemTx, key: &str) -> Result<(), DomainError> {
    let text =
        "UPDATE throttles SET failures = greatest(failures - 1, 0), blocked_until = NULL WHERE key = $1";
    tx.conn().execute_raw(sql(text, [key.into()])).await?;
    Ok(())
}
