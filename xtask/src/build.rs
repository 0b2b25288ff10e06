//! Building the native programs.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::{console, shell};

/// How much the compilers should try.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build; fail points are compiled in.
    #[default]
    Dev,
    /// As deployed.
    Release,
}

/// Builds the API, the worker and the migrations with plain `cargo build`.
///
/// The whole default workspace is named, not the three packages: so the same
/// features are chosen here and by the tests, and nothing is compiled twice.
pub(crate) fn native(project: &Project, profile: Profile) -> Result<()> {
    let start = Instant::now();
    console::step("Building the server's programs (the first time takes several minutes)");
    let mut cargo = shell::cargo();
    cargo.current_dir(&project.root).args(["build", "--locked"]);
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    shell::run(&mut cargo)?;
    console::done(&format!("Programs built in {}", console::since(start)));
    Ok(())
}

/// The path of a built program; an error that says what to do when it was not built.
pub(crate) fn program(project: &Project, profile: Profile, name: &str) -> Result<PathBuf> {
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => "release",
    };
    let path = project.target.join(folder).join(name);
    path.is_file()
        .then(|| path.clone())
        .with_context(|| format!("{} is not there: run `cargo xtask build` first", path.display()))
}
