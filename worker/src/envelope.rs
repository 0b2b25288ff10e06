//! What stands in a queue message: one outbox row.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use smartstack_domain::JobEnvelope;
use smartstack_domain::db::EnvelopeError;
use smartstack_domain::document::DocumentEnvelope;
use smartstack_domain::outbox::{self, Mail, OutboxMessage};
use smartstack_domain::webhook::Announcement;
use uuid::Uuid;

/// An outbox row on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// The outbox row's id: the same in every copy of the message.
    pub id: Uuid,
    /// What kind of work it is.
    pub topic: String,
    /// The work itself, versioned by its topic.
    pub payload: Value,
}

/// Work that this version of the worker knows.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// Topic `job`: AI work on a document.
    Job(JobEnvelope),
    /// Topic `document`: a file to be read.
    Document(DocumentEnvelope),
    /// Topic `mail`: a mail to be rendered and sent.
    Mail(Mail),
    /// Topic `webhook`: changes that webhooks are to be told of.
    Webhook(Announcement),
}

/// A message that this version of the worker cannot understand; no later attempt will.
#[derive(Debug, thiserror::Error)]
pub enum UnknownWork {
    /// Not JSON of the expected form.
    #[error("malformed message: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Nothing here does that.
    #[error("unknown topic {0:?}")]
    Topic(String),
    /// Written by a newer release.
    #[error("version {v} of topic {topic:?} is newer than this worker; deploy the worker first")]
    Version {
        /// The topic.
        topic: &'static str,
        /// Its version.
        v: u64,
    },
    /// Not a job or a document.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
}

impl Envelope {
    /// As the body of a queue message.
    #[must_use]
    pub fn encode(&self) -> String {
        serde_json::json!({ "id": self.id, "topic": self.topic, "payload": self.payload }).to_string()
    }

    /// Reads a queue message's body.
    ///
    /// # Errors
    /// [`UnknownWork::Malformed`].
    pub fn decode(body: &str) -> Result<Self, UnknownWork> {
        Ok(serde_json::from_str(body)?)
    }

    /// What there is to do.
    ///
    /// # Errors
    /// [`UnknownWork`].
    pub fn work(&self) -> Result<Work, UnknownWork> {
        match self.topic.as_str() {
            outbox::JOB => Ok(Work::Job(JobEnvelope::decode(&self.payload.to_string())?)),
            outbox::DOCUMENT => Ok(Work::Document(DocumentEnvelope::decode(
                &self.payload.to_string(),
            )?)),
            outbox::MAIL => {
                self.first_version(outbox::MAIL)?;
                Ok(Work::Mail(Mail::deserialize(&self.payload)?))
            }
            outbox::WEBHOOK => {
                self.first_version(outbox::WEBHOOK)?;
                Ok(Work::Webhook(Announcement::deserialize(&self.payload)?))
            }
            other => Err(UnknownWork::Topic(other.to_owned())),
        }
    }
}

impl Envelope {
    /// Looked at by itself first: a later version may not have the fields of this one.
    fn first_version(&self, topic: &'static str) -> Result<(), UnknownWork> {
        match self.payload.get("v").and_then(Value::as_u64) {
            Some(v) if v > 1 => Err(UnknownWork::Version { topic, v }),
            _ => Ok(()),
        }
    }
}

impl From<OutboxMessage> for Envelope {
    fn from(row: OutboxMessage) -> Self {
        Self {
            id: row.id,
            topic: row.topic,
            payload: row.payload,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use smartstack_domain::outbox::MailContent;

    use super::*;

    fn envelope(topic: &str, payload: Value) -> Envelope {
        Envelope {
            id: Uuid::from_u128(7),
            topic: topic.to_owned(),
            payload,
        }
    }

    #[test]
    fn an_envelope_survives_the_queue() {
        let mail = envelope(
            "mail",
            json!({"v": 1, "template": "already_registered", "to": "a@b.c", "params": {"name": "Ada"}}),
        );
        let read = Envelope::decode(&mail.encode()).unwrap();
        assert_eq!(read, mail);
        let Work::Mail(work) = read.work().unwrap() else {
            panic!("a mail")
        };
        assert_eq!(
            work.content,
            MailContent::AlreadyRegistered {
                name: "Ada".to_owned()
            }
        );
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for body in ["", "{}", "[]", "job"] {
            assert!(Envelope::decode(body).is_err(), "{body:?}");
        }
        let unknown = |topic, payload| envelope(topic, payload).work().unwrap_err().to_string();
        assert!(unknown("fax", json!({})).contains("fax"));
        assert!(unknown("mail", json!({"v": 2, "letter": "x"})).contains("newer"));
        assert!(unknown("webhook", json!({"v": 2})).contains("newer"));
        assert!(unknown("mail", json!({"v": 1})).contains("missing field"));
        assert!(unknown("job", json!({"v": 1})).contains("job"));
    }
}
