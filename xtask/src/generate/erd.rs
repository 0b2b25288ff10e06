//! The entity-relationship diagram, read from the migrated database's own catalog.

use std::fmt::Write;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::postgres::Cluster;

/// Tables with their columns, and foreign keys, as one JSON document.
const CATALOG: &str = r"
WITH tables AS (
  SELECT c.oid, c.relname, obj_description(c.oid, 'pg_class') AS about
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname NOT LIKE 'seaql%'
), columns AS (
  SELECT t.relname, a.attname, a.attnum, a.attnotnull, format_type(a.atttypid, NULL) AS kind,
    EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = t.oid AND k.contype = 'p' AND a.attnum = ANY (k.conkey)) AS is_primary,
    EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = t.oid AND k.contype = 'f' AND a.attnum = ANY (k.conkey)) AS is_foreign
  FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
), keys AS (
  SELECT t.relname AS child, p.relname AS parent, k.conname,
    (SELECT json_agg(a.attname ORDER BY x.ord)
       FROM unnest(k.conkey) WITH ORDINALITY AS x(num, ord)
       JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.num) AS columns,
    (SELECT bool_or(NOT a.attnotnull) FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY (k.conkey)) AS optional,
    EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisunique AND i.indpred IS NULL
            AND i.indkey::int2[] <@ k.conkey) AS single
  FROM tables t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'f' JOIN pg_class p ON p.oid = k.confrelid
)
SELECT json_build_object(
  'tables', (SELECT coalesce(json_agg(json_build_object('name', relname, 'about', about,
      'columns', (SELECT json_agg(json_build_object('name', attname, 'kind', kind, 'required', attnotnull,
          'primary', is_primary, 'foreign', is_foreign) ORDER BY attnum) FROM columns c WHERE c.relname = t.relname))
      ORDER BY relname), '[]') FROM tables t),
  'keys', (SELECT coalesce(json_agg(json_build_object('child', child, 'parent', parent, 'columns', columns,
      'optional', optional, 'single', single) ORDER BY child, conname), '[]') FROM keys))";

#[derive(Debug, Deserialize)]
struct Catalog {
    tables: Vec<Table>,
    keys: Vec<Key>,
}

#[derive(Debug, Deserialize)]
struct Table {
    name: String,
    /// `COMMENT ON TABLE`.
    about: Option<String>,
    columns: Vec<Column>,
}

#[derive(Debug, Deserialize)]
struct Column {
    name: String,
    kind: String,
    required: bool,
    primary: bool,
    foreign: bool,
}

/// A foreign key.
#[derive(Debug, Deserialize)]
struct Key {
    child: String,
    parent: String,
    columns: Vec<String>,
    /// A child may have no parent.
    optional: bool,
    /// A parent has at most one child.
    single: bool,
}

/// The page with the diagram of the database `smartstack`.
pub(super) fn diagram(cluster: &Cluster) -> Result<String> {
    let catalog: Catalog = serde_json::from_str(&cluster.sql("smartstack", CATALOG)?)
        .context("cannot read the database's catalog")?;
    render(&catalog)
}

fn render(catalog: &Catalog) -> Result<String> {
    let mut out = String::from(
        "<!-- Generated from the migrated database by `cargo xtask gen`. Do not edit. -->\n\n\
         # Entities and relations\n\n\
         Every table of the schema `public`, read from the catalog of a freshly migrated database.\n\
         Tables with a `workspace_id` are under forced row-level security by workspace.\n\n\
         ```mermaid\nerDiagram\n",
    );
    for table in &catalog.tables {
        writeln!(out, "    {} {{", table.name)?;
        for column in &table.columns {
            let keys = match (column.primary, column.foreign) {
                (true, true) => " PK, FK",
                (true, false) => " PK",
                (false, true) => " FK",
                (false, false) => "",
            };
            let optional = if column.required { "" } else { " \"optional\"" };
            writeln!(
                out,
                "        {} {}{keys}{optional}",
                kind(&column.kind),
                column.name
            )?;
        }
        out.push_str("    }\n");
    }
    for key in &catalog.keys {
        let parent = if key.optional { "|o" } else { "||" };
        let child = if key.single { "o|" } else { "o{" };
        writeln!(
            out,
            "    {} {parent}--{child} {} : \"{}\"",
            key.parent,
            key.child,
            key.columns.join(", ")
        )?;
    }
    out.push_str("```\n");
    let described: Vec<&Table> = catalog
        .tables
        .iter()
        .filter(|table| table.about.is_some())
        .collect();
    if !described.is_empty() {
        out.push_str("\n| table | holds |\n|---|---|\n");
        for table in described {
            writeln!(
                out,
                "| `{}` | {} |",
                table.name,
                table.about.as_deref().unwrap_or_default().replace('|', "\\|")
            )?;
        }
    }
    Ok(out)
}

/// PostgreSQL's long type names in the short form; Mermaid allows no spaces.
fn kind(name: &str) -> String {
    match name {
        "timestamp with time zone" => "timestamptz".to_owned(),
        "timestamp without time zone" => "timestamp".to_owned(),
        "character varying" => "varchar".to_owned(),
        "double precision" => "float8".to_owned(),
        other => other.replace(' ', "_"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_optional_columns_are_drawn() {
        let catalog: Catalog = serde_json::from_str(
            r#"{"tables":[{"name":"tasks","about":"Work to do","columns":[
                 {"name":"id","kind":"uuid","required":true,"primary":true,"foreign":false},
                 {"name":"due_at","kind":"timestamp with time zone","required":false,"primary":false,"foreign":false}]}],
               "keys":[{"child":"tasks","parent":"projects","columns":["workspace_id","project_id"],"optional":false,"single":false}]}"#,
        )
        .expect("a catalog");
        let page = render(&catalog).expect("rendered");
        assert!(page.contains("        uuid id PK\n"));
        assert!(page.contains("        timestamptz due_at \"optional\"\n"));
        assert!(page.contains("    projects ||--o{ tasks : \"workspace_id, project_id\"\n"));
        assert!(page.contains("| `tasks` | Work to do |"));
    }
}
