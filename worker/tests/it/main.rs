//! The worker's integration tests: one binary, a module a subject. Databases come from
//! `smartstack_domain::testing`.

#![allow(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod consumer;
mod desk;
mod eval;
mod mail;
mod plan;
mod processes;
mod queue;
mod smtp_sink;
mod support;
mod upkeep;
