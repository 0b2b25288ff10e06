//! The use case *status*: an update for a client, drawn from what a share link shows.
//!
//! [`exposed`] reads it in a [`ShareTx`], as the client's own page does: the database shows that role the link's
//! project, its visible tasks and, where shown, its notes, and nothing else. An [`Exposed`] has no other origin.
//! [`start`] keeps it as a document of the kind RECORD and queues the job. People change the sentences
//! ([`update_sentences`]) and show them to the client ([`publish`], [`withdraw`]).

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, QueryResult, Value};
use serde::{Deserialize, Serialize};
use smartstack_schema::{
    DocumentId, FactKind, JobId, NoteKind, ProjectId, Responsible, ShareLinkId, SuggestionId, TaskStatus,
    UseCase, UserErrorCode,
};
use uuid::Uuid;

use crate::{
    db::{ShareScope, ShareTx, TenantTx, WorkspaceTx, sql},
    document,
    entity::suggestion::Model,
    error::{DomainError, FieldError},
    idempotency,
    input::Checks,
    job::{self, Job},
    record, share, share_link, store,
    suggestion::{self, Suggestion},
};

/// Most tasks of one kind that an update speaks of.
const ROWS_MAX: usize = 40;
/// Most sentences of an update.
pub const SENTENCES_MAX: usize = 60;
/// Longest sentence, in characters.
pub const SENTENCE_MAX: usize = 1_000;
/// Longest period, in days.
const PERIOD_MAX: i64 = 366;

/// A row of the project as the link shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it says of the project.
    pub kind: FactKind,
    /// The task or note; none for what is counted over all.
    pub id: Option<Uuid>,
    /// The title of a task, the text of a note.
    pub title: String,
    /// When it was done, or is due, where the link shows dates. Days on which tasks were done are always shown.
    pub day: Option<NaiveDate>,
    /// With [`FactKind::Progress`]: done, and all.
    pub count: Option<(i32, i32)>,
}

/// What a link shows of a period. Only [`exposed`] makes one.
#[derive(Debug, Clone)]
pub struct Exposed {
    link: ShareLinkId,
    project: ProjectId,
    project_name: String,
    from: NaiveDate,
    to: NaiveDate,
    facts: Vec<Fact>,
}

impl Exposed {
    /// The facts, in the order in which an update speaks of them.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }
}

/// A sentence of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// What it says.
    pub text: String,
    /// The facts it rests on, by their place in the document's facts, from 0. None for what a person added.
    pub facts: Vec<usize>,
}

/// A sentence as a client reads it, with its facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedSentence {
    /// What it says.
    pub text: String,
    /// What it rests on.
    pub facts: Vec<Fact>,
}

/// The scope of a link for whoever may read its workspace.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::InvalidState`] for a link that is over: it shows nothing.
pub async fn link_scope(tx: &WorkspaceTx, id: ShareLinkId) -> Result<ShareScope, DomainError> {
    let link = share_link::get(tx, id).await?;
    if link.revoked_at.is_some() || link.expires_at.is_some_and(|at| at <= tx.now()) {
        return Err(DomainError::InvalidState(
            "This link is over, so it shows nothing to write of. Choose one that is open, or make one."
                .to_owned(),
        ));
    }
    Ok(link.scope())
}

/// What the link of this transaction shows of the days `from` to `to`, both included.
///
/// # Errors
/// [`DomainError::NotFound`] once the link is over; [`DomainError::Validation`] for a period that ends before it
/// begins or is longer than a year.
pub async fn exposed(tx: &ShareTx, from: NaiveDate, to: NaiveDate) -> Result<Exposed, DomainError> {
    let days = (to - from).num_days();
    if !(0..PERIOD_MAX).contains(&days) {
        let message = "Choose a first day before the last one, and no more than a year.";
        return Err(FieldError::new(UserErrorCode::OutOfRange, "from", message).into());
    }
    let view = share::shared_view(tx).await?;
    let mut facts = Vec::new();
    let finished = |at: &DateTime<Utc>| (from..=to).contains(&at.date_naive());
    let fact = |kind, id: Uuid, title: &str, day| Fact {
        kind,
        id: Some(id),
        title: title.to_owned(),
        day,
        count: None,
    };
    let kinds = [
        FactKind::Finished,
        FactKind::UnderWay,
        FactKind::WaitingForClient,
        FactKind::Next,
    ];
    for kind in kinds {
        let of_kind = view.tasks.iter().filter(|task| {
            kind == match (task.status, task.responsible) {
                (TaskStatus::Done, _) if task.completed_at.as_ref().is_some_and(finished) => {
                    FactKind::Finished
                }
                (TaskStatus::Done, _) => return false,
                (_, Responsible::Client) => FactKind::WaitingForClient,
                (TaskStatus::InProgress, _) => FactKind::UnderWay,
                (TaskStatus::Next, _) => FactKind::Next,
                (TaskStatus::Backlog | TaskStatus::Waiting, _) => return false,
            }
        });
        facts.extend(of_kind.take(ROWS_MAX).map(|task| {
            let done = task.completed_at.map(|at| at.date_naive());
            let day = if kind == FactKind::Finished {
                done
            } else {
                task.due_date
            };
            fact(kind, task.id.uuid(), &task.title, day)
        }));
    }
    let questions = view
        .notes
        .iter()
        .filter(|note| note.kind == NoteKind::Question && !note.resolved);
    facts.extend(
        questions
            .take(ROWS_MAX)
            .map(|note| fact(FactKind::Question, note.id.uuid(), &note.text, None)),
    );
    if view.total > 0 {
        facts.push(Fact {
            kind: FactKind::Progress,
            id: None,
            title: String::new(),
            day: None,
            count: Some((view.done, view.total)),
        });
    }
    if let Some(due) = view.due_date {
        facts.push(Fact {
            kind: FactKind::Deadline,
            id: None,
            title: String::new(),
            day: Some(due),
            count: None,
        });
    }
    let scope = tx.scope();
    Ok(Exposed {
        link: scope.share_link_id(),
        project: scope.project_id(),
        project_name: view.project_name,
        from,
        to,
        facts,
    })
}

/// A fact as a line of the record, for people and for models.
pub fn line(fact: &Fact) -> String {
    let day = |before: &str| fact.day.map(|day| format!("{before}{day}")).unwrap_or_default();
    match fact.kind {
        FactKind::Finished => format!("Finished{}: {}", day(" on "), fact.title),
        FactKind::UnderWay => format!("Under way{}: {}", day(", due "), fact.title),
        FactKind::WaitingForClient => format!("Waiting for the client{}: {}", day(", due "), fact.title),
        FactKind::Next => format!("Next{}: {}", day(", due "), fact.title),
        FactKind::Question => format!("Open question: {}", fact.title),
        FactKind::Progress => {
            let (done, all) = fact.count.unwrap_or_default();
            format!("Progress: {done} of {all} tasks are done")
        }
        FactKind::Deadline => format!("The project is due{}", day(" on ")),
    }
}

/// Keeps what a link shows as a document, and asks for an update to be drawn from it.
///
/// # Errors
/// [`DomainError::Validation`] where there is nothing to write of; [`DomainError::Conflict`] when the idempotency
/// key was used for another request.
pub async fn start(
    tx: &mut TenantTx,
    exposed: Exposed,
    idempotency_key: Option<String>,
) -> Result<Job, DomainError> {
    #[derive(Serialize)]
    struct Request {
        link: ShareLinkId,
        from: NaiveDate,
        to: NaiveDate,
    }
    let mut checks = Checks::default();
    checks.idempotency_key(idempotency_key.as_deref());
    checks.finish()?;
    let request = Request {
        link: exposed.link,
        from: exposed.from,
        to: exposed.to,
    };
    let id: JobId = tx.new_id();
    let key = idempotency_key.as_deref();
    if let Some(first) = idempotency::claim(tx, "status.start", key, &request, id.uuid()).await? {
        return job::get(tx, first.into()).await;
    }
    if exposed.facts.is_empty() {
        let message =
            "This link shows nothing to write of yet: no task the client may see, no note, no date.";
        return Err(FieldError::new(UserErrorCode::Invalid, "shareLinkId", message).into());
    }
    let text = exposed.facts.iter().map(line).collect::<Vec<_>>().join("\n");
    let title = format!("{}, {} to {}", exposed.project_name, exposed.from, exposed.to);
    let facts = serde_json::to_value(&exposed.facts).map_err(store::fault)?;
    let document = document::insert_record(tx, exposed.project, &title, text, facts, exposed.link).await?;
    job::enqueue(tx, id, UseCase::Status, document, exposed.project, exposed.to).await
}

/// The facts of a record, for its job; none for other documents.
///
/// # Errors
/// Store errors alone.
pub async fn facts(tx: &WorkspaceTx, document: DocumentId) -> Result<Vec<Fact>, DomainError> {
    let rows = store::query(
        tx,
        "SELECT facts FROM documents WHERE workspace_id = $1 AND id = $2 AND facts IS NOT NULL",
        [store::workspace(tx).into(), document.uuid().into()],
    )
    .await?;
    let Some(row) = rows.first() else {
        return Ok(Vec::new());
    };
    serde_json::from_value(row.try_get("", "facts")?).map_err(store::fault)
}

/// Checks sentences against the facts there are: their number, their length, and that each names facts that are
/// there.
pub(crate) fn check_sentences(sentences: &[Sentence], facts: usize) -> Result<(), DomainError> {
    let mut checks = Checks::default();
    if sentences.is_empty() || sentences.len() > SENTENCES_MAX {
        let message = format!(
            "An update has 1 to {SENTENCES_MAX} sentences; this has {}.",
            sentences.len()
        );
        checks.fail("sentences", UserErrorCode::OutOfRange, message);
    }
    for sentence in sentences {
        let length = sentence.text.trim().chars().count();
        if length == 0 || length > SENTENCE_MAX {
            let message = format!("A sentence has 1 to {SENTENCE_MAX} characters; this has {length}.");
            checks.fail("sentences.text", UserErrorCode::OutOfRange, message);
        }
        if sentence.facts.iter().any(|fact| *fact >= facts) {
            let message = "A sentence rests on facts of the record; one of these is not there.";
            checks.fail("sentences.facts", UserErrorCode::Invalid, message);
        }
    }
    checks.finish()
}

/// Keeps what somebody made of the sentences. What is published stays as it is until it is published anew.
///
/// # Errors
/// [`DomainError::NotFound`]; [`DomainError::Conflict`] when `expected_version` is not the current one;
/// [`DomainError::InvalidState`] for a suggestion that is no update, or is put aside; [`DomainError::Validation`].
pub async fn update_sentences(
    tx: &mut TenantTx,
    id: SuggestionId,
    expected_version: Option<i32>,
    sentences: Vec<Sentence>,
) -> Result<Suggestion, DomainError> {
    let row = lock(tx, id, expected_version).await?;
    let facts = facts(tx, row.document_id.into()).await?;
    check_sentences(&sentences, facts.len())?;
    let value = serde_json::to_value(&sentences).map_err(store::fault)?;
    if row.sentences.as_ref() != Some(&value) {
        let mut next = row.clone();
        let before = row.sentences.clone().map(serde_json::from_value::<Vec<Sentence>>);
        let before = before.transpose().map_err(store::fault)?;
        let text = |sentences: &[Sentence]| {
            let each: Vec<&str> = sentences.iter().map(|one| one.text.as_str()).collect();
            each.join("\n")
        };
        suggestion::draft::changed(
            &mut next,
            before.as_deref().map(text).as_deref(),
            &text(&sentences),
        );
        next.sentences = Some(value);
        save(tx, "suggestion.sentences", row, next).await?;
    }
    suggestion::get(tx, id).await
}

/// Shows the sentences to the client of the link they were drawn from. What else was published there gives way.
///
/// # Errors
/// As [`update_sentences`]; [`DomainError::InvalidState`] where the link is over.
pub async fn publish(
    tx: &mut TenantTx,
    id: SuggestionId,
    expected_version: Option<i32>,
) -> Result<Suggestion, DomainError> {
    let row = lock(tx, id, expected_version).await?;
    let rows = store::query(
        tx,
        "SELECT share_link_id FROM documents WHERE workspace_id = $1 AND id = $2",
        [store::workspace(tx).into(), row.document_id.into()],
    )
    .await?;
    let link: Option<Uuid> = match rows.first() {
        Some(row) => row.try_get("", "share_link_id")?,
        None => None,
    };
    let link =
        link.ok_or_else(|| DomainError::InvalidState("The link of this update is gone.".to_owned()))?;
    link_scope(tx, link.into()).await?;
    let facts = facts(tx, row.document_id.into()).await?;
    let sentences: Vec<Sentence> = match &row.sentences {
        Some(value) => serde_json::from_value(value.clone()).map_err(store::fault)?,
        None => Vec::new(),
    };
    let published = sentences.into_iter().map(|sentence| PublishedSentence {
        text: sentence.text,
        facts: sentence
            .facts
            .iter()
            .filter_map(|fact| facts.get(*fact).cloned())
            .collect(),
    });
    let mut next = row.clone();
    next.published = Some(serde_json::to_value(published.collect::<Vec<_>>()).map_err(store::fault)?);
    next.published_at = Some(tx.now());
    next.published_link_id = Some(link);
    save(tx, "suggestion.publish", row, next).await?;
    suggestion::get(tx, id).await
}

/// Takes an update from the client's page.
///
/// # Errors
/// As [`update_sentences`].
pub async fn withdraw(
    tx: &mut TenantTx,
    id: SuggestionId,
    expected_version: Option<i32>,
) -> Result<Suggestion, DomainError> {
    let row = lock(tx, id, expected_version).await?;
    if row.published_at.is_some() {
        let mut next = row.clone();
        (next.published, next.published_at, next.published_link_id) = (None, None, None);
        save(tx, "suggestion.withdraw", row, next).await?;
    }
    suggestion::get(tx, id).await
}

async fn lock(
    tx: &WorkspaceTx,
    id: SuggestionId,
    expected_version: Option<i32>,
) -> Result<Model, DomainError> {
    let row = suggestion::lock_open(tx, id).await?;
    store::expect_version(row.version, expected_version)?;
    if row.use_case != UseCase::Status.as_str() {
        return Err(DomainError::InvalidState(
            "Only an update for a client has sentences.".to_owned(),
        ));
    }
    Ok(row)
}

async fn save(
    tx: &mut TenantTx,
    action: &'static str,
    before: Model,
    mut next: Model,
) -> Result<(), DomainError> {
    next.version += 1;
    next.updated_at = tx.now();
    let next = store::save(tx, next).await?;
    let logged =
        |row: &Model| serde_json::json!({ "version": row.version, "published_at": row.published_at });
    record::updated(
        tx,
        action,
        suggestion::subject(&next),
        &logged(&before),
        &logged(&next),
    )
}

/// The newest update published to the link of this transaction, without the sentences that rest on something the
/// link does not show any more: a task or note that was hidden, deleted or is not listed, or a date.
pub(crate) async fn latest(
    tx: &ShareTx,
    tasks: &[share::SharedTask],
    notes: &[share::SharedNote],
    show_due_dates: bool,
) -> Result<Option<(DateTime<Utc>, Vec<PublishedSentence>)>, DomainError> {
    #[derive(FromQueryResult)]
    struct Row {
        published_at: DateTime<Utc>,
        published: serde_json::Value,
    }
    let scope = tx.scope();
    let values: [Value; 2] = [
        scope.workspace_id().uuid().into(),
        scope.share_link_id().uuid().into(),
    ];
    let rows: Vec<QueryResult> = tx
        .conn()
        .query_all_raw(sql(
            "SELECT published_at, published FROM suggestions
             WHERE workspace_id = $1 AND published_link_id = $2 AND published_at IS NOT NULL
             ORDER BY published_at DESC, id DESC LIMIT 1",
            values,
        ))
        .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let row = Row::from_query_result(row, "")?;
    let sentences: Vec<PublishedSentence> = serde_json::from_value(row.published).map_err(store::fault)?;
    let shown = |fact: &Fact| match fact.kind {
        FactKind::Finished => tasks.iter().any(|task| Some(task.id.uuid()) == fact.id),
        FactKind::UnderWay | FactKind::WaitingForClient | FactKind::Next => {
            tasks.iter().any(|task| Some(task.id.uuid()) == fact.id) && (fact.day.is_none() || show_due_dates)
        }
        FactKind::Question => notes.iter().any(|note| Some(note.id.uuid()) == fact.id),
        FactKind::Progress => true,
        FactKind::Deadline => show_due_dates,
    };
    let sentences = sentences
        .into_iter()
        .filter(|sentence| sentence.facts.iter().all(shown))
        .collect();
    Ok(Some((row.published_at, sentences)))
}
