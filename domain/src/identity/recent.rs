//! Who was behind a session a moment ago.
//!
//! A page asks many things at once, and each would ask again who asks. The answer is remembered for a
//! second ([`Options::requester_memory`](crate::db::Options)), and forgotten at once when this process
//! changes rights or hears that a session has ended.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use smartstack_schema::SessionId;

use super::{Requester, session};
use crate::db::Db;
use crate::error::DomainError;

/// Sessions remembered before old ones are swept out.
const SWEEP_AT: usize = 10_000;

#[derive(Clone, Default)]
pub(super) struct Recent(Arc<Mutex<HashMap<SessionId, Seen>>>);

struct Seen {
    requester: Requester,
    at: DateTime<Utc>,
    rights: u64,
}

impl Recent {
    /// The person behind a session, looked up unless that was done a moment ago.
    pub(super) async fn requester(
        &self,
        db: &Db,
        session: SessionId,
    ) -> Result<Option<Requester>, DomainError> {
        // Noted before reading: a change during it makes what was read old.
        let (now, rights) = (db.clock.now(), db.rights.version());
        let fresh = |seen: &Seen| {
            let age = (now - seen.at).to_std();
            seen.rights == rights && age.is_ok_and(|age| age < db.requester_memory)
        };
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = lock().get(&session).filter(|seen| fresh(seen)) {
            return Ok(Some(seen.requester.clone()));
        }
        let work = db.in_system(move |tx| Box::pin(async move { session::load(tx, session).await }));
        let found = work.await?;
        let mut known = lock();
        match &found {
            Some(requester) => {
                if known.len() >= SWEEP_AT {
                    known.retain(|_, seen| fresh(seen));
                }
                let seen = Seen {
                    requester: requester.clone(),
                    at: now,
                    rights,
                };
                known.insert(session, seen);
            }
            None => {
                known.remove(&session);
            }
        }
        Ok(found)
    }
}
