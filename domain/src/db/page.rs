//! Keyset paging: a page starts after a row, not at a number, so that rows added or removed meanwhile
//! neither repeat nor hide others, and the thousandth page costs what the first one does.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, Order, SimpleExpr};
use sea_orm::sqlx::{Row as _, postgres::PgRow};
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QueryResult,
    QueryTrait, Select, Statement,
};
use serde::{Deserialize, Serialize};
use smartstack_schema::{OrderDirection, UserErrorCode};
use uuid::Uuid;

use super::Conn;
use crate::error::{DomainError, FieldError, StoreError};

/// Rows on a page when nothing is said.
pub const DEFAULT_LIMIT: u16 = 20;
/// Most rows on a page.
pub const MAX_LIMIT: u16 = 100;
/// Longest cursor looked at; ours stay far below.
const MAX_CURSOR_LENGTH: usize = 4096;

/// Which part of a list is wanted; checked when made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    limit: u16,
    backward: bool,
    cursor: Option<String>,
}

impl Default for Page {
    /// The first [`DEFAULT_LIMIT`] rows.
    fn default() -> Self {
        Self {
            limit: DEFAULT_LIMIT,
            backward: false,
            cursor: None,
        }
    }
}

impl Page {
    /// A page by the arguments of a Relay connection.
    ///
    /// # Errors
    /// [`DomainError::Validation`] for counts outside 0…[`MAX_LIMIT`] and for `first` or `after`
    /// together with `last` or `before`.
    pub fn new(
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
    ) -> Result<Self, DomainError> {
        let refuse = |field: &str, code, message: &str| Err(FieldError::new(code, field, message).into());
        if first.is_some() && last.is_some() {
            return refuse("last", UserErrorCode::Invalid, "Give first or last, not both.");
        }
        if after.is_some() && before.is_some() {
            return refuse(
                "before",
                UserErrorCode::Invalid,
                "Give after or before, not both.",
            );
        }
        if first.is_some() && before.is_some() {
            return refuse(
                "before",
                UserErrorCode::Invalid,
                "before goes with last; with first use after.",
            );
        }
        if last.is_some() && after.is_some() {
            return refuse(
                "after",
                UserErrorCode::Invalid,
                "after goes with first; with last use before.",
            );
        }
        let (field, count) = if last.is_some() {
            ("last", last)
        } else {
            ("first", first)
        };
        let limit = match count.map(u16::try_from) {
            None => DEFAULT_LIMIT,
            Some(Ok(limit)) if limit <= MAX_LIMIT => limit,
            Some(_) => {
                return refuse(
                    field,
                    UserErrorCode::OutOfRange,
                    "Ask for at least 0 and at most 100 at a time.",
                );
            }
        };
        let backward = last.is_some() || before.is_some();
        Ok(Self {
            limit,
            backward,
            cursor: after.or(before),
        })
    }

    /// The first `limit` rows, at most [`MAX_LIMIT`].
    pub fn first(limit: u16) -> Self {
        Self {
            limit: Ord::min(limit, MAX_LIMIT),
            ..Self::default()
        }
    }

    /// Most rows this page can have.
    pub fn limit(&self) -> u16 {
        self.limit
    }

    /// Whether rows are counted from the end of the list.
    pub(crate) fn is_backward(&self) -> bool {
        self.backward
    }

    /// Makes a page of rows read in the page's direction, one more than asked for where there are more.
    pub(crate) fn cut<T>(&self, edges: Vec<Edge<T>>) -> Paged<T> {
        let (edges, has_next, has_previous) = self.cut_rows(edges);
        Paged {
            edges,
            has_next,
            has_previous,
        }
    }

    /// As [`cut`](Self::cut), of bare rows: those of the page, whether others follow, whether others precede.
    pub(crate) fn cut_rows<T>(&self, mut rows: Vec<T>) -> (Vec<T>, bool, bool) {
        let more = rows.len() > usize::from(self.limit);
        rows.truncate(self.limit.into());
        if self.backward {
            rows.reverse();
        }
        let resumed = self.cursor.is_some();
        if self.backward {
            (rows, resumed, more)
        } else {
            (rows, more, resumed)
        }
    }
}

/// One page of a list, in the list's order whichever way it was paged.
#[derive(Debug, Clone)]
pub struct Paged<T> {
    /// The rows, each with the cursor that continues after (or before) it.
    pub edges: Vec<Edge<T>>,
    /// Whether rows follow the last one. Paging backward it is whether a cursor was given.
    pub has_next: bool,
    /// Whether rows precede the first one. Paging forward it is whether a cursor was given.
    pub has_previous: bool,
}

/// A row of a page.
#[derive(Debug, Clone)]
pub struct Edge<T> {
    /// Opaque; valid for the same list in the same order.
    pub cursor: String,
    /// The row.
    pub node: T,
}

impl<T> Paged<T> {
    /// The rows without their cursors.
    pub fn into_nodes(self) -> Vec<T> {
        self.edges.into_iter().map(|edge| edge.node).collect()
    }

    /// The same page of something else.
    pub fn map<U>(self, mut convert: impl FnMut(T) -> U) -> Paged<U> {
        let edges = self.edges.into_iter();
        Paged {
            edges: edges
                .map(|e| Edge {
                    cursor: e.cursor,
                    node: convert(e.node),
                })
                .collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
        }
    }
}

/// The value of a row by which a list is ordered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum CursorValue {
    #[serde(rename = "s")]
    Text(String),
    #[serde(rename = "n")]
    Number(i32),
    #[serde(rename = "d")]
    Day(NaiveDate),
    #[serde(rename = "t")]
    Time(DateTime<Utc>),
}

impl CursorValue {
    fn same_type(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    fn into_value(self) -> sea_orm::Value {
        match self {
            Self::Text(text) => text.into(),
            Self::Number(number) => number.into(),
            Self::Day(day) => day.into(),
            Self::Time(time) => time.into(),
        }
    }
}

/// One expression a list is ordered by, never NULL, and how to read its value off a row.
pub(crate) struct SortKey<M> {
    pub(crate) expr: SimpleExpr,
    pub(crate) value: fn(&M) -> CursorValue,
    /// Any value of the right type: a cursor with another type is refused.
    pub(crate) example: CursorValue,
}

impl<M> SortKey<M> {
    pub(crate) fn text(expr: impl Into<SimpleExpr>, value: fn(&M) -> CursorValue) -> Self {
        Self {
            expr: expr.into(),
            value,
            example: CursorValue::Text(String::new()),
        }
    }

    pub(crate) fn number(expr: impl Into<SimpleExpr>, value: fn(&M) -> CursorValue) -> Self {
        Self {
            expr: expr.into(),
            value,
            example: CursorValue::Number(0),
        }
    }

    pub(crate) fn day(expr: impl Into<SimpleExpr>, value: fn(&M) -> CursorValue) -> Self {
        Self {
            expr: expr.into(),
            value,
            example: CursorValue::Day(NaiveDate::MIN),
        }
    }

    pub(crate) fn time(expr: impl Into<SimpleExpr>, value: fn(&M) -> CursorValue) -> Self {
        Self {
            expr: expr.into(),
            value,
            example: CursorValue::Time(DateTime::UNIX_EPOCH),
        }
    }
}

/// The total order of a list: some keys, then the id, all in one direction.
pub(crate) struct Keyset<M> {
    /// Names the order in cursors, e.g. `DUE_DATE`: a cursor of one order is refused by another.
    pub(crate) name: &'static str,
    pub(crate) direction: OrderDirection,
    pub(crate) keys: Vec<SortKey<M>>,
    /// The id's column, which makes the order total.
    pub(crate) id: SimpleExpr,
    pub(crate) id_of: fn(&M) -> Uuid,
}

#[derive(Serialize, Deserialize)]
struct Cursor {
    /// The order's name and direction.
    o: String,
    k: Vec<CursorValue>,
    i: Uuid,
}

impl<M> Keyset<M> {
    fn order(&self) -> String {
        format!("{} {}", self.name, self.direction)
    }

    /// What the list is ordered by, the id last.
    pub(crate) fn columns(&self) -> impl Iterator<Item = SimpleExpr> {
        self.keys
            .iter()
            .map(|key| key.expr.clone())
            .chain([self.id.clone()])
    }

    pub(super) fn cursor_of(&self, row: &M) -> Result<String, DomainError> {
        let keys = self.keys.iter().map(|key| (key.value)(row)).collect();
        self.cursor(keys, (self.id_of)(row))
    }

    /// The cursor of a row in which [`columns`](Self::columns) stand from place `at` on.
    pub(crate) fn cursor_at(&self, row: &PgRow, at: usize) -> Result<String, DomainError> {
        let value = |(key, at): (&SortKey<M>, usize)| {
            Ok(match key.example {
                CursorValue::Text(_) => CursorValue::Text(row.try_get(at)?),
                CursorValue::Number(_) => CursorValue::Number(row.try_get(at)?),
                CursorValue::Day(_) => CursorValue::Day(row.try_get(at)?),
                CursorValue::Time(_) => CursorValue::Time(row.try_get(at)?),
            })
        };
        let keys: Result<_, StoreError> = self.keys.iter().zip(at..).map(value).collect();
        let id = row.try_get(at + self.keys.len()).map_err(StoreError::from)?;
        self.cursor(keys?, id)
    }

    fn cursor(&self, keys: Vec<CursorValue>, id: Uuid) -> Result<String, DomainError> {
        let cursor = Cursor {
            o: self.order(),
            k: keys,
            i: id,
        };
        let json = serde_json::to_vec(&cursor).map_err(StoreError::fault)?;
        Ok(URL_SAFE_NO_PAD.encode(json))
    }

    /// Where the page begins, for a list ordered by one time and the id.
    pub(super) fn position(&self, page: &Page) -> Result<Option<(DateTime<Utc>, Uuid)>, DomainError> {
        let Some(text) = &page.cursor else { return Ok(None) };
        let cursor = self.read_cursor(text, page.backward)?;
        match cursor.k.as_slice() {
            [CursorValue::Time(at)] => Ok(Some((*at, cursor.i))),
            _ => Err(StoreError::fault("not a list by time").into()),
        }
    }

    fn read_cursor(&self, text: &str, backward: bool) -> Result<Cursor, DomainError> {
        let bytes = Some(text)
            .filter(|t| t.len() <= MAX_CURSOR_LENGTH)
            .and_then(|t| URL_SAFE_NO_PAD.decode(t).ok());
        let cursor = bytes
            .and_then(|bytes| serde_json::from_slice::<Cursor>(&bytes).ok())
            .filter(|cursor| {
                cursor.o == self.order()
                && cursor.k.len() == self.keys.len()
                && cursor.k.iter().zip(&self.keys).all(|(value, key)| value.same_type(&key.example))
                // PostgreSQL has no text with a NUL in it.
                && !cursor.k.iter().any(|v| matches!(v, CursorValue::Text(t) if t.contains('\0')))
            });
        cursor.ok_or_else(|| {
            let field = if backward { "before" } else { "after" };
            let message = "This cursor is not one of this list in this order. Start from the first page.";
            FieldError::new(UserErrorCode::Invalid, field, message).into()
        })
    }
}

/// The statement that reads a page of `select`, which carries the filters, and one row more than asked for, which
/// says whether there is another page.
pub(crate) fn statement<E: EntityTrait>(
    mut select: Select<E>,
    page: &Page,
    keyset: &Keyset<E::Model>,
) -> Result<Statement, DomainError> {
    let ascending = (keyset.direction == OrderDirection::Asc) != page.backward;
    let order = if ascending { Order::Asc } else { Order::Desc };
    if let Some(text) = &page.cursor {
        let cursor = keyset.read_cursor(text, page.backward)?;
        let values = cursor
            .k
            .into_iter()
            .map(CursorValue::into_value)
            .chain([cursor.i.into()]);
        let (columns, values) = (Expr::tuple(keyset.columns()), Expr::tuple(values.map(Expr::val)));
        select = select.filter(if ascending {
            columns.gt(values)
        } else {
            columns.lt(values)
        });
    }
    for column in keyset.columns() {
        select = select.order_by(column, order.clone());
    }
    let mut statement = select.build(DbBackend::Postgres);
    // Written out: to the planner a bound limit may be anything, so that it would plan each list anew.
    statement.sql += &format!(" LIMIT {}", u32::from(page.limit) + 1);
    Ok(statement)
}

/// Reads one page of `select`, which carries the filters but no order or limit; `read` reads a row.
pub(crate) async fn fetch<E>(
    conn: &Conn,
    select: Select<E>,
    page: &Page,
    keyset: &Keyset<E::Model>,
    read: impl Fn(&QueryResult) -> Result<E::Model, DbErr>,
) -> Result<Paged<E::Model>, DomainError>
where
    E: EntityTrait,
{
    let rows = conn.query_all_raw(statement(select, page, keyset)?).await?;
    let mut edges = Vec::with_capacity(rows.len());
    for row in &rows {
        let node = read(row)?;
        edges.push(Edge {
            cursor: keyset.cursor_of(&node)?,
            node,
        });
    }
    Ok(page.cut(edges))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row(&'static str, u128);

    fn keyset(name: &'static str) -> Keyset<Row> {
        Keyset {
            name,
            direction: OrderDirection::Asc,
            keys: vec![SortKey::text(Expr::cust("name"), |row: &Row| {
                CursorValue::Text(row.0.to_owned())
            })],
            id: Expr::cust("id"),
            id_of: |row| Uuid::from_u128(row.1),
        }
    }

    #[test]
    fn counts_and_directions_are_checked_before_use() {
        for (first, last) in [
            (Some(-1), None),
            (Some(101), None),
            (None, Some(i64::MAX)),
            (Some(1), Some(1)),
        ] {
            assert!(Page::new(first, None, last, None).is_err(), "{first:?} {last:?}");
        }
        let cursor = || Some("x".to_owned());
        assert!(Page::new(None, cursor(), None, cursor()).is_err());
        assert!(Page::new(Some(1), None, None, cursor()).is_err());
        assert!(Page::new(None, cursor(), Some(1), None).is_err());
        assert_eq!(Page::new(None, None, None, None).unwrap().limit(), DEFAULT_LIMIT);
        assert_eq!(Page::new(Some(0), None, None, None).unwrap().limit(), 0);
    }

    #[test]
    fn a_cursor_returns_to_its_row() {
        let list = keyset("NAME");
        let text = list.cursor_of(&Row("Åsa", 7)).unwrap();
        let cursor = list.read_cursor(&text, false).unwrap();
        assert_eq!(cursor.k, [CursorValue::Text("Åsa".to_owned())]);
        assert_eq!(cursor.i, Uuid::from_u128(7));
    }

    #[test]
    fn foreign_cursors_are_refused() {
        let list = keyset("NAME");
        let other = keyset("TITLE").cursor_of(&Row("a", 1)).unwrap();
        let nul = list.cursor_of(&Row("a\0b", 1)).unwrap();
        let number = URL_SAFE_NO_PAD.encode(format!(
            r#"{{"o":"NAME ASC","k":[{{"n":1}}],"i":"{}"}}"#,
            Uuid::nil()
        ));
        let long = "A".repeat(MAX_CURSOR_LENGTH + 1);
        for text in ["", "%%%", "bnVsbA", &other, &nul, &number, &long] {
            assert!(list.read_cursor(text, false).is_err(), "{text:?} was taken");
        }
    }
}
