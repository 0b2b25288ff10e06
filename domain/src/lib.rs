//! Rules, tenancy and data of SmartStack: the only crate that sees the database.
//!
//! A caller turns a verified person into a [`db::TenantScope`], opens a transaction with [`db::Db`],
//! and calls the functions of a noun with it. `README.md` beside this crate says how to add a noun.

pub mod admin;
pub mod ai;
pub mod audit;
pub mod blob;
pub mod cells;
pub mod change;
pub mod client;
pub mod clock;
pub mod db;
pub mod demo;
pub mod document;
mod entity;
pub mod error;
pub mod export;
mod idempotency;
pub mod identity;
pub mod input;
pub mod installation;
pub mod invitation;
pub mod job;
mod list;
pub mod member;
pub mod money;
pub mod node;
pub mod outbox;
pub mod plan;
mod position;
pub mod presence;
pub mod project;
pub mod project_note;
pub mod queue;
pub mod rate;
mod record;
pub mod retention;
pub mod search;
pub mod secret;
pub mod share;
pub mod share_link;
pub mod sheet;
pub mod status;
mod store;
pub mod suggestion;
pub mod target;
pub mod task;
#[cfg(feature = "testing")]
pub mod testing;
pub mod upload;
pub mod webhook;
pub mod workspace;

pub use db::page::{Edge, Page, Paged};
pub use db::{
    AdminScope, AdminTx, Db, JobEnvelope, ReadTx, ShareScope, ShareTx, SystemTx, TenantScope, TenantTx,
    WorkerTx, WorkspaceTx,
};
pub use error::{DomainError, FieldError, StoreError};
