//! Changing one's own account.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};

use smartstack_domain::{DomainError, identity};

use crate::graphql::{
    context::ContextExt,
    error::from_domain,
    model::user::Viewer,
    payload::{UserError, write},
};

/// What to change of one's own account. A field left out stays.
#[derive(InputObject)]
pub struct ViewerUpdateInput {
    /// What one is called, at most 120 characters.
    name: Option<String>,
}

/// What became of changing one's own account.
#[derive(SimpleObject)]
pub struct ViewerPayload {
    /// Who is signed in, as they are now.
    pub viewer: Option<Viewer>,
    /// What stood in the way; empty when it was done.
    pub user_errors: Vec<UserError>,
}

/// Mutations of one's own account.
#[derive(Default)]
pub struct ViewerMutation;

#[Object]
impl ViewerMutation {
    /// Changes one's own account.
    async fn viewer_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: ViewerUpdateInput,
    ) -> Result<ViewerPayload> {
        let account = ctx.signed_in()?;
        let viewer = Viewer::new(account);
        let Some(name) = input.name else {
            return Ok(ViewerPayload {
                viewer: Some(viewer),
                user_errors: Vec::new(),
            });
        };
        // A person's name is told to the others of the workspace they joined first.
        let Some(membership) = account.memberships().first() else {
            return Err(from_domain(&DomainError::NotFound));
        };
        let outcome = write(ctx, &membership.scope(), "name", "name", move |tx| {
            Box::pin(async move { identity::rename(tx, &name).await })
        })
        .await?;
        let viewer = match outcome.resource {
            Some(user) => Viewer { user, ..viewer },
            None => viewer,
        };
        Ok(ViewerPayload {
            viewer: Some(viewer),
            user_errors: outcome.errors,
        })
    }
}
