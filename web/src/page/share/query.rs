//! What the share dialog reads and writes.

use crate::{
    gql::{
        Ask, Error, UserError, documents, run, settle,
        types::{DateTime, Maybe, NodeVersionInput, Person},
    },
    page::review::query::{
        NodeVersionVariables, NodeVersionVariablesFields, OneVariables, OneVariablesFields,
    },
    schema,
};

documents! {
    query LinksQuery(OneVariables);
    mutation CreateLink(CreateVariables);
    mutation UpdateLink(UpdateVariables);
    mutation RevokeLink(NodeVersionVariables);
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Query", variables = "OneVariables")]
pub(crate) struct LinksQuery {
    #[arguments(id: $id)]
    pub(crate) project: Option<LinksProject>,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Project")]
pub(crate) struct LinksProject {
    #[arguments(first: 100)]
    pub(crate) share_links: Links,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "ShareLinkConnection")]
pub(crate) struct Links {
    pub(crate) nodes: Vec<ShareLink>,
}

#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub(crate) struct ShareLink {
    pub(crate) id: cynic::Id,
    pub(crate) label: String,
    pub(crate) url: Option<String>,
    pub(crate) show_tasks: bool,
    pub(crate) show_estimates: bool,
    pub(crate) show_due_dates: bool,
    pub(crate) show_notes: bool,
    pub(crate) has_password: bool,
    pub(crate) expires_at: Option<DateTime>,
    pub(crate) revoked_at: Option<DateTime>,
    pub(crate) created_by: Option<Person>,
    pub(crate) created_at: DateTime,
    pub(crate) version: i32,
}

#[derive(cynic::InputObject, Debug, Clone)]
pub(crate) struct ShareLinkCreateInput {
    pub(crate) project_id: cynic::Id,
    pub(crate) label: Option<String>,
    pub(crate) show_tasks: Option<bool>,
    pub(crate) show_estimates: Option<bool>,
    pub(crate) show_due_dates: Option<bool>,
    pub(crate) show_notes: Option<bool>,
    pub(crate) password: Option<String>,
    pub(crate) expires_at: Option<DateTime>,
    pub(crate) idempotency_key: Option<String>,
}

#[derive(cynic::InputObject, Debug, Clone)]
pub(crate) struct ShareLinkUpdateInput {
    pub(crate) id: cynic::Id,
    pub(crate) expected_version: Option<i32>,
    pub(crate) label: Option<String>,
    pub(crate) show_tasks: Option<bool>,
    pub(crate) show_estimates: Option<bool>,
    pub(crate) show_due_dates: Option<bool>,
    pub(crate) show_notes: Option<bool>,
    #[cynic(skip_serializing_if = "Maybe::keeps")]
    pub(crate) password: Maybe<String>,
    /// `null` lifts the expiry.
    pub(crate) expires_at: Option<DateTime>,
}

#[derive(cynic::QueryVariables, Debug, Clone)]
pub(crate) struct CreateVariables {
    pub(crate) input: ShareLinkCreateInput,
}

#[derive(cynic::QueryVariables, Debug, Clone)]
pub(crate) struct UpdateVariables {
    pub(crate) input: ShareLinkUpdateInput,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Mutation", variables = "CreateVariables")]
pub(crate) struct CreateLink {
    #[arguments(input: $input)]
    pub(crate) share_link_create: LinkPayload,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Mutation", variables = "UpdateVariables")]
pub(crate) struct UpdateLink {
    #[arguments(input: $input)]
    pub(crate) share_link_update: LinkPayload,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Mutation", variables = "NodeVersionVariables")]
pub(crate) struct RevokeLink {
    #[arguments(input: $input)]
    pub(crate) share_link_revoke: LinkPayload,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "ShareLinkPayload")]
pub(crate) struct LinkPayload {
    pub(crate) share_link: Option<ShareLink>,
    pub(crate) user_errors: Vec<UserError>,
}

impl LinkPayload {
    fn settle(self) -> Result<ShareLink, Error> {
        settle(self.share_link, self.user_errors)
    }
}

/// The links of a project, the newest first.
pub(crate) async fn links(project: String) -> Result<Vec<ShareLink>, Error> {
    let answer = run(LinksQuery::build(OneVariables { id: project.into() })).await?;
    let mut links = answer.project.ok_or(Error::NotFound)?.share_links.nodes;
    links.sort_by(|a, b| b.created_at.0.cmp(&a.created_at.0));
    Ok(links)
}

/// Makes a link.
pub(crate) async fn create(input: ShareLinkCreateInput) -> Result<ShareLink, Error> {
    run(CreateLink::build(CreateVariables { input }))
        .await?
        .share_link_create
        .settle()
}

/// Changes what a link shows.
pub(crate) async fn update(input: ShareLinkUpdateInput) -> Result<ShareLink, Error> {
    run(UpdateLink::build(UpdateVariables { input }))
        .await?
        .share_link_update
        .settle()
}

/// Ends a link for good.
pub(crate) async fn revoke(id: String) -> Result<ShareLink, Error> {
    let input = NodeVersionInput {
        id: id.into(),
        expected_version: None,
    };
    run(RevokeLink::build(NodeVersionVariables { input }))
        .await?
        .share_link_revoke
        .settle()
}
