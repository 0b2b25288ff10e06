//! Everything that is HTTP and not GraphQL's own business: the routes, the
//! shell around them, sign-in, shared links, health and the app's files.
//!
//! To add a route: write an endpoint in a file of its own here, hang it into
//! `routes` in `app.rs`, and list it in the security tests' table of routes.

pub mod account;
pub mod address;
pub mod audit;
pub mod auth;
pub mod bearer;
pub mod budget;
pub mod cookie;
pub mod drain;
pub mod graphql;
pub mod health;
pub mod mcp;
pub mod oauth;
pub mod origin;
pub mod problem;
mod reply;
pub mod request_id;
pub mod rest;
pub mod security_headers;
pub mod share;
pub mod shell;
pub mod spa;
pub mod token;
