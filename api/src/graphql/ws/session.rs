//! Notices when the session a socket was opened with has ended.
//!
//! A socket lives longer than the token it was opened with. Signing out and
//! revoking a link are signalled from whichever process they happen in; what
//! only time brings about, and what a lost signal would hide, is found by
//! looking again now and then.

use std::{sync::Arc, time::Duration};

use poem::http::HeaderMap;
use smartstack_domain::change::SessionSignal;
use smartstack_schema::SessionId;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{
    app::App,
    graphql::context::{Requester, Surface},
};

/// How often a session is looked at without a signal: well within an access
/// token's ten minutes, and soon enough for a link that expires.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// Resolves once the requester's session has ended; never for nobody.
pub(super) async fn ended(app: Arc<App>, requester: Requester, surface: Surface, headers: HeaderMap) {
    let mut sessions = app.feed.sessions();
    let mut signs = match &requester {
        Requester::Share(scope) => Some(app.feed.workspace(scope.workspace_id())),
        _ => None,
    };
    loop {
        let signalled = async {
            match (&requester, &mut signs) {
                (Requester::Account(account), _) => concerns(&mut sessions, account.session_id()).await,
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
        match requester.renew(&app, &surface, &headers).await {
            Ok(renewed) if renewed.is_anonymous() && !requester.is_anonymous() => return,
            Ok(_) => {}
            // Nobody can sign out while the database is away either.
            Err(error) => tracing::warn!(%error, "the session of an open socket could not be read"),
        }
    }
}

/// Resolves when this session may have ended.
async fn concerns(sessions: &mut Receiver<SessionSignal>, session: SessionId) {
    loop {
        match sessions.recv().await {
            Ok(SessionSignal::Ended(ended)) if ended != session => {}
            Ok(SessionSignal::Ended(_) | SessionSignal::CheckAll) | Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
