//! Table `jobs`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

super::in_order! {
    /// A job as stored.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "jobs")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub workspace_id: Uuid,
        pub use_case: String,
        pub state: String,
        pub stage: Option<String>,
        pub stages: Json,
        pub attempt: i32,
        pub document_id: Uuid,
        pub project_id: Uuid,
        pub reason: Option<String>,
        pub reason_message: Option<String>,
        pub today: Date,
        pub model: Option<String>,
        pub lease_owner: Option<String>,
        pub lease_until: Option<DateTimeUtc>,
        pub created_by: Option<Uuid>,
        pub created_at: DateTimeUtc,
        pub started_at: Option<DateTimeUtc>,
        pub finished_at: Option<DateTimeUtc>,
        pub version: i32,
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
