//! The tables, one file a language.

use super::Frames;

pub(crate) mod dutch;
pub(crate) mod english;
pub(crate) mod french;
pub(crate) mod german;
pub(crate) mod polish;
pub(crate) mod portuguese;
pub(crate) mod spanish;
