//! A person at work, as the API would serve them: pastes texts and looks at what becomes of them.

use secrecy::SecretString;
use smartstack_domain::job::{self, Job};
use smartstack_domain::outbox;
use smartstack_domain::plan::{self, PlanProject, PlanStart};
use smartstack_domain::queue::{self, Depth};
use smartstack_domain::secret::Secrets;
use smartstack_domain::suggestion::{self, Suggestion, SuggestionFilter, SuggestionItem};
use smartstack_domain::testing::{TestDb, TestPerson};
use smartstack_schema::{JobId, JobState};
use smartstack_worker::envelope::Envelope;
use uuid::Uuid;

use crate::support::eventually;

/// The installation's secret in these tests.
pub(crate) const SECRET: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

pub(crate) fn secrets() -> Secrets {
    Secrets::new(&SecretString::from(SECRET)).unwrap()
}

/// A database of its own with one person in it.
pub(crate) struct Desk {
    pub(crate) database: TestDb,
    pub(crate) person: TestPerson,
}

impl Desk {
    pub(crate) async fn new() -> Self {
        let database = TestDb::new().await;
        let person = database.person("Maya Lind").await;
        Self { database, person }
    }

    /// Pastes a text: the job the API answers with.
    pub(crate) async fn paste(&self, text: &str) -> JobId {
        let start = PlanStart {
            text: text.to_owned(),
            new_project: Some(PlanProject {
                name: "Café site".to_owned(),
                ..PlanProject::default()
            }),
            today: chrono::NaiveDate::from_ymd_opt(2026, 3, 4),
            ..PlanStart::default()
        };
        let api = self.database.api();
        let work = api.in_tenant(&self.person.scope, move |tx| {
            Box::pin(async move { plan::start(tx, start).await })
        });
        work.await.unwrap().id
    }

    pub(crate) async fn cancel(&self, id: JobId) {
        let api = self.database.api();
        let work = api.in_tenant(&self.person.scope, move |tx| {
            Box::pin(async move { job::cancel(tx, id, None).await })
        });
        work.await.unwrap();
    }

    pub(crate) async fn job(&self, id: JobId) -> Job {
        let api = self.database.api();
        api.read(&self.person.scope, move |tx| {
            Box::pin(async move { job::get(tx, id).await })
        })
        .await
        .unwrap()
    }

    /// The job once it has ended.
    pub(crate) async fn settled(&self, id: JobId) -> Job {
        eventually("the job's end", || async {
            let job = self.job(id).await;
            (!matches!(job.state, JobState::Queued | JobState::Running)).then_some(job)
        })
        .await
    }

    /// How many suggestions there are.
    pub(crate) async fn suggestions(&self) -> i64 {
        let api = self.database.api();
        let count = api.read(&self.person.scope, |tx| {
            Box::pin(async move { suggestion::count(tx, &SuggestionFilter::default()).await })
        });
        count.await.unwrap()
    }

    /// What a job has made.
    pub(crate) async fn suggestion(&self, job: JobId) -> (Suggestion, Vec<SuggestionItem>) {
        let api = self.database.api();
        let read = api.read(&self.person.scope, move |tx| {
            Box::pin(async move {
                let suggestion = suggestion::by_job_ids(tx, &[job]).await?.remove(&job).unwrap();
                let mut items = suggestion::items_by_suggestion_ids(tx, &[suggestion.id]).await?;
                let items = items.remove(&suggestion.id).unwrap_or_default();
                Ok((suggestion, items))
            })
        });
        read.await.unwrap()
    }

    /// A copy of the job's queue message.
    pub(crate) fn message(&self, job: JobId) -> Envelope {
        let payload = serde_json::json!({ "v": 1, "job_id": job, "workspace_id": self.person.workspace_id });
        Envelope {
            id: Uuid::from_u128(1),
            topic: outbox::JOB.to_owned(),
            payload,
        }
    }

    pub(crate) async fn depth(&self) -> Depth {
        let worker = self.database.worker();
        worker
            .in_system(|tx| Box::pin(async move { queue::depth(tx, "work").await }))
            .await
            .unwrap()
    }

    /// Waits until no message is left but dead ones.
    pub(crate) async fn queue_is_empty(&self) {
        eventually("an empty queue", || async {
            let depth = self.depth().await;
            (depth.waiting + depth.hidden == 0).then_some(())
        })
        .await;
    }
}
