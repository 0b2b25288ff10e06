//! The queue in Amazon SQS: a standard queue (order does not matter here) with a redrive policy.
//!
//! The redrive policy catches what no worker survives to bury; the worker gives up earlier than it does, so
//! that a person is told. A receipt that SQS still knows may extend a message that somebody else has
//! received meanwhile: what keeps a late worker out is the job's attempt number, here as everywhere.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::{
    Message, MessageSystemAttributeName as SystemAttribute, QueueAttributeName as Attribute,
    SendMessageBatchRequestEntry,
};
use serde::Deserialize;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::batch::Deletes;
use super::{Depth, QueueError, Receipt, Received};
use crate::adapter::aws;

/// Most messages of one request.
pub(super) const BATCH_MAX: usize = 10;
/// Most bytes of one request that sends; SQS has taken more since 2025, but not everything that speaks it.
const BATCH_BYTES_MAX: usize = 256 * 1024;
/// Longest wait of one receive.
const WAIT_MAX: Duration = Duration::from_secs(20);
/// Longest a message can be lent or held back.
const LEASE_MAX: Duration = Duration::from_secs(12 * 3600);
/// How long a receive that is under way at the order to stop may still bring messages. What it brings
/// later is given back.
const STOP_GRACE: Duration = Duration::from_millis(500);
/// Longest a request may take: a receive's wait, and some.
const REQUEST_MAX: Duration = Duration::from_secs(30);

/// Where the queue is.
#[derive(Clone, Debug)]
pub struct SqsSettings {
    /// The queue's URL.
    pub url: String,
    /// The service's address, where it is not AWS's own.
    pub endpoint: Option<String>,
}

/// A queue in SQS; clones are the same queue.
#[derive(Clone, Debug)]
pub struct SqsQueue {
    client: Client,
    url: String,
    dead_url: String,
    deletes: Deletes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Redrive {
    dead_letter_target_arn: String,
    max_receive_count: Number,
}

/// AWS writes it as a number, others as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Number(u32),
    Text(String),
}

impl SqsQueue {
    /// Looks at the queue: it has to be there, with a redrive policy that gives up later than the worker,
    /// which does after `max_receives`.
    ///
    /// # Errors
    /// What is wrong with the queue, and what to do about it.
    pub async fn connect(settings: &SqsSettings, max_receives: u32) -> anyhow::Result<Self> {
        let url = settings.url.trim().to_owned();
        ensure!(
            !url.ends_with(".fifo"),
            "this is a FIFO queue: make a standard one; order does not matter here, and FIFO would slow it down"
        );
        let config = aws::config(region_of(&url), settings.endpoint.as_deref(), REQUEST_MAX).await;
        ensure!(
            config.region().is_some(),
            "the region cannot be told from the queue's URL: set AWS_REGION"
        );
        let client = Client::new(&config);
        let asked = client
            .get_queue_attributes()
            .queue_url(&url)
            .attribute_names(Attribute::RedrivePolicy)
            .send()
            .await
            .map_err(|error| QueueError::of(&error))
            .context("the queue cannot be looked at")?;
        let policy = asked
            .attributes()
            .and_then(|all| all.get(&Attribute::RedrivePolicy));
        let policy = policy.context(
            "the queue has no redrive policy: give it a dead-letter queue, so that what ends every worker is put \
             aside",
        )?;
        let redrive: Redrive =
            serde_json::from_str(policy).context("its redrive policy cannot be understood")?;
        let receives = match redrive.max_receive_count {
            Number::Number(count) => count,
            Number::Text(text) => text
                .parse()
                .context("its redrive policy's maxReceiveCount is no number")?,
        };
        let needed = max_receives * 3;
        ensure!(
            receives >= needed,
            "its redrive policy's maxReceiveCount is {receives}: set it to at least {needed}, so that people are told \
             before a message is moved away"
        );
        // arn:aws:sqs:region:account:name
        let mut parts = redrive.dead_letter_target_arn.rsplit(':');
        let (name, account) = (parts.next().unwrap_or_default(), parts.next());
        let dead = client
            .get_queue_url()
            .queue_name(name)
            .set_queue_owner_aws_account_id(account.map(str::to_owned))
            .send()
            .await
            .map_err(|error| QueueError::of(&error))
            .context("its dead-letter queue cannot be found")?;
        let dead_url = dead
            .queue_url()
            .context("its dead-letter queue has no URL")?
            .to_owned();
        Ok(Self {
            deletes: Deletes::new(client.clone(), url.clone()),
            client,
            url,
            dead_url,
        })
    }

    pub(super) async fn send(&self, bodies: Vec<String>) -> Result<(), QueueError> {
        for batch in batches(bodies) {
            let entries = batch.into_iter().enumerate().map(|(id, body)| {
                SendMessageBatchRequestEntry::builder()
                    .id(id.to_string())
                    .message_body(body)
                    .build()
                    .map_err(|error| QueueError(error.to_string()))
            });
            let sent = self
                .client
                .send_message_batch()
                .queue_url(&self.url)
                .set_entries(Some(entries.collect::<Result<_, _>>()?))
                .send()
                .await
                .map_err(|error| QueueError::of(&error))?;
            if let Some(failed) = sent.failed().first() {
                return Err(QueueError(format!(
                    "{} of a batch were not taken: {} {}",
                    sent.failed().len(),
                    failed.code(),
                    failed.message().unwrap_or_default()
                )));
            }
        }
        Ok(())
    }

    pub(super) async fn receive(
        &self,
        max: usize,
        lease: Duration,
        wait: Duration,
        stop: &CancellationToken,
    ) -> Result<Vec<Received>, QueueError> {
        let until = Instant::now() + wait;
        loop {
            let rest = until.saturating_duration_since(Instant::now());
            let request = self
                .client
                .receive_message()
                .queue_url(&self.url)
                .max_number_of_messages(i32::try_from(max.clamp(1, BATCH_MAX)).unwrap_or(1))
                .visibility_timeout(seconds(lease).max(1))
                .wait_time_seconds(seconds(rest.min(WAIT_MAX)))
                .message_system_attribute_names(SystemAttribute::ApproximateReceiveCount);
            // A task of its own: giving the request up would lose, for a lease, what it brings.
            let mut asked = tokio::spawn(async move { request.send().await });
            let answer = tokio::select! {
                answer = &mut asked => answer,
                () = stopped_for(stop, STOP_GRACE) => {
                    self.clone().give_back_later(asked);
                    return Ok(Vec::new());
                }
            };
            let answer = answer.map_err(|error| QueueError(error.to_string()))?;
            let messages = answer
                .map_err(|error| QueueError::of(&error))?
                .messages
                .unwrap_or_default();
            if !messages.is_empty() || Instant::now() >= until || stop.is_cancelled() {
                return messages.into_iter().map(received).collect();
            }
        }
    }

    /// Gives back what a receive brings after the order to stop.
    fn give_back_later<E: Send + 'static>(
        self,
        asked: tokio::task::JoinHandle<
            Result<aws_sdk_sqs::operation::receive_message::ReceiveMessageOutput, E>,
        >,
    ) {
        tokio::spawn(async move {
            let Ok(Ok(answer)) = asked.await else { return };
            for message in answer.messages.unwrap_or_default() {
                if let Some(receipt) = message.receipt_handle {
                    let _ = self.give_back(&Receipt(receipt), Duration::ZERO).await;
                }
            }
        });
    }

    pub(super) async fn extend(&self, receipt: &Receipt, lease: Duration) -> Result<bool, QueueError> {
        let extended = self
            .client
            .change_message_visibility()
            .queue_url(&self.url)
            .receipt_handle(&receipt.0)
            .visibility_timeout(seconds(lease))
            .send()
            .await;
        match extended {
            Ok(_) => Ok(true),
            Err(error) if is_not_ours(error.code()) => Ok(false),
            Err(error) => Err(QueueError::of(&error)),
        }
    }

    pub(super) async fn delete(&self, receipt: &Receipt) -> Result<(), QueueError> {
        self.deletes.delete(receipt).await
    }

    pub(super) async fn give_back(&self, receipt: &Receipt, delay: Duration) -> Result<(), QueueError> {
        self.extend(receipt, delay).await.map(drop)
    }

    pub(super) async fn bury(&self, message: &Received) -> Result<(), QueueError> {
        // Whoever has lost the message must not put a copy aside.
        if !self.extend(&message.receipt, REQUEST_MAX * 2).await? {
            return Ok(());
        }
        self.client
            .send_message()
            .queue_url(&self.dead_url)
            .message_body(&message.body)
            .send()
            .await
            .map_err(|error| QueueError::of(&error))?;
        // Dying in between leaves both: the message comes again and finds its work over.
        self.delete(&message.receipt).await
    }

    pub(super) async fn depth(&self) -> Result<Depth, QueueError> {
        let count = async |url: &str| {
            let asked = self
                .client
                .get_queue_attributes()
                .queue_url(url)
                .attribute_names(Attribute::ApproximateNumberOfMessages)
                .attribute_names(Attribute::ApproximateNumberOfMessagesNotVisible)
                .attribute_names(Attribute::ApproximateNumberOfMessagesDelayed)
                .send()
                .await
                .map_err(|error| QueueError::of(&error))?;
            let of = |name: Attribute| {
                let text = asked.attributes().and_then(|all| all.get(&name));
                text.and_then(|text| text.parse::<u64>().ok()).unwrap_or_default()
            };
            Ok::<_, QueueError>((
                of(Attribute::ApproximateNumberOfMessages),
                of(Attribute::ApproximateNumberOfMessagesNotVisible)
                    + of(Attribute::ApproximateNumberOfMessagesDelayed),
            ))
        };
        let (waiting, hidden) = count(&self.url).await?;
        let dead = count(&self.dead_url).await?;
        Ok(Depth {
            waiting,
            hidden,
            dead: dead.0 + dead.1,
        })
    }
}

impl QueueError {
    pub(super) fn of<E, R>(error: &SdkError<E, R>) -> Self
    where
        E: std::error::Error + 'static,
        R: std::fmt::Debug,
    {
        Self(DisplayErrorContext(error).to_string())
    }
}

/// Whether SQS says so that a receipt is no longer good.
pub(super) fn is_not_ours(code: Option<&str>) -> bool {
    let code = code.unwrap_or_default();
    // The older protocol writes `AWS.SimpleQueueService.MessageNotInflight`; a message that is gone is an
    // `InvalidParameterValue`.
    matches!(
        code.rsplit('.').next().unwrap_or_default(),
        "MessageNotInflight" | "ReceiptHandleIsInvalid" | "InvalidParameterValue"
    )
}

/// Resolves a while after the order to stop.
async fn stopped_for(stop: &CancellationToken, grace: Duration) {
    stop.cancelled().await;
    tokio::time::sleep(grace).await;
}

fn received(message: Message) -> Result<Received, QueueError> {
    let count = message
        .attributes()
        .and_then(|all| all.get(&SystemAttribute::ApproximateReceiveCount))
        .and_then(|count| count.parse().ok());
    let missing = || QueueError("a message without body, receipt or count".to_owned());
    Ok(Received {
        receive_count: count.ok_or_else(missing)?,
        body: message.body.ok_or_else(missing)?,
        receipt: Receipt(message.receipt_handle.ok_or_else(missing)?),
    })
}

/// Bodies in batches that fit a request.
fn batches(bodies: Vec<String>) -> Vec<Vec<String>> {
    let mut batches: Vec<Vec<String>> = Vec::new();
    let mut bytes = 0;
    for body in bodies {
        match batches.last_mut() {
            Some(batch) if batch.len() < BATCH_MAX && bytes + body.len() <= BATCH_BYTES_MAX => {
                bytes += body.len();
                batch.push(body);
            }
            _ => {
                bytes = body.len();
                batches.push(vec![body]);
            }
        }
    }
    batches
}

/// Whole seconds, which is all SQS knows. Never fewer than asked for: a message that came back too early
/// would be received again and again, and each time counts.
fn seconds(duration: Duration) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "half a day of seconds fits")]
    let seconds = duration.min(LEASE_MAX).as_secs_f64().ceil() as i32;
    seconds
}

/// The region a queue's URL names: `https://sqs.eu-central-1.amazonaws.com/…`.
fn region_of(url: &str) -> Option<&str> {
    let host = url.strip_prefix("https://")?.split('/').next()?;
    let mut labels = host.split('.');
    match (labels.next()?, labels.next()?, labels.next()?) {
        ("sqs", region, "amazonaws") => Some(region),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_fit_a_request() {
        let sizes = |bodies: Vec<String>| batches(bodies).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(vec![]), [0_usize; 0]);
        assert_eq!(sizes(vec![String::new(); 25]), [10, 10, 5]);
        let big = "x".repeat(100 * 1024);
        assert_eq!(sizes(vec![big; 5]), [2, 2, 1]);
    }

    #[test]
    fn time_is_rounded_and_bounded() {
        assert_eq!(seconds(Duration::ZERO), 0);
        assert_eq!(seconds(Duration::from_millis(400)), 1);
        assert_eq!(seconds(Duration::from_millis(1500)), 2);
        assert_eq!(seconds(Duration::from_secs(1_000_000)), 43_200);
    }

    #[test]
    fn a_region_is_read_from_the_url() {
        assert_eq!(
            region_of("https://sqs.eu-central-1.amazonaws.com/123/jobs"),
            Some("eu-central-1")
        );
        assert_eq!(region_of("http://127.0.0.1:4566/000/jobs"), None);
    }
}
