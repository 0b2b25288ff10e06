//! The description of REST v1 as it is served: what the library writes, put right.
//!
//! The library knows neither that a value left out may be null, nor which scopes a token needs, and repeats
//! every problem at every operation.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::caller::{SESSION, TOKEN};

/// What the description says first.
pub(super) const DESCRIPTION: &str = "\
The main resources of SmartStack over plain HTTP. GraphQL (`/graphql`) has everything; this is for tools that \
speak REST. Both obey the same rules, scopes, idempotency keys and limits.

Requests are made with a personal access token (`Authorization: Bearer ss_pat_…`), made under Settings, Tokens. \
Errors are `application/problem+json`. Lists are read page by page: follow the header Link, or give `endCursor` \
as `after`. A request that makes something may carry an `Idempotency-Key`: sent again within 24 hours it answers \
with what the first one made. A change may carry `If-Match` with the ETag of what was read. Headers `RateLimit` \
and `RateLimit-Policy` tell what may still be asked for in this minute.";

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Makes the description of what the library wrote.
pub(super) fn finish(written: &str) -> Value {
    let mut document: Value = serde_json::from_str(written).unwrap_or_default();
    document["openapi"] = "3.0.3".into();
    document["info"]["contact"] = json!({ "name": "SmartStack" });
    document["info"]["license"] = json!({ "name": "Proprietary" });
    document["servers"] = json!([{ "url": "/", "description": "This installation." }]);
    nullable(&mut document);
    let mut problems = Map::new();
    for (_, method, operation) in operations(&mut document) {
        security(operation);
        refusals(method, operation, &mut problems);
    }
    document["components"]["responses"] = Value::Object(problems);
    super::described::add(&mut document);
    tidy(&mut document);
    if let Some(tags) = document["tags"].as_array_mut() {
        tags.sort_by_key(|tag| tag["name"].as_str().map(str::to_owned));
    }
    document["components"]["headers"] = json!({
        "RateLimit": {
            "description": "What is left of the policy, r, and for how many seconds, t.",
            "schema": { "type": "string" }, "example": "\"minute\";r=599970;t=42",
        },
        "RateLimitPolicy": {
            "description": "How much may be spent, q, in so many seconds, w.",
            "schema": { "type": "string" }, "example": "\"minute\";q=600000;w=60",
        },
        "RetryAfter": {
            "description": "After how many seconds to try again.", "schema": { "type": "integer" },
        },
    });
    document
}

/// Every operation of a description, with its path and method.
fn operations(document: &mut Value) -> impl Iterator<Item = (&str, &str, &mut Value)> {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    paths.flat_map(|(path, methods)| {
        let methods = methods.as_object_mut().into_iter().flatten();
        methods
            .filter(|(method, _)| METHODS.contains(&method.as_str()))
            .map(|(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// Takes the scopes out of the scheme's name: see `caller::Needs`.
fn security(operation: &mut Value) {
    let Some(schemes) = operation["security"].as_array_mut() else {
        // Open to everybody, and said so.
        operation["security"] = json!([]);
        return;
    };
    let names: Vec<String> = schemes
        .iter()
        .filter_map(|scheme| scheme.as_object()?.keys().next().cloned())
        .collect();
    let mut scopes = Vec::new();
    for name in names {
        if let Some(list) = name.strip_prefix(TOKEN) {
            scopes = list.split_whitespace().map(str::to_owned).collect();
        }
    }
    operation["security"] = json!([{ TOKEN: [] }, { SESSION: [] }]);
    let named: Vec<String> = scopes.iter().map(|scope| format!("`{scope}`")).collect();
    let needs = format!("A token needs {}.", named.join(" and "));
    let said = operation["description"].as_str().unwrap_or_default();
    operation["description"] = format!("{said}\n\n{needs}").trim().into();
    operation["x-scopes"] = scopes.into();
}

/// Leaves out the problems an operation cannot meet, refers to the others, and names the limit's headers.
fn refusals(method: &str, operation: &mut Value, problems: &mut Map<String, Value>) {
    let has_body = !operation["requestBody"].is_null();
    let is_open = operation["security"] == json!([]);
    let has = |header: &str| {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        parameters.clone().any(|one| one["name"] == header)
    };
    let (has_key, has_version, is_read) = (has("Idempotency-Key"), has("If-Match"), method == "get");
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    responses.retain(|status, _| match status.as_str() {
        "401" | "404" => !is_open,
        "408" | "413" | "415" => has_body,
        "409" => !is_read || has_key,
        "412" => has_version,
        _ => true,
    });
    for (status, response) in responses {
        let mut headers = json!({
            "RateLimit": { "$ref": "#/components/headers/RateLimit" },
            "RateLimit-Policy": { "$ref": "#/components/headers/RateLimitPolicy" },
        });
        if matches!(status.as_str(), "429" | "503") {
            headers["Retry-After"] = json!({ "$ref": "#/components/headers/RetryAfter" });
        }
        let named = response["headers"].as_object().cloned().unwrap_or_default();
        for (name, header) in named {
            headers[name] = header;
        }
        response["headers"] = headers;
        let is_problem = !response["content"]["application/problem+json"].is_null();
        if is_problem {
            let name = format!("Problem{status}");
            let reference = json!({ "$ref": format!("#/components/responses/{name}") });
            problems.insert(name, std::mem::replace(response, reference));
        }
    }
}

/// Takes out what says nothing, and what the library says twice.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, value| {
                !matches!(
                    (name.as_str(), &*value),
                    ("deprecated", Value::Bool(false)) | ("explode", Value::Bool(true))
                )
            });
            if let Some(Value::Array(parts)) = fields.get_mut("allOf") {
                parts.retain(|part| part.get("$ref").is_some());
            }
            // The library's own name for what RFC 3339 and OpenAPI call a date.
            if fields.get("format").is_some_and(|format| format == "naive-date") {
                fields.insert("format".to_owned(), "date".into());
            }
            parameter(fields);
            fields.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// What the forms of parameters are that are read here and not by the library.
fn parameter(fields: &mut Map<String, Value>) {
    let kind = match (
        fields.get("in").and_then(Value::as_str),
        fields.get("name").and_then(Value::as_str),
    ) {
        (Some("query"), Some("clientId")) => "client",
        (Some("query"), Some("projectId")) => "project",
        (Some("query"), Some("parentId")) => "task",
        (Some("query"), Some("assigneeId" | "actorId")) => "user",
        _ => return,
    };
    fields["schema"]["pattern"] = format!("^{kind}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$").into();
}

/// A property that need not be there may be null; and what we answer with is always there.
fn nullable(document: &mut Value) {
    let inputs = inputs(document);
    let schemas = document["components"]["schemas"].as_object_mut();
    for (name, schema) in schemas.into_iter().flatten() {
        let required: BTreeSet<String> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect();
        let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
            continue;
        };
        for (property, schema) in properties.iter_mut() {
            if required.contains(property) || name == "Problem" {
                continue;
            }
            if let Some(reference) = schema.get("$ref").cloned() {
                *schema = json!({ "allOf": [{ "$ref": reference }] });
            }
            schema["nullable"] = true.into();
        }
        let all: Vec<&String> = properties.keys().collect();
        if !inputs.contains(name) && name != "Problem" {
            schema["required"] = json!(all);
        } else if inputs.contains(name) {
            schema["additionalProperties"] = false.into();
        }
    }
}

/// The schemas that bodies of requests are made of.
fn inputs(document: &Value) -> BTreeSet<String> {
    let mut waiting = Vec::new();
    let paths = document["paths"].as_object().into_iter().flatten();
    for (_, operation) in paths.flat_map(|(_, methods)| methods.as_object().into_iter().flatten()) {
        references(&operation["requestBody"], &mut waiting);
    }
    let mut found = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        if found.insert(name.clone()) {
            references(&document["components"]["schemas"][&name], &mut waiting);
        }
    }
    found
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(name) = fields.get("$ref").and_then(Value::as_str) {
                found.extend(name.rsplit('/').next().map(str::to_owned));
            }
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

/// Which methods each address answers to, and which parameters they take.
pub(super) struct Allowed(BTreeMap<Vec<String>, BTreeMap<String, BTreeSet<String>>>);

/// Reads methods and parameters out of a description.
pub(super) fn allowed(document: &Value) -> Allowed {
    let mut document = document.clone();
    let mut allowed = Allowed(BTreeMap::new());
    for (path, method, operation) in operations(&mut document) {
        // What lies elsewhere is no business of the door.
        let Some(path) = path.strip_prefix(super::PREFIX) else {
            continue;
        };
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let names = parameters
            .filter(|one| one["in"] == "query")
            .filter_map(|one| one["name"].as_str().map(str::to_owned))
            .collect();
        let path = path.split('/').map(str::to_owned).collect();
        let here = allowed.0.entry(path).or_default();
        here.insert(method.to_uppercase(), names);
    }
    allowed
}

impl Allowed {
    fn here(&self, path: &str) -> Option<&BTreeMap<String, BTreeSet<String>>> {
        let parts: Vec<&str> = path.split('/').collect();
        let is_here = |pattern: &&Vec<String>| {
            pattern.len() == parts.len()
                && pattern
                    .iter()
                    .zip(&parts)
                    .all(|(a, b)| a.starts_with('{') || a == b)
        };
        self.0
            .keys()
            .find(is_here)
            .and_then(|pattern| self.0.get(pattern))
    }

    /// The methods at a path, for the header Allow.
    pub(super) fn methods(&self, path: &str) -> String {
        let mut methods: Vec<&str> = Vec::new();
        for method in self.here(path).into_iter().flat_map(BTreeMap::keys) {
            methods.push(method);
            if method == "GET" {
                methods.push("HEAD");
            }
        }
        methods.join(", ")
    }

    /// The parameters a method takes at a path, where there is such an operation.
    pub(super) fn parameters(&self, path: &str, method: &str) -> Option<&BTreeSet<String>> {
        let method = if method == "HEAD" { "GET" } else { method };
        self.here(path)?.get(method)
    }
}
