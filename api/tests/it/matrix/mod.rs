//! Who gets what: every query field, mutation, subscription and route, crossed with nobody, another
//! workspace, too low a role, a token without the scope, a token of another workspace, and a share session.
//!
//! The fields are taken from the schema itself, the routes from `app.rs`, and REST's operations from its description. Each must be classified in
//! `rows.rs`: a new one fails here until somebody has said what a stranger may expect of it.

mod people;
mod rest;
mod route;
mod rows;
mod token;
mod world;

pub(crate) use rows::ADMIN_MUTATIONS;
