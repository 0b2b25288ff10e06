//! What an engine proposes and what we let through: [`plan`] is the shape of a proposal, [`validate`] holds
//! it against the text it claims to come from. Engines themselves are in [`crate::adapter::model`].

pub mod plan;
pub mod validate;
