//! What Bedrock's Converse and ConverseStream answer, good and bad.

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use serde_json::{Value, json};

use crate::http_stand_in::{Asked, Reply};

/// What the model says.
#[derive(Clone, Debug)]
pub(crate) enum Said {
    /// A text, and why it stopped.
    Text(String, &'static str),
    /// The tool is called with this.
    Tool(Value),
    /// An error of this status, code and message.
    Error(u16, &'static str, &'static str),
    /// The stream ends with an exception after it has begun.
    Exception(&'static str),
    /// The connection breaks off half-way.
    Cut,
    /// Something that is no answer at all.
    Garbage,
}

impl Said {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into(), "end_turn")
    }
}

/// The reply to a request, in the form its path asks for.
pub(crate) fn reply(asked: &Asked, said: &Said) -> Reply {
    if let Said::Error(status, code, message) = said {
        let mut reply = Reply::json(*status, &json!({ "message": message }));
        reply.headers.push(("x-amzn-errortype", (*code).to_owned()));
        return reply;
    }
    if asked.path.ends_with("/converse-stream") {
        stream(said)
    } else {
        whole(said)
    }
}

const USAGE: [(&str, u32); 5] = [
    ("inputTokens", 1000),
    ("outputTokens", 100),
    ("totalTokens", 1100),
    ("cacheReadInputTokens", 20),
    ("cacheWriteInputTokens", 30),
];

fn usage() -> Value {
    USAGE
        .iter()
        .map(|(name, count)| ((*name).to_owned(), json!(count)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn whole(said: &Said) -> Reply {
    let (content, stop) = match said {
        Said::Text(text, stop) => (json!([{ "text": text }]), *stop),
        Said::Tool(input) => (
            json!([{ "text": "I will use the tool." },
                   { "toolUse": { "toolUseId": "t1", "name": "plan_items", "input": input } }]),
            "tool_use",
        ),
        Said::Cut => {
            let mut reply = Reply::json(200, &json!({ "output": "half" }));
            reply.body.truncate(8);
            reply.cut = true;
            return reply;
        }
        Said::Garbage | Said::Exception(_) | Said::Error(..) => {
            let mut reply = Reply::json(200, &Value::Null);
            reply.body = b"<html>a proxy's page</html>".to_vec();
            return reply;
        }
    };
    Reply::json(
        200,
        &json!({ "output": { "message": { "role": "assistant", "content": content } }, "stopReason": stop,
                 "usage": usage(), "metrics": { "latencyMs": 1 } }),
    )
}

fn stream(said: &Said) -> Reply {
    let mut body = Vec::new();
    let mut cut = false;
    event(&mut body, "messageStart", &json!({ "role": "assistant" }));
    let pieces = |body: &mut Vec<u8>, text: &str, tool: bool| {
        let letters: Vec<char> = text.chars().collect();
        for piece in letters.chunks(40) {
            let piece: String = piece.iter().collect();
            let delta = if tool {
                json!({ "toolUse": { "input": piece } })
            } else {
                json!({ "text": piece })
            };
            event(
                body,
                "contentBlockDelta",
                &json!({ "contentBlockIndex": 0, "delta": delta }),
            );
        }
        event(body, "contentBlockStop", &json!({ "contentBlockIndex": 0 }));
    };
    let end = |body: &mut Vec<u8>, stop: &str| {
        event(body, "messageStop", &json!({ "stopReason": stop }));
        event(
            body,
            "metadata",
            &json!({ "usage": usage(), "metrics": { "latencyMs": 1 } }),
        );
    };
    match said {
        Said::Text(text, stop) => {
            pieces(&mut body, text, false);
            end(&mut body, stop);
        }
        Said::Tool(input) => {
            let start = json!({ "toolUse": { "toolUseId": "t1", "name": "plan_items" } });
            event(
                &mut body,
                "contentBlockStart",
                &json!({ "contentBlockIndex": 0, "start": start }),
            );
            pieces(&mut body, &input.to_string(), true);
            end(&mut body, "tool_use");
        }
        Said::Exception(kind) => {
            pieces(&mut body, "{\"items\": [", false);
            frame(
                &mut body,
                "exception",
                ":exception-type",
                kind,
                &json!({ "message": "made for the test" }),
            );
        }
        Said::Cut => {
            pieces(&mut body, "{\"items\": [", false);
            // In the middle of a frame.
            let whole = body.len();
            event(&mut body, "messageStop", &json!({ "stopReason": "end_turn" }));
            body.truncate(whole + 20);
            cut = true;
        }
        Said::Garbage | Said::Error(..) => {
            body = b"no frame, but long enough to be taken for a frame's beginning".to_vec();
        }
    }
    Reply {
        headers: vec![("content-type", "application/vnd.amazon.eventstream".to_owned())],
        body,
        cut,
        ..Reply::json(200, &Value::Null)
    }
}

fn event(body: &mut Vec<u8>, kind: &str, payload: &Value) {
    frame(body, "event", ":event-type", kind, payload);
}

fn frame(body: &mut Vec<u8>, message: &str, header: &'static str, kind: &str, payload: &Value) {
    let text = |text: &str| HeaderValue::String(text.to_owned().into());
    let message = Message::new(payload.to_string().into_bytes())
        .add_header(Header::new(":message-type", text(message)))
        .add_header(Header::new(header, text(kind)))
        .add_header(Header::new(":content-type", text("application/json")));
    write_message_to(&message, body).unwrap();
}
