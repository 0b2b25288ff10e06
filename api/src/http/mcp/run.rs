//! Running a tool: its document with the arguments as variables, as any other caller's.

use std::sync::Arc;

use async_graphql::parser::parse_query;
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Map, Value, json};
use smartstack_domain::{identity::Membership, rate::Spent};

use super::{
    Caller,
    tools::{Tool, WORKSPACE},
};
use crate::{
    app::App,
    graphql::{
        answer as text, attach,
        context::{Requester, Surface},
        cost, error,
        request::Parameters,
        scopes,
    },
    http::problem::{INTERNAL_MESSAGE, UNAVAILABLE_MESSAGE},
};

/// Whether the caller's token is good for all that the tool asks for.
pub(super) fn is_allowed(app: &App, tool: &Tool, requester: &Requester) -> bool {
    requester.token().is_none_or(|grant| {
        parse_query(tool.document)
            .is_ok_and(|document| scopes::check(&app.documents.model, &document, None, grant).is_ok())
    })
}

/// Runs it. What does not work is an answer that says why, which an assistant can read and act on.
pub(super) async fn run(
    app: &Arc<App>,
    tool: &Tool,
    arguments: Map<String, Value>,
    caller: Caller,
) -> CallToolResult {
    match answer(app, tool, arguments, caller).await {
        Ok(answer) => CallToolResult::structured(answer),
        Err(why) => CallToolResult::error(vec![ContentBlock::text(why)]),
    }
}

async fn answer(
    app: &Arc<App>,
    tool: &Tool,
    arguments: Map<String, Value>,
    caller: Caller,
) -> Result<Value, String> {
    let mut variables = checked(tool, arguments)?;
    if tool.is_of_workspace() {
        let said = variables.remove(WORKSPACE.name);
        variables.insert("workspace".to_owned(), workspace(&caller.requester, said)?);
    }
    let body = json!({ "query": tool.document, "variables": variables });
    let parameters = Parameters::from_json(body)?;
    let prepared = app
        .documents
        .prepare(parameters)
        .map_err(|refused| refused.message)?;

    let key = cost::key(&caller.requester, &caller.address);
    match app.budgets.spend(&key, prepared.totals.cost).await {
        Ok(Spent::Yes(_)) => {}
        Ok(Spent::No(budget)) => {
            let (refused, seconds) = cost::throttled(&budget, app.db.clock().now());
            return Err(format!("{} Ask again in {seconds} s.", refused.message));
        }
        Err(fault) if error::store_is_away(&fault) => return Err(UNAVAILABLE_MESSAGE.to_owned()),
        Err(fault) => {
            tracing::error!(error = ?fault, "the budget could not be spent");
            return Err(INTERNAL_MESSAGE.to_owned());
        }
    }
    let attached = attach(app, prepared, Surface::Account, caller.requester, caller.address)
        .map_err(|refused| refused.message)?;
    let mut response = attached.execute(&app.schemas).await;
    error::finish(&mut response);
    if let Some(error) = response.errors.first() {
        return Err(error.message.clone());
    }
    let mut data = text::data(&response).map_err(|error| {
        tracing::error!(%error, "an answer could not be written");
        INTERNAL_MESSAGE.to_owned()
    })?;
    let found = data.pointer_mut(tool.answer).map(Value::take).unwrap_or_default();
    if found.is_null() {
        return Err("There is nothing of this id that the token opens.".to_owned());
    }
    match refusals(&found) {
        Some(why) => Err(why),
        None => Ok(found),
    }
}

/// The workspace that is meant.
fn workspace(requester: &Requester, said: Option<Value>) -> Result<Value, String> {
    match (said, requester.memberships()) {
        (Some(said), _) if !said.is_null() => Ok(said),
        (_, [one]) => Ok(one.workspace_id().to_string().into()),
        (_, []) => Err("The person this token belongs to has no workspace any more.".to_owned()),
        (_, several) => {
            let named = |one: &Membership| format!("{} ({})", one.workspace_id(), one.workspace_name());
            let named: Vec<String> = several.iter().map(named).collect();
            Err(format!(
                "This token opens several workspaces. Say which by workspaceId: {}.",
                named.join(", ")
            ))
        }
    }
}

/// The arguments as variables.
fn checked(tool: &Tool, arguments: Map<String, Value>) -> Result<Map<String, Value>, String> {
    for (name, value) in &arguments {
        let Some(parameter) = tool.takes().find(|parameter| parameter.name == name) else {
            let names: Vec<&str> = tool.takes().map(|parameter| parameter.name).collect();
            return Err(format!(
                "{} takes no argument of this name; it takes: {}.",
                tool.name,
                names.join(", ")
            ));
        };
        if value.is_null() && !parameter.required {
            continue;
        }
        if let Some(wrong) = parameter.wrong(value) {
            return Err(wrong);
        }
    }
    let missing = |name: &str| !arguments.contains_key(name);
    match tool
        .parameters
        .iter()
        .find(|parameter| parameter.required && missing(parameter.name))
    {
        Some(parameter) => Err(format!("{} is missing: {}", parameter.name, parameter.about)),
        None => Ok(arguments),
    }
}

/// What a mutation refused, in its own words.
fn refusals(payload: &Value) -> Option<String> {
    let errors = payload.get("userErrors")?.as_array()?;
    let said: Vec<String> = errors
        .iter()
        .map(|error| {
            let fields = error["field"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            let field = fields.collect::<Vec<_>>().join(".");
            let message = error["message"].as_str().unwrap_or_default();
            if field.is_empty() {
                message.to_owned()
            } else {
                format!("{field}: {message}")
            }
        })
        .collect();
    (!said.is_empty()).then(|| said.join(" "))
}
