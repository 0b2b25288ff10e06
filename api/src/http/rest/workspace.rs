//! The workspaces a caller belongs to: where a program that knows nothing but its token begins.

use chrono::{DateTime, Utc};
use poem_openapi::{Object, OpenApi, param::Path};
use smartstack_domain::workspace;
use smartstack_schema::{Hue, MemberRole};

use super::{
    answer::{Answer, Listed, One},
    caller::{Caller, Here, ReadWorkspaces},
    choice::Choice,
};
use crate::http::problem::Problem;

/// A place of work, with its people and everything they do there.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(crate) struct Workspace {
    /// Unique over everything; begins with `ws_`.
    id: String,
    /// What it is called.
    name: String,
    /// The colour it is told apart by.
    hue: Choice<Hue>,
    /// What the caller may do there.
    role: Choice<MemberRole>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it last changed.
    updated_at: DateTime<Utc>,
    /// Counts its changes, from 1; the same as the ETag.
    version: i32,
}

async fn read(here: &Here) -> Result<Workspace, Problem> {
    let found = here.read(|tx| Box::pin(workspace::get(tx))).await?;
    Ok(Workspace {
        id: found.id.to_string(),
        name: found.name,
        hue: found.hue.into(),
        role: here.scope().role().into(),
        created_at: found.created_at,
        updated_at: found.updated_at,
        version: found.version,
    })
}

/// The operations on workspaces.
pub(super) struct Workspaces;

#[OpenApi(tag = "super::Tag::Workspaces")]
impl Workspaces {
    /// List your workspaces
    ///
    /// All of them, or those that the token is good for.
    #[oai(path = "/workspaces", method = "get", operation_id = "workspaceList")]
    async fn list(&self, caller: Caller<ReadWorkspaces>) -> Answer<Listed<Workspace>> {
        let mut found = Vec::new();
        for here in caller.workspaces() {
            found.push(read(&here).await?);
        }
        Ok(Listed::whole(found))
    }

    /// Read a workspace
    #[oai(
        path = "/workspaces/:workspace",
        method = "get",
        operation_id = "workspaceGet"
    )]
    async fn get(
        &self,
        caller: Caller<ReadWorkspaces>,
        /// The workspace's id.
        workspace: Path<String>,
    ) -> Answer<One<Workspace>> {
        let found = read(&caller.enter(&workspace)?).await?;
        let version = found.version;
        Ok(One::versioned(found, version))
    }
}
