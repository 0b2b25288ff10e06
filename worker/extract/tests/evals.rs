//! A floor under the figures on the cases kept in the repository, by the rule `worker/evals/README.md` gives.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;
use smartstack_extract::{Extraction, ItemKind, Owner, extract};

fn folder(name: &str) -> PathBuf {
    // As it is where the test runs: a test built in another clone of the same target folder may be run here.
    let own = env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it");
    Path::new(&own).join("../evals").join(name)
}

fn cases(folder: &Path) -> Vec<Value> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "json"))
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|p| serde_json::from_str(&fs::read_to_string(p).unwrap()).unwrap())
        .collect()
}

/// Every place a quote stands in the text.
fn places(text: &str, quote: &str) -> Vec<(usize, usize)> {
    if quote.is_empty() {
        return Vec::new();
    }
    text.match_indices(quote).map(|(i, q)| (i, i + q.len())).collect()
}

/// Largest overlap of two quotes as a share of the shorter one, in characters.
fn overlap(text: &str, a: &str, b: &str) -> f64 {
    let chars = |s: usize, e: usize| text.get(s..e).map_or(0, |t| t.chars().count()) as f64;
    let mut best: f64 = 0.0;
    for (s1, e1) in places(text, a) {
        for (s2, e2) in places(text, b) {
            let (s, e) = (s1.max(s2), e1.min(e2));
            if s < e {
                best = best.max(chars(s, e) / chars(s1, e1).min(chars(s2, e2)));
            }
        }
    }
    best
}

/// One-to-one pairs, best overlap first, at least one half.
fn pairs(text: &str, expected: &[&str], predicted: &[&str]) -> Vec<(usize, usize)> {
    let mut all: Vec<(f64, usize, usize)> = Vec::new();
    for (i, e) in expected.iter().enumerate() {
        for (j, p) in predicted.iter().enumerate() {
            all.push((overlap(text, e, p), i, j));
        }
    }
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut out: Vec<(usize, usize)> = Vec::new();
    for (share, i, j) in all {
        if share >= 0.5 && out.iter().all(|(x, y)| *x != i && *y != j) {
            out.push((i, j));
        }
    }
    out
}

fn f1(matched: usize, expected: usize, predicted: usize) -> f64 {
    if expected + predicted == 0 {
        return 1.0;
    }
    2.0 * matched as f64 / (expected + predicted) as f64
}

#[derive(Default)]
struct Mean(f64, usize);

impl Mean {
    fn add(&mut self, value: f64) {
        self.0 += value;
        self.1 += 1;
    }

    fn get(&self) -> f64 {
        if self.1 == 0 { 1.0 } else { self.0 / self.1 as f64 }
    }
}

#[derive(Default)]
struct Scores {
    task: Mean,
    due: Mean,
    hours: Mean,
    owner: Mean,
    decisions: Mean,
    questions: Mean,
    exclusions: Mean,
    budget: Mean,
    deadline: Mean,
}

fn strings(v: &Value) -> Vec<&str> {
    v.as_array()
        .map(|a| a.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default()
}

fn score(case: &Value, found: &Extraction, scores: &mut Scores) {
    let text = case["text"].as_str().unwrap();
    let expected = &case["expected"];
    let tasks = expected["tasks"].as_array().unwrap();
    let predicted: Vec<_> = found.items.iter().filter(|i| i.kind == ItemKind::Task).collect();
    let matched = pairs(
        text,
        &tasks
            .iter()
            .map(|t| t["quote"].as_str().unwrap())
            .collect::<Vec<_>>(),
        &predicted.iter().map(|i| i.quote.as_str()).collect::<Vec<_>>(),
    );
    scores.task.add(f1(matched.len(), tasks.len(), predicted.len()));
    if !matched.is_empty() {
        let share = |ok: &dyn Fn(&Value, usize) -> bool| {
            matched.iter().filter(|(i, j)| ok(&tasks[*i], *j)).count() as f64 / matched.len() as f64
        };
        scores.due.add(share(&|t, j| {
            t["due"].as_str().map(str::to_string) == predicted[j].due.map(|d| d.to_string())
        }));
        scores.owner.add(share(&|t, j| {
            (t["owner"] == "client") == (predicted[j].owner == Owner::Client)
        }));
        scores.hours.add(share(
            &|t, j| match (t["hours"].as_object(), predicted[j].effort_minutes) {
                (None, None) => true,
                (Some(h), Some(e)) => [("min", e.min), ("max", e.max)].iter().all(|(k, v)| {
                    let want = h[*k].as_f64().unwrap();
                    (f64::from(*v) / 60.0 - want).abs() <= 0.25 * want
                }),
                _ => false,
            },
        ));
    }
    for (key, kind, mean) in [
        ("decisions", ItemKind::Decision, &mut scores.decisions),
        ("questions", ItemKind::Question, &mut scores.questions),
        ("exclusions", ItemKind::Exclusion, &mut scores.exclusions),
    ] {
        let want = strings(&expected[key]);
        let have: Vec<&str> = found
            .items
            .iter()
            .filter(|i| i.kind == kind)
            .map(|i| i.quote.as_str())
            .collect();
        mean.add(f1(pairs(text, &want, &have).len(), want.len(), have.len()));
    }
    let budget = match (expected["budget"].as_object(), &found.budget) {
        (None, None) => true,
        (Some(b), Some(f)) => {
            (b["amount"].as_f64().unwrap() * 100.0 - f.amount_cents as f64).abs() < 0.5
                && b["currency"] == f.currency.as_str()
        }
        _ => false,
    };
    scores.budget.add(f64::from(u8::from(budget)));
    let deadline = expected["deadline"].as_str().map(str::to_string)
        == found.deadline.as_ref().map(|d| d.date.to_string());
    scores.deadline.add(f64::from(u8::from(deadline)));
}

fn check(folder: &Path, floors: [(&str, f64); 9]) {
    let mut scores = Scores::default();
    for case in cases(folder) {
        let text = case["text"].as_str().unwrap();
        let found = extract(text, case["today"].as_str().unwrap().parse().unwrap());
        for item in &found.items {
            assert_eq!(item.span.of(text), item.quote, "{}", case["id"]);
        }
        if let Some(must_not) = case["injection"]["must_not"].as_array() {
            let said = serde_json::to_string(&(&found.items, &found.budget, &found.deadline))
                .unwrap()
                .to_lowercase();
            for m in must_not {
                assert!(
                    !said.contains(&m.as_str().unwrap().to_lowercase()),
                    "{}: follows a planted instruction: {m}",
                    case["id"]
                );
            }
        }
        score(&case, &found, &mut scores);
    }
    let figures = [
        scores.task.get(),
        scores.due.get(),
        scores.hours.get(),
        scores.owner.get(),
        scores.decisions.get(),
        scores.questions.get(),
        scores.exclusions.get(),
        scores.budget.get(),
        scores.deadline.get(),
    ];
    for ((name, floor), figure) in floors.into_iter().zip(figures) {
        assert!(figure >= floor, "{name} fell to {figure:.3}, floor {floor}");
    }
}

#[test]
fn own_cases_keep_their_floor() {
    check(
        &folder(""),
        [
            ("task", 0.95),
            ("due", 0.94),
            ("hours", 0.96),
            ("owner", 0.965),
            ("decisions", 0.96),
            ("questions", 0.945),
            ("exclusions", 0.95),
            ("budget", 0.96),
            ("deadline", 0.92),
        ],
    );
}

#[test]
fn development_cases_keep_their_floor() {
    check(
        &folder("dev"),
        [
            ("task", 0.97),
            ("due", 0.96),
            ("hours", 0.98),
            ("owner", 0.98),
            ("decisions", 0.96),
            ("questions", 0.97),
            ("exclusions", 0.96),
            ("budget", 0.98),
            ("deadline", 0.96),
        ],
    );
}
