//! Where the checkout and its build output are.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::shell;

/// The checkout that the command works on.
#[derive(Debug, Deserialize)]
pub(crate) struct Project {
    /// The folder of the workspace's `Cargo.toml`.
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    /// Cargo's output folder; it respects `CARGO_TARGET_DIR` and configuration.
    #[serde(rename = "target_directory")]
    pub(crate) target: PathBuf,
}

impl Project {
    /// Asks cargo, so that xtask works from any folder of the checkout.
    pub(crate) fn find() -> Result<Self> {
        let answer = shell::capture(shell::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))
            .context("this must be started inside the checkout")?;
        serde_json::from_str(&answer).context("cannot read cargo's metadata")
    }

    /// A folder for tools and caches that outlive a checkout: `$XDG_CACHE_HOME/smartstack`.
    pub(crate) fn cache() -> Result<PathBuf> {
        let base = match std::env::var_os("XDG_CACHE_HOME") {
            Some(folder) => PathBuf::from(folder),
            None => PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cache"),
        };
        Ok(base.join("smartstack"))
    }
}
