//! Tests against a real PostgreSQL, each on a database of its own.

#![allow(clippy::unwrap_used)] // in the helpers of tests, too

mod catalog;
mod change;
mod identity;
mod queue;
mod transaction;
