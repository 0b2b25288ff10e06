//! What happens is told: in order, once, and whatever becomes of the socket.

use std::time::Duration;

use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Heard, Person, Stack};

const CHANGES: &str = "subscription($ws: ID!, $after: String) { changes(workspaceId: $ws, after: $after) { cursor kind id operation node { __typename id } actor { name } } }";

/// Where the changes of their workspace stand; what follows it is heard even if the watching begins later.
pub(crate) async fn cursor(person: &Person) -> String {
    let query = "query($id: ID!) { workspace(id: $id) { changeCursor } }";
    let answer = person.browser.gql(query, json!({ "id": person.workspace })).await;
    answer["workspace"]["changeCursor"]
        .as_str()
        .expect("a cursor")
        .to_owned()
}

async fn add_client(person: &Person, name: &str) -> String {
    let input = json!({ "workspaceId": person.workspace, "name": name });
    let payload = person
        .browser
        .mutate("clientCreate", "ClientCreateInput", "client { id }", input)
        .await;
    payload["client"]["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_change_arrives_in_another_browser() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let mut socket = ada.browser.copy().socket().await;
    socket
        .subscribe(
            "c",
            CHANGES,
            json!({ "ws": ada.workspace, "after": cursor(&ada).await }),
        )
        .await;
    let id = add_client(&ada, "Orchard").await;
    let change = socket.hear().await["payload"]["data"]["changes"].take();
    assert_eq!(change["kind"], "CLIENT");
    assert_eq!(change["id"], id);
    assert_eq!(change["operation"], "CREATED");
    assert_eq!(change["node"], json!({ "__typename": "Client", "id": id }));
    assert_eq!(change["actor"]["name"], "Ada");
}

#[tokio::test]
async fn nothing_is_missed_or_told_twice_while_the_socket_is_cut() {
    const WRITES: usize = 120;
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let mut after = cursor(&ada).await;
    let writer = Person {
        browser: ada.browser.copy(),
        workspace: ada.workspace.clone(),
        user: ada.user.clone(),
        email: ada.email.clone(),
    };
    let writing = tokio::spawn(async move {
        let mut ids = Vec::with_capacity(WRITES);
        for i in 0..WRITES {
            ids.push(add_client(&writer, &format!("Client {i}")).await);
        }
        ids
    });
    let mut seen: Vec<String> = Vec::new();
    let mut round = 0;
    while seen.len() < WRITES {
        // Cut after one, two or three changes, without a goodbye.
        round += 1;
        let mut socket = ada.browser.socket().await;
        socket
            .subscribe("c", CHANGES, json!({ "ws": ada.workspace, "after": after }))
            .await;
        for _ in 0..=(round % 3) {
            if seen.len() == WRITES {
                break;
            }
            let change = socket.hear().await["payload"]["data"]["changes"].take();
            after = change["cursor"].as_str().expect("a cursor").to_owned();
            seen.push(change["id"].as_str().expect("an id").to_owned());
        }
        drop(socket);
    }
    assert_eq!(seen, writing.await.expect("the writer"));
}

#[tokio::test]
async fn a_filter_tells_of_nothing_else() {
    const FILTERED: &str = "subscription($ws: ID!, $after: String, $filter: ChangeFilter) {
        changes(workspaceId: $ws, after: $after, filter: $filter) { kind id } }";
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let after = cursor(&ada).await;
    let first = add_client(&ada, "Orchard").await;
    let project = json!({ "workspaceId": ada.workspace, "name": "Site" });
    let payload = ada
        .browser
        .mutate("projectCreate", "ProjectCreateInput", "project { id }", project)
        .await;
    let project = payload["project"]["id"].as_str().expect("an id").to_owned();
    let task = json!({ "projectId": project, "title": "Draw" });
    let payload = ada
        .browser
        .mutate("taskCreate", "TaskCreateInput", "task { id }", task)
        .await;
    let task = payload["task"]["id"].as_str().expect("an id").to_owned();
    let second = add_client(&ada, "Meadow").await;

    let mut socket = ada.browser.socket().await;
    for (filter, expected) in [
        (json!({}), vec![&first, &project, &task, &second]),
        (json!({ "kinds": ["CLIENT"] }), vec![&first, &second]),
        (json!({ "nodeIds": [task, second] }), vec![&task, &second]),
        (json!({ "projectId": project }), vec![&project, &task]),
        (json!({ "projectId": project, "kinds": ["TASK"] }), vec![&task]),
    ] {
        let id = filter.to_string();
        socket
            .subscribe(
                &id,
                FILTERED,
                json!({ "ws": ada.workspace, "after": after, "filter": filter }),
            )
            .await;
        for expected in expected {
            let told = socket.hear().await;
            assert_eq!(told["payload"]["data"]["changes"]["id"], **expected, "{filter}");
        }
        // Whatever else passed the filter would have come before the next subscription's first.
        socket.say(json!({ "type": "complete", "id": id })).await;
    }
    for filter in [
        json!({ "nodeIds": ["nonsense"] }),
        json!({ "nodeIds": vec![&task; 101] }),
        json!({ "projectId": task }),
    ] {
        socket
            .subscribe("bad", FILTERED, json!({ "ws": ada.workspace, "filter": filter }))
            .await;
        let error = socket.hear().await;
        assert_eq!(error["type"], "error", "{error}");
        assert_eq!(error["payload"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn wrong_cursors_and_foreign_workspaces_end_the_subscription() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let bob = stack.person("Bob").await;
    let mut socket = ada.browser.socket().await;
    for (id, ws, after, code) in [
        ("1", &ada.workspace, json!("nonsense"), "BAD_USER_INPUT"),
        ("2", &ada.workspace, json!("c999999"), "BAD_USER_INPUT"),
        ("3", &bob.workspace, Value::Null, "NOT_FOUND"),
    ] {
        socket
            .subscribe(id, CHANGES, json!({ "ws": ws, "after": after }))
            .await;
        let error = socket.hear().await;
        assert_eq!(error["type"], "error", "{error}");
        assert_eq!(error["payload"][0]["extensions"]["code"], code);
    }
}

#[tokio::test]
async fn a_job_is_told_until_it_ends() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let input = json!({ "workspaceId": ada.workspace, "text": "Build it.", "newProject": { "name": "P" } });
    let job = ada
        .browser
        .mutate("planStart", "PlanStartInput", "job { id }", input)
        .await;
    let id = &job["job"]["id"];
    let mut socket = ada.browser.socket().await;
    socket
        .subscribe(
            "j",
            "subscription($id: ID!) { job(id: $id) { state } }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(socket.hear().await["payload"]["data"]["job"]["state"], "QUEUED");
    ada.browser
        .mutate(
            "jobCancel",
            "NodeVersionInput",
            "job { state }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(
        socket.hear().await["payload"]["data"]["job"]["state"],
        "CANCELLED"
    );
    assert_eq!(socket.hear().await, json!({ "type": "complete", "id": "j" }));
}

#[tokio::test]
async fn a_started_job_is_waited_for_as_long_as_was_asked() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let input = |wait: i32| {
        json!({ "workspaceId": ada.workspace, "text": "Build it.", "newProject": { "name": "P" }, "useCase": "REPLY",
                "waitMillis": wait })
    };
    let selection = "job { id state useCase suggestion { id } }";
    // There is no worker: the wait runs out, and the job is answered as it is.
    let running = ada
        .browser
        .mutate("planStart", "PlanStartInput", selection, input(20))
        .await;
    assert_eq!(running["job"]["state"], "QUEUED", "{running}");
    assert_eq!(running["job"]["useCase"], "REPLY");

    // It ends while somebody waits: the answer has the end, long before the wait is over.
    let first = running["job"]["id"].clone();
    let find = "query($id: ID!) { workspace(id: $id) { jobs(first: 5) { nodes { id } } } }";
    let end = async {
        loop {
            let jobs = ada.browser.gql(find, json!({ "id": ada.workspace })).await;
            let nodes = jobs["workspace"]["jobs"]["nodes"].as_array().unwrap().clone();
            let Some(job) = nodes.iter().find(|job| job["id"] != first) else {
                tokio::task::yield_now().await;
                continue;
            };
            let id = json!({ "id": job["id"] });
            ada.browser
                .mutate("jobCancel", "NodeVersionInput", "job { id }", id)
                .await;
            return;
        }
    };
    let waiting = ada
        .browser
        .mutate("planStart", "PlanStartInput", selection, input(10_000));
    let began = std::time::Instant::now();
    let (ended, ()) = tokio::join!(waiting, end);
    assert_eq!(ended["job"]["state"], "CANCELLED", "{ended}");
    assert!(
        began.elapsed() < std::time::Duration::from_secs(9),
        "the end is told by a sign"
    );

    for wait in [-1, 10_001] {
        let refused = ada
            .browser
            .try_mutate("planStart", "PlanStartInput", selection, input(wait))
            .await;
        assert_eq!(
            refused["userErrors"][0]["field"],
            json!(["waitMillis"]),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn a_stalled_reader_is_closed() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let text = "Build the shop. ".repeat(11_000);
    let input = json!({ "workspaceId": ada.workspace, "text": text, "newProject": { "name": "P" } });
    let job = ada
        .browser
        .mutate("planStart", "PlanStartInput", "job { document { id } }", input)
        .await;
    // Some 35 MB of answers, more than the kernel's buffers take, and nobody reads them.
    let mut stalled = ada.browser.socket().await;
    for round in 0..200 {
        let query = "query($id: ID!) { document(id: $id) { text } }";
        let id = json!({ "id": job["job"]["document"]["id"] });
        let message = json!({ "type": "subscribe", "id": round.to_string(), "payload": { "query": query, "variables": id } });
        if stalled.0.send(Message::text(message.to_string())).await.is_err() {
            break;
        }
    }
    assert_eq!(stack.app.sockets.len(), 1);
    let gone = async {
        while !stack.app.sockets.is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), gone)
        .await
        .expect("the stalled socket is closed");
}

#[tokio::test]
async fn a_stalled_reader_slows_nobody() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let start = cursor(&ada).await;
    // This one never reads again.
    let mut stalled = ada.browser.socket().await;
    for i in 0..50 {
        stalled
            .subscribe(
                &i.to_string(),
                CHANGES,
                json!({ "ws": ada.workspace, "after": start }),
            )
            .await;
    }
    let mut reader = ada.browser.socket().await;
    reader
        .subscribe("c", CHANGES, json!({ "ws": ada.workspace, "after": start }))
        .await;
    for i in 0..30 {
        let id = add_client(&ada, &format!("Client {i}")).await;
        match reader.next().await {
            Heard::Message(message) => assert_eq!(message["payload"]["data"]["changes"]["id"], id),
            Heard::Closed(code, reason) => panic!("closed with {code}: {reason}"),
        }
    }
    drop(stalled);
}
