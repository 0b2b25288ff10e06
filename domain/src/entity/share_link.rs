//! Table `share_links`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

super::in_order! {
    /// A share link as stored.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "share_links")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub workspace_id: Uuid,
        pub project_id: Uuid,
        pub label: String,
        pub token_hash: Vec<u8>,
        pub token_nonce: Vec<u8>,
        pub show_tasks: bool,
        pub show_estimates: bool,
        pub show_due_dates: bool,
        pub show_notes: bool,
        pub expires_at: Option<DateTimeUtc>,
        pub revoked_at: Option<DateTimeUtc>,
        pub created_by: Option<Uuid>,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub version: i32,
        pub password_hash: Option<String>,
        pub password_id: Option<Uuid>,
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
