//! Lists read by the cell: of each row a few columns, and a few of what it points to, in one statement.
//!
//! Who shows fifty tasks wants ten of their columns, the name of their project and of its client. Reading the
//! things whole takes a statement for each kind of them and six columns for one that is shown. [`Cells`] says
//! which are wanted, [`rows`] reads them beside each other, and a [`Row`] hands each out as it lies in the
//! database's answer.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, JoinType, QueryTrait, Select,
    sea_query::{Expr, SimpleExpr},
    sqlx::{Decode, Postgres, Row as _, Type, postgres::PgRow},
};
use uuid::Uuid;

pub use crate::entity::{
    client::Column as ClientColumn, project::Column as ProjectColumn, task::Column as TaskColumn,
};
use crate::{
    db::{
        WorkspaceTx,
        page::{Keyset, Page, statement},
    },
    error::{DomainError, StoreError},
};

/// A column of the rows of a list, or of what they point to.
#[derive(Clone, Copy, Debug)]
pub enum Cell {
    /// Of a task.
    Task(TaskColumn),
    /// How many direct parts a task has.
    SubtaskCount,
    /// How many of its direct parts are done.
    SubtaskDoneCount,
    /// Of a project, or of the project a task belongs to.
    Project(ProjectColumn),
    /// Of a client, or of the client a project is for.
    Client(ClientColumn),
    /// Of the person who does a task.
    Assignee(PersonColumn),
}

/// What may be read of a person.
#[derive(Clone, Copy, Debug)]
pub enum PersonColumn {
    /// Their id.
    Id,
    /// Their name.
    Name,
    /// Their address.
    Email,
    /// Their colour.
    Hue,
}

impl Cell {
    fn expr(self) -> SimpleExpr {
        // As `task::subtask_counts` counts them.
        let parts = |which: &str| {
            Expr::cust(format!(
                "(SELECT count(*)::int4 FROM tasks part WHERE part.workspace_id = tasks.workspace_id \
                 AND part.parent_id = tasks.id AND part.deleted_at IS NULL{which})"
            ))
        };
        match self {
            Self::Task(column) => column.into_expr(),
            Self::SubtaskCount => parts(""),
            Self::SubtaskDoneCount => parts(" AND part.status = 'DONE'"),
            Self::Project(column) => column.into_expr(),
            Self::Client(column) => column.into_expr(),
            Self::Assignee(column) => Expr::cust(match column {
                PersonColumn::Id => "assignee.id",
                PersonColumn::Name => "assignee.name",
                PersonColumn::Email => "assignee.email",
                PersonColumn::Hue => "assignee.hue",
            }),
        }
    }
}

/// Which cells are wanted of each row; they are told apart by their places.
#[derive(Clone, Debug, Default)]
pub struct Cells(Vec<Cell>);

impl Cells {
    /// Wants one more, and says at which place it will be.
    pub fn want(&mut self, cell: Cell) -> usize {
        self.0.push(cell);
        self.0.len() - 1
    }

    /// Adds the clients that the projects of `select` are for, where something of them is wanted.
    pub(crate) fn with_clients<E: EntityTrait>(&self, mut select: Select<E>) -> Select<E> {
        if self.0.iter().any(|cell| matches!(cell, Cell::Client(_))) {
            let same = Expr::cust(
                "clients.workspace_id = projects.workspace_id AND clients.id = projects.client_id",
            );
            select.query().join(JoinType::LeftJoin, "clients", same);
        }
        select
    }

    /// Adds the people who do the tasks of `select`, where something of them is wanted.
    pub(crate) fn with_assignees<E: EntityTrait>(&self, mut select: Select<E>) -> Select<E> {
        if self.0.iter().any(|cell| matches!(cell, Cell::Assignee(_))) {
            let same = Expr::cust("assignee.id = tasks.assignee_id");
            select
                .query()
                .join_as(JoinType::LeftJoin, "users", "assignee", same);
        }
        select
    }
}

/// A page of a list, read by the cell, in the list's order whichever way it was paged.
#[derive(Debug)]
pub struct Rows {
    /// The rows.
    pub rows: Vec<Row>,
    /// As [`Paged::has_next`](crate::Paged::has_next).
    pub has_next: bool,
    /// As [`Paged::has_previous`](crate::Paged::has_previous).
    pub has_previous: bool,
    /// The cursor of the first row; none on an empty page.
    pub start_cursor: Option<String>,
    /// The cursor of the last row; none on an empty page.
    pub end_cursor: Option<String>,
}

/// The cells of one row.
#[derive(Debug)]
pub struct Row(PgRow);

impl Row {
    fn get<'r, T: Decode<'r, Postgres> + Type<Postgres>>(
        &'r self,
        at: usize,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.0.try_get(at)?)
    }

    /// An id; none where there is nothing.
    ///
    /// # Errors
    /// A fault where the cell holds something else. So with the others.
    pub fn id(&self, at: usize) -> Result<Option<Uuid>, StoreError> {
        self.get(at)
    }

    /// A text, or the name of an enum's value.
    ///
    /// # Errors
    /// As [`id`](Self::id).
    pub fn text(&self, at: usize) -> Result<Option<&str>, StoreError> {
        self.get(at)
    }

    /// A number.
    ///
    /// # Errors
    /// As [`id`](Self::id).
    pub fn number(&self, at: usize) -> Result<Option<i32>, StoreError> {
        self.get(at)
    }

    /// True or false.
    ///
    /// # Errors
    /// As [`id`](Self::id).
    pub fn flag(&self, at: usize) -> Result<Option<bool>, StoreError> {
        self.get(at)
    }

    /// A day.
    ///
    /// # Errors
    /// As [`id`](Self::id).
    pub fn day(&self, at: usize) -> Result<Option<NaiveDate>, StoreError> {
        self.get(at)
    }

    /// A moment.
    ///
    /// # Errors
    /// As [`id`](Self::id).
    pub fn moment(&self, at: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.get(at)
    }
}

/// Adds the project to each task of `select`. Those of deleted projects fall out, as by
/// [`project::is_live`](crate::project::is_live).
pub(crate) fn with_live_projects<E: EntityTrait>(mut select: Select<E>) -> Select<E> {
    let same = Expr::cust(
        "projects.workspace_id = tasks.workspace_id AND projects.id = tasks.project_id \
         AND projects.deleted_at IS NULL",
    );
    QueryTrait::query(&mut select).join(JoinType::InnerJoin, "projects", same);
    select
}

/// Reads a page of `select`, which carries the filters and what is joined; `keyset` gives the order.
pub(crate) async fn rows<E: EntityTrait>(
    tx: &WorkspaceTx,
    mut select: Select<E>,
    keyset: &Keyset<E::Model>,
    page: &Page,
    cells: &Cells,
) -> Result<Rows, DomainError> {
    let query = select.query();
    query.clear_selects();
    query.exprs(cells.0.iter().map(|cell| cell.expr()));
    // What cursors are made of comes last.
    let place = cells.0.len();
    query.exprs(keyset.columns());
    let rows = tx.conn().rows(statement(select, page, keyset)?).await?;
    let (rows, has_next, has_previous) = page.cut_rows(rows);
    let cursor = |row: Option<&PgRow>| row.map(|row| keyset.cursor_at(row, place)).transpose();
    Ok(Rows {
        start_cursor: cursor(rows.first())?,
        end_cursor: cursor(rows.last())?,
        rows: rows.into_iter().map(Row).collect(),
        has_next,
        has_previous,
    })
}
