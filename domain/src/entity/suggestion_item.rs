//! Table `suggestion_items`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// One proposed item as stored.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "suggestion_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub suggestion_id: Uuid,
    pub kind: String,
    pub state: String,
    pub ordinal: i32,
    pub title: String,
    pub quote: Option<String>,
    pub quote_start: Option<i32>,
    pub quote_end: Option<i32>,
    pub due_date: Option<Date>,
    pub estimate_min_minutes: Option<i32>,
    pub estimate_max_minutes: Option<i32>,
    pub responsible: String,
    pub amount_cents: Option<i64>,
    pub amount_currency: Option<String>,
    pub confidence: String,
    pub edited: bool,
    pub task_id: Option<Uuid>,
    pub note_id: Option<Uuid>,
    pub known_task_id: Option<Uuid>,
    pub before: Option<Json>,
    pub reject_reason: Option<String>,
    pub reject_comment: Option<String>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
