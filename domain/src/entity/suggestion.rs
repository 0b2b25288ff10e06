//! Table `suggestions`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

super::in_order! {
    /// A suggestion as stored.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "suggestions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub workspace_id: Uuid,
        pub use_case: String,
        pub state: String,
        pub job_id: Uuid,
        pub document_id: Uuid,
        pub project_id: Uuid,
        pub document_version: i32,
        pub project_version: i32,
        pub engine: String,
        pub model: Option<String>,
        pub prompt_version: Option<String>,
        pub input_hash: String,
        pub language: Option<String>,
        pub duration_ms: i32,
        pub input_tokens: i32,
        pub output_tokens: i32,
        pub cost_micro_usd: i64,
        pub draft: Option<String>,
        pub sentences: Option<Json>,
        pub drafted: Option<String>,
        pub draft_change: Option<f32>,
        pub published: Option<Json>,
        pub published_link_id: Option<Uuid>,
        pub published_at: Option<DateTimeUtc>,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub version: i32,
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
