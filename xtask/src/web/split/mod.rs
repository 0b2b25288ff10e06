//! From one wasm to several: the first, which starts the app, and parts that it fetches.
//!
//! `wasm_split_cli_support` follows who calls whom, by the relocations that the linker leaves in,
//! and gives every function and constant to the first file, to a part, or to a piece for a set of
//! parts. It runs before wasm-bindgen, which then sees only the first file: parts call what touches
//! JavaScript through the table of functions. Of the pieces, [`group`] makes files of a size worth a
//! request.

mod group;
mod merge;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};

/// The script that fetches parts; the one of wasm-bindgen imports it.
const LOADER: &str = "./parts.js";
/// What the script is made of, besides the list of files.
const LOADER_HEAD: &str = include_str!("parts.js");

/// What the cutting made.
pub(super) struct Split {
    /// The first file, for wasm-bindgen.
    pub(super) main: PathBuf,
    /// The script and the files of the parts, by name.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// The wasm files of every part, by its name.
    pub(super) parts: BTreeMap<String, Vec<String>>,
}

/// Cuts `wasm`, which was linked with `--emit-relocs`; `dir` is for what is in between, `first` names
/// the parts that a first visit waits for.
pub(super) fn split(wasm: &Path, dir: &Path, first: &[&str]) -> Result<Split> {
    if dir.exists() {
        fs::remove_dir_all(dir)?;
    }
    let main = dir.join("main.wasm");
    let input = fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    let mut options = wasm_split_cli_support::Options::new(&input);
    options.output_dir = dir;
    options.main_out_path = &main;
    options.link_name = LOADER;
    options.main_module = "./smartstack.js";
    let cut = wasm_split_cli_support::transform(options)
        // A report of another kind than ours.
        .map_err(|report| anyhow!("{report:#}"))
        .context("the app cannot be cut into parts")?;
    let pieces: BTreeMap<String, Vec<String>> = cut.prefetch_map.into_iter().collect();
    let (files, parts) = files(dir, &pieces, first)?;
    Ok(Split { main, files, parts })
}

/// The files to fetch and those of every part, from the pieces of every part.
#[allow(clippy::type_complexity, reason = "taken apart at once")]
fn files(
    dir: &Path,
    pieces: &BTreeMap<String, Vec<String>>,
    first: &[&str],
) -> Result<(BTreeMap<String, Vec<u8>>, BTreeMap<String, Vec<String>>)> {
    let names: Vec<&String> = pieces.keys().collect();
    if names.len() > 128 {
        bail!(
            "{} parts are more than the 128 that can be told apart",
            names.len()
        );
    }
    // By name, so that the same app gives the same files.
    let mut needed: BTreeMap<&String, u128> = BTreeMap::new();
    for (bit, stems) in pieces.values().enumerate() {
        for stem in stems {
            *needed.entry(stem).or_default() |= 1 << bit;
        }
    }
    let mut bodies = Vec::new();
    let mut sizes = Vec::new();
    for (stem, parts) in needed {
        let body = fs::read(dir.join(stem).with_extension("wasm"))
            .with_context(|| format!("the cutting left no {stem}.wasm"))?;
        sizes.push((parts, merge::size(&body)?));
        bodies.push(body);
    }
    let first = (0..names.len())
        .filter(|bit| first.contains(&names[*bit].as_str()))
        .fold(0, |set, bit| set | 1 << bit);
    let mut files = BTreeMap::new();
    let mut parts: BTreeMap<String, Vec<String>> =
        names.iter().map(|name| ((*name).clone(), Vec::new())).collect();
    for (at, group) in group::group(sizes, first).into_iter().enumerate() {
        let users: Vec<&String> = (0..names.len())
            .filter(|bit| group.parts & (1 << bit) != 0)
            .map(|bit| names[bit])
            .collect();
        let file = match users.as_slice() {
            [only] => format!("{only}.wasm"),
            _ => format!("shared-{at}.wasm"),
        };
        for user in users {
            parts.entry(user.clone()).or_default().push(file.clone());
        }
        let body = merge::merge(group.pieces.iter().map(|piece| bodies[*piece].as_slice()))
            .with_context(|| format!("the pieces of {file} do not go together"))?;
        files.insert(file, body);
    }
    let mut loader = LOADER_HEAD.to_owned();
    for (part, files) in &parts {
        // By the name under which the app imports it.
        writeln!(
            loader,
            "export const __wasm_split_load_{part} = part({});",
            serde_json::to_string(files)?
        )?;
    }
    files.insert("parts.js".to_owned(), loader.into_bytes());
    Ok((files, parts))
}
