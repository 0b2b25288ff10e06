//! The project's own commands: `cargo xtask run | test | build | gen | bench`.
//!
//! Everything a person or CI does with the checkout starts here, on a machine
//! that has nothing but a Rust toolchain. What is missing is installed from the
//! distribution's packages where that is allowed (see [`tools`]), else the
//! command to type is printed.
//!
//! To add a command: a module with an `Options` and a function, an arm in
//! [`dispatch`], a line in [`HELP`].

mod bench;
mod build;
mod console;
mod generate;
mod postgres;
mod process;
mod project;
mod run;
mod shell;
mod test;
mod tools;
mod web;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use lexopt::prelude::*;

use crate::build::Profile;
use crate::project::Project;

const HELP: &str = "\
SmartStack's own commands.

cargo xtask run      build and start everything; Ctrl-C stops it
    --data DIR         where data lives (default: ./data)
    --port N           port of the app; 0 takes any free one (default: 8080, or the next free one)
    --empty            do not create the demo workspace
    --release          the optimised build, as it would be deployed
    --ready-file FILE  write a JSON object with url, email, password, databaseUrl,
                       mailDir and pids once everything answers
    --no-build         start what the last build left

cargo xtask test     everything that must pass
    --only STEP        run this step alone; may be repeated
    --skip STEP        leave this step out; may be repeated
    --list             name the steps

cargo xtask build    build the programs and the web app
    --release          optimised, with the table of sizes; fails past their limit
    --web              only the web app

cargo xtask gen      write the generated files again: schema, entity diagram
    --check            only say whether they are in step

cargo xtask bench    how fast lists and live updates are, against other servers
    --rounds N         turns each server takes (default: 5)
    --seconds N        length of a turn (default: 4)
    --concurrency N    callers at a time (default: 32)
    --only PEER        only smartstack, by-hand or postgraphile; may be repeated
    --list             only lists: no live updates, no sockets
    --no-build         measure what the last build left
";

fn main() -> ExitCode {
    match dispatch() {
        Ok(code) => code,
        Err(error) => {
            console::error(&error);
            ExitCode::FAILURE
        }
    }
}

/// Reads the command line and runs the command.
fn dispatch() -> Result<ExitCode> {
    let mut args = lexopt::Parser::from_env();
    let command = match args.next()? {
        Some(Value(command)) => command.string()?,
        Some(Short('h') | Long("help")) | None => {
            console::line(HELP);
            return Ok(ExitCode::SUCCESS);
        }
        Some(other) => return Err(other.unexpected().into()),
    };
    match command.as_str() {
        "run" => {
            let options = run_options(&mut args)?;
            run::run(&Project::find()?, &options).context("cargo xtask run")?;
            Ok(ExitCode::SUCCESS)
        }
        "test" => {
            let options = test_options(&mut args)?;
            let green = test::test(&Project::find()?, &options).context("cargo xtask test")?;
            Ok(if green {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
        "build" => {
            let (profile, only_web) = build_options(&mut args)?;
            let project = Project::find()?;
            if !only_web {
                build::native(&project, profile)?;
            }
            web::build(&project, profile)?.report(profile)?;
            Ok(ExitCode::SUCCESS)
        }
        "gen" => {
            let check = gen_options(&mut args)?;
            let project = Project::find()?;
            build::native(&project, Profile::Dev)?;
            if check {
                generate::check(&project)?;
            } else {
                generate::write(&project)?;
            }
            Ok(ExitCode::SUCCESS)
        }
        "bench" => {
            let options = bench_options(&mut args)?;
            bench::bench(&Project::find()?, &options).context("cargo xtask bench")?;
            Ok(ExitCode::SUCCESS)
        }
        "help" => {
            console::line(HELP);
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("there is no command {other:?}; `cargo xtask help` lists them"),
    }
}

fn run_options(args: &mut lexopt::Parser) -> Result<run::Options> {
    let mut options = run::Options::default();
    while let Some(arg) = args.next()? {
        match arg {
            Long("data") => options.data = Some(PathBuf::from(args.value()?)),
            Long("port") => options.port = Some(args.value()?.parse()?),
            Long("empty") => options.empty = true,
            Long("release") => options.profile = Profile::Release,
            Long("ready-file") => options.ready_file = Some(PathBuf::from(args.value()?)),
            Long("no-build") => options.no_build = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

fn test_options(args: &mut lexopt::Parser) -> Result<test::Options> {
    let mut options = test::Options::default();
    while let Some(arg) = args.next()? {
        match arg {
            Long("only") => options.only.push(args.value()?.string()?),
            Long("skip") => options.skip.push(args.value()?.string()?),
            Long("list") => options.list = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

fn build_options(args: &mut lexopt::Parser) -> Result<(Profile, bool)> {
    let (mut profile, mut only_web) = (Profile::Dev, false);
    while let Some(arg) = args.next()? {
        match arg {
            Long("release") => profile = Profile::Release,
            Long("web") => only_web = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok((profile, only_web))
}

fn gen_options(args: &mut lexopt::Parser) -> Result<bool> {
    let mut check = false;
    while let Some(arg) = args.next()? {
        match arg {
            Long("check") => check = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(check)
}

fn bench_options(args: &mut lexopt::Parser) -> Result<bench::Options> {
    let mut options = bench::Options::default();
    while let Some(arg) = args.next()? {
        match arg {
            Long("rounds") => options.rounds = args.value()?.parse()?,
            Long("seconds") => options.seconds = args.value()?.parse()?,
            Long("concurrency") => options.concurrency = args.value()?.parse()?,
            Long("only") => options.only.push(args.value()?.string()?),
            Long("list") => options.list_only = true,
            Long("no-build") => options.no_build = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}
