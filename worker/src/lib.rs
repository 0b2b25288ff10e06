//! SmartStack's worker: takes what the API has put into the outbox and does it.
//!
//! `relay` moves committed outbox rows to the queue; `runtime` receives from the queue and decides what
//! becomes of a message; `job` holds one file a kind of work; `ai` checks what engines propose; `reading`
//! has files read by processes that may die of them; `adapter` reaches everything outside. To add a kind of job: a topic in [`envelope`], a file in [`job`], a line in
//! [`job::Services::run`].

pub mod adapter;
pub mod ai;
pub mod cli;
pub mod config;
pub mod envelope;
pub mod eval;
pub mod failpoint;
pub mod job;
pub mod metrics;
pub mod reading;
pub mod relay;
pub mod runtime;
pub mod upkeep;
pub mod webhook;
