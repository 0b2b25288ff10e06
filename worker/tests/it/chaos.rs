//! Workers that are killed at random while a model fails in three ways: every job ends in exactly one state,
//! with one suggestion and one charge, or with none of either and a reason.
//!
//! `CHAOS_KILLS` and `CHAOS_JOBS` make it longer (200 and 1000 for the long run); `CHAOS_SEED` another run.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::json;
use smartstack_domain::clock::Random;
use smartstack_schema::JobState;

use crate::bedrock_stand_in::{Said, reply};
use crate::desk::Desk;
use crate::http_stand_in::HttpStandIn;
use crate::support::{WorkerProcess, eventually};

const TEXT: &str = "Please design the home page by 20 March 2026.\nPlease set up the online menu.\n";

/// How many workers run at a time.
const WORKERS: usize = 2;

fn setting(name: &str, usual: usize) -> usize {
    std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

/// A number below `end`.
fn draw(random: &Random, end: usize) -> usize {
    usize::try_from(u32::from_le_bytes(random.bytes())).unwrap() % end
}

/// One of five answers is no good: too many requests, a stream that breaks off, an answer nobody can read.
fn said(random: &Random) -> Said {
    let item = json!({ "kind": "task", "title": "Design the home page", "quote": "design the home page",
        "due": "2026-03-20", "hours_min": null, "hours_max": null, "responsible": "freelancer", "amount": null,
        "currency": null, "confidence": "explicit" });
    match draw(random, 15) {
        0 => Said::Error(429, "ThrottlingException", "slow down"),
        1 => Said::Cut,
        2 => Said::text("I would rather talk about the weather."),
        _ => Said::text(json!({ "language": "en", "items": [item] }).to_string()),
    }
}

async fn chaos(mut desk: Desk) {
    let (kills, jobs) = (setting("CHAOS_KILLS", 12), setting("CHAOS_JOBS", 60));
    let seed = u64::try_from(setting("CHAOS_SEED", 1)).unwrap();
    let (random, answers) = (Random::seeded(seed), Random::seeded(seed + 1));
    let bedrock = HttpStandIn::start(move |asked, _| {
        // Long enough for a kill to come in between.
        reply(asked, &said(&answers)).after(Duration::from_millis(20))
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("ai.toml");
    let built_in = include_str!("../../ai.toml");
    let fast = "input_usd = 1.0\nrequests_per_minute = 60000\nconcurrency = 8\n";
    std::fs::write(&table, built_in.replace("input_usd = 1.0\n", fast)).unwrap();
    desk.environment.extend([
        ("BEDROCK_REGION", "eu-central-1".to_owned()),
        ("BEDROCK_ENDPOINT_URL", bedrock.address().to_owned()),
        ("AI_CONFIG", table.display().to_string()),
    ]);
    desk.execute("UPDATE installation_settings SET ai_jobs_per_day = 1000000, ai_monthly_cost_micro_usd = 1000000000000")
        .await;

    let mut workers = Vec::new();
    for _ in 0..WORKERS {
        workers.push(WorkerProcess::start(&desk, "").await);
    }
    let (mut pasted, mut killed) = (Vec::new(), 0);
    while pasted.len() < jobs || killed < kills {
        // Jobs and kills in a random order, spread over the whole run.
        let left = (jobs - pasted.len(), kills - killed);
        if left.1 == 0 || (left.0 > 0 && draw(&random, left.0 + left.1) < left.0) {
            pasted.push(desk.paste(TEXT).await);
        } else {
            let victim = draw(&random, WORKERS);
            // At a moment when it has something in hand: after one more question, or when all is done.
            let before = bedrock.asked().len();
            let wait = draw(&random, 3);
            eventually("something to break", || async {
                let idle = desk.depth().await;
                (bedrock.asked().len() >= before + wait || idle.waiting + idle.hidden == 0).then_some(())
            })
            .await;
            workers[victim].signal("KILL").await;
            workers[victim] = WorkerProcess::start(&desk, "").await;
            killed += 1;
        }
    }
    let mut states: HashMap<JobState, usize> = HashMap::new();
    for id in &pasted {
        let done = desk.settled(*id).await;
        *states.entry(done.state).or_default() += 1;
        let id = id.uuid();
        let counted = desk
            .sql(&format!(
                "SELECT (SELECT count(*) FROM suggestions WHERE job_id = '{id}') || ' ' || \
                 (SELECT count(*) FROM ai_calls WHERE job_id = '{id}' AND state = 'SETTLED') || ' ' || \
                 (SELECT count(*) FROM ai_calls WHERE job_id = '{id}' AND state = 'RESERVED'), NULL::text"
            ))
            .await;
        let expected = if done.state == JobState::Ready {
            "1 1 0"
        } else {
            "0 0 0"
        };
        assert_eq!(
            counted[0].0, expected,
            "suggestions, charges, reservations of {done:?}"
        );
    }
    desk.queue_is_empty().await;
    let (calls, ready) = (
        bedrock.asked().len(),
        states.get(&JobState::Ready).copied().unwrap_or_default(),
    );
    println!("{kills} kills, {jobs} jobs, {calls} calls: {states:?}");
    assert!(ready * 10 >= jobs * 5, "most work gets done: {states:?}");
    assert_eq!(killed, kills);
}

#[tokio::test]
async fn workers_killed_at_random_over_postgres() {
    chaos(Desk::new().await).await;
}

#[tokio::test]
async fn workers_killed_at_random_over_sqs() {
    chaos(Desk::over_sqs().await).await;
}
