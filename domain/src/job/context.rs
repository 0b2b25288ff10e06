//! What a worker is told of a job it holds: its text, and as much of its project as its use case asks for.
//!
//! All of it is read under the role `smartstack_work`, which sees the job's workspace and no other.

use chrono::NaiveDate;
use sea_orm::{FromQueryResult, QueryResult};
use smartstack_schema::{ItemKind, JobId, Responsible, TaskId, UseCase};
use uuid::Uuid;

use crate::{
    ai::settings,
    db::WorkspaceTx,
    document::Document,
    entity::document,
    error::DomainError,
    status::{self, Fact},
    store,
};

/// Most open tasks that are read.
const TASKS_MAX: u32 = 500;
/// Most accepted items given as examples.
const EXAMPLES_MAX: u32 = 6;

/// What a job is about.
#[derive(Debug, Clone)]
pub struct JobContext {
    /// What for.
    pub use_case: UseCase,
    /// The text to read.
    pub document: Document,
    /// What the project is called.
    pub project_name: String,
    /// The person's calendar day, against which relative dates are read.
    pub today: NaiveDate,
    /// The model a person chose; the use case's own when `None`.
    pub model: Option<String>,
}

/// What a use case needs to be told beside the text; nothing else is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// What the client is called.
    pub client: bool,
    /// So many of the project's open tasks at most, and never more than 500.
    pub open_tasks: u32,
    /// So many accepted items as examples at most, and never more than 6.
    pub examples: u32,
    /// So many drafts of the same use case as examples at most, and never more than 6.
    pub drafts: u32,
    /// What the newest review of the same text decided.
    pub review: bool,
    /// The facts of a record.
    pub facts: bool,
}

/// What was wanted and is there.
#[derive(Debug, Clone)]
pub struct Material {
    /// What the client is called.
    pub client_name: Option<String>,
    /// The project's open tasks, newest first: what need not be proposed again.
    pub open_tasks: Vec<OpenTask>,
    /// What the workspace accepted before, newest first: examples of what is wanted. Empty unless its owner
    /// lets them be shown.
    pub examples: Vec<Example>,
    /// What was accepted of the newest review of the same text, and its questions that nobody rejected, in the
    /// order of the text. At most 100.
    pub review: Vec<Reviewed>,
    /// The facts of the job's document, where that is a record: what a share link showed.
    pub facts: Vec<Fact>,
}

/// What a person accepted of a text, or a question it leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewed {
    /// What it is.
    pub kind: ItemKind,
    /// What it says.
    pub title: String,
    /// The day it is due.
    pub due: Option<NaiveDate>,
    /// Who is to do it.
    pub responsible: Responsible,
}

/// Something of an earlier job that a person made theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Example {
    /// What was proposed from a passage, as a person accepted it.
    Item {
        /// The passage.
        quote: String,
        /// What it became.
        title: String,
    },
    /// A reply that a person changed, or an update that they published.
    Draft(String),
}

/// A task that is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTask {
    /// Its id.
    pub id: TaskId,
    /// What to do.
    pub title: String,
}

/// What the job is about.
///
/// # Errors
/// [`DomainError::NotFound`] when the job is gone, or its project is.
pub async fn context(tx: &WorkspaceTx, id: JobId) -> Result<JobContext, DomainError> {
    #[derive(FromQueryResult)]
    struct Row {
        use_case: String,
        today: NaiveDate,
        model: Option<String>,
        document_id: Uuid,
        project_name: String,
    }
    let rows: Vec<Row> = store::rows(
        tx,
        "SELECT j.use_case, j.today, j.model, j.document_id, p.name AS project_name
         FROM jobs j JOIN projects p ON p.workspace_id = j.workspace_id AND p.id = j.project_id
         WHERE j.workspace_id = $1 AND j.id = $2 AND p.deleted_at IS NULL",
        [store::workspace(tx).into(), id.uuid().into()],
    )
    .await?;
    let row = rows.into_iter().next().ok_or(DomainError::NotFound)?;
    let documents: Vec<document::Model> = store::rows(
        tx,
        "SELECT * FROM documents WHERE workspace_id = $1 AND id = $2",
        [store::workspace(tx).into(), row.document_id.into()],
    )
    .await?;
    Ok(JobContext {
        use_case: store::parse(&row.use_case)?,
        document: documents
            .into_iter()
            .next()
            .ok_or(DomainError::NotFound)?
            .try_into()?,
        project_name: row.project_name,
        today: row.today,
        model: row.model,
    })
}

/// What else of the job's project its use case wants to be told.
///
/// # Errors
/// Store errors alone; of a job that is gone there is nothing to tell.
pub async fn material(tx: &WorkspaceTx, id: JobId, wanted: Wanted) -> Result<Material, DomainError> {
    Ok(Material {
        client_name: if wanted.client {
            client(tx, id).await?
        } else {
            None
        },
        open_tasks: open_tasks(tx, id, wanted.open_tasks.min(TASKS_MAX)).await?,
        examples: if settings::get(tx).await?.use_examples {
            let mut examples = items(tx, id, wanted.examples.min(EXAMPLES_MAX)).await?;
            examples.extend(drafts(tx, id, wanted.drafts.min(EXAMPLES_MAX)).await?);
            examples
        } else {
            Vec::new()
        },
        review: if wanted.review {
            review(tx, id).await?
        } else {
            Vec::new()
        },
        facts: if wanted.facts {
            facts(tx, id).await?
        } else {
            Vec::new()
        },
    })
}

async fn facts(tx: &WorkspaceTx, job: JobId) -> Result<Vec<Fact>, DomainError> {
    let rows = store::query(
        tx,
        "SELECT document_id FROM jobs WHERE workspace_id = $1 AND id = $2",
        [store::workspace(tx).into(), job.uuid().into()],
    )
    .await?;
    let document: Uuid = rows
        .first()
        .ok_or(DomainError::NotFound)?
        .try_get("", "document_id")?;
    status::facts(tx, document.into()).await
}

/// The newest suggestion with items that was made from the job's document. One that somebody put aside is none.
async fn review(tx: &WorkspaceTx, job: JobId) -> Result<Vec<Reviewed>, DomainError> {
    #[derive(FromQueryResult)]
    struct Row {
        kind: String,
        title: String,
        due_date: Option<NaiveDate>,
        responsible: String,
    }
    let rows: Vec<Row> = store::rows(
        tx,
        "SELECT i.kind, i.title, i.due_date, i.responsible FROM suggestion_items i
         WHERE i.workspace_id = $1 AND i.suggestion_id = (
             SELECT s.id FROM jobs j
             JOIN suggestions s ON s.workspace_id = j.workspace_id AND s.document_id = j.document_id
             WHERE j.workspace_id = $1 AND j.id = $2 AND s.state <> 'DISMISSED' AND s.use_case IN ('PLAN', 'NOTES')
             ORDER BY s.id DESC LIMIT 1)
           AND (i.state = 'ACCEPTED' OR (i.state = 'OPEN' AND i.kind = 'QUESTION'))
         ORDER BY i.ordinal LIMIT 100",
        [store::workspace(tx).into(), job.uuid().into()],
    )
    .await?;
    let item = |row: Row| -> Result<Reviewed, DomainError> {
        Ok(Reviewed {
            kind: store::parse(&row.kind)?,
            title: row.title,
            due: row.due_date,
            responsible: store::parse(&row.responsible)?,
        })
    };
    rows.into_iter().map(item).collect()
}

async fn client(tx: &WorkspaceTx, job: JobId) -> Result<Option<String>, DomainError> {
    let rows = store::query(
        tx,
        "SELECT c.name FROM jobs j
         JOIN projects p ON p.workspace_id = j.workspace_id AND p.id = j.project_id
         JOIN clients c ON c.workspace_id = p.workspace_id AND c.id = p.client_id
         WHERE j.workspace_id = $1 AND j.id = $2",
        [store::workspace(tx).into(), job.uuid().into()],
    )
    .await?;
    Ok(rows.first().map(|row| row.try_get("", "name")).transpose()?)
}

async fn open_tasks(tx: &WorkspaceTx, job: JobId, most: u32) -> Result<Vec<OpenTask>, DomainError> {
    if most == 0 {
        return Ok(Vec::new());
    }
    let rows = store::query(
        tx,
        "SELECT t.id, t.title FROM jobs j
         JOIN tasks t ON t.workspace_id = j.workspace_id AND t.project_id = j.project_id
         WHERE j.workspace_id = $1 AND j.id = $2 AND t.deleted_at IS NULL AND t.status <> 'DONE'
         ORDER BY t.id DESC LIMIT $3",
        [
            store::workspace(tx).into(),
            job.uuid().into(),
            i64::from(most).into(),
        ],
    )
    .await?;
    let task = |row: &QueryResult| -> Result<OpenTask, DomainError> {
        Ok(OpenTask {
            id: row.try_get::<Uuid>("", "id")?.into(),
            title: row.try_get("", "title")?,
        })
    };
    rows.iter().map(task).collect()
}

/// What the workspace accepted before. Not out of the same text: the model would be given the answer.
async fn items(tx: &WorkspaceTx, job: JobId, most: u32) -> Result<Vec<Example>, DomainError> {
    if most == 0 {
        return Ok(Vec::new());
    }
    let rows = store::query(
        tx,
        "SELECT i.quote, i.title FROM suggestion_items i
         JOIN suggestions s ON s.workspace_id = i.workspace_id AND s.id = i.suggestion_id
         JOIN projects p ON p.workspace_id = s.workspace_id AND p.id = s.project_id
         WHERE i.workspace_id = $1 AND i.state = 'ACCEPTED' AND i.kind = 'TASK'
           AND s.document_id <> (SELECT j.document_id FROM jobs j WHERE j.workspace_id = $1 AND j.id = $2)
           AND char_length(i.quote) <= 300 AND p.deleted_at IS NULL
         ORDER BY i.decided_at DESC, i.id LIMIT $3",
        [
            store::workspace(tx).into(),
            job.uuid().into(),
            i64::from(most).into(),
        ],
    )
    .await?;
    let example = |row: &QueryResult| -> Result<Example, DomainError> {
        Ok(Example::Item {
            quote: row.try_get("", "quote")?,
            title: row.try_get("", "title")?,
        })
    };
    rows.iter().map(example).collect()
}

/// The same for a job that drafts: replies that somebody made theirs, or updates that were published.
async fn drafts(tx: &WorkspaceTx, job: JobId, most: u32) -> Result<Vec<Example>, DomainError> {
    if most == 0 {
        return Ok(Vec::new());
    }
    let rows = store::query(
        tx,
        "SELECT coalesce(s.draft, (SELECT string_agg(one ->> 'text', ' ') FROM jsonb_array_elements(s.published) one))
             AS draft
         FROM jobs j
         JOIN suggestions s ON s.workspace_id = j.workspace_id AND s.use_case = j.use_case
           AND s.document_id <> j.document_id
         JOIN projects p ON p.workspace_id = s.workspace_id AND p.id = s.project_id AND p.deleted_at IS NULL
         WHERE j.workspace_id = $1 AND j.id = $2
           AND ((s.use_case = 'REPLY' AND s.draft_change > 0) OR (s.use_case = 'STATUS' AND s.published_at IS NOT NULL))
         ORDER BY s.updated_at DESC, s.id LIMIT $3",
        [
            store::workspace(tx).into(),
            job.uuid().into(),
            i64::from(most).into(),
        ],
    )
    .await?;
    let drafts = rows.iter().map(|row| row.try_get::<Option<String>>("", "draft"));
    let drafts: Vec<Option<String>> = drafts.collect::<Result<_, _>>()?;
    Ok(drafts.into_iter().flatten().map(Example::Draft).collect())
}
