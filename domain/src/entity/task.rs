//! Table `tasks`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

super::in_order! {
    /// A task as stored.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "tasks")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub workspace_id: Uuid,
        pub project_id: Uuid,
        pub parent_id: Option<Uuid>,
        pub title: String,
        pub description: String,
        pub status: String,
        pub priority: String,
        pub position: String,
        pub responsible: String,
        pub assignee_id: Option<Uuid>,
        pub estimate_min_minutes: Option<i32>,
        pub estimate_max_minutes: Option<i32>,
        pub due_date: Option<Date>,
        pub completed_at: Option<DateTimeUtc>,
        pub client_visible: bool,
        pub source_item_id: Option<Uuid>,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub deleted_at: Option<DateTimeUtc>,
        pub version: i32,
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
