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

use crate::sqs_stand_in::SqsStandIn;
use crate::support::eventually;

/// The installation's secret in these tests.
pub(crate) const SECRET: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

pub(crate) fn secrets() -> Secrets {
    Secrets::new(&SecretString::from(SECRET)).unwrap()
}

/// A database of its own with one person in it, and what workers on it are told by their environment.
pub(crate) struct Desk {
    pub(crate) database: TestDb,
    pub(crate) person: TestPerson,
    pub(crate) environment: Vec<(&'static str, String)>,
    sqs: Option<SqsStandIn>,
}

impl Desk {
    pub(crate) async fn new() -> Self {
        let database = TestDb::new().await;
        let person = database.person("Maya Lind").await;
        Self {
            database,
            person,
            environment: Vec::new(),
            sqs: None,
        }
    }

    /// The same, with the queue in SQS.
    pub(crate) async fn over_sqs() -> Self {
        let sqs = SqsStandIn::start(100).await;
        let settings = sqs.settings("work");
        let mut desk = Self::new().await;
        desk.environment.push(("SQS_QUEUE_URL", settings.url));
        desk.environment
            .extend(settings.endpoint.map(|url| ("SQS_ENDPOINT_URL", url)));
        desk.sqs = Some(sqs);
        desk
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
        if let Some(sqs) = &self.sqs {
            return sqs.queue().await.depth().await.unwrap();
        }
        let worker = self.database.worker();
        worker
            .in_system(|tx| Box::pin(async move { queue::depth(tx, "work").await }))
            .await
            .unwrap()
    }

    /// Runs statements as the cluster's administrator, behind the domain's back.
    pub(crate) async fn execute(&self, sql: &str) {
        execute(&self.database.admin_url(), sql).await;
    }

    /// Rows of a text and one that may be missing, as the cluster's administrator sees them.
    pub(crate) async fn sql(&self, sql: &str) -> Vec<(String, Option<String>)> {
        smartstack_domain::testing::pairs(&self.database.admin_url(), sql).await
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

/// Runs statements as the cluster's administrator.
pub(crate) async fn execute(admin_url: &str, sql: &str) {
    smartstack_domain::testing::execute(admin_url, sql).await;
}
