//! Pages of lists that are written out in SQL, newest first.
//!
//! For roles that may not read whole rows, and for lists whose rows come from several tables.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};
use smartstack_schema::OrderDirection;
use uuid::Uuid;

use super::Conn;
use super::page::{CursorValue, Edge, Keyset, Page, Paged, SortKey};
use crate::error::DomainError;

/// A list as SQL: its pieces are literals of this crate, its values are bound.
pub(crate) struct Newest<'a> {
    /// Names the list in cursors.
    pub(crate) name: &'static str,
    /// What to select.
    pub(crate) columns: &'a str,
    /// From where, with its joins.
    pub(crate) from: &'a str,
    /// Conditions, with `$1`… for `values`.
    pub(crate) conditions: Vec<String>,
    /// What the conditions compare with.
    pub(crate) values: Vec<Value>,
    /// When a row was made; never NULL.
    pub(crate) time: &'static str,
    /// A row's id.
    pub(crate) id: &'static str,
}

type Key = (DateTime<Utc>, Uuid);

impl Newest<'_> {
    /// Adds a condition; `{}` in it stands for the value.
    pub(crate) fn filter(&mut self, condition: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        let place = format!("${}", self.values.len());
        self.conditions.push(condition.replace("{}", &place));
    }

    fn keyset(&self) -> Keyset<Key> {
        Keyset {
            name: self.name,
            direction: OrderDirection::Desc,
            keys: vec![SortKey::time(Expr::cust(self.time), |key: &Key| {
                CursorValue::Time(key.0)
            })],
            id: Expr::cust(self.id),
            id_of: |key| key.1,
        }
    }

    fn clause(conditions: &[String]) -> String {
        if conditions.is_empty() {
            return String::new();
        }
        format!(" WHERE {}", conditions.join(" AND "))
    }

    /// Reads a page.
    pub(crate) async fn page<T>(
        self,
        conn: &Conn,
        page: &Page,
        convert: impl Fn(&QueryResult) -> Result<T, DomainError>,
    ) -> Result<Paged<T>, DomainError> {
        let keyset = self.keyset();
        let (time, id) = (self.time, self.id);
        let (mut conditions, mut values) = (self.conditions, self.values);
        if let Some((at, after)) = keyset.position(page)? {
            values.extend([at.into(), after.into()]);
            let than = if page.is_backward() { '>' } else { '<' };
            let places = (values.len() - 1, values.len());
            conditions.push(format!("({time}, {id}) {than} (${}, ${})", places.0, places.1));
        }
        let direction = if page.is_backward() { "ASC" } else { "DESC" };
        let text = format!(
            "SELECT {columns}, {time} AS page_time, {id} AS page_id FROM {from}{clause} \
             ORDER BY {time} {direction}, {id} {direction} LIMIT {limit}",
            columns = self.columns,
            from = self.from,
            clause = Self::clause(&conditions),
            limit = u32::from(page.limit()) + 1,
        );
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, text, values);
        let rows = conn.query_all_raw(statement).await?;
        let mut edges = Vec::with_capacity(rows.len());
        for row in &rows {
            let key = (row.try_get("", "page_time")?, row.try_get("", "page_id")?);
            edges.push(Edge {
                cursor: keyset.cursor_of(&key)?,
                node: convert(row)?,
            });
        }
        Ok(page.cut(edges))
    }

    /// Counts the whole list.
    pub(crate) async fn count(self, conn: &Conn) -> Result<i64, DomainError> {
        let text = format!(
            "SELECT count(*) AS n FROM {}{}",
            self.from,
            Self::clause(&self.conditions)
        );
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, text, self.values);
        let row = conn.query_one_raw(statement).await?;
        Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
    }
}
