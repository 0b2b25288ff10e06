use std::sync::Arc;

use smartstack_domain::{
    client, demo,
    identity::Identity,
    job::{self, JobFilter},
    project::{self, ProjectFilter},
    secret::Secrets,
    share_link,
    task::{self, TaskFilter},
};
use smartstack_schema::{JobState, MemberRole, TaskStatus};

use crate::support::World;

#[tokio::test]
async fn the_demo_is_seeded_once_however_often_it_is_asked_for() {
    let world = World::new().await;
    let secrets = Arc::new(Secrets::new(&"5c".repeat(32).into()).unwrap());
    let identity = Identity::new(world.db.api().clone(), secrets.clone());
    let seed = || {
        demo::seed(
            world.db.api(),
            &identity,
            secrets.clone(),
            "a demo password".to_owned().into(),
        )
    };
    let (first, second) = tokio::join!(seed(), seed());
    let (first, second) = (first.unwrap(), second.unwrap());
    assert!(first.filled != second.filled, "one of the two filled it");
    assert!(!seed().await.unwrap().filled);

    let mut marta = world.ana.clone();
    (marta.workspace_id, marta.user_id) = (first.workspace_id, first.user_id);
    let scope = marta.with_role(MemberRole::Owner);
    let counts = world.as_(&scope, |tx| {
        Box::pin(async move {
            let clients = client::count(tx, &Default::default()).await?;
            let projects = project::count(tx, &ProjectFilter::default()).await?;
            let links = share_link::count(tx, None).await?;
            let queued = JobFilter {
                state: Some(vec![JobState::Queued]),
                project_id: None,
            };
            let queued = job::count(tx, &queued).await?;
            let mut columns = Vec::new();
            for status in TaskStatus::ALL {
                let filter = TaskFilter {
                    status: Some(vec![*status]),
                    ..TaskFilter::default()
                };
                columns.push(task::count(tx, &filter).await?);
            }
            Ok(([clients, projects, links, queued], columns))
        })
    });
    let (counts, columns) = counts.await.unwrap();
    assert_eq!(counts, [3, 4, 1, 1]);
    assert!(
        columns.iter().all(|count| *count >= 3),
        "every column has cards: {columns:?}"
    );
}
