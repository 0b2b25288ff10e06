//! Clients, projects and tasks: made, changed, raced for and brought back.

use serde_json::{Value, json};

use crate::support::Stack;

#[tokio::test]
async fn a_task_lives_its_life() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let browser = &ada.browser;
    let input = json!({ "workspaceId": ada.workspace, "name": "Orchard", "email": "hello@orchard.example" });
    let client = browser
        .mutate(
            "clientCreate",
            "ClientCreateInput",
            "client { id version }",
            input,
        )
        .await;
    let input = json!({
        "workspaceId": ada.workspace, "name": "Site", "clientId": client["client"]["id"],
        "budget": { "amountCents": 250_000, "currency": "EUR" }, "dueDate": "2026-12-24",
    });
    let selection = "project { id client { name } budget { amountCents currency } dueDate status }";
    let project = browser
        .mutate("projectCreate", "ProjectCreateInput", selection, input)
        .await;
    assert_eq!(project["project"]["client"]["name"], "Orchard");
    assert_eq!(
        project["project"]["budget"],
        json!({ "amountCents": 250_000, "currency": "EUR" })
    );
    assert_eq!(project["project"]["dueDate"], "2026-12-24");
    let project_id = &project["project"]["id"];

    let mut tasks = Vec::new();
    for title in ["One", "Two", "Three"] {
        let input =
            json!({ "projectId": project_id, "title": title, "status": "NEXT", "assigneeId": ada.user });
        let payload = browser
            .mutate("taskCreate", "TaskCreateInput", "task { id version }", input)
            .await;
        tasks.push(payload["task"]["id"].clone());
    }
    // The last card goes between the first two.
    let input = json!({ "id": tasks[2], "status": "NEXT", "afterId": tasks[0], "beforeId": tasks[1] });
    browser
        .mutate("taskMove", "TaskMoveInput", "task { position }", input)
        .await;
    let query = "query($id: ID!) { project(id: $id) { progress { total done } tasks(filter: { status: [NEXT] }) { nodes { title assignee { name } } } } }";
    let board = browser.gql(query, json!({ "id": project_id })).await;
    let titles: Vec<&Value> = board["project"]["tasks"]["nodes"]
        .as_array()
        .expect("nodes")
        .iter()
        .map(|task| &task["title"])
        .collect();
    assert_eq!(titles, ["One", "Three", "Two"]);
    assert_eq!(board["project"]["tasks"]["nodes"][0]["assignee"]["name"], "Ada");

    // null clears, left out stays.
    let input = json!({ "id": tasks[0], "assigneeId": null, "dueDate": "2026-11-30", "status": "DONE" });
    let selection = "task { assignee { id } title dueDate completedAt }";
    let payload = browser
        .mutate("taskUpdate", "TaskUpdateInput", selection, input)
        .await;
    assert_eq!(payload["task"]["assignee"], Value::Null);
    assert_eq!(payload["task"]["title"], "One");
    assert_ne!(payload["task"]["completedAt"], Value::Null);

    let input = json!({ "id": tasks[1] });
    let payload = browser
        .mutate("taskDelete", "NodeVersionInput", "deletedId", input.clone())
        .await;
    assert_eq!(payload["deletedId"], tasks[1]);
    let gone = browser
        .gql(
            "query($id: ID!) { task(id: $id) { id } }",
            json!({ "id": tasks[1] }),
        )
        .await;
    assert_eq!(gone["task"], Value::Null);
    let payload = browser
        .mutate("taskRestore", "NodeVersionInput", "task { title }", input)
        .await;
    assert_eq!(payload["task"]["title"], "Two");

    let payload = browser
        .mutate(
            "projectDelete",
            "NodeVersionInput",
            "project { deletedAt }",
            json!({ "id": project_id }),
        )
        .await;
    assert_ne!(payload["project"]["deletedAt"], Value::Null);
    browser
        .mutate(
            "projectRestore",
            "NodeVersionInput",
            "project { id }",
            json!({ "id": project_id }),
        )
        .await;
}

#[tokio::test]
async fn a_lost_race_shows_the_current_row() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let input = json!({ "workspaceId": ada.workspace, "name": "Before" });
    let client = ada
        .browser
        .mutate(
            "clientCreate",
            "ClientCreateInput",
            "client { id version }",
            input,
        )
        .await;
    let id = &client["client"]["id"];
    let update = |name: &str| json!({ "id": id, "expectedVersion": 1, "name": name });
    ada.browser
        .mutate(
            "clientUpdate",
            "ClientUpdateInput",
            "client { id }",
            update("Winner"),
        )
        .await;
    let payload = ada
        .browser
        .try_mutate(
            "clientUpdate",
            "ClientUpdateInput",
            "client { name version }",
            update("Loser"),
        )
        .await;
    assert_eq!(payload["client"], json!({ "name": "Winner", "version": 2 }));
    assert_eq!(payload["userErrors"][0]["code"], "CONFLICT");
    assert_eq!(payload["userErrors"][0]["field"], json!(["expectedVersion"]));
}

#[tokio::test]
async fn a_repeated_create_happens_once() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let create = |name: &str| json!({ "workspaceId": ada.workspace, "name": name, "idempotencyKey": "k1" });
    let mut ids = Vec::new();
    for _ in 0..2 {
        let payload = ada
            .browser
            .mutate(
                "clientCreate",
                "ClientCreateInput",
                "client { id }",
                create("Once"),
            )
            .await;
        ids.push(payload["client"]["id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
    let payload = ada
        .browser
        .try_mutate(
            "clientCreate",
            "ClientCreateInput",
            "client { id }",
            create("Other"),
        )
        .await;
    assert_eq!(payload["client"], Value::Null);
    assert_eq!(payload["userErrors"][0]["code"], "CONFLICT");
    assert_eq!(payload["userErrors"][0]["field"], json!(["idempotencyKey"]));
}

#[tokio::test]
async fn what_a_form_got_wrong_is_told_by_field() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let input = json!({ "workspaceId": ada.workspace, "name": " ", "email": "nonsense" });
    let payload = ada
        .browser
        .try_mutate("clientCreate", "ClientCreateInput", "client { id }", input)
        .await;
    let errors: Vec<(&Value, &Value)> = payload["userErrors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|e| (&e["code"], &e["field"]))
        .collect();
    assert_eq!(
        errors,
        [
            (&json!("REQUIRED"), &json!(["name"])),
            (&json!("INVALID"), &json!(["email"]))
        ]
    );

    let payload = ada
        .browser
        .try_mutate(
            "viewerUpdate",
            "ViewerUpdateInput",
            "viewer { user { name } }",
            json!({ "name": "" }),
        )
        .await;
    assert_eq!(payload["userErrors"][0]["field"], json!(["name"]));
    let payload = ada
        .browser
        .mutate(
            "viewerUpdate",
            "ViewerUpdateInput",
            "viewer { user { name } }",
            json!({ "name": "Ada L." }),
        )
        .await;
    assert_eq!(payload["viewer"]["user"]["name"], "Ada L.");
}

#[tokio::test]
async fn a_text_is_reviewed_by_hand() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let browser = &ada.browser;
    let text = "Please build the shop. Who writes the texts?";
    let input = json!({
        "workspaceId": ada.workspace, "text": text, "today": "2026-05-04",
        "newProject": { "name": "Shop", "newClientName": "Orchard" },
    });
    let selection =
        "job { id state document { text wordCount } project { id name client { name } } stages { stage } }";
    let job = browser
        .mutate("planStart", "PlanStartInput", selection, input)
        .await;
    assert_eq!(job["job"]["state"], "QUEUED");
    assert_eq!(job["job"]["document"]["text"], text);
    assert_eq!(job["job"]["project"]["client"]["name"], "Orchard");
    let queued = stack.sql("SELECT payload ->> 'job_id' FROM outbox WHERE topic = 'job'");
    assert_eq!(job["job"]["id"], queued);
    let id = json!({ "id": job["job"]["id"] });

    let refused = browser
        .try_mutate(
            "jobReviewByHand",
            "NodeVersionInput",
            "suggestion { id }",
            id.clone(),
        )
        .await;
    assert_eq!(refused["userErrors"][0]["code"], "INVALID_STATE");
    browser
        .mutate("jobCancel", "NodeVersionInput", "job { state }", id.clone())
        .await;
    let made = browser
        .mutate("jobReviewByHand", "NodeVersionInput", "suggestion { id }", id)
        .await;
    let suggestion = &made["suggestion"]["id"];
    let mut items = Vec::new();
    for (kind, title, start, end) in [
        ("TASK", "Build the shop", 0, 22),
        ("QUESTION", "Who writes?", 23, 44),
    ] {
        let input = json!({ "suggestionId": suggestion, "kind": kind, "title": title, "quoteStart": start, "quoteEnd": end });
        let selection = "suggestionItem { id quote confidence state }";
        let item = browser
            .mutate("suggestionItemAdd", "SuggestionItemAddInput", selection, input)
            .await;
        let quote: String = text.chars().skip(start).take(end - start).collect();
        assert_eq!(item["suggestionItem"]["quote"], quote);
        items.push(item["suggestionItem"]["id"].clone());
    }
    let half = json!({ "suggestionId": suggestion, "kind": "TASK", "title": "x", "quoteStart": 1 });
    let refused = browser
        .try_mutate(
            "suggestionItemAdd",
            "SuggestionItemAddInput",
            "suggestionItem { id }",
            half,
        )
        .await;
    assert_eq!(refused["userErrors"][0]["field"], json!(["quoteEnd"]));

    let input =
        json!({ "id": items[0], "edits": { "title": "Build the web shop", "estimateMaxMinutes": 600 } });
    let selection = "suggestionItem { state edited task { title estimateMaxMinutes source { quote } } }";
    let accepted = browser
        .mutate(
            "suggestionItemAccept",
            "SuggestionItemAcceptInput",
            selection,
            input,
        )
        .await;
    assert_eq!(accepted["suggestionItem"]["task"]["title"], "Build the web shop");
    assert_eq!(
        accepted["suggestionItem"]["task"]["source"]["quote"],
        "Please build the shop."
    );
    let all = browser
        .mutate(
            "suggestionAcceptAll",
            "NodeVersionInput",
            "suggestion { state itemCounts { open accepted } } items { note { text } }",
            json!({ "id": suggestion }),
        )
        .await;
    assert_eq!(
        all["suggestion"]["itemCounts"],
        json!({ "open": 0, "accepted": 2 })
    );
    assert_eq!(all["items"][0]["note"]["text"], "Who writes?");
    let undo = json!({ "suggestionId": suggestion, "itemIds": items });
    let reopened = browser
        .mutate(
            "suggestionReopenItems",
            "SuggestionReopenItemsInput",
            "suggestion { itemCounts { open } } items { state task { id } }",
            undo,
        )
        .await;
    assert_eq!(reopened["suggestion"]["itemCounts"]["open"], 2);
    let reject = json!({ "id": items[0], "reason": "NOT_A_TASK", "comment": "no" });
    let rejected = browser
        .mutate(
            "suggestionItemReject",
            "SuggestionItemRejectInput",
            "suggestionItem { state rejectReason rejectComment decidedBy { name } }",
            reject,
        )
        .await;
    assert_eq!(rejected["suggestionItem"]["decidedBy"]["name"], "Ada");
    let query = "query($id: ID!) { workspace(id: $id) { counts { suggestionsWaiting activeProjects clients } members { role user { name } } suggestions(filter: { waiting: true }) { totalCount nodes { provenance { engine } job { state } items { title suggestion { id } } } } } }";
    let workspace = browser.gql(query, json!({ "id": ada.workspace })).await;
    assert_eq!(workspace["workspace"]["suggestions"]["totalCount"], 1);
    assert_eq!(
        workspace["workspace"]["suggestions"]["nodes"][0]["provenance"]["engine"],
        "MANUAL"
    );
}
