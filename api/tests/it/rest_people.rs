//! REST v1: members and invitations, notes, and what tasks were before.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::{member::admit, rest::Caller, support::Stack};

const IF_MATCH: &str = "if-match";

#[tokio::test]
async fn people_are_invited_and_taken_out() {
    let stack = Stack::start().await;
    let (ada, bob) = (stack.person("Ada").await, stack.person("Bob").await);
    let caller = Caller::of(&stack, &ada, &["MEMBERS_WRITE"]).await;
    let body = json!({ "email": bob.email, "role": "MEMBER" });
    let invitation = caller.post("invitations", body).await;
    assert_eq!(
        (&invitation["email"], &invitation["role"]),
        (&json!(bob.email), &json!("MEMBER"))
    );
    let path = format!("invitations/{}", invitation["id"].as_str().expect("an id"));
    // It was sent a moment ago.
    let again = caller
        .send(Method::POST, &format!("{path}/resend"), &[], None)
        .await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    assert_eq!(
        caller.get("invitations").await["items"][0]["id"],
        invitation["id"]
    );
    let gone = caller.send(Method::DELETE, &path, &[], None).await;
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    assert_eq!(caller.get("invitations").await["items"], json!([]));

    admit(&stack, &ada, &bob, "MEMBER").await;
    let names = |list: &Value| -> Vec<String> {
        let all = list["items"].as_array().expect("a list").iter();
        all.map(|one| one["name"].as_str().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(names(&caller.get("members").await).len(), 2);
    let path = format!("members/{}", bob.user);
    let body = json!({ "role": "VIEWER" });
    let changed = caller.send(Method::PATCH, &path, &[], Some(body)).await;
    assert_eq!(changed.status(), StatusCode::OK);
    assert_eq!(caller.get(&path).await["role"], "VIEWER");
    // Who stays the last owner stays one.
    let own = format!("members/{}", ada.user);
    let refused = caller
        .send(Method::PATCH, &own, &[], Some(json!({ "role": "MEMBER" })))
        .await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let gone = caller.send(Method::DELETE, &path, &[], None).await;
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    assert_eq!(names(&caller.get("members").await), ["Ada"]);
    let gone = caller.send(Method::GET, &path, &[], None).await;
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_note_is_settled_and_deleted() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let scopes = [
        "PROJECTS_WRITE",
        "TASKS_WRITE",
        "DOCUMENTS_WRITE",
        "JOBS_WRITE",
        "SUGGESTIONS_WRITE",
    ];
    let caller = Caller::of(&stack, &ada, &scopes).await;
    let project = caller.post("projects", json!({ "name": "Site" })).await;
    let notes = format!("projects/{}/notes", project["id"].as_str().expect("an id"));
    assert_eq!(caller.get(&notes).await["items"], json!([]));
    let body = json!({ "text": "Who pays for the fonts?", "projectId": project["id"] });
    let job = caller.post("plans", body).await;
    let job = format!("jobs/{}", job["id"].as_str().expect("an id"));
    caller.post(&format!("{job}/cancel"), Value::Null).await;
    let suggestion = caller.post(&format!("{job}/review-by-hand"), Value::Null).await;
    let items = format!("suggestions/{}/items", suggestion["id"].as_str().expect("an id"));
    let body = json!({ "kind": "QUESTION", "title": "Who pays for the fonts?" });
    let item = caller.post(&items, body).await;
    let item = format!("suggestion-items/{}/accept", item["id"].as_str().expect("an id"));
    caller.post(&item, json!({})).await;

    let list = caller.get(&notes).await;
    let note = &list["items"][0];
    assert_eq!(
        (&note["kind"], &note["text"], &note["projectId"]),
        (
            &json!("QUESTION"),
            &json!("Who pays for the fonts?"),
            &project["id"]
        )
    );
    let path = format!("notes/{}", note["id"].as_str().expect("an id"));
    assert_eq!(caller.get(&path).await, *note);
    let settle = json!({ "resolved": true });
    let settled = caller
        .send(Method::PATCH, &path, &[(IF_MATCH, "\"1\"")], Some(settle.clone()))
        .await;
    assert_eq!(settled.headers()[header::ETAG], "\"2\"");
    let settled: Value = settled.json().await.expect("JSON");
    assert!(settled["resolvedAt"].is_string(), "{settled}");
    let late = caller
        .send(Method::PATCH, &path, &[(IF_MATCH, "\"1\"")], Some(settle))
        .await;
    assert_eq!(late.status(), StatusCode::PRECONDITION_FAILED);
    let gone = caller.send(Method::DELETE, &path, &[], None).await;
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    assert_eq!(caller.get(&notes).await["items"], json!([]));
}

#[tokio::test]
async fn a_task_becomes_again_what_it_was() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let caller = Caller::of(&stack, &ada, &["PROJECTS_WRITE", "TASKS_WRITE"]).await;
    let project = caller.post("projects", json!({ "name": "Site" })).await;
    let body = json!({ "projectId": project["id"], "title": "First" });
    let task = caller.post("tasks", body).await;
    let path = format!("tasks/{}", task["id"].as_str().expect("an id"));
    let body = json!({ "title": "Second", "priority": "HIGH" });
    caller.send(Method::PATCH, &path, &[], Some(body)).await;

    let newest = caller.get(&format!("{path}/versions?first=1")).await;
    assert_eq!(newest["items"][0]["changed"], json!(["TITLE", "PRIORITY"]));
    assert_eq!(newest["items"][0]["actorId"], ada.user.as_str());
    let after = newest["pageInfo"]["endCursor"].as_str().expect("a cursor");
    let older = caller.get(&format!("{path}/versions?after={after}")).await;
    assert_eq!(
        (&older["items"][0]["version"], &older["items"][0]["title"]),
        (&json!(1), &json!("First"))
    );
    let back = caller
        .post(&format!("{path}/revert"), json!({ "version": 1 }))
        .await;
    assert_eq!(
        (&back["title"], &back["priority"], &back["version"]),
        (&json!("First"), &json!("NONE"), &json!(3))
    );
    let none = caller
        .send(
            Method::POST,
            &format!("{path}/revert"),
            &[],
            Some(json!({ "version": 9 })),
        )
        .await;
    assert_eq!(none.status(), StatusCode::UNPROCESSABLE_ENTITY);
}
