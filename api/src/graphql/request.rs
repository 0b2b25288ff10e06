//! From what a caller sent to something that may run: the same steps for HTTP
//! and WebSocket. Text is scanned, parsed, counted against the limits, and the
//! operation is chosen, all before the schema sees it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::{
    Request, Response, ServerError, Value as ConstValue, Variables,
    async_trait::async_trait,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute},
    parser::{
        parse_query,
        types::{DocumentOperations, ExecutableDocument, OperationType, Selection, SelectionSet},
    },
};
use serde_json::{Map, Value};
use smartstack_schema::ErrorCode;

use super::{
    error::coded_server,
    limits::{CostModel, LimitError, ScanError, scan},
};

/// What a caller sent, checked for its JSON types only.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    query: String,
    operation_name: Option<String>,
    variables: Map<String, Value>,
}

impl Parameters {
    /// Reads the parameters out of a JSON object.
    ///
    /// # Errors
    /// Says which parameter is not of its type.
    pub fn from_json(body: Value) -> Result<Self, String> {
        let mut body = match body {
            Value::Object(body) => body,
            Value::Array(_) => return Err("Send one operation at a time: batches are not served.".to_owned()),
            _ => return Err("The body must be a JSON object.".to_owned()),
        };
        let query = match body.remove("query") {
            Some(Value::String(query)) => query,
            Some(_) => return Err("The parameter query must be a string.".to_owned()),
            None => return Err("The parameter query is missing.".to_owned()),
        };
        let operation_name = match body.remove("operationName") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name).filter(|name| !name.is_empty()),
            Some(_) => return Err("The parameter operationName must be a string.".to_owned()),
        };
        let variables = match body.remove("variables") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(variables)) => variables,
            Some(_) => return Err("The parameter variables must be an object.".to_owned()),
        };
        match body.remove("extensions") {
            None | Some(Value::Null | Value::Object(_)) => {}
            Some(_) => return Err("The parameter extensions must be an object.".to_owned()),
        }
        Ok(Self {
            query,
            operation_name,
            variables,
        })
    }
}

/// An operation that is within the limits and may run.
pub struct Prepared {
    /// To be given data and executed.
    pub request: Request,
    /// Whether it reads, writes or subscribes.
    pub operation: OperationType,
    /// Tells afterwards whether execution began; if not, the document or the
    /// variables were at fault.
    pub executed: Executed,
}

/// Scans, parses, counts and chooses.
///
/// # Errors
/// Errors to answer with; none repeats the document.
pub fn prepare(model: &CostModel, parameters: Parameters) -> Result<Prepared, ServerError> {
    scan(&parameters.query).map_err(|error| match error {
        ScanError::Limit(limit) => over_limit(&limit),
        ScanError::Unterminated(pos) => {
            let mut error = coded_server(ErrorCode::BadUserInput, "A string in the document does not end.");
            error.locations.push(pos);
            error
        }
    })?;
    let document = parse_query(&parameters.query).map_err(|parse| {
        // The parser's own message repeats the line of the document.
        let mut error = coded_server(ErrorCode::BadUserInput, "The document is not valid GraphQL.");
        error.locations = parse.positions().collect();
        error
    })?;
    let mut variables = Variables::from_json(Value::Object(parameters.variables));
    model
        .check(&document, &variables)
        .map_err(|limit| over_limit(&limit))?;

    let operation = match (&document.operations, &parameters.operation_name) {
        (DocumentOperations::Single(operation), None) => operation,
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get(name.as_str()).ok_or_else(|| {
                coded_server(
                    ErrorCode::BadUserInput,
                    "The document holds no operation of the name in operationName.",
                )
            })?
        }
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => operations
            .values()
            .next()
            .ok_or_else(|| coded_server(ErrorCode::BadUserInput, "The document holds no operation."))?,
        _ => {
            let message = "The document holds several operations, or none of the name in operationName: name one of its operations.";
            return Err(coded_server(ErrorCode::BadUserInput, message));
        }
    };
    let kind = operation.node.ty;
    // Variables nobody declared are dropped: they could only confuse.
    let declared = &operation.node.variable_definitions;
    variables.retain(|name, _| declared.iter().any(|one| one.node.name.node == *name));

    if kind == OperationType::Subscription && root_fields(&document, &operation.node.selection_set.node) != 1
    {
        let message = "A subscription selects exactly one field.";
        return Err(coded_server(ErrorCode::BadUserInput, message));
    }
    // The executor would only notice when it gets there, after part of the work is done.
    let missing = declared.iter().any(|one| {
        let required = !one.node.var_type.node.nullable && one.node.default_value.is_none();
        required
            && variables
                .get(&one.node.name.node)
                .is_none_or(|value| *value == ConstValue::Null)
    });
    if missing {
        let message = "A variable that must have a value is missing or null.";
        return Err(coded_server(ErrorCode::BadUserInput, message));
    }

    let executed = Executed::default();
    let mut request = Request::new(String::new())
        .variables(variables)
        .data(executed.clone());
    request.operation_name = parameters.operation_name;
    request.set_parsed_query(document);
    Ok(Prepared {
        request,
        operation: kind,
        executed,
    })
}

/// How many fields an operation has at its root. The limits have been checked:
/// fragments neither go in circles nor deep.
fn root_fields(document: &ExecutableDocument, set: &SelectionSet) -> usize {
    let count = |selection: &Selection| match selection {
        Selection::Field(_) => 1,
        Selection::InlineFragment(fragment) => root_fields(document, &fragment.node.selection_set.node),
        Selection::FragmentSpread(spread) => document
            .fragments
            .get(&spread.node.fragment_name.node)
            .map_or(0, |fragment| {
                root_fields(document, &fragment.node.selection_set.node)
            }),
    };
    set.items.iter().map(|item| count(&item.node)).sum()
}

fn over_limit(limit: &LimitError) -> ServerError {
    match limit {
        LimitError::TooMuch { .. } => coded_server(ErrorCode::CostExceeded, limit.to_string()),
        LimitError::FragmentCycle(pos) => {
            let mut error = coded_server(ErrorCode::BadUserInput, limit.to_string());
            error.locations.push(*pos);
            error
        }
    }
}

/// Whether an operation got as far as being executed.
#[derive(Debug, Clone, Default)]
pub struct Executed(Arc<AtomicBool>);

impl Executed {
    /// Whether execution began.
    pub fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Notes in [`Executed`] that validation is behind.
pub struct NoteExecution;

impl ExtensionFactory for NoteExecution {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for NoteExecution {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        if let Some(executed) = ctx.data_opt::<Executed>() {
            executed.0.store(true, Ordering::Relaxed);
        }
        next.run(ctx, operation_name).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parameters_of_a_wrong_type_are_named() {
        let bad = [
            json!([]),
            json!("x"),
            json!({}),
            json!({"query": 1}),
            json!({"query": "{a}", "operationName": 1}),
            json!({"query": "{a}", "variables": []}),
            json!({"query": "{a}", "extensions": "x"}),
        ];
        for body in bad {
            assert!(Parameters::from_json(body.clone()).is_err(), "{body}");
        }
        assert!(Parameters::from_json(json!({"query": "{a}", "variables": null, "extensions": {}})).is_ok());
    }

    #[test]
    fn a_subscription_selects_one_field() {
        let refused = |query: &str| {
            let parameters = Parameters::from_json(json!({ "query": query })).expect("parameters");
            prepare(&CostModel::default(), parameters).is_err()
        };
        assert!(!refused("subscription { a }"));
        assert!(!refused("subscription { ...F } fragment F on Subscription { a }"));
        assert!(refused("subscription { a b }"));
        assert!(refused(
            "subscription { a ...F } fragment F on Subscription { b }"
        ));
    }

    #[test]
    fn a_parse_error_does_not_repeat_the_document() {
        let parameters = Parameters::from_json(json!({"query": "{ secret-word } }"})).expect("parameters");
        let error = prepare(&CostModel::default(), parameters).err().expect("refused");
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
}
