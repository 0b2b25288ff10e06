//! An answer's text.
//!
//! The library's own way to it would write a list that is written already ([`written`](super::written)) as
//! numbers.

use async_graphql::{Response, Value};

use super::written;

/// An answer as JSON.
pub fn to_json(response: &Response) -> Vec<u8> {
    let mut json = Vec::with_capacity(1024);
    json.extend_from_slice(b"{\"data\":");
    value(&mut json, &response.data);
    // Writing to memory does not fail, nor do texts, numbers and maps with names for keys.
    if !response.extensions.is_empty() {
        json.extend_from_slice(b",\"extensions\":");
        let _ = serde_json::to_writer(&mut json, &response.extensions);
    }
    if !response.errors.is_empty() {
        json.extend_from_slice(b",\"errors\":");
        let _ = serde_json::to_writer(&mut json, &response.errors);
    }
    json.push(b'}');
    json
}

/// An answer's data, for who wants to look into it.
///
/// # Errors
/// What was written is no JSON: a fault of ours.
pub fn data(response: &Response) -> serde_json::Result<serde_json::Value> {
    let mut json = Vec::new();
    value(&mut json, &response.data);
    serde_json::from_slice(&json)
}

fn value(json: &mut Vec<u8>, one: &Value) {
    match one {
        Value::Binary(text) => json.extend_from_slice(written::text(text).1),
        Value::List(items) => {
            json.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    json.push(b',');
                }
                value(json, item);
            }
            json.push(b']');
        }
        Value::Object(fields) => {
            json.push(b'{');
            for (at, (name, field)) in fields.iter().enumerate() {
                if at > 0 {
                    json.push(b',');
                }
                written::json::text(json, name);
                json.push(b':');
                value(json, field);
            }
            json.push(b'}');
        }
        plain => {
            let _ = serde_json::to_writer(json, plain);
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{ServerError, value};
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_is_written_as_the_library_does() {
        let mut response = Response::new(value!({
            "a": [1, 2.5, null, true, "a \"b\"\n"], "b": { "c": { "d": [] }, "e": {} },
        }));
        let text = |response: &Response| String::from_utf8(to_json(response)).expect("text");
        assert_eq!(text(&response), serde_json::to_string(&response).expect("JSON"));
        response
            .extensions
            .insert("cost".to_owned(), value!({ "requested": 1 }));
        response.errors.push(ServerError::new("no", None));
        assert_eq!(text(&response), serde_json::to_string(&response).expect("JSON"));
    }

    #[test]
    fn what_is_written_already_is_put_in() {
        let written = Value::Binary([&[0; 8], &br#"[{"id":"x"}]"#[..]].concat().into());
        let mut data = value!({ "nodes": null, "n": 1 });
        if let Value::Object(fields) = &mut data {
            fields[0] = written;
        }
        let data = super::data(&Response::new(data)).expect("JSON");
        assert_eq!(data, json!({ "nodes": [{ "id": "x" }], "n": 1 }));
    }
}
