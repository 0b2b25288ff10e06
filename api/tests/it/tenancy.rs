//! Nobody reads or changes what is another workspace's.
//!
//! The fields are taken from the schema itself, and every root field must be
//! classified below: a new one fails `every_root_field_is_classified` until
//! somebody has said what a stranger may expect of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use smartstack_schema::MemberRole;

use crate::support::{Browser, Person, Stack, code};

/// What a query field takes.
enum Query {
    /// Nothing of a workspace: answered to everyone.
    Open,
    /// The id of one kind of thing.
    ById(&'static str),
    /// Any ids.
    AnyId,
    /// Only for a share session.
    ShareOnly,
    /// Only for administrators of the installation; `admin.rs` tries what is below it.
    AdminOnly,
}

const QUERIES: &[(&str, Query)] = &[
    ("installation", Query::Open),
    ("viewer", Query::Open),
    ("rateLimit", Query::Open),
    ("node", Query::AnyId),
    ("nodes", Query::AnyId),
    ("workspace", Query::ById("workspace")),
    ("client", Query::ById("client")),
    ("project", Query::ById("project")),
    ("task", Query::ById("task")),
    ("document", Query::ById("document")),
    ("job", Query::ById("job")),
    ("suggestion", Query::ById("suggestion")),
    ("sharedView", Query::ShareOnly),
    ("admin", Query::AdminOnly),
];

/// Mutations with the input field that names what they are about, and its kind.
/// An empty field: they are about the person alone.
const MUTATIONS: &[(&str, &str, &str)] = &[
    ("viewerUpdate", "", ""),
    ("apiTokenCreate", "", ""),
    ("apiTokenRevoke", "", ""),
    ("workspaceUpdate", "id", "workspace"),
    ("aiSettingsUpdate", "workspaceId", "workspace"),
    ("clientCreate", "workspaceId", "workspace"),
    ("clientUpdate", "id", "client"),
    ("clientArchive", "id", "client"),
    ("projectCreate", "workspaceId", "workspace"),
    ("projectUpdate", "id", "project"),
    ("projectDelete", "id", "project"),
    ("projectRestore", "id", "project"),
    ("taskCreate", "projectId", "project"),
    ("taskUpdate", "id", "task"),
    ("taskMove", "id", "task"),
    ("taskDelete", "id", "task"),
    ("taskRestore", "id", "task"),
    ("taskRevert", "id", "task"),
    ("projectNoteUpdate", "id", "note"),
    ("projectNoteDelete", "id", "note"),
    ("planStart", "workspaceId", "workspace"),
    ("jobRetry", "id", "job"),
    ("jobCancel", "id", "job"),
    ("jobReviewByHand", "id", "job"),
    ("suggestionItemAdd", "suggestionId", "suggestion"),
    ("suggestionItemAccept", "id", "item"),
    ("suggestionItemReject", "id", "item"),
    ("suggestionItemReopen", "id", "item"),
    ("suggestionAcceptAll", "id", "suggestion"),
    ("suggestionReopenItems", "suggestionId", "suggestion"),
    ("suggestionDismiss", "id", "suggestion"),
    ("suggestionReopen", "id", "suggestion"),
    ("shareLinkCreate", "projectId", "project"),
    ("shareLinkUpdate", "id", "share"),
    ("shareLinkRevoke", "id", "share"),
];

/// Mutations for administrators of the installation alone, about no workspace's content.
pub(crate) const ADMIN_MUTATIONS: &[&str] = &[
    "adminUserDisable",
    "adminUserEnable",
    "adminUserSignOut",
    "adminUserGrant",
    "adminUserRevoke",
    "adminWorkspaceLimit",
    "adminJobRetry",
    "adminJobCancel",
    "adminSettingsUpdate",
];

/// Subscriptions with the argument that names what they are about, and its kind.
const SUBSCRIPTIONS: &[(&str, &str, &str)] = &[
    ("changes", "workspaceId", "workspace"),
    ("job", "id", "job"),
    ("sharedViewChanged", "", ""),
];

/// What other id fields of inputs hold.
const REFERENCES: &[(&str, &str)] = &[
    ("workspaceId", "workspace"),
    ("clientId", "client"),
    ("projectId", "project"),
    ("parentId", "task"),
    ("assigneeId", "user"),
    ("afterId", "task"),
    ("beforeId", "task"),
    ("itemIds", "item"),
    // Of what is a person's alone.
    ("id", "token"),
];

/// Somebody's things, one of each kind.
type Things = BTreeMap<&'static str, String>;

/// Makes one of each kind of thing in a person's workspace.
async fn furnish(person: &Person) -> Things {
    let browser = &person.browser;
    let id = |payload: &Value, field: &str| payload[field]["id"].as_str().expect("an id").to_owned();
    let mut things = Things::from([
        ("workspace", person.workspace.clone()),
        ("user", person.user.clone()),
    ]);
    let input = json!({ "workspaceId": person.workspace, "name": "Victim's client" });
    let made = browser
        .mutate("clientCreate", "ClientCreateInput", "client { id }", input)
        .await;
    things.insert("client", id(&made, "client"));
    let input = json!({ "workspaceId": person.workspace, "name": "Victim's project" });
    let made = browser
        .mutate("projectCreate", "ProjectCreateInput", "project { id }", input)
        .await;
    let project = id(&made, "project");
    let input = json!({ "projectId": project, "title": "Victim's task" });
    let made = browser
        .mutate("taskCreate", "TaskCreateInput", "task { id }", input)
        .await;
    things.insert("task", id(&made, "task"));
    let input =
        json!({ "workspaceId": person.workspace, "text": "Victim's text. Who asks?", "projectId": project });
    let made = browser
        .mutate("planStart", "PlanStartInput", "job { id document { id } }", input)
        .await;
    things.insert(
        "document",
        made["job"]["document"]["id"].as_str().expect("an id").to_owned(),
    );
    let job = json!({ "id": made["job"]["id"] });
    things.insert("job", id(&made, "job"));
    browser
        .mutate("jobCancel", "NodeVersionInput", "job { id }", job.clone())
        .await;
    let made = browser
        .mutate("jobReviewByHand", "NodeVersionInput", "suggestion { id }", job)
        .await;
    let suggestion = id(&made, "suggestion");
    for (kind, state) in [("QUESTION", "accepted"), ("TASK", "open")] {
        let input = json!({ "suggestionId": suggestion, "kind": kind, "title": format!("Victim's {state}") });
        let made = browser
            .mutate(
                "suggestionItemAdd",
                "SuggestionItemAddInput",
                "suggestionItem { id }",
                input,
            )
            .await;
        things.insert("item", id(&made, "suggestionItem"));
        if state == "accepted" {
            let input = json!({ "id": made["suggestionItem"]["id"] });
            let selection = "suggestionItem { note { id } }";
            let made = browser
                .mutate(
                    "suggestionItemAccept",
                    "SuggestionItemAcceptInput",
                    selection,
                    input,
                )
                .await;
            things.insert(
                "note",
                made["suggestionItem"]["note"]["id"]
                    .as_str()
                    .expect("an id")
                    .to_owned(),
            );
        }
    }
    let input = json!({ "projectId": project, "label": "Victim's link" });
    let made = browser
        .mutate(
            "shareLinkCreate",
            "ShareLinkCreateInput",
            "shareLink { id }",
            input,
        )
        .await;
    things.insert("share", id(&made, "shareLink"));
    let input = json!({ "name": "Victim's token", "scopes": ["TASKS_READ"] });
    let made = browser
        .mutate("apiTokenCreate", "ApiTokenCreateInput", "apiToken { id }", input)
        .await;
    things.insert("token", id(&made, "apiToken"));
    things.insert("project", project);
    things.insert("suggestion", suggestion);
    things
}

/// The schema, as far as inputs can be made from it.
struct Schema {
    types: BTreeMap<String, Value>,
}

impl Schema {
    async fn read(browser: &Browser) -> Self {
        let ty = "kind name ofType { kind name ofType { kind name ofType { kind name } } }";
        let query = format!(
            "{{ __schema {{ types {{ kind name fields {{ name args {{ name type {{ {ty} }} }} type {{ {ty} }} }} \
             inputFields {{ name type {{ {ty} }} }} enumValues {{ name }} }} }} }}"
        );
        let schema = browser.gql(&query, json!({})).await;
        let types = schema["__schema"]["types"].as_array().expect("types").iter();
        Self {
            types: types
                .map(|ty| (ty["name"].as_str().expect("a name").to_owned(), ty.clone()))
                .collect(),
        }
    }

    fn fields(&self, ty: &str) -> Vec<&Value> {
        self.types[ty]["fields"]
            .as_array()
            .expect("fields")
            .iter()
            .collect()
    }

    fn field_names(&self, ty: &str) -> BTreeSet<String> {
        self.fields(ty)
            .iter()
            .map(|field| field["name"].as_str().expect("a name").to_owned())
            .collect()
    }

    /// A mutation's input type, and the payload's fields other than `userErrors`.
    fn mutation(&self, name: &str) -> (String, Vec<String>) {
        let field = self
            .fields("Mutation")
            .into_iter()
            .find(|field| field["name"] == name)
            .expect("a mutation");
        let payload = named(&field["type"]);
        let resources = self
            .field_names(&payload)
            .into_iter()
            .filter(|field| field != "userErrors")
            .collect();
        (named(&field["args"][0]["type"]), resources)
    }

    /// An input with a value for each field: ids of `things`, and something fitting elsewhere.
    fn input(
        &self,
        ty: &str,
        name: &str,
        subject: (&str, &str),
        things: &Things,
        required_only: bool,
    ) -> Value {
        let mut input = Map::new();
        for field in self.types[ty]["inputFields"].as_array().expect("fields") {
            let key = field["name"].as_str().expect("a name");
            let required = field["type"]["kind"] == "NON_NULL";
            // A reference to something of the victim's is what this is about; a key would change nothing.
            let skip = matches!(key, "expectedVersion" | "idempotencyKey" | "newProject" | "edits")
                || (required_only && !required && key != "projectId");
            if skip && !(name == "planStart" && key == "projectId") {
                continue;
            }
            input.insert(key.to_owned(), self.value(&field["type"], key, subject, things));
        }
        Value::Object(input)
    }

    fn value(&self, ty: &Value, key: &str, subject: (&str, &str), things: &Things) -> Value {
        match ty["kind"].as_str().expect("a kind") {
            "NON_NULL" => self.value(&ty["ofType"], key, subject, things),
            "LIST" => json!([self.value(&ty["ofType"], key, subject, things)]),
            "ENUM" => {
                let name = ty["name"].as_str().expect("a name");
                self.types[name]["enumValues"][0]["name"].clone()
            }
            "INPUT_OBJECT" => self.input(ty["name"].as_str().expect("a name"), "", subject, things, true),
            _ => match ty["name"].as_str().expect("a name") {
                "ID" => {
                    let kind = if key == subject.0 {
                        subject.1
                    } else {
                        let known = REFERENCES.iter().find(|(field, _)| *field == key);
                        known
                            .unwrap_or_else(|| panic!("say in REFERENCES what {key} holds"))
                            .1
                    };
                    json!(things[kind])
                }
                "Int" => json!(1),
                "Long" => json!(100),
                "Boolean" => json!(true),
                "Date" => json!("2027-01-01"),
                "DateTime" => json!("2037-01-01T00:00:00Z"),
                _ if key == "currency" => json!("EUR"),
                _ if key == "email" => json!("planted@example.com"),
                _ => json!("Planted"),
            },
        }
    }
}

/// The name of a type without list and non-null.
fn named(ty: &Value) -> String {
    match ty["name"].as_str() {
        Some(name) => name.to_owned(),
        None => named(&ty["ofType"]),
    }
}

/// Everything stored of a workspace, in every table that has any.
fn dump(stack: &Stack, workspace: &str) -> String {
    let uuid = workspace
        .parse::<smartstack_schema::WorkspaceId>()
        .expect("an id")
        .uuid();
    let tables = stack.sql(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'workspace_id' ORDER BY 1",
    );
    let parts: Vec<String> = tables
        .lines()
        .map(|table| {
            format!("SELECT '{table}' AS t, count(*) AS n, md5(coalesce(string_agg(x::text, '|' ORDER BY x::text), '')) AS h FROM {table} x WHERE workspace_id = '{uuid}'")
        })
        .chain([format!("SELECT 'workspaces', count(*), md5(string_agg(w::text, '|')) FROM workspaces w WHERE id = '{uuid}'")])
        .collect();
    assert!(parts.len() > 12, "too few tables: {tables}");
    stack.sql(&parts.join(" UNION ALL "))
}

#[tokio::test]
async fn every_root_field_is_classified() {
    let stack = Stack::start().await;
    let schema = Schema::read(&stack.browser()).await;
    let known = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<BTreeSet<String>>();
    assert_eq!(
        schema.field_names("Query"),
        known(QUERIES.iter().map(|(name, _)| *name).collect())
    );
    assert_eq!(
        schema.field_names("Mutation"),
        known(
            MUTATIONS
                .iter()
                .map(|(name, ..)| *name)
                .chain(ADMIN_MUTATIONS.iter().copied())
                .collect()
        )
    );
    assert_eq!(
        schema.field_names("Subscription"),
        known(SUBSCRIPTIONS.iter().map(|(name, ..)| *name).collect())
    );
}

#[tokio::test]
async fn nobody_reads_another_workspaces_things() {
    let stack = Stack::start().await;
    let (victim, eve) = (stack.person("Victim").await, stack.person("Eve").await);
    let things = furnish(&victim).await;
    let nobody = stack.browser();
    for (name, query) in QUERIES {
        match query {
            Query::Open => {
                let selection = match *name {
                    "viewer" => "user { id }",
                    "rateLimit" => "limit",
                    _ => "version",
                };
                nobody
                    .gql(&format!("{{ {name} {{ {selection} }} }}"), json!({}))
                    .await;
            }
            Query::AdminOnly => {
                let document = format!("{{ {name} {{ users {{ totalCount }} }} }}");
                assert_eq!(code(&nobody.ask(&document, json!({})).await), "UNAUTHENTICATED");
                assert_eq!(eve.browser.gql(&document, json!({})).await[*name], Value::Null);
            }
            Query::ShareOnly => {
                let document = format!("{{ {name} {{ projectName }} }}");
                assert_eq!(code(&nobody.ask(&document, json!({})).await), "UNAUTHENTICATED");
                assert_eq!(eve.browser.gql(&document, json!({})).await[*name], Value::Null);
            }
            Query::ById(kind) => {
                // Also with ids of every other kind, which are not this field's.
                for (other, id) in &things {
                    let document = format!("query($id: ID!) {{ {name}(id: $id) {{ id }} }}");
                    let variables = json!({ "id": id });
                    assert_eq!(
                        code(&nobody.ask(&document, variables.clone()).await),
                        "UNAUTHENTICATED"
                    );
                    assert_eq!(
                        eve.browser.gql(&document, variables.clone()).await[*name],
                        Value::Null,
                        "{name} {other}"
                    );
                    let own = victim.browser.gql(&document, variables).await;
                    assert_eq!(
                        own[*name]["id"] == *id,
                        other == kind,
                        "{name} {other}: the test itself sees nothing"
                    );
                }
            }
            Query::AnyId => {
                // A token is nobody's to look up.
                for (_, id) in things.iter().filter(|(kind, _)| **kind != "token") {
                    let (document, none) = if *name == "nodes" {
                        ("query($id: ID!) { nodes(ids: [$id]) { id } }", json!([null]))
                    } else {
                        ("query($id: ID!) { node(id: $id) { id } }", Value::Null)
                    };
                    assert_eq!(
                        code(&nobody.ask(document, json!({ "id": id })).await),
                        "UNAUTHENTICATED"
                    );
                    assert_eq!(
                        eve.browser.gql(document, json!({ "id": id })).await[*name],
                        none,
                        "{name} {id}"
                    );
                    assert_ne!(
                        victim.browser.gql(document, json!({ "id": id })).await[*name],
                        none,
                        "{name} {id}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn nobody_changes_another_workspaces_things() {
    let stack = Stack::start().await;
    let (victim, eve) = (stack.person("Victim").await, stack.person("Eve").await);
    let things = furnish(&victim).await;
    let own = furnish(&eve).await;
    let schema = Schema::read(&eve.browser).await;
    let before = dump(&stack, &victim.workspace);
    for (name, field, kind) in MUTATIONS {
        let (ty, resources) = schema.mutation(name);
        let selection: Vec<String> = resources.iter().map(|field| select(field)).collect();
        let selection = selection.join(" ");
        let input = schema.input(&ty, name, (field, kind), &things, false);
        let document = format!(
            "mutation($input: {ty}!) {{ {name}(input: $input) {{ {selection} userErrors {{ code field }} }} }}"
        );
        let anonymous = stack.browser().ask(&document, json!({ "input": input })).await;
        assert_eq!(code(&anonymous), "UNAUTHENTICATED", "{name}: {anonymous}");
        if field.is_empty() {
            continue;
        }
        // All of it the victim's.
        let payload = eve.browser.gql(&document, json!({ "input": input })).await[*name].take();
        assert_eq!(payload["userErrors"][0]["code"], "NOT_FOUND", "{name}: {payload}");
        assert_eq!(payload["userErrors"][0]["field"], json!([field]), "{name}");
        for resource in &resources {
            assert!(
                payload[resource].is_null() || payload[resource] == json!([]),
                "{name}: {payload}"
            );
        }
        // Eve's own thing, with one reference at a time into the victim's workspace.
        let mixed = schema.input(&ty, name, (field, kind), &own, true);
        for (reference, kind) in REFERENCES {
            let takes = schema.types[&ty]["inputFields"].as_array().expect("fields");
            if reference == field
                || *reference == "id"
                || !takes.iter().any(|field| field["name"] == *reference)
            {
                continue;
            }
            let mut mixed = mixed.clone();
            let id = &things[kind];
            mixed[*reference] = if *reference == "itemIds" {
                json!([id])
            } else {
                json!(id)
            };
            let payload = eve.browser.gql(&document, json!({ "input": mixed })).await[*name].take();
            let errors = payload["userErrors"].as_array().expect("errors");
            assert!(
                errors
                    .iter()
                    .any(|error| error["code"] == "NOT_FOUND" && error["field"][0] == *reference),
                "{name} with a foreign {reference}: {payload}"
            );
        }
        assert_eq!(
            dump(&stack, &victim.workspace),
            before,
            "{name} changed the victim's workspace"
        );
    }
    // No row of Eve's points to one of the victim's: the constraints would not let it, and none was tried with success.
    assert_eq!(dump(&stack, &victim.workspace), before);
}

/// A selection of a payload's field that a stranger would love to see.
fn select(field: &str) -> String {
    match field {
        "deletedId" | "secret" => field.to_owned(),
        "viewer" => "viewer { user { id } }".to_owned(),
        _ => format!("{field} {{ id }}"),
    }
}

#[tokio::test]
async fn whoever_only_reads_changes_nothing() {
    let stack = Stack::start().await;
    let (owner, viewer) = (stack.person("Owner").await, stack.person("Viewer").await);
    let things = furnish(&owner).await;
    let workspace = owner
        .workspace
        .parse::<smartstack_schema::WorkspaceId>()
        .expect("an id")
        .uuid();
    let user = viewer
        .user
        .parse::<smartstack_schema::UserId>()
        .expect("an id")
        .uuid();
    // Alone in this workspace, as a guest.
    stack.sql(&format!("DELETE FROM memberships WHERE user_id = '{user}'"));
    stack.sql(&format!(
        "INSERT INTO memberships (workspace_id, user_id, role, created_at) VALUES ('{workspace}', '{user}', '{}', now())",
        MemberRole::Viewer
    ));
    let schema = Schema::read(&viewer.browser).await;
    let before = dump(&stack, &owner.workspace);
    for (name, field, kind) in MUTATIONS.iter().filter(|(_, field, _)| !field.is_empty()) {
        let (ty, _) = schema.mutation(name);
        let input = schema.input(&ty, name, (field, kind), &things, true);
        let document =
            format!("mutation($input: {ty}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}");
        let answer = viewer.browser.ask(&document, json!({ "input": input })).await;
        assert_eq!(code(&answer), "FORBIDDEN", "{name}: {answer}");
    }
    assert_eq!(dump(&stack, &owner.workspace), before);
    let seen = viewer
        .browser
        .gql(
            "query($id: ID!) { task(id: $id) { title } }",
            json!({ "id": things["task"] }),
        )
        .await;
    assert_eq!(seen["task"]["title"], "Victim's task");
}

#[tokio::test]
async fn nobody_listens_to_another_workspace() {
    let stack = Stack::start().await;
    let (victim, eve) = (stack.person("Victim").await, stack.person("Eve").await);
    let things = furnish(&victim).await;
    let mut socket = eve.browser.socket().await;
    for (name, argument, kind) in SUBSCRIPTIONS {
        let document = match *argument {
            "" => format!("subscription {{ {name} {{ __typename }} }}"),
            argument => format!("subscription($id: ID!) {{ {name}({argument}: $id) {{ __typename }} }}"),
        };
        let variables = if kind.is_empty() {
            json!({})
        } else {
            json!({ "id": things[kind] })
        };
        socket.subscribe(name, &document, variables).await;
        let error = socket.hear().await;
        assert_eq!(error["type"], "error", "{name}: {error}");
        assert_eq!(error["payload"][0]["extensions"]["code"], "NOT_FOUND", "{name}");
    }
}

#[tokio::test]
async fn a_share_session_sees_its_view_alone() {
    let stack = Stack::start().await;
    let owner = stack.person("Owner").await;
    let things = furnish(&owner).await;
    let link = owner
        .browser
        .gql(
            "query($id: ID!) { node(id: $id) { ... on ShareLink { url } } }",
            json!({ "id": things["share"] }),
        )
        .await;
    let token = link["node"]["url"]
        .as_str()
        .expect("a URL")
        .rsplit('/')
        .next()
        .expect("a token")
        .to_owned();
    let client = stack.browser();
    client.get(&format!("/s/{token}")).await;
    let client = client.at_gate(&format!("/s/v/{}", things["share"]));
    let view = client
        .gql("{ sharedView { projectName } viewer { user { id } } }", json!({}))
        .await;
    assert_eq!(
        view,
        json!({ "sharedView": { "projectName": "Victim's project" }, "viewer": null })
    );
    let before = dump(&stack, &owner.workspace);
    for (name, query) in QUERIES {
        let document = match query {
            Query::ById(_) => format!("query($id: ID!) {{ {name}(id: $id) {{ id }} }}"),
            Query::AnyId if *name == "node" => "query($id: ID!) { node(id: $id) { id } }".to_owned(),
            Query::AnyId => "query($id: ID!) { nodes(ids: [$id]) { id } }".to_owned(),
            Query::Open | Query::ShareOnly => continue,
            Query::AdminOnly => "{ admin { health { databaseVersion } } }".to_owned(),
        };
        for id in things.values() {
            assert_eq!(
                code(&client.ask(&document, json!({ "id": id })).await),
                "UNAUTHENTICATED",
                "{name}"
            );
        }
    }
    let schema = Schema::read(&client).await;
    for (name, field, kind) in MUTATIONS {
        let (ty, _) = schema.mutation(name);
        let input = schema.input(&ty, name, (field, kind), &things, true);
        let document =
            format!("mutation($input: {ty}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}");
        assert_eq!(
            code(&client.ask(&document, json!({ "input": input })).await),
            "UNAUTHENTICATED",
            "{name}"
        );
    }
    assert_eq!(dump(&stack, &owner.workspace), before);
}
