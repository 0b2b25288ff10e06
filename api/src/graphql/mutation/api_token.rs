//! Making and revoking personal access tokens. No token may do either.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use secrecy::ExposeSecret;
use smartstack_domain::{DomainError, SystemTx, db::Work, identity::api_token};
use smartstack_schema::{ApiTokenId, WorkspaceId};

use crate::graphql::{
    context::{CallerAddress, ContextExt},
    model::{api_token::ApiToken, enums::TokenScope},
    node,
    payload::{Ids, Outcome, UserError, payload, settle},
};

/// A token to be made.
#[derive(InputObject)]
pub struct ApiTokenCreateInput {
    /// What to call it, at most 120 characters.
    name: String,
    /// What it is to be good for; at least one.
    scopes: Vec<TokenScope>,
    /// The one workspace it is to be good in; every workspace of the person, later ones too, when left out.
    workspace_id: Option<ID>,
    /// For how many days, 1 to 365; 90 when left out.
    expires_in_days: Option<i32>,
    /// Sent again with the same key within 24 hours, the request makes nothing and gives the first token, without
    /// its secret.
    idempotency_key: Option<String>,
}

/// A token to be revoked.
#[derive(InputObject)]
pub struct ApiTokenRevokeInput {
    /// The token.
    id: ID,
}

/// What became of making a token.
#[derive(SimpleObject)]
pub struct ApiTokenCreatePayload {
    /// The token; null when it was not made.
    pub api_token: Option<ApiToken>,
    /// What opens: shown this once. Null when the token was made by an earlier request with the same idempotency
    /// key: the secret is stored nowhere. Where that answer was lost, revoke the token and make another.
    pub secret: Option<String>,
    /// What stood in the way; empty when it was done.
    pub user_errors: Vec<UserError>,
}

payload! {
    /// What became of revoking a token.
    ApiTokenPayload {
        /// The token as it was; null where it is not there.
        api_token: ApiToken
    }
}

/// Mutations of personal access tokens.
#[derive(Default)]
pub struct ApiTokenMutation;

#[Object]
impl ApiTokenMutation {
    /// Makes a token that programs act with in the person's name.
    async fn api_token_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token to be made.")] input: ApiTokenCreateInput,
    ) -> Result<ApiTokenCreatePayload> {
        let user = ctx.signed_in()?.user().id;
        let mut ids = Ids::default();
        let workspace_id = ids.optional::<WorkspaceId>("workspaceId", input.workspace_id.as_ref());
        let refused = |outcome: Outcome<ApiToken>| ApiTokenCreatePayload {
            api_token: None,
            secret: None,
            user_errors: outcome.errors,
        };
        if let Err(outcome) = ids.finish() {
            return Ok(refused(outcome));
        }
        let new = api_token::NewApiToken {
            name: input.name,
            scopes: input.scopes.into_iter().map(Into::into).collect(),
            workspace_id,
            days: input.expires_in_days,
            idempotency_key: input.idempotency_key,
        };
        let address = address(ctx);
        let made = in_system(ctx, move |tx| {
            Box::pin(async move { api_token::create(tx, user, address.as_deref(), new).await })
        });
        let outcome = settle(made.await, "id", "idempotencyKey")?;
        Ok(match outcome.resource {
            Some((token, secret)) => ApiTokenCreatePayload {
                api_token: Some(ApiToken(token)),
                secret: secret.map(|secret| secret.expose_secret().to_owned()),
                user_errors: Vec::new(),
            },
            None => refused(Outcome::refused(outcome.errors)),
        })
    }

    /// Revokes a token: it opens nothing any more, also where it is in use right now. Cannot be undone.
    async fn api_token_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which token.")] input: ApiTokenRevokeInput,
    ) -> Result<ApiTokenPayload> {
        let user = ctx.signed_in()?.user().id;
        let Some(id) = node::read::<ApiTokenId>(&input.id) else {
            return Ok(Outcome::not_found("id").into());
        };
        let address = address(ctx);
        let revoked = in_system(ctx, move |tx| {
            Box::pin(async move { api_token::revoke(tx, user, id, address.as_deref()).await })
        });
        Ok(settle(revoked.await, "id", "id")?.map(ApiToken).into())
    }
}

fn address(ctx: &Context<'_>) -> Option<String> {
    ctx.data_opt::<CallerAddress>().map(|address| address.0.clone())
}

async fn in_system<T, F>(ctx: &Context<'_>, work: F) -> std::result::Result<T, DomainError>
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut SystemTx) -> Work<'t, T> + Send + 'static,
{
    ctx.app().db.in_system(work).await
}
