//! A caller's budget over HTTP, the same that GraphQL spends.

use smartstack_domain::rate::Spent;

use super::problem::Problem;
use crate::{app::App, graphql::cost};

/// Spends `cost` of the budget that `key` names.
///
/// # Errors
/// RATE_LIMITED where it does not suffice, with the time it takes; faults of the store.
pub async fn spend(app: &App, key: &str, cost: u64) -> Result<(), Problem> {
    match app
        .budgets
        .spend(key, cost)
        .await
        .map_err(|error| Problem::of(&error))?
    {
        Spent::Yes(_) => Ok(()),
        Spent::No(budget) => {
            let (_, seconds) = cost::throttled(&budget, app.db.clock().now());
            Err(Problem::throttled(seconds))
        }
    }
}
