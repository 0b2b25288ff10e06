//! One project: its head, its notes, documents and suggestions.

use crate::{
    fmt::Day,
    gql::{
        self, Ask, Error, UserError, documents, settle,
        types::{
            ClientRef, DateTime, DocumentState, Hue, Money, NodeVersionInput, NoteKind, PageInfo, Person,
            ProjectStatus, SuggestionState,
        },
    },
    schema,
};

documents! {
    query HeadQuery(IdVariables);
    query OverviewQuery(IdVariables);
    query DocumentsQuery(PageVariables);
    query DocumentQuery(IdVariables);
    mutation NoteMutation(NoteVariables);
    mutation NoteDeleteMutation(NoteDeleteVariables);
}

#[derive(cynic::QueryVariables)]
struct IdVariables {
    id: cynic::Id,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "IdVariables")]
struct HeadQuery {
    #[arguments(id: $id)]
    project: Option<Project>,
}

/// What the frame of a project shows.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(crate) struct Project {
    pub(crate) id: cynic::Id,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) status: ProjectStatus,
    pub(crate) hue: Hue,
    pub(crate) client: Option<ClientRef>,
    pub(crate) start_date: Option<Day>,
    pub(crate) due_date: Option<Day>,
    pub(crate) budget: Option<Money>,
    pub(crate) budget_minutes: Option<i32>,
    pub(crate) hourly_rate: Option<Money>,
    pub(crate) deleted_at: Option<DateTime>,
    pub(crate) version: i32,
    pub(crate) progress: ProjectProgress,
    #[arguments(first: 1)]
    pub(crate) documents: Count,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "DocumentConnection")]
pub(crate) struct Count {
    pub(crate) total_count: i32,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(crate) struct ProjectProgress {
    pub(crate) total: i32,
    pub(crate) done: i32,
    pub(crate) overdue: i32,
    pub(crate) waiting_for_client: i32,
    pub(crate) unscheduled: i32,
    pub(crate) estimate_min_minutes: i32,
    pub(crate) estimate_max_minutes: i32,
    pub(crate) remaining_max_minutes: i32,
    pub(crate) unestimated: i32,
}

/// The head of one project.
pub(crate) async fn head(id: String) -> Result<Project, Error> {
    gql::run(HeadQuery::build(IdVariables {
        id: cynic::Id::new(id),
    }))
    .await?
    .project
    .ok_or(Error::NotFound)
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "IdVariables")]
struct OverviewQuery {
    #[arguments(id: $id)]
    project: Option<Overview>,
}

/// What the overview adds to the head.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Project")]
pub(crate) struct Overview {
    pub(crate) notes: Vec<Note>,
    #[arguments(first: 5)]
    pub(crate) documents: DocumentList,
    #[arguments(first: 5)]
    pub(crate) suggestions: SuggestionList,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "ProjectNote")]
pub(crate) struct Note {
    pub(crate) id: cynic::Id,
    pub(crate) kind: NoteKind,
    pub(crate) text: String,
    pub(crate) quote: Option<String>,
    pub(crate) source: Option<NoteSource>,
    pub(crate) resolved_at: Option<DateTime>,
    pub(crate) version: i32,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "SuggestionItem")]
pub(crate) struct NoteSource {
    pub(crate) suggestion: SuggestionId,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Suggestion")]
pub(crate) struct SuggestionId {
    pub(crate) id: cynic::Id,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "DocumentConnection")]
pub(crate) struct DocumentList {
    pub(crate) nodes: Vec<DocumentRow>,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Document")]
pub(crate) struct DocumentRow {
    pub(crate) id: cynic::Id,
    pub(crate) title: String,
    pub(crate) word_count: i32,
    pub(crate) language: Option<String>,
    pub(crate) created_by: Option<Person>,
    pub(crate) created_at: DateTime,
    pub(crate) state: DocumentState,
    pub(crate) file_name: Option<String>,
    pub(crate) media_type: Option<String>,
    pub(crate) size: Option<i32>,
    pub(crate) reason_message: Option<String>,
    pub(crate) download_path: Option<String>,
    pub(crate) version: i32,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "SuggestionConnection")]
pub(crate) struct SuggestionList {
    pub(crate) nodes: Vec<SuggestionRow>,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Suggestion")]
pub(crate) struct SuggestionRow {
    pub(crate) id: cynic::Id,
    pub(crate) state: SuggestionState,
    pub(crate) stale: bool,
    pub(crate) document: DocumentId,
    pub(crate) item_counts: Items,
    pub(crate) created_at: DateTime,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Document")]
pub(crate) struct DocumentId {
    pub(crate) id: cynic::Id,
    pub(crate) title: String,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "ItemCounts")]
pub(crate) struct Items {
    pub(crate) total: i32,
    pub(crate) open: i32,
    pub(crate) accepted: i32,
}

/// What the overview adds.
pub(crate) async fn overview(id: String) -> Result<Overview, Error> {
    gql::run(OverviewQuery::build(IdVariables {
        id: cynic::Id::new(id),
    }))
    .await?
    .project
    .ok_or(Error::NotFound)
}

#[derive(cynic::QueryVariables)]
struct PageVariables {
    id: cynic::Id,
    after: Option<String>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "PageVariables")]
struct DocumentsQuery {
    #[arguments(id: $id)]
    project: Option<Documents>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Project", variables = "PageVariables")]
struct Documents {
    #[arguments(first: 50, after: $after)]
    documents: DocumentPage,
    #[arguments(first: 100)]
    suggestions: SuggestionList,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "DocumentConnection")]
struct DocumentPage {
    nodes: Vec<DocumentRow>,
    page_info: PageInfo,
}

/// The documents of a project with what was suggested from them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Papers {
    pub(crate) documents: Vec<DocumentRow>,
    pub(crate) suggestions: Vec<SuggestionRow>,
    pub(crate) more: bool,
}

/// Documents, `pages` of 50, and the newest suggestions.
pub(crate) async fn documents(id: String, pages: usize) -> Result<Papers, Error> {
    let mut papers = Papers {
        documents: Vec::new(),
        suggestions: Vec::new(),
        more: true,
    };
    let mut after = None;
    for _ in 0..pages {
        let variables = PageVariables {
            id: cynic::Id::new(&id),
            after: after.take(),
        };
        let found = gql::run(DocumentsQuery::build(variables))
            .await?
            .project
            .ok_or(Error::NotFound)?;
        papers.suggestions = found.suggestions.nodes;
        papers.documents.extend(found.documents.nodes);
        papers.more = found.documents.page_info.has_next_page;
        if !papers.more {
            break;
        }
        after = found.documents.page_info.end_cursor;
    }
    Ok(papers)
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "IdVariables")]
struct DocumentQuery {
    #[arguments(id: $id)]
    document: Option<DocumentText>,
}

/// A document with its text.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Document")]
pub(crate) struct DocumentText {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) word_count: i32,
    pub(crate) created_at: DateTime,
    pub(crate) state: DocumentState,
    pub(crate) file_name: Option<String>,
    pub(crate) reason_message: Option<String>,
    pub(crate) download_path: Option<String>,
}

/// One document.
pub(crate) async fn document(id: String) -> Result<DocumentText, Error> {
    gql::run(DocumentQuery::build(IdVariables {
        id: cynic::Id::new(id),
    }))
    .await?
    .document
    .ok_or(Error::NotFound)
}

/// Changes to a note.
#[derive(cynic::InputObject, Clone, Debug)]
#[cynic(graphql_type = "ProjectNoteUpdateInput")]
pub(crate) struct NoteEdit {
    pub(crate) id: cynic::Id,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) expected_version: Option<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) resolved: Option<bool>,
}

#[derive(cynic::QueryVariables)]
struct NoteVariables {
    input: NoteEdit,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "NoteVariables")]
struct NoteMutation {
    #[arguments(input: $input)]
    project_note_update: NotePayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "ProjectNotePayload")]
struct NotePayload {
    project_note: Option<Note>,
    user_errors: Vec<UserError>,
}

/// Changes a note.
pub(crate) async fn note_update(input: NoteEdit) -> Result<Note, Error> {
    let payload = gql::run(NoteMutation::build(NoteVariables { input }))
        .await?
        .project_note_update;
    settle(payload.project_note, payload.user_errors)
}

#[derive(cynic::QueryVariables)]
struct NoteDeleteVariables {
    input: NodeVersionInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "NoteDeleteVariables")]
struct NoteDeleteMutation {
    #[arguments(input: $input)]
    project_note_delete: NoteDeletePayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "ProjectNoteDeletePayload")]
struct NoteDeletePayload {
    deleted_id: Option<cynic::Id>,
    user_errors: Vec<UserError>,
}

/// Deletes a note for good.
pub(crate) async fn note_delete(note: &Note) -> Result<(), Error> {
    let input = NodeVersionInput {
        id: note.id.clone(),
        expected_version: Some(note.version),
    };
    let payload = gql::run(NoteDeleteMutation::build(NoteDeleteVariables { input }))
        .await?
        .project_note_delete;
    settle(payload.deleted_id, payload.user_errors).map(|_| ())
}
