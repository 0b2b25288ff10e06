//! The steps of `cargo xtask test`, in the order in which they run.
//!
//! The quick ones come first. Everything shares one set of builds: the lints check
//! the default workspace once, the programs are built once, with the features the
//! tests use, and the browser tests run the very app whose size was checked.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::Step;
use super::count::Count;
use crate::build::{self, Profile};
use crate::postgres::Throwaway;
use crate::project::Project;
use crate::{console, generate, shell, tools, web};

/// Every step.
pub(super) const ALL: &[Step] = &[
    Step {
        name: "format",
        about: "rustfmt changes nothing",
        needs: &[],
        run: format,
    },
    Step {
        name: "lints",
        about: "clippy finds nothing, tests included",
        needs: &[],
        run: lints,
    },
    Step {
        name: "build",
        about: "the programs build",
        needs: &[],
        run: build,
    },
    Step {
        name: "generated",
        about: "generated files are in step with the code",
        needs: &["build"],
        run: generated,
    },
    Step {
        name: "policy",
        about: "licences, sources, bans and advisories of dependencies",
        needs: &[],
        run: policy,
    },
    Step {
        name: "rust",
        about: "Rust tests, over a PostgreSQL of their own",
        needs: &["build"],
        run: rust,
    },
    Step {
        name: "web",
        about: "the web app builds and stays within its size",
        needs: &[],
        run: web,
    },
    Step {
        name: "types",
        about: "the browser tests' types are right",
        needs: &[],
        run: types,
    },
    Step {
        name: "api",
        about: "the API as others check it: GraphQL over HTTP, REST by its description, linters",
        needs: &["build", "web"],
        run: api,
    },
    Step {
        name: "browser",
        about: "the whole stack in a real browser",
        needs: &["build", "web"],
        run: browser,
    },
];

fn format(project: &Project) -> Result<Count> {
    shell::run(
        shell::cargo()
            .current_dir(&project.root)
            .args(["fmt", "--all", "--check"]),
    )?;
    Ok(Count::ONE)
}

/// The native workspace, xtask, and the web app. The web app is linted as native code:
/// clippy cannot use the standard library that another compiler built for wasm32, and the
/// `web` step compiles it for the browser anyway.
fn lints(project: &Project) -> Result<Count> {
    let mut count = Count::default();
    for packages in [&[][..], &["--package", "xtask"], &["--package", "smartstack-web"]] {
        let clean = shell::run(
            shell::cargo()
                .current_dir(&project.root)
                .args(["clippy", "--locked", "--all-targets"])
                .args(packages)
                .args(["--", "-D", "warnings"]),
        );
        // The others' findings are worth knowing too.
        count = count
            + match clean {
                Ok(()) => Count::ONE,
                Err(error) => {
                    console::error(&error);
                    Count { passed: 0, failed: 1 }
                }
            };
    }
    Ok(count)
}

fn build(project: &Project) -> Result<Count> {
    build::native(project, Profile::Dev)?;
    Ok(Count::ONE)
}

fn generated(project: &Project) -> Result<Count> {
    generate::check(project)?;
    Ok(Count::ONE)
}

fn policy(project: &Project) -> Result<Count> {
    let deny = tools::cargo_deny(project)?;
    let check = |what: &[&str]| {
        let mut command = Command::new(&deny);
        command
            .current_dir(&project.root)
            .args(["--workspace", "--locked", "check", "--hide-inclusion-graph"])
            .args(what);
        command
    };
    shell::run(&mut check(&["bans", "licenses", "sources"]))?;
    let mut count = Count { passed: 3, failed: 0 };
    // Advisories need a database from the network. Out of reach is not the same as clean: say so, count nothing.
    let (status, output) = shell::tee(&mut check(&["advisories"]))?;
    if status.success() {
        count.passed += 1;
    } else if output.contains("advisories FAILED") || output.contains("error[") {
        count.failed += 1;
    } else {
        console::warn("The advisory database is out of reach: advisories were NOT checked");
    }
    Ok(count)
}

fn rust(project: &Project) -> Result<Count> {
    let server = Throwaway::start().context("cannot start a PostgreSQL for the tests")?;
    let url = server.cluster.admin_url("postgres");
    let ministack = tools::ministack(project)?;
    let with_database = |mut command: Command| {
        command
            .current_dir(&project.root)
            .env("SMARTSTACK_TEST_DATABASE_URL", &url)
            .env("SMARTSTACK_MINISTACK", &ministack)
            .env("CARGO_TERM_COLOR", "never");
        command
    };
    let nextest = shell::succeeds(shell::cargo().args(["nextest", "--version"]));
    let mut count = Count::default();
    let mut cargo = with_database(shell::cargo());
    if nextest {
        cargo.args([
            "nextest",
            "run",
            "--locked",
            "--no-fail-fast",
            "--no-tests=pass",
            "--color=never",
            "--status-level=fail",
        ]);
    } else {
        cargo.args(["test", "--locked", "--no-fail-fast"]);
    }
    let (status, output) = shell::tee(&mut cargo)?;
    count = count + Count::of_rust(&output).or_failed(status.success());
    // Examples in doc comments; nextest does not run them.
    if nextest {
        let (status, output) =
            shell::tee(with_database(shell::cargo()).args(["test", "--locked", "--doc", "--no-fail-fast"]))?;
        count = count + Count::of_rust(&output).or_failed(status.success());
    }
    // Outside the default workspace: this program, and what of the web app runs without a browser.
    for package in ["xtask", "smartstack-web"] {
        let (status, output) = shell::tee(with_database(shell::cargo()).args([
            "test",
            "--locked",
            "--no-fail-fast",
            "--package",
            package,
        ]))?;
        count = count + Count::of_rust(&output).or_failed(status.success());
    }
    Ok(count)
}

fn web(project: &Project) -> Result<Count> {
    web::build(project, Profile::Release)?.report(Profile::Release)?;
    Ok(Count { passed: 2, failed: 0 })
}

fn types(project: &Project) -> Result<Count> {
    let e2e = project.root.join("e2e");
    let node = tools::node("for the browser tests")?;
    node.install(&e2e)?;
    shell::run(
        Command::new(&node.node)
            .current_dir(&e2e)
            .args(["node_modules/typescript/bin/tsc", "--noEmit"]),
    )?;
    Ok(Count::ONE)
}

fn api(project: &Project) -> Result<Count> {
    playwright(project, "api")
}

fn browser(project: &Project) -> Result<Count> {
    playwright(project, "browser")
}

/// Runs one of Playwright's projects over stacks of the programs just built.
fn playwright(project: &Project, name: &str) -> Result<Count> {
    let e2e = project.root.join("e2e");
    let node = tools::node("for the browser tests")?;
    node.install(&e2e)?;
    let report = project.target.join(format!("e2e-{name}.json"));
    if report.exists() {
        std::fs::remove_file(&report)?;
    }
    let (status, _) = shell::tee(
        Command::new(&node.node)
            .current_dir(&e2e)
            .args(["node_modules/@playwright/test/cli.js", "test", "--project", name])
            .env("CHROMIUM", tools::chromium()?)
            .env("E2E_REPORT", &report)
            .env("SMARTSTACK_XTASK", std::env::current_exe()?)
            .env("SMARTSTACK_SCHEMATHESIS", tools::schemathesis(project)?)
            .env("SMARTSTACK_WEB_DIR", web::output(project, Profile::Release)),
    )?;
    Ok(counted(&report)?.or_failed(status.success()))
}

fn counted(report: &Path) -> Result<Count> {
    let text = std::fs::read_to_string(report).context("Playwright left no report")?;
    Count::of_playwright(&text).context("cannot read Playwright's report")
}
