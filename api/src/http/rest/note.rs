//! What is known about projects beside their tasks: questions, exclusions, decisions. Accepting a suggestion's
//! items makes them.

use chrono::{DateTime, Utc};
use poem_openapi::{
    Object, OpenApi,
    param::{Header, Path},
    types::MaybeUndefined,
};
use smartstack_domain::{project, project_note};
use smartstack_schema::{NoteKind, ProjectId, ProjectNoteId};

use super::{
    answer::{Answer, Done, Listed, One},
    body::{Sent, patch},
    caller::{Caller, ReadProjects, WriteProjects, id, version},
    choice::Choice,
};

/// A question to the client, something a project excludes, or a decision.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(super) struct ProjectNote {
    /// Unique over everything; begins with `note_`.
    id: String,
    /// The project it is about.
    project_id: String,
    /// Question, exclusion or decision.
    kind: Choice<NoteKind>,
    /// What it says.
    text: String,
    /// The sentence of the document it was found in.
    quote: Option<String>,
    /// The suggestion's item it came from.
    source_item_id: Option<String>,
    /// When it was settled; null while it is not.
    resolved_at: Option<DateTime<Utc>>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it last changed.
    updated_at: DateTime<Utc>,
    /// Counts its changes, from 1; the same as the ETag.
    version: i32,
}

impl From<project_note::ProjectNote> for ProjectNote {
    fn from(note: project_note::ProjectNote) -> Self {
        Self {
            id: note.id.to_string(),
            project_id: note.project_id.to_string(),
            kind: note.kind.into(),
            text: note.text,
            quote: note.quote,
            source_item_id: note.source_item_id.map(|id| id.to_string()),
            resolved_at: note.resolved_at,
            created_at: note.created_at,
            updated_at: note.updated_at,
            version: note.version,
        }
    }
}

fn one(note: project_note::ProjectNote) -> One<ProjectNote> {
    let version = note.version;
    One::versioned(note, version)
}

/// What to change of a note. A field left out stays.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(super) struct ProjectNoteUpdate {
    /// What it says, at most 2 000 characters. Cannot be cleared.
    text: MaybeUndefined<String>,
    /// Whether it is settled. Cannot be cleared.
    resolved: MaybeUndefined<bool>,
}

/// The operations on notes.
pub(super) struct ProjectNotes;

#[OpenApi(tag = "super::Tag::Projects")]
impl ProjectNotes {
    /// List a project's notes
    ///
    /// All of them, oldest first.
    #[oai(
        path = "/workspaces/:workspace/projects/:project/notes",
        method = "get",
        operation_id = "projectNoteList"
    )]
    async fn list(
        &self,
        caller: Caller<ReadProjects>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The project's id.
        project: Path<String>,
    ) -> Answer<Listed<ProjectNote>> {
        let here = caller.enter(&workspace)?;
        let id: ProjectId = id(&project)?;
        let found = here
            .read(move |tx| {
                Box::pin(async move {
                    project::get(tx, id).await?;
                    let mut notes = project_note::by_project_ids(tx, &[id]).await?;
                    Ok(notes.remove(&id).unwrap_or_default())
                })
            })
            .await?;
        Ok(Listed::whole(found))
    }

    /// Read a note
    #[oai(
        path = "/workspaces/:workspace/notes/:note",
        method = "get",
        operation_id = "projectNoteGet"
    )]
    async fn get(
        &self,
        caller: Caller<ReadProjects>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The note's id.
        note: Path<String>,
    ) -> Answer<One<ProjectNote>> {
        let here = caller.enter(&workspace)?;
        let id: ProjectNoteId = id(&note)?;
        let found = here
            .read(move |tx| Box::pin(async move { project_note::get(tx, id).await }))
            .await?;
        Ok(one(found))
    }

    /// Change a note
    ///
    /// Also settles it, or opens it again.
    #[oai(
        path = "/workspaces/:workspace/notes/:note",
        method = "patch",
        operation_id = "projectNoteUpdate"
    )]
    async fn update(
        &self,
        caller: Caller<WriteProjects>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The note's id.
        note: Path<String>,
        /// The ETag it was read with; refused if it has changed since. Left out: the last write wins, on purpose.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// What to change.
        body: Sent<ProjectNoteUpdate>,
    ) -> Answer<One<ProjectNote>> {
        let here = caller.enter(&workspace)?;
        let (id, expected): (ProjectNoteId, _) = (id(&note)?, version(if_match.as_deref())?);
        let change = project_note::ProjectNotePatch {
            text: patch(body.0.text),
            resolved: patch(body.0.resolved),
        };
        let changed = here
            .change(move |tx| Box::pin(async move { project_note::update(tx, id, expected, change).await }))
            .await?;
        Ok(one(changed))
    }

    /// Delete a note
    #[oai(
        path = "/workspaces/:workspace/notes/:note",
        method = "delete",
        operation_id = "projectNoteDelete"
    )]
    async fn delete(
        &self,
        caller: Caller<WriteProjects>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The note's id.
        note: Path<String>,
        /// The ETag it was read with; refused if it has changed since. Left out: the last write wins, on purpose.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Answer<Done> {
        let here = caller.enter(&workspace)?;
        let (id, expected): (ProjectNoteId, _) = (id(&note)?, version(if_match.as_deref())?);
        here.change(move |tx| Box::pin(async move { project_note::delete(tx, id, expected).await }))
            .await?;
        Ok(Done)
    }
}
