//! The worker's integration tests: one binary, a module a subject.

mod mail;
mod smtp_sink;
