//! Accounts, as administrators see them.

use async_graphql::{ID, InputObject, Object, async_trait::async_trait};
use chrono::{DateTime, Utc};
use smartstack_domain::{AdminTx, DomainError, Page, Paged, admin};

use crate::graphql::model::{
    connection::{AdminList, connection},
    enums::Hue,
};

/// Somebody's account.
pub struct Account(pub admin::Account);

/// Somebody's account, as administrators see it.
#[Object]
impl Account {
    /// The person's id; begins with `user_`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What they are called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Where they sign in and get mail.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// The colour they are told apart by.
    async fn hue(&self) -> Hue {
        self.0.hue.into()
    }

    /// Whether they look after the installation.
    async fn is_administrator(&self) -> bool {
        self.0.administrator
    }

    /// Since when they are kept out; null while they are not.
    async fn disabled_at(&self) -> Option<DateTime<Utc>> {
        self.0.disabled_at
    }

    /// Since when signing in asks them for a second factor; null while it does not.
    async fn second_factor_at(&self) -> Option<DateTime<Utc>> {
        self.0.second_factor_at
    }

    /// Since when they have the account.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When one of their sessions was last renewed; null when none is kept.
    async fn last_seen_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_seen_at
    }

    /// How many sessions they have that are good now.
    async fn session_count(&self) -> i32 {
        count(self.0.sessions)
    }

    /// How many workspaces they belong to.
    async fn workspace_count(&self) -> i32 {
        count(self.0.workspaces)
    }
}

/// A number of rows as GraphQL's Int holds it.
pub(super) fn count(rows: i64) -> i32 {
    i32::try_from(rows).unwrap_or(i32::MAX)
}

/// Which accounts to list. Conditions that are left out do not restrict.
#[derive(InputObject, Default)]
pub struct AccountFilter {
    /// Part of the name or of the address, in any case.
    pub search: Option<String>,
    /// Disabled ones, or the others.
    pub disabled: Option<bool>,
    /// Administrators, or the others.
    pub administrator: Option<bool>,
}

/// A list of accounts.
pub(super) struct AccountList {
    filter: admin::AccountFilter,
    page: Page,
}

impl AccountList {
    /// From the arguments of a connection.
    pub(super) fn new(filter: Option<AccountFilter>, page: Page) -> Self {
        let filter = filter.unwrap_or_default();
        Self {
            filter: admin::AccountFilter {
                search: filter.search,
                disabled: filter.disabled,
                administrator: filter.administrator,
            },
            page,
        }
    }
}

#[async_trait]
impl AdminList for AccountList {
    type Node = admin::Account;

    async fn page(&self, tx: &AdminTx) -> Result<Paged<admin::Account>, DomainError> {
        admin::accounts(tx, &self.filter, &self.page).await
    }

    async fn count(&self, tx: &AdminTx) -> Result<i64, DomainError> {
        admin::count_accounts(tx, &self.filter).await
    }
}

connection!(AccountConnection, AccountEdge, Account => Account, admin::Account, "accounts");
