//! The messages and close codes of `graphql-transport-ws`
//! (<https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>).

use async_graphql::{Response, ServerError};
use serde_json::{Value, json};

use crate::graphql::answer;

/// The one subprotocol that is spoken.
pub(super) const SUBPROTOCOL: &str = "graphql-transport-ws";

/// Why a socket is closed by us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Close {
    /// The process is stopping; connect again, elsewhere or later.
    GoingAway,
    /// A message is larger than allowed.
    TooLarge,
    /// The reader fell behind, or stopped reading; connect again and resume
    /// from the last cursor.
    FellBehind,
    /// The database is away; connect again in a moment.
    Unavailable,
    /// A message is not one of the protocol's.
    InvalidMessage(&'static str),
    /// The session or token has ended, or its person's rights have changed, or a subscription came before the
    /// acknowledgement; refresh and connect again.
    Unauthorized,
    /// Nobody is signed in, or the shared link was revoked.
    Forbidden,
    /// `connection_init` did not come in time.
    InitTimeout,
    /// The id is in use.
    SubscriberExists,
    /// `connection_init` came twice.
    TooManyInits,
}

impl Close {
    /// The code on the wire.
    pub(super) fn code(&self) -> u16 {
        match self {
            Self::GoingAway => 1001,
            Self::TooLarge => 1009,
            Self::FellBehind | Self::Unavailable => 1013,
            Self::InvalidMessage(_) => 4400,
            Self::Unauthorized => 4401,
            Self::Forbidden => 4403,
            Self::InitTimeout => 4408,
            Self::SubscriberExists => 4409,
            Self::TooManyInits => 4429,
        }
    }

    /// The reason on the wire, below the 123 bytes a close frame can hold.
    pub(super) fn reason(&self) -> &'static str {
        match self {
            Self::GoingAway => "Going away: connect again and resume from your last cursor",
            Self::TooLarge => "Message too large: 64 KiB at most",
            Self::FellBehind => "Fell behind: connect again and resume from your last cursor",
            Self::Unavailable => "Briefly unavailable: connect again in a moment",
            Self::InvalidMessage(what) => what,
            Self::Unauthorized => "Unauthorized",
            Self::Forbidden => "Forbidden",
            Self::InitTimeout => "Connection initialisation timeout",
            Self::SubscriberExists => "Subscriber for this id already exists",
            Self::TooManyInits => "Too many initialisation requests",
        }
    }
}

/// What a client may say.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ClientMessage {
    /// The first message; its payload may carry a token.
    ConnectionInit(Option<Value>),
    /// Are you there?
    Ping(Option<Value>),
    /// I am.
    Pong,
    /// Runs an operation under an id.
    Subscribe {
        /// Chosen by the client, unique among what is running.
        id: String,
        /// As the body of an HTTP request.
        payload: Value,
    },
    /// Ends an operation.
    Complete {
        /// As in `Subscribe`.
        id: String,
    },
}

impl ClientMessage {
    /// Reads a text message.
    ///
    /// # Errors
    /// It is not one of the protocol's messages.
    pub(super) fn read(text: &str) -> Result<Self, Close> {
        let invalid = |what| Err(Close::InvalidMessage(what));
        let Ok(Value::Object(mut message)) = serde_json::from_str(text) else {
            return invalid("Invalid message: not a JSON object");
        };
        let payload = match message.remove("payload") {
            None | Some(Value::Null) => None,
            Some(payload @ Value::Object(_)) => Some(payload),
            Some(_) => return invalid("Invalid message: the payload is not an object"),
        };
        let id = match message.remove("id") {
            Some(Value::String(id)) if !id.is_empty() && id.len() <= 256 => Some(id),
            None => None,
            Some(_) => return invalid("Invalid message: the id is not a short text"),
        };
        match (message.get("type").and_then(Value::as_str), id, payload) {
            (Some("connection_init"), _, payload) => Ok(Self::ConnectionInit(payload)),
            (Some("ping"), _, payload) => Ok(Self::Ping(payload)),
            (Some("pong"), _, _) => Ok(Self::Pong),
            (Some("subscribe"), Some(id), Some(payload)) => Ok(Self::Subscribe { id, payload }),
            (Some("complete"), Some(id), _) => Ok(Self::Complete { id }),
            (Some("subscribe" | "complete"), ..) => invalid("Invalid message: id or payload is missing"),
            _ => invalid("Invalid message: unknown type"),
        }
    }
}

/// `connection_ack`.
pub(super) fn ack() -> String {
    json!({ "type": "connection_ack" }).to_string()
}

/// `pong`, with the ping's payload.
pub(super) fn pong(payload: Option<&Value>) -> String {
    match payload {
        Some(payload) => json!({ "type": "pong", "payload": payload }).to_string(),
        None => json!({ "type": "pong" }).to_string(),
    }
}

/// `next`: one answer of an operation.
pub(super) fn next(id: &str, response: &Response) -> String {
    let id = json!(id);
    // JSON is UTF-8.
    let payload = String::from_utf8(answer::to_json(response)).unwrap_or_default();
    format!(r#"{{"type":"next","id":{id},"payload":{payload}}}"#)
}

/// `error`: the operation did not run, or cannot go on; ends it.
pub(super) fn error(id: &str, errors: &[ServerError]) -> String {
    json!({ "type": "error", "id": id, "payload": errors }).to_string()
}

/// `complete`: the operation has ended.
pub(super) fn complete(id: &str) -> String {
    json!({ "type": "complete", "id": id }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_protocols_messages_are_understood() {
        let good = [
            r#"{"type":"connection_init"}"#,
            r#"{"type":"connection_init","payload":{"any":1}}"#,
            r#"{"type":"ping"}"#,
            r#"{"type":"pong","payload":{}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":"{a}"}}"#,
            r#"{"type":"complete","id":"1"}"#,
        ];
        for text in good {
            assert!(ClientMessage::read(text).is_ok(), "{text}");
        }
        let bad = [
            "",
            "[]",
            r#"{"type":"start","id":"1","payload":{}}"#,
            r#"{"type":"subscribe","payload":{}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"","payload":{}}"#,
            r#"{"type":"subscribe","id":1,"payload":{}}"#,
            r#"{"type":"connection_init","payload":"x"}"#,
            r#"{"id":"1"}"#,
        ];
        for text in bad {
            assert!(
                matches!(ClientMessage::read(text), Err(Close::InvalidMessage(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn reasons_fit_into_a_close_frame() {
        for close in [
            Close::GoingAway,
            Close::FellBehind,
            Close::TooLarge,
            Close::SubscriberExists,
        ] {
            assert!(close.reason().len() <= 123);
        }
    }
}
