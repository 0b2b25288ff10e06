//! Budgets of callers, shared by all processes: so much cost in each stretch of time.
//!
//! Processes take a budget in blocks and spend it from memory ([`Budgets`]): so a request seldom costs a
//! statement, and however many processes there are, they cannot give out more than the limit. What a
//! process took and did not spend is lost when the stretch ends, at most one block.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait;

use crate::db::{Db, SystemTx, sql};
use crate::error::DomainError;

/// Parts a limit is taken in: what a process may waste, and how often it asks.
const BLOCKS: u64 = 20;
/// Callers remembered before those of past stretches are swept out.
const SWEEP_AT: usize = 10_000;

/// What is left of a caller's budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Cost that may be spent in one stretch.
    pub limit: u64,
    /// What is left of it, as far as this process knows.
    pub remaining: u64,
    /// When the next stretch begins.
    pub reset_at: DateTime<Utc>,
}

/// Whether something may be spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spent {
    /// It was.
    Yes(Budget),
    /// Not before the next stretch.
    No(Budget),
}

/// A process's share of the budgets.
pub struct Budgets {
    db: Db,
    limit: u64,
    stretch: TimeDelta,
    leases: Mutex<HashMap<String, Lease>>,
}

/// What a process holds of one caller's budget.
#[derive(Debug, Clone, Copy)]
struct Lease {
    starts_at: DateTime<Utc>,
    /// Taken and not yet spent here.
    left: u64,
    /// Taken by all processes, when last heard.
    taken: u64,
}

impl Budgets {
    /// `limit` for each caller in each `stretch`.
    pub fn new(db: Db, limit: u64, stretch: TimeDelta) -> Self {
        Self {
            db,
            limit,
            stretch,
            leases: Mutex::default(),
        }
    }

    /// Spends `cost` of a caller's budget.
    ///
    /// # Errors
    /// Store errors.
    pub async fn spend(&self, key: &str, cost: u64) -> Result<Spent, DomainError> {
        let starts_at = self.starts_at();
        let taken = match self.spend_here(key, starts_at, cost) {
            Ok(budget) => return Ok(Spent::Yes(budget)),
            Err(taken) => taken,
        };
        if taken >= self.limit {
            return Ok(Spent::No(self.budget(key, starts_at)));
        }
        let block = cost.max(self.limit / BLOCKS);
        let owned = key.to_owned();
        let work = self
            .db
            .in_system(move |tx| Box::pin(async move { take(tx, &owned, starts_at, block).await }));
        let taken = work.await?;
        {
            let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
            if leases.len() >= SWEEP_AT {
                leases.retain(|_, lease| lease.starts_at == starts_at);
            }
            let lease = leases.entry(key.to_owned()).or_insert(Lease {
                starts_at,
                left: 0,
                taken: 0,
            });
            if lease.starts_at != starts_at {
                *lease = Lease {
                    starts_at,
                    left: 0,
                    taken: 0,
                };
            }
            // Of the block, what still was within the limit.
            lease.left += self.limit.saturating_sub(taken - block).min(block);
            lease.taken = lease.taken.max(taken);
        }
        Ok(match self.spend_here(key, starts_at, cost) {
            Ok(budget) => Spent::Yes(budget),
            Err(_) => Spent::No(self.budget(key, starts_at)),
        })
    }

    /// What is left of a caller's budget, as far as this process knows.
    pub fn peek(&self, key: &str) -> Budget {
        self.budget(key, self.starts_at())
    }

    /// Spends what this process holds; else says how much all have taken.
    fn spend_here(&self, key: &str, starts_at: DateTime<Utc>, cost: u64) -> Result<Budget, u64> {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        let lease = leases.get_mut(key).filter(|lease| lease.starts_at == starts_at);
        let lease = lease.ok_or(0_u64)?;
        lease.left = lease.left.checked_sub(cost).ok_or(lease.taken)?;
        Ok(self.budget_of(Some(lease), starts_at))
    }

    fn budget(&self, key: &str, starts_at: DateTime<Utc>) -> Budget {
        let leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        self.budget_of(
            leases.get(key).filter(|lease| lease.starts_at == starts_at),
            starts_at,
        )
    }

    fn budget_of(&self, lease: Option<&Lease>, starts_at: DateTime<Utc>) -> Budget {
        let remaining = lease.map_or(self.limit, |lease| {
            self.limit.saturating_sub(lease.taken) + lease.left
        });
        Budget {
            limit: self.limit,
            remaining,
            reset_at: starts_at + self.stretch,
        }
    }

    /// The beginning of the present stretch, the same for all processes.
    fn starts_at(&self) -> DateTime<Utc> {
        let now = self.db.clock().now();
        let seconds = self.stretch.num_seconds().max(1);
        now - TimeDelta::seconds(now.timestamp().rem_euclid(seconds))
            - TimeDelta::nanoseconds(i64::from(now.timestamp_subsec_nanos()))
    }
}

/// Notes that a process takes `block` of a caller's budget; returns what all have taken with it.
async fn take(
    tx: &mut SystemTx,
    key: &str,
    starts_at: DateTime<Utc>,
    block: u64,
) -> Result<u64, DomainError> {
    let block = i64::try_from(block).unwrap_or(i64::MAX / 4);
    let text = "\
INSERT INTO rate_budgets AS b (key, starts_at, taken) VALUES ($1, $2, $3)
ON CONFLICT (key, starts_at) DO UPDATE SET taken = b.taken + $3 RETURNING taken";
    let row = tx
        .conn()
        .query_one_raw(sql(text, [key.into(), starts_at.into(), block.into()]))
        .await?
        .ok_or(DomainError::NotFound)?;
    let taken: i64 = row.try_get("", "taken")?;
    Ok(taken.unsigned_abs())
}

/// How long a budget that is over is kept for whoever looks into who asked how much.
pub const KEPT: TimeDelta = TimeDelta::days(7);

/// Removes the budgets of stretches that began longer than `age` ago; returns how many.
///
/// # Errors
/// Store errors.
pub async fn purge(tx: &mut SystemTx, age: TimeDelta) -> Result<u64, DomainError> {
    let text = "DELETE FROM rate_budgets WHERE starts_at < $1";
    let done = tx
        .conn()
        .execute_raw(sql(text, [(tx.now() - age).into()]))
        .await?;
    Ok(done.rows_affected())
}
