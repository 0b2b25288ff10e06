//! Pages of lists.

use serde_json::{Value, json};

use crate::support::{Person, Stack};

async fn page(person: &Person, arguments: &str) -> Value {
    let query = format!(
        "query($id: ID!) {{ workspace(id: $id) {{ clients({arguments}) {{ nodes {{ name }} edges {{ cursor }} totalCount pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }} }}"
    );
    person
        .browser
        .ask(&query, json!({ "id": person.workspace }))
        .await
}

fn names(answer: &Value) -> Vec<&str> {
    let nodes = answer["data"]["workspace"]["clients"]["nodes"]
        .as_array()
        .expect("nodes");
    nodes.iter().filter_map(|node| node["name"].as_str()).collect()
}

#[tokio::test]
async fn pages_go_forward_and_back_without_gap() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    for name in ["Delta", "alpha", "Charlie", "Bravo", "Echo"] {
        let input = json!({ "workspaceId": ada.workspace, "name": name });
        ada.browser
            .mutate("clientCreate", "ClientCreateInput", "client { id }", input)
            .await;
    }
    let first = page(&ada, "first: 2").await;
    assert_eq!(names(&first), ["alpha", "Bravo"]);
    let connection = &first["data"]["workspace"]["clients"];
    assert_eq!(connection["totalCount"], 5);
    assert_eq!(connection["pageInfo"]["hasNextPage"], true);
    assert_eq!(connection["pageInfo"]["hasPreviousPage"], false);
    assert_eq!(
        connection["pageInfo"]["endCursor"],
        connection["edges"][1]["cursor"]
    );
    let after = connection["pageInfo"]["endCursor"].as_str().expect("a cursor");
    let second = page(&ada, &format!("first: 2, after: \"{after}\"")).await;
    assert_eq!(names(&second), ["Charlie", "Delta"]);
    let start = second["data"]["workspace"]["clients"]["pageInfo"]["startCursor"]
        .as_str()
        .expect("a cursor");
    assert_eq!(
        names(&page(&ada, &format!("last: 5, before: \"{start}\"")).await),
        ["alpha", "Bravo"]
    );
    assert_eq!(names(&page(&ada, "last: 1").await), ["Echo"]);
    assert_eq!(names(&page(&ada, "filter: { search: \"lph\" }").await), ["alpha"]);
    let none = page(&ada, "first: 0").await;
    assert_eq!(names(&none), Vec::<&str>::new());
    assert_eq!(none["data"]["workspace"]["clients"]["totalCount"], 5);
}

#[tokio::test]
async fn wrong_pages_are_the_callers_mistake() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    for arguments in [
        "first: 1, last: 1",
        "first: -1",
        "last: -1",
        "first: 101",
        "last: 2147483647",
        "first: 1, after: \"nonsense\"",
        "first: 1, before: \"x\"",
        "orderBy: { field: NAME, direction: DESC }, after: \"eyJvIjoiTkFNRSBBU0MifQ\"",
    ] {
        let answer = page(&ada, arguments).await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
            "{arguments}: {answer}"
        );
    }
}
