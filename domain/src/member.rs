//! Who belongs to a workspace, and as what. Whatever happens, it keeps an owner.
//!
//! Every change locks the workspace first and reads the places of all members under that lock: two
//! owners who leave at the same moment are one after the other, and the second stays.

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use serde_json::json;
use smartstack_schema::{ChangeOperation, MemberRole, NodeKind, UserId};
use uuid::Uuid;

use crate::{
    db::{Db, TenantScope, TenantTx, WorkspaceTx},
    error::DomainError,
    record::{self, Subject},
    store, workspace,
};

/// What each member may do.
pub(crate) type Places = HashMap<UserId, MemberRole>;

/// What an owner is told who would leave the workspace without one.
const LAST_OWNER: &str =
    "A workspace needs an owner. Make somebody else an owner first, or delete the workspace.";

#[derive(FromQueryResult)]
struct Row {
    user_id: Uuid,
    role: String,
}

/// The places of all members, which nobody else changes until this transaction ends.
pub(crate) async fn lock(tx: &WorkspaceTx) -> Result<Places, DomainError> {
    workspace::lock(tx).await?;
    let text = "SELECT user_id, role FROM memberships WHERE workspace_id = $1";
    let rows: Vec<Row> = store::rows(tx, text, [store::workspace(tx).into()]).await?;
    rows.into_iter()
        .map(|row| Ok((row.user_id.into(), store::parse(&row.role)?)))
        .collect()
}

/// As [`lock`], for what only owners may do. The scope's role is of when the request came in; here it
/// is what counts by now.
pub(crate) async fn own(tx: &WorkspaceTx) -> Result<Places, DomainError> {
    let places = lock(tx).await?;
    let actor = tx.actor_id().and_then(|actor| places.get(&actor));
    match actor {
        Some(MemberRole::Owner) => Ok(places),
        Some(_) => Err(DomainError::Forbidden),
        None => Err(DomainError::NotFound),
    }
}

/// Gives a member another role; owners only.
///
/// # Errors
/// [`DomainError::Forbidden`] for anyone but an owner; [`DomainError::NotFound`] for who is no member;
/// [`DomainError::InvalidState`] for the last owner.
pub async fn change_role(tx: &mut TenantTx, person: UserId, role: MemberRole) -> Result<(), DomainError> {
    let places = own(tx).await?;
    let before = *places.get(&person).ok_or(DomainError::NotFound)?;
    if before == role {
        return Ok(());
    }
    keeps_an_owner(&places, person, Some(role))?;
    set_role(tx, person, before, role).await
}

/// Takes a member out of the workspace; owners only. What they wrote stays, their tasks are nobody's.
/// Their rights end with this: open sockets are closed and their tokens open nothing here.
///
/// # Errors
/// As [`change_role`].
pub async fn remove(tx: &mut TenantTx, person: UserId) -> Result<(), DomainError> {
    let places = own(tx).await?;
    take_out(tx, &places, person, "member.remove").await
}

/// Leaves the workspace; everyone may, but the last owner.
///
/// # Errors
/// [`DomainError::InvalidState`] for the last owner.
pub async fn leave(db: &Db, scope: &TenantScope) -> Result<(), DomainError> {
    // Whoever only reads may go as well.
    db.in_tenant_as_reader(scope, |tx| {
        Box::pin(async move {
            let places = lock(tx).await?;
            let person = tx.actor_id().ok_or(DomainError::NotFound)?;
            take_out(tx, &places, person, "member.leave").await
        })
    })
    .await
}

/// Makes another member the owner in one's own stead; who did becomes a member.
///
/// # Errors
/// As [`change_role`]; [`DomainError::InvalidState`] for handing it to oneself.
pub async fn transfer(tx: &mut TenantTx, to: UserId) -> Result<(), DomainError> {
    let places = own(tx).await?;
    let from = tx.actor_id().ok_or(DomainError::NotFound)?;
    let before = *places.get(&to).ok_or(DomainError::NotFound)?;
    if to == from {
        return Err(DomainError::InvalidState("It is yours already.".to_owned()));
    }
    set_role(tx, to, before, MemberRole::Owner).await?;
    set_role(tx, from, MemberRole::Owner, MemberRole::Member).await
}

fn keeps_an_owner(places: &Places, person: UserId, next: Option<MemberRole>) -> Result<(), DomainError> {
    let others = places
        .iter()
        .any(|(other, role)| *other != person && *role == MemberRole::Owner);
    if others || next == Some(MemberRole::Owner) || places.get(&person) != Some(&MemberRole::Owner) {
        return Ok(());
    }
    Err(DomainError::InvalidState(LAST_OWNER.to_owned()))
}

async fn set_role(
    tx: &mut TenantTx,
    person: UserId,
    before: MemberRole,
    after: MemberRole,
) -> Result<(), DomainError> {
    if before == after {
        return Ok(());
    }
    let text = "UPDATE memberships SET role = $3 WHERE workspace_id = $1 AND user_id = $2";
    let values = [
        store::workspace(tx).into(),
        person.uuid().into(),
        after.as_str().into(),
    ];
    store::execute(tx, text, values).await?;
    tx.record_change(NodeKind::User, person, ChangeOperation::Updated, None);
    let (old, new) = (json!({ "role": before }), json!({ "role": after }));
    tx.audit("member.update", NodeKind::User, person, Some(old), Some(new));
    tx.access_changed(person);
    Ok(())
}

async fn take_out(
    tx: &mut TenantTx,
    places: &Places,
    person: UserId,
    action: &'static str,
) -> Result<(), DomainError> {
    let role = *places.get(&person).ok_or(DomainError::NotFound)?;
    keeps_an_owner(places, person, None)?;
    unassign(tx, person).await?;
    let text = "DELETE FROM memberships WHERE workspace_id = $1 AND user_id = $2";
    store::execute(tx, text, [store::workspace(tx).into(), person.uuid().into()]).await?;
    tx.record_change(NodeKind::User, person, ChangeOperation::Deleted, None);
    tx.audit(
        action,
        NodeKind::User,
        person,
        Some(json!({ "role": role })),
        None,
    );
    tx.access_changed(person);
    Ok(())
}

/// The foreign key would clear the tasks silently; here their boards hear of it.
async fn unassign(tx: &mut TenantTx, person: UserId) -> Result<(), DomainError> {
    #[derive(FromQueryResult)]
    struct Task {
        id: Uuid,
        project_id: Uuid,
    }
    // In one order, as everyone who rearranges several projects' tasks.
    let text = "\
SELECT DISTINCT project_id AS id FROM tasks WHERE workspace_id = $1 AND assignee_id = $2 ORDER BY project_id";
    let values = [store::workspace(tx).into(), person.uuid().into()];
    for row in store::query(tx, text, values).await? {
        store::lock_arrangement(tx, row.try_get("", "id")?).await?;
    }
    let text = "\
UPDATE tasks SET assignee_id = NULL, version = version + 1, updated_at = $3
WHERE workspace_id = $1 AND assignee_id = $2 RETURNING id, project_id";
    let values = [store::workspace(tx).into(), person.uuid().into(), tx.now().into()];
    let tasks: Vec<Task> = store::rows(tx, text, values).await?;
    for task in tasks {
        record::announce(tx, Subject::new(NodeKind::Task, task.id, Some(task.project_id)));
    }
    Ok(())
}
