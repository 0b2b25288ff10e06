//! Finding the programs that are not Rust, and installing them where we may.
//!
//! Installing means the distribution's packages through `apt-get`: as root
//! directly, else through `sudo` (asking first, unless it needs no password).
//! Where neither works the error says exactly what to type.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::{console, shell};

/// The oldest PostgreSQL that the migrations are written for.
const POSTGRES_MINIMUM: u32 = 15;
/// The oldest Node.js that the browser tests' packages accept.
const NODE_MINIMUM: u32 = 18;

/// The folder with `initdb`, `postgres` and `psql`, version 15 or newer.
pub(crate) fn postgres_bin() -> Result<PathBuf> {
    if let Some(found) = find_postgres() {
        return Ok(found);
    }
    install(
        &["postgresql"],
        "PostgreSQL 15 or newer, which the stack starts for itself",
        "postgresql@17",
    )?;
    find_postgres().with_context(|| {
        format!(
            "PostgreSQL {POSTGRES_MINIMUM} or newer is still not found; install it, or set \
             SMARTSTACK_POSTGRES_BIN to the folder that holds initdb and postgres"
        )
    })
}

/// `node`, and `npm` beside it.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) node: PathBuf,
    pub(crate) npm: PathBuf,
}

/// Node.js 18 or newer with npm.
pub(crate) fn node(why: &str) -> Result<Node> {
    if let Some(found) = find_node() {
        return Ok(found);
    }
    install(&["nodejs", "npm"], why, "node")?;
    find_node().with_context(|| {
        format!("Node.js {NODE_MINIMUM} or newer with npm is still not found; install it ({why})")
    })
}

impl Node {
    /// `npm ci` in a folder with a lock file, unless that was done for this very lock file.
    pub(crate) fn install(&self, folder: &Path) -> Result<()> {
        let lock = std::fs::read(folder.join("package-lock.json"))?;
        let stamp = folder.join("node_modules/.smartstack-lock");
        if std::fs::read(&stamp).is_ok_and(|done| done == lock) {
            return Ok(());
        }
        console::step(&format!("Installing the packages of {}", folder.display()));
        shell::run(Command::new(&self.npm).current_dir(folder).args([
            "ci",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]))?;
        std::fs::write(stamp, lock)?;
        Ok(())
    }
}

/// The browser for the browser tests.
pub(crate) fn chromium() -> Result<PathBuf> {
    if let Some(found) = find_chromium() {
        return Ok(found);
    }
    install(
        &["chromium"],
        "Chromium, which the browser tests drive",
        "--cask chromium",
    )?;
    find_chromium().context("Chromium is still not found; install it or set CHROMIUM to its path")
}

/// wrk, which puts servers under load.
pub(crate) fn wrk() -> Result<PathBuf> {
    if let Some(found) = shell::which("wrk") {
        return Ok(found);
    }
    install(
        &["wrk"],
        "wrk, which the benchmark puts servers under load with",
        "wrk",
    )?;
    shell::which("wrk").context("wrk is still not found; install it")
}

/// The stand-in for Amazon SQS.
pub(crate) fn ministack(project: &Project) -> Result<PathBuf> {
    python(
        project,
        "ministack",
        "worker/tests/requirements.txt",
        "the tests' stand-in for SQS",
    )
}

/// The program that tries REST by its description.
pub(crate) fn schemathesis(project: &Project) -> Result<PathBuf> {
    python(
        project,
        "schemathesis",
        "e2e/audit/requirements.txt",
        "the checks of REST",
    )
}

/// A program of Python's, in a virtual environment of its own that is made again when its requirements change.
/// Every file is held to the hash that is committed.
fn python(project: &Project, program: &str, requirements: &str, what: &str) -> Result<PathBuf> {
    let requirements = project.root.join(requirements);
    let wanted = std::fs::read(&requirements)?;
    let folder = project.target.join(program);
    let (program, stamp) = (
        folder.join("bin").join(program),
        folder.join(".smartstack-requirements"),
    );
    if program.is_file() && std::fs::read(&stamp).is_ok_and(|done| done == wanted) {
        return Ok(program);
    }
    let usable = || shell::succeeds(Command::new("python3").args(["-c", "import venv, ensurepip"]));
    if !usable() {
        let why = format!("Python with venv, for {what}");
        install(&["python3", "python3-venv"], &why, "python3")?;
    }
    console::step(&format!("Preparing {what}, once"));
    shell::run(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&folder),
    )?;
    shell::run(
        Command::new(folder.join("bin/pip"))
            .args([
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--require-hashes",
                "--requirement",
            ])
            .arg(&requirements),
    )
    .with_context(|| {
        format!(
            "cannot install {} (Python 3.11 or newer is needed)",
            requirements.display()
        )
    })?;
    std::fs::write(stamp, wanted)?;
    Ok(program)
}

/// Installs Debian packages (or says what to type), because of `why`.
pub(crate) fn install(packages: &[&str], why: &str, brew: &str) -> Result<()> {
    let list = packages.join(" ");
    if shell::which("apt-get").is_none() {
        if cfg!(target_os = "macos") {
            bail!("missing: {why}. Type: brew install {brew}");
        }
        bail!("missing: {why}. Install it with your package manager (Debian's name for it: {list}).");
    }
    let by_hand = format!("sudo apt-get update && sudo apt-get install -y --no-install-recommends {list}");
    let prefix: &[&str] = if rustix::process::geteuid().is_root() {
        &[]
    } else if shell::succeeds(Command::new("sudo").args(["-n", "true"])) {
        &["sudo", "-n"]
    } else if shell::which("sudo").is_some()
        && agreed(&format!("{why} is missing. Install {list} with sudo?"))?
    {
        &["sudo"]
    } else {
        bail!("missing: {why}. Type: {by_hand}");
    };
    console::step(&format!("Installing {list} ({why})"));
    // Another package manager may be at work (a fresh machine's own updates): wait for it.
    let wait = ["-o", "DPkg::Lock::Timeout=300"];
    // An outdated mirror list is no reason to stop: the installation itself will tell.
    let _ = apt(prefix, &[&wait[..], &["update", "-qq"]].concat());
    apt(
        prefix,
        &[
            &wait[..],
            &["install", "-y", "-qq", "--no-install-recommends"],
            packages,
        ]
        .concat(),
    )
    .with_context(|| format!("installing {list} did not work. Type: {by_hand}"))
}

fn apt(prefix: &[&str], args: &[&str]) -> Result<()> {
    let mut words = prefix.to_vec();
    words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    words.extend(args);
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    // A sudo that asks for its password reads it from the terminal, not from standard input.
    shell::run(&mut command)
}

/// Asks a person, when there is one; nobody there means no.
fn agreed(question: &str) -> Result<bool> {
    if !std::io::stdin().is_terminal() || std::env::var_os("CI").is_some() {
        return Ok(false);
    }
    let mut out = std::io::stdout().lock();
    write!(out, "{question} [Y/n] ")?;
    out.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes"))
}

fn find_postgres() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("SMARTSTACK_POSTGRES_BIN") {
        return Some(PathBuf::from(folder));
    }
    let mut folders: Vec<PathBuf> = ["/usr/lib/postgresql", "/usr/local/lib/postgresql"]
        .into_iter()
        .flat_map(|base| {
            children(Path::new(base))
                .into_iter()
                .map(|version| version.join("bin"))
        })
        .collect();
    for base in ["/usr", "/opt/homebrew/opt", "/usr/local/opt"] {
        folders.extend(
            children(Path::new(base))
                .into_iter()
                .filter(|folder| {
                    folder.file_name().is_some_and(|name| {
                        let name = name.to_string_lossy();
                        name.starts_with("pgsql-") || name.starts_with("postgresql")
                    })
                })
                .map(|folder| folder.join("bin")),
        );
    }
    folders.extend(shell::which("postgres").and_then(|file| file.parent().map(Path::to_path_buf)));
    folders
        .into_iter()
        .filter(|folder| folder.join("initdb").is_file() && folder.join("psql").is_file())
        .filter_map(|folder| Some((major(&folder.join("postgres"), "--version")?, folder)))
        .filter(|(version, _)| *version >= POSTGRES_MINIMUM)
        .max()
        .map(|(_, folder)| folder)
}

fn find_node() -> Option<Node> {
    let node = shell::which("node").or_else(|| shell::which("nodejs"))?;
    let npm = shell::which("npm")?;
    (major(&node, "--version")? >= NODE_MINIMUM).then_some(Node { node, npm })
}

fn find_chromium() -> Option<PathBuf> {
    if let Some(file) = std::env::var_os("CHROMIUM") {
        return Some(PathBuf::from(file));
    }
    [
        "chromium",
        "chromium-browser",
        "google-chrome-stable",
        "google-chrome",
    ]
    .into_iter()
    .find_map(shell::which)
}

/// The first number that `program flag` prints, such as 15 of `postgres (PostgreSQL) 15.18`.
fn major(program: &Path, flag: &str) -> Option<u32> {
    let output = Command::new(program)
        .arg(flag)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    first_number(&String::from_utf8_lossy(&output.stdout))
}

fn first_number(text: &str) -> Option<u32> {
    text.split(|c: char| !c.is_ascii_digit())
        .find(|part| !part.is_empty())?
        .parse()
        .ok()
}

fn children(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default()
}

/// cargo-deny, from `PATH` or compiled once into the cache.
pub(crate) fn cargo_deny(project: &Project) -> Result<PathBuf> {
    const VERSION: &str = "0.20.2";
    if let Some(found) = shell::which("cargo-deny") {
        return Ok(found);
    }
    let root = Project::cache()?.join(format!("cargo-deny-{VERSION}"));
    let program = root.join("bin/cargo-deny");
    if !program.is_file() {
        console::step("Compiling cargo-deny, once");
        // Unoptimised: it compiles in a fraction of the time and reads our lock file in a second all the same.
        shell::run(
            shell::cargo()
                .current_dir(&project.root)
                .args([
                    "install",
                    "cargo-deny",
                    "--version",
                    VERSION,
                    "--locked",
                    "--debug",
                    "--no-track",
                    "--root",
                ])
                .arg(&root)
                .env("CARGO_PROFILE_DEV_DEBUG", "0")
                .env("CARGO_TARGET_DIR", project.target.join("tools")),
        )?;
        // Only the program is kept: the objects are large and never used again.
        let _ = std::fs::remove_dir_all(project.target.join("tools"));
    }
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::first_number;

    #[test]
    fn versions_are_read_from_what_programs_print() {
        assert_eq!(
            first_number("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(first_number("v20.20.2\n"), Some(20));
        assert_eq!(first_number("none"), None);
    }
}
