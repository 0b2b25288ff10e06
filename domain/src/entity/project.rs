//! Table `projects`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

super::in_order! {
    /// A project as stored.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "projects")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub workspace_id: Uuid,
        pub client_id: Option<Uuid>,
        pub name: String,
        pub description: String,
        pub status: String,
        pub hue: String,
        pub start_date: Option<Date>,
        pub due_date: Option<Date>,
        pub budget_cents: Option<i64>,
        pub budget_currency: Option<String>,
        pub budget_minutes: Option<i32>,
        pub hourly_rate_cents: Option<i64>,
        pub hourly_rate_currency: Option<String>,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub deleted_at: Option<DateTimeUtc>,
        pub version: i32,
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
