//! SmartStack's API: GraphQL over HTTP and WebSocket, sign-in, shared links,
//! and the browser app's files, hosted by poem.
//!
//! `http/` holds what is HTTP, `graphql/` what is GraphQL; both translate
//! between the wire and `smartstack-domain`, which holds every rule. Nothing
//! here can obtain a database connection or make a tenant scope.

pub mod app;
pub mod cli;
pub mod config;
pub mod graphql;
pub mod http;
pub mod metrics;
pub mod oauth;
