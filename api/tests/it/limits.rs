//! Documents that ask for too much are refused before anything of them runs.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::Stack;

#[tokio::test]
async fn documents_over_a_limit_are_refused_fast_and_without_echo() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let ws = format!("workspace(id: \"{}\")", ada.workspace);
    let deep = format!(
        "{{ {ws} {{ tasks {{ nodes {{ {} id {} }} }} }} }}",
        "parent { ".repeat(9),
        "} ".repeat(9)
    );
    let wide = format!(
        "{{ {ws} {{ clients(first: 100) {{ nodes {{ projects(first: 100) {{ nodes {{ tasks(first: 100) {{ nodes {{ id }} }} }} }} }} }} }} }}"
    );
    let aliases: String = (0..61)
        .map(|i| format!("secretword{i}: viewer {{ user {{ id }} }} "))
        .collect();
    let directives = format!(
        "{{ viewer {} {{ user {{ id }} }} }}",
        "@include(if: true) ".repeat(61)
    );
    let doubling: String = (0..40)
        .map(|i| format!("fragment F{i} on User {{ ...F{} ...F{} }} ", i + 1, i + 1))
        .chain(["fragment F40 on User { id }".to_owned()])
        .collect();
    let cases = [
        ("depth", deep, "COST_EXCEEDED"),
        ("cost", wide, "COST_EXCEEDED"),
        ("aliases", format!("{{ {aliases} }}"), "COST_EXCEEDED"),
        ("directives", directives, "COST_EXCEEDED"),
        ("tokens", format!("{{ viewer {{ user {{ {} }} }} }}", "id ".repeat(7_000)), "COST_EXCEEDED"),
        ("nesting", "{a".repeat(10_000), "COST_EXCEEDED"),
        ("lists", format!("{{ node(id: {}) {{ id }} }}", "[".repeat(10_000)), "COST_EXCEEDED"),
        ("doubling fragments", format!("{{ viewer {{ user {{ ...F0 }} }} }} {doubling}"), "COST_EXCEEDED"),
        (
            "cycle",
            "{ viewer { user { ...A } } } fragment A on User { ...B } fragment B on User { ...A }".to_owned(),
            "BAD_USER_INPUT",
        ),
        (
            "introspection in circles",
            "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }".to_owned(),
            "COST_EXCEEDED",
        ),
    ];
    for (what, document, code) in cases {
        let started = Instant::now();
        let answer = ada.browser.ask(&document, json!({})).await;
        assert!(
            started.elapsed() < Duration::from_secs(2),
            "{what} took {:?}",
            started.elapsed()
        );
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], code,
            "{what}: {answer}"
        );
        assert!(answer.get("data").is_none(), "{what}");
        assert!(!answer.to_string().contains("secretword"), "{what}");
    }
}

#[tokio::test]
async fn a_negative_page_cannot_buy_a_large_one() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    // The stock complexity attribute wraps here and lets the document through.
    for first in [-1, i32::MIN] {
        let page = |inner: &str| format!("tasks(first: {first}) {{ nodes {{ {inner} }} }}");
        let document = format!(
            "{{ workspace(id: \"{}\") {{ {} clients(first: 100) {{ nodes {{ projects(first: 100) {{ nodes {{ tasks(first: 100) {{ nodes {{ id }} }} }} }} }} }} }} }}",
            ada.workspace,
            page("id")
        );
        let answer = ada.browser.ask(&document, json!({})).await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "COST_EXCEEDED",
            "{answer}"
        );
    }
}

#[tokio::test]
async fn the_standard_introspection_query_is_answered() {
    let stack = Stack::start().await;
    let types =
        "kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
    let document = format!(
        "query IntrospectionQuery {{ __schema {{ queryType {{ name }} mutationType {{ name }} subscriptionType {{ name }} \
         types {{ kind name description fields(includeDeprecated: true) {{ name description args {{ name description \
         type {{ {types} }} defaultValue }} type {{ {types} }} isDeprecated deprecationReason }} \
         inputFields {{ name description type {{ {types} }} defaultValue }} interfaces {{ {types} }} \
         enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }} \
         possibleTypes {{ {types} }} }} directives {{ name description locations args {{ name type {{ {types} }} }} }} }} }}"
    );
    let schema = stack.browser().gql(&document, json!({})).await;
    let types = schema["__schema"]["types"].as_array().expect("types");
    let described = |thing: &Value| {
        thing["description"]
            .as_str()
            .is_some_and(|text| !text.trim().is_empty())
    };
    // The specification's own scalars need no words of ours.
    let builtin = ["ID", "Int", "Float", "String", "Boolean"];
    let ours = |name: &str| !name.starts_with("__") && !builtin.contains(&name);
    for ty in types
        .iter()
        .filter(|ty| ours(ty["name"].as_str().expect("a name")))
    {
        assert!(described(ty), "no description: {}", ty["name"]);
        for part in ["fields", "inputFields", "enumValues"] {
            for member in ty[part].as_array().into_iter().flatten() {
                assert!(
                    described(member),
                    "no description: {}.{}",
                    ty["name"],
                    member["name"]
                );
                for argument in member["args"].as_array().into_iter().flatten() {
                    assert!(
                        described(argument),
                        "no description: {}.{}({})",
                        ty["name"],
                        member["name"],
                        argument["name"]
                    );
                }
            }
        }
    }
}
