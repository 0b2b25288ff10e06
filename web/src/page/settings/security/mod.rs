//! How the person signs in, and where they are signed in.

mod connected;
mod factor;
mod password;
mod sessions;

use dioxus::prelude::*;
use serde_json::Value;

use self::{connected::Connected, factor::FactorSection, password::PasswordSection, sessions::Sessions};
use crate::{
    account,
    app::use_title,
    gql::{Load, Query, use_fetch},
    route::Params,
    ui::prelude::*,
};

/// The account as its own interface tells of it.
pub(crate) fn use_account() -> Query<Value> {
    use_fetch((), &[], |()| account::get(""))
}

#[component]
pub(crate) fn SettingsSecurity(params: Params) -> Element {
    use_title("Security · Settings");
    let account = use_account();
    match account.load() {
        Load::Wait => rsx! { SkeletonRows { rows: 4 } },
        Load::Failed(error) => rsx! { Failed { error, retry: move |()| account.refetch() } },
        Load::Ready(now) => rsx! {
            PasswordSection { has_password: account::flag(&now, "hasPassword"), email: account::text(&now, "email") }
            FactorSection { account, now: (*now).clone() }
            Connected { account, now: (*now).clone(), came_back: params.clone() }
            Sessions {}
        },
    }
}
