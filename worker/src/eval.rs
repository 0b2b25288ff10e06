//! `smartstack-worker eval`: runs evaluation cases through the very code a job runs, from text to validated
//! items, and writes predictions for the scorer. Needs no database.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use smartstack_schema::{ItemKind, Responsible, UseCase};

use crate::adapter::model::basic;
use crate::ai::context::Context;
use crate::ai::models::Reader;
use crate::ai::plan::PlanInput;
use crate::ai::propose::propose;
use crate::ai::validate::{PlanItem, validate};

/// What of a case is read: never what is expected.
#[derive(Debug, Deserialize)]
struct Case {
    id: String,
    /// What it is: notes and threads are read as notes, briefs as plans.
    #[serde(default)]
    kind: Option<String>,
    today: NaiveDate,
    text: String,
}

/// A prediction, in the shape of a case's `expected`.
#[derive(Debug, Default, Serialize)]
struct Prediction {
    tasks: Vec<Task>,
    decisions: Vec<String>,
    questions: Vec<String>,
    exclusions: Vec<String>,
    budget: Option<Budget>,
    deadline: Option<NaiveDate>,
}

#[derive(Debug, Serialize)]
struct Task {
    title: String,
    quote: String,
    due: Option<NaiveDate>,
    hours: Option<Hours>,
    owner: &'static str,
}

#[derive(Debug, Serialize)]
struct Hours {
    min: f64,
    max: f64,
}

#[derive(Debug, Serialize)]
struct Budget {
    amount: f64,
    currency: String,
}

/// Reads every `*.json` case in `cases` and writes `<id>.json` into `predictions`. Returns how many.
///
/// # Errors
/// A file cannot be read or written, or is not a case; the text names it.
pub async fn run(cases: &Path, predictions: &Path, reader: &Reader<'_>) -> anyhow::Result<usize> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(cases)
        .with_context(|| format!("cannot list the cases in {}", cases.display()))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    ensure!(!files.is_empty(), "no case (*.json) in {}", cases.display());
    std::fs::create_dir_all(predictions).with_context(|| format!("cannot make {}", predictions.display()))?;
    for file in &files {
        let of_file = || format!("case {}", file.display());
        let case: Case =
            serde_json::from_slice(&std::fs::read(file).with_context(of_file)?).with_context(of_file)?;
        // The id becomes a file name.
        ensure!(
            !case.id.is_empty() && !case.id.contains(['/', '\\', '.']),
            "case {}: bad id",
            file.display()
        );
        let prediction = predict(&case, reader).await.with_context(of_file)?;
        let path = predictions.join(format!("{}.json", case.id));
        std::fs::write(&path, serde_json::to_vec_pretty(&prediction)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(files.len())
}

async fn predict(case: &Case, reader: &Reader<'_>) -> anyhow::Result<Prediction> {
    let input = PlanInput {
        text: case.text.clone(),
        today: case.today,
    };
    let use_case = match case.kind.as_deref() {
        Some("notes" | "thread") => UseCase::Notes,
        _ => UseCase::Plan,
    };
    let draft = match reader {
        // The rules read both alike; what sets notes apart is what is planned already, and a case has no plan.
        Reader::Basic => basic::plan(input).await?,
        Reader::Model(asked) => {
            propose(asked, use_case, &input, &Context::default(), None)
                .await?
                .value
                .draft
        }
    };
    let validated = validate(draft, &case.text, case.today);
    let mut prediction = Prediction::default();
    for PlanItem { draft: item, .. } in validated.items {
        match item.kind {
            ItemKind::Task => prediction.tasks.push(Task {
                title: item.title,
                quote: item.quote,
                due: item.due,
                hours: item.effort_minutes.map(|(min, max)| Hours {
                    min: hours(min),
                    max: hours(max),
                }),
                owner: match item.responsible {
                    Responsible::Freelancer => "freelancer",
                    Responsible::Client => "client",
                },
            }),
            ItemKind::Question => prediction.questions.push(item.quote),
            ItemKind::Exclusion => prediction.exclusions.push(item.quote),
            ItemKind::Decision => prediction.decisions.push(item.quote),
            ItemKind::Budget => {
                prediction.budget = item.amount.map(|amount| Budget {
                    #[expect(clippy::cast_precision_loss, reason = "sums stay far below 2^53 hundredths")]
                    amount: amount.amount_cents as f64 / 100.0,
                    currency: amount.currency,
                });
            }
            ItemKind::Deadline => prediction.deadline = item.due,
        }
    }
    Ok(prediction)
}

fn hours(minutes: i32) -> f64 {
    f64::from(minutes) / 60.0
}
