//! Personal access tokens: what they open, for how long, and what they never do.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use smartstack_domain::{clock::Clock, testing::TestDb};
use smartstack_schema::TokenScope;

use crate::{
    program::Program,
    support::{Stack, code},
};

const VIEWER: &str = "{ viewer { user { id } } }";

#[tokio::test]
async fn a_token_is_shown_once_and_opens_without_cookie_or_origin() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let program = Program::with(&stack, &ada.browser, None, &["WORKSPACE_READ"]).await;
    assert!(program.token.starts_with("ss_pat_"));
    let seen = program.gql(VIEWER, json!({})).await;
    assert_eq!(seen["viewer"]["user"]["id"], ada.user.as_str());

    let query = "{ viewer { apiTokens { id name hint scopes allWorkspaces expiresAt } } }";
    let listed = ada.browser.gql(query, json!({})).await;
    assert_eq!(listed["viewer"]["apiTokens"][0]["id"], program.id.as_str());
    assert!(!listed.to_string().contains(&program.token));
    assert!(
        program
            .token
            .ends_with(listed["viewer"]["apiTokens"][0]["hint"].as_str().expect("a hint"))
    );
    // Nor is it anywhere in the database, not even in part; nor in the audit log.
    let random = &program.token["ss_pat_".len()..][..20];
    let dump = stack.sql("SELECT string_agg(t::text, ' ') FROM api_tokens t")
        + &stack.sql("SELECT string_agg(a::text, ' ') FROM audit_events a");
    assert!(
        dump.contains("api_token.create") && !dump.contains(random),
        "{dump}"
    );
}

#[tokio::test]
async fn a_bad_token_is_refused_whatever_cookies_come_with_it() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.person("Ada").await, stack.person("Eve").await);
    let good = Program::with(&stack, &eve.browser, None, &["WORKSPACE_READ"]).await;
    let mut typo = good.token.clone();
    let last = typo.pop();
    typo.push(if last == Some('0') { '1' } else { '0' });
    let body = json!({ "query": VIEWER });
    for token in ["", "x", typo.as_str()] {
        let request = ada.browser.request(Method::POST, "/graphql").json(&body);
        let answer = request
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{token}");
        let challenge = answer.headers()[header::WWW_AUTHENTICATE].to_str().expect("text");
        assert!(challenge.starts_with("Bearer"), "{challenge}");
        let problem: Value = answer.json().await.expect("JSON");
        assert_eq!(problem["code"], "UNAUTHENTICATED");
    }
    // Ada's cookies, Eve's token: it is Eve who asks.
    let request = ada.browser.bare(Method::POST, "/graphql").json(&body);
    let answer = request.bearer_auth(&good.token).send().await.expect("an answer");
    let answer: Value = answer.json().await.expect("JSON");
    assert_eq!(answer["data"]["viewer"]["user"]["id"], eve.user.as_str());
}

#[tokio::test]
async fn a_token_reaches_what_its_scopes_name_and_nothing_by_way_of_it() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let input = json!({ "workspaceId": ada.workspace, "name": "Client" });
    let client = ada
        .browser
        .mutate("clientCreate", "ClientCreateInput", "client { id }", input)
        .await["client"]["id"]
        .take();
    let input = json!({ "workspaceId": ada.workspace, "name": "Project", "clientId": client });
    let project = ada
        .browser
        .mutate("projectCreate", "ProjectCreateInput", "project { id }", input)
        .await["project"]["id"]
        .take();
    let input = json!({ "projectId": project, "title": "Task" });
    let task = ada
        .browser
        .mutate("taskCreate", "TaskCreateInput", "task { id }", input)
        .await["task"]["id"]
        .take();

    let program = Program::with(&stack, &ada.browser, None, &["CLIENTS_READ"]).await;
    let own = program
        .gql(
            "query($id: ID!) { client(id: $id) { name } }",
            json!({ "id": client }),
        )
        .await;
    assert_eq!(own["client"]["name"], "Client");
    let id = json!({ "id": client });
    for (document, missing) in [
        (
            "query($id: ID!) { client(id: $id) { projects { totalCount } } }",
            "projects:read",
        ),
        (
            "query($id: ID!) { client(id: $id) { projects { nodes { tasks { nodes { title } } } } } }",
            "projects:read, tasks:read",
        ),
        (
            "query($id: ID!) { client(id: $id) { ...F } } fragment F on Client { projects { nodes { __typename } } }",
            "projects:read",
        ),
        (
            "query($id: ID!) { client(id: $id) { ... { ... on Node { ... on Client { projects { nodes { id } } } } } } }",
            "projects:read",
        ),
        (
            "mutation($id: ID!) { clientArchive(input: { id: $id }) { client { id } } }",
            "clients:write",
        ),
        (
            "query($id: ID!) { client(id: $id) { name } viewer { user { email } } }",
            "members:read",
        ),
        (
            "query($id: ID!) { client(id: $id) { name } viewer { workspaces { role workspace { id } } } }",
            "workspace:read",
        ),
        // Never mind that it is not asked for in the end.
        (
            "query($id: ID!, $no: Boolean = false) { client(id: $id) { projects @include(if: $no) { totalCount } } }",
            "projects:read",
        ),
    ] {
        let answer = program.ask(document, id.clone()).await;
        assert_eq!(code(&answer), "FORBIDDEN", "{document}: {answer}");
        assert!(answer["data"].is_null(), "{document}");
        let message = answer["errors"][0]["message"].as_str().expect("a message");
        assert!(message.contains(missing), "{document}: {message}");
    }
    // By id, whether it is there or not.
    for document in [
        "query($id: ID!) { node(id: $id) { id } }",
        "query($id: ID!) { nodes(ids: [$id]) { __typename } }",
    ] {
        for id in [
            &task,
            &project,
            &json!("task_00000000000000000000000000"),
            &json!(ada.user),
        ] {
            let answer = program.ask(document, json!({ "id": id })).await;
            assert_eq!(code(&answer), "FORBIDDEN", "{document} {id}: {answer}");
        }
        let answer = program.ask(document, json!({ "id": client })).await;
        assert!(answer["errors"].is_null(), "{answer}");
    }
    // Writing includes reading the same thing.
    let writer = Program::with(&stack, &ada.browser, None, &["TASKS_WRITE"]).await;
    let document = "mutation($id: ID!) { taskUpdate(input: { id: $id, title: \"Renamed\" }) { task { title } userErrors { code } } }";
    let answer = writer.gql(document, json!({ "id": task })).await;
    assert_eq!(answer["taskUpdate"]["task"]["title"], "Renamed");
    // Nothing is done when what is to be shown afterwards may not be.
    let document = "mutation($id: ID!) { taskUpdate(input: { id: $id, title: \"Again\" }) { task { project { name } } } }";
    assert_eq!(
        code(&writer.ask(document, json!({ "id": task })).await),
        "FORBIDDEN"
    );
    let document = "query($id: ID!) { task(id: $id) { title } }";
    assert_eq!(
        writer.gql(document, json!({ "id": task })).await["task"]["title"],
        "Renamed"
    );
}

#[tokio::test]
async fn no_token_is_good_for_tokens_or_the_account() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let all: Vec<&str> = TokenScope::ALL.iter().map(|scope| scope.as_str()).collect();
    let program = Program::with(&stack, &ada.browser, None, &all).await;
    for document in [
        "mutation { apiTokenCreate(input: { name: \"x\", scopes: [TASKS_READ] }) { secret } }".to_owned(),
        format!(
            "mutation {{ apiTokenRevoke(input: {{ id: \"{}\" }}) {{ userErrors {{ code }} }} }}",
            program.id
        ),
        "mutation { viewerUpdate(input: { name: \"Mallory\" }) { userErrors { code } } }".to_owned(),
        "{ viewer { apiTokens { id } } }".to_owned(),
    ] {
        assert_eq!(
            code(&program.ask(&document, json!({})).await),
            "FORBIDDEN",
            "{document}"
        );
    }
    // Somebody else's token is not there.
    let eve = stack.person("Eve").await;
    let input = json!({ "id": program.id });
    let refused = eve
        .browser
        .try_mutate("apiTokenRevoke", "ApiTokenRevokeInput", "apiToken { id }", input)
        .await;
    assert_eq!(refused["userErrors"][0]["code"], "NOT_FOUND");
    program.gql(VIEWER, json!({})).await;
}

#[tokio::test]
async fn a_bound_token_knows_its_workspace_alone() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.person("Ada").await, stack.person("Eve").await);
    // Ada is a guest of Eve's, too.
    let uuid = |id: &str| id.parse::<smartstack_schema::AnyId>().expect("an id").uuid();
    stack.sql(&format!(
        "INSERT INTO memberships (workspace_id, user_id, role, created_at) VALUES ('{}', '{}', 'MEMBER', now())",
        uuid(&eve.workspace),
        uuid(&ada.user)
    ));
    let bound = Program::with(&stack, &ada.browser, Some(&eve.workspace), &["WORKSPACE_WRITE"]).await;
    let query = "{ viewer { workspaces { workspace { id } } } }";
    let seen = bound.gql(query, json!({})).await;
    assert_eq!(
        seen["viewer"]["workspaces"],
        json!([{ "workspace": { "id": eve.workspace } }])
    );
    let query = "query($id: ID!) { workspace(id: $id) { id } node(id: $id) { id } }";
    let seen = bound.gql(query, json!({ "id": ada.workspace })).await;
    assert_eq!(seen, json!({ "workspace": null, "node": null }));
    // A token cannot do more than its person: Ada is no owner there.
    let document =
        "mutation($id: ID!) { workspaceUpdate(input: { id: $id, name: \"Mine\" }) { userErrors { code } } }";
    assert_eq!(
        code(&bound.ask(document, json!({ "id": eve.workspace })).await),
        "FORBIDDEN"
    );
    // Not to be bound to a stranger's workspace.
    let input = json!({ "name": "x", "scopes": ["TASKS_READ"], "workspaceId": ada.workspace });
    let refused = eve
        .browser
        .try_mutate("apiTokenCreate", "ApiTokenCreateInput", "secret", input)
        .await;
    assert_eq!(refused["userErrors"][0]["code"], "NOT_FOUND", "{refused}");
    // Once Ada has left, it is good for nothing.
    stack.sql(&format!(
        "DELETE FROM memberships WHERE workspace_id = '{}' AND user_id = '{}'",
        uuid(&eve.workspace),
        uuid(&ada.user)
    ));
    assert_eq!(
        bound.send(VIEWER, json!({})).await.status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_token_ends_at_its_time_and_says_when_it_was_used() {
    let clock = Clock::fixed("2027-03-01T12:00:00Z".parse().expect("a time"));
    let stack = Stack::start_with(TestDb::with_clock(clock.clone()).await, |_| {}).await;
    let ada = stack.person("Ada").await;
    let program = Program::with(&stack, &ada.browser, None, &["WORKSPACE_READ"]).await;
    let used = || stack.sql("SELECT to_char(last_used_at, 'HH24:MI:SS') FROM api_tokens");
    assert_eq!(used(), "");
    program.gql(VIEWER, json!({})).await;
    assert_eq!(used(), "12:00:00");
    clock.advance(TimeDelta::seconds(59));
    program.gql(VIEWER, json!({})).await;
    assert_eq!(used(), "12:00:00", "written at most once a minute");
    clock.advance(TimeDelta::seconds(1));
    program.gql(VIEWER, json!({})).await;
    assert_eq!(used(), "12:01:00");
    // Ninety days unless something else is said.
    clock.advance(TimeDelta::days(90) - TimeDelta::seconds(61));
    program.gql(VIEWER, json!({})).await;
    clock.advance(TimeDelta::seconds(1));
    assert_eq!(
        program.send(VIEWER, json!({})).await.status(),
        StatusCode::UNAUTHORIZED
    );

    let eve = stack.person("Eve").await;
    for (input, field, refusal) in [
        (
            json!({ "name": "x", "scopes": ["TASKS_READ"], "expiresInDays": 366 }),
            "expiresInDays",
            "OUT_OF_RANGE",
        ),
        (
            json!({ "name": "x", "scopes": ["TASKS_READ"], "expiresInDays": 0 }),
            "expiresInDays",
            "OUT_OF_RANGE",
        ),
        (
            json!({ "name": " ", "scopes": ["TASKS_READ"] }),
            "name",
            "REQUIRED",
        ),
        (
            json!({ "name": "x".repeat(121), "scopes": ["TASKS_READ"] }),
            "name",
            "TOO_LONG",
        ),
        (json!({ "name": "x", "scopes": [] }), "scopes", "REQUIRED"),
    ] {
        let refused = eve
            .browser
            .try_mutate("apiTokenCreate", "ApiTokenCreateInput", "secret", input)
            .await;
        assert_eq!(refused["userErrors"][0]["code"], refusal);
        assert_eq!(refused["userErrors"][0]["field"], json!([field]));
        assert!(refused["secret"].is_null());
    }
}

#[tokio::test]
async fn a_token_opens_a_socket_until_it_is_revoked() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let program = Program::with(&stack, &ada.browser, None, &["WORKSPACE_READ"]).await;
    let changes = "subscription($ws: ID!) { changes(workspaceId: $ws) { kind } }";
    let mut sockets = Vec::new();
    for in_header in [true, false] {
        let mut socket = program.socket(in_header).await;
        assert_eq!(socket.hear().await["type"], "connection_ack");
        socket
            .subscribe("1", changes, json!({ "ws": ada.workspace }))
            .await;
        // Without the scope it says so at once, instead of waiting for something to tell.
        let job = "subscription { job(id: \"job_00000000000000000000000000\") { id } }";
        socket.subscribe("2", job, json!({})).await;
        let refusal = socket.hear().await;
        assert_eq!(refusal["id"], "2");
        assert_eq!(
            refusal["payload"][0]["extensions"]["code"], "FORBIDDEN",
            "{refusal}"
        );
        sockets.push(socket);
    }
    let input = json!({ "workspaceId": ada.workspace, "name": "Client" });
    ada.browser
        .mutate("clientCreate", "ClientCreateInput", "client { id }", input)
        .await;
    for socket in &mut sockets {
        assert_eq!(
            socket.hear().await["payload"]["data"]["changes"]["kind"],
            "CLIENT"
        );
    }
    let begun = Instant::now();
    let input = json!({ "id": program.id });
    ada.browser
        .mutate("apiTokenRevoke", "ApiTokenRevokeInput", "apiToken { id }", input)
        .await;
    for socket in &mut sockets {
        assert_eq!(socket.closed().await, 4401);
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(
        program.send(VIEWER, json!({})).await.status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(program.socket(false).await.closed().await, 4403);
}

#[tokio::test]
async fn a_token_beside_cookies_is_what_counts_on_a_socket() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.person("Ada").await, stack.person("Eve").await);
    let program = Program::with(&stack, &eve.browser, None, &["WORKSPACE_READ"]).await;
    let origin = Some(crate::support::ORIGIN);
    let mut socket = ada
        .browser
        .open(origin, Some("graphql-transport-ws"))
        .await
        .expect("a socket");
    let payload = json!({ "Authorization": format!("Bearer {}", program.token) });
    socket
        .say(json!({ "type": "connection_init", "payload": payload }))
        .await;
    assert_eq!(socket.hear().await["type"], "connection_ack");
    socket.subscribe("1", VIEWER, json!({})).await;
    assert_eq!(
        socket.hear().await["payload"]["data"]["viewer"]["user"]["id"],
        eve.user.as_str()
    );
    // A bad one does not fall back on the cookies.
    let mut socket = ada
        .browser
        .open(origin, Some("graphql-transport-ws"))
        .await
        .expect("a socket");
    let payload = json!({ "authorization": "Bearer ss_pat_x" });
    socket
        .say(json!({ "type": "connection_init", "payload": payload }))
        .await;
    assert_eq!(socket.closed().await, 4403);
}
