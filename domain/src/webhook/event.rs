//! What webhooks are told of: a name for everything that can stand in the change log, and what a message says.
//!
//! Events are made from the log, not by the code that changes things: a new kind of thing has its events as
//! soon as [`noun`] names it, and the compiler asks for that name.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;
use smartstack_schema::{ChangeOperation, JobState, NodeKind, WorkspaceId};

use crate::change::Change;

/// A job has come to its end: something is proposed, a person is needed, or it was cancelled. Its
/// `job.updated` of the same moment is told, too.
pub const JOB_FINISHED: &str = "job.finished";
/// A message somebody asked for to try things out. Nobody subscribes to it; it always comes.
pub const PING: &str = "webhook.ping";

/// What a kind of thing is called in events; `None` for what nobody outside is told of.
fn noun(kind: NodeKind) -> Option<&'static str> {
    Some(match kind {
        NodeKind::Workspace => "workspace",
        NodeKind::Client => "client",
        NodeKind::Project => "project",
        NodeKind::Task => "task",
        NodeKind::ProjectNote => "project_note",
        NodeKind::Document => "document",
        NodeKind::Job => "job",
        NodeKind::Suggestion => "suggestion",
        NodeKind::SuggestionItem => "suggestion_item",
        NodeKind::ShareLink => "share_link",
        NodeKind::User => "member",
        // A receiver would be told of its own settings, for ever in the worst case.
        NodeKind::WebhookEndpoint => return None,
    })
}

/// The event of a kind of thing and what happened to it, such as `task.created`.
pub fn name(kind: NodeKind, operation: ChangeOperation) -> Option<String> {
    let verb = match operation {
        ChangeOperation::Created => "created",
        ChangeOperation::Updated => "updated",
        ChangeOperation::Deleted => "deleted",
    };
    Some(format!("{}.{verb}", noun(kind)?))
}

/// Everything one can subscribe to, by kind of thing.
pub fn all() -> Vec<String> {
    let mut names = Vec::new();
    for kind in NodeKind::ALL {
        // One that is gone, or not there yet, has no webhooks that could be told.
        let operations = match kind {
            NodeKind::Workspace => &[ChangeOperation::Updated][..],
            _ => ChangeOperation::ALL,
        };
        names.extend(operations.iter().filter_map(|operation| name(*kind, *operation)));
        if *kind == NodeKind::Job {
            names.push(JOB_FINISHED.to_owned());
        }
    }
    names
}

/// One thing to be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) seq: i64,
    pub(super) body: String,
}

/// What a change says to webhooks. `finished` is the state of a job that came to its end with this very
/// change.
pub(super) fn events(workspace: WorkspaceId, change: &Change, finished: Option<JobState>) -> Vec<Event> {
    let names = name(change.kind, change.operation).into_iter();
    names
        .chain(finished.map(|_| JOB_FINISHED.to_owned()))
        .map(|name| {
            let mut data = json!({
                "id": change.id().to_string(),
                "kind": change.kind,
                "operation": change.operation,
                "workspaceId": workspace,
                "projectId": change.project_id,
                "actorId": change.actor_id,
                "cursor": change.cursor(),
            });
            if name == JOB_FINISHED {
                data["state"] = json!(finished);
            }
            Event {
                body: body(&name, change.at, &data),
                seq: change.seq,
                name,
            }
        })
        .collect()
}

/// A whole message, in the form the specification recommends.
pub(super) fn body(name: &str, at: DateTime<Utc>, data: &serde_json::Value) -> String {
    json!({
        "type": name,
        "timestamp": at.to_rfc3339_opts(SecondsFormat::Micros, true),
        "data": data,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn names_are_unique_and_in_the_form_of_the_specification() {
        let names = all();
        let mut unique = names.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), names.len());
        assert!(names.len() > 30, "{names:?}");
        for name in &names {
            let parts: Vec<_> = name.split('.').collect();
            let is_word = |part: &&str| part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            assert!(parts.len() == 2 && parts.iter().all(is_word), "{name}");
        }
        for name in [
            "task.created",
            "suggestion.created",
            "job.finished",
            "member.created",
        ] {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
        assert!(
            !names
                .iter()
                .any(|name| name == PING || name.starts_with("webhook"))
        );
    }

    #[test]
    fn a_message_says_what_happened_and_nothing_of_what_it_holds() {
        let change = Change {
            seq: 7,
            kind: NodeKind::Job,
            node_id: Uuid::from_u128(1),
            operation: ChangeOperation::Updated,
            actor_id: None,
            project_id: None,
            at: DateTime::from_timestamp(1_800_000_000, 0).expect("a time"),
        };
        let workspace = WorkspaceId(Uuid::from_u128(2));
        let [updated, finished] = &events(workspace, &change, Some(JobState::Ready))[..] else {
            panic!("two events");
        };
        assert_eq!((updated.name.as_str(), updated.seq), ("job.updated", 7));
        let said: serde_json::Value = serde_json::from_str(&finished.body).expect("JSON");
        let expected = json!({
            "type": "job.finished",
            "timestamp": "2027-01-15T08:00:00.000000Z",
            "data": {
                "id": "job_00000000000000000000000001",
                "kind": "JOB",
                "operation": "UPDATED",
                "workspaceId": "ws_00000000000000000000000002",
                "projectId": null,
                "actorId": null,
                "cursor": "c7",
                "state": "READY",
            },
        });
        assert_eq!(said, expected);
        assert_eq!(events(workspace, &change, None).len(), 1);
    }
}
