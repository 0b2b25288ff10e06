//! The worker's integration tests: one binary, a module a subject. Databases come from
//! `smartstack_domain::testing`.

#![allow(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod ai_plan;
mod bedrock_stand_in;
mod chaos;
mod consumer;
mod desk;
mod eval;
mod http_stand_in;
mod injection;
mod kill_switch;
mod mail;
mod metrics;
mod models;
mod notes;
mod plan;
mod processes;
mod queue;
mod reading;
mod reply;
mod smtp_sink;
mod sqs_stand_in;
mod status;
mod support;
mod upkeep;
mod webhook;
mod worker;
