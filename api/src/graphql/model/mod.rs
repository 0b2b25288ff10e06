//! The schema's output types, a file a noun. Each wraps the domain's own
//! struct and translates; rules and SQL are the domain's.
//!
//! To add a field: add it to the domain's struct, to the `#[Object]` here with
//! a description, and run `cargo xtask gen` to bring `schema.graphql` along.
//! The tenancy test fails until a new root field is classified there.

pub mod admin;
pub mod ai;
pub mod api_token;
pub mod audit;
pub mod change;
pub mod client;
pub mod connection;
pub mod document;
pub mod enums;
pub mod invitation;
pub mod job;
pub mod node;
pub mod project;
pub mod project_note;
pub mod scalar;
pub mod search;
pub mod share_link;
pub mod shared_view;
pub mod suggestion;
pub mod suggestion_item;
pub mod task;
pub mod task_version;
pub mod user;
pub mod webhook;
pub mod workspace;
