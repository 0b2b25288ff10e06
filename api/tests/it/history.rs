//! What tasks were, and how to get back there.

use serde_json::{Value, json};

use crate::support::{Person, Stack};

async fn project(person: &Person) -> Value {
    let input = json!({ "workspaceId": person.workspace, "name": "Site" });
    let made = person
        .browser
        .mutate("projectCreate", "ProjectCreateInput", "project { id }", input)
        .await;
    made["project"]["id"].clone()
}

const HISTORY: &str = "query($id: ID!, $first: Int, $after: String) { task(id: $id) { version history(first: $first, after: $after) { \
     totalCount pageInfo { hasNextPage endCursor } nodes { id version title status estimateMinMinutes deleted changed \
     actor { name } assignee { name } } } } }";

#[tokio::test]
async fn a_task_keeps_its_history_and_goes_back_in_it() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let browser = &ada.browser;
    let input = json!({ "projectId": project(&ada).await, "title": "Draw", "assigneeId": ada.user,
                        "estimateMinMinutes": 30, "dueDate": "2026-12-24" });
    let made = browser
        .mutate("taskCreate", "TaskCreateInput", "task { id }", input)
        .await;
    let id = made["task"]["id"].clone();
    let input = json!({ "id": id, "title": "Paint", "estimateMinMinutes": null, "estimateMaxMinutes": null });
    browser
        .mutate("taskUpdate", "TaskUpdateInput", "task { id }", input)
        .await;
    let input = json!({ "id": id, "status": "DONE", "assigneeId": null, "dueDate": null });
    browser
        .mutate("taskUpdate", "TaskUpdateInput", "task { id }", input)
        .await;

    let read = async |first: Value, after: Value| {
        let variables = json!({ "id": id, "first": first, "after": after });
        browser.gql(HISTORY, variables).await["task"].take()
    };
    let task = read(json!(2), Value::Null).await;
    let history = &task["history"];
    assert_eq!(history["totalCount"], 3);
    assert_eq!(history["nodes"][0]["version"], 3);
    assert_eq!(history["nodes"][0]["actor"]["name"], "Ada");
    let changed = |node: &Value| -> Vec<String> {
        let fields = node["changed"].as_array().expect("fields").iter();
        fields
            .map(|field| field.as_str().expect("text").to_owned())
            .collect()
    };
    assert_eq!(changed(&history["nodes"][0]), ["STATUS", "ASSIGNEE", "DUE_DATE"]);
    // The oldest of a page knows what it was changed from, though that stands on the next.
    assert_eq!(changed(&history["nodes"][1]), ["TITLE", "ESTIMATE"]);
    assert_eq!(history["pageInfo"]["hasNextPage"], true);
    let rest = read(json!(2), history["pageInfo"]["endCursor"].clone()).await;
    let first = &rest["history"]["nodes"][0];
    assert_eq!(rest["history"]["nodes"].as_array().expect("nodes").len(), 1);
    assert_eq!(
        (&first["title"], &first["estimateMinMinutes"]),
        (&json!("Draw"), &json!(30))
    );
    assert_eq!(first["assignee"]["name"], "Ada");
    assert!(changed(first).is_empty(), "{first}");
    let by_id = browser
        .gql(
            "query($id: ID!) { node(id: $id) { id ... on TaskVersion { version title changed } } }",
            json!({ "id": history["nodes"][1]["id"] }),
        )
        .await;
    assert_eq!(by_id["node"]["title"], "Paint");
    assert_eq!(changed(&by_id["node"]), ["TITLE", "ESTIMATE"]);

    let stale = json!({ "id": id, "version": 1, "expectedVersion": 2 });
    let refused = browser
        .try_mutate("taskRevert", "TaskRevertInput", "task { version }", stale)
        .await;
    assert_eq!(refused["userErrors"][0]["code"], "CONFLICT");
    assert_eq!(refused["task"]["version"], 3, "the current one comes with it");
    let unknown = json!({ "id": id, "version": 17 });
    let refused = browser
        .try_mutate("taskRevert", "TaskRevertInput", "task { version }", unknown)
        .await;
    assert_eq!(refused["userErrors"][0]["field"], json!(["version"]));

    let selection = "task { version title status dueDate completedAt estimateMinMinutes assignee { name } }";
    let input = json!({ "id": id, "version": 1, "expectedVersion": 3 });
    let back = browser
        .mutate("taskRevert", "TaskRevertInput", selection, input)
        .await;
    assert_eq!(
        back["task"],
        json!({ "version": 4, "title": "Draw", "status": "BACKLOG", "dueDate": "2026-12-24", "completedAt": null,
                "estimateMinMinutes": 30, "assignee": { "name": "Ada" } })
    );
    let task = read(json!(1), Value::Null).await;
    assert_eq!(task["history"]["totalCount"], 4, "going back is a change, too");
}

#[tokio::test]
async fn a_search_finds_what_holds_the_text_in_this_workspace_alone() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.person("Ada").await, stack.person("Eve").await);
    for person in [&ada, &eve] {
        let browser = &person.browser;
        let input = json!({ "workspaceId": person.workspace, "name": "Orchard Foods" });
        browser
            .mutate("clientCreate", "ClientCreateInput", "client { id }", input)
            .await;
        let id = project(person).await;
        for title in ["Photograph the orchard", "100% done_ish", "Call back"] {
            let input = json!({ "projectId": id, "title": title });
            browser
                .mutate("taskCreate", "TaskCreateInput", "task { id }", input)
                .await;
        }
        let text = "Minutes of Tuesday. The orchard opens in May, and the harvest festival follows.";
        let input = json!({ "workspaceId": person.workspace, "text": text, "projectId": id });
        browser
            .mutate("planStart", "PlanStartInput", "job { id }", input)
            .await;
    }
    let query = "query($id: ID!, $text: String!, $first: Int! = 20) { workspace(id: $id) { search(text: $text, first: $first) { \
                 excerpt node { __typename id ... on Task { title } ... on Client { name } } } } }";
    let search = async |person: &Person, workspace: &str, text: &str| {
        let answer = person
            .browser
            .gql(query, json!({ "id": workspace, "text": text }))
            .await;
        answer["workspace"]["search"].as_array().cloned()
    };
    let hits = search(&ada, &ada.workspace, "orchard").await.expect("hits");
    let kinds: Vec<&str> = hits
        .iter()
        .map(|hit| hit["node"]["__typename"].as_str().expect("a kind"))
        .collect();
    assert_eq!(hits.len(), 3, "{hits:?}");
    assert_eq!(kinds[0], "Client", "names come first: {hits:?}");
    let document = hits
        .iter()
        .find(|hit| hit["node"]["__typename"] == "Document")
        .expect("the document");
    assert!(
        document["excerpt"].as_str().expect("words").contains("orchard"),
        "{document}"
    );

    // The text's own wildcards and operators are plain characters.
    for (text, found) in [
        ("100%", 1),
        ("e_i", 1),
        ("%", 1),
        ("_", 1),
        ("  ", 0),
        ("zzz", 0),
        ("\" OR -", 0),
    ] {
        let hits = search(&ada, &ada.workspace, text).await.expect("hits");
        assert_eq!(hits.len(), found, "{text:?}: {hits:?}");
    }
    // Eve's things are the same by name; none of them is Ada's.
    let theirs = search(&eve, &eve.workspace, "orchard").await.expect("hits");
    assert!(
        theirs
            .iter()
            .all(|hit| hits.iter().all(|own| own["node"]["id"] != hit["node"]["id"]))
    );
    assert!(search(&eve, &ada.workspace, "orchard").await.is_none());

    let input = json!({ "id": hits.iter().find(|hit| hit["node"]["__typename"] == "Task").expect("the task")["node"]["id"] });
    ada.browser
        .mutate("taskDelete", "NodeVersionInput", "deletedId", input)
        .await;
    assert_eq!(
        search(&ada, &ada.workspace, "photograph")
            .await
            .expect("hits")
            .len(),
        0
    );
    for first in [0, -1, 51] {
        let variables = json!({ "id": ada.workspace, "text": "a", "first": first });
        let answer = ada.browser.ask(query, variables).await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
            "{first}"
        );
    }
}
