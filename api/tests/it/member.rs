//! Several people in a workspace: inviting, joining, roles, leaving, and workspaces that come and go.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use smartstack_domain::{clock::Clock, invitation, retention, testing::TestDb};
use smartstack_schema::InvitationId;

use crate::{
    live,
    program::Program,
    support::{Browser, PASSWORD, Person, Stack, code},
};

const OFFER: &str = "query($token: String!) { invitation(token: $token) { state workspaceName inviterName email role hasAccount } }";

/// The token of the last mail to an address, made as the worker makes it.
fn mailed(stack: &Stack, email: &str) -> String {
    let params = stack.sql(&format!(
        "SELECT payload->'params' FROM outbox WHERE payload->>'template' = 'invitation' AND payload->>'to' = '{email}' \
         ORDER BY created_at DESC, id DESC LIMIT 1"
    ));
    let params: Value = serde_json::from_str(&params).expect("a mail");
    let id: InvitationId = params["invitation_id"]
        .as_str()
        .expect("an id")
        .parse()
        .expect("an id");
    let nonce = params["nonce"].as_str().expect("a nonce");
    invitation::token(&stack.app.secrets, id, nonce)
}

async fn invite(owner: &Person, email: &str, role: &str) -> Value {
    let input = json!({ "workspaceId": owner.workspace, "email": email, "role": role });
    owner
        .browser
        .try_mutate(
            "invitationCreate",
            "InvitationCreateInput",
            "invitation { id email role }",
            input,
        )
        .await
}

async fn accept(browser: &Browser, token: &str) -> Value {
    browser
        .try_mutate(
            "invitationAccept",
            "InvitationAcceptInput",
            "workspace { id name }",
            json!({ "token": token }),
        )
        .await
}

/// Makes `guest` a member of the owner's workspace.
pub(crate) async fn admit(stack: &Stack, owner: &Person, guest: &Person, role: &str) {
    let made = invite(owner, &guest.email, role).await;
    assert_eq!(made["userErrors"], json!([]));
    let joined = accept(&guest.browser, &mailed(stack, &guest.email)).await;
    assert_eq!(joined["workspace"]["id"], owner.workspace.as_str(), "{joined}");
}

async fn about(browser: &Browser, mutation: &str, owner: &Person, user: &str) -> Value {
    let input = json!({ "workspaceId": owner.workspace, "userId": user });
    let selection = "workspace { members { user { id } role } }";
    browser
        .try_mutate(mutation, "MemberInput", selection, input)
        .await
}

async fn set_role(browser: &Browser, owner: &Person, user: &str, role: &str) -> Value {
    let input = json!({ "workspaceId": owner.workspace, "userId": user, "role": role });
    let selection = "workspace { members { user { id } role } }";
    browser
        .try_mutate("memberUpdate", "MemberUpdateInput", selection, input)
        .await
}

#[tokio::test]
async fn somebody_new_joins_by_the_link_of_the_mail() {
    let stack = Stack::start_with(TestDb::new().await, |config| config.sign_up_open = false).await;
    let ada = stack.person("Ada").await;
    let made = invite(&ada, "New@Example.com", "VIEWER").await;
    assert_eq!(made["invitation"]["email"], "new@example.com");
    let token = mailed(&stack, "new@example.com");
    let stored = stack.sql("SELECT string_agg(i::text, ' ') FROM invitations i")
        + &stack.sql("SELECT string_agg(o::text, ' ') FROM outbox o");
    assert!(!stored.contains(&token), "the token lies in the database");

    let browser = stack.browser();
    let offer = browser.gql(OFFER, json!({ "token": token })).await["invitation"].take();
    let expected = json!({ "state": "OPEN", "workspaceName": "Ada's workspace", "inviterName": "Ada",
        "email": "new@example.com", "role": "VIEWER", "hasAccount": false });
    assert_eq!(offer, expected);
    let weak = browser
        .post(
            "/api/v1/auth/join",
            &json!({ "token": token, "name": "", "password": "short" }),
        )
        .await;
    assert_eq!(weak.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let body = json!({ "token": token, "name": "Newt", "password": PASSWORD });
    let joined = browser.post("/api/v1/auth/join", &body).await;
    assert_eq!(joined.status(), StatusCode::OK);
    let viewer = browser
        .gql(
            "{ viewer { user { email } workspaces { role workspace { id } } } }",
            json!({}),
        )
        .await;
    let expected = json!({ "user": { "email": "new@example.com" },
        "workspaces": [{ "role": "VIEWER", "workspace": { "id": ada.workspace } }] });
    assert_eq!(viewer["viewer"], expected);
    // Once.
    assert_eq!(
        stack.browser().post("/api/v1/auth/join", &body).await.status(),
        StatusCode::GONE
    );
    let gone = stack.browser().gql(OFFER, json!({ "token": token })).await;
    assert_eq!(gone["invitation"], Value::Null);
    // The address is a member's now.
    let again = invite(&ada, "new@example.com", "OWNER").await;
    assert_eq!(again["userErrors"][0]["code"], "TAKEN");
}

#[tokio::test]
async fn an_invitation_is_for_its_address_alone() {
    let stack = Stack::start().await;
    let (ada, bob, eve) = (
        stack.person("Ada").await,
        stack.person("Bob").await,
        stack.person("Eve").await,
    );
    invite(&ada, &bob.email, "MEMBER").await;
    let token = mailed(&stack, &bob.email);
    let offer = eve.browser.gql(OFFER, json!({ "token": token })).await["invitation"].take();
    let nothing = json!({ "state": "OTHER_ADDRESS", "workspaceName": null, "inviterName": null,
        "email": null, "role": null, "hasAccount": null });
    assert_eq!(offer, nothing);
    let refused = accept(&eve.browser, &token).await;
    assert_eq!(refused["userErrors"][0]["code"], "INVALID_STATE");
    assert!(!refused.to_string().contains(&bob.email));
    // Nor does a new account take it away from the address: it has one.
    let body = json!({ "token": token, "name": "Mallory", "password": PASSWORD });
    let refused = stack.browser().post("/api/v1/auth/join", &body).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let document = "mutation($input: InvitationAcceptInput!) { invitationAccept(input: $input) { userErrors { code } } }";
    let nobody = stack
        .browser()
        .ask(document, json!({ "input": { "token": token } }))
        .await;
    assert_eq!(code(&nobody), "UNAUTHENTICATED");
    let joined = accept(&bob.browser, &token).await;
    assert_eq!(joined["workspace"]["id"], ada.workspace.as_str());
    assert_eq!(
        accept(&bob.browser, &token).await["userErrors"][0]["code"],
        "NOT_FOUND"
    );
}

#[tokio::test]
async fn links_end_when_sent_again_taken_back_or_too_old() {
    let clock = Clock::fixed("2027-03-01T12:00:00Z".parse().expect("a time"));
    let stack = Stack::start_with(TestDb::with_clock(clock.clone()).await, |_| {}).await;
    let (ada, bob) = (stack.person("Ada").await, stack.person("Bob").await);
    let open = |token: String| {
        let browser = stack.browser();
        async move { !browser.gql(OFFER, json!({ "token": token })).await["invitation"].is_null() }
    };
    let made = invite(&ada, &bob.email, "MEMBER").await;
    let first = mailed(&stack, &bob.email);
    assert_eq!(
        invite(&ada, &bob.email, "OWNER").await["userErrors"][0]["code"],
        "TAKEN"
    );
    let input = json!({ "workspaceId": ada.workspace, "id": made["invitation"]["id"] });
    let resend = || {
        ada.browser.try_mutate(
            "invitationResend",
            "InvitationInput",
            "invitation { id }",
            input.clone(),
        )
    };
    assert_eq!(
        resend().await["userErrors"][0]["code"],
        "INVALID_STATE",
        "a moment ago"
    );
    clock.advance(TimeDelta::minutes(2));
    assert_eq!(resend().await["userErrors"], json!([]));
    let second = mailed(&stack, &bob.email);
    assert!(first != second && !open(first).await && open(second.clone()).await);
    clock.advance(TimeDelta::days(7));
    assert!(!open(second.clone()).await, "after seven days");
    // Sessions are refreshed by the app; here the person signs in again.
    for person in [&ada, &bob] {
        let body = json!({ "email": person.email, "password": PASSWORD });
        assert_eq!(
            person.browser.post("/api/v1/auth/sign-in", &body).await.status(),
            StatusCode::OK
        );
    }
    assert_eq!(
        accept(&bob.browser, &second).await["userErrors"][0]["code"],
        "NOT_FOUND"
    );
    // An expired one gives way to a new one.
    let made = invite(&ada, &bob.email, "VIEWER").await;
    assert_eq!(made["userErrors"], json!([]));
    let third = mailed(&stack, &bob.email);
    let input = json!({ "workspaceId": ada.workspace, "id": made["invitation"]["id"] });
    ada.browser
        .mutate("invitationRevoke", "InvitationInput", "invitation { id }", input)
        .await;
    assert_eq!(
        accept(&bob.browser, &third).await["userErrors"][0]["code"],
        "NOT_FOUND"
    );
    let query = "query($id: ID!) { workspace(id: $id) { invitations { id } } }";
    let listed = ada.browser.gql(query, json!({ "id": ada.workspace })).await;
    assert_eq!(listed["workspace"]["invitations"], json!([]));
}

#[tokio::test]
async fn only_owners_decide_who_belongs() {
    let stack = Stack::start().await;
    let (ada, bob, eve) = (
        stack.person("Ada").await,
        stack.person("Bob").await,
        stack.person("Eve").await,
    );
    admit(&stack, &ada, &bob, "MEMBER").await;
    let owner_things = [
        (
            "memberUpdate",
            "MemberUpdateInput",
            json!({ "workspaceId": ada.workspace, "userId": bob.user, "role": "OWNER" }),
        ),
        (
            "memberRemove",
            "MemberInput",
            json!({ "workspaceId": ada.workspace, "userId": ada.user }),
        ),
        (
            "memberTransferOwnership",
            "MemberInput",
            json!({ "workspaceId": ada.workspace, "userId": bob.user }),
        ),
        (
            "invitationCreate",
            "InvitationCreateInput",
            json!({ "workspaceId": ada.workspace, "email": "x@example.com", "role": "OWNER" }),
        ),
        (
            "workspaceDelete",
            "WorkspaceDeleteInput",
            json!({ "id": ada.workspace, "name": "Ada's workspace" }),
        ),
    ];
    for (mutation, ty, input) in &owner_things {
        let document =
            format!("mutation($input: {ty}!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}");
        let variables = json!({ "input": input });
        let refused = bob.browser.ask(&document, variables.clone()).await;
        assert_eq!(code(&refused), "FORBIDDEN", "{mutation}: {refused}");
        let unknown = eve.browser.gql(&document, variables).await;
        assert_eq!(
            unknown[*mutation]["userErrors"][0]["code"], "NOT_FOUND",
            "{mutation}"
        );
    }
    let query =
        "query($id: ID!) { workspace(id: $id) { name invitations { id } members { user { id } role } } }";
    let seen = bob.browser.ask(query, json!({ "id": ada.workspace })).await;
    assert_eq!(code(&seen), "FORBIDDEN");
    assert_eq!(seen["data"]["workspace"]["invitations"], Value::Null);
    assert_eq!(
        seen["data"]["workspace"]["members"].as_array().map(Vec::len),
        Some(2)
    );

    // Mass assignment: no other input has a field by which a role could be set.
    let query = "{ __schema { types { name inputFields { name } } } }";
    let types = ada.browser.gql(query, json!({})).await["__schema"]["types"].take();
    let with_role: Vec<&str> = types
        .as_array()
        .expect("types")
        .iter()
        .filter(|ty| {
            ty["inputFields"]
                .as_array()
                .is_some_and(|fields| fields.iter().any(|field| field["name"] == "role"))
        })
        .filter_map(|ty| ty["name"].as_str())
        .collect();
    assert_eq!(with_role, ["InvitationCreateInput", "MemberUpdateInput"]);
    let document =
        "mutation($id: ID!) { viewerUpdate(input: { name: \"Bob\", role: OWNER }) { userErrors { code } } }";
    assert_eq!(
        code(&bob.browser.ask(document, json!({ "id": bob.user })).await),
        "BAD_USER_INPUT"
    );

    let promoted = set_role(&ada.browser, &ada, &bob.user, "OWNER").await;
    let members = promoted["workspace"]["members"].as_array().expect("members");
    assert!(
        members.iter().all(|member| member["role"] == "OWNER"),
        "{promoted}"
    );
    // Who was demoted in the meantime is no owner, whatever they were when the request came in.
    let demoted = set_role(&bob.browser, &ada, &ada.user, "VIEWER").await;
    assert_eq!(demoted["userErrors"], json!([]));
    assert_eq!(
        code(
            &ada.browser
                .ask(
                    "mutation($input: MemberInput!) { memberRemove(input: $input) { userErrors { code } } }",
                    json!({ "input": { "workspaceId": ada.workspace, "userId": bob.user } })
                )
                .await
        ),
        "FORBIDDEN"
    );
}

#[tokio::test]
async fn a_workspace_keeps_an_owner_whoever_leaves_at_once() {
    let stack = Stack::start().await;
    let (ada, bob) = (stack.person("Ada").await, stack.person("Bob").await);
    let leave = |person: &Person| {
        let (browser, input) = (person.browser.clone(), json!({ "workspaceId": ada.workspace }));
        async move {
            browser
                .try_mutate("memberLeave", "MemberLeaveInput", "leftId", input)
                .await
        }
    };
    let alone = leave(&ada).await;
    assert_eq!(alone["userErrors"][0]["code"], "INVALID_STATE");
    let refused = set_role(&ada.browser, &ada, &ada.user, "MEMBER").await;
    assert_eq!(refused["userErrors"][0]["code"], "INVALID_STATE");
    let refused = about(&ada.browser, "memberRemove", &ada, &ada.user).await;
    assert_eq!(refused["userErrors"][0]["code"], "INVALID_STATE");

    admit(&stack, &ada, &bob, "OWNER").await;
    let (one, two) = tokio::join!(leave(&ada), leave(&bob));
    let left = [&one, &two]
        .iter()
        .filter(|answer| !answer["leftId"].is_null())
        .count();
    assert_eq!(left, 1, "{one} {two}");
    let owners = stack.sql(&format!(
        "SELECT count(*) FROM memberships WHERE role = 'OWNER' AND workspace_id = '{}'",
        ada.workspace
            .parse::<smartstack_schema::WorkspaceId>()
            .expect("an id")
            .uuid()
    ));
    assert_eq!(owners, "1");
}

#[tokio::test]
async fn handing_over_makes_one_the_owner_and_the_other_a_member() {
    let stack = Stack::start().await;
    let (ada, bob) = (stack.person("Ada").await, stack.person("Bob").await);
    admit(&stack, &ada, &bob, "VIEWER").await;
    let done = about(&ada.browser, "memberTransferOwnership", &ada, &bob.user).await;
    let role = |user: &str| {
        let members = done["workspace"]["members"].as_array().expect("members");
        let found = members.iter().find(|member| member["user"]["id"] == user);
        found.map(|member| member["role"].clone())
    };
    assert_eq!(role(&bob.user), Some(json!("OWNER")));
    assert_eq!(role(&ada.user), Some(json!("MEMBER")));
    // Now she can go, and he cannot.
    let input = json!({ "workspaceId": ada.workspace });
    let left = ada
        .browser
        .mutate("memberLeave", "MemberLeaveInput", "leftId", input)
        .await;
    assert_eq!(left["leftId"], ada.workspace.as_str());
    let viewer = ada
        .browser
        .gql("{ viewer { workspaces { role } } }", json!({}))
        .await;
    assert_eq!(
        viewer["viewer"]["workspaces"],
        json!([]),
        "she belongs nowhere, and is told so"
    );
}

#[tokio::test]
async fn a_member_who_is_removed_is_out_within_a_second() {
    let stack = Stack::start().await;
    let (ada, bob) = (stack.person("Ada").await, stack.person("Bob").await);
    admit(&stack, &ada, &bob, "MEMBER").await;
    let program = Program::with(&stack, &bob.browser, Some(&ada.workspace), &["WORKSPACE_READ"]).await;
    let input = json!({ "workspaceId": ada.workspace, "name": "Project" });
    let project = ada
        .browser
        .mutate("projectCreate", "ProjectCreateInput", "project { id }", input)
        .await["project"]["id"]
        .take();
    let input = json!({ "projectId": project, "title": "Bob's", "assigneeId": bob.user });
    let task = ada
        .browser
        .mutate(
            "taskCreate",
            "TaskCreateInput",
            "task { id version assignee { id } }",
            input,
        )
        .await["task"]
        .take();
    assert_eq!(task["assignee"]["id"], bob.user.as_str());

    let changes = "subscription($ws: ID!, $after: String) { changes(workspaceId: $ws, after: $after) { kind operation } }";
    let from_here = json!({ "ws": ada.workspace, "after": live::cursor(&ada).await });
    let mut own = ada.browser.socket().await;
    own.subscribe("1", changes, from_here).await;
    let mut theirs = bob.browser.socket().await;
    theirs
        .subscribe("1", changes, json!({ "ws": ada.workspace }))
        .await;
    let mut programs = program.socket(true).await;
    assert_eq!(programs.hear().await["type"], "connection_ack");
    let begun = Instant::now();
    about(&ada.browser, "memberRemove", &ada, &bob.user).await;
    assert_eq!(theirs.closed().await, 4401);
    assert_eq!(programs.closed().await, 4401);
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    // The others hear of it: of the task that is nobody's, and of the person.
    let told =
        [own.hear().await, own.hear().await].map(|change| change["payload"]["data"]["changes"].clone());
    assert!(
        told.contains(&json!({ "kind": "TASK", "operation": "UPDATED" })),
        "{told:?}"
    );
    assert!(
        told.contains(&json!({ "kind": "USER", "operation": "DELETED" })),
        "{told:?}"
    );
    let query = "query($id: ID!) { task(id: $id) { version assignee { id } } }";
    let now = ada.browser.gql(query, json!({ "id": task["id"] })).await["task"].take();
    assert_eq!(now, json!({ "version": 2, "assignee": null }));
    assert_eq!(
        bob.browser.gql(query, json!({ "id": task["id"] })).await["task"],
        Value::Null
    );
    let status = program
        .send("{ viewer { user { id } } }", json!({}))
        .await
        .status();
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_workspace_is_hidden_brought_back_and_gone_after_a_year() {
    let clock = Clock::fixed("2027-03-01T12:00:00Z".parse().expect("a time"));
    let stack = Stack::start_with(TestDb::with_clock(clock.clone()).await, |_| {}).await;
    let ada = stack.person("Ada").await;
    let made = ada
        .browser
        .mutate(
            "workspaceCreate",
            "WorkspaceCreateInput",
            "workspace { id name hue version members { role } changeCursor }",
            json!({ "name": "  Second   one ", "hue": "PINE" }),
        )
        .await["workspace"]
        .take();
    assert_eq!(made["name"], "Second one");
    assert_eq!(made["members"], json!([{ "role": "OWNER" }]));
    let second = made["id"].as_str().expect("an id").to_owned();
    let input = json!({ "workspaceId": second, "name": "Project" });
    let project = ada
        .browser
        .mutate("projectCreate", "ProjectCreateInput", "project { id }", input)
        .await["project"]["id"]
        .take();
    let link = ada
        .browser
        .mutate(
            "shareLinkCreate",
            "ShareLinkCreateInput",
            "shareLink { id url }",
            json!({ "projectId": project }),
        )
        .await["shareLink"]
        .take();
    let path = link["url"]
        .as_str()
        .expect("a URL")
        .split_once("/s/")
        .expect("a path")
        .1
        .to_owned();
    let program = Program::with(&stack, &ada.browser, Some(&second), &["WORKSPACE_READ"]).await;
    let client = stack.browser();
    client.get(&format!("/s/{path}")).await;
    let client = client.at_gate(&format!("/s/v/{}", link["id"].as_str().expect("an id")));
    let view = "{ sharedView { projectName } }";
    client.gql(view, json!({})).await;
    let mut socket = ada.browser.socket().await;
    let changes = "subscription($ws: ID!) { changes(workspaceId: $ws) { kind } }";
    socket.subscribe("1", changes, json!({ "ws": second })).await;

    let delete = |name: &'static str| {
        let (browser, input) = (ada.browser.clone(), json!({ "id": second, "name": name }));
        async move {
            browser
                .try_mutate("workspaceDelete", "WorkspaceDeleteInput", "deletedId", input)
                .await
        }
    };
    let wrong = delete("Second two").await;
    assert_eq!(wrong["userErrors"][0]["field"], json!(["name"]));
    assert_eq!(delete("Second one").await["deletedId"], second.as_str());
    assert_eq!(socket.closed().await, 4401);
    let query = "query($id: ID!, $p: ID!) { workspace(id: $id) { id } project(id: $p) { id } }";
    let seen = ada
        .browser
        .gql(query, json!({ "id": second, "p": project }))
        .await;
    assert_eq!(seen, json!({ "workspace": null, "project": null }));
    assert_eq!(
        program
            .send("{ viewer { user { id } } }", json!({}))
            .await
            .status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(code(&client.ask(view, json!({})).await), "NOT_FOUND");
    let again = stack.browser().get(&format!("/s/{path}")).await;
    assert!(again.headers().get("set-cookie").is_none());

    let query = "{ viewer { deletedWorkspaces { id name restorableUntil } } }";
    let deleted = ada.browser.gql(query, json!({})).await["viewer"]["deletedWorkspaces"].take();
    assert_eq!(deleted[0]["id"], second.as_str());
    assert_eq!(deleted[0]["restorableUntil"], "2028-02-29T12:00:00+00:00");
    let eve = stack.person("Eve").await;
    let restore = |browser: &Browser| {
        let (browser, input) = (browser.clone(), json!({ "id": second }));
        async move {
            browser
                .try_mutate(
                    "workspaceRestore",
                    "WorkspaceRestoreInput",
                    "workspace { id version }",
                    input,
                )
                .await
        }
    };
    assert_eq!(restore(&eve.browser).await["userErrors"][0]["code"], "NOT_FOUND");
    let back = restore(&ada.browser).await;
    assert_eq!(back["workspace"]["id"], second.as_str(), "{back}");
    client.gql(view, json!({})).await;
    program.gql("{ viewer { user { id } } }", json!({})).await;

    delete("Second one").await;
    let (db, uuid) = (
        stack.db.worker(),
        second
            .parse::<smartstack_schema::WorkspaceId>()
            .expect("an id")
            .uuid(),
    );
    let there = || stack.sql(&format!("SELECT count(*) FROM workspaces WHERE id = '{uuid}'"));
    clock.advance(TimeDelta::days(365) - TimeDelta::seconds(1));
    retention::run(db).await;
    assert_eq!(there(), "1", "not before its time");
    clock.advance(retention::EVERY);
    retention::run(db).await;
    assert_eq!(there(), "0");
    let left = stack.sql(&format!(
        "SELECT count(*) FROM projects p WHERE workspace_id = '{0}' UNION ALL \
         SELECT count(*) FROM share_links WHERE workspace_id = '{0}' UNION ALL \
         SELECT count(*) FROM audit_events WHERE workspace_id = '{0}' UNION ALL \
         SELECT count(*) FROM row_versions WHERE workspace_id = '{0}'",
        uuid
    ));
    assert_eq!(left, "0\n0\n0\n0");
    let body = json!({ "email": ada.email, "password": PASSWORD });
    assert_eq!(
        ada.browser.post("/api/v1/auth/sign-in", &body).await.status(),
        StatusCode::OK
    );
    assert_eq!(restore(&ada.browser).await["userErrors"][0]["code"], "NOT_FOUND");
}

#[tokio::test]
async fn whoever_only_reads_may_still_leave() {
    let stack = Stack::start().await;
    let (ada, bob) = (stack.person("Ada").await, stack.person("Bob").await);
    admit(&stack, &ada, &bob, "VIEWER").await;
    let input = json!({ "workspaceId": ada.workspace });
    let left = bob
        .browser
        .mutate("memberLeave", "MemberLeaveInput", "leftId", input)
        .await;
    assert_eq!(left["leftId"], ada.workspace.as_str());
    let query = "query($id: ID!) { workspace(id: $id) { id } }";
    let seen = bob.browser.gql(query, json!({ "id": ada.workspace })).await;
    assert_eq!(seen["workspace"], Value::Null);
}

#[tokio::test]
async fn a_workspace_sends_only_so_many_invitations() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    for at in 0..50 {
        let made = invite(&ada, &format!("guest{at}@example.com"), "VIEWER").await;
        assert_eq!(made["userErrors"], json!([]), "{at}");
    }
    let refused = invite(&ada, "guest50@example.com", "VIEWER").await;
    assert_eq!(refused["userErrors"][0]["code"], "LIMIT_REACHED");
    let refused = invite(&ada, "not an address", "VIEWER").await;
    assert_eq!(refused["userErrors"][0]["code"], "INVALID");
}
