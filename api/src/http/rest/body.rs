//! Bodies of JSON: within the limits every body has, and refused field by field.

use std::str::FromStr;

use poem::{Request, RequestBody};
use poem_openapi::{
    impl_apirequest_for_payload,
    payload::{ParsePayload, Payload},
    registry::{MetaSchema, MetaSchemaRef, Registry},
    types::{MaybeUndefined, ParseFromJSON, Type},
};
use serde_json::Value;
use smartstack_domain::input::Patch;
use smartstack_schema::UserErrorCode;

use super::{
    super::{
        graphql::read_json_body,
        problem::{FieldProblem, Problem},
    },
    choice::Choice,
};

/// A body of JSON.
pub(crate) struct Sent<T>(pub T);

impl<T: Type> Payload for Sent<T> {
    const CONTENT_TYPE: &'static str = "application/json";

    fn check_content_type(_: &str) -> bool {
        // Reading the body looks at it.
        true
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: ParseFromJSON> ParsePayload for Sent<T> {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> poem::Result<Self> {
        let value = read_json_body(request.headers(), body.take()?).await?;
        // The library's own message neither names the field nor leaves out what was sent.
        match T::parse_from_json(Some(value.clone())) {
            Ok(read) => Ok(Self(read)),
            Err(_) => Err(explain::<T>(&value).into()),
        }
    }
}

impl_apirequest_for_payload!(Sent<T>, T: ParseFromJSON);

/// Why a body is not a `T`, by its description.
fn explain<T: Type>(value: &Value) -> Problem {
    let mut registry = Registry::new();
    T::register(&mut registry);
    let mut errors = Vec::new();
    compare(&registry, &T::schema_ref(), value, "", &mut errors);
    let texts: Vec<String> = errors
        .iter()
        .map(|error| format!("{}: {}", error.field, error.message))
        .collect();
    let detail = if texts.is_empty() {
        "The body is not of the form /openapi.json describes.".to_owned()
    } else {
        texts.join(" ")
    };
    Problem::bad_request(detail).errors(errors)
}

fn compare(
    registry: &Registry,
    schema: &MetaSchemaRef,
    value: &Value,
    at: &str,
    errors: &mut Vec<FieldProblem>,
) {
    let schema: &MetaSchema = match schema {
        MetaSchemaRef::Inline(schema) => schema,
        MetaSchemaRef::Reference(name) => match registry.schemas.get(name) {
            Some(schema) => schema,
            None => return,
        },
    };
    if let [first, ..] = schema.all_of.as_slice() {
        return compare(registry, first, value, at, errors);
    }
    let place = if at.is_empty() { "body" } else { at };
    match (schema.ty, value) {
        ("object", Value::Object(fields)) => {
            let below = |name: &str| {
                if at.is_empty() {
                    name.to_owned()
                } else {
                    format!("{at}.{name}")
                }
            };
            for (name, property) in &schema.properties {
                let is_required = schema.required.contains(name);
                match fields.get(*name) {
                    None | Some(Value::Null) if is_required => {
                        errors.push(FieldProblem::new(
                            UserErrorCode::Required,
                            below(name),
                            "This must be given.",
                        ));
                    }
                    None | Some(Value::Null) => {}
                    Some(value) => compare(registry, property, value, &below(name), errors),
                }
            }
            let is_known = |name: &str| schema.properties.iter().any(|(known, _)| *known == name);
            for name in fields.keys().filter(|name| !is_known(name)) {
                let message = "There is no such field.";
                errors.push(FieldProblem::new(UserErrorCode::Invalid, below(name), message));
            }
        }
        ("array", Value::Array(items)) => {
            if let Some(schema) = &schema.items {
                for (place, item) in items.iter().enumerate() {
                    compare(registry, schema, item, &format!("{at}.{place}"), errors);
                }
            }
        }
        ("string", Value::String(text)) => {
            let is_one = |item: &Value| item.as_str() == Some(text);
            let length = text.chars().count();
            if let Some(least) = schema.min_length.filter(|least| length < *least) {
                let message = format!("This must have at least {least} characters.");
                errors.push(FieldProblem::new(UserErrorCode::TooShort, place, message));
            } else if let Some(most) = schema.max_length.filter(|most| length > *most) {
                let message = format!("This may have at most {most} characters.");
                errors.push(FieldProblem::new(UserErrorCode::TooLong, place, message));
            } else if !schema.enum_items.is_empty() && !schema.enum_items.iter().any(is_one) {
                let known: Vec<&str> = schema.enum_items.iter().filter_map(Value::as_str).collect();
                let message = format!("This must be one of {}.", known.join(", "));
                errors.push(FieldProblem::new(UserErrorCode::Invalid, place, message));
            } else if let Some(format) = schema.format.filter(|format| !text_is(format, text)) {
                let what = if format == "date-time" { "moment" } else { "day" };
                let message = format!("This must be a {what} as RFC 3339 writes it.");
                errors.push(FieldProblem::new(UserErrorCode::Invalid, place, message));
            }
        }
        ("boolean", Value::Bool(_)) | ("number", Value::Number(_)) => {}
        ("integer", Value::Number(number)) => {
            if number
                .as_i64()
                .is_none_or(|number| i32::try_from(number).is_err())
            {
                let message = "This must be a whole number, within 32 bits.";
                errors.push(FieldProblem::new(UserErrorCode::OutOfRange, place, message));
            }
        }
        (ty, _) => {
            let article = if matches!(ty, "object" | "array" | "integer") {
                "an"
            } else {
                "a"
            };
            let message = format!("This must be {article} {ty}.");
            errors.push(FieldProblem::new(UserErrorCode::Invalid, place, message));
        }
    }
}

fn text_is(format: &str, text: &str) -> bool {
    match format {
        "naive-date" => text.parse::<chrono::NaiveDate>().is_ok(),
        "date-time" => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
        _ => true,
    }
}

/// A field of a change: left out, cleared or set.
pub(super) fn patch<T>(field: MaybeUndefined<T>) -> Patch<T> {
    match field {
        MaybeUndefined::Undefined => Patch::Keep,
        MaybeUndefined::Null => Patch::Clear,
        MaybeUndefined::Value(value) => Patch::Set(value),
    }
}

/// As [`patch`], for a value in another form here.
pub(super) fn patch_with<T, U>(field: MaybeUndefined<T>, read: impl FnOnce(T) -> U) -> Patch<U> {
    match field {
        MaybeUndefined::Undefined => Patch::Keep,
        MaybeUndefined::Null => Patch::Clear,
        MaybeUndefined::Value(value) => Patch::Set(read(value)),
    }
}

/// Reads the ids of a body, collecting those that cannot be one.
#[derive(Default)]
pub(super) struct Ids(Vec<FieldProblem>);

impl Ids {
    /// An id that may be left out.
    pub(super) fn optional<I: FromStr>(&mut self, field: &str, id: Option<&str>) -> Option<I> {
        let read = id?.parse().ok();
        if read.is_none() {
            let message = "It does not exist any more, or not for you.";
            self.0
                .push(FieldProblem::new(UserErrorCode::NotFound, field, message));
        }
        read
    }

    /// An id of a change: left out, cleared or set.
    pub(super) fn patch<I: FromStr>(&mut self, field: &str, id: &MaybeUndefined<String>) -> Patch<I> {
        match id {
            MaybeUndefined::Undefined => Patch::Keep,
            MaybeUndefined::Null => Patch::Clear,
            MaybeUndefined::Value(id) => self.optional(field, Some(id)).map_or(Patch::Keep, Patch::Set),
        }
    }

    /// Goes on only if every id was one.
    ///
    /// # Errors
    /// 422 with the fields.
    pub(super) fn finish(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Problem::unprocessable(self.0))
        }
    }
}

/// An id that selects part of a list.
///
/// # Errors
/// 400 where it cannot be one.
pub(super) fn filter<I: FromStr>(name: &str, id: Option<&str>) -> Result<Option<I>, Problem> {
    let read = id.map(str::parse).transpose();
    read.map_err(|_| {
        let message = format!("{name}: this is not an id of the right kind.");
        let field = FieldProblem::new(UserErrorCode::Invalid, name, message.as_str());
        Problem::bad_request(message).errors(vec![field])
    })
}

/// Values that select part of a list, of which any will do.
pub(super) fn any_of<E>(values: Option<Vec<Choice<E>>>) -> Option<Vec<E>> {
    values.map(|values| values.into_iter().map(|value| value.0).collect())
}
