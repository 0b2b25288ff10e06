//! A victim's things, the schema as far as inputs can be made from it, and what is stored.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::rows::{IDS, REFERENCES};
use crate::support::{Browser, Person, Stack};

/// Somebody's things, one of each kind.
pub(super) type Things = BTreeMap<&'static str, String>;

/// Makes one of each kind of thing in a person's workspace.
pub(super) async fn furnish(person: &Person) -> Things {
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
    let input = json!({ "workspaceId": person.workspace, "email": format!("guest-of-{}", person.email), "role": "VIEWER" });
    let made = browser
        .mutate(
            "invitationCreate",
            "InvitationCreateInput",
            "invitation { id }",
            input,
        )
        .await;
    things.insert("invitation", id(&made, "invitation"));
    let input = json!({ "workspaceId": person.workspace, "url": "https://hooks.example.com/victim" });
    let made = browser
        .mutate(
            "webhookEndpointCreate",
            "WebhookEndpointCreateInput",
            "webhookEndpoint { id }",
            input,
        )
        .await;
    let webhook = id(&made, "webhookEndpoint");
    let made = browser
        .mutate(
            "webhookEndpointPing",
            "WebhookEndpointPingInput",
            "webhookDelivery { id }",
            json!({ "id": webhook }),
        )
        .await;
    things.insert("delivery", id(&made, "webhookDelivery"));
    things.insert("webhook", webhook);
    things.insert("project", project);
    things.insert("suggestion", suggestion);
    things
}

/// The schema, as far as inputs can be made from it.
pub(super) struct Schema {
    pub(super) types: BTreeMap<String, Value>,
}

impl Schema {
    pub(super) async fn read(browser: &Browser) -> Self {
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

    pub(super) fn fields(&self, ty: &str) -> Vec<&Value> {
        self.types[ty]["fields"]
            .as_array()
            .expect("fields")
            .iter()
            .collect()
    }

    pub(super) fn field_names(&self, ty: &str) -> BTreeSet<String> {
        self.fields(ty)
            .iter()
            .map(|field| field["name"].as_str().expect("a name").to_owned())
            .collect()
    }

    /// A mutation's input type, and the payload's fields other than `userErrors`.
    pub(super) fn mutation(&self, name: &str) -> (String, Vec<String>) {
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
    pub(super) fn input(
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
            if key == "id" && key != subject.0 {
                let known = IDS.iter().find(|(input, _)| *input == ty);
                let kind = known
                    .unwrap_or_else(|| panic!("say in IDS what the id of {ty} is"))
                    .1;
                input.insert(key.to_owned(), json!(things[kind]));
                continue;
            }
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

    pub(super) fn value(&self, ty: &Value, key: &str, subject: (&str, &str), things: &Things) -> Value {
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
                _ if key == "password" => json!("planted words"),
                _ => json!("Planted"),
            },
        }
    }
}

/// The name of a type without list and non-null.
pub(super) fn named(ty: &Value) -> String {
    match ty["name"].as_str() {
        Some(name) => name.to_owned(),
        None => named(&ty["ofType"]),
    }
}

/// Everything stored of a workspace, in every table that has any.
pub(super) fn dump(stack: &Stack, workspace: &str) -> String {
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
