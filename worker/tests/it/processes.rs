//! Real worker processes that are killed, frozen and stopped in the middle of a job.

use smartstack_schema::JobState;

use crate::desk::Desk;
use crate::support::{WorkerProcess, eventually};

const TEXT: &str = "Please design the home page by 20 March 2026.\nPlease set up the online menu.\n";

/// Kills a worker at a fail point, starts another, and wants exactly one suggestion.
async fn killed_at(desk: Desk, point: &str) {
    let job = desk.paste(TEXT).await;
    let mut first = WorkerProcess::launch(&desk, &format!("{point}=return(abort)"));
    assert!(!first.ended().await, "it came past {point}:\n{}", first.log());
    assert_eq!(desk.suggestions().await, i64::from(point_is_after_write(point)));

    let second = WorkerProcess::start(&desk, "").await;
    let done = desk.settled(job).await;
    assert_eq!(done.state, JobState::Ready, "{done:?}\n{}", second.log());
    desk.queue_is_empty().await;
    assert_eq!(desk.suggestions().await, 1);
}

fn point_is_after_write(point: &str) -> bool {
    matches!(point, "worker::after_write" | "worker::before_ack")
}

macro_rules! killed {
    ($($name:ident at $point:literal;)*) => {
        $(mod $name {
            use super::*;

            #[tokio::test]
            async fn over_postgres() {
                killed_at(Desk::new().await, $point).await;
            }

            #[tokio::test]
            async fn over_sqs() {
                killed_at(Desk::over_sqs().await, $point).await;
            }
        })*
    };
}

/// Runs each of these over both queues.
macro_rules! over_both {
    ($($name:ident;)*) => {
        mod over_postgres {
            use super::*;

            $(#[tokio::test]
            async fn $name() {
                super::$name(Desk::new().await).await;
            })*
        }

        mod over_sqs {
            use super::*;

            $(#[tokio::test]
            async fn $name() {
                super::$name(Desk::over_sqs().await).await;
            })*
        }
    };
}

over_both! {
    a_failing_store_is_tried_again;
    a_panic_makes_one_review_item_and_stops_nothing_else;
    a_frozen_worker_loses_its_job_and_changes_nothing_when_it_wakes;
    told_to_stop_it_finishes_what_is_in_hand;
    stopped_under_load_it_loses_and_repeats_nothing;
    told_to_stop_it_is_gone_at_once_when_idle;
    a_worker_that_died_while_nobody_looked_leaves_nothing_undone;
}

killed! {
    killed_before_sending at "relay::before_send";
    killed_after_sending at "relay::after_send";
    killed_after_receiving at "worker::after_receive";
    killed_after_claiming at "worker::after_claim";
    killed_before_writing at "worker::before_write";
    killed_after_writing at "worker::after_write";
    killed_before_acknowledging at "worker::before_ack";
}

async fn a_failing_store_is_tried_again(desk: Desk) {
    let job = desk.paste(TEXT).await;
    let worker = WorkerProcess::start(&desk, "worker::before_write=2*return(error)").await;
    let done = desk.settled(job).await;
    assert_eq!(
        (done.state, done.attempt),
        (JobState::Ready, 3),
        "{}",
        worker.log()
    );
    assert_eq!(desk.suggestions().await, 1);
}

async fn a_panic_makes_one_review_item_and_stops_nothing_else(desk: Desk) {
    let poison = desk.paste(TEXT).await;
    let worker = WorkerProcess::start(&desk, "worker::before_write=1*return(panic)").await;
    let done = desk.settled(poison).await;
    assert_eq!(done.state, JobState::NeedsReview, "{done:?}\n{}", worker.log());
    let food = desk.paste(TEXT).await;
    assert_eq!(desk.settled(food).await.state, JobState::Ready);
    assert_eq!(desk.depth().await.dead, 1);
}

async fn a_frozen_worker_loses_its_job_and_changes_nothing_when_it_wakes(desk: Desk) {
    let job = desk.paste(TEXT).await;
    let gate = tempfile::tempdir().unwrap();
    let gate = gate.path().join("go");
    let fail_point = format!("worker::before_write=1*return(wait:{})", gate.display());
    let frozen = WorkerProcess::start(&desk, &fail_point).await;
    frozen.logged("fail point reached").await;
    frozen.signal("STOP").await;

    let other = WorkerProcess::start(&desk, "").await;
    let done = desk.settled(job).await;
    assert_eq!(
        (done.state, done.attempt),
        (JobState::Ready, 2),
        "{}",
        other.log()
    );
    drop(other);

    std::fs::write(&gate, "").unwrap();
    frozen.signal("CONT").await;
    frozen.logged("nothing more is written").await;
    assert_eq!(desk.job(job).await, done, "nothing of it was changed");
    assert_eq!(desk.suggestions().await, 1);
    desk.queue_is_empty().await;
}

async fn told_to_stop_it_finishes_what_is_in_hand(desk: Desk) {
    let job = desk.paste(TEXT).await;
    let gate = tempfile::tempdir().unwrap();
    let gate = gate.path().join("go");
    let fail_point = format!("worker::before_write=1*return(wait:{})", gate.display());
    let mut worker = WorkerProcess::start(&desk, &fail_point).await;
    worker.logged("fail point reached").await;
    worker.signal("TERM").await;
    worker.logged("taking no more work").await;
    let later = desk.paste(TEXT).await;
    std::fs::write(&gate, "").unwrap();
    assert!(worker.ended().await, "{}", worker.log());
    assert_eq!(desk.job(job).await.state, JobState::Ready);
    assert_eq!(desk.job(later).await.state, JobState::Queued, "left for another");
    desk.queue_is_empty().await;
}

async fn stopped_under_load_it_loses_and_repeats_nothing(desk: Desk) {
    const JOBS: usize = 20;
    let mut jobs = Vec::new();
    for _ in 0..JOBS {
        jobs.push(desk.paste(TEXT).await);
    }
    let mut first = WorkerProcess::start(&desk, "").await;
    eventually("some are done", || async {
        (desk.suggestions().await >= 3).then_some(())
    })
    .await;
    first.signal("TERM").await;
    assert!(first.ended().await, "{}", first.log());
    for job in &jobs {
        let state = desk.job(*job).await.state;
        assert!(
            matches!(state, JobState::Ready | JobState::Queued),
            "{state:?}: neither finished nor left"
        );
    }

    let second = WorkerProcess::start(&desk, "").await;
    for job in jobs {
        let done = desk.settled(job).await;
        assert_eq!(
            (done.state, done.attempt),
            (JobState::Ready, 1),
            "{}",
            second.log()
        );
    }
    assert_eq!(desk.suggestions().await, i64::try_from(JOBS).unwrap());
    desk.queue_is_empty().await;
}

async fn told_to_stop_it_is_gone_at_once_when_idle(desk: Desk) {
    let mut worker = WorkerProcess::start(&desk, "").await;
    worker.signal("TERM").await;
    assert!(worker.ended().await, "{}", worker.log());
}

#[tokio::test]
async fn without_a_way_to_send_mail_it_says_what_to_set() {
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_smartstack-worker"))
        .args([
            "run",
            "--database-url",
            "postgres://localhost/x",
            "--secret",
            "x",
            "--public-url",
            "http://127.0.0.1",
        ])
        .env_clear()
        .output()
        .await
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && said.contains("SMARTSTACK_MAIL_DIR"),
        "{said}"
    );
}

async fn a_worker_that_died_while_nobody_looked_leaves_nothing_undone(desk: Desk) {
    // kill -9 from outside, not at a point of its own choosing.
    let gate = tempfile::tempdir().unwrap();
    let never = gate.path().join("never");
    let fail_point = format!("worker::after_claim=return(wait:{})", never.display());
    let first = WorkerProcess::start(&desk, &fail_point).await;
    let job = desk.paste(TEXT).await;
    eventually("running", || async {
        (desk.job(job).await.state == JobState::Running).then_some(())
    })
    .await;
    first.signal("KILL").await;
    let _second = WorkerProcess::start(&desk, "").await;
    let done = desk.settled(job).await;
    assert_eq!((done.state, done.attempt), (JobState::Ready, 2));
    assert_eq!(desk.suggestions().await, 1);
}
