//! From what a caller sent to something that may run: the same steps for HTTP
//! and WebSocket. Text is scanned, parsed, counted against the limits, and the
//! operation is chosen, all before the schema sees it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::{
    Request, Response, ServerError, ValidationResult, Value as ConstValue, Variables,
    async_trait::async_trait,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextValidation},
    parser::{
        parse_query,
        types::{
            DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection,
            SelectionSet,
        },
    },
};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use smartstack_schema::ErrorCode;

use super::{
    documents::{Documents, Hash, Known, shape},
    error::coded_server,
    limits::{LimitError, ScanError, Totals, scan},
};

/// What a caller sent, checked for its JSON types only.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    /// Empty where a hash stands for it.
    query: String,
    /// By which the caller knows the document (automatic persisted queries).
    hash: Option<Hash>,
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
        let hash = match body.remove("extensions") {
            None | Some(Value::Null) => None,
            Some(Value::Object(extensions)) => persisted(&extensions)?,
            Some(_) => return Err("The parameter extensions must be an object.".to_owned()),
        };
        let query = match body.remove("query") {
            Some(Value::String(query)) => query,
            None | Some(Value::Null) if hash.is_some() => String::new(),
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
        Ok(Self {
            query,
            hash,
            operation_name,
            variables,
        })
    }
}

/// The hash in `extensions.persistedQuery`, the form Apollo's clients write it in.
fn persisted(extensions: &Map<String, Value>) -> Result<Option<Hash>, String> {
    let Some(persisted) = extensions.get("persistedQuery") else {
        return Ok(None);
    };
    if persisted["version"] != 1 {
        return Err("extensions.persistedQuery.version must be 1.".to_owned());
    }
    let hash = persisted["sha256Hash"].as_str().and_then(from_hex);
    hash.map(Some)
        .ok_or_else(|| "extensions.persistedQuery.sha256Hash must be 64 hexadecimal digits.".to_owned())
}

fn from_hex(text: &str) -> Option<Hash> {
    let mut hash = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(hash)
}

/// An operation that is within the limits and may run.
pub struct Prepared {
    /// To be given data and executed.
    pub request: Request,
    /// Whether it reads, writes or subscribes.
    pub operation: OperationType,
    /// What it adds up to.
    pub totals: Totals,
    /// Whether it was validated before, with variables of this shape.
    pub valid: bool,
    /// Whether it is one of the app's own documents.
    pub is_trusted: bool,
    /// Tells afterwards whether execution began; if not, the document or the
    /// variables were at fault.
    pub executed: Executed,
}

impl Documents {
    /// Scans, parses, counts and chooses.
    ///
    /// # Errors
    /// Errors to answer with; none repeats the document.
    pub fn prepare(&self, parameters: Parameters) -> Result<Prepared, ServerError> {
        let known = self.read(&parameters)?;
        let shape = shape(parameters.operation_name.as_deref(), &parameters.variables);
        let mut variables = Variables::from_json(Value::Object(parameters.variables));
        let totals = known
            .count(&self.model, &shape, &variables)
            .map_err(|limit| over_limit(&limit))?;
        let operation = choose(&known.document, parameters.operation_name.as_deref())?;
        let kind = operation.ty;
        // Variables nobody declared are dropped: they could only confuse.
        let declared = &operation.variable_definitions;
        variables.retain(|name, _| declared.iter().any(|one| one.node.name.node == *name));

        if kind == OperationType::Subscription
            && root_fields(&known.document, &operation.selection_set.node) != 1
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

        let (valid, is_trusted) = (known.is_valid(&shape), known.is_trusted);
        let executed = Executed(Arc::new(AtomicBool::new(valid)));
        let mut request = Request::new(String::new())
            .variables(variables)
            .data(executed.clone());
        request.operation_name = parameters.operation_name;
        request.set_parsed_query(known.document.clone());
        let request = request.data(Validation { known, shape });
        Ok(Prepared {
            request,
            operation: kind,
            totals,
            valid,
            is_trusted,
            executed,
        })
    }

    /// The document: one seen before, or read from the text.
    fn read(&self, parameters: &Parameters) -> Result<Arc<Known>, ServerError> {
        let text = &parameters.query;
        if text.is_empty()
            && let Some(hash) = &parameters.hash
        {
            // Apollo's clients know this answer by its text, and send the document after it.
            return self
                .get(hash)
                .ok_or_else(|| coded_server(ErrorCode::BadUserInput, "PersistedQueryNotFound"));
        }
        let hash = Hash::from(Sha256::digest(text));
        if parameters.hash.is_some_and(|given| given != hash) {
            let message = "extensions.persistedQuery.sha256Hash is not the hash of the query.";
            return Err(coded_server(ErrorCode::BadUserInput, message));
        }
        if let Some(known) = self.get(&hash) {
            return Ok(known);
        }
        scan(text).map_err(|error| match error {
            ScanError::Limit(limit) => over_limit(&limit),
            ScanError::Unterminated(pos) => {
                let mut error =
                    coded_server(ErrorCode::BadUserInput, "A string in the document does not end.");
                error.locations.push(pos);
                error
            }
        })?;
        let document = parse_query(text).map_err(|parse| {
            // The parser's own message repeats the line of the document.
            let mut error = coded_server(ErrorCode::BadUserInput, "The document is not valid GraphQL.");
            error.locations = parse.positions().collect();
            error
        })?;
        Ok(self.keep(hash, document, text.len()))
    }
}

/// The operation that is meant.
fn choose<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<&'a OperationDefinition, ServerError> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Ok(&operation.node),
        (DocumentOperations::Multiple(operations), Some(name)) => operations
            .get(name)
            .map(|operation| &operation.node)
            .ok_or_else(|| {
                coded_server(
                    ErrorCode::BadUserInput,
                    "The document holds no operation of the name in operationName.",
                )
            }),
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => operations
            .values()
            .next()
            .map(|operation| &operation.node)
            .ok_or_else(|| coded_server(ErrorCode::BadUserInput, "The document holds no operation.")),
        _ => {
            let message = "The document holds several operations, or none of the name in operationName: name one of its operations.";
            Err(coded_server(ErrorCode::BadUserInput, message))
        }
    }
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

/// What is noted once a request is found valid.
struct Validation {
    known: Arc<Known>,
    shape: String,
}

/// Notes that a document is valid, so that it need not be validated again, and in [`Executed`] that
/// validation is behind. With any extension each field takes a longer way: what is known to be valid
/// runs without.
pub struct Stages;

impl ExtensionFactory for Stages {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for Stages {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(ctx).await?;
        if let Some(validation) = ctx.data_opt::<Validation>() {
            validation.known.note_valid(&validation.shape);
        }
        Ok(result)
    }

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
            json!({"extensions": {}}),
            json!({"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "00"}}}),
            json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "00"}}}),
            json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "é".repeat(32)}}}),
        ];
        for body in bad {
            assert!(Parameters::from_json(body.clone()).is_err(), "{body}");
        }
        assert!(Parameters::from_json(json!({"query": "{a}", "variables": null, "extensions": {}})).is_ok());
    }

    #[test]
    fn a_document_is_known_by_its_hash_once_it_was_seen() {
        let documents = Documents::default();
        let hash: String = Sha256::digest("{ a }")
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let ask = |query: Option<&str>, hash: &str| {
            let persisted = json!({ "version": 1, "sha256Hash": hash });
            let mut body = json!({ "extensions": { "persistedQuery": persisted } });
            if let Some(query) = query {
                body["query"] = query.into();
            }
            documents.prepare(Parameters::from_json(body).expect("parameters"))
        };
        let unknown = ask(None, &hash).err().expect("not seen yet");
        assert_eq!(unknown.message, "PersistedQueryNotFound");
        assert!(ask(Some("{ b }"), &hash).is_err(), "another document's hash");
        assert!(ask(Some("{ a }"), &hash).is_ok());
        assert!(ask(None, &hash).is_ok());
    }

    #[test]
    fn a_subscription_selects_one_field() {
        let refused = |query: &str| {
            let parameters = Parameters::from_json(json!({ "query": query })).expect("parameters");
            Documents::default().prepare(parameters).is_err()
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
        let error = Documents::default().prepare(parameters).err().expect("refused");
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
}
