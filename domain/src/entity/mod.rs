//! Tables as SeaORM sees them, one file each. Nothing outside this crate does.
#![allow(
    unreachable_pub,
    reason = "SeaORM's derives need `pub`; the module itself is private"
)]

use sea_orm::{DbErr, QueryResult};

/// A row whose columns are read by their places. SeaORM reads them by name, and makes each name anew for each
/// row: in long lists that is a fifth of the work. A select of an entity names its columns in the order of
/// the struct's fields.
pub(crate) trait InOrder: Sized {
    /// How many columns it has.
    const COLUMNS: usize;

    /// Reads a row whose columns begin at place `at`.
    fn in_order(row: &QueryResult, at: usize) -> Result<Self, DbErr>;
}

/// Declares an entity's struct and reads it as [`InOrder`].
macro_rules! in_order {
    (
        $(#[$about:meta])*
        pub struct $name:ident {
            $($(#[$of:meta])* pub $field:ident: $type:ty,)+
        }
    ) => {
        $(#[$about])*
        pub struct $name {
            $($(#[$of])* pub $field: $type,)+
        }

        impl super::InOrder for $name {
            const COLUMNS: usize = [$(stringify!($field)),+].len();

            fn in_order(row: &sea_orm::QueryResult, at: usize) -> Result<Self, sea_orm::DbErr> {
                let mut at = at..;
                let mut next = || at.next().unwrap_or_default();
                Ok(Self {
                    $($field: row.try_get_by_index(next())?,)+
                })
            }
        }
    };
}
pub(crate) use in_order;

pub(crate) mod client;
pub(crate) mod document;
pub(crate) mod job;
pub(crate) mod project;
pub(crate) mod project_note;
pub(crate) mod row_version;
pub(crate) mod share_link;
pub(crate) mod suggestion;
pub(crate) mod suggestion_item;
pub(crate) mod task;
pub(crate) mod webhook_delivery;
