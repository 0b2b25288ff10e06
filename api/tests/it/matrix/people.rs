//! People: nobody, strangers, guests of too low a role, clients with a shared link.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use smartstack_schema::MemberRole;

use super::{
    rows::{ADMIN_MUTATIONS, From, MUTATIONS, NO_NODES, QUERIES, Query, REFERENCES, SUBSCRIPTIONS},
    world::{Schema, dump, furnish},
};
use crate::support::{Person, Stack, code};

#[tokio::test]
async fn every_root_field_is_classified() {
    let stack = Stack::start().await;
    let schema = Schema::read(&stack.browser()).await;
    let known = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<BTreeSet<String>>();
    assert_eq!(
        schema.field_names("Query"),
        known(QUERIES.iter().map(|(name, _)| *name).collect())
    );
    let mutations = MUTATIONS.iter().map(|(name, ..)| *name);
    assert_eq!(
        schema.field_names("Mutation"),
        known(mutations.chain(ADMIN_MUTATIONS.iter().copied()).collect())
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
            Query::Secret => {
                let document = format!("{{ {name}(token: \"guess\") {{ __typename }} }}");
                for browser in [&nobody, &eve.browser] {
                    assert_eq!(browser.gql(&document, json!({})).await[*name], Value::Null);
                }
            }
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
                for (_, id) in things.iter().filter(|(kind, _)| !NO_NODES.contains(kind)) {
                    let (argument, none) = match *name {
                        "nodes" => ("ids: [$id]", json!([null])),
                        _ => ("id: $id", Value::Null),
                    };
                    let document = format!("query($id: ID!) {{ {name}({argument}) {{ id }} }}");
                    let document = document.as_str();
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
    for (name, field, kind, _) in MUTATIONS {
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
        "deletedId" | "leftId" | "secret" => field.to_owned(),
        "viewer" => "viewer { user { id } }".to_owned(),
        _ => format!("{field} {{ id }}"),
    }
}

#[tokio::test]
async fn nobody_does_what_their_role_does_not_allow() {
    let stack = Stack::start().await;
    let owner = stack.person("Owner").await;
    let (viewer, member) = (stack.person("Viewer").await, stack.person("Member").await);
    let things = furnish(&owner).await;
    for (person, role) in [(&viewer, MemberRole::Viewer), (&member, MemberRole::Member)] {
        let uuid = |id: &str| id.parse::<smartstack_schema::AnyId>().expect("an id").uuid();
        let (workspace, user) = (uuid(&owner.workspace), uuid(&person.user));
        // In this workspace alone, as a guest.
        stack.sql(&format!("DELETE FROM memberships WHERE user_id = '{user}'"));
        stack.sql(&format!(
            "INSERT INTO memberships (workspace_id, user_id, role, created_at) VALUES ('{workspace}', '{user}', '{role}', now())"
        ));
    }
    let schema = Schema::read(&viewer.browser).await;
    let before = dump(&stack, &owner.workspace);
    for (name, field, kind, from) in MUTATIONS {
        let refused: &[&Person] = match from {
            From::Person | From::Viewer => &[],
            From::Member => &[&viewer],
            From::Owner => &[&viewer, &member],
        };
        let (ty, _) = schema.mutation(name);
        let input = schema.input(&ty, name, (field, kind), &things, true);
        let document =
            format!("mutation($input: {ty}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}");
        for person in refused {
            let answer = person.browser.ask(&document, json!({ "input": input })).await;
            assert_eq!(code(&answer), "FORBIDDEN", "{name}: {answer}");
        }
    }
    assert_eq!(dump(&stack, &owner.workspace), before);
    for person in [&viewer, &member] {
        let query = "query($id: ID!) { task(id: $id) { title } }";
        let seen = person.browser.gql(query, json!({ "id": things["task"] })).await;
        assert_eq!(seen["task"]["title"], "Victim's task");
    }
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
            Query::AnyId if *name == "nodes" => "query($id: ID!) { nodes(ids: [$id]) { id } }".to_owned(),
            Query::AnyId => format!("query($id: ID!) {{ {name}(id: $id) {{ id }} }}"),
            Query::AdminOnly => "{ admin { health { databaseVersion } } }".to_owned(),
            Query::Open | Query::Secret | Query::ShareOnly => continue,
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
    for (name, field, kind, _) in MUTATIONS {
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
