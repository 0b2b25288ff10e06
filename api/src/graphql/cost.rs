//! What an operation costs its caller, and what is left to them.
//!
//! What a document may cost at most is decided before it runs (`limits`), and so much is spent of the
//! caller's budget. What the answer came to is told beside it, so that a caller can see where a document
//! asks for more than it gets.

use async_graphql::{Response, ServerError, SimpleObject, Value, value};
use chrono::{DateTime, SecondsFormat, Utc};
use smartstack_domain::rate::Budget;
use smartstack_schema::ErrorCode;

use super::{
    context::{CallerAddress, Requester},
    error::coded,
    limits::INTROSPECTION_COST,
    model::scalar::Long,
    written,
};

/// Whose budget a request spends: a person's, a shared link's, or, for whom we do not know, a network
/// address's.
pub fn key(requester: &Requester, address: &CallerAddress) -> String {
    match requester {
        Requester::Account(account) => account.user().id.to_string(),
        Requester::Share(scope) => scope.share_link_id().to_string(),
        Requester::Anonymous | Requester::Locked(_) => {
            format!("address:{}", address.0.chars().take(100).collect::<String>())
        }
    }
}

/// What may still be asked for.
#[derive(Debug, Clone, SimpleObject)]
pub struct RateLimit {
    /// Cost that may be spent in a minute, by all requests together.
    pub limit: Long,
    /// What is left of it.
    pub remaining: Long,
    /// When it is whole again.
    pub reset_at: DateTime<Utc>,
}

impl From<Budget> for RateLimit {
    fn from(budget: Budget) -> Self {
        let long = |number: u64| Long(i64::try_from(number).unwrap_or(i64::MAX));
        Self {
            limit: long(budget.limit),
            remaining: long(budget.remaining),
            reset_at: budget.reset_at,
        }
    }
}

/// Tells the caller what an answer cost: `extensions.cost`.
pub fn note(response: &mut Response, requested: u64, budget: &Budget) {
    let actual = answered(&response.data).min(requested);
    let cost = cost(requested, Some(actual), budget);
    response.extensions.insert("cost".to_owned(), cost);
}

/// `extensions.cost` of an operation; nothing was answered where it did not run.
pub fn cost(requested: u64, actual: Option<u64>, budget: &Budget) -> Value {
    value!({
        "requested": requested,
        "actual": actual,
        "throttle": {
            "limit": budget.limit,
            "remaining": budget.remaining,
            "resetAt": budget.reset_at.to_rfc3339_opts(SecondsFormat::Secs, true),
        },
    })
}

/// The fields of an answer, as cost counts them: 1 for each object a field is read from.
fn answered(value: &Value) -> u64 {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| match name.as_str() {
                "__schema" | "__type" => 1 + INTROSPECTION_COST,
                _ => 1 + answered(value),
            })
            .sum(),
        Value::List(items) => items.iter().map(answered).sum(),
        Value::Binary(text) => written::text(text).0,
        _ => 0,
    }
}

/// The budget does not allow it before the next minute.
pub fn throttled(budget: &Budget, now: DateTime<Utc>) -> (ServerError, u64) {
    let seconds = (budget.reset_at - now).num_seconds().max(0).unsigned_abs() + 1;
    let message = "Your budget for this minute is spent. Ask again later, or for less at a time.";
    let mut error = coded(ErrorCode::RateLimited, message);
    if let Some(extensions) = &mut error.extensions {
        extensions.set("retryAfterSeconds", seconds);
    }
    let mut error = error.into_server_error(async_graphql::Pos::default());
    error.locations.clear();
    (error, seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answers_fields_are_counted_where_they_are_read() {
        let answer = value!({ "workspace": { "tasks": { "nodes": [
            { "id": "a", "project": { "name": "x" } }, { "id": "b", "project": null },
        ] } } });
        assert_eq!(answered(&answer), 3 + 3 + 2);
        let schema = value!({ "__schema": { "types": [] } });
        assert_eq!(answered(&schema), 1 + INTROSPECTION_COST);
    }
}
