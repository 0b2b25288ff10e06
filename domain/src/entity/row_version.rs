//! Table `row_versions`.

use sea_orm::entity::prelude::*;

super::in_order! {
    /// A row of `clients`, `projects` or `tasks` as it was after a write.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "row_versions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub workspace_id: Uuid,
        pub noun: String,
        pub row_id: Uuid,
        pub version: i32,
        pub operation: String,
        pub row: Json,
        pub actor_id: Option<Uuid>,
        pub at: DateTimeUtc,
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
