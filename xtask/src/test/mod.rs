//! `cargo xtask test`: everything that must pass, one step after the other.
//!
//! A failed step does not stop the others, except those that need its result.
//! Each step counts its tests; a check without tests of its own counts as one.
//! The last line says `N passed, N failed`.

mod count;
mod steps;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::console;
use crate::project::Project;
use count::Count;

/// What the command line asked for.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) only: Vec<String>,
    pub(crate) skip: Vec<String>,
    pub(crate) list: bool,
}

/// One step.
pub(crate) struct Step {
    /// What `--only` and `--skip` call it.
    name: &'static str,
    /// What it makes sure of.
    about: &'static str,
    /// Steps without whose success it cannot work; run first, also under `--only`.
    needs: &'static [&'static str],
    run: fn(&Project) -> Result<Count>,
}

/// How a step ended.
struct Outcome {
    name: &'static str,
    count: Count,
    time: Duration,
    note: String,
}

/// Runs the steps; whether all passed.
pub(crate) fn test(project: &Project, options: &Options) -> Result<bool> {
    let chosen = choose(options)?;
    if options.list {
        for step in chosen {
            console::line(&format!("{:<10} {}", step.name, step.about));
        }
        return Ok(true);
    }
    let start = Instant::now();
    let mut outcomes: Vec<Outcome> = Vec::new();
    for step in chosen {
        console::line(&format!("\n── {} · {} ──", step.name, step.about));
        let begin = Instant::now();
        let missing = step.needs.iter().find(|need| {
            outcomes
                .iter()
                .any(|outcome| outcome.name == **need && outcome.count.failed > 0)
        });
        let result = match missing {
            Some(need) => Err(anyhow::anyhow!("not run, because `{need}` failed")),
            None => (step.run)(project),
        };
        let (count, note) = match result {
            Ok(count) => (count, String::new()),
            Err(error) => {
                console::error(&error);
                (Count { passed: 0, failed: 1 }, format!("{error:#}"))
            }
        };
        outcomes.push(Outcome {
            name: step.name,
            count,
            time: begin.elapsed(),
            note,
        });
        summary(&outcomes[outcomes.len() - 1..]);
    }
    console::line(&format!("\n── summary · {} ──", console::since(start)));
    summary(&outcomes);
    let total = outcomes
        .iter()
        .fold(Count::default(), |sum, outcome| sum + outcome.count);
    console::line(&format!("{} passed, {} failed", total.passed, total.failed));
    Ok(total.failed == 0)
}

/// The steps asked for, in order, with what they need.
fn choose(options: &Options) -> Result<Vec<&'static Step>> {
    for name in options.only.iter().chain(&options.skip) {
        if !steps::ALL.iter().any(|step| step.name == name) {
            bail!("there is no step {name:?}; `cargo xtask test --list` names them");
        }
    }
    let wanted = |name: &str| options.only.is_empty() || options.only.iter().any(|only| only == name);
    Ok(steps::ALL
        .iter()
        .filter(|step| {
            let needed = steps::ALL
                .iter()
                .any(|other| wanted(other.name) && other.needs.contains(&step.name));
            (wanted(step.name) || needed) && !options.skip.iter().any(|skip| skip == step.name)
        })
        .collect())
}

fn summary(outcomes: &[Outcome]) {
    for Outcome {
        name,
        count,
        time,
        note,
    } in outcomes
    {
        let sign = if count.failed == 0 {
            console::paint("32", "✓")
        } else {
            console::paint("31", "✗")
        };
        let note = note
            .lines()
            .next()
            .map(|line| format!("  {line}"))
            .unwrap_or_default();
        console::line(&format!(
            "{sign} {name:<10} {:>5} passed {:>3} failed  {:>12}{note}",
            count.passed,
            count.failed,
            console::duration(*time)
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(options: &Options) -> Vec<&'static str> {
        choose(options)
            .expect("known steps")
            .iter()
            .map(|step| step.name)
            .collect()
    }

    #[test]
    fn a_single_step_brings_what_it_needs() {
        assert_eq!(
            names(&Options {
                only: vec!["generated".into()],
                ..Options::default()
            }),
            ["build", "generated"]
        );
        assert_eq!(
            names(&Options {
                only: vec!["format".into()],
                ..Options::default()
            }),
            ["format"]
        );
    }

    #[test]
    fn an_unknown_step_is_refused() {
        assert!(
            choose(&Options {
                skip: vec!["nothing".into()],
                ..Options::default()
            })
            .is_err()
        );
    }
}
