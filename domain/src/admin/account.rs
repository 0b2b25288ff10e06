//! Everyone's accounts, as administrators see them.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use smartstack_schema::{Hue, UserId};

use crate::db::page::{Page, Paged};
use crate::db::{AdminTx, Newest, sql};
use crate::error::{DomainError, StoreError};
use crate::list;

/// Somebody's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who.
    pub id: UserId,
    /// What they are called.
    pub name: String,
    /// Where they sign in and get mail.
    pub email: String,
    /// Their colour.
    pub hue: Hue,
    /// Whether they administer the installation.
    pub administrator: bool,
    /// Since when they are kept out.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Since when sign-in asks them for a second factor.
    pub second_factor_at: Option<DateTime<Utc>>,
    /// Since when they have the account.
    pub created_at: DateTime<Utc>,
    /// When one of their sessions was last renewed; `None` when none is kept.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Sessions that are good now.
    pub sessions: i64,
    /// Workspaces they belong to.
    pub workspaces: i64,
}

/// Which accounts to list. `None` does not restrict.
#[derive(Debug, Clone, Default)]
pub struct AccountFilter {
    /// Part of the name or of the address, in any case.
    pub search: Option<String>,
    /// Disabled, or not.
    pub disabled: Option<bool>,
    /// Administrators, or the others.
    pub administrator: Option<bool>,
}

const COLUMNS: &str = "\
u.id, u.name, u.email, u.hue, u.administrator, u.disabled_at, u.created_at,
(SELECT f.confirmed_at FROM second_factors f WHERE f.user_id = u.id) AS second_factor_at,
(SELECT max(s.last_used_at) FROM sessions s WHERE s.user_id = u.id) AS last_seen_at,
(SELECT count(*) FROM sessions s
 WHERE s.user_id = u.id AND s.revoked_at IS NULL AND s.expires_at > $1) AS sessions,
(SELECT count(*) FROM memberships m WHERE m.user_id = u.id) AS workspaces";

/// A page of accounts, newest first.
///
/// # Errors
/// A cursor of another list; store errors.
pub async fn accounts(
    tx: &AdminTx,
    filter: &AccountFilter,
    page: &Page,
) -> Result<Paged<Account>, DomainError> {
    newest(tx, filter).page(tx.conn(), page, read).await
}

/// How many accounts a filter lets through.
///
/// # Errors
/// Store errors.
pub async fn count_accounts(tx: &AdminTx, filter: &AccountFilter) -> Result<i64, DomainError> {
    newest(tx, filter).count(tx.conn()).await
}

/// One account.
///
/// # Errors
/// [`DomainError::NotFound`]; store errors.
pub async fn account(tx: &AdminTx, id: UserId) -> Result<Account, DomainError> {
    let text = format!("SELECT {COLUMNS} FROM users u WHERE u.id = $2");
    let values = [tx.now().into(), id.uuid().into()];
    let row = tx.conn().query_one_raw(sql(&text, values)).await?;
    read(&row.ok_or(DomainError::NotFound)?)
}

/// Accounts by a condition with their order: SQL of this crate's own.
pub(super) async fn accounts_where(tx: &AdminTx, condition: &str) -> Result<Vec<Account>, DomainError> {
    let text = format!("SELECT {COLUMNS} FROM users u WHERE {condition}");
    let rows = tx.conn().query_all_raw(sql(&text, [tx.now().into()])).await?;
    rows.iter().map(read).collect()
}

fn newest(tx: &AdminTx, filter: &AccountFilter) -> Newest<'static> {
    let mut list = Newest {
        name: "ACCOUNTS",
        columns: COLUMNS,
        from: "users u",
        // The moment sessions are looked at; a condition so that counting binds it, too.
        conditions: vec!["$1::timestamptz IS NOT NULL".to_owned()],
        values: vec![tx.now().into()],
        time: "u.created_at",
        id: "u.id",
    };
    if let Some(text) = list::search(filter.search.as_deref()) {
        list.filter("(u.name ILIKE {} OR u.email ILIKE {})", list::pattern(&text));
    }
    if let Some(disabled) = filter.disabled {
        list.filter("(u.disabled_at IS NOT NULL) = {}", disabled);
    }
    if let Some(administrator) = filter.administrator {
        list.filter("u.administrator = {}", administrator);
    }
    list
}

fn read(row: &QueryResult) -> Result<Account, DomainError> {
    let hue: String = row.try_get("", "hue")?;
    Ok(Account {
        id: UserId(row.try_get("", "id")?),
        name: row.try_get("", "name")?,
        email: row.try_get("", "email")?,
        hue: Hue::parse(&hue).ok_or_else(|| StoreError::fault("an unknown hue"))?,
        administrator: row.try_get("", "administrator")?,
        disabled_at: row.try_get("", "disabled_at")?,
        second_factor_at: row.try_get("", "second_factor_at")?,
        created_at: row.try_get("", "created_at")?,
        last_seen_at: row.try_get("", "last_seen_at")?,
        sessions: row.try_get("", "sessions")?,
        workspaces: row.try_get("", "workspaces")?,
    })
}
