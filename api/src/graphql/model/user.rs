//! People, and what anyone may know before being one.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use smartstack_domain::{
    cells::{Cell, PersonColumn},
    identity::{self, api_token},
    workspace,
};
use smartstack_schema::UserId;

use super::{
    api_token::ApiToken,
    enums::{Hue, MailDelivery, MemberRole},
    invitation::DeletedWorkspace,
    workspace::Workspace,
};
use crate::{
    config::{Config, Mail},
    graphql::{
        context::ContextExt,
        error::from_domain,
        node,
        written::{Write, Written, cell},
    },
    oauth::config::Provider,
};

/// A person with an account.
pub struct User(pub workspace::Person);

/// A person with an account.
#[Object]
impl User {
    /// Unique over everything; begins with `user_`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What they are called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Their e-mail address.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// The colour they are told apart by.
    async fn hue(&self) -> Hue {
        self.0.hue.into()
    }
}

/// As the one who does a task.
impl Written for User {
    fn plain(name: &str) -> Option<(Cell, Write)> {
        let (column, write): (_, Write) = match name {
            "id" => (PersonColumn::Id, cell::id::<UserId>),
            "name" => (PersonColumn::Name, cell::text),
            "email" => (PersonColumn::Email, cell::text),
            "hue" => (PersonColumn::Hue, cell::text),
            _ => return None,
        };
        Some((Cell::Assignee(column), write))
    }
}

/// Who is signed in.
pub struct Viewer {
    /// The person.
    pub user: identity::User,
    /// Where they belong.
    pub memberships: Vec<identity::Membership>,
    /// Whether they look after the installation.
    pub administrator: bool,
}

impl Viewer {
    /// The person who asks.
    pub fn new(account: &identity::Requester) -> Self {
        Self {
            user: account.user().clone(),
            memberships: account.memberships().to_vec(),
            administrator: account.is_administrator(),
        }
    }
}

/// Who is signed in.
#[Object]
impl Viewer {
    /// The person.
    async fn user(&self) -> User {
        let user = &self.user;
        User(workspace::Person {
            id: user.id,
            name: user.name.clone(),
            email: user.email.clone(),
            hue: user.hue,
        })
    }

    /// Whether they look after the installation.
    async fn is_administrator(&self) -> bool {
        self.administrator
    }

    /// The workspaces they belong to, and as what.
    async fn workspaces(&self, ctx: &Context<'_>) -> Result<Vec<Membership>> {
        let mut memberships = Vec::with_capacity(self.memberships.len());
        for membership in &self.memberships {
            // One that was deleted in this very moment is left out.
            if let Some(workspace) = node::workspace(ctx, membership.workspace_id()).await? {
                memberships.push(Membership {
                    workspace,
                    role: membership.role().into(),
                });
            }
        }
        Ok(memberships)
    }

    /// The deleted workspaces they own and can bring back, the last deleted first.
    async fn deleted_workspaces(&self, ctx: &Context<'_>) -> Result<Vec<DeletedWorkspace>> {
        let user = self.user.id;
        let read = ctx
            .app()
            .db
            .in_system(move |tx| Box::pin(async move { workspace::deleted(tx, user).await }));
        let deleted = read.await.map_err(|error| from_domain(&error))?;
        let shown = deleted.into_iter().map(|one| DeletedWorkspace {
            id: one.id.to_string().into(),
            restorable_until: one.restorable_until(),
            name: one.name,
            hue: one.hue.into(),
            deleted_at: one.deleted_at,
        });
        Ok(shown.collect())
    }

    /// The personal access tokens that are good, the newest first.
    async fn api_tokens(&self, ctx: &Context<'_>) -> Result<Vec<ApiToken>> {
        let user = self.user.id;
        let read = ctx
            .app()
            .db
            .in_system(move |tx| Box::pin(async move { api_token::list(tx, user).await }));
        let tokens = read.await.map_err(|error| from_domain(&error))?;
        Ok(tokens.into_iter().map(ApiToken).collect())
    }
}

/// A workspace the viewer belongs to.
#[derive(SimpleObject)]
pub struct Membership {
    /// The workspace.
    pub workspace: Workspace,
    /// What the viewer may do there.
    pub role: MemberRole,
}

/// What anyone may know about this installation before signing in.
#[derive(SimpleObject)]
pub struct Installation {
    /// Whether strangers may open an account.
    pub sign_up_open: bool,
    /// How confirmation mails leave it.
    pub mail_delivery: MailDelivery,
    /// Others that people can sign in by, in the order of the buttons.
    pub sign_in_providers: Vec<SignInProvider>,
    /// The release that is running.
    pub version: &'static str,
}

impl Installation {
    /// As configured.
    pub fn new(config: &Config) -> Self {
        Self {
            sign_up_open: config.sign_up_open,
            mail_delivery: match config.mail {
                Mail::Smtp => MailDelivery::Smtp,
                Mail::Folder => MailDelivery::Folder,
            },
            sign_in_providers: config.oauth.iter().map(SignInProvider::from).collect(),
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// Another provider that people sign in by.
#[derive(SimpleObject)]
pub struct SignInProvider {
    /// Names it in addresses.
    pub name: String,
    /// What a button says.
    pub label: String,
}

impl From<&Provider> for SignInProvider {
    fn from(provider: &Provider) -> Self {
        Self {
            name: provider.name.clone(),
            label: provider.label.clone(),
        }
    }
}
