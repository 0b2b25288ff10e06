//! What has been kept long enough goes, and nothing else does.

use chrono::{Duration, TimeDelta};
use sea_orm::sqlx::{self, AssertSqlSafe, Connection, PgConnection};
use smartstack_domain::{
    change::ChangeFeed,
    client::{self, NewClient},
    presence,
    project::{self},
    retention::{self, PURGES},
};
use smartstack_schema::ProcessKind;

use crate::support::{World, noon};

impl World {
    /// Runs what is due, as a worker does: what went, by purge.
    async fn purge(&self) -> Vec<(&'static str, u64)> {
        let outcomes = retention::run(self.db.worker()).await;
        outcomes
            .into_iter()
            .map(|outcome| (outcome.name, outcome.removed.expect(outcome.name)))
            .collect()
    }

    async fn admin(&self) -> PgConnection {
        PgConnection::connect(&self.db.admin_url())
            .await
            .expect("the cluster")
    }

    async fn count(&self, from: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {from}");
        sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(&mut self.admin().await)
            .await
            .expect("a number")
    }

    async fn execute(&self, sql: &'static str) {
        sqlx::raw_sql(sql)
            .execute(&mut self.admin().await)
            .await
            .expect("done");
    }
}

/// Only what went.
fn gone(outcomes: Vec<(&'static str, u64)>) -> Vec<(&'static str, u64)> {
    outcomes.into_iter().filter(|(_, removed)| *removed > 0).collect()
}

#[tokio::test]
async fn a_project_goes_a_year_after_it_was_deleted_with_its_history() {
    let world = World::new().await;
    let (old, other) = (world.project("Old").await.id, world.project("Kept").await.id);
    world.task(old, "Ask").await;
    world.task(other, "Answer").await;
    world
        .work(move |tx| Box::pin(project::delete(tx, old, None)))
        .await
        .expect("deleted");
    world.clock.advance(Duration::days(364));
    world.purge().await;
    assert_eq!(world.count("projects").await, 2, "it can still be restored");
    world.clock.advance(Duration::days(2));
    assert!(gone(world.purge().await).contains(&("deleted projects", 1)));
    assert_eq!(world.count("projects WHERE name = 'Kept'").await, 1);
    assert_eq!(world.count("projects").await, 1);
    assert_eq!(world.count("tasks").await, 1);
    assert_eq!(
        world
            .count("row_versions WHERE row::text LIKE '%Old%' OR row::text LIKE '%Ask%'")
            .await,
        0
    );
    assert!(
        world.count("row_versions").await >= 2,
        "the others' history stays"
    );
    let told = world.count("audit_events WHERE action = 'project.delete'").await;
    assert_eq!(told, 1, "who deleted it is still known");
}

#[tokio::test]
async fn a_workspace_goes_a_year_after_it_was_deleted() {
    let world = World::new().await;
    world.project("Site").await;
    let eve = world.db.person("Eve").await;
    world
        .execute("UPDATE workspaces SET deleted_at = '2026-03-02T12:00Z' WHERE name LIKE 'Ana%'")
        .await;
    world.clock.advance(Duration::days(364));
    world.purge().await;
    assert_eq!(world.count("workspaces").await, 2);
    world.clock.advance(Duration::days(2));
    assert_eq!(gone(world.purge().await), [("deleted workspaces", 1)]);
    assert_eq!(world.count("workspaces").await, 1);
    let (projects, history) = (world.count("projects").await, world.count("row_versions").await);
    assert_eq!((projects, history), (0, 0));
    assert_eq!(eve.scope.workspace_id(), eve.workspace_id);
}

#[tokio::test]
async fn each_thing_is_kept_as_long_as_promised() {
    let world = World::new().await;
    let new = NewClient {
        name: "Acme".to_owned(),
        idempotency_key: Some("once".to_owned()),
        ..NewClient::default()
    };
    world
        .work(|tx| Box::pin(client::create(tx, new)))
        .await
        .expect("a client");
    let (db, at) = (world.db.worker(), noon());
    db.in_system(move |tx| {
        Box::pin(async move { presence::report(tx, "w-1", ProcessKind::Worker, "1", at, Vec::new()).await })
    })
    .await
    .expect("reported");
    world
        .execute(
            "INSERT INTO outbox (id, topic, payload, created_at, sent_at) VALUES \
               (gen_random_uuid(), 'mail', '{}', '2026-03-02T12:00Z', '2026-03-02T12:00Z'); \
             INSERT INTO queue_messages (id, queue, body, visible_at, created_at, dead_at) VALUES \
               (gen_random_uuid(), 'q', 'x', '2026-03-02T12:00Z', '2026-03-02T12:00Z', '2026-03-02T12:00Z'), \
               (gen_random_uuid(), 'q', 'y', '2026-03-02T12:00Z', '2026-03-02T12:00Z', NULL); \
             INSERT INTO throttles (key, failures, first_at) VALUES ('k', 1, '2026-03-02T12:00Z')",
        )
        .await;
    // Hours after noon of the first day, and what goes by then.
    let days = |days: i64| TimeDelta::days(days) + TimeDelta::hours(1);
    for (after, expected) in [
        (TimeDelta::hours(23), vec![]),
        (
            TimeDelta::hours(25),
            vec![("idempotency keys", 1), ("heartbeats", 1)],
        ),
        (TimeDelta::days(7), vec![]),
        (
            days(7),
            vec![("sent messages", 1), ("sign-ups, sessions and throttles", 1)],
        ),
        (TimeDelta::days(30), vec![]),
        (days(30), vec![("change log", 1)]),
        (TimeDelta::days(90), vec![]),
        (days(90), vec![("dead messages", 1)]),
        (TimeDelta::days(900), vec![]),
    ] {
        world.clock.set(noon() + after);
        assert_eq!(gone(world.purge().await), expected, "{after}");
    }
    assert_eq!(
        world.count("queue_messages").await,
        1,
        "what waits is not thrown away"
    );
    assert_eq!(world.count("clients").await, 1);
}

#[tokio::test]
async fn many_workers_run_each_purge_once_an_hour() {
    let world = World::new().await;
    let runs = (0..8).map(|_| retention::run(world.db.worker()));
    let runs = futures_util::future::join_all(runs).await;
    let mut names: Vec<_> = runs.iter().flatten().map(|outcome| outcome.name).collect();
    names.sort_unstable();
    let mut expected: Vec<_> = PURGES.iter().map(|purge| purge.name).collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert!(world.purge().await.is_empty(), "none is due");
    world.clock.advance(Duration::hours(1));
    assert_eq!(world.purge().await.len(), PURGES.len());
}

#[tokio::test]
async fn a_cursor_older_than_the_log_is_told_to_read_again() {
    let world = World::new().await;
    world.project("Site").await;
    world.clock.advance(Duration::days(31));
    world.purge().await;
    assert_eq!(world.count("changes").await, 0);
    let feed = ChangeFeed::start(world.db.api());
    let scope = &world.ana.scope;
    assert!(
        feed.follow(scope, Some(0)).await.is_err(),
        "a gap would be hidden"
    );
    let head = world.count("change_sequences WHERE seq = 1").await;
    assert_eq!(head, 1);
    assert!(
        feed.follow(scope, Some(1)).await.is_ok(),
        "nothing is missing after the last"
    );
    world.project("Shop").await;
    assert!(feed.follow(scope, Some(1)).await.is_ok());
}
