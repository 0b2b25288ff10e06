//! Deletes of several messages in one request: a request costs the same for ten as for one.

use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::DeleteMessageBatchRequestEntry;
use tokio::sync::{mpsc, oneshot};

use super::sqs::{BATCH_MAX, is_not_ours};
use super::{QueueError, Receipt};

/// How long the first of a batch waits for others.
const GATHER: Duration = Duration::from_millis(5);

type Asked = (String, oneshot::Sender<Result<(), QueueError>>);

/// Gathers deletes; clones gather together.
#[derive(Clone, Debug)]
pub(super) struct Deletes(mpsc::UnboundedSender<Asked>);

impl Deletes {
    /// Begins gathering for the queue at `url`; ends with the last clone.
    pub(super) fn new(client: Client, url: String) -> Self {
        let (sender, mut asked) = mpsc::unbounded_channel::<Asked>();
        tokio::spawn(async move {
            while let Some(first) = asked.recv().await {
                let mut batch = vec![first];
                let until = tokio::time::Instant::now() + GATHER;
                while batch.len() < BATCH_MAX
                    && let Ok(Some(next)) = tokio::time::timeout_at(until, asked.recv()).await
                {
                    batch.push(next);
                }
                // The next batch need not wait for this one's answer.
                tokio::spawn(delete(client.clone(), url.clone(), batch));
            }
        });
        Self(sender)
    }

    /// Deletes one message; done when SQS says so.
    pub(super) async fn delete(&self, receipt: &Receipt) -> Result<(), QueueError> {
        let (answer, answered) = oneshot::channel();
        let gone = |_| QueueError("the deletes have ended".to_owned());
        self.0.send((receipt.0.clone(), answer)).map_err(|_| gone(()))?;
        answered.await.map_err(|_| gone(()))?
    }
}

async fn delete(client: Client, url: String, batch: Vec<Asked>) {
    let (receipts, answers): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
    let entries: Result<Vec<_>, _> = receipts
        .into_iter()
        .enumerate()
        .map(|(id, receipt)| {
            DeleteMessageBatchRequestEntry::builder()
                .id(id.to_string())
                .receipt_handle(receipt)
                .build()
        })
        .collect();
    let mut outcomes: Vec<Result<(), QueueError>> = answers.iter().map(|_| Ok(())).collect();
    let asked = match entries {
        Ok(entries) => {
            let request = client
                .delete_message_batch()
                .queue_url(url)
                .set_entries(Some(entries));
            request.send().await.map_err(|error| QueueError::of(&error))
        }
        Err(error) => Err(QueueError(error.to_string())),
    };
    match asked {
        Ok(done) => {
            // A message that is not ours any more is as good as deleted.
            for failed in done
                .failed()
                .iter()
                .filter(|failed| !is_not_ours(Some(failed.code())))
            {
                let outcome = failed
                    .id()
                    .parse::<usize>()
                    .ok()
                    .and_then(|id| outcomes.get_mut(id));
                if let Some(outcome) = outcome {
                    *outcome = Err(QueueError(format!(
                        "{} {}",
                        failed.code(),
                        failed.message().unwrap_or_default()
                    )));
                }
            }
        }
        Err(error) => outcomes.fill_with(|| Err(error.clone())),
    }
    for (answer, outcome) in answers.into_iter().zip(outcomes) {
        let _ = answer.send(outcome);
    }
}
