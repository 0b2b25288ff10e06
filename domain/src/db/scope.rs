//! Who acts in which workspace. A scope can be copied, but not made, outside this crate.

use serde::{Deserialize, Serialize};
use smartstack_schema::{JobId, MemberRole, ProjectId, ShareLinkId, UserId, WorkspaceId};
use uuid::Uuid;

use crate::error::DomainError;

/// The right of one person to work in one workspace. Minted from a verified membership
/// ([`identity::Membership::scope`](crate::identity::Membership::scope)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantScope {
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) actor_id: UserId,
    pub(crate) role: MemberRole,
    /// Where the request came from, for the audit log.
    pub(crate) address: Option<String>,
}

impl TenantScope {
    pub(crate) fn new(workspace_id: WorkspaceId, actor_id: UserId, role: MemberRole) -> Self {
        Self {
            workspace_id,
            actor_id,
            role,
            address: None,
        }
    }

    /// The same scope, with the network address the audit log names.
    #[must_use]
    pub fn from_address(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// The workspace.
    pub fn workspace_id(&self) -> WorkspaceId {
        self.workspace_id
    }

    /// The person.
    pub fn actor_id(&self) -> UserId {
        self.actor_id
    }

    /// The person's role in the workspace.
    pub fn role(&self) -> MemberRole {
        self.role
    }

    /// Refuses people who may only read.
    pub(crate) fn may_write(&self) -> Result<(), DomainError> {
        match self.role {
            MemberRole::Owner | MemberRole::Member => Ok(()),
            MemberRole::Viewer => Err(DomainError::Forbidden),
        }
    }
}

/// The right to administer the installation. Minted from a person who is an administrator
/// ([`identity::Requester::administration`](crate::identity::Requester::administration)), or for a
/// command that somebody runs on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminScope {
    /// Nobody: a command.
    pub(crate) actor_id: Option<UserId>,
    /// Where the request came from, for the audit log.
    pub(crate) address: Option<String>,
}

impl AdminScope {
    /// For a command: whoever can run it holds the database's password anyway.
    pub(crate) const COMMAND: Self = Self {
        actor_id: None,
        address: None,
    };

    /// The same scope, with the network address the audit log names.
    #[must_use]
    pub fn from_address(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// The administrator.
    pub fn actor_id(&self) -> Option<UserId> {
        self.actor_id
    }
}

/// The right to see what one share link exposes. Minted by resolving its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareScope {
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) project_id: ProjectId,
    pub(crate) share_link_id: ShareLinkId,
    pub(crate) password_id: Option<Uuid>,
}

impl ShareScope {
    /// `password_id` is that of the password that was given, or of the link's own for who may read the link anyway.
    pub(crate) fn new(
        workspace_id: WorkspaceId,
        project_id: ProjectId,
        share_link_id: ShareLinkId,
        password_id: Option<Uuid>,
    ) -> Self {
        Self {
            workspace_id,
            project_id,
            share_link_id,
            password_id,
        }
    }

    /// The workspace the project belongs to; its change signal says when to look again.
    pub fn workspace_id(&self) -> WorkspaceId {
        self.workspace_id
    }

    /// The one project the link shows.
    pub fn project_id(&self) -> ProjectId {
        self.project_id
    }

    /// The link.
    pub fn share_link_id(&self) -> ShareLinkId {
        self.share_link_id
    }
}

/// What a queue message says about a job; the worker's scope.
///
/// The queue is written by the outbox relay alone, so a decoded envelope is as good as a membership,
/// within what the worker's database role may touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobEnvelope {
    job_id: JobId,
    workspace_id: WorkspaceId,
}

#[derive(Serialize, Deserialize)]
struct EnvelopeV1 {
    v: u32,
    job_id: JobId,
    workspace_id: WorkspaceId,
}

/// What lets the worker into a workspace: an envelope that came out of the queue.
pub trait WorkerScope {
    /// The workspace.
    fn workspace_id(&self) -> WorkspaceId;
}

impl WorkerScope for JobEnvelope {
    fn workspace_id(&self) -> WorkspaceId {
        self.workspace_id
    }
}

/// A queue message that is not an envelope this version understands.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// Not JSON of the expected form.
    #[error("not an envelope: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Written by a newer release.
    #[error("envelope version {0} is newer than this worker; deploy the worker first")]
    Version(u32),
}

impl JobEnvelope {
    /// The envelope of a job, to be put into the outbox by [`payload`](Self::payload).
    pub(crate) fn new(job_id: JobId, workspace_id: WorkspaceId) -> Self {
        Self { job_id, workspace_id }
    }

    /// The envelope as outbox payload and queue message.
    pub fn payload(&self) -> serde_json::Value {
        serde_json::json!({ "v": 1, "job_id": self.job_id, "workspace_id": self.workspace_id })
    }

    /// Reads a queue message's body.
    ///
    /// # Errors
    /// [`EnvelopeError`] when the body is not an envelope this version understands.
    pub fn decode(body: &str) -> Result<Self, EnvelopeError> {
        let envelope: EnvelopeV1 = serde_json::from_str(body)?;
        if envelope.v != 1 {
            return Err(EnvelopeError::Version(envelope.v));
        }
        Ok(Self {
            job_id: envelope.job_id,
            workspace_id: envelope.workspace_id,
        })
    }

    /// The job.
    pub fn job_id(&self) -> JobId {
        self.job_id
    }

    /// The job's workspace.
    pub fn workspace_id(&self) -> WorkspaceId {
        self.workspace_id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn an_envelope_survives_the_queue() {
        let envelope = JobEnvelope::new(JobId(Uuid::from_u128(1)), WorkspaceId(Uuid::from_u128(2)));
        assert_eq!(
            JobEnvelope::decode(&envelope.payload().to_string()).unwrap(),
            envelope
        );
    }

    #[test]
    fn other_versions_and_other_things_are_refused() {
        let mut newer = JobEnvelope::new(JobId(Uuid::nil()), WorkspaceId(Uuid::nil())).payload();
        newer["v"] = 2.into();
        assert!(matches!(
            JobEnvelope::decode(&newer.to_string()),
            Err(EnvelopeError::Version(2))
        ));
        assert!(matches!(
            JobEnvelope::decode("{}"),
            Err(EnvelopeError::Malformed(_))
        ));
    }
}
