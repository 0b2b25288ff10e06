//! Tables as SeaORM sees them, one file each. Nothing outside this crate does.
#![allow(
    unreachable_pub,
    reason = "SeaORM's derives need `pub`; the module itself is private"
)]

pub(crate) mod client;
pub(crate) mod document;
pub(crate) mod job;
pub(crate) mod project;
pub(crate) mod project_note;
pub(crate) mod row_version;
pub(crate) mod share_link;
pub(crate) mod suggestion;
pub(crate) mod suggestion_item;
pub(crate) mod task;
pub(crate) mod webhook_delivery;
