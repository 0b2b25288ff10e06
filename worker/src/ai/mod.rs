//! AI: which models there are ([`config`], [`models`]), what stands around them ([`stack`]), what they are
//! asked ([`prompt`], [`context`]), and how their answers become proposals ([`propose`], [`answer`]). Whatever proposes,
//! [`validate`] holds it against the text it claims to come from. Models themselves are in
//! [`crate::adapter::model`].

pub mod answer;
pub mod config;
pub mod context;
pub mod known;
pub mod models;
pub mod plan;
pub mod prompt;
pub mod propose;
pub mod reply;
pub mod stack;
pub mod status;
pub mod validate;
