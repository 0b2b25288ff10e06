//! Building the web app: wasm, script, stylesheet, assets and the page that lists them.
//!
//! Nothing here needs a bundler. The Rust is compiled for wasm32 ([`compile`]),
//! [`split`] cuts a release into
//! parts that are fetched when they are shown, wasm-bindgen's library writes the script, [`style`] puts the stylesheets in
//! order, [`files`] names every file after its content and compresses it.
//!
//! The result is a folder that any server can give out as it is:
//!
//! ```text
//! index.html                       never cached; lists the rest
//! build.json                       every file with its sizes; the stamp of the build
//! assets/<name>-<hash>.<ext>       unchanging: may be cached for ever
//! assets/app-<hash>/…              script, wasm and snippets, which name one another
//! developer/graphiql.html          a page of its own, no part of the app; what it lists:
//! assets/graphiql-<hash>/…
//! <file>.br, <file>.gz             beside every file that compression makes smaller
//! ```
//!
//! Sources: `web/index.html`, `web/style/*.css`, `web/src/**/style.css`,
//! `web/assets/**`, which page and stylesheets name as `/assets/<path>`, and for [`graphiql`]
//! `web/graphiql/` with the packages that `xtask/npm` pins.

mod compile;
mod files;
mod graphiql;
mod split;
mod style;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::build::Profile;
use crate::console;
use crate::project::Project;

/// What a first visit may cost: all that the browser fetches, under brotli, in bytes.
const FIRST_LOAD_LIMIT: u64 = 350_000;
/// The first visits that are measured, with the parts each shows. What is fetched ahead, once a
/// screen is quiet, is not among them: nobody waits for it.
const VISITS: [(&str, &[&str]); 2] = [("sign-in", &["auth"]), ("today", &["shell", "today"])];

/// A built app.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Build {
    /// The folder to serve; not part of the record, so that it may be moved.
    #[serde(skip)]
    pub(crate) dir: PathBuf,
    /// Digest of everything that went in.
    inputs: String,
    files: Vec<BuiltFile>,
    /// The files of every part by its name; none of the app while that is one file.
    parts: BTreeMap<String, Vec<String>>,
}

/// One file of the app.
#[derive(Debug, Deserialize, Serialize)]
struct BuiltFile {
    path: String,
    /// Bytes as it is, under brotli and under gzip; equal where compression does not help.
    raw: u64,
    brotli: u64,
    gzip: u64,
    /// Whether its name changes with its content.
    immutable: bool,
}

/// Where the app of a profile is built to.
pub(crate) fn output(project: &Project, profile: Profile) -> PathBuf {
    project.target.join(match profile {
        Profile::Release => "web-dist",
        Profile::Dev => "web-dist-dev",
    })
}

/// Builds the app; quick when nothing has changed.
pub(crate) fn build(project: &Project, profile: Profile) -> Result<Build> {
    let start = Instant::now();
    console::step("Building the web app (the first time takes several minutes)");
    let wasm = compile::wasm(project, profile)?;
    let dir = output(project, profile);
    let sources = files::Sources::read(project, profile)?;
    let inputs = sources.digest(&wasm, profile)?;
    if let Some(done) = previous(&dir, &inputs) {
        console::done(&format!("Web app unchanged ({})", console::since(start)));
        return Ok(done);
    }
    let app = compile::bind(project, &wasm, profile)?;
    let build = files::write(&dir, &sources, &app, inputs, profile)?;
    console::done(&format!("Web app built in {}", console::since(start)));
    Ok(build)
}

/// The last build, when it was made from the same inputs.
fn previous(dir: &std::path::Path, inputs: &str) -> Option<Build> {
    let record = std::fs::read(dir.join("build.json")).ok()?;
    let build: Build = serde_json::from_slice(&record).ok()?;
    let whole = build.files.iter().all(|file| dir.join(&file.path).is_file());
    (whole && build.inputs == inputs).then(|| Build {
        dir: dir.to_path_buf(),
        ..build
    })
}

impl Build {
    /// Bytes under brotli of the first visit to a screen that shows these parts: all files but
    /// those of other parts. An error when there is no such part.
    fn first_load(&self, shown: &[&str]) -> Result<u64> {
        let mut fetched = BTreeSet::new();
        for part in shown {
            let files = self.parts.get(*part);
            fetched.extend(files.with_context(|| format!("the app has no part {part}"))?);
        }
        let later =
            |path: &String| !fetched.contains(path) && self.parts.values().flatten().any(|file| file == path);
        Ok(self
            .files
            .iter()
            .filter(|file| !later(&file.path))
            .map(|file| file.brotli)
            .sum())
    }

    /// Prints the sizes; an error past the limit of a release.
    pub(crate) fn report(&self, profile: Profile) -> Result<()> {
        if profile == Profile::Dev {
            console::line(&format!("  {}", self.dir.display()));
            return Ok(());
        }
        let kilobytes = |bytes: u64| format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100);
        let width = self
            .files
            .iter()
            .map(|file| file.path.len())
            .max()
            .unwrap_or(0)
            .max(11);
        let row = |name: &str, raw: String, gzip: String, brotli: String| {
            console::line(&format!("  {name:<width$}  {raw:>10}  {gzip:>10}  {brotli:>10}"));
        };
        row("file", "raw".into(), "gzip".into(), "brotli".into());
        let mut files: Vec<&BuiltFile> = self.files.iter().collect();
        files.sort_by_key(|file| std::cmp::Reverse(file.brotli));
        for file in files {
            row(
                &file.path,
                kilobytes(file.raw),
                kilobytes(file.gzip),
                kilobytes(file.brotli),
            );
        }
        let sum = |size: fn(&BuiltFile) -> u64| kilobytes(self.files.iter().map(size).sum());
        row(
            "all",
            sum(|file| file.raw),
            sum(|file| file.gzip),
            sum(|file| file.brotli),
        );
        for (visit, parts) in VISITS {
            let total = self.first_load(parts)?;
            if total > FIRST_LOAD_LIMIT {
                bail!(
                    "the first visit to {visit} costs {} under brotli, more than the {} it may: has a screen become \
                     reachable without passing through lazy! or pages! (web/src/lazy)?",
                    kilobytes(total),
                    kilobytes(FIRST_LOAD_LIMIT)
                );
            }
            console::done(&format!(
                "First visit to {visit}: {} of {}",
                kilobytes(total),
                kilobytes(FIRST_LOAD_LIMIT)
            ));
        }
        Ok(())
    }

    /// Keeps the record of the build beside its files.
    fn record(&self, dir: &std::path::Path) -> Result<()> {
        std::fs::write(dir.join("build.json"), serde_json::to_vec_pretty(self)?)
            .context("cannot write build.json")
    }
}
