//! Documents: texts and files.

use chrono::{DateTime, NaiveDate, Utc};
use poem::Request;
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Header, Path, Query},
    payload::{Binary, Payload},
    registry::{MetaMediaType, MetaResponse, MetaResponses, Registry},
};
use smartstack_domain::{
    document::{self, media::MediaType},
    plan::PlanProject,
    upload,
};
use smartstack_schema::{
    DocumentId, DocumentKind, DocumentState, ProjectId, TokenScope, UnreadableReason, UseCase,
};
use tokio::sync::Semaphore;

use super::{
    super::problem::Problem,
    answer::{Answer, Done, Listed, Made, One},
    body::Ids,
    caller::{Caller, ReadDocuments, WriteDocuments, id, made, version},
    choice::Choice,
    file::{self, FileBody, Octets},
};

/// Files held in memory at a time by one process: 160 MiB of them at most.
const AT_ONCE: usize = 16;
/// What a file costs of its sender's budget: some 100 files a minute.
const UPLOAD_COST: u64 = 6_000;

/// A text that was pasted, or read out of a file.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(crate) struct Document {
    /// Unique over everything; begins with `document_`.
    id: String,
    /// The project it belongs to.
    project_id: String,
    /// What it is called.
    title: String,
    /// Whether it was pasted or uploaded.
    kind: Choice<DocumentKind>,
    /// Whether its text is there.
    state: Choice<DocumentState>,
    /// Why there is no text to be had from its file.
    unreadable_reason: Option<Choice<UnreadableReason>>,
    /// What its file is called; null for a pasted text.
    file_name: Option<String>,
    /// What kind of file it is.
    media_type: Option<String>,
    /// The file's size, in bytes.
    size: Option<i32>,
    /// BCP 47 code of its main language, once a job has read it.
    language: Option<String>,
    /// Number of words of its text.
    word_count: i32,
    /// When it was pasted or uploaded.
    created_at: DateTime<Utc>,
    /// Since when it is deleted; it can be restored for 30 days.
    deleted_at: Option<DateTime<Utc>>,
    /// Counts its changes, from 1; the same as the ETag.
    version: i32,
}

impl From<document::Document> for Document {
    fn from(document: document::Document) -> Self {
        let file = document.file;
        Self {
            id: document.id.to_string(),
            project_id: document.project_id.to_string(),
            title: document.title,
            kind: document.kind.into(),
            state: document.state.into(),
            unreadable_reason: document.unreadable_reason.map(Into::into),
            media_type: file.as_ref().map(|file| file.media_type.as_str().to_owned()),
            size: file.as_ref().map(|file| file.bytes),
            file_name: file.map(|file| file.name),
            language: document.language,
            word_count: document.word_count,
            created_at: document.created_at,
            deleted_at: document.deleted_at,
            version: document.version,
        }
    }
}

/// A document with its text.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(crate) struct DocumentText {
    /// The document.
    document: Document,
    /// Its text, as pasted or read; empty while there is none.
    text: String,
}

/// A file that was kept, and what was asked of it.
#[derive(Object)]
pub(crate) struct Upload {
    /// The document; its text is still to be read.
    document: Document,
    /// The job that was asked for by useCase; its state is at `…/jobs/{job}`.
    job: Option<UploadJob>,
}

/// A job that was started with an upload.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(crate) struct UploadJob {
    /// Begins with `job_`.
    id: String,
    /// Where it stands.
    state: Choice<smartstack_schema::JobState>,
    /// What is to be made of the document.
    use_case: Choice<UseCase>,
}

/// A file as an answer.
pub(crate) struct FileAnswer(poem::Response);

impl poem::IntoResponse for FileAnswer {
    fn into_response(self) -> poem::Response {
        self.0
    }
}

impl ApiResponse for FileAnswer {
    fn meta() -> MetaResponses {
        let file = |status, description| MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content: MediaType::ALL
                .iter()
                .map(|kind| MetaMediaType {
                    content_type: kind.as_str(),
                    schema: <Binary<Vec<u8>> as Payload>::schema_ref(),
                })
                .collect(),
            headers: Vec::new(),
        };
        MetaResponses {
            responses: vec![
                file(200, "The file, as an attachment."),
                file(206, "The part of it that Range asks for."),
                super::answer::response(
                    416,
                    "No byte of the file is in the range; Content-Range says its size.",
                    None,
                    Vec::new(),
                ),
            ],
        }
    }

    fn register(_: &mut Registry) {}
}

/// The operations on documents.
pub(super) struct Documents {
    places: Semaphore,
}

impl Documents {
    pub(super) fn new() -> Self {
        Self {
            places: Semaphore::new(AT_ONCE),
        }
    }
}

#[OpenApi(tag = "super::Tag::Documents")]
impl Documents {
    /// List a project's documents
    ///
    /// Page by page, newest first.
    #[oai(
        path = "/workspaces/:workspace/documents",
        method = "get",
        operation_id = "documentList"
    )]
    async fn list(
        &self,
        caller: Caller<ReadDocuments>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The project.
        #[oai(name = "projectId")]
        project_id: Query<String>,
        /// At most this many, 0 to 100; 20 when left out.
        #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
        first: Query<Option<i32>>,
        /// Only what follows this cursor: `endCursor` of the page before.
        after: Query<Option<String>>,
    ) -> Answer<Listed<Document>> {
        let here = caller.enter(&workspace)?;
        let Some(project): Option<ProjectId> = super::body::filter("projectId", Some(&project_id))? else {
            return Err(Problem::not_found().into());
        };
        let page = here.page(first.0, after.0).await?;
        let found = here
            .read(move |tx| Box::pin(async move { document::list(tx, project, &page).await }))
            .await?;
        Ok(Listed::new(&here, found))
    }

    /// Upload a file
    ///
    /// The body is the file, up to 10 MiB: plain text, Markdown, mail, HTML, PDF or Word. What it is called and
    /// where it belongs stands in the query: give projectId or newProjectName. With useCase a job is started for
    /// it, which takes `jobs:write` as well; a new project takes `projects:write`, a new client `clients:write`.
    #[allow(clippy::too_many_arguments, reason = "the parameters of an upload")]
    #[oai(
        path = "/workspaces/:workspace/documents",
        method = "post",
        operation_id = "documentUpload"
    )]
    async fn upload(
        &self,
        caller: Caller<WriteDocuments>,
        /// The workspace's id.
        workspace: Path<String>,
        /// What its owner calls it.
        #[oai(name = "fileName")]
        file_name: Query<String>,
        /// What to call the document; made of the file's name when left out.
        title: Query<Option<String>>,
        /// The project it is for.
        #[oai(name = "projectId")]
        project_id: Query<Option<String>>,
        /// A project to be made for it.
        #[oai(name = "newProjectName")]
        new_project_name: Query<Option<String>>,
        /// For whom the new project is.
        #[oai(name = "clientId")]
        client_id: Query<Option<String>>,
        /// A client to be made for the new project.
        #[oai(name = "newClientName")]
        new_client_name: Query<Option<String>>,
        /// What to make of it at once; it is only kept when left out.
        #[oai(name = "useCase")]
        use_case: Query<Option<Choice<UseCase>>>,
        /// The person's calendar day, against which relative dates are read; today in UTC when left out.
        today: Query<Option<NaiveDate>>,
        /// The same as the header Idempotency-Key, for where no header can be set.
        #[oai(name = "idempotencyKey")]
        key_in_query: Query<Option<String>>,
        /// Makes it safe to send the request again, for 24 hours.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        request: &Request,
        /// The file.
        body: FileBody<Octets>,
    ) -> Answer<Made<Upload>> {
        let mut needed = Vec::new();
        if use_case.is_some() {
            needed.push(TokenScope::JobsWrite);
        }
        if new_project_name.is_some() {
            needed.push(TokenScope::ProjectsWrite);
        }
        if new_client_name.is_some() {
            needed.push(TokenScope::ClientsWrite);
        }
        caller.allow(&needed)?;
        let here = caller.enter(&workspace)?;
        here.may_write()?;
        caller.spend(UPLOAD_COST).await?;
        let mut ids = Ids::default();
        let project_id = ids.optional("projectId", project_id.as_deref());
        let client_id = ids.optional("clientId", client_id.as_deref());
        ids.finish()?;
        let app = here.app();
        let _place = self.places.acquire().await.map_err(|_| Problem::unavailable())?;
        let file = upload::Upload {
            bytes: file::read(request.headers(), body.bytes).await?,
            file_name: file_name.0,
            title: title.0,
            project_id,
            new_project: new_project_name.0.map(|name| PlanProject {
                name,
                client_id,
                new_client_name: new_client_name.0,
            }),
            use_case: use_case.0.map(|use_case| use_case.0),
            today: today.0,
            idempotency_key: key.0.or(key_in_query.0),
        };
        let kept = upload::receive(&app.db, &app.blobs, here.scope(), file).await;
        let kept = kept.map_err(|error| made(&error))?;
        let (id, version) = (kept.document.id, kept.document.version);
        let job = kept.job.map(|job| UploadJob {
            id: job.id.to_string(),
            state: job.state.into(),
            use_case: job.use_case.into(),
        });
        let upload = Upload {
            document: kept.document.into(),
            job,
        };
        Ok(One::versioned(upload, version).made(&here, "documents", id))
    }

    /// Read a document
    ///
    /// With its text; also a deleted one, as long as it can be restored.
    #[oai(
        path = "/workspaces/:workspace/documents/:document",
        method = "get",
        operation_id = "documentGet"
    )]
    async fn get(
        &self,
        caller: Caller<ReadDocuments>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The document's id.
        document: Path<String>,
    ) -> Answer<One<DocumentText>> {
        let here = caller.enter(&workspace)?;
        let id: DocumentId = id(&document)?;
        let mut found = here
            .read(move |tx| Box::pin(async move { document::get(tx, id).await }))
            .await?;
        let (text, version) = (std::mem::take(&mut found.text), found.version);
        let document = found.into();
        Ok(One::versioned(DocumentText { document, text }, version))
    }

    /// Download a document's file
    ///
    /// Whole, or the part that the header Range asks for (RFC 9110).
    #[oai(
        path = "/workspaces/:workspace/documents/:document/file",
        method = "get",
        operation_id = "documentFile"
    )]
    async fn file(
        &self,
        caller: Caller<ReadDocuments>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The document's id.
        document: Path<String>,
        /// One range of bytes, for instance `bytes=0-1023`. What cannot be understood is as if nothing were asked.
        #[oai(name = "Range")]
        _range: Header<Option<String>>,
        request: &Request,
    ) -> Answer<FileAnswer> {
        let here = caller.enter(&workspace)?;
        let id: DocumentId = id(&document)?;
        let found = here
            .read(move |tx| Box::pin(async move { document::get(tx, id).await }))
            .await?;
        match found.file {
            Some(file) if found.deleted_at.is_none() => {
                let sent = file::send(here.app(), &file, request.headers()).await?;
                Ok(FileAnswer(sent))
            }
            _ => Err(Problem::not_found().into()),
        }
    }

    /// Delete a document
    ///
    /// It can be restored for 30 days. Then its file and what was suggested from it are gone; what became work
    /// stays.
    #[oai(
        path = "/workspaces/:workspace/documents/:document",
        method = "delete",
        operation_id = "documentDelete"
    )]
    async fn delete(
        &self,
        caller: Caller<WriteDocuments>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The document's id.
        document: Path<String>,
        /// The ETag it was read with; refused if it has changed since. Left out: the last write wins, on purpose.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Answer<Done> {
        let here = caller.enter(&workspace)?;
        let (id, expected): (DocumentId, _) = (id(&document)?, version(if_match.as_deref())?);
        here.change(move |tx| Box::pin(async move { document::delete(tx, id, expected).await }))
            .await?;
        Ok(Done)
    }

    /// Restore a document
    #[oai(
        path = "/workspaces/:workspace/documents/:document/restore",
        method = "post",
        operation_id = "documentRestore"
    )]
    async fn restore(
        &self,
        caller: Caller<WriteDocuments>,
        /// The workspace's id.
        workspace: Path<String>,
        /// The document's id.
        document: Path<String>,
    ) -> Answer<One<Document>> {
        let here = caller.enter(&workspace)?;
        let id: DocumentId = id(&document)?;
        let changed = here
            .change(move |tx| Box::pin(async move { document::restore(tx, id, None).await }))
            .await?;
        let version = changed.version;
        Ok(One::versioned(changed, version))
    }
}
