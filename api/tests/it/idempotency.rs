//! Creates that are sent twice: of a workspace, an invitation and an access token.

use serde_json::{Value, json};

use crate::support::{Browser, Stack};

/// A create, what to read of its answer, and two inputs that differ.
struct Create {
    name: &'static str,
    input_type: &'static str,
    selection: &'static str,
    resource: &'static str,
    input: Value,
    other: Value,
}

impl Create {
    async fn send(&self, browser: &Browser, input: &Value, key: Option<&str>) -> Value {
        let mut input = input.clone();
        input["idempotencyKey"] = json!(key);
        browser
            .try_mutate(self.name, self.input_type, self.selection, input)
            .await
    }
}

fn creates(workspace: &str) -> [Create; 3] {
    [
        Create {
            name: "workspaceCreate",
            input_type: "WorkspaceCreateInput",
            selection: "workspace { id name }",
            resource: "workspace",
            input: json!({ "name": "Second" }),
            other: json!({ "name": "Third" }),
        },
        Create {
            name: "invitationCreate",
            input_type: "InvitationCreateInput",
            selection: "invitation { id email }",
            resource: "invitation",
            input: json!({ "workspaceId": workspace, "email": "new@example.com", "role": "MEMBER" }),
            other: json!({ "workspaceId": workspace, "email": "other@example.com", "role": "MEMBER" }),
        },
        Create {
            name: "apiTokenCreate",
            input_type: "ApiTokenCreateInput",
            selection: "apiToken { id name } secret",
            resource: "apiToken",
            input: json!({ "name": "Spreadsheet", "scopes": ["TASKS_READ"] }),
            other: json!({ "name": "Another", "scopes": ["TASKS_READ"] }),
        },
    ]
}

#[tokio::test]
async fn the_same_request_makes_one_thing_and_another_under_its_key_is_refused() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.person("Ada").await, stack.person("Eve").await);
    for create in creates(&ada.workspace) {
        let name = create.name;
        let first = create.send(&ada.browser, &create.input, Some("k")).await;
        let id = &first[create.resource]["id"];
        assert!(id.is_string(), "{name}: {first}");
        let again = create.send(&ada.browser, &create.input, Some("k")).await;
        assert_eq!(again[create.resource]["id"], *id, "{name}: {again}");
        assert_eq!(again["userErrors"], json!([]), "{name}");
        let changed = create.send(&ada.browser, &create.other, Some("k")).await;
        assert_eq!(
            (
                &changed["userErrors"][0]["code"],
                &changed["userErrors"][0]["field"]
            ),
            (&json!("CONFLICT"), &json!(["idempotencyKey"])),
            "{name}: {changed}"
        );
        assert_eq!(changed[create.resource], Value::Null, "{name}");
        let empty = create.send(&ada.browser, &create.other, Some("")).await;
        assert_eq!(
            empty["userErrors"][0]["field"],
            json!(["idempotencyKey"]),
            "{name}"
        );
    }
    // Somebody else's key of the same text is another key.
    let theirs = creates(&eve.workspace);
    for create in &theirs {
        let made = create.send(&eve.browser, &create.input, Some("k")).await;
        assert_eq!(made["userErrors"], json!([]), "{}: {made}", create.name);
    }
    assert_eq!(
        stack.sql("SELECT count(*) FROM workspaces WHERE name = 'Second'"),
        "2"
    );
    assert_eq!(stack.sql("SELECT count(*) FROM invitations"), "2");
    assert_eq!(stack.sql("SELECT count(*) FROM api_tokens"), "2");
    // One mail for each invitation, however often it was asked for.
    assert_eq!(stack.sql("SELECT count(*) FROM outbox WHERE topic = 'mail'"), "2");
}

#[tokio::test]
async fn a_tokens_secret_is_shown_once_and_kept_nowhere() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let [_, _, create] = creates(&ada.workspace);
    let first = create.send(&ada.browser, &create.input, Some("k")).await;
    let secret = first["secret"].as_str().expect("a secret");
    let again = create.send(&ada.browser, &create.input, Some("k")).await;
    assert_eq!(again["apiToken"], first["apiToken"]);
    assert_eq!(again["secret"], Value::Null);
    let random = &secret["ss_pat_".len()..][..20];
    let dump = stack.sql("SELECT string_agg(k::text, ' ') FROM account_idempotency_keys k")
        + &stack.sql("SELECT string_agg(k::text, ' ') FROM idempotency_keys k");
    assert!(
        dump.contains("api_token.create") && !dump.contains(random),
        "{dump}"
    );
}

#[tokio::test]
async fn a_request_that_was_refused_gives_its_key_back_and_two_at_once_make_one() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    for create in creates(&ada.workspace) {
        let name = create.name;
        let mut wrong = create.input.clone();
        let field = if name == "invitationCreate" {
            "email"
        } else {
            "name"
        };
        wrong[field] = json!("");
        let refused = create.send(&ada.browser, &wrong, Some("k")).await;
        assert_ne!(refused["userErrors"], json!([]), "{name}: {refused}");
        let (one, two) = tokio::join!(
            create.send(&ada.browser, &create.input, Some("k")),
            create.send(&ada.browser, &create.input, Some("k"))
        );
        assert!(one[create.resource]["id"].is_string(), "{name}: {one}");
        assert_eq!(
            one[create.resource]["id"], two[create.resource]["id"],
            "{name}: {two}"
        );
    }
    // Without a key each request makes something of its own.
    let [create, ..] = creates(&ada.workspace);
    let one = create.send(&ada.browser, &create.input, None).await;
    let two = create.send(&ada.browser, &create.input, None).await;
    assert_ne!(one["workspace"]["id"], two["workspace"]["id"]);
}
