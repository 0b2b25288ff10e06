//! What a workspace's owner decides about its AI.

use sea_orm::FromQueryResult;
use serde::Serialize;
use smartstack_schema::{MemberRole, NodeKind};

use crate::{
    db::{TenantTx, WorkspaceTx},
    error::DomainError,
    record::{self, Subject},
    store, workspace,
};

/// The decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct AiSettings {
    /// Whether what the workspace has accepted, items and drafts, is shown to the model as examples of what is
    /// wanted.
    pub use_examples: bool,
    /// Counts its changes; 0 before the first.
    pub version: i32,
}

impl Default for AiSettings {
    /// No examples: text of one project goes into a request for another only when an owner says so.
    fn default() -> Self {
        Self {
            use_examples: false,
            version: 0,
        }
    }
}

/// What holds.
///
/// # Errors
/// Store errors alone.
pub async fn get(tx: &WorkspaceTx) -> Result<AiSettings, DomainError> {
    let rows: Vec<AiSettings> = store::rows(
        tx,
        "SELECT use_examples, version FROM workspace_ai_settings WHERE workspace_id = $1",
        [store::workspace(tx).into()],
    )
    .await?;
    Ok(rows.into_iter().next().unwrap_or_default())
}

/// Decides.
///
/// # Errors
/// [`DomainError::Forbidden`] for anyone but an owner; [`DomainError::Conflict`] when `expected_version`
/// is not the current one.
pub async fn update(
    tx: &mut TenantTx,
    expected_version: Option<i32>,
    use_examples: bool,
) -> Result<AiSettings, DomainError> {
    if tx.member_role() != MemberRole::Owner {
        return Err(DomainError::Forbidden);
    }
    // Two owners take turns, also before there is a row.
    workspace::lock(tx).await?;
    let before = get(tx).await?;
    store::expect_version(before.version, expected_version)?;
    if before.version > 0 && before.use_examples == use_examples {
        return Ok(before);
    }
    let values = [store::workspace(tx).into(), use_examples.into(), tx.now().into()];
    let rows: Vec<AiSettings> = store::rows(
        tx,
        "INSERT INTO workspace_ai_settings (workspace_id, use_examples, updated_at) VALUES ($1, $2, $3)
         ON CONFLICT (workspace_id) DO UPDATE SET use_examples = $2, updated_at = $3,
           version = workspace_ai_settings.version + 1
         RETURNING use_examples, version",
        values,
    )
    .await?;
    let after = rows.into_iter().next().ok_or(DomainError::NotFound)?;
    let subject = Subject::new(NodeKind::Workspace, store::workspace(tx), None);
    record::updated(tx, "workspace.ai_settings", subject, &before, &after)?;
    Ok(after)
}
