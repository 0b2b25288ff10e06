//! Rules, tenancy and data of SmartStack: the only crate that sees the database.
//!
//! A caller turns a verified person into a [`db::TenantScope`], opens a transaction with [`db::Db`],
//! and calls the functions of a noun with it. `README.md` beside this crate says how to add a noun.

pub mod clock;
pub mod db;
pub mod error;

pub use db::page::{Edge, Page, Paged};
pub use db::{
    Db, JobEnvelope, ReadTx, ShareScope, ShareTx, SystemTx, TenantScope, TenantTx, WorkerTx, WorkspaceTx,
};
pub use error::{DomainError, FieldError, StoreError};
