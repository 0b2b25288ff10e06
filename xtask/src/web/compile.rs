//! From Rust to wasm and its script.
//!
//! The wasm32 standard library comes from, in this order: the toolchain, when the
//! target is installed; rustup; or, where rustup's server is out of reach, Debian's
//! `rustc-web`, whose matching `rust-web-src` lets cargo build the library itself.
//! A release builds the library itself in every case (for rustup's toolchain from its
//! component `rust-src`), since only then can it leave the texts of panics out: an
//! eighth of the code. What is left of a panic is the browser's own trace.
//! The target is deliberately not named in rust-toolchain.toml: every cargo call
//! would then try to download it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use super::split;
use crate::build::Profile;
use crate::project::Project;
use crate::{console, shell, tools};

const TARGET: &str = "wasm32-unknown-unknown";
/// Debian's compiler for the browser.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// Where the standard library for wasm32 comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Std {
    /// The toolchain has it.
    Installed,
    /// Debian's compiler builds it.
    Debian,
}

/// Finds, or gets, a standard library for the browser.
pub(crate) fn standard_library() -> Result<Std> {
    if installed() {
        return Ok(Std::Installed);
    }
    if debian() {
        return Ok(Std::Debian);
    }
    if shell::which("rustup").is_some() {
        console::step("Adding the wasm32 target to the toolchain");
        if shell::succeeds(Command::new("rustup").args(["target", "add", TARGET])) && installed() {
            return Ok(Std::Installed);
        }
    }
    tools::install(
        &["rustc-web", "rust-web-src"],
        "the standard library for wasm32 (`rustup target add wasm32-unknown-unknown` did not work)",
        "rustup",
    )?;
    if !debian() {
        bail!(
            "no standard library for {TARGET}: rustup cannot download it, and {DEBIAN_RUSTC} with its \
             sources (Debian's rustc-web and rust-web-src) is not there either"
        );
    }
    Ok(Std::Debian)
}

fn installed() -> bool {
    shell::capture(rustc().args(["--print", "target-libdir", "--target", TARGET]))
        .is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}

/// Debian's compiler counts when it has its sources and is no older than the pinned one.
fn debian() -> bool {
    let sources = shell::capture(Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"]))
        .is_ok_and(|root| has_sources(Path::new(root.trim())));
    sources && version(&mut Command::new(DEBIAN_RUSTC)) >= version(&mut rustc())
}

/// `(1, 96)` of `rustc 1.96.0 (…)`.
fn version(rustc: &mut Command) -> Option<(u32, u32)> {
    let text = shell::capture(rustc.arg("--version")).ok()?;
    let mut numbers = text.split_whitespace().nth(1)?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// The toolchain's compiler.
fn rustc() -> Command {
    Command::new("rustc")
}

/// Compiles the app and returns the path of its wasm, as the compiler left it.
pub(super) fn wasm(project: &Project, profile: Profile) -> Result<PathBuf> {
    let std = standard_library()?;
    let name = match profile {
        Profile::Release => "wasm",
        Profile::Dev => "wasm-dev",
    };
    // A folder of its own: another compiler may be at work, and other flags.
    let target = project.target.join("wasm");
    let build_std = std == Std::Debian || (profile == Profile::Release && sources());
    let mut flags = vec![remap()?];
    let mut cargo = shell::cargo();
    cargo.current_dir(&project.root).args([
        "build",
        "--locked",
        "--package",
        "smartstack-web",
        "--target",
        TARGET,
        "--profile",
        name,
    ]);
    if profile == Profile::Release {
        cargo.args(["--features", "split"]);
    }
    if build_std {
        cargo
            .arg("-Zbuild-std=std,panic_abort")
            // Unstable, but compiler and sources are of one release here.
            .env("RUSTC_BOOTSTRAP", "1");
        if profile == Profile::Release {
            flags.extend([
                "-Zunstable-options".to_owned(),
                "-Cpanic=immediate-abort".to_owned(),
            ]);
        }
    }
    if std == Std::Debian {
        let host = shell::capture(rustc().args(["--print", "host-tuple"]))?;
        let linker = sysroot()?
            .join("lib/rustlib")
            .join(host.trim())
            .join("bin/rust-lld");
        cargo
            .env("RUSTC", DEBIAN_RUSTC)
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    }
    cargo
        .env("CARGO_TARGET_DIR", &target)
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    shell::run(&mut cargo).context("the web app does not build")?;
    Ok(target.join(TARGET).join(name).join("smartstack-web.wasm"))
}

/// Whether the toolchain has, or can get, the standard library's sources.
fn sources() -> bool {
    let there = || sysroot().is_ok_and(|root| has_sources(&root));
    if !there() && shell::which("rustup").is_some() {
        shell::succeeds(Command::new("rustup").args(["component", "add", "rust-src"]));
    }
    if !there() {
        console::warn("The standard library's sources (rust-src) are out of reach: the app will be larger");
    }
    there()
}

fn has_sources(sysroot: &Path) -> bool {
    sysroot
        .join("lib/rustlib/src/rust/library/std/Cargo.toml")
        .is_file()
}

/// The toolchain's own folder.
fn sysroot() -> Result<PathBuf> {
    Ok(PathBuf::from(
        shell::capture(rustc().args(["--print", "sysroot"]))?.trim(),
    ))
}

/// The flag that shortens the paths of dependencies in panic messages. The checkout's own
/// are relative already; naming it here would rebuild everything in each new checkout.
fn remap() -> Result<String> {
    let home = match std::env::var_os("CARGO_HOME") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cargo"),
    };
    Ok(format!("--remap-path-prefix={}=cargo", home.display()))
}

/// What the browser runs.
pub(super) struct App {
    /// The folder with the script `smartstack.js`, `smartstack_bg.wasm`, snippets, and a release's parts.
    pub(super) dir: PathBuf,
    /// The files of every part by its name, in the folder; none while all is one file.
    pub(super) parts: BTreeMap<String, Vec<String>>,
}

/// Writes the script for the wasm; a release is cut into parts, and each made smaller.
pub(super) fn bind(project: &Project, wasm: &Path, profile: Profile) -> Result<App> {
    let work = project.target.join("wasm");
    let dir = work.join(match profile {
        Profile::Release => "bound",
        Profile::Dev => "bound-dev",
    });
    if dir.exists() {
        std::fs::remove_dir_all(&dir)?;
    }
    let release = profile == Profile::Release;
    let split = if release {
        console::step("Cutting the app into parts");
        let first: Vec<&str> = super::VISITS
            .iter()
            .flat_map(|(_, parts)| *parts)
            .copied()
            .collect();
        Some(split::split(wasm, &work.join("split"), &first)?)
    } else {
        None
    };
    Bindgen::new()
        .input_path(split.as_ref().map_or(wasm, |split| &split.main))
        .out_name("smartstack")
        .web(true)?
        .typescript(false)
        // Parts import what the linker exported.
        .keep_lld_exports(release)
        .remove_name_section(release)
        .remove_producers_section(true)
        .generate(&dir)
        .context("wasm-bindgen cannot read the app")?;
    let mut parts = BTreeMap::new();
    if let Some(split) = split {
        for (name, bytes) in split.files {
            std::fs::write(dir.join(name), bytes)?;
        }
        parts = split.parts;
        optimize(project, &dir)?;
    }
    Ok(App { dir, parts })
}

/// `wasm-opt -Oz`, from npm's binaryen. Only with what every browser of the last years has
/// (and the compiler emits already), so that it never writes what a browser cannot read.
fn optimize(project: &Project, dir: &Path) -> Result<()> {
    let folder = project.root.join("xtask/npm");
    let node = tools::node("to run wasm-opt, which makes the web app smaller")?;
    node.install(&folder)?;
    console::step("Making the wasm smaller (wasm-opt)");
    for file in std::fs::read_dir(dir)? {
        let wasm = file?.path();
        if wasm.extension().is_none_or(|ending| ending != "wasm") {
            continue;
        }
        let smaller = wasm.with_extension("smaller");
        shell::run(
            Command::new(&node.node)
                .arg(folder.join("node_modules/binaryen/bin/wasm-opt"))
                .args([
                    "-Oz",
                    "--enable-bulk-memory",
                    "--enable-sign-ext",
                    "--enable-nontrapping-float-to-int",
                    "--enable-mutable-globals",
                    "--enable-reference-types",
                    "--enable-multivalue",
                ])
                .arg(&wasm)
                .arg("-o")
                .arg(&smaller),
        )?;
        std::fs::rename(smaller, wasm)?;
    }
    Ok(())
}
