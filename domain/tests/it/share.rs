use chrono::Duration;
use secrecy::{ExposeSecret, SecretString};
use smartstack_domain::{
    DomainError, ShareScope,
    client::{self, NewClient},
    identity::{Attempt, Client, Identity, Pass},
    input::Patch,
    project::{self, NewProject},
    secret::Secrets,
    share::{self, Door, SharedView},
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

async fn door(world: &World, token: &str, pass: Option<&str>) -> Result<Door, DomainError> {
    let (token, pass) = (token.to_owned(), pass.map(str::to_owned));
    let api = world.db.api();
    api.in_system(move |tx| {
        Box::pin(async move { share::open(tx, &secrets(), &token, pass.as_deref()).await })
    })
    .await
}

async fn look(world: &World, token: &str) -> Result<SharedView, DomainError> {
    let scope = door(world, token, None).await?.scope().expect("an open door");
    view(world, &scope).await
}

async fn view(world: &World, scope: &ShareScope) -> Result<SharedView, DomainError> {
    let api = world.db.api();
    api.in_share(scope, |tx| Box::pin(share::shared_view(tx))).await
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
    let api = world.db.api();
    let scope = door(&world, &token, None).await.unwrap().scope().unwrap();
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

/// A link that asks for `password`, with its token.
async fn locked_link(world: &World, identity: &Identity, password: &str) -> (ShareLink, String) {
    let project = studio(world).await;
    let password = identity.link_password(password.into()).await.unwrap();
    let new = NewShareLink {
        password: Some(password),
        ..NewShareLink::to(project)
    };
    let made = link(world, new).await.unwrap();
    let token = made.token(&secrets()).unwrap();
    (made, token)
}

async fn give(
    identity: &Identity,
    (link, token): (&ShareLink, &str),
    password: &str,
    from: &str,
) -> Attempt<Option<Pass>> {
    let client = Client {
        address: Some(from.to_owned()),
        user_agent: None,
    };
    let password = SecretString::from(password);
    identity.unlock(link.id, token, password, &client).await.unwrap()
}

async fn change(world: &World, link: &ShareLink, password: Patch<&str>, identity: &Identity) -> ShareLink {
    let password = match password {
        Patch::Set(password) => Patch::Set(identity.link_password(password.into()).await.unwrap()),
        Patch::Clear => Patch::Clear,
        Patch::Keep => Patch::Keep,
    };
    let patch = ShareLinkPatch {
        password,
        ..ShareLinkPatch::default()
    };
    let id = link.id;
    world
        .work(move |tx| Box::pin(share_link::update(tx, id, None, patch)))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_password_is_asked_for_once_and_a_new_one_asks_again() {
    let world = World::new().await;
    let identity = Identity::new(world.db.api().clone(), secrets());
    let (link, token) = locked_link(&world, &identity, "orchard 2026").await;
    assert!(link.has_password);
    let shut = Door::Locked(link.id);
    assert_eq!(door(&world, &token, None).await.unwrap(), shut);
    assert_eq!(door(&world, &token, Some("1999999999.AAAA")).await.unwrap(), shut);
    let given = give(&identity, (&link, &token), "orchard 2025", "192.0.2.1").await;
    assert!(matches!(given, Attempt::Wrong), "{given:?}");
    let Attempt::Done(Some(pass)) = give(&identity, (&link, &token), "orchard 2026", "192.0.2.1").await
    else {
        panic!("the right password was not taken");
    };
    let pass = pass.value.expose_secret().to_owned();
    let opened = door(&world, &token, Some(&pass)).await.unwrap().scope().unwrap();
    assert_eq!(view(&world, &opened).await.unwrap().project_name, "Relaunch");

    // Another password: the pass, and what was opened with it, are worth nothing from the commit on.
    change(&world, &link, Patch::Set("a new orchard"), &identity).await;
    assert_eq!(door(&world, &token, Some(&pass)).await.unwrap(), shut);
    assert!(is_not_found(view(&world, &opened).await));
    let Attempt::Done(Some(second)) = give(&identity, (&link, &token), "a new orchard", "192.0.2.1").await
    else {
        panic!("the new password was not taken");
    };
    assert_ne!(second.value.expose_secret(), pass);

    // None: whoever has the token looks, and nothing is asked for.
    let open = change(&world, &link, Patch::Clear, &identity).await;
    assert!(!open.has_password);
    assert_eq!(look(&world, &token).await.unwrap().project_name, "Relaunch");
    let given = give(&identity, (&link, &token), "anything", "192.0.2.1").await;
    assert!(matches!(given, Attempt::Done(None)), "{given:?}");
    // And one again: pages that are open close.
    let opened = door(&world, &token, None).await.unwrap().scope().unwrap();
    change(&world, &link, Patch::Set("orchard 2026"), &identity).await;
    assert!(is_not_found(view(&world, &opened).await));
    // A pass that was given for the same words before is not good again.
    assert_eq!(door(&world, &token, Some(&pass)).await.unwrap(), shut);
}

#[tokio::test]
async fn a_pass_ends_after_thirty_days() {
    let world = World::new().await;
    let identity = Identity::new(world.db.api().clone(), secrets());
    let (link, token) = locked_link(&world, &identity, "orchard 2026").await;
    let Attempt::Done(Some(pass)) = give(&identity, (&link, &token), "orchard 2026", "192.0.2.1").await
    else {
        panic!("the right password was not taken");
    };
    let pass = pass.value.expose_secret().to_owned();
    world.clock.advance(Duration::days(30) - Duration::seconds(1));
    assert!(door(&world, &token, Some(&pass)).await.unwrap().scope().is_some());
    world.clock.advance(Duration::seconds(1));
    assert_eq!(
        door(&world, &token, Some(&pass)).await.unwrap(),
        Door::Locked(link.id)
    );
}

#[tokio::test]
async fn guesses_at_a_links_password_are_slowed_down() {
    let world = World::new().await;
    let identity = Identity::new(world.db.api().clone(), secrets());
    let (link, token) = locked_link(&world, &identity, "orchard 2026").await;
    for _ in 0..6 {
        let given = give(&identity, (&link, &token), "guessguess", "192.0.2.1").await;
        assert!(matches!(given, Attempt::Wrong), "{given:?}");
    }
    // The right one, too, until the wait is over; elsewhere the client gets in meanwhile.
    let given = give(&identity, (&link, &token), "orchard 2026", "192.0.2.1").await;
    assert!(matches!(given, Attempt::Throttled(_)), "{given:?}");
    let given = give(&identity, (&link, &token), "orchard 2026", "192.0.2.2").await;
    assert!(matches!(given, Attempt::Done(Some(_))), "{given:?}");
    // Many addresses together have little more than one.
    let mut guesses = 6;
    for from in 10..60 {
        match give(
            &identity,
            (&link, &token),
            "guessguess",
            &format!("192.0.2.{from}"),
        )
        .await
        {
            Attempt::Wrong => guesses += 1,
            Attempt::Throttled(_) => break,
            Attempt::Done(_) => panic!("a guess was taken"),
        }
    }
    assert_eq!(
        guesses, 31,
        "guesses at one link from as many addresses as one likes"
    );
}

#[tokio::test]
async fn a_links_password_has_length_and_is_told_to_nobody() {
    let world = World::new().await;
    let identity = Identity::new(world.db.api().clone(), secrets());
    let project = studio(&world).await;
    let short = identity.link_password("seven77".into()).await.unwrap();
    let new = NewShareLink {
        label: Some("x".repeat(121)),
        password: Some(short),
        ..NewShareLink::to(project)
    };
    assert_eq!(
        refused(link(&world, new).await),
        [
            ("label", UserErrorCode::TooLong),
            ("password", UserErrorCode::TooShort)
        ]
        .map(|(field, code)| (field.to_owned(), code))
    );

    // A request that is sent again is the same one; with another password it is not.
    let request = |password: &str| {
        let (password, identity) = (SecretString::from(password), identity.clone());
        async move {
            NewShareLink {
                password: Some(identity.link_password(password).await.unwrap()),
                idempotency_key: Some("key-1".to_owned()),
                ..NewShareLink::to(project)
            }
        }
    };
    let first = link(&world, request("orchard 2026").await).await.unwrap();
    let again = link(&world, request("orchard 2026").await).await.unwrap();
    assert_eq!(first.id, again.id);
    let other = link(&world, request("orchard 2027").await).await;
    assert!(matches!(other, Err(DomainError::Conflict)), "{other:?}");
    assert!(!format!("{:?}", request("orchard 2026").await).contains("orchard"));
}
