//! Sends the messages to webhooks that are due. Any number of workers do so at once; the table of messages
//! says whose turn it is, so that waits of hours need no queue that can hold them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use smartstack_domain::secret::Secrets;
use smartstack_domain::webhook::signature;
use smartstack_domain::webhook::work::{self, AT_A_TIME, Made, Outcome, Sending, Verdict};
use smartstack_domain::{Db, DomainError};
use smartstack_schema::WebhookEndpointId;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::adapter::outgoing::{ANSWER_WITHIN, Outgoing};
use crate::metrics;

/// Messages one worker sends at a time.
const AT_ONCE: usize = 16;
/// How often to look while nothing is due: what an event waits for at most, besides its message being made.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Longest wait while the database does not answer: half of the 5 s within which work has to go on.
const OUTAGE_WAIT: Duration = Duration::from_millis(2500);
/// For how long a message is taken: twice what its answer may take, and some for noting it.
const LEASE: TimeDelta = TimeDelta::seconds(ANSWER_WITHIN.as_secs().cast_signed() * 2 + 30);

/// Sends messages to webhooks.
#[derive(Clone, Debug)]
pub struct Sender {
    /// Where messages lie.
    pub db: Db,
    /// How they leave.
    pub outgoing: Outgoing,
    /// Opens what they are signed with.
    pub secrets: Arc<Secrets>,
}

impl Sender {
    /// Sends what is due until told to stop, and finishes what it has begun.
    pub async fn run(self, stop: CancellationToken) {
        let mut under_way = JoinSet::new();
        let mut endpoints: HashMap<Id, WebhookEndpointId> = HashMap::new();
        while !stop.is_cancelled() {
            let free = AT_ONCE - under_way.len();
            let mut wait = LOOK_EVERY;
            match self.claim(free, busy(&endpoints)).await {
                Ok(sendings) => {
                    for sending in sendings {
                        let (sender, endpoint) = (self.clone(), sending.endpoint_id);
                        let task = under_way.spawn(async move { sender.send(sending).await });
                        endpoints.insert(task.id(), endpoint);
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "messages to webhooks cannot be taken, trying again");
                    wait = OUTAGE_WAIT;
                }
            }
            // Something may be due again as soon as one has ended; with none free there is nothing else to wait for.
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(wait), if under_way.len() < AT_ONCE => {}
                Some(ended) = under_way.join_next_with_id() => forget(&mut endpoints, &ended),
            }
            while let Some(ended) = under_way.try_join_next_with_id() {
                forget(&mut endpoints, &ended);
            }
        }
        while under_way.join_next().await.is_some() {}
    }

    /// Sends everything that is due now, and returns what became of each: for tests, which move the clock.
    pub async fn send_due(&self) -> Result<Vec<Verdict>, DomainError> {
        let mut verdicts = Vec::new();
        for sending in self.claim(AT_ONCE, Vec::new()).await? {
            verdicts.extend(self.send(sending).await);
        }
        Ok(verdicts)
    }

    async fn claim(&self, free: usize, busy: Vec<WebhookEndpointId>) -> Result<Vec<Sending>, DomainError> {
        let Ok(most @ 1..) = u16::try_from(free) else {
            return Ok(Vec::new());
        };
        let secrets = Arc::clone(&self.secrets);
        let work = self.db.in_system(move |tx| {
            Box::pin(async move { work::claim(tx, &secrets, most, LEASE, &busy).await })
        });
        work.await
    }

    /// One attempt, from taken to settled. `None` where it could not be noted: it will be sent again.
    async fn send(&self, sending: Sending) -> Option<Verdict> {
        let at = self.db.clock().now();
        let began = Instant::now();
        let outcome = self.attempt(&sending, at.timestamp()).await;
        let took = began.elapsed();
        let made = Made { at, took, outcome };
        let (message, attempt) = (sending.id, sending.attempt);
        let settled = self
            .db
            .in_system(move |tx| Box::pin(async move { work::settle(tx, &sending, &made).await }));
        match settled.await {
            // Not where to: an address may hold a key.
            Ok(verdict) => {
                metrics::webhook(word(&verdict), took);
                tracing::info!(%message, attempt, ?verdict, "message to a webhook sent");
                Some(verdict)
            }
            Err(error) => {
                metrics::webhook("unsettled", took);
                tracing::warn!(%message, attempt, %error, "what a webhook answered cannot be noted");
                None
            }
        }
    }

    async fn attempt(&self, sending: &Sending, timestamp: i64) -> Outcome {
        let Some(secrets) = &sending.secrets else {
            let why = "Its secret cannot be read, because the installation's has changed. Make a new secret for \
                       this webhook.";
            return Outcome::Failed(why.to_owned());
        };
        let id = sending.id.to_string();
        let signature = signature::sign(secrets, &id, timestamp, &sending.body);
        let headers = [
            ("webhook-id", id),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", signature),
        ];
        let answer = self
            .outgoing
            .post(&sending.url, &headers, sending.body.clone())
            .await;
        match answer {
            Ok(answer) => Outcome::Answered {
                status: answer.status,
                answer: answer.body,
            },
            Err(why) => Outcome::Failed(why),
        }
    }
}

/// What became of a message, as it is counted.
fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Delivered => "delivered",
        Verdict::Again(_) => "again",
        Verdict::GivenUp => "given_up",
        Verdict::Disabled(_) => "disabled",
        Verdict::Superseded => "superseded",
    }
}

/// The endpoints to which as many messages are under way as may be.
fn busy(endpoints: &HashMap<Id, WebhookEndpointId>) -> Vec<WebhookEndpointId> {
    let mut counts: HashMap<WebhookEndpointId, i64> = HashMap::new();
    for endpoint in endpoints.values() {
        *counts.entry(*endpoint).or_default() += 1;
    }
    counts.retain(|_, count| *count >= AT_A_TIME);
    counts.into_keys().collect()
}

fn forget<T>(endpoints: &mut HashMap<Id, WebhookEndpointId>, ended: &Result<(Id, T), JoinError>) {
    let id = match ended {
        Ok((id, _)) => *id,
        // A panic; its message comes again when the lease ends.
        Err(error) => error.id(),
    };
    endpoints.remove(&id);
}
