//! Tests against a real PostgreSQL, each on a database of its own.

mod catalog;
mod change;
mod identity;
mod queue;
mod transaction;
