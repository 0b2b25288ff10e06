//! Changing and deleting project notes.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use smartstack_domain::project_note;
use smartstack_schema::ProjectNoteId;

use super::NodeVersionInput;
use crate::graphql::{
    context::ContextExt,
    loader::ProjectNoteKey,
    model::project_note::ProjectNote,
    node,
    payload::{Outcome, UserError, change, patch, payload, write},
};

/// What to change of a project note. A field left out stays.
#[derive(InputObject)]
pub struct ProjectNoteUpdateInput {
    /// The note.
    id: ID,
    /// The version it was read at; refused if it has changed since. Left out: the last write wins, on purpose.
    expected_version: Option<i32>,
    /// What it says, at most 2 000 characters. Cannot be cleared.
    text: MaybeUndefined<String>,
    /// Whether it is settled. Cannot be cleared.
    resolved: MaybeUndefined<bool>,
}

payload! {
    /// What became of a mutation of a project note.
    ProjectNotePayload {
        /// The note as it is now; after a lost race the current one, null when it is not there.
        project_note: ProjectNote
    }
}

/// What became of deleting a project note.
#[derive(SimpleObject)]
pub struct ProjectNoteDeletePayload {
    /// The note that is gone now; null when it was not deleted.
    pub deleted_id: Option<ID>,
    /// What stood in the way; empty when it was done.
    pub user_errors: Vec<UserError>,
}

/// Mutations of project notes.
#[derive(Default)]
pub struct ProjectNoteMutation;

#[Object]
impl ProjectNoteMutation {
    /// Changes a project note.
    async fn project_note_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: ProjectNoteUpdateInput,
    ) -> Result<ProjectNotePayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<ProjectNoteId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let expected = input.expected_version;
        let changes = project_note::ProjectNotePatch {
            text: patch(input.text),
            resolved: patch(input.resolved),
        };
        let outcome = change(
            ctx,
            |ws| ProjectNoteKey(ws, id),
            move |tx| Box::pin(async move { project_note::update(tx, id, expected, changes).await }),
        );
        Ok(outcome.await?.map(ProjectNote).into())
    }

    /// Deletes a project note.
    async fn project_note_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which note.")] input: NodeVersionInput,
    ) -> Result<ProjectNoteDeletePayload> {
        ctx.signed_in()?;
        let missing = || ProjectNoteDeletePayload {
            deleted_id: None,
            user_errors: vec![UserError::not_found("id")],
        };
        let Some(id) = node::read::<ProjectNoteId>(&input.id) else {
            return Ok(missing());
        };
        let Some(scope) = node::scope_of(ctx, |ws| ProjectNoteKey(ws, id)).await? else {
            return Ok(missing());
        };
        let outcome = write(ctx, &scope, "id", "expectedVersion", move |tx| {
            Box::pin(async move { project_note::delete(tx, id, input.expected_version).await })
        });
        let outcome = outcome.await?;
        Ok(ProjectNoteDeletePayload {
            deleted_id: outcome.resource.map(|id| id.to_string().into()),
            user_errors: outcome.errors,
        })
    }
}
