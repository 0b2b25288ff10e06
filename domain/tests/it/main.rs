//! Tests against a real PostgreSQL, each on a database of its own; one file for each noun.

#![allow(clippy::unwrap_used)] // in the helpers of tests, too

mod account;
mod admin;
mod ai;
mod catalog;
mod change;
mod client;
mod demo;
mod document;
mod draft;
mod export;
mod identity;
mod job;
mod project;
mod queue;
mod rate;
mod retention;
mod search;
mod second_factor;
mod share;
mod sheet;
mod status;
mod suggestion;
mod support;
mod task;
mod tenancy;
mod transaction;
mod webhook;
