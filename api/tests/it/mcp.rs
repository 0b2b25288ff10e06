//! The Model Context Protocol: what assistants read, and that what they write waits for a person.

use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    program::Program,
    support::{Person, Stack, eventually},
};

/// An assistant with a token.
struct Assistant<'a> {
    stack: &'a Stack,
    program: Program,
}

impl<'a> Assistant<'a> {
    async fn of(stack: &'a Stack, person: &Person, scopes: &[&str]) -> Self {
        let program = Program::with(stack, &person.browser, Some(&person.workspace), scopes).await;
        Self { stack, program }
    }

    async fn send(&self, method: Method, body: &Value) -> Response {
        let request = self
            .program
            .http
            .request(method, format!("{}/mcp", self.stack.base));
        let request = request
            .header(header::ACCEPT, "application/json, text/event-stream")
            .header("mcp-protocol-version", "2025-06-18")
            .bearer_auth(&self.program.token);
        request.json(body).send().await.expect("an answer")
    }

    async fn ask(&self, method: &str, params: Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let answer = self.send(Method::POST, &body).await;
        assert_eq!(answer.status(), StatusCode::OK, "{method}");
        let mut answer: Value = answer.json().await.expect("JSON");
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].take()
    }

    /// What a tool answers, or why it does not.
    async fn call(&self, tool: &str, arguments: Value) -> Result<Value, String> {
        let mut result = self
            .ask("tools/call", json!({ "name": tool, "arguments": arguments }))
            .await;
        if result["isError"] == true {
            return Err(result["content"][0]["text"].as_str().expect("a text").to_owned());
        }
        Ok(result["structuredContent"].take())
    }

    async fn tools(&self) -> Vec<Value> {
        let mut listed = self.ask("tools/list", json!({})).await;
        match listed["tools"].take() {
            Value::Array(tools) => tools,
            other => panic!("a list of tools, not {other}"),
        }
    }
}

const ALL: &[&str] = &[
    "WORKSPACE_READ",
    "MEMBERS_READ",
    "CLIENTS_READ",
    "PROJECTS_WRITE",
    "TASKS_READ",
    "DOCUMENTS_WRITE",
    "JOBS_WRITE",
    "SUGGESTIONS_READ",
];

async fn project(person: &Person) -> Value {
    let input = json!({ "workspaceId": person.workspace, "name": "Website" });
    let made = person
        .browser
        .mutate("projectCreate", "ProjectCreateInput", "project { id }", input);
    made.await["project"]["id"].take()
}

#[tokio::test]
async fn an_assistant_is_told_what_its_token_is_good_for_and_each_tool_runs() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let assistant = Assistant::of(&stack, &ada, ALL).await;
    let hello = json!({ "protocolVersion": "2025-06-18", "capabilities": {},
        "clientInfo": { "name": "test", "version": "1" } });
    let hello = assistant.ask("initialize", hello).await;
    assert_eq!(hello["serverInfo"]["name"], "smartstack");
    assert!(hello["capabilities"]["tools"].is_object(), "{hello}");

    let project = project(&ada).await;
    let tools = assistant.tools().await;
    assert_eq!(tools.len(), 11);
    for tool in &tools {
        let name = tool["name"].as_str().expect("a name");
        let schema = &tool["inputSchema"];
        let required: Vec<&str> = schema["required"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        // Everything it takes at once: the document is valid, and its variables are of their types.
        let mut arguments = json!({});
        for (parameter, form) in schema["properties"].as_object().expect("properties") {
            arguments[parameter] = match (parameter.as_str(), form["type"].as_str().expect("a type")) {
                ("workspaceId", _) => json!(ada.workspace),
                ("projectId", _) => project.clone(),
                ("responsible", _) => json!("CLIENT"),
                ("clientId" | "after", _) => continue,
                (_, "integer") => json!(5),
                (_, "boolean") => json!(true),
                (_, "array") => json!([form["items"]["enum"][0]]),
                (_, _) if form["format"] == "date" => json!("2026-05-04"),
                _ => json!("Website"),
            };
        }
        match assistant.call(name, arguments).await {
            Ok(_) => {}
            // An id of nothing.
            Err(why) => assert!(required == ["id"] && why.contains("id"), "{name}: {why}"),
        }
    }

    // A token that reads tasks alone is not offered the rest, nor given it.
    let narrow = Assistant::of(&stack, &ada, &["WORKSPACE_READ", "CLIENTS_READ"]).await;
    let names: Vec<Value> = narrow
        .tools()
        .await
        .iter()
        .map(|tool| tool["name"].clone())
        .collect();
    assert_eq!(names, ["list_clients"]);
    let why = narrow
        .call("get_project", json!({ "id": project }))
        .await
        .expect_err("refused");
    assert!(why.contains("It lacks: projects:read"), "{why}");
}

#[tokio::test]
async fn what_an_assistant_writes_waits_for_a_person() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let assistant = Assistant::of(&stack, &ada, ALL).await;
    let project = project(&ada).await;
    let proposal = json!({
        "projectId": project,
        "text": "Please design the home page by 4 May 2026.",
        "idempotencyKey": "once",
    });
    let first = assistant
        .call("propose_plan", proposal.clone())
        .await
        .expect("a job");
    let again = assistant.call("propose_plan", proposal).await.expect("a job");
    assert_eq!(first["job"]["id"], again["job"]["id"]);
    assert_eq!(stack.sql("SELECT count(*) FROM jobs"), "1");
    assert_eq!(stack.sql("SELECT count(*) FROM tasks"), "0");
    let job = assistant
        .call("get_job", json!({ "id": first["job"]["id"] }))
        .await
        .expect("the job");
    assert_eq!(job["state"], "QUEUED");
    // Whoever reads only cannot propose.
    let reader = Assistant::of(&stack, &ada, &["WORKSPACE_READ", "PROJECTS_READ", "JOBS_READ"]).await;
    let why = reader
        .call("propose_plan", json!({ "projectId": project, "text": "Do it." }))
        .await;
    assert!(why.expect_err("refused").contains("jobs:write"));
    assert_eq!(stack.sql("SELECT count(*) FROM jobs"), "1");
}

#[tokio::test]
async fn what_is_wrong_is_said_so_that_an_assistant_can_mend_it() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.person("Ada").await, stack.person("Eve").await);
    let assistant = Assistant::of(&stack, &ada, ALL).await;
    let theirs = project(&eve).await;
    for (tool, arguments, said) in [
        ("get_project", json!({}), "id is missing: The project"),
        ("get_project", json!({ "id": 5 }), "id must be a text."),
        (
            "get_project",
            json!({ "id": theirs }),
            "There is nothing of this id",
        ),
        ("list_tasks", json!({ "projectId": theirs }), ""),
        (
            "list_tasks",
            json!({ "status": ["LATER"] }),
            "status must be a list of some of BACKLOG, ",
        ),
        (
            "list_tasks",
            json!({ "limit": 5 }),
            "takes no argument of this name; it takes: search, status",
        ),
        ("list_tasks", json!({ "first": 500 }), "at most 100"),
        ("list_tasks", json!({ "dueTo": "soon" }), "Date"),
        (
            "list_clients",
            json!({ "workspaceId": eve.workspace }),
            "There is nothing of this id",
        ),
        (
            "propose_plan",
            json!({ "projectId": theirs, "text": "Do it." }),
            "",
        ),
        (
            "propose_plan",
            json!({ "projectId": project(&ada).await, "text": "  " }),
            "text: ",
        ),
    ] {
        match assistant.call(tool, arguments.clone()).await {
            // Somebody else's project has no tasks, as one that never was.
            Ok(answer) => assert_eq!(
                (tool, &answer["totalCount"]),
                ("list_tasks", &json!(0)),
                "{arguments}"
            ),
            Err(why) => assert!(why.contains(said), "{tool} {arguments}: {why}"),
        }
    }
    assert_eq!(stack.sql("SELECT count(*) FROM jobs"), "0");

    let unknown = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "drop" } });
    let unknown: Value = assistant
        .send(Method::POST, &unknown)
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(unknown["error"]["code"], -32602, "{unknown}");
    let get = assistant.send(Method::GET, &json!({})).await;
    assert_eq!(get.status(), StatusCode::METHOD_NOT_ALLOWED);
    let large = assistant
        .send(
            Method::POST,
            &json!({ "jsonrpc": "2.0", "x": "x".repeat(300_000) }),
        )
        .await;
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let broken = assistant.send(Method::POST, &json!([{ "jsonrpc": "1.0" }])).await;
    assert!(broken.status().is_client_error(), "{}", broken.status());
}

#[tokio::test]
async fn a_token_for_several_workspaces_says_which_and_a_spent_budget_says_when() {
    let stack = Stack::start_with(smartstack_domain::testing::TestDb::new().await, |config| {
        config.rate_limit = 400;
    })
    .await;
    let ada = stack.person("Ada").await;
    let input = json!({ "name": "Second" });
    let made = ada
        .browser
        .mutate(
            "workspaceCreate",
            "WorkspaceCreateInput",
            "workspace { id }",
            input,
        )
        .await;
    let second = made["workspace"]["id"].as_str().expect("an id").to_owned();
    let program = Program::with(&stack, &ada.browser, None, ALL).await;
    let assistant = Assistant {
        stack: &stack,
        program,
    };
    let why = assistant
        .call("list_clients", json!({}))
        .await
        .expect_err("which one?");
    assert!(
        why.contains(&format!("{second} (Second)")) && why.contains(&ada.workspace),
        "{why}"
    );
    let there = assistant
        .call("list_clients", json!({ "workspaceId": second }))
        .await
        .expect("a list");
    assert_eq!(there["totalCount"], 0);

    let spent = eventually("the budget is spent", || async {
        assistant
            .call("list_clients", json!({ "workspaceId": second, "first": 100 }))
            .await
            .err()
    });
    let why = spent.await;
    assert!(why.contains("Ask again in "), "{why}");
}
