//! A link shows one project to whoever has it, until it is revoked.

use std::time::{Duration, Instant};

use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use crate::support::{Browser, Heard, Person, Socket, Stack};

const VIEW: &str = "{ sharedView { projectName clientName freelancerName total done showTasks showEstimates tasks { title status estimateMaxMinutes dueDate } notes { text } } }";

struct Shared {
    link: Value,
    task: Value,
    project: Value,
}

async fn share(ada: &Person) -> Shared {
    let input = json!({ "workspaceId": ada.workspace, "name": "Site" });
    let project = ada
        .browser
        .mutate("projectCreate", "ProjectCreateInput", "project { id }", input)
        .await;
    let project = project["project"]["id"].clone();
    let input =
        json!({ "projectId": project, "title": "Design", "estimateMaxMinutes": 90, "dueDate": "2026-12-01" });
    let task = ada
        .browser
        .mutate("taskCreate", "TaskCreateInput", "task { id }", input)
        .await;
    let hidden = json!({ "projectId": project, "title": "Hidden", "clientVisible": false });
    ada.browser
        .mutate("taskCreate", "TaskCreateInput", "task { id }", hidden)
        .await;
    let input = json!({ "projectId": project, "label": "For Orchard", "showTasks": true, "showEstimates": false, "showDueDates": true });
    let link = ada
        .browser
        .mutate(
            "shareLinkCreate",
            "ShareLinkCreateInput",
            "shareLink { id url }",
            input,
        )
        .await;
    Shared {
        link: link["shareLink"].clone(),
        task: task["task"]["id"].clone(),
        project,
    }
}

/// Opens the link in a browser of its own; the browser, at the view's door.
async fn open(stack: &Stack, link: &Value) -> Browser {
    let browser = stack.browser();
    let url = link["url"].as_str().expect("a URL");
    let token = url.rsplit('/').next().expect("a token");
    assert!(token.len() >= 22, "fewer than 128 bits");
    let answer = browser.get(&format!("/s/{token}")).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let place = answer.headers()[header::LOCATION]
        .to_str()
        .expect("text")
        .to_owned();
    assert_eq!(place, format!("/s/v/{}", link["id"].as_str().expect("an id")));
    let line = browser.cookies.lock().expect("cookies")["__Secure-ss_share"]
        .line
        .clone();
    for attribute in [
        format!("Path={place}").as_str(),
        "HttpOnly",
        "Secure",
        "SameSite=Lax",
    ] {
        assert!(line.contains(attribute), "{line}");
    }
    browser.at_gate(&place)
}

/// A socket on which the view's changes are heard by now.
async fn watch(client: &Browser) -> Socket {
    let mut socket = client.socket().await;
    socket
        .subscribe("s", "subscription { sharedViewChanged { at } }", json!({}))
        .await;
    // The subscription has begun once a query behind it is answered.
    socket.subscribe("q", VIEW, json!({})).await;
    assert_eq!(socket.hear().await["id"], "q");
    assert_eq!(socket.hear().await["type"], "complete");
    socket
}

#[tokio::test]
async fn a_client_sees_what_was_ticked_and_nothing_else() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let shared = share(&ada).await;
    let client = open(&stack, &shared.link).await;
    let page = format!("/s/v/{}", shared.link["id"].as_str().expect("an id"));
    assert_eq!(client.get(&page).await.status(), StatusCode::OK);
    let view = client.gql(VIEW, json!({})).await["sharedView"].take();
    assert_eq!(view["projectName"], "Site");
    assert_eq!(view["freelancerName"], "Ada");
    assert_eq!(
        view["tasks"],
        json!([{ "title": "Design", "status": "BACKLOG", "estimateMaxMinutes": null, "dueDate": "2026-12-01" }])
    );
    // Nothing else answers at this door.
    let nothing = client
        .ask(
            "query($id: ID!) { viewer { user { id } } project(id: $id) { id } }",
            json!({ "id": shared.project }),
        )
        .await;
    assert_eq!(
        nothing["errors"][0]["extensions"]["code"], "UNAUTHENTICATED",
        "{nothing}"
    );
    // And the cookie opens no other door: not the accounts', not another link's.
    let other = share(&ada).await;
    let foreign = client.at_gate(&format!("/s/v/{}", other.link["id"].as_str().expect("an id")));
    let secret = client.cookies.lock().expect("cookies")["__Secure-ss_share"].clone();
    foreign.cookies.lock().expect("cookies").insert(
        "__Secure-ss_share".to_owned(),
        crate::support::Cookie {
            path: "/".to_owned(),
            ..secret
        },
    );
    let answer = foreign.ask(VIEW, json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND");
    let answer = foreign.at_gate("").ask(VIEW, json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_client_sees_changes_live_until_the_link_is_revoked() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let shared = share(&ada).await;
    let client = open(&stack, &shared.link).await;
    let mut socket = watch(&client).await;
    let input = json!({ "id": shared.task, "status": "IN_PROGRESS" });
    ada.browser
        .mutate("taskUpdate", "TaskUpdateInput", "task { id }", input)
        .await;
    let changed = socket.hear().await;
    assert_eq!(
        (&changed["type"], &changed["id"]),
        (&json!("next"), &json!("s")),
        "{changed}"
    );
    let view = client.gql(VIEW, json!({})).await;
    assert_eq!(view["sharedView"]["tasks"][0]["status"], "IN_PROGRESS");

    let started = Instant::now();
    let id = json!({ "id": shared.link["id"] });
    let revoked = ada
        .browser
        .mutate(
            "shareLinkRevoke",
            "NodeVersionInput",
            "shareLink { url revokedAt }",
            id,
        )
        .await;
    assert_eq!(revoked["shareLink"]["url"], Value::Null);
    // Whichever comes first, the subscription's end or the socket's: it says why.
    let mut told = false;
    let code = loop {
        match socket.next().await {
            Heard::Closed(code, _) => break code,
            Heard::Message(message) => {
                told |= message["payload"]["errors"][0]["extensions"]["code"] == "NOT_FOUND";
                assert!(told || message["type"] != "complete", "{message}");
            }
        }
    };
    assert_eq!(code, 4403);
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    let answer = client.ask(VIEW, json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND");

    // Revoked, unknown and malformed are the same page.
    let token = shared.link["url"]
        .as_str()
        .expect("a URL")
        .rsplit('/')
        .next()
        .expect("a token")
        .to_owned();
    let mut pages = Vec::new();
    for path in [
        format!("/s/{token}"),
        "/s/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        "/s/x".to_owned(),
    ] {
        let answer = stack.browser().get(&path).await;
        pages.push((answer.status(), answer.text().await.expect("text")));
    }
    assert_eq!(pages[0].0, StatusCode::NOT_FOUND);
    assert!(pages.iter().all(|page| *page == pages[0]));
}

#[tokio::test]
async fn only_the_hash_of_a_token_is_stored() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let shared = share(&ada).await;
    let token = shared.link["url"]
        .as_str()
        .expect("a URL")
        .rsplit('/')
        .next()
        .expect("a token")
        .to_owned();
    let row = stack.sql("SELECT row_to_json(s)::text FROM share_links s");
    assert!(!row.contains(&token));
    assert!(
        !stack
            .sql("SELECT coalesce(string_agg(row_to_json(a)::text, ''), '') FROM audit_events a")
            .contains(&token)
    );
}

const LINK: &str = "shareLink { id url hasPassword }";

#[tokio::test]
async fn a_password_stands_before_everything_a_link_shows() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let shared = share(&ada).await;
    let change = async |input: Value| {
        let answer = ada
            .browser
            .mutate("shareLinkUpdate", "ShareLinkUpdateInput", LINK, input)
            .await;
        answer["shareLink"].clone()
    };
    // A page that is open when the password comes closes within a second, and says why when it asks.
    let early = open(&stack, &shared.link).await;
    let mut socket = watch(&early).await;
    let started = Instant::now();
    let link = change(json!({ "id": shared.link["id"], "password": "orchard 2026" })).await;
    assert_eq!(link["hasPassword"], true);
    let code = loop {
        match socket.next().await {
            Heard::Closed(code, _) => break code,
            Heard::Message(message) => assert_ne!(message["type"], "next", "{message}"),
        }
    };
    assert_eq!(code, 4403);
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    let answer = early.ask(VIEW, json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");

    // The link still leads to its page, which tells nothing of the project.
    let client = open(&stack, &shared.link).await;
    let page = format!("/s/v/{}", shared.link["id"].as_str().expect("an id"));
    let answer = client.get(&page).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(!answer.text().await.expect("text").contains("Site"));
    let answer = client.ask(VIEW, json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert!(!answer.to_string().contains("Site"), "{answer}");

    let door = format!("{page}/password");
    let wrong = client.post(&door, &json!({ "password": "orchard 2025" })).await;
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
    for broken in [json!({}), json!({ "password": 7 }), json!("orchard 2026")] {
        let answer = client.post(&door, &broken).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{broken}");
        assert!(!answer.text().await.expect("text").contains("orchard"));
    }
    // Without the link's own cookie there is nothing to guess at.
    let stranger = stack.browser();
    let answer = stranger.post(&door, &json!({ "password": "orchard 2026" })).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);

    let right = client.post(&door, &json!({ "password": "orchard 2026" })).await;
    assert_eq!(right.status(), StatusCode::NO_CONTENT);
    let line = client.cookies.lock().expect("cookies")["__Secure-ss_share_pass"]
        .line
        .clone();
    let path = format!("Path={page}");
    for attribute in [path.as_str(), "HttpOnly", "Secure", "SameSite=Lax"] {
        assert!(line.contains(attribute), "{line}");
    }
    let view = client.gql(VIEW, json!({})).await;
    assert_eq!(view["sharedView"]["projectName"], "Site");
    let mut socket = client.socket().await;
    socket.subscribe("q", VIEW, json!({})).await;
    assert_eq!(
        socket.hear().await["payload"]["data"]["sharedView"]["projectName"],
        "Site"
    );

    // It is told to nobody: not to its owner, not in a log.
    for table in [
        "share_links",
        "audit_events",
        "changes",
        "outbox",
        "idempotency_keys",
    ] {
        let rows = stack.sql(&format!(
            "SELECT coalesce(string_agg(row_to_json(t)::text, ''), '') FROM {table} t"
        ));
        assert!(!rows.contains("orchard 2026"), "{table}");
    }
    let audit = stack.sql("SELECT coalesce(string_agg(row_to_json(t)::text, ''), '') FROM audit_events t");
    assert!(!audit.contains("argon2id"), "{audit}");

    let link = change(json!({ "id": shared.link["id"], "password": null })).await;
    assert_eq!(link["hasPassword"], false);
    let anyone = open(&stack, &shared.link).await;
    assert_eq!(
        anyone.gql(VIEW, json!({})).await["sharedView"]["projectName"],
        "Site"
    );
}

#[tokio::test]
async fn guesses_at_a_links_password_are_answered_with_a_wait() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let shared = share(&ada).await;
    let input = json!({ "id": shared.link["id"], "password": "orchard 2026" });
    ada.browser
        .mutate("shareLinkUpdate", "ShareLinkUpdateInput", LINK, input)
        .await;
    let client = open(&stack, &shared.link).await;
    let door = format!("/s/v/{}/password", shared.link["id"].as_str().expect("an id"));
    let mut statuses = Vec::new();
    for _ in 0..7 {
        let answer = client.post(&door, &json!({ "password": "guessguess" })).await;
        statuses.push(answer.status());
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.headers().contains_key(header::RETRY_AFTER));
        }
    }
    assert_eq!(statuses[..6], [StatusCode::UNAUTHORIZED; 6]);
    assert_eq!(statuses[6], StatusCode::TOO_MANY_REQUESTS);
}
