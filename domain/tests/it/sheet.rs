//! Clients and tasks as CSV: what comes back is what went, and what was seen is what happens.

use smartstack_domain::{
    DomainError, TenantScope,
    client::{self, ClientFilter, NewClient},
    project,
    sheet::{self, Change, Kind, Outcome, Planned, SheetMode, SheetPlan},
    task::{self, NewTask, TaskFilter},
};
use smartstack_schema::{MemberRole, Responsible, TaskStatus, UserErrorCode};

use crate::support::{World, day, is_conflict, is_invalid_state, refused};

async fn export(world: &World, kind: Kind) -> String {
    let mut text = sheet::head(kind);
    let mut after = None;
    loop {
        let scope = &world.ana.scope;
        let read = world.db.api().read(scope, move |tx| {
            Box::pin(async move { sheet::page(tx, kind, after).await })
        });
        let (lines, next) = read.await.unwrap();
        text.push_str(&lines);
        match next {
            None => return text,
            next => after = next,
        }
    }
}

async fn as_(
    world: &World,
    scope: &TenantScope,
    kind: Kind,
    file: &str,
    mode: SheetMode,
) -> Result<SheetPlan, DomainError> {
    sheet::import(world.db.api(), scope, kind, file.as_bytes().to_vec(), mode).await
}

async fn look(world: &World, kind: Kind, file: &str) -> SheetPlan {
    as_(world, &world.ana.scope, kind, file, SheetMode::Preview)
        .await
        .unwrap()
}

async fn apply(world: &World, kind: Kind, file: &str, hash: &str) -> Result<SheetPlan, DomainError> {
    let mode = SheetMode::Apply {
        hash: hash.to_owned(),
        idempotency_key: None,
    };
    as_(world, &world.ana.scope, kind, file, mode).await
}

fn counts(plan: &SheetPlan) -> (usize, usize, usize, usize) {
    (plan.new_ones(), plan.changed(), plan.unchanged(), plan.wrong())
}

fn wrong(line: &Planned) -> &[(String, String)] {
    match &line.outcome {
        Outcome::Wrong(faults) => faults,
        other => panic!("line {} is not wrong: {other:?}", line.line),
    }
}

async fn clients(world: &World) -> i64 {
    let count = world.work(|tx| Box::pin(async move { client::count(tx, &ClientFilter::default()).await }));
    count.await.unwrap()
}

#[tokio::test]
async fn what_was_exported_changes_nothing() {
    let world = World::new().await;
    for name in [
        "=HYPERLINK(\"http://evil\")",
        "'=1",
        "Müller, \"Söhne\" & Co",
        "+49 Club",
    ] {
        let new = NewClient {
            name: name.to_owned(),
            phone: Some("+49 30 1234".to_owned()),
            notes: Some("- one\n- two\n\n=3".to_owned()),
            email: Some("a@example.com".to_owned()),
            ..NewClient::default()
        };
        world.work(|tx| Box::pin(client::create(tx, new))).await.unwrap();
    }
    let project = world.project("-Site").await;
    let parent = world.task(project.id, "@home").await;
    let part = NewTask {
        parent_id: Some(parent.id),
        assignee_id: Some(world.ana.user_id),
        estimate_min_minutes: Some(30),
        estimate_max_minutes: Some(90),
        due_date: day("2026-04-01"),
        status: Some(TaskStatus::InProgress),
        responsible: Some(Responsible::Client),
        client_visible: Some(false),
        ..NewTask::titled(project.id, "Part")
    };
    world.work(|tx| Box::pin(task::create(tx, part))).await.unwrap();
    for (kind, lines) in [(Kind::Clients, 4), (Kind::Tasks, 2)] {
        let file = export(&world, kind).await;
        for record in csv::Reader::from_reader(file.as_bytes()).records() {
            let formula = record
                .unwrap()
                .iter()
                .any(|cell| cell.starts_with(['=', '+', '-', '@']));
            assert!(!formula, "a formula: {file}");
        }
        let plan = look(&world, kind, &file).await;
        assert_eq!(counts(&plan), (0, 0, lines, 0), "{file}\n{plan:?}");
        // By name, too: nothing is made twice.
        let without: String = file
            .replacen("id,", "", 1)
            .split_inclusive("\r\n")
            .map(|line| match line.split_once(',') {
                Some((id, rest)) if id.contains("_0") => rest.to_owned(),
                _ => line.to_owned(),
            })
            .collect();
        let plan = look(&world, kind, &without).await;
        assert_eq!(counts(&plan), (0, 0, lines, 0), "{without}\n{plan:?}");
    }
}

#[tokio::test]
async fn what_was_seen_is_what_happens() {
    let world = World::new().await;
    let new = NewClient {
        name: "Acme".to_owned(),
        notes: Some("Old".to_owned()),
        ..NewClient::default()
    };
    let acme = world.work(|tx| Box::pin(client::create(tx, new))).await.unwrap();
    let file = "name,website,archived\r\n acme ,acme.example,yes\r\nBert,,\r\n";
    let plan = look(&world, Kind::Clients, file).await;
    assert_eq!(clients(&world).await, 1, "a look makes nothing");
    assert_eq!(counts(&plan), (1, 1, 0, 0));
    let change = |field, before: &str, after: &str| Change {
        field,
        before: before.to_owned(),
        after: after.to_owned(),
    };
    // As it will be stored, and not as it was typed.
    assert_eq!(
        plan.lines[0].outcome,
        Outcome::Changed(vec![
            change("name", "Acme", "acme"),
            change("website", "", "https://acme.example"),
            change("archived", "no", "yes"),
        ])
    );
    assert_eq!(plan.lines[0].id.as_deref(), Some(acme.id.to_string().as_str()));
    // Looking twice is the same look.
    assert_eq!(look(&world, Kind::Clients, file).await, plan);
    // Somebody else changes what was looked at.
    world
        .work(move |tx| {
            let patch = client::ClientPatch {
                notes: smartstack_domain::input::Patch::Set("New".to_owned()),
                ..client::ClientPatch::default()
            };
            Box::pin(client::update(tx, acme.id, None, patch))
        })
        .await
        .unwrap();
    assert!(is_invalid_state(
        apply(&world, Kind::Clients, file, &plan.hash).await
    ));
    assert_eq!(clients(&world).await, 1, "all or nothing");
    let plan = look(&world, Kind::Clients, file).await;
    let done = apply(&world, Kind::Clients, file, &plan.hash).await.unwrap();
    assert_eq!(done, plan);
    let acme = world
        .work(move |tx| Box::pin(async move { client::get(tx, acme.id).await }))
        .await
        .unwrap();
    assert_eq!(
        (acme.name.as_str(), acme.website.as_deref()),
        ("acme", Some("https://acme.example"))
    );
    assert!(acme.archived_at.is_some());
    assert_eq!(acme.notes, "New", "a column that is not there is left as it is");
    // Once more it is so already.
    assert_eq!(counts(&look(&world, Kind::Clients, file).await), (0, 0, 2, 0));
}

#[tokio::test]
async fn a_request_that_is_sent_twice_is_done_once() {
    let world = World::new().await;
    let file = "name\nAcme\nBert\n";
    let plan = look(&world, Kind::Clients, file).await;
    let mode = |hash: &str| SheetMode::Apply {
        hash: hash.to_owned(),
        idempotency_key: Some("k".to_owned()),
    };
    let first = as_(&world, &world.ana.scope, Kind::Clients, file, mode(&plan.hash))
        .await
        .unwrap();
    let second = as_(&world, &world.ana.scope, Kind::Clients, file, mode(&plan.hash))
        .await
        .unwrap();
    assert_eq!((first.is_repeated, second.is_repeated), (false, true));
    assert_eq!(clients(&world).await, 2);
    assert!(is_conflict(
        as_(&world, &world.ana.scope, Kind::Clients, file, mode("other")).await
    ));
}

#[tokio::test]
async fn each_wrong_line_says_what_is_wrong_and_none_is_imported() {
    let world = World::new().await;
    let (site, _, _) = (
        world.project("Site").await,
        world.project("Twin").await,
        world.project("twin").await,
    );
    let task = world.task(site.id, "Once").await;
    world.task(site.id, "Double").await;
    world.task(site.id, "double").await;
    let gone = world.project("Gone").await;
    world
        .work(move |tx| Box::pin(project::delete(tx, gone.id, None)))
        .await
        .unwrap();
    let eve = world.db.person("Eve").await;
    let cases = [
        ("Site,,New,,,,,", None),
        (",,No project,,,,,", Some(("project", "Name the project"))),
        ("Nowhere,,x,,,,,", Some(("project", "Make it first"))),
        ("Gone,,x,,,,,", Some(("project", "Make it first"))),
        ("Twin,,x,,,,,", Some(("project", "Several projects"))),
        ("Site,,,,,,,", Some(("title", "Give a title"))),
        ("Site,,DOUBLE,,,,,", Some(("title", "Several tasks"))),
        ("Site,,x,flying,,,,", Some(("status", "backlog, next"))),
        ("Site,,x,,soon,,,", Some(("due_date", "2026-01-31"))),
        ("Site,,x,,,90m,,", Some(("estimate_min_minutes", "whole minutes"))),
        ("Site,,x,,,-5,,", Some(("estimate_min_minutes", "minutes from 0"))),
        ("Site,,x,,,,eve@example.com,", Some(("assignee", "member"))),
        ("Site,,x,,,,,maybe", Some(("client_visible", "yes or no"))),
        ("Site,task_nonsense,x,,,,,", Some(("id", "no task’s id"))),
        (
            "Site,task_00000000000000000000000000,x,,,,,",
            Some(("id", "nothing with this id")),
        ),
    ];
    let head = "project,id,title,status,due_date,estimate_min_minutes,assignee,client_visible\n";
    let file = cases
        .iter()
        .fold(head.to_owned(), |file, (line, _)| file + line + "\n");
    let file = format!(
        "{file}Twin,{},Moved,,,,,\nSite,,once,next,,,,\nSite,{},Once,,,,,\n",
        task.id, task.id
    );
    let plan = look(&world, Kind::Tasks, &file).await;
    for ((line, fault), planned) in cases.iter().zip(&plan.lines) {
        match fault {
            None => assert!(matches!(planned.outcome, Outcome::New(_)), "{line}: {planned:?}"),
            Some((field, said)) => {
                let faults = wrong(planned);
                assert_eq!(faults[0].0, *field, "{line}: {faults:?}");
                assert!(faults[0].1.contains(said), "{line}: {faults:?}");
            }
        }
    }
    let rest = &plan.lines[cases.len()..];
    assert!(wrong(&rest[0])[0].1.contains("stays in its project"));
    assert!(matches!(rest[1].outcome, Outcome::Changed(_)));
    assert!(wrong(&rest[2])[0].1.contains("the same task"));
    assert!(is_invalid_state(
        apply(&world, Kind::Tasks, &file, &plan.hash).await
    ));
    let count = world.work(|tx| Box::pin(async move { task::count(tx, &TaskFilter::default()).await }));
    assert_eq!(count.await.unwrap(), 3);
    // Whoever only reads, and another workspace.
    let reader = world.ana.with_role(MemberRole::Viewer);
    let outcome = as_(&world, &reader, Kind::Tasks, &file, SheetMode::Preview).await;
    assert!(matches!(outcome, Err(DomainError::Forbidden)));
    let file = format!("id,title\n{},Mine\n", task.id);
    let theirs = as_(&world, &eve.scope, Kind::Tasks, &file, SheetMode::Preview);
    assert!(
        wrong(&theirs.await.unwrap().lines[0])[0]
            .1
            .contains("nothing with this id")
    );
    let no_sheet = as_(&world, &world.ana.scope, Kind::Tasks, "a,b\n", SheetMode::Preview).await;
    assert_eq!(refused(no_sheet), [("file".to_owned(), UserErrorCode::Invalid)]);
}
