//! Clients as lines.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use smartstack_schema::{ClientId, ClientKind, ClientOrderField, Hue, OrderDirection};
use uuid::Uuid;

use super::{
    plan::{Outcome, Planned, SheetPlan, changes, fault, word, wrong, yes},
    read::Line,
    row,
};
use crate::{
    client::{self, Client, ClientFilter, ClientOrder, ClientPatch, NewClient},
    db::{TenantTx, WorkspaceTx, page::Page},
    entity,
    error::DomainError,
    input::Patch,
    store,
};

pub(super) const COLUMNS: &[&str] = &[
    "id", "name", "kind", "email", "phone", "website", "notes", "colour", "archived",
];

fn cells(client: &Client) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![
        client.id.to_string(),
        client.name.clone(),
        client.kind.as_str().to_lowercase(),
        text(&client.email),
        text(&client.phone),
        text(&client.website),
        client.notes.clone(),
        client.hue.as_str().to_lowercase(),
        if client.archived_at.is_some() { "yes" } else { "no" }.to_owned(),
    ]
}

pub(super) async fn page(tx: &WorkspaceTx, page: &Page) -> Result<(String, Option<String>), DomainError> {
    let order = ClientOrder {
        field: ClientOrderField::Name,
        direction: OrderDirection::Asc,
    };
    let found = client::list(tx, &ClientFilter::default(), order, page).await?;
    let text = found.edges.iter().map(|edge| row(cells(&edge.node))).collect();
    let next = found
        .edges
        .last()
        .filter(|_| found.has_next)
        .map(|edge| edge.cursor.clone());
    Ok((text, next))
}

/// Does what the lines say, one after the other.
pub(super) async fn run(tx: &mut TenantTx, lines: &[Line]) -> Result<SheetPlan, DomainError> {
    let mut names = names(tx).await?;
    let mut met: HashMap<ClientId, u64> = HashMap::new();
    let mut planned = Vec::with_capacity(lines.len());
    for line in lines {
        let before = match find(tx, line, &names).await {
            Ok(before) => before,
            Err(error) => {
                planned.push(plan(line, None, wrong(error)?));
                continue;
            }
        };
        if let Some(first) = before.as_ref().and_then(|client| met.get(&client.id)) {
            let message = format!("Line {first} is about the same client.");
            planned.push(plan(line, before.as_ref(), wrong(fault("", message))?));
            continue;
        }
        let outcome = match write(tx, line, before.as_ref()).await {
            Ok(after) => {
                met.insert(after.id, line.number);
                names.entry(key(&after.name)).or_default().push(after.id);
                let was = before.as_ref().map(cells);
                let mut changes = changes(COLUMNS, was.as_deref(), &cells(&after));
                // A new client's colour is chosen by its id, which is another one each time.
                changes.retain(|change| {
                    was.is_some() || change.field != "colour" || line.said("colour").is_some()
                });
                Outcome::of(before.is_some(), changes)
            }
            Err(error) => wrong(error)?,
        };
        planned.push(plan(line, before.as_ref(), outcome));
    }
    Ok(SheetPlan::new(planned))
}

fn plan(line: &Line, before: Option<&Client>, outcome: Outcome) -> Planned {
    let named = line.said("name").map(str::to_owned);
    Planned {
        line: line.number,
        label: named
            .or_else(|| before.map(|client| client.name.clone()))
            .unwrap_or_default(),
        id: before.map(|client| client.id.to_string()),
        version: before.map(|client| client.version),
        outcome,
    }
}

/// A name as it is compared: neither case nor spaces matter.
fn key(name: &str) -> String {
    name.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

async fn names(tx: &WorkspaceTx) -> Result<HashMap<String, Vec<ClientId>>, DomainError> {
    let rows = entity::client::Entity::find()
        .filter(entity::client::Column::WorkspaceId.eq(store::workspace(tx)))
        .all(tx.conn())
        .await?;
    let mut names: HashMap<String, Vec<ClientId>> = HashMap::new();
    for row in rows {
        names.entry(key(&row.name)).or_default().push(Uuid::into(row.id));
    }
    Ok(names)
}

/// The client a line is about: by its id, else by its name; none for a new one.
async fn find(
    tx: &WorkspaceTx,
    line: &Line,
    names: &HashMap<String, Vec<ClientId>>,
) -> Result<Option<Client>, DomainError> {
    if let Some(id) = line.said("id") {
        let id: ClientId = id
            .parse()
            .map_err(|_| fault("id", "This is no client’s id. Leave it empty for a new one."))?;
        return client::get(tx, id).await.map(Some);
    }
    let name = line
        .said("name")
        .ok_or_else(|| fault("name", "Give a name or an id."))?;
    match names.get(&key(name)).map(Vec::as_slice) {
        None | Some([]) => Ok(None),
        Some([id]) => client::get(tx, *id).await.map(Some),
        Some(_) => Err(fault(
            "name",
            "Several clients have this name. Give the id of the one that is meant.",
        )),
    }
}

async fn write(tx: &mut TenantTx, line: &Line, before: Option<&Client>) -> Result<Client, DomainError> {
    let kind = line
        .said("kind")
        .map(|text| word("kind", text, ClientKind::parse, &["company", "person"]));
    let kind = kind.transpose()?;
    let hues: Vec<String> = Hue::ALL.iter().map(|hue| hue.as_str().to_lowercase()).collect();
    let hues: Vec<&str> = hues.iter().map(String::as_str).collect();
    let hue = line
        .said("colour")
        .map(|text| word("colour", text, Hue::parse, &hues))
        .transpose()?;
    let archived = line
        .get("archived")
        .map(|text| yes("archived", text))
        .transpose()?;
    let given = |column: &str| line.get(column).map(str::to_owned);
    let client = match before {
        None => {
            let new = NewClient {
                name: given("name").unwrap_or_default(),
                kind,
                email: given("email"),
                phone: given("phone"),
                website: given("website"),
                notes: given("notes"),
                hue,
                idempotency_key: None,
            };
            client::create(tx, new).await?
        }
        Some(before) => {
            let cell = |column: &str| given(column).map_or(Patch::Keep, Patch::Set);
            let patch = ClientPatch {
                name: cell("name"),
                kind: kind.map_or(Patch::Keep, Patch::Set),
                email: cell("email"),
                phone: cell("phone"),
                website: cell("website"),
                notes: cell("notes"),
                hue: hue.map_or(Patch::Keep, Patch::Set),
            };
            client::update(tx, before.id, Some(before.version), patch).await?
        }
    };
    match archived {
        Some(archived) if archived != client.archived_at.is_some() => {
            client::archive(tx, client.id, Some(client.version), archived).await
        }
        _ => Ok(client),
    }
}
