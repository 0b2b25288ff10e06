//! Deleting documents and bringing them back. They come in by `planStart` and, as files, over HTTP
//! ([`crate::http::rest`]).

use async_graphql::{Context, Object, Result};
use smartstack_domain::document;
use smartstack_schema::DocumentId;

use super::NodeVersionInput;
use crate::graphql::{
    context::ContextExt,
    loader::DocumentKey,
    model::document::Document,
    node,
    payload::{Outcome, change, payload},
};

payload! {
    /// What became of a mutation of a document.
    DocumentPayload {
        /// The document as it is now; after a lost race the current one, null when it is not there.
        document: Document
    }
}

/// Mutations of documents.
#[derive(Default)]
pub struct DocumentMutation;

#[Object]
impl DocumentMutation {
    /// Deletes a document; it can be restored for 30 days. Then its file and what was suggested from it are gone;
    /// what became work stays.
    async fn document_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which document.")] input: NodeVersionInput,
    ) -> Result<DocumentPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<DocumentId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let outcome = change(
            ctx,
            |ws| DocumentKey(ws, id),
            move |tx| Box::pin(async move { document::delete(tx, id, input.expected_version).await }),
        );
        Ok(outcome.await?.map(Document).into())
    }

    /// Brings back a deleted document.
    async fn document_restore(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which document.")] input: NodeVersionInput,
    ) -> Result<DocumentPayload> {
        ctx.signed_in()?;
        let Some(id) = node::read::<DocumentId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let outcome = change(
            ctx,
            |ws| DocumentKey(ws, id),
            move |tx| Box::pin(async move { document::restore(tx, id, input.expected_version).await }),
        );
        Ok(outcome.await?.map(Document).into())
    }
}
