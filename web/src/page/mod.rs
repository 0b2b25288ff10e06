//! Screens, each with its queries.

pub(crate) mod admin;
pub(crate) mod clients;
pub(crate) mod confirm;
pub(crate) mod confirm_email;
pub(crate) mod forgot_password;
pub(crate) mod job;
pub(crate) mod join;
pub(crate) mod not_found;
pub(crate) mod paste;
pub(crate) mod project;
pub(crate) mod projects;
pub(crate) mod reset_password;
pub(crate) mod review;
pub(crate) mod settings;
pub(crate) mod share;
pub(crate) mod shared_view;
pub(crate) mod sign_in;
pub(crate) mod sign_up;
pub(crate) mod task;
pub(crate) mod today;
pub(crate) mod trail;
