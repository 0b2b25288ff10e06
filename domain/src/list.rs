//! Lists: searching, counting, and pages of things rather than of rows.

use chrono::NaiveDate;
use sea_orm::{
    EntityTrait, PaginatorTrait, QuerySelect, Select,
    sea_query::{Expr, LikeExpr, SimpleExpr, extension::postgres::PgExpr},
};
use smartstack_schema::OrderDirection;

use crate::{
    db::{
        WorkspaceTx,
        page::{CursorValue, Edge, Keyset, Page, Paged, SortKey, fetch},
    },
    entity::InOrder,
    error::DomainError,
};

/// Longest search text looked at; what is beyond it is left out.
const SEARCH_MAX: usize = 200;

/// Orders names as people do (ICU's root collation: accents and case come second), whatever the
/// database's own locale is. The value itself stays the cursor's value.
pub(crate) fn name_order(column: &str) -> SimpleExpr {
    Expr::cust(format!("{column} COLLATE \"und-x-icu\""))
}

/// Stands for "no day" where days ascend, and where they descend: rows without one come last. Days
/// people may give lie between the two.
const LATEST: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("a date");
const EARLIEST: NaiveDate = NaiveDate::from_ymd_opt(1, 1, 1).expect("a date");

/// Orders by a day; rows without one come last, either way. The two functions read a row's value:
/// the first by [`day_or_latest`], the second by [`day_or_earliest`].
pub(crate) fn day_key<M>(
    direction: OrderDirection,
    column: &str,
    ascending: fn(&M) -> CursorValue,
    descending: fn(&M) -> CursorValue,
) -> SortKey<M> {
    let (missing, value) = match direction {
        OrderDirection::Asc => (LATEST, ascending),
        OrderDirection::Desc => (EARLIEST, descending),
    };
    SortKey::day(Expr::cust(format!("coalesce({column}, date '{missing}')")), value)
}

/// A row's place among ascending days.
pub(crate) fn day_or_latest(day: Option<NaiveDate>) -> CursorValue {
    CursorValue::Day(day.unwrap_or(LATEST))
}

/// A row's place among descending days.
pub(crate) fn day_or_earliest(day: Option<NaiveDate>) -> CursorValue {
    CursorValue::Day(day.unwrap_or(EARLIEST))
}

/// The text to search for; `None` when there is nothing to search for.
pub(crate) fn search(text: Option<&str>) -> Option<String> {
    let text: String = text?
        .trim()
        .chars()
        .filter(|c| *c != '\0')
        .take(SEARCH_MAX)
        .collect();
    (!text.is_empty()).then_some(text)
}

/// Holds where the expression contains the text, in any case. The text's own wildcards are plain
/// characters.
pub(crate) fn contains(expression: &'static str, text: &str) -> SimpleExpr {
    Expr::cust(expression).ilike(LikeExpr::new(pattern(text)))
}

/// The pattern of LIKE that holds for texts which contain this one.
pub(crate) fn pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// A page of a list. `select` carries the filters, `keyset` the order.
pub(crate) async fn page<E, N>(
    tx: &WorkspaceTx,
    select: Select<E>,
    keyset: &Keyset<E::Model>,
    page: &Page,
) -> Result<Paged<N>, DomainError>
where
    E: EntityTrait,
    E::Model: InOrder,
    N: TryFrom<E::Model, Error = DomainError>,
{
    let rows = fetch(tx.conn(), select, page, keyset, |row| E::Model::in_order(row, 0)).await?;
    let edges = rows.edges.into_iter();
    Ok(Paged {
        edges: edges
            .map(|edge| {
                Ok(Edge {
                    cursor: edge.cursor,
                    node: edge.node.try_into()?,
                })
            })
            .collect::<Result<_, DomainError>>()?,
        has_next: rows.has_next,
        has_previous: rows.has_previous,
    })
}

/// How many rows the list has in all.
pub(crate) async fn count<E>(tx: &WorkspaceTx, select: Select<E>) -> Result<i64, DomainError>
where
    E: EntityTrait,
    for<'db> Select<E>: PaginatorTrait<'db, crate::db::Conn>,
    Select<E>: QuerySelect,
{
    let count = select.count(tx.conn()).await?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}
