//! Lists that are written at once say what the resolvers say.

use std::collections::BTreeMap;

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use serde_json::{Value, json};

use crate::support::{Person, Stack};

/// The fields of each type that take no arguments, with the type each leads to.
fn fields() -> BTreeMap<String, Vec<(String, String)>> {
    let sdl = include_str!("../../../schema/schema.graphql");
    let mut all = BTreeMap::new();
    for definition in parse_schema(sdl).expect("the schema").definitions {
        let TypeSystemDefinition::Type(one) = definition else {
            continue;
        };
        let TypeKind::Object(object) = one.node.kind else {
            continue;
        };
        let fields = object
            .fields
            .into_iter()
            .filter(|field| field.node.arguments.is_empty());
        let fields = fields.map(|field| {
            let leads = field.node.ty.node.to_string();
            (
                field.node.name.node.to_string(),
                leads.trim_matches(['[', ']', '!']).to_owned(),
            )
        });
        all.insert(one.node.name.node.to_string(), fields.collect());
    }
    all
}

/// Every field of a type that takes no arguments, and so on to a depth, each written `field`.
fn selection(
    all: &BTreeMap<String, Vec<(String, String)>>,
    of: &str,
    depth: usize,
    field: &dyn Fn(&str) -> String,
) -> String {
    let mut text = field("__typename");
    for (name, leads) in &all[of] {
        match all.get(leads) {
            None => text += &format!(" {}", field(name)),
            Some(_) if depth == 0 => {}
            Some(_) => {
                text += &format!(
                    " {} {{ {} }}",
                    field(name),
                    selection(all, leads, depth - 1, field)
                );
            }
        }
    }
    text
}

async fn furnish(ada: &Person) {
    let browser = &ada.browser;
    let made = |mut payload: Value, field: &str| payload[field]["id"].take();
    let mut clients = vec![Value::Null];
    for input in [
        json!({ "name": "Quotes \"and\" \\ backslashes \u{2028} é 漢 🦀" }),
        json!({ "name": "B", "kind": "PERSON", "email": "b@example.com", "phone": "+49 30 1", "website": "https://b.example",
            "notes": "two\nlines\ttab", "hue": "PLUM" }),
    ] {
        let mut input = input;
        input["workspaceId"] = json!(ada.workspace);
        clients.push(made(
            browser
                .mutate("clientCreate", "ClientCreateInput", "client { id }", input)
                .await,
            "client",
        ));
    }
    for (at, client) in clients.iter().enumerate() {
        let input = json!({ "workspaceId": ada.workspace, "name": format!("P{at}"), "clientId": client,
            "status": "ON_HOLD", "startDate": "2026-01-05", "dueDate": (at > 0).then_some("2026-12-31"),
            "budget": { "amountCents": 123_456, "currency": "EUR" }, "budgetMinutes": 90 });
        let project = made(
            browser
                .mutate("projectCreate", "ProjectCreateInput", "project { id }", input)
                .await,
            "project",
        );
        let mut parent = Value::Null;
        for (n, status) in ["BACKLOG", "NEXT", "IN_PROGRESS", "WAITING", "DONE"]
            .iter()
            .enumerate()
        {
            let priority = ["NONE", "LOW", "MEDIUM", "HIGH", "URGENT"][n % 5];
            let input = json!({ "projectId": project, "title": format!("T\"{n}"), "status": status, "description": "d\n",
                "priority": priority, "parentId": parent,
                "responsible": if n % 2 == 0 { "FREELANCER" } else { "CLIENT" },
                "assigneeId": (n == 1).then_some(&ada.user), "dueDate": (n > 1).then_some("2026-02-28"),
                "estimateMinMinutes": (n > 2).then_some(30), "estimateMaxMinutes": (n > 2).then_some(60),
                "clientVisible": n % 2 == 1 });
            let task = browser
                .mutate("taskCreate", "TaskCreateInput", "task { id }", input)
                .await;
            if n == 0 {
                parent = made(task, "task");
            }
        }
    }
}

#[tokio::test]
async fn what_is_written_at_once_is_what_the_resolvers_say() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    furnish(&ada).await;
    let all = fields();
    let ask = |document: String| {
        let (browser, id) = (&ada.browser, json!({ "id": ada.workspace }));
        async move { browser.ask(&document, id).await }
    };
    for (list, of, count) in [
        ("tasks", "Task", 15),
        ("projects", "Project", 3),
        ("clients", "Client", 2),
    ] {
        let document = |field: &str, selection: &str| {
            format!(
                "query($id: ID!) {{ workspace(id: $id) {{ {list}(first: 50) {{ nodes {{ {field} {selection} }} }} }} }}"
            )
        };
        // Each field alone, and all of them together, nested as deep as three.
        let mut selections: Vec<(String, usize)> = all[of]
            .iter()
            .map(|(name, leads)| match all.get(leads) {
                None => (name.clone(), 0),
                Some(_) => {
                    let below = selection(&all, leads, 0, &|name| name.to_owned());
                    (format!("{name} {{ {below} }}"), 0)
                }
            })
            .collect();
        selections.extend((0..3).map(|depth| (selection(&all, of, depth, &|name| name.to_owned()), depth)));
        for (selection, _) in selections {
            // A directive is the executor's alone.
            let by_executor = ask(document("own: id @include(if: true)", &selection)).await;
            let at_once = ask(document("own: id", &selection)).await;
            assert!(at_once["errors"].is_null(), "{selection}: {at_once}");
            assert_eq!(at_once["data"], by_executor["data"], "{selection}");
            // What the answer costs is the same as well.
            assert_eq!(
                at_once["extensions"]["cost"]["actual"], by_executor["extensions"]["cost"]["actual"],
                "{selection}"
            );
            let nodes = &at_once["data"]["workspace"][list]["nodes"];
            assert_eq!(nodes.as_array().map(Vec::len), Some(count), "{list}");
        }
    }
}

#[tokio::test]
async fn keys_stand_in_the_documents_order_and_under_their_aliases() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    furnish(&ada).await;
    let query = "query($id: ID!) { workspace(id: $id) { tasks(first: 1) { nodes { \
        version who: assignee { called: name } for: project { client { id } called: name } title } totalCount } } }";
    let body = json!({ "query": query, "variables": { "id": ada.workspace } });
    let text = ada
        .browser
        .post("/graphql", &body)
        .await
        .text()
        .await
        .expect("text");
    let node = r#""nodes":[{"version":1,"who":null,"for":{"client":null,"called":"P0"},"title":"T\"0"}]"#;
    assert!(text.contains(node), "{text}");

    // Over a socket too.
    let mut socket = ada.browser.socket().await;
    socket.subscribe("1", query, json!({ "id": ada.workspace })).await;
    let next = socket.hear().await;
    assert_eq!(next["type"], "next", "{next}");
    assert_eq!(next["payload"]["data"]["workspace"]["tasks"]["totalCount"], 15);
    assert_eq!(
        next["payload"]["data"]["workspace"]["tasks"]["nodes"][0]["title"],
        "T\"0"
    );
}
