//! The use case *status*: an update says what a share link shows, and its client reads it when a person says so.

use std::sync::Arc;

use smartstack_domain::{
    DomainError,
    ai::feedback,
    input::Patch,
    job::{self, Job, Written},
    project::{self, NewProject},
    secret::Secrets,
    share::{self, SharedView},
    share_link::{self, NewShareLink, ShareLink},
    status::{self, Exposed, Sentence},
    suggestion::SuggestionDraft,
    task::{self, NewTask, Task, TaskPatch},
    testing,
};
use smartstack_schema::{FactKind, ProjectId, Responsible, SuggestionId, TaskStatus, UseCase};

use crate::support::{World, day, draft, is_conflict, is_invalid_state, is_not_found, refused};

fn secrets() -> Arc<Secrets> {
    Arc::new(Secrets::new(&"5c".repeat(32).into()).unwrap())
}

/// A project with something of each kind, half of it not for the client.
async fn studio(world: &World) -> (ProjectId, Vec<Task>) {
    let new = NewProject {
        name: "Relaunch".to_owned(),
        due_date: day("2026-04-30"),
        ..NewProject::default()
    };
    let project = world
        .work(|tx| Box::pin(project::create(tx, new)))
        .await
        .unwrap()
        .id;
    let new = |title: &str, status, responsible, visible| NewTask {
        status: Some(status),
        client_visible: Some(visible),
        responsible: Some(responsible),
        due_date: day("2026-03-20"),
        ..NewTask::titled(project, title)
    };
    let mut tasks = Vec::new();
    for new in [
        new("Logo", TaskStatus::Done, Responsible::Freelancer, true),
        new("Site", TaskStatus::InProgress, Responsible::Freelancer, true),
        new("Photos", TaskStatus::Next, Responsible::Client, true),
        new("Secret margin", TaskStatus::Done, Responsible::Freelancer, false),
        new(
            "Secret doubts",
            TaskStatus::InProgress,
            Responsible::Freelancer,
            false,
        ),
    ] {
        tasks.push(world.work(|tx| Box::pin(task::create(tx, new))).await.unwrap());
    }
    testing::execute(
        &world.db.admin_url(),
        "INSERT INTO project_notes (id, workspace_id, project_id, kind, text, created_at, updated_at)
         SELECT gen_random_uuid(), workspace_id, id, 'QUESTION', 'Secret question?', created_at, created_at FROM projects",
    )
    .await;
    (project, tasks)
}

async fn link(world: &World, new: NewShareLink) -> ShareLink {
    let secrets = secrets();
    world
        .work(move |tx| Box::pin(async move { share_link::create(tx, &secrets, new).await }))
        .await
        .unwrap()
}

async fn exposed(world: &World, link: &ShareLink) -> Result<Exposed, DomainError> {
    let id = link.id;
    let scope = world
        .work(move |tx| Box::pin(async move { status::link_scope(tx, id).await }))
        .await?;
    let today = world.clock.now().date_naive();
    let api = world.db.api();
    api.in_share(&scope, move |tx| {
        Box::pin(async move { status::exposed(tx, today - chrono::Days::new(7), today).await })
    })
    .await
}

fn titles(exposed: &Exposed) -> Vec<(FactKind, &str)> {
    exposed
        .facts()
        .iter()
        .map(|fact| (fact.kind, fact.title.as_str()))
        .collect()
}

async fn look(world: &World, link: &ShareLink) -> SharedView {
    let token = link.token(&secrets()).unwrap();
    let api = world.db.api();
    let scope = api
        .in_system(move |tx| Box::pin(async move { share::open(tx, &secrets(), &token, None).await }))
        .await
        .unwrap()
        .scope()
        .unwrap();
    api.in_share(&scope, |tx| Box::pin(share::shared_view(tx)))
        .await
        .unwrap()
}

fn sentence(text: &str, facts: &[usize]) -> Sentence {
    Sentence {
        text: text.to_owned(),
        facts: facts.to_vec(),
    }
}

/// Starts an update and has a worker end it with these sentences.
async fn drafted(world: &World, link: &ShareLink, sentences: Vec<Sentence>) -> (Job, SuggestionId) {
    let exposed = exposed(world, link).await.unwrap();
    let job = world
        .work(move |tx| Box::pin(async move { status::start(tx, exposed, None).await }))
        .await
        .unwrap();
    let (id, attempt) = (job.id, world.attempt(job.id).await);
    let draft = SuggestionDraft {
        items: Vec::new(),
        sentences: Some(sentences),
        ..draft()
    };
    let envelope = world.envelope(id);
    let worker = world.db.worker();
    let written = worker.in_worker(&envelope, move |tx| {
        Box::pin(async move { job::complete(tx, id, attempt, draft).await })
    });
    let Written::Done(made) = written.await.unwrap() else {
        panic!("not stored");
    };
    (job, made)
}

#[tokio::test]
async fn what_a_link_does_not_show_is_in_no_update() {
    let world = World::new().await;
    let (project, _) = studio(&world).await;
    let full = link(
        &world,
        NewShareLink {
            show_notes: Some(true),
            ..NewShareLink::to(project)
        },
    )
    .await;
    let shown = exposed(&world, &full).await.unwrap();
    assert_eq!(
        titles(&shown),
        [
            (FactKind::Finished, "Logo"),
            (FactKind::UnderWay, "Site"),
            (FactKind::WaitingForClient, "Photos"),
            (FactKind::Question, "Secret question?"),
            (FactKind::Progress, ""),
            (FactKind::Deadline, ""),
        ]
    );
    assert_eq!(shown.facts()[1].day, day("2026-03-20"));

    let plain = link(
        &world,
        NewShareLink {
            show_due_dates: Some(false),
            show_notes: Some(false),
            ..NewShareLink::to(project)
        },
    )
    .await;
    let shown = exposed(&world, &plain).await.unwrap();
    let said = format!("{:?}", shown.facts());
    for hidden in ["Secret", "2026-03-20", "2026-04-30"] {
        assert!(!said.contains(hidden), "{hidden} in {said}");
    }
    let bare = link(
        &world,
        NewShareLink {
            show_tasks: Some(false),
            show_due_dates: Some(false),
            show_notes: Some(false),
            ..NewShareLink::to(project)
        },
    )
    .await;
    assert_eq!(
        titles(&exposed(&world, &bare).await.unwrap()),
        [(FactKind::Progress, "")]
    );

    // What the worker is told is that, and what it reads of the project besides is a name.
    let (job, _) = drafted(&world, &plain, vec![sentence("Logo is done.", &[0])]).await;
    let id = job.id;
    let wanted = job::Wanted {
        client: true,
        open_tasks: 0,
        examples: 0,
        drafts: 0,
        review: false,
        facts: true,
    };
    let envelope = world.envelope(id);
    let material = world.db.worker().in_worker(&envelope, move |tx| {
        Box::pin(async move {
            let context = job::context(tx, id).await?;
            Ok((context.document.text, job::material(tx, id, wanted).await?))
        })
    });
    let said = format!("{:?}", material.await.unwrap());
    assert!(said.contains("Logo") && !said.contains("Secret"), "{said}");

    let id = full.id;
    world
        .work(move |tx| Box::pin(share_link::revoke(tx, id, None)))
        .await
        .unwrap();
    assert!(is_invalid_state(exposed(&world, &full).await));
}

#[tokio::test]
async fn a_client_reads_what_was_published_and_only_while_its_sources_are_shown() {
    let world = World::new().await;
    let (project, tasks) = studio(&world).await;
    let shown = link(&world, NewShareLink::to(project)).await;
    let other = link(&world, NewShareLink::to(project)).await;
    let (_, id) = drafted(
        &world,
        &shown,
        vec![
            sentence("The logo is done.", &[0]),
            sentence("The site is under way.", &[1]),
        ],
    )
    .await;
    assert_eq!(
        look(&world, &shown).await.status,
        None,
        "not before somebody says so"
    );

    let made = world
        .work(move |tx| Box::pin(status::publish(tx, id, Some(1))))
        .await
        .unwrap();
    assert_eq!(made.published_at, Some(world.clock.now()));
    let texts = async |link: &ShareLink| {
        let status = look(&world, link).await.status;
        status.map(|(_, sentences)| sentences.into_iter().map(|one| one.text).collect::<Vec<_>>())
    };
    assert_eq!(
        texts(&shown).await.unwrap(),
        ["The logo is done.", "The site is under way."]
    );
    assert_eq!(texts(&other).await, None, "another link shows other things");

    // Changes are seen when they are published.
    let mine = vec![
        sentence("The logo is finished!", &[0]),
        sentence("The site is under way.", &[1]),
        sentence("Greetings.", &[]),
    ];
    world
        .work(move |tx| Box::pin(status::update_sentences(tx, id, None, mine)))
        .await
        .unwrap();
    assert_eq!(texts(&shown).await.unwrap()[0], "The logo is done.");
    world
        .work(move |tx| Box::pin(status::publish(tx, id, None)))
        .await
        .unwrap();

    // A task that is hidden takes its sentence along.
    let logo = tasks[0].id;
    let patch = TaskPatch {
        client_visible: Patch::Set(false),
        ..TaskPatch::default()
    };
    world
        .work(move |tx| Box::pin(task::update(tx, logo, None, patch)))
        .await
        .unwrap();
    assert_eq!(
        texts(&shown).await.unwrap(),
        ["The site is under way.", "Greetings."]
    );

    // What was published counts as accepted; two words of ten are a person's.
    let report = world
        .work(|tx| Box::pin(async move { feedback::report(tx).await }))
        .await
        .unwrap();
    let row = report.iter().find(|row| row.use_case == UseCase::Status).unwrap();
    assert_eq!((row.items, row.accepted, row.edited, row.rejected), (1, 1, 1, 0));
    assert!((row.edit_distance.unwrap() - 2.0 / 10.0).abs() < 1e-6, "{row:?}");

    world
        .work(move |tx| Box::pin(status::withdraw(tx, id, None)))
        .await
        .unwrap();
    assert_eq!(texts(&shown).await, None);
}

#[tokio::test]
async fn sentences_rest_on_facts_that_are_there() {
    let world = World::new().await;
    let (project, _) = studio(&world).await;
    let link = link(&world, NewShareLink::to(project)).await;
    let (_, id) = drafted(&world, &link, vec![sentence("The logo is done.", &[0])]).await;
    let update = async |version, sentences| {
        world
            .work(move |tx| Box::pin(status::update_sentences(tx, id, version, sentences)))
            .await
    };
    assert!(is_conflict(update(Some(9), vec![sentence("x", &[])]).await));
    for (sentences, field) in [
        (vec![], "sentences"),
        (vec![sentence(" ", &[0])], "sentences.text"),
        (vec![sentence("x", &[99])], "sentences.facts"),
    ] {
        let wrong = refused(update(None, sentences).await);
        assert_eq!(wrong[0].0, field);
    }
    // A text is no record, and a record is no text.
    let plan = world.plan(crate::support::BRIEF).await;
    let start = |document_id, use_case| job::JobStart {
        document_id,
        use_case,
        today: None,
        idempotency_key: None,
    };
    let wrong = start(plan.document_id, UseCase::Status);
    let wrong = world.work(move |tx| Box::pin(job::start(tx, wrong))).await;
    assert_eq!(refused(wrong)[0].0, "useCase");
    let (job, _) = drafted(&world, &link, vec![sentence("The logo is done.", &[0])]).await;
    let wrong = start(job.document_id, UseCase::Plan);
    assert!(is_not_found(
        world.work(move |tx| Box::pin(job::start(tx, wrong))).await
    ));
}
