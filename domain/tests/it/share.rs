use chrono::Duration;
use smartstack_domain::{
    DomainError,
    client::{self, NewClient},
    input::Patch,
    project::{self, NewProject},
    secret::Secrets,
    share::{self, SharedView},
    share_link::{self, NewShareLink, ShareLink, ShareLinkPatch},
    task::{self, NewTask},
};
use smartstack_schema::{ProjectId, TaskStatus, UserErrorCode};
use std::sync::Arc;

use crate::support::{World, day, is_invalid_state, is_not_found, refused};

fn secrets() -> Arc<Secrets> {
    Arc::new(Secrets::new(&"5c".repeat(32).into()).unwrap())
}

async fn link(world: &World, new: NewShareLink) -> Result<ShareLink, DomainError> {
    let secrets = secrets();
    world
        .work(move |tx| Box::pin(async move { share_link::create(tx, &secrets, new).await }))
        .await
}

async fn look(world: &World, token: &str) -> Result<SharedView, DomainError> {
    let token = token.to_owned();
    let api = world.db.api();
    let scope = api
        .in_system(move |tx| Box::pin(async move { share::open(tx, &token).await }))
        .await?;
    api.in_share(&scope, |tx| Box::pin(share::shared_view(tx))).await
}

async fn studio(world: &World) -> ProjectId {
    let client = NewClient {
        name: "Lumen".to_owned(),
        ..NewClient::default()
    };
    let client = world
        .work(|tx| Box::pin(client::create(tx, client)))
        .await
        .unwrap();
    let new = NewProject {
        name: "Relaunch".to_owned(),
        client_id: Some(client.id),
        due_date: day("2026-04-30"),
        ..NewProject::default()
    };
    let project = world
        .work(|tx| Box::pin(project::create(tx, new)))
        .await
        .unwrap()
        .id;
    let task = |title: &str, status, visible| NewTask {
        status: Some(status),
        client_visible: Some(visible),
        due_date: day("2026-03-20"),
        estimate_max_minutes: Some(60),
        ..NewTask::titled(project, title)
    };
    for new in [
        task("Logo", TaskStatus::Done, true),
        task("Site", TaskStatus::Next, true),
        task("Secret margin", TaskStatus::Next, false),
    ] {
        world.work(|tx| Box::pin(task::create(tx, new))).await.unwrap();
    }
    project
}

#[tokio::test]
async fn a_link_shows_what_was_ticked_and_no_more() {
    let world = World::new().await;
    let project = studio(&world).await;
    let bare = NewShareLink {
        show_tasks: Some(false),
        show_due_dates: Some(false),
        ..NewShareLink::to(project)
    };
    let bare = link(&world, bare).await.unwrap();
    let view = look(&world, &bare.token(&secrets()).unwrap()).await.unwrap();
    assert_eq!(
        (view.project_name.as_str(), view.client_name.as_deref()),
        ("Relaunch", Some("Lumen"))
    );
    assert_eq!(
        (view.freelancer_name.as_str(), view.total, view.done),
        ("Ana Ribeiro", 2, 1)
    );
    assert_eq!((view.tasks.len(), view.notes.len(), view.due_date), (0, 0, None));

    let full = NewShareLink {
        show_estimates: Some(true),
        show_notes: Some(true),
        ..NewShareLink::to(project)
    };
    let full = link(&world, full).await.unwrap();
    let view = look(&world, &full.token(&secrets()).unwrap()).await.unwrap();
    let titles: Vec<_> = view.tasks.iter().map(|task| task.title.as_str()).collect();
    assert_eq!(titles, ["Site", "Logo"]);
    assert_eq!(
        (view.tasks[0].due_date, view.tasks[0].estimate_max_minutes),
        (day("2026-03-20"), Some(60))
    );

    let id = full.id;
    let patch = ShareLinkPatch {
        show_estimates: Patch::Set(false),
        ..ShareLinkPatch::default()
    };
    world
        .work(move |tx| Box::pin(share_link::update(tx, id, Some(1), patch)))
        .await
        .unwrap();
    let view = look(&world, &full.token(&secrets()).unwrap()).await.unwrap();
    assert_eq!(view.tasks[0].estimate_max_minutes, None);
}

#[tokio::test]
async fn revoked_expired_and_foreign_tokens_open_nothing() {
    let world = World::new().await;
    let project = studio(&world).await;
    let made = link(&world, NewShareLink::to(project)).await.unwrap();
    let token = made.token(&secrets()).unwrap();
    look(&world, &token).await.unwrap();
    for wrong in ["", "x", &token[1..], &"A".repeat(10_000)] {
        assert!(is_not_found(look(&world, wrong).await), "{wrong:?}");
    }
    let other = Secrets::new(&"5d".repeat(32).into()).unwrap();
    assert_eq!(
        made.token(&other),
        None,
        "another installation's secret cannot tell the address"
    );

    // A scope that was opened before is worth nothing after.
    let shared = token.clone();
    let api = world.db.api();
    let scope = api
        .in_system(move |tx| Box::pin(async move { share::open(tx, &shared).await }))
        .await
        .unwrap();
    let id = made.id;
    let revoked = world
        .work(move |tx| Box::pin(share_link::revoke(tx, id, None)))
        .await
        .unwrap();
    assert_eq!(revoked.token(&secrets()), None);
    assert!(is_not_found(look(&world, &token).await));
    assert!(is_not_found(
        api.in_share(&scope, |tx| Box::pin(share::shared_view(tx))).await
    ));
    let update = world.work(move |tx| Box::pin(share_link::update(tx, id, None, ShareLinkPatch::default())));
    assert!(is_invalid_state(update.await));

    let past = NewShareLink {
        expires_at: Some(crate::support::noon()),
        ..NewShareLink::to(project)
    };
    assert_eq!(
        refused(link(&world, past).await),
        [("expiresAt".to_owned(), UserErrorCode::OutOfRange)]
    );
    // The database compares with its own clock too, so the end has to lie ahead of that.
    #[expect(clippy::disallowed_methods, reason = "PostgreSQL's clock cannot be injected")]
    let tomorrow = chrono::Utc::now() + Duration::days(1);
    let brief = NewShareLink {
        expires_at: Some(tomorrow),
        ..NewShareLink::to(project)
    };
    let brief = link(&world, brief).await.unwrap().token(&secrets()).unwrap();
    look(&world, &brief).await.unwrap();
    world.clock.set(tomorrow);
    assert!(is_not_found(look(&world, &brief).await));
}

#[tokio::test]
async fn a_deleted_project_is_not_shown() {
    let world = World::new().await;
    let project = studio(&world).await;
    let token = link(&world, NewShareLink::to(project))
        .await
        .unwrap()
        .token(&secrets())
        .unwrap();
    world
        .work(move |tx| Box::pin(project::delete(tx, project, None)))
        .await
        .unwrap();
    assert!(is_not_found(look(&world, &token).await));
    world
        .work(move |tx| Box::pin(project::restore(tx, project, None)))
        .await
        .unwrap();
    look(&world, &token).await.unwrap();
}
