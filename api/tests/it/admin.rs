//! Administrators: what they can do, that nobody else can, and that they see no content.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use smartstack_domain::admin;

use crate::{
    matrix::ADMIN_MUTATIONS,
    support::{PASSWORD, Person, Stack, eventually},
};

/// An installation with an administrator, Root, and somebody else, Ada.
async fn place() -> (Stack, Person, Person) {
    let stack = Stack::start().await;
    let root = stack.person("Root").await;
    let ada = stack.person("Ada").await;
    admin::grant(stack.db.api(), &root.email).await.expect("granted");
    (stack, root, ada)
}

/// Runs a mutation about a person as an administrator; its payload.
async fn on_user(root: &Person, name: &str, id: &str) -> Value {
    let selection = "user { isAdministrator disabledAt sessionCount }";
    root.browser
        .try_mutate(name, "AdminUserInput", selection, json!({ "id": id }))
        .await
}

/// The input type of an administrator's mutation, and an input for it.
fn input_of(name: &str, person: &Person, job: &str) -> (&'static str, Value) {
    match name {
        "adminWorkspaceLimit" => (
            "AdminWorkspaceLimitInput",
            json!({ "id": person.workspace, "aiJobsPerDay": 1 }),
        ),
        "adminJobRetry" | "adminJobCancel" => ("NodeVersionInput", json!({ "id": job })),
        "adminSettingsUpdate" => ("AdminSettingsUpdateInput", json!({ "aiEnabled": false })),
        _ => ("AdminUserInput", json!({ "id": person.user })),
    }
}

async fn job_of(person: &Person) -> String {
    let input = json!({
        "workspaceId": person.workspace,
        "text": "The secret brief. Please draw the hidden logo.",
        "newProject": { "name": "Secret project" },
    });
    let made = person
        .browser
        .mutate("planStart", "PlanStartInput", "job { id }", input)
        .await;
    made["job"]["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn nobody_else_administers() {
    let (stack, root, ada) = place().await;
    let job = job_of(&root).await;
    for browser in [&stack.browser(), &ada.browser] {
        for name in ADMIN_MUTATIONS {
            let (ty, input) = input_of(name, &root, &job);
            let document =
                format!("mutation($input: {ty}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}");
            let answer = browser.ask(&document, json!({ "input": input })).await;
            let code = answer["errors"][0]["extensions"]["code"]
                .as_str()
                .unwrap_or_default();
            let signed_in = browser.cookie_header("/").is_some();
            let expected = if signed_in { "NOT_FOUND" } else { "UNAUTHENTICATED" };
            assert_eq!(code, expected, "{name}: {answer}");
        }
    }
    assert_eq!(stack.sql("SELECT count(*) FROM installation_audit_events"), "1");
    assert_eq!(stack.sql("SELECT ai_enabled FROM installation_settings"), "t");
    let viewer = ada.browser.gql(
        "{ viewer { isAdministrator } admin { settings { version } } }",
        json!({}),
    );
    assert_eq!(
        viewer.await,
        json!({ "viewer": { "isAdministrator": false }, "admin": null })
    );
}

#[tokio::test]
async fn an_administrator_looks_after_accounts() {
    let (stack, root, ada) = place().await;
    let users = "query($filter: AccountFilter) { admin { users(first: 10, filter: $filter) { totalCount nodes { email sessionCount workspaceCount } } } }";
    let found = root
        .browser
        .gql(users, json!({ "filter": { "search": "ada@" } }))
        .await;
    assert_eq!(
        found["admin"]["users"],
        json!({ "totalCount": 1, "nodes": [{ "email": "ada@example.com", "sessionCount": 1, "workspaceCount": 1 }] })
    );
    let granted = on_user(&root, "adminUserGrant", &ada.user).await;
    assert_eq!(granted["user"]["isAdministrator"], true, "{granted}");
    let revoked = on_user(&root, "adminUserRevoke", &ada.user).await;
    assert_eq!(revoked["user"]["isAdministrator"], false);
    let last = on_user(&root, "adminUserRevoke", &root.user).await;
    assert_eq!(last["userErrors"][0]["code"], "INVALID_STATE");
    let own = on_user(&root, "adminUserDisable", &root.user).await;
    assert_eq!(own["userErrors"][0]["code"], "INVALID_STATE");
    let nobody = on_user(&root, "adminUserDisable", "user_00000000000000000000000000").await;
    assert_eq!(nobody["userErrors"][0]["code"], "NOT_FOUND");
    let wrong = on_user(&root, "adminUserDisable", &ada.workspace).await;
    assert_eq!(wrong["userErrors"][0]["code"], "NOT_FOUND");
    let out = on_user(&root, "adminUserSignOut", &ada.user).await;
    assert_eq!(out["user"]["sessionCount"], 0);
    let events = "{ admin { events(first: 10) { nodes { action actorEmail address targetName details { field before after } } } } }";
    let events = root.browser.gql(events, json!({})).await;
    let events = events["admin"]["events"]["nodes"].as_array().expect("events");
    let actions: Vec<_> = events
        .iter()
        .map(|event| event["action"].as_str().expect("text"))
        .collect();
    assert_eq!(
        actions,
        [
            "user.sign_out",
            "user.revoke_administration",
            "user.grant_administration",
            "user.grant_administration"
        ]
    );
    assert_eq!(
        (&events[0]["actorEmail"], &events[0]["targetName"]),
        (&json!("root@example.com"), &json!("ada@example.com"))
    );
    assert!(events[0]["address"].is_string());
    assert_eq!(events[3]["actorEmail"], Value::Null, "a command");
    assert_eq!(
        events[1]["details"],
        json!([{ "field": "administrator", "before": "true", "after": "false" }])
    );
    assert_eq!(stack.sql("SELECT count(*) FROM users WHERE administrator"), "1");
}

#[tokio::test]
async fn a_lost_second_factor_is_taken_away_and_its_person_is_told() {
    let (stack, root, ada) = place().await;
    let proof = json!({ "currentPassword": PASSWORD });
    let begun = ada.browser.post("/api/v1/account/second-factor", &proof).await;
    let begun: Value = begun.json().await.expect("JSON");
    let code = stack.totp(begun["secret"].as_str().expect("a secret"), 0);
    let code = json!({ "code": code });
    let on = ada
        .browser
        .post("/api/v1/account/second-factor/confirm", &code)
        .await;
    assert_eq!(on.status(), StatusCode::OK);
    let sign_in = json!({ "email": ada.email, "password": PASSWORD });
    let signed_in = async || {
        let answer = stack.browser().post("/api/v1/auth/sign-in", &sign_in).await;
        answer.status()
    };
    assert_eq!(signed_in().await, StatusCode::ACCEPTED);
    let reset = async || {
        let input = json!({ "id": ada.user });
        let selection = "user { secondFactorAt sessionCount }";
        root.browser
            .mutate("adminUserResetSecondFactor", "AdminUserInput", selection, input)
            .await
    };
    let user = "query($id: ID!) { admin { user(id: $id) { secondFactorAt } } }";
    let before = root.browser.gql(user, json!({ "id": ada.user })).await;
    assert!(before["admin"]["user"]["secondFactorAt"].is_string(), "{before}");
    let now = reset().await;
    // Her sessions stay, as when she turns it off herself.
    assert_eq!(now["user"], json!({ "secondFactorAt": null, "sessionCount": 1 }));
    assert_eq!(signed_in().await, StatusCode::OK);
    let told = "SELECT payload ->> 'to' FROM outbox WHERE payload ->> 'template' = 'second_factor_reset'";
    assert_eq!(stack.sql(told), ada.email);
    // Where there is none any more, nothing happens and nobody is told.
    reset().await;
    assert_eq!(stack.sql(told), ada.email);
    let log = "{ admin { events(first: 10, filter: { action: \"user.reset_second_factor\" }) { nodes { actorEmail targetName } } } }";
    let log = root.browser.gql(log, json!({})).await;
    assert_eq!(
        log["admin"]["events"]["nodes"],
        json!([{ "actorEmail": root.email, "targetName": ada.email }])
    );
}

#[tokio::test]
async fn the_installations_log_is_filtered_by_who_what_and_when() {
    let (stack, root, ada) = place().await;
    for name in ["adminUserDisable", "adminUserEnable"] {
        on_user(&root, name, &ada.user).await;
    }
    stack.sql(
        "UPDATE installation_audit_events SET at = '2026-01-02T12:00:00Z' WHERE action = 'user.disable'",
    );
    let ask = async |filter: Value| {
        let query = "query($filter: InstallationEventFilter) { admin { events(first: 10, filter: $filter) { totalCount nodes { action } } } }";
        root.browser.ask(query, json!({ "filter": filter })).await
    };
    let granted = "user.grant_administration";
    for (filter, expected) in [
        (json!({}), vec!["user.enable", granted, "user.disable"]),
        (json!({ "byCommand": true }), vec![granted]),
        (json!({ "byCommand": false }), vec!["user.enable", "user.disable"]),
        (
            json!({ "actorId": root.user }),
            vec!["user.enable", "user.disable"],
        ),
        (json!({ "actorId": ada.user }), vec![]),
        (json!({ "action": "user.enable" }), vec!["user.enable"]),
        (json!({ "action": "installation" }), vec![]),
        (json!({ "targetKind": "WORKSPACE" }), vec![]),
        (
            json!({ "from": "2026-01-02T12:00:00Z", "to": "2026-01-02T12:00:01Z" }),
            vec!["user.disable"],
        ),
        (json!({ "to": "2026-01-02T12:00:00Z" }), vec![]),
    ] {
        let answer = ask(filter.clone()).await;
        let events = &answer["data"]["admin"]["events"];
        let actions: Vec<_> = events["nodes"]
            .as_array()
            .expect("events")
            .iter()
            .map(|event| event["action"].as_str().expect("text"))
            .collect();
        assert_eq!(actions, expected, "{filter}");
        assert_eq!(events["totalCount"], json!(expected.len()), "{filter}");
    }
    for wrong in [
        json!({ "from": "2026-01-02T12:00:00Z", "to": "2026-01-01T12:00:00Z" }),
        json!({ "actorId": "nobody" }),
        json!({ "action": "user%" }),
    ] {
        let answer = ask(wrong.clone()).await;
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!(*code, "BAD_USER_INPUT", "{wrong}: {answer}");
    }
    let offers = "{ admin { eventActions eventActors { email } } }";
    let offers = root.browser.gql(offers, json!({})).await;
    assert_eq!(
        offers["admin"],
        json!({
            "eventActions": ["user.disable", "user.enable", granted],
            "eventActors": [{ "email": root.email }],
        })
    );
}

#[tokio::test]
async fn the_server_says_how_its_own_parts_do_and_takes_its_leave() {
    let stack = Stack::start_reporting().await;
    let root = stack.person("Root").await;
    admin::grant(stack.db.api(), &root.email).await.expect("granted");
    let health = "{ admin { health { processes { kind isStale parts { kind isOk detail } } } } }";
    let said = eventually("a word", async || {
        let answer = root.browser.gql(health, json!({})).await;
        let processes = answer["admin"]["health"]["processes"].as_array()?;
        processes.first().cloned()
    })
    .await;
    assert_eq!(
        (&said["kind"], &said["isStale"]),
        (&json!("API"), &json!(false)),
        "{said}"
    );
    let parts = said["parts"].as_array().expect("parts");
    let kinds: Vec<_> = parts
        .iter()
        .map(|part| (part["kind"].as_str().expect("text"), part["isOk"] == true))
        .collect();
    assert_eq!(kinds, [("DATABASE", true), ("STORAGE", true)]);
    let detail = parts[0]["detail"].as_str().expect("text");
    assert!(detail.ends_with("connections in use"), "{detail}");
    assert_eq!(stack.sql("SELECT count(*) FROM heartbeats"), "1");
    stack.app.draining.cancel();
    eventually("its leave", async || {
        (stack.sql("SELECT count(*) FROM heartbeats") == "0").then_some(())
    })
    .await;
}

#[tokio::test]
async fn disabling_closes_sockets_within_a_second_and_keeps_the_person_out() {
    let (stack, root, ada) = place().await;
    let mut socket = ada.browser.socket().await;
    let mut other = root.browser.socket().await;
    let started = Instant::now();
    let disabled = on_user(&root, "adminUserDisable", &ada.user).await;
    assert_eq!(disabled["userErrors"], json!([]));
    assert_eq!(socket.closed().await, 4401);
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    let viewer = ada.browser.gql("{ viewer { user { id } } }", json!({})).await;
    assert_eq!(viewer["viewer"], Value::Null, "the access token is worth nothing");
    let refresh = ada.browser.post("/api/v1/auth/refresh", &json!({})).await;
    assert_eq!(refresh.status(), StatusCode::UNAUTHORIZED);
    let again = json!({ "email": ada.email, "password": PASSWORD });
    let again = stack.browser().post("/api/v1/auth/sign-in", &again).await;
    assert_eq!(again.status(), StatusCode::UNAUTHORIZED);
    // Somebody else's socket stays.
    other.say(json!({ "type": "ping" })).await;
    assert_eq!(other.hear().await["type"], "pong");
    on_user(&root, "adminUserEnable", &ada.user).await;
    let back = json!({ "email": ada.email, "password": PASSWORD });
    let back = stack.browser().post("/api/v1/auth/sign-in", &back).await;
    assert_eq!(back.status(), StatusCode::OK);
}

#[tokio::test]
async fn everything_an_administrator_reads_holds_no_content() {
    let (stack, root, ada) = place().await;
    let job = job_of(&ada).await;
    stack.sql(
        "UPDATE jobs SET state = 'NEEDS_REVIEW', reason = 'NOTHING_FOUND', reason_message = 'In the secret brief nothing'",
    );
    let all = "{ admin {
        users { nodes { id name email hue isAdministrator disabledAt secondFactorAt createdAt lastSeenAt sessionCount workspaceCount } }
        workspaces { totalCount nodes { id name owners memberCount clientCount projectCount taskCount documentCount
          documentBytes shareLinkCount jobsLastDay limits { aiMonthlyCostMicroUsd aiJobsPerDay } createdAt deletedAt } }
        jobs { totalCount nodes { id workspaceId workspaceName useCase state trouble reason attempt createdAt version } }
        events { nodes { id action targetKind targetName details { field before after } } }
        eventActions eventActors { name email }
        settings { aiEnabled aiMonthlyCostMicroUsd aiJobsPerDay aiTotalMonthlyCostMicroUsd version updatedAt }
        aiSpend(from: \"2026-01-01\", to: \"2026-12-31\", by: [DAY, WORKSPACE, MODEL]) { day workspaceId workspaceName model
          calls failedCalls inputTokens outputTokens chargedMicroUsd absorbedMicroUsd }
        aiBudget { limitMicroUsd spentMicroUsd reservedMicroUsd resetsAt }
        health { databaseVersion databaseBytes outboxUnsent outboxOldestAt queues { queue waiting dead } purges { purge }
          processes { name kind version startedAt at isStale parts { kind isOk detail } } }
    } }";
    let answer = root.browser.gql(all, json!({})).await;
    let admin = &answer["admin"];
    assert_eq!(admin["jobs"]["nodes"][0]["id"], json!(job));
    assert_eq!(admin["jobs"]["nodes"][0]["reason"], "NOTHING_FOUND");
    let ws = admin["workspaces"]["nodes"].as_array().expect("workspaces");
    let ws = ws
        .iter()
        .find(|ws| ws["id"] == ada.workspace.as_str())
        .expect("Ada's");
    assert_eq!(
        (&ws["projectCount"], &ws["documentCount"]),
        (&json!(1), &json!(1))
    );
    assert!(
        ws["documentBytes"].as_i64().is_some_and(|bytes| bytes > 40),
        "{ws}"
    );
    let text = answer.to_string().to_lowercase();
    for content in ["secret", "hidden logo", "brief"] {
        assert!(!text.contains(content), "{content} is in {text}");
    }
    // Nor by another way: an administrator is nobody in a workspace that is not theirs.
    let asked = "query($id: ID!, $job: ID!) { workspace(id: $id) { name } job(id: $job) { id } node(id: $job) { id } }";
    let asked = root
        .browser
        .gql(asked, json!({ "id": ada.workspace, "job": job }))
        .await;
    assert_eq!(asked, json!({ "workspace": null, "job": null, "node": null }));
}

#[tokio::test]
async fn limits_the_switch_and_jobs_are_in_an_administrators_hands() {
    let (stack, root, ada) = place().await;
    let job = job_of(&ada).await;
    stack.sql("UPDATE jobs SET state = 'NEEDS_REVIEW', reason = 'INTERNAL'");
    let set = json!({ "id": ada.workspace, "aiMonthlyCostMicroUsd": 5_000_000, "aiJobsPerDay": 3 });
    let selection = "workspace { limits { aiMonthlyCostMicroUsd aiJobsPerDay } }";
    let set = root
        .browser
        .mutate("adminWorkspaceLimit", "AdminWorkspaceLimitInput", selection, set)
        .await;
    let limits = &set["workspace"]["limits"];
    assert_eq!(
        *limits,
        json!({ "aiMonthlyCostMicroUsd": 5_000_000, "aiJobsPerDay": 3 })
    );
    let back = json!({ "id": ada.workspace, "aiJobsPerDay": null });
    let back = root
        .browser
        .mutate("adminWorkspaceLimit", "AdminWorkspaceLimitInput", selection, back)
        .await;
    assert_eq!(back["workspace"]["limits"]["aiJobsPerDay"], Value::Null);
    assert_eq!(back["workspace"]["limits"]["aiMonthlyCostMicroUsd"], 5_000_000);
    let wrong = json!({ "id": ada.workspace, "aiJobsPerDay": -1 });
    let wrong = root
        .browser
        .try_mutate(
            "adminWorkspaceLimit",
            "AdminWorkspaceLimitInput",
            selection,
            wrong,
        )
        .await;
    assert_eq!(
        (&wrong["userErrors"][0]["code"], &wrong["userErrors"][0]["field"]),
        (&json!("OUT_OF_RANGE"), &json!(["aiJobsPerDay"]))
    );
    let off = json!({ "aiEnabled": false, "expectedVersion": 1 });
    let selection = "settings { aiEnabled version }";
    let off_now = root
        .browser
        .mutate(
            "adminSettingsUpdate",
            "AdminSettingsUpdateInput",
            selection,
            off.clone(),
        )
        .await;
    assert_eq!(off_now["settings"], json!({ "aiEnabled": false, "version": 2 }));
    let stale = root
        .browser
        .try_mutate("adminSettingsUpdate", "AdminSettingsUpdateInput", selection, off)
        .await;
    assert_eq!(stale["userErrors"][0]["code"], "CONFLICT");
    let state = "job { state }";
    let retried = root
        .browser
        .mutate("adminJobRetry", "NodeVersionInput", state, json!({ "id": job }))
        .await;
    assert_eq!(retried["job"]["state"], "QUEUED");
    let cancelled = root
        .browser
        .mutate("adminJobCancel", "NodeVersionInput", state, json!({ "id": job }))
        .await;
    assert_eq!(cancelled["job"]["state"], "CANCELLED");
    // The owner reads of it in their own log.
    let log = "query($id: ID!) { workspace(id: $id) { auditEvents(first: 3) { nodes { action actor { id } details { field after } } } auditActions } }";
    let log = ada.browser.gql(log, json!({ "id": ada.workspace })).await;
    let events = log["workspace"]["auditEvents"]["nodes"]
        .as_array()
        .expect("events");
    assert_eq!(events[0]["action"], "job.cancel");
    assert_eq!(events[0]["actor"], Value::Null, "who administers is not told");
    assert!(
        log["workspace"]["auditActions"]
            .as_array()
            .is_some_and(|all| all.contains(&json!("workspace.limit")))
    );
}

#[tokio::test]
async fn spend_is_told_by_day_workspace_and_model_and_limited_for_everybody() {
    let (stack, root, ada) = place().await;
    stack.sql(
        "INSERT INTO ai_calls (id, workspace_id, job_id, attempt, call, use_case, model, prompt_version, state, \
           reserved_micro_usd, cost_micro_usd, input_tokens, output_tokens, at) \
         SELECT gen_random_uuid(), m.workspace_id, gen_random_uuid(), 1, 1, 'PLAN', 'clever', 'plan/1@x', 'SETTLED', \
           900000, 123456, 10, 20, '2026-02-03T04:05:06Z' FROM memberships m JOIN users u ON u.id = m.user_id \
         WHERE u.name = 'Ada'",
    );
    let ask = async |from: &str, to: &str, by: &str| {
        let query = format!(
            "{{ admin {{ aiSpend(from: \"{from}\", to: \"{to}\", by: [{by}]) {{ day workspaceId model calls chargedMicroUsd }} }} }}"
        );
        root.browser.ask(&query, json!({})).await
    };
    let sums = ask("2026-02-01", "2026-02-28", "DAY, WORKSPACE, MODEL").await;
    assert_eq!(
        sums["data"]["admin"]["aiSpend"],
        json!([{ "day": "2026-02-03", "workspaceId": ada.workspace, "model": "clever", "calls": 1,
                 "chargedMicroUsd": 123_456 }])
    );
    let all = ask("2026-02-01", "2026-02-28", "").await;
    assert_eq!(
        all["data"]["admin"]["aiSpend"],
        json!([{ "day": null, "workspaceId": null, "model": null, "calls": 1, "chargedMicroUsd": 123_456 }])
    );
    let wrong = ask("2026-02-28", "2026-02-01", "").await;
    assert_eq!(
        wrong["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
        "{wrong}"
    );

    let selection = "settings { aiTotalMonthlyCostMicroUsd }";
    for (wish, kept) in [
        (
            json!({ "aiTotalMonthlyCostMicroUsd": 60_000_000 }),
            json!(60_000_000),
        ),
        (json!({ "aiEnabled": true }), json!(60_000_000)),
        (json!({ "aiTotalMonthlyCostMicroUsd": null }), json!(null)),
    ] {
        let set = root
            .browser
            .mutate("adminSettingsUpdate", "AdminSettingsUpdateInput", selection, wish)
            .await;
        assert_eq!(set["settings"]["aiTotalMonthlyCostMicroUsd"], kept);
    }
    let wrong = json!({ "aiTotalMonthlyCostMicroUsd": -1 });
    let wrong = root
        .browser
        .try_mutate(
            "adminSettingsUpdate",
            "AdminSettingsUpdateInput",
            selection,
            wrong,
        )
        .await;
    assert_eq!(
        wrong["userErrors"][0]["field"],
        json!(["aiTotalMonthlyCostMicroUsd"])
    );
}
