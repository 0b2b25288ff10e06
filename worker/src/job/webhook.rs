//! Makes the messages that a transaction's changes call for. [`crate::webhook`] sends them.

use smartstack_domain::webhook::{Announcement, work};

use super::Services;
use crate::runtime::Failure;

pub(super) async fn run(services: &Services, announced: Announcement) -> Result<(), Failure> {
    let workspace = announced.workspace_id;
    let made = services
        .db
        .in_system(move |tx| Box::pin(async move { work::tell(tx, &announced).await }))
        .await?;
    tracing::debug!(%workspace, made, "messages to webhooks made");
    Ok(())
}
