//! Programs: tokens that lack the scope, and tokens of another workspace.

use serde_json::{Value, json};
use smartstack_schema::TokenScope;

use super::{
    rows::{ANY_TOKEN, MUTATIONS, QUERIES, Query, SUBSCRIPTIONS},
    world::{Schema, dump, furnish},
};
use crate::{
    program::Program,
    support::{Stack, code},
};

/// A query of one root field about a thing of the victim's.
fn query(name: &str, query: &Query) -> String {
    match query {
        Query::Open | Query::ShareOnly | Query::AdminOnly => format!("{{ {name} {{ __typename }} }}"),
        Query::Secret => format!("{{ {name}(token: \"guess\") {{ __typename }} }}"),
        Query::AnyId if name == "nodes" => "query($id: ID!) { nodes(ids: [$id]) { __typename } }".to_owned(),
        Query::ById(_) | Query::AnyId => format!("query($id: ID!) {{ {name}(id: $id) {{ __typename }} }}"),
    }
}

#[tokio::test]
async fn a_token_without_the_scope_gets_nothing() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let things = furnish(&ada).await;
    let schema = Schema::read(&ada.browser).await;
    // Good for what no root field is about.
    let program = Program::with(&stack, &ada.browser, None, &["AUDIT_READ"]).await;
    let before = dump(&stack, &ada.workspace);
    for (name, kind) in QUERIES.iter().filter(|(name, _)| !ANY_TOKEN.contains(name)) {
        let id = match kind {
            Query::ById(kind) => &things[kind],
            _ => &things["task"],
        };
        let answer = program.ask(&query(name, kind), json!({ "id": id })).await;
        assert_eq!(code(&answer), "FORBIDDEN", "{name}: {answer}");
    }
    for (name, field, kind, _) in MUTATIONS {
        let (ty, _) = schema.mutation(name);
        let input = schema.input(&ty, name, (field, kind), &things, true);
        let document =
            format!("mutation($input: {ty}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}");
        let answer = program.ask(&document, json!({ "input": input })).await;
        assert_eq!(code(&answer), "FORBIDDEN", "{name}: {answer}");
    }
    let mut socket = program.socket(true).await;
    assert_eq!(socket.hear().await["type"], "connection_ack");
    for (name, argument, kind) in SUBSCRIPTIONS
        .iter()
        .filter(|(name, ..)| !ANY_TOKEN.contains(name))
    {
        let document = format!("subscription($id: ID!) {{ {name}({argument}: $id) {{ __typename }} }}");
        socket
            .subscribe(name, &document, json!({ "id": things[kind] }))
            .await;
        let error = socket.hear().await;
        assert_eq!(
            error["payload"][0]["extensions"]["code"], "FORBIDDEN",
            "{name}: {error}"
        );
    }
    assert_eq!(dump(&stack, &ada.workspace), before);
}

#[tokio::test]
async fn a_token_of_another_workspace_finds_nothing_here() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let things = furnish(&ada).await;
    let schema = Schema::read(&ada.browser).await;
    let input = json!({ "name": "Another" });
    let made = ada
        .browser
        .mutate(
            "workspaceCreate",
            "WorkspaceCreateInput",
            "workspace { id }",
            input,
        )
        .await;
    let another = made["workspace"]["id"].as_str().expect("an id");
    let all: Vec<&str> = TokenScope::ALL.iter().map(|scope| scope.as_str()).collect();
    let program = Program::with(&stack, &ada.browser, Some(another), &all).await;
    let before = dump(&stack, &ada.workspace);
    for (name, kind) in QUERIES {
        let ids: Vec<&String> = match kind {
            Query::ById(kind) => vec![&things[kind]],
            // Of the person themselves there is something to see in the other workspace, too.
            Query::AnyId => things
                .iter()
                .filter(|(kind, _)| **kind != "user")
                .map(|(_, id)| id)
                .collect(),
            Query::Open | Query::Secret | Query::ShareOnly | Query::AdminOnly => continue,
        };
        for id in ids {
            let answer = program.gql(&query(name, kind), json!({ "id": id })).await;
            let nothing = answer[*name].is_null() || answer[*name] == json!([null]);
            assert!(nothing, "{name} {id}: {answer}");
        }
    }
    for (name, field, kind, _) in MUTATIONS {
        let (ty, _) = schema.mutation(name);
        let input = schema.input(&ty, name, (field, kind), &things, true);
        let document =
            format!("mutation($input: {ty}!) {{ {name}(input: $input) {{ userErrors {{ code field }} }} }}");
        let answer = program.ask(&document, json!({ "input": input })).await;
        if code(&answer) == "FORBIDDEN" {
            // Closed to every token.
            continue;
        }
        let errors = &answer["data"][*name]["userErrors"];
        assert_eq!(errors[0]["code"], "NOT_FOUND", "{name}: {answer}");
        assert_eq!(errors[0]["field"], json!([field]), "{name}");
    }
    let mut socket = program.socket(false).await;
    assert_eq!(socket.hear().await["type"], "connection_ack");
    for (name, argument, kind) in SUBSCRIPTIONS
        .iter()
        .filter(|(_, argument, _)| !argument.is_empty())
    {
        let document = format!("subscription($id: ID!) {{ {name}({argument}: $id) {{ __typename }} }}");
        socket
            .subscribe(name, &document, json!({ "id": things[kind] }))
            .await;
        let error = socket.hear().await;
        assert_eq!(
            error["payload"][0]["extensions"]["code"], "NOT_FOUND",
            "{name}: {error}"
        );
    }
    assert_eq!(dump(&stack, &ada.workspace), before);
    assert_ne!(before, Value::Null.to_string());
}
