//! What the worker reaches outside itself: queue, mail, model.
//!
//! Each adapter is an enum whose variants are chosen once, by configuration; no type of a vendor's library
//! crosses it. To add a variant: add it to the enum and to its configuration, then run the adapter's
//! conformance tests (`tests/it`) over it.

mod aws;
pub mod mail;
pub mod model;
pub mod outgoing;
pub mod queue;
