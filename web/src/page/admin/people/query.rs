//! Accounts: reading them, and what administrators do to them.

use crate::{
    gql::{
        Ask, Error, UserError, documents, run, settle,
        types::{DateTime, Hue, PageInfo},
    },
    page::{admin::collect, clients::query::Listed},
    schema,
};

documents! {
    query ListQuery(ListVariables);
    mutation Disable(UserVariables);
    mutation Enable(UserVariables);
    mutation SignOut(UserVariables);
    mutation ResetSecondFactor(UserVariables);
    mutation Grant(UserVariables);
    mutation Revoke(UserVariables);
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(super) struct Account {
    pub(super) id: cynic::Id,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) hue: Hue,
    pub(super) is_administrator: bool,
    pub(super) disabled_at: Option<DateTime>,
    pub(super) second_factor_at: Option<DateTime>,
    pub(super) created_at: DateTime,
    pub(super) last_seen_at: Option<DateTime>,
    pub(super) session_count: i32,
    pub(super) workspace_count: i32,
}

#[derive(cynic::QueryVariables)]
struct ListVariables {
    after: Option<String>,
    search: Option<String>,
    disabled: Option<bool>,
    administrator: Option<bool>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "ListVariables")]
struct ListQuery {
    admin: Option<ListAdmin>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Administration", variables = "ListVariables")]
struct ListAdmin {
    #[arguments(first: 50, after: $after, filter: { search: $search, disabled: $disabled, administrator: $administrator })]
    users: AccountConnection,
}

#[derive(cynic::QueryFragment)]
struct AccountConnection {
    nodes: Vec<Account>,
    page_info: PageInfo,
}

/// Which accounts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wanted {
    pub(super) search: Option<String>,
    /// Disabled ones alone.
    pub(super) disabled: bool,
    /// Administrators alone.
    pub(super) administrator: bool,
    /// How many pages of 50.
    pub(super) pages: usize,
}

/// Accounts, newest first.
pub(super) async fn list(wanted: Wanted) -> Result<Listed<Account>, Error> {
    collect(wanted.pages, |after| {
        let variables = ListVariables {
            after,
            search: wanted.search.clone(),
            disabled: wanted.disabled.then_some(true),
            administrator: wanted.administrator.then_some(true),
        };
        async {
            let page = run(ListQuery::build(variables)).await?.admin;
            let page = page.ok_or(Error::NotFound)?.users;
            Ok((page.nodes, page.page_info))
        }
    })
    .await
}

#[derive(cynic::InputObject)]
struct AdminUserInput {
    id: cynic::Id,
}

#[derive(cynic::QueryVariables)]
struct UserVariables {
    input: AdminUserInput,
}

#[derive(cynic::QueryFragment)]
struct AdminUserPayload {
    user: Option<Account>,
    user_errors: Vec<UserError>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "UserVariables")]
struct Disable {
    #[arguments(input: $input)]
    admin_user_disable: AdminUserPayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "UserVariables")]
struct Enable {
    #[arguments(input: $input)]
    admin_user_enable: AdminUserPayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "UserVariables")]
struct SignOut {
    #[arguments(input: $input)]
    admin_user_sign_out: AdminUserPayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "UserVariables")]
struct ResetSecondFactor {
    #[arguments(input: $input)]
    admin_user_reset_second_factor: AdminUserPayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "UserVariables")]
struct Grant {
    #[arguments(input: $input)]
    admin_user_grant: AdminUserPayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "UserVariables")]
struct Revoke {
    #[arguments(input: $input)]
    admin_user_revoke: AdminUserPayload,
}

/// What can be done to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Disable,
    Enable,
    SignOut,
    ResetSecondFactor,
    Grant,
    Revoke,
}

/// Does it, and gives the account as it is then.
pub(super) async fn act(id: cynic::Id, deed: Deed) -> Result<Account, Error> {
    let variables = UserVariables {
        input: AdminUserInput { id },
    };
    let payload = match deed {
        Deed::Disable => run(Disable::build(variables)).await?.admin_user_disable,
        Deed::Enable => run(Enable::build(variables)).await?.admin_user_enable,
        Deed::SignOut => run(SignOut::build(variables)).await?.admin_user_sign_out,
        Deed::ResetSecondFactor => {
            run(ResetSecondFactor::build(variables))
                .await?
                .admin_user_reset_second_factor
        }
        Deed::Grant => run(Grant::build(variables)).await?.admin_user_grant,
        Deed::Revoke => run(Revoke::build(variables)).await?.admin_user_revoke,
    };
    settle(payload.user, payload.user_errors)
}
