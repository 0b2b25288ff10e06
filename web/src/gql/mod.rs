//! GraphQL: requests, the live socket, and the hooks that bring both to a page.
//!
//! Query fragments live with the page that shows them.

pub(crate) mod changes;
pub(crate) mod client;
mod decode;
pub(crate) mod document;
pub(crate) mod error;
pub(crate) mod hook;
pub(crate) mod live;
pub(crate) mod types;
pub(crate) mod upload;

pub(crate) use client::run;
pub(crate) use document::{Ask, Asked, documents};
pub(crate) use error::{Error, UserError, settle};
pub(crate) use hook::{Load, Query, use_fetch, use_query};
