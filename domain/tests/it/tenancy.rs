//! Another workspace's ids are as good as none, and nothing changes by trying.

use smartstack_domain::{
    DomainError, Page, TenantTx,
    client::{self, ClientPatch, NewClient},
    db::Work,
    input::Patch,
    job::{self, Written},
    node,
    plan::{self, PlanStart},
    project::{self, NewProject, ProjectPatch},
    project_note,
    secret::Secrets,
    share_link::{self, NewShareLink, ShareLinkPatch},
    suggestion::{self, ItemEdits, NewItem},
    task::{self, NewTask, TaskFilter, TaskMove, TaskOrder, TaskPatch},
};
use smartstack_schema::{AnyId, ItemKind, TaskStatus, UserErrorCode};
use std::sync::Arc;

use crate::support::{BRIEF, World, draft, refused};

type Attempt = Box<dyn for<'t> FnOnce(&'t mut TenantTx) -> Work<'t, ()> + Send>;

fn boxed<F>(attempt: F) -> Attempt
where
    F: for<'t> FnOnce(&'t mut TenantTx) -> Work<'t, ()> + Send + 'static,
{
    Box::new(attempt)
}

macro_rules! attempt {
    (|$tx:ident| $call:expr) => {
        boxed(move |$tx| Box::pin(async move { $call.await.map(|_| ()) }))
    };
}

#[tokio::test]
async fn foreign_ids_are_not_found_and_nothing_changes() {
    let world = World::new().await;
    let secrets = Arc::new(Secrets::new(&"5c".repeat(32).into()).unwrap());
    let client = NewClient {
        name: "Lumen".to_owned(),
        ..NewClient::default()
    };
    let client = world
        .work(|tx| Box::pin(client::create(tx, client)))
        .await
        .unwrap()
        .id;
    let job = world.plan(BRIEF).await;
    let (project, document, job) = (job.project_id, job.document_id, job.id);
    let worker_attempt = world.attempt(job).await;
    let envelope = world.envelope(job);
    let made = world.db.worker().in_worker(&envelope, move |tx| {
        Box::pin(async move { job::complete(tx, job, worker_attempt, draft()).await })
    });
    let Written::Done(suggestion) = made.await.unwrap() else {
        panic!("fenced")
    };
    let all = world
        .work(move |tx| Box::pin(suggestion::accept_all(tx, suggestion, None)))
        .await
        .unwrap()
        .1;
    let task = all.iter().find_map(|item| item.task_id).unwrap();
    let note = all.iter().find_map(|item| item.note_id).unwrap();
    let item = all[0].id;
    let link = {
        let secrets = secrets.clone();
        let new = NewShareLink::to(project);
        world
            .work(move |tx| Box::pin(async move { share_link::create(tx, &secrets, new).await }))
            .await
            .unwrap()
            .id
    };
    let ids = vec![
        AnyId::ClientId(client),
        AnyId::ProjectId(project),
        AnyId::TaskId(task),
        AnyId::ProjectNoteId(note),
        AnyId::DocumentId(document),
        AnyId::JobId(job),
        AnyId::SuggestionId(suggestion),
        AnyId::SuggestionItemId(item),
        AnyId::ShareLinkId(link),
        AnyId::UserId(world.ana.user_id),
        AnyId::WorkspaceId(world.ana.workspace_id),
    ];
    let before = {
        let ids = ids.clone();
        world
            .work(move |tx| Box::pin(async move { node::by_ids(tx, &ids).await }))
            .await
            .unwrap()
    };
    assert_eq!(before.len(), ids.len(), "the owner sees each of them");

    let otto = world.db.person("Otto Falk").await;
    let seen = {
        let ids = ids.clone();
        world
            .as_(&otto.scope, move |tx| {
                Box::pin(async move { node::by_ids(tx, &ids).await })
            })
            .await
            .unwrap()
    };
    assert!(seen.is_empty(), "{seen:?}");
    let target = TaskMove {
        status: TaskStatus::Done,
        after_id: None,
        before_id: None,
    };
    let rename = || Patch::Set("mine".to_owned());
    let attempts: Vec<(&str, Attempt)> = vec![
        (
            "client.update",
            attempt!(|tx| client::update(
                tx,
                client,
                None,
                ClientPatch {
                    name: rename(),
                    ..Default::default()
                }
            )),
        ),
        (
            "client.archive",
            attempt!(|tx| client::archive(tx, client, None, true)),
        ),
        (
            "project.update",
            attempt!(|tx| project::update(
                tx,
                project,
                None,
                ProjectPatch {
                    name: rename(),
                    ..Default::default()
                }
            )),
        ),
        (
            "project.delete",
            attempt!(|tx| project::delete(tx, project, None)),
        ),
        (
            "project.restore",
            attempt!(|tx| project::restore(tx, project, None)),
        ),
        (
            "task.update",
            attempt!(|tx| task::update(
                tx,
                task,
                None,
                TaskPatch {
                    title: rename(),
                    ..Default::default()
                }
            )),
        ),
        ("task.move", attempt!(|tx| task::move_(tx, task, None, target))),
        ("task.delete", attempt!(|tx| task::delete(tx, task, None))),
        ("task.restore", attempt!(|tx| task::restore(tx, task, None))),
        (
            "note.update",
            attempt!(|tx| project_note::update(tx, note, None, Default::default())),
        ),
        ("note.delete", attempt!(|tx| project_note::delete(tx, note, None))),
        ("job.retry", attempt!(|tx| job::retry(tx, job, None, None))),
        ("job.cancel", attempt!(|tx| job::cancel(tx, job, None))),
        ("job.by_hand", attempt!(|tx| job::review_by_hand(tx, job, None))),
        (
            "item.accept",
            attempt!(|tx| suggestion::accept(tx, item, None, ItemEdits::default())),
        ),
        (
            "item.reject",
            attempt!(|tx| suggestion::reject(tx, item, None, None, None)),
        ),
        (
            "item.reopen",
            attempt!(|tx| suggestion::reopen_item(tx, item, None)),
        ),
        (
            "suggestion.accept_all",
            attempt!(|tx| suggestion::accept_all(tx, suggestion, None)),
        ),
        (
            "suggestion.reopen_items",
            attempt!(|tx| suggestion::reopen_items(tx, suggestion, &[item])),
        ),
        (
            "suggestion.dismiss",
            attempt!(|tx| suggestion::dismiss(tx, suggestion, None)),
        ),
        (
            "suggestion.reopen",
            attempt!(|tx| suggestion::reopen(tx, suggestion, None)),
        ),
        (
            "suggestion.add",
            attempt!(|tx| suggestion::add_item(tx, suggestion, by_hand())),
        ),
        (
            "link.update",
            attempt!(|tx| share_link::update(tx, link, None, ShareLinkPatch::default())),
        ),
        ("link.revoke", attempt!(|tx| share_link::revoke(tx, link, None))),
    ];
    for (name, attempt) in attempts {
        let outcome = world.as_(&otto.scope, attempt).await;
        assert!(
            matches!(outcome, Err(DomainError::NotFound)),
            "{name}: {outcome:?}"
        );
    }

    // Ids inside inputs.
    let ana = world.ana.user_id;
    let own = world
        .as_(&otto.scope, |tx| {
            Box::pin(project::create(
                tx,
                NewProject {
                    name: "Own".to_owned(),
                    ..Default::default()
                },
            ))
        })
        .await
        .unwrap()
        .id;
    let inputs: Vec<(&str, Attempt)> = vec![
        (
            "clientId",
            attempt!(|tx| project::create(
                tx,
                NewProject {
                    name: "X".to_owned(),
                    client_id: Some(client),
                    ..Default::default()
                }
            )),
        ),
        (
            "clientId",
            attempt!(|tx| project::update(
                tx,
                own,
                None,
                ProjectPatch {
                    client_id: Patch::Set(client),
                    ..Default::default()
                }
            )),
        ),
        (
            "projectId",
            attempt!(|tx| task::create(tx, NewTask::titled(project, "X"))),
        ),
        (
            "parentId",
            attempt!(|tx| task::create(
                tx,
                NewTask {
                    parent_id: Some(task),
                    ..NewTask::titled(own, "X")
                }
            )),
        ),
        (
            "assigneeId",
            attempt!(|tx| {
                task::create(
                    tx,
                    NewTask {
                        assignee_id: Some(ana),
                        ..NewTask::titled(own, "X")
                    },
                )
            }),
        ),
        (
            "projectId",
            attempt!(|tx| plan::start(
                tx,
                PlanStart {
                    text: "x".to_owned(),
                    project_id: Some(project),
                    ..Default::default()
                }
            )),
        ),
        (
            "projectId",
            attempt!(|tx| share_link::create(tx, &secrets, NewShareLink::to(project))),
        ),
    ];
    let (scope, anas) = (otto.scope.clone(), world.ana.scope.clone());
    let db = world.db.api().clone();
    for (field, attempt) in inputs {
        let outcome = db.in_tenant(&scope, attempt).await;
        assert_eq!(refused(outcome), [(field.to_owned(), UserErrorCode::NotFound)]);
    }
    let listed = db.in_tenant(&scope, |tx| {
        Box::pin(async move {
            task::list(
                tx,
                &TaskFilter::default(),
                TaskOrder::default(),
                &Page::first(100),
            )
            .await
        })
    });
    assert!(listed.await.unwrap().edges.is_empty());

    let after = db.in_tenant(&anas, move |tx| {
        Box::pin(async move { node::by_ids(tx, &ids).await })
    });
    assert_eq!(after.await.unwrap(), before);
}

fn by_hand() -> NewItem {
    NewItem {
        kind: ItemKind::Task,
        title: "mine".to_owned(),
        quote: None,
        due_date: None,
        estimate_min_minutes: None,
        estimate_max_minutes: None,
        responsible: None,
        idempotency_key: None,
    }
}
