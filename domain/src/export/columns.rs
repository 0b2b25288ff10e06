//! The columns of an exported table, as the database's catalog has them.

use super::noun::Noun;
use crate::{db::WorkspaceTx, error::DomainError, store};

/// Columns that are taken along, in the table's order: all but the workspace's id, those that PostgreSQL
/// computes, and those that stay behind.
pub(super) async fn exported(tx: &WorkspaceTx, noun: &Noun) -> Result<Vec<String>, DomainError> {
    let rows = store::query(
        tx,
        "SELECT attname::text AS name FROM pg_attribute
         WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
           AND attname <> 'workspace_id'
         ORDER BY attnum",
        [noun.table.into()],
    )
    .await?;
    let mut columns: Vec<String> = rows
        .iter()
        .map(|row| row.try_get("", "name"))
        .collect::<Result<_, _>>()?;
    columns.retain(|column| !noun.without.contains(&column.as_str()));
    Ok(columns)
}

/// What to select for these columns.
pub(super) fn selection(noun: &Noun, columns: &[String]) -> String {
    let each = columns.iter().map(|column| {
        let instead = noun.instead.iter().find(|(name, _)| name == column);
        match instead {
            Some((_, expression)) => format!("{expression} AS {}", quoted(column)),
            None => quoted(column),
        }
    });
    each.collect::<Vec<_>>().join(", ")
}

/// A name of the catalog as SQL takes it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
