//! When rights last changed, so that who asked a moment ago need not be looked up again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Tables that say who may do what where.
const TABLES: [&str; 4] = ["users", "sessions", "memberships", "workspaces"];

/// Counts the commits of this process that may have changed rights, and what it hears of others'.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rights(Arc<AtomicU64>);

impl Rights {
    /// What was read of rights before this call is old.
    pub(crate) fn changed(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    /// The number of changes so far. What was read between two equal numbers is as good as new, as far as
    /// this process knows.
    pub(crate) fn version(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Whether a statement may change rights: every one but a plain SELECT that names such a table. Too
    /// often costs a query; no statement can be forgotten.
    pub(super) fn are_changed_by(text: &str) -> bool {
        !text.starts_with("SELECT") && TABLES.iter().any(|table| text.contains(table))
    }
}

#[cfg(test)]
mod tests {
    use super::Rights;

    #[test]
    fn writes_are_told_from_reads() {
        for text in [
            "UPDATE users SET disabled_at = $2 WHERE id = $1",
            "INSERT INTO \"memberships\" (\"workspace_id\") VALUES ($1)",
            "DELETE FROM sessions WHERE id = $1",
            "WITH gone AS (DELETE FROM memberships RETURNING 1) SELECT count(*) FROM gone",
        ] {
            assert!(Rights::are_changed_by(text), "{text}");
        }
        for text in ["SELECT name FROM users", "UPDATE tasks SET title = $1"] {
            assert!(!Rights::are_changed_by(text), "{text}");
        }
    }
}
