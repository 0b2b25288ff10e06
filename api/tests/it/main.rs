//! The API from outside: real HTTP, real WebSockets, a real database.
//!
//! Each test boots a server of its own on a free port over a database of its
//! own (see `support.rs`); nothing is shared between tests but the cluster.

mod account;
mod admin;
mod ai;
mod audit;
mod auth;
mod cost;
mod document;
mod drain;
mod enumeration;
mod headers;
mod history;
mod http;
mod idempotency;
mod limits;
mod lists;
mod live;
mod matrix;
mod mcp;
mod member;
mod metrics;
mod oauth;
mod program;
mod provider;
mod rest;
mod rest_people;
mod second_factor;
mod share;
mod sheet;
mod socket;
mod stall;
mod statements;
mod support;
mod token;
mod transfer;
mod trusted;
mod webhook;
mod work;
mod written;
