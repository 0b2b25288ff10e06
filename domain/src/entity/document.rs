//! Table `documents`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

super::in_order! {
    /// A document as stored.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "documents")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub workspace_id: Uuid,
        pub project_id: Uuid,
        pub title: String,
        pub text: String,
        pub language: Option<String>,
        pub word_count: i32,
        pub kind: String,
        pub state: String,
        pub unreadable_reason: Option<String>,
        pub file_name: Option<String>,
        pub media_type: Option<String>,
        pub file_bytes: Option<i32>,
        pub blob_key: Option<String>,
        pub facts: Option<Json>,
        pub share_link_id: Option<Uuid>,
        pub created_by: Option<Uuid>,
        pub created_at: DateTimeUtc,
        pub deleted_at: Option<DateTimeUtc>,
        pub version: i32,
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
