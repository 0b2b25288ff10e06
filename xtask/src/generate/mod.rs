//! `cargo xtask gen`: every generated file that is committed, from one command.
//!
//! To add one: a line in [`ALL`]. CI runs [`check`] and refuses a file that is out of step.

mod documents;
mod erd;

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::build::{self, Profile};
use crate::postgres::Throwaway;
use crate::project::Project;
use crate::run::secrets;
use crate::{console, shell};

/// A generated file: its path in the checkout and what makes it.
type Generated = (&'static str, fn(&Project) -> Result<String>);

/// All of them, in their order: the app's documents are made by code that is compiled against the schema.
const ALL: [Generated; 4] = [
    ("schema/schema.graphql", |project| {
        printed(project, "schema").context("cannot print the GraphQL schema")
    }),
    ("schema/openapi.json", |project| {
        printed(project, "openapi").context("cannot print the description of REST v1")
    }),
    ("docs/diagrams/erd.md", |project| {
        erd::diagram(&migrated(project)?.cluster)
    }),
    ("schema/documents.json", documents::list),
];

/// Writes every generated file; the programs must have been built.
pub(crate) fn write(project: &Project) -> Result<()> {
    for (path, make) in ALL {
        let (file, content) = (project.root.join(path), make(project)?);
        if fs::read_to_string(&file).is_ok_and(|old| old == content) {
            console::done(&format!("{path} is in step"));
            continue;
        }
        fs::create_dir_all(file.parent().context("a file is in a folder")?)?;
        fs::write(&file, content).with_context(|| format!("cannot write {}", file.display()))?;
        console::done(&format!("{path} written"));
    }
    Ok(())
}

/// Compares every generated file with what would be written, and writes nothing.
pub(crate) fn check(project: &Project) -> Result<()> {
    let mut stale = Vec::new();
    for (path, make) in ALL {
        let content = make(project)?;
        let there = fs::read_to_string(project.root.join(path)).unwrap_or_default();
        if there != content {
            console::warn(&format!("{path}: {}", first_difference(&there, &content)));
            stale.push(path);
        }
    }
    if !stale.is_empty() {
        bail!(
            "out of step: {}. Run `cargo xtask gen` and commit the result",
            stale.join(", ")
        );
    }
    Ok(())
}

/// What the API prints.
fn printed(project: &Project, what: &str) -> Result<String> {
    let api = build::program(project, Profile::Dev, "smartstack-api")?;
    Ok(with_final_newline(&shell::capture(Command::new(&api).arg(what))?))
}

/// A throw-away cluster whose database `smartstack` has every migration applied.
fn migrated(project: &Project) -> Result<Throwaway> {
    let server = Throwaway::start()?;
    server.cluster.ensure_database("smartstack")?;
    shell::capture(
        Command::new(build::program(project, Profile::Dev, "smartstack-migrate")?)
            .arg("up")
            .env("MIGRATE_DATABASE_URL", server.cluster.admin_url("smartstack"))
            .env("SMARTSTACK_API_DB_PASSWORD", secrets::random(24)?)
            .env("SMARTSTACK_WORKER_DB_PASSWORD", secrets::random(24)?),
    )?;
    Ok(server)
}

fn with_final_newline(text: &str) -> String {
    format!("{}\n", text.trim_end())
}

/// Names the first line that differs, for someone who wonders what changed.
fn first_difference(there: &str, wanted: &str) -> String {
    let mut lines = 1;
    let (mut left, mut right) = (there.lines(), wanted.lines());
    loop {
        match (left.next(), right.next()) {
            (Some(old), Some(new)) if old == new => lines += 1,
            (None, None) => return "only line ends differ".to_owned(),
            (old, new) => {
                return format!(
                    "line {lines} is {:?}, should be {:?}",
                    old.unwrap_or(""),
                    new.unwrap_or("")
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn the_first_difference_is_named() {
        assert_eq!(
            first_difference("a\nb\n", "a\nc\n"),
            "line 2 is \"b\", should be \"c\""
        );
        assert_eq!(
            first_difference("a\n", "a\nc\n"),
            "line 2 is \"\", should be \"c\""
        );
    }
}
