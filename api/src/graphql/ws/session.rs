//! Notices when what a socket was opened with is no longer good: the session
//! or token has ended, the person has lost a workspace or rights in one, or the
//! link was revoked.
//!
//! A socket lives longer than the token it was opened with. Each of these is
//! signalled from whichever process they happen in; what
//! only time brings about, and what a lost signal would hide, is found by
//! looking again now and then.

use std::{sync::Arc, time::Duration};

use poem::http::HeaderMap;
use smartstack_domain::change::SessionSignal;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use uuid::Uuid;

use crate::{
    app::App,
    graphql::context::{Requester, Surface},
};

/// How often a session is looked at without a signal: well within an access
/// token's ten minutes, and soon enough for a link that expires.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// Resolves once the requester may do less than when this was called; never for
/// nobody.
pub(super) async fn ended(app: Arc<App>, requester: Requester, surface: Surface, cookies: Arc<HeaderMap>) {
    let mut sessions = app.feed.sessions();
    let mut signs = match &requester {
        Requester::Share(scope) => Some(app.feed.workspace(scope.workspace_id())),
        _ => None,
    };
    loop {
        let signalled = async {
            match (&requester, &mut signs) {
                (Requester::Account(account), _) => {
                    let ids = [account.credential().id(), account.user().id.uuid()];
                    concerns(&mut sessions, ids).await;
                }
                // Revoking a link is a change of its workspace like any other.
                (Requester::Share(_), Some(signs)) => {
                    if !signs.changed().await {
                        std::future::pending::<()>().await;
                    }
                }
                _ => std::future::pending().await,
            }
        };
        let _ = tokio::time::timeout(LOOK_EVERY, signalled).await;
        match Box::pin(requester.renew(&app, &surface, &cookies)).await {
            Ok(renewed) if has_lost(&requester, &renewed) => return,
            Ok(_) => {}
            // Nobody can sign out while the database is away either.
            Err(error) => tracing::warn!(%error, "the session of an open socket could not be read"),
        }
    }
}

/// Whether somebody may do less than before. What they may do beyond is theirs
/// with the next operation, without a new socket.
fn has_lost(before: &Requester, now: &Requester) -> bool {
    if now.is_anonymous() {
        return !before.is_anonymous();
    }
    before.memberships().iter().any(|was| {
        let is = now
            .memberships()
            .iter()
            .find(|is| is.workspace_id() == was.workspace_id());
        is.is_none_or(|is| is.role() != was.role())
    })
}

/// Resolves when one of these, a session or token and its person, may have changed.
async fn concerns(sessions: &mut Receiver<SessionSignal>, ids: [Uuid; 2]) {
    loop {
        match sessions.recv().await {
            Ok(SessionSignal::Ended(ended)) if !ids.contains(&ended) => {}
            Ok(SessionSignal::Ended(_) | SessionSignal::CheckAll) | Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
