//! Table `webhook_deliveries`.

use sea_orm::entity::prelude::*;

super::in_order! {
    /// A message to a webhook as stored.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "webhook_deliveries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub workspace_id: Uuid,
        pub endpoint_id: Uuid,
        pub event: String,
        pub seq: Option<i64>,
        pub body: String,
        pub state: String,
        pub attempts: i32,
        pub attempts_before: i32,
        pub next_attempt_at: Option<DateTimeUtc>,
        pub created_at: DateTimeUtc,
        pub finished_at: Option<DateTimeUtc>,
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
