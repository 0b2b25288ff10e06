use smartstack_domain::{
    Page,
    client::{self, ClientFilter, ClientOrder, ClientPatch, NewClient},
    input::Patch,
    project::{self, NewProject},
};
use smartstack_schema::{ClientKind, ProjectStatus, UserErrorCode};

use crate::support::{World, is_conflict, refused};

fn named(name: &str) -> NewClient {
    NewClient {
        name: name.to_owned(),
        ..NewClient::default()
    }
}

#[tokio::test]
async fn a_client_is_checked_field_by_field() {
    let world = World::new().await;
    let new = NewClient {
        name: "n".repeat(121),
        email: Some("nobody".to_owned()),
        website: Some("javascript://x.y".to_owned()),
        ..NewClient::default()
    };
    let outcome = world.work(|tx| Box::pin(client::create(tx, new))).await;
    let expected = [
        ("name", UserErrorCode::TooLong),
        ("email", UserErrorCode::Invalid),
        ("website", UserErrorCode::Invalid),
    ];
    assert_eq!(
        refused(outcome),
        expected.map(|(field, code)| (field.to_owned(), code))
    );
}

#[tokio::test]
async fn a_patch_keeps_clears_and_sets() {
    let world = World::new().await;
    let new = NewClient {
        email: Some("ola@lumen.example".to_owned()),
        ..named("  Lumen \n Studio ")
    };
    let made = world.work(|tx| Box::pin(client::create(tx, new))).await.unwrap();
    assert_eq!(
        (made.name.as_str(), made.kind, made.version),
        ("Lumen Studio", ClientKind::Company, 1)
    );
    let id = made.id;
    let patch = ClientPatch {
        email: Patch::Clear,
        kind: Patch::Set(ClientKind::Person),
        website: Patch::Set("lumen.example".to_owned()),
        ..ClientPatch::default()
    };
    let changed = world
        .work(move |tx| Box::pin(client::update(tx, id, Some(1), patch)))
        .await
        .unwrap();
    assert_eq!(
        (changed.email, changed.kind, changed.version),
        (None, ClientKind::Person, 2)
    );
    assert_eq!(changed.website.as_deref(), Some("https://lumen.example"));
    assert_eq!((changed.name, changed.hue), (made.name, made.hue));

    let again = world
        .work(move |tx| Box::pin(client::update(tx, id, Some(1), ClientPatch::default())))
        .await;
    assert!(is_conflict(again));
    let same = world
        .work(move |tx| Box::pin(client::update(tx, id, Some(2), ClientPatch::default())))
        .await;
    assert_eq!(
        same.unwrap().version,
        2,
        "a patch that changes nothing makes no version"
    );
    let cleared = ClientPatch {
        name: Patch::Clear,
        ..ClientPatch::default()
    };
    let outcome = world
        .work(move |tx| Box::pin(client::update(tx, id, None, cleared)))
        .await;
    assert_eq!(refused(outcome), [("name".to_owned(), UserErrorCode::Required)]);
}

#[tokio::test]
async fn a_repeated_request_makes_one_client() {
    let world = World::new().await;
    let new = NewClient {
        idempotency_key: Some("k1".to_owned()),
        ..named("Once")
    };
    let (one, two) = (new.clone(), new.clone());
    let (first, second) = tokio::join!(
        world.work(|tx| Box::pin(client::create(tx, one))),
        world.work(|tx| Box::pin(client::create(tx, two))),
    );
    assert_eq!(first.unwrap().id, second.unwrap().id);
    let other = NewClient {
        name: "Twice".to_owned(),
        ..new.clone()
    };
    assert!(is_conflict(
        world.work(|tx| Box::pin(client::create(tx, other))).await
    ));

    world.clock.advance(chrono::Duration::hours(25));
    world.work(|tx| Box::pin(client::create(tx, new))).await.unwrap();
    let count = world
        .work(|tx| Box::pin(async move { client::count(tx, &ClientFilter::default()).await }))
        .await;
    assert_eq!(count.unwrap(), 2, "a key is forgotten after a day");
}

#[tokio::test]
async fn lists_page_both_ways_in_the_order_of_names() {
    let world = World::new().await;
    for name in ["élan", "Birch", "alder", "Élan", "100% Oak", "cedar"] {
        world
            .work(move |tx| Box::pin(client::create(tx, named(name))))
            .await
            .unwrap();
    }
    let read = |page: Page, search: Option<&str>| {
        let filter = ClientFilter {
            search: search.map(str::to_owned),
            archived: None,
        };
        world.work(move |tx| {
            Box::pin(async move { client::list(tx, &filter, ClientOrder::default(), &page).await })
        })
    };
    let names = |page: smartstack_domain::Paged<client::Client>| -> Vec<String> {
        page.into_nodes().into_iter().map(|client| client.name).collect()
    };
    let all = names(read(Page::first(100), None).await.unwrap());
    assert_eq!(all, ["100% Oak", "alder", "Birch", "cedar", "élan", "Élan"]);

    let mut walked = Vec::new();
    let mut after = None;
    loop {
        let page = read(Page::new(Some(2), after, None, None).unwrap(), None)
            .await
            .unwrap();
        after = page.edges.last().map(|edge| edge.cursor.clone());
        let more = page.has_next;
        walked.extend(names(page));
        if !more {
            break;
        }
    }
    assert_eq!(walked, all);
    let last = read(Page::new(None, None, Some(2), None).unwrap(), None)
        .await
        .unwrap();
    let before = last.edges.first().map(|edge| edge.cursor.clone());
    assert_eq!(names(last), all[4..]);
    let earlier = read(Page::new(None, None, Some(3), before).unwrap(), None)
        .await
        .unwrap();
    assert_eq!(names(earlier), all[1..4]);
    assert_eq!(
        names(read(Page::first(9), Some("0% o")).await.unwrap()),
        ["100% Oak"]
    );
    assert_eq!(names(read(Page::first(9), Some("_")).await.unwrap()), [""; 0]);
}

#[tokio::test]
async fn archived_clients_are_set_apart_and_counted_with_their_projects() {
    let world = World::new().await;
    let id = world
        .work(|tx| Box::pin(client::create(tx, named("Lumen"))))
        .await
        .unwrap()
        .id;
    for status in [ProjectStatus::Active, ProjectStatus::Planned] {
        let new = NewProject {
            name: "P".to_owned(),
            client_id: Some(id),
            status: Some(status),
            ..NewProject::default()
        };
        world.work(|tx| Box::pin(project::create(tx, new))).await.unwrap();
    }
    let counts = world
        .work(move |tx| Box::pin(async move { client::project_counts(tx, &[id]).await }))
        .await;
    let counts = counts.unwrap()[&id];
    assert_eq!((counts.active, counts.total), (1, 2));

    world
        .work(move |tx| Box::pin(client::archive(tx, id, Some(1), true)))
        .await
        .unwrap();
    for (archived, expected) in [(Some(true), 1), (Some(false), 0), (None, 1)] {
        let filter = ClientFilter {
            archived,
            search: None,
        };
        let count = world
            .work(move |tx| Box::pin(async move { client::count(tx, &filter).await }))
            .await;
        assert_eq!(count.unwrap(), expected, "{archived:?}");
    }
    let back = world
        .work(move |tx| Box::pin(client::archive(tx, id, None, false)))
        .await
        .unwrap();
    assert_eq!((back.archived_at, back.version), (None, 3));
}
