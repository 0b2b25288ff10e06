//! Where cards stand in their columns.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::LockType,
};
use smartstack_schema::{TaskId, TaskStatus, UserErrorCode};
use uuid::Uuid;

use super::{Task, lock, lock_arrangement_of, subject};
use crate::{
    db::{TenantTx, WorkspaceTx},
    entity::task::{Column, Entity, Model},
    error::{DomainError, FieldError},
    position::Position,
    record, store,
};

/// Longest order key that is still kept. A fresh one has six characters.
const KEY_LENGTH_MAX: usize = 64;

/// Where to put a card.
#[derive(Debug, Clone, Copy)]
pub struct TaskMove {
    /// Into this column.
    pub status: TaskStatus,
    /// Right below this card; `None` for the top of the column.
    pub after_id: Option<TaskId>,
    /// Right above this card.
    pub before_id: Option<TaskId>,
}

/// Moves a card into a column, between two neighbours.
///
/// A neighbour that has been moved away or deleted in the meantime no longer counts; when neither
/// is left, the card goes to the end of the column. Cards that others have put between the two
/// neighbours stay below it.
///
/// # Errors
/// [`DomainError::NotFound`] for the task; [`DomainError::Validation`] when a neighbour is unknown,
/// in another project or the card itself; [`DomainError::Conflict`] when `expected_version` is not
/// the current one.
pub async fn move_(
    tx: &mut TenantTx,
    id: TaskId,
    expected_version: Option<i32>,
    target: TaskMove,
) -> Result<Task, DomainError> {
    let project = lock_arrangement_of(tx, id).await?;
    let row = lock(tx, id, expected_version).await?;
    let column = BoardColumn {
        project,
        status: target.status,
        moving: Some(row.id),
    };
    let above = column.neighbour(tx, "afterId", target.after_id).await?;
    let below = column.neighbour(tx, "beforeId", target.before_id).await?;
    let asked_for_top = target.after_id.is_none() && target.before_id.is_none();
    let gap = match (above, below) {
        (Some(above), _) => column.gap_below(tx, above).await?,
        (None, Some(below)) => column.gap_above(tx, below).await?,
        (None, None) if asked_for_top => column.gap_at_top(tx).await?,
        (None, None) => column.gap_at_end(tx).await?,
    };
    let mut next = row.clone();
    if !gap.holds(&row, target.status) {
        next.position = column.key_in(tx, gap).await?.as_str().to_owned();
    }
    super::write::set_status(tx, &mut next, target.status);
    super::write::save(tx, "task.move", row, next).await
}

/// A key at the end of a column.
pub(super) async fn at_end(
    tx: &mut TenantTx,
    project: Uuid,
    status: TaskStatus,
) -> Result<Position, DomainError> {
    let column = BoardColumn {
        project,
        status,
        moving: None,
    };
    let gap = column.gap_at_end(tx).await?;
    column.key_in(tx, gap).await
}

/// A column of one project's board, without the card that is being moved.
struct BoardColumn {
    project: Uuid,
    status: TaskStatus,
    moving: Option<Uuid>,
}

/// Two cards that are next to each other; `None` is the end of the column.
struct Gap {
    above: Option<Model>,
    below: Option<Model>,
}

impl Gap {
    /// Whether the card already stands here.
    fn holds(&self, row: &Model, status: TaskStatus) -> bool {
        let place = |card: &Model| (card.position.clone(), card.id);
        row.status == status.as_str()
            && self.above.as_ref().is_none_or(|above| place(above) < place(row))
            && self.below.as_ref().is_none_or(|below| place(row) < place(below))
    }
}

impl BoardColumn {
    fn cards(&self, tx: &WorkspaceTx) -> sea_orm::Select<Entity> {
        let cards = Entity::find()
            .filter(Column::WorkspaceId.eq(store::workspace(tx)))
            .filter(Column::ProjectId.eq(self.project))
            .filter(Column::Status.eq(self.status.as_str()))
            .filter(Column::DeletedAt.is_null());
        match self.moving {
            Some(moving) => cards.filter(Column::Id.ne(moving)),
            None => cards,
        }
    }

    /// The neighbour as it stands now; `None` when it is no longer in the column.
    async fn neighbour(
        &self,
        tx: &WorkspaceTx,
        field: &str,
        id: Option<TaskId>,
    ) -> Result<Option<Model>, DomainError> {
        let Some(id) = id else { return Ok(None) };
        if self.moving == Some(id.uuid()) {
            let message = "A card cannot be its own neighbour.";
            return Err(FieldError::new(UserErrorCode::Invalid, field, message).into());
        }
        let card = Entity::find_by_id(id.uuid())
            .filter(Column::WorkspaceId.eq(store::workspace(tx)))
            .filter(Column::ProjectId.eq(self.project))
            .one(tx.conn())
            .await?;
        match card {
            None => {
                let message = "There is no such task in this project.";
                Err(FieldError::new(UserErrorCode::NotFound, field, message).into())
            }
            Some(card) if card.status == self.status.as_str() && card.deleted_at.is_none() => Ok(Some(card)),
            Some(_) => Ok(None),
        }
    }

    async fn gap_below(&self, tx: &WorkspaceTx, above: Model) -> Result<Gap, DomainError> {
        let later = Condition::any()
            .add(Column::Position.gt(above.position.as_str()))
            .add(
                Condition::all()
                    .add(Column::Position.eq(above.position.as_str()))
                    .add(Column::Id.gt(above.id)),
            );
        let below = self.first(tx, self.cards(tx).filter(later)).await?;
        Ok(Gap {
            above: Some(above),
            below,
        })
    }

    async fn gap_above(&self, tx: &WorkspaceTx, below: Model) -> Result<Gap, DomainError> {
        let earlier = Condition::any()
            .add(Column::Position.lt(below.position.as_str()))
            .add(
                Condition::all()
                    .add(Column::Position.eq(below.position.as_str()))
                    .add(Column::Id.lt(below.id)),
            );
        let above = self.last(tx, self.cards(tx).filter(earlier)).await?;
        Ok(Gap {
            above,
            below: Some(below),
        })
    }

    async fn gap_at_top(&self, tx: &WorkspaceTx) -> Result<Gap, DomainError> {
        Ok(Gap {
            above: None,
            below: self.first(tx, self.cards(tx)).await?,
        })
    }

    async fn gap_at_end(&self, tx: &WorkspaceTx) -> Result<Gap, DomainError> {
        Ok(Gap {
            above: self.last(tx, self.cards(tx)).await?,
            below: None,
        })
    }

    async fn first(
        &self,
        tx: &WorkspaceTx,
        cards: sea_orm::Select<Entity>,
    ) -> Result<Option<Model>, DomainError> {
        Ok(cards
            .order_by_asc(Column::Position)
            .order_by_asc(Column::Id)
            .one(tx.conn())
            .await?)
    }

    async fn last(
        &self,
        tx: &WorkspaceTx,
        cards: sea_orm::Select<Entity>,
    ) -> Result<Option<Model>, DomainError> {
        Ok(cards
            .order_by_desc(Column::Position)
            .order_by_desc(Column::Id)
            .one(tx.conn())
            .await?)
    }

    /// A key between the two cards. Where none fits (a restored card may share its key with one that
    /// took its place), or it would be long after very many moves into one gap, the whole column gets
    /// fresh keys.
    async fn key_in(&self, tx: &mut TenantTx, gap: Gap) -> Result<Position, DomainError> {
        let above = gap.above.as_ref().map(key_of).transpose()?;
        let below = gap.below.as_ref().map(key_of).transpose()?;
        match Position::between(above.as_ref(), below.as_ref()) {
            Some(key) if key.as_str().len() <= KEY_LENGTH_MAX => Ok(key),
            _ => self.make_room(tx, gap.above.map(|card| card.id)).await,
        }
    }

    /// Gives every card of the column a fresh key, in the same order, and returns the one left free
    /// below a card, or at the top.
    async fn make_room(&self, tx: &mut TenantTx, above: Option<Uuid>) -> Result<Position, DomainError> {
        let cards = self
            .cards(tx)
            .order_by_asc(Column::Position)
            .order_by_asc(Column::Id)
            .lock(LockType::NoKeyUpdate)
            .all(tx.conn())
            .await?;
        let free = cards
            .iter()
            .position(|card| Some(card.id) == above)
            .map_or(0, |place| place + 1);
        let mut keys = Position::several_between(None, None, cards.len() + 1)
            .ok_or_else(|| store::fault("a column has run out of order keys"))?;
        let free = keys.remove(free);
        for (card, key) in cards.into_iter().zip(keys) {
            if card.position == key.as_str() {
                continue;
            }
            let mut next = card.clone();
            next.position = key.as_str().to_owned();
            next.version += 1;
            next.updated_at = tx.now();
            let next = store::save(tx, next).await?;
            record::updated(tx, "task.rearrange", subject(&next), &card, &next)?;
        }
        Ok(free)
    }
}

fn key_of(card: &Model) -> Result<Position, DomainError> {
    Position::parse(&card.position).ok_or_else(|| store::fault(format!("task {} has no order key", card.id)))
}
