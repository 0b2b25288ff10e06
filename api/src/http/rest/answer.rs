//! The forms of answers: one thing, a thing just made, a page of a list, nothing. And problems, described.

use poem::{
    IntoResponse, Response,
    http::{HeaderValue, StatusCode, header},
};
use poem_openapi::{
    ApiResponse, Object,
    registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry},
    types::{ToJSON, Type},
};
use serde_json::{Value, json};
use smartstack_domain::Paged;

use super::{super::problem::Problem, caller::Here};

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

/// What a handler answers.
pub(super) type Answer<T> = Result<T, Refused>;

/// One thing as it is, with its version as the ETag where it has one.
pub(crate) struct One<T> {
    value: T,
    version: Option<i32>,
}

/// A thing that was made, with its address.
pub(crate) struct Made<T> {
    one: One<T>,
    location: String,
}

/// A page of a list.
pub(crate) struct Listed<T> {
    items: Vec<T>,
    /// Where the list goes on.
    next: Option<String>,
    link: Option<String>,
}

/// It is done, and there is nothing to show.
pub(crate) struct Done;

/// Any problem that reading or writing meets.
pub(crate) struct Refused(Problem);

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<Refused> for poem::Error {
    fn from(refused: Refused) -> Self {
        refused.0.into()
    }
}

impl<T> One<T> {
    /// A thing that has a version.
    pub(super) fn versioned(value: impl Into<T>, version: i32) -> Self {
        Self {
            value: value.into(),
            version: Some(version),
        }
    }

    /// A thing that has none.
    pub(super) fn plain(value: impl Into<T>) -> Self {
        Self {
            value: value.into(),
            version: None,
        }
    }

    /// The same thing, just made, below `collection` (for instance `clients`).
    pub(super) fn made(self, here: &Here, collection: &str, id: impl std::fmt::Display) -> Made<T> {
        Made {
            location: format!(
                "{}/workspaces/{}/{collection}/{id}",
                super::PREFIX,
                here.workspace()
            ),
            one: self,
        }
    }
}

impl<T> Listed<T> {
    /// All there is.
    pub(super) fn whole<N: Into<T>>(items: Vec<N>) -> Self {
        Self {
            items: items.into_iter().map(Into::into).collect(),
            next: None,
            link: None,
        }
    }

    /// A page the domain has read.
    pub(super) fn new<N: Into<T>>(here: &Here, page: Paged<N>) -> Self {
        Self::each(here, page, Into::into)
    }

    /// As [`new`](Self::new), where showing a thing takes more than the thing.
    pub(super) fn each<N>(here: &Here, page: Paged<N>, show: impl Fn(N) -> T) -> Self {
        let next = page
            .has_next
            .then(|| page.edges.last().map(|edge| edge.cursor.clone()))
            .flatten();
        let link = next.as_deref().map(|next| {
            let target = here.target();
            let asked: Vec<(String, String)> =
                serde_urlencoded::from_str(target.query().unwrap_or_default()).unwrap_or_default();
            let mut query: Vec<(&str, &str)> = asked
                .iter()
                .filter(|(name, _)| name != "after")
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            query.push(("after", next));
            let query = serde_urlencoded::to_string(query).unwrap_or_default();
            format!("<{}?{query}>; rel=\"next\"", target.path())
        });
        Self {
            items: page.edges.into_iter().map(|edge| show(edge.node)).collect(),
            next,
            link,
        }
    }
}

fn json(status: StatusCode, value: Option<Value>) -> Response {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, JSON)
        .header(header::CACHE_CONTROL, "private, no-store")
        .body(value.unwrap_or_default().to_string())
}

fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

impl<T: ToJSON> IntoResponse for One<T> {
    fn into_response(self) -> Response {
        let mut response = json(StatusCode::OK, self.value.to_json());
        if let Some(version) = self.version {
            set(&mut response, header::ETAG, &format!("\"{version}\""));
        }
        response
    }
}

impl<T: ToJSON> IntoResponse for Made<T> {
    fn into_response(self) -> Response {
        let mut response = self.one.into_response();
        response.set_status(StatusCode::CREATED);
        set(&mut response, header::LOCATION, &self.location);
        response
    }
}

impl<T: ToJSON> IntoResponse for Listed<T> {
    fn into_response(self) -> Response {
        let items: Vec<Value> = self.items.iter().filter_map(ToJSON::to_json).collect();
        let page = json!({ "hasNextPage": self.next.is_some(), "endCursor": self.next });
        let mut response = json(StatusCode::OK, Some(json!({ "items": items, "pageInfo": page })));
        if let Some(link) = &self.link {
            set(&mut response, header::LINK, link);
        }
        response
    }
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        Response::builder().status(StatusCode::NO_CONTENT).finish()
    }
}

/// Where a list goes on.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(super) struct PageInfo {
    /// Whether more follows.
    has_next_page: bool,
    /// Give it as `after` to read on; null where nothing follows. The header Link has the whole address.
    end_cursor: Option<String>,
}

/// What an error looks like (RFC 9457).
#[derive(Object)]
#[oai(rename = "Problem", rename_all = "camelCase")]
pub(super) struct ProblemBody {
    /// Always about:blank: the code tells problems apart.
    r#type: String,
    /// The status in words.
    title: String,
    /// The status.
    status: i32,
    /// What is wrong and what to do, for people.
    detail: String,
    /// What is wrong, for programs.
    code: super::choice::Choice<smartstack_schema::ErrorCode>,
    /// Quote it when asking for help.
    request_id: String,
    /// Which parts of the input were refused, where it was about those.
    errors: Option<Vec<ProblemField>>,
}

/// One part of the input that was refused.
#[derive(Object)]
pub(super) struct ProblemField {
    /// Which, as the caller wrote it, with dots between the parts of its path.
    field: String,
    /// What is wrong, for programs.
    code: super::choice::Choice<smartstack_schema::UserErrorCode>,
    /// What is wrong and what to do, for people.
    message: String,
}

fn header_of(name: &str, description: &str) -> MetaHeader {
    MetaHeader {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        required: false,
        deprecated: false,
        schema: String::schema_ref(),
    }
}

fn etag() -> MetaHeader {
    header_of(
        "ETag",
        "Its version, in quotes: send it as If-Match with a change.",
    )
}

pub(super) fn response(
    status: u16,
    description: &'static str,
    schema: Option<MetaSchemaRef>,
    headers: Vec<MetaHeader>,
) -> MetaResponse {
    let content_type = if status < 400 { JSON } else { PROBLEM };
    MetaResponse {
        description,
        status: Some(status),
        status_range: None,
        content: schema
            .map(|schema| MetaMediaType { content_type, schema })
            .into_iter()
            .collect(),
        headers,
    }
}

fn only(response: MetaResponse) -> MetaResponses {
    MetaResponses {
        responses: vec![response],
    }
}

impl<T: Type> ApiResponse for One<T> {
    fn meta() -> MetaResponses {
        only(response(
            200,
            "As it is now.",
            Some(T::schema_ref()),
            vec![etag()],
        ))
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Type> ApiResponse for Made<T> {
    fn meta() -> MetaResponses {
        let headers = vec![etag(), header_of("Location", "Where it is.")];
        let description = "It was made, or had been by the same request under the same Idempotency-Key.";
        only(response(201, description, Some(T::schema_ref()), headers))
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Type> ApiResponse for Listed<T> {
    fn meta() -> MetaResponses {
        let link = header_of(
            "Link",
            "The address of the next page (RFC 8288), where one follows.",
        );
        let schema = MetaSchemaRef::Reference(format!("{}List", T::name()));
        only(response(200, "A page of the list.", Some(schema), vec![link]))
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
        PageInfo::register(registry);
        registry.create_schema::<Self, _>(format!("{}List", T::name()), |_| {
            let items = MetaSchema {
                items: Some(Box::new(T::schema_ref())),
                description: Some("In the order that was asked for."),
                ..MetaSchema::new("array")
            };
            MetaSchema {
                description: Some("A page of a list."),
                required: vec!["items", "pageInfo"],
                properties: vec![
                    ("items", MetaSchemaRef::Inline(Box::new(items))),
                    ("pageInfo", PageInfo::schema_ref()),
                ],
                ..MetaSchema::new("object")
            }
        });
    }
}

impl ApiResponse for Done {
    fn meta() -> MetaResponses {
        only(response(204, "It is done.", None, Vec::new()))
    }

    fn register(_: &mut Registry) {}
}

/// Statuses of problems, with what they mean. `spec` leaves out those an operation cannot answer with.
const PROBLEMS: &[(u16, &str)] = &[
    (
        400,
        "The request cannot be understood; the answer names the parameter or field.",
    ),
    (401, "No valid token or session came with it."),
    (
        403,
        "The token lacks a scope, the role does not allow it, or a browser's request may be forged.",
    ),
    (404, "It does not exist, or not for the caller."),
    (408, "The body took too long to arrive."),
    (
        409,
        "It contradicts what is there: an Idempotency-Key that was used otherwise, or a state that does not allow it.",
    ),
    (412, "It is no longer of the version in If-Match."),
    (413, "The body is too large."),
    (415, "The body is of another media type."),
    (422, "Fields of the input were refused; each says why."),
    (
        429,
        "The budget for this minute is spent; Retry-After says for how many seconds.",
    ),
    (500, "A fault on our side; the request id finds it in the log."),
    (503, "Briefly unavailable; Retry-After says for how many seconds."),
];

impl ApiResponse for Refused {
    fn meta() -> MetaResponses {
        let responses = PROBLEMS.iter();
        MetaResponses {
            responses: responses
                .map(|(status, description)| {
                    response(*status, description, Some(ProblemBody::schema_ref()), Vec::new())
                })
                .collect(),
        }
    }

    fn register(registry: &mut Registry) {
        ProblemBody::register(registry);
    }
}
