//! What the worker proposes.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject, async_trait::async_trait};
use chrono::{DateTime, Utc};
use smartstack_domain::{DomainError, Page, Paged, WorkspaceTx, status, suggestion};
use smartstack_schema::TaskId;

use super::{
    connection::{List, connection},
    document::Document,
    enums::{Engine, FactKind, SuggestionState, UseCase},
    job::Job,
    project::Project,
    scalar::Long,
    suggestion_item::SuggestionItem,
};
use crate::graphql::{
    context::ContextExt,
    error::from_domain,
    loader::{DocumentKey, ItemCountsKey, JobKey, ProjectKey, SuggestionItemsKey},
    node,
};

/// A proposal.
pub struct Suggestion(pub suggestion::Suggestion);

/// What was read out of a document, for a person to decide about, item by item.
#[Object]
impl Suggestion {
    /// Unique over everything; begins with `sug_`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is meant to bring.
    async fn use_case(&self) -> UseCase {
        self.0.use_case.into()
    }

    /// How far it was decided about.
    async fn state(&self) -> SuggestionState {
        self.0.state.into()
    }

    /// Whether the document or project has changed under it since.
    async fn stale(&self) -> bool {
        self.0.stale
    }

    /// The text it was read out of.
    async fn document(&self, ctx: &Context<'_>) -> Result<Document> {
        Ok(Document(
            node::load_required(ctx, DocumentKey(self.0.workspace_id, self.0.document_id)).await?,
        ))
    }

    /// The project it is for.
    async fn project(&self, ctx: &Context<'_>) -> Result<Project> {
        Ok(
            node::load_required(ctx, ProjectKey(self.0.workspace_id, self.0.project_id))
                .await?
                .into(),
        )
    }

    /// The job that made it.
    async fn job(&self, ctx: &Context<'_>) -> Result<Job> {
        Ok(Job(node::load_required(
            ctx,
            JobKey(self.0.workspace_id, self.0.job_id),
        )
        .await?))
    }

    /// What it proposes, in the order of the text.
    async fn items(&self, ctx: &Context<'_>) -> Result<Vec<SuggestionItem>> {
        let items = node::load(ctx, SuggestionItemsKey(self.0.workspace_id, self.0.id)).await?;
        Ok(items
            .unwrap_or_default()
            .into_iter()
            .map(SuggestionItem)
            .collect())
    }

    /// How many items were decided about.
    async fn item_counts(&self, ctx: &Context<'_>) -> Result<ItemCounts> {
        let counts = node::load(ctx, ItemCountsKey(self.0.workspace_id, self.0.id))
            .await?
            .unwrap_or_default();
        Ok(ItemCounts {
            total: counts.total,
            open: counts.open,
            accepted: counts.accepted,
            rejected: counts.rejected,
        })
    }

    /// The draft of a reply, as it was proposed or as somebody has changed it since; null for other uses.
    async fn draft(&self) -> Option<&str> {
        self.0.draft.as_deref()
    }

    /// The sentences of an update for a client, as they were proposed or as somebody has changed them since; null
    /// for other uses.
    async fn sentences(&self) -> Option<Vec<Sentence>> {
        let sentences = self.0.sentences.as_ref()?;
        let number = |at: &usize| i32::try_from(at + 1).unwrap_or(i32::MAX);
        let sentence = |sentence: &status::Sentence| Sentence {
            text: sentence.text.clone(),
            facts: sentence.facts.iter().map(number).collect(),
        };
        Some(sentences.iter().map(sentence).collect())
    }

    /// What the sentences of an update rest on: what the share link showed when it was drafted; null for other uses.
    async fn facts(&self, ctx: &Context<'_>) -> Result<Option<Vec<Fact>>> {
        if self.0.sentences.is_none() {
            return Ok(None);
        }
        let tx = ctx.reader().workspace(self.0.workspace_id).await;
        let tx = tx.map_err(|error| from_domain(&error))?;
        let facts = status::facts(&tx, self.0.document_id).await;
        let facts = facts.map_err(|error| from_domain(&error))?;
        let fact = |(number, fact): (i32, status::Fact)| Fact {
            number,
            kind: fact.kind.into(),
            text: status::line(&fact),
            task: fact
                .id
                .filter(|_| fact.kind != smartstack_schema::FactKind::Question)
                .map(|id| TaskId::from(id).to_string().into()),
        };
        Ok(Some((1..).zip(facts).map(fact).collect()))
    }

    /// Since when the client of its link reads an update; null while nobody does.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at
    }

    /// How it came about.
    async fn provenance(&self) -> Provenance {
        let provenance = &self.0.provenance;
        Provenance {
            engine: provenance.engine.into(),
            model: provenance.model.clone(),
            prompt_version: provenance.prompt_version.clone(),
            input_hash: provenance.input_hash.clone(),
            language: provenance.language.clone(),
            duration_ms: provenance.duration_ms,
            input_tokens: provenance.input_tokens,
            output_tokens: provenance.output_tokens,
            cost_micro_usd: Long(provenance.cost_micro_usd),
        }
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it or one of its items last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts its changes, from 1; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// A sentence of an update for a client.
#[derive(SimpleObject)]
pub struct Sentence {
    /// What it says.
    text: String,
    /// Numbers of the facts it rests on; empty for what a person added.
    facts: Vec<i32>,
}

/// A row of a project as a share link showed it.
#[derive(SimpleObject)]
pub struct Fact {
    /// Its number, from 1.
    number: i32,
    /// What it says of the project.
    kind: FactKind,
    /// It in words.
    text: String,
    /// The id of the task it is about; null for what is about no task.
    task: Option<ID>,
}

/// How many items of a suggestion were decided about.
#[derive(SimpleObject)]
pub struct ItemCounts {
    /// All of them.
    pub total: i32,
    /// Not yet decided about.
    pub open: i32,
    /// Accepted.
    pub accepted: i32,
    /// Rejected.
    pub rejected: i32,
}

/// How a suggestion came about.
#[derive(SimpleObject)]
pub struct Provenance {
    /// What read the text.
    pub engine: Engine,
    /// The model, where one was asked.
    pub model: Option<String>,
    /// The version of the prompt, where a model was asked.
    pub prompt_version: Option<String>,
    /// SHA-256 over what was read, as hexadecimal digits.
    pub input_hash: String,
    /// The language the text was taken for, as an ISO 639-1 code.
    pub language: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: i32,
    /// Tokens the model read, out of its cache or not; 0 where none was asked.
    pub input_tokens: i32,
    /// Tokens the model wrote.
    pub output_tokens: i32,
    /// What was charged for it, in millionths of a US dollar.
    pub cost_micro_usd: Long,
}

/// Which suggestions to list. Conditions that are left out do not restrict.
#[derive(InputObject, Default)]
pub struct SuggestionFilter {
    /// In one of these states.
    pub state: Option<Vec<SuggestionState>>,
    /// For this project.
    pub project_id: Option<ID>,
    /// True for those with something left to decide, false for the others.
    pub waiting: Option<bool>,
}

/// A list of suggestions.
pub struct SuggestionList {
    /// Which ones.
    pub filter: suggestion::SuggestionFilter,
    page: Page,
}

impl SuggestionList {
    /// From the arguments of a connection.
    ///
    /// # Errors
    /// BAD_USER_INPUT where an id is not one.
    pub fn new(filter: Option<SuggestionFilter>, page: Page) -> Result<Self> {
        let filter = filter.unwrap_or_default();
        Ok(Self {
            filter: suggestion::SuggestionFilter {
                state: filter.state.map(|all| all.into_iter().map(Into::into).collect()),
                project_id: node::read_filter("projectId", filter.project_id.as_ref())?,
                waiting: filter.waiting,
            },
            page,
        })
    }
}

#[async_trait]
impl List for SuggestionList {
    type Node = suggestion::Suggestion;

    async fn page(&self, tx: &WorkspaceTx) -> Result<Paged<suggestion::Suggestion>, DomainError> {
        suggestion::list(tx, &self.filter, &self.page).await
    }

    async fn count(&self, tx: &WorkspaceTx) -> Result<i64, DomainError> {
        suggestion::count(tx, &self.filter).await
    }
}

connection!(SuggestionConnection, SuggestionEdge, Suggestion => Suggestion, suggestion::Suggestion, "suggestions");
