//! Everyone's accounts: finding them, keeping people out, signing them out, making administrators.

mod query;

use dioxus::prelude::*;

use self::query::{Account, Deed, Wanted};
use crate::{
    app::use_title,
    fmt::intl,
    gql::{Load, Query, use_fetch},
    page::clients::query::Listed,
    route::{Params, Route},
    session,
    shortcut::use_rows,
    ui::prelude::*,
};

#[component]
pub(crate) fn AdminPeople(params: Params) -> Element {
    use_title("People · Administration");
    let navigator = use_navigator();
    let search = params.get("search").map(ToOwned::to_owned);
    let (disabled, administrator) = (
        params.get("disabled").is_some(),
        params.get("administrators").is_some(),
    );
    let mut pages = use_signal(|| 1_usize);
    let wanted = Wanted {
        search: search.clone(),
        disabled,
        administrator,
        pages: pages(),
    };
    let people = use_fetch(wanted, &[], query::list);
    let asking = use_signal(|| None::<(Account, Deed)>);
    let to = move |name: &'static str, value: &str| {
        navigator.replace(Route::AdminPeople {
            params: params.with(name, value),
        });
    };
    let (find, some, others) = (to.clone(), to.clone(), to);
    use_rows(".table tbody tr");
    rsx! {
        div { class: "toolbar", role: "toolbar", aria_label: "Filters",
            SearchBox { label: "Name or address", value: search.clone().unwrap_or_default(), onchange: move |text: String| find("search", &text) }
            Chip { set: administrator, icon: Glyph::Shield, onclick: move |_| some("administrators", if administrator { "" } else { "1" }), "Administrators" }
            Chip { set: disabled, icon: Glyph::Ban, onclick: move |_| others("disabled", if disabled { "" } else { "1" }), "Disabled" }
        }
        match people.load() {
            Load::Wait => rsx! { div { class: "page", SkeletonRows {} } },
            Load::Failed(error) => rsx! { Failed { error, title: "The accounts did not load", retry: move |()| people.refetch() } },
            Load::Ready(list) if list.nodes.is_empty() => rsx! {
                Empty { glyph: Glyph::Search, title: "Nobody matches", text: "No account fits these filters.",
                    LinkBtn { to: Route::AdminPeople { params: Params::default() }, "Show everybody" }
                }
            },
            Load::Ready(list) => rsx! {
                PeopleTable { list: (*list).clone(), people, asking }
                if list.more { div { class: "more", Btn { onclick: move |_| pages += 1, "Show more" } } }
            },
        }
        if let Some((account, deed)) = asking() { Asking { account, deed, people, asking } }
    }
}

#[component]
fn PeopleTable(
    list: Listed<Account>,
    people: Query<Listed<Account>>,
    asking: Signal<Option<(Account, Deed)>>,
) -> Element {
    let me = session::viewer().map(|viewer| viewer.user.id.clone());
    rsx! {
        div { class: "table-wrap", tabindex: "0", role: "region", aria_label: "Accounts",
            table { class: "table ad-table", "data-stack": "",
                colgroup { col { class: "c-title" } col { class: "c-two" } col { class: "c-num" } col { class: "c-num not-narrow" } col { class: "c-date" } col { class: "c-date not-narrow" } col { class: "c-sm" } }
                thead {
                    tr {
                        th { scope: "col", "Name" }
                        th { scope: "col", span { class: "sr", "State" } }
                        th { scope: "col", class: "r", "Sessions" }
                        th { scope: "col", class: "r not-narrow", "Workspaces" }
                        th { scope: "col", "Last seen" }
                        th { scope: "col", class: "not-narrow", "Since" }
                        th { scope: "col", span { class: "sr", "What to do" } }
                    }
                }
                tbody {
                    for account in list.nodes {
                        Row { key: "{account.id.inner()}", me: me.as_ref() == Some(&account.id), account, people, asking }
                    }
                }
            }
        }
    }
}

#[component]
fn Row(
    account: Account,
    me: bool,
    people: Query<Listed<Account>>,
    asking: Signal<Option<(Account, Deed)>>,
) -> Element {
    let ask = |deed: Deed| {
        let account = account.clone();
        move |()| {
            let mut asking = asking;
            asking.set(Some((account.clone(), deed)));
        }
    };
    let enable = {
        let account = account.clone();
        move |()| act(account.clone(), Deed::Enable, people)
    };
    rsx! {
        tr {
            td {
                span { class: "cell",
                    Avatar { name: account.name.clone(), hue: account.hue, decorative: true }
                    span { class: "ad-who",
                        span { class: "trunc strong", {account.name.clone()} if me { span { class: "soft", " (you)" } } }
                        small { class: "trunc", {account.email.clone()} }
                    }
                }
            }
            td {
                if account.is_administrator || account.disabled_at.is_some() || account.second_factor_at.is_some() {
                    span { class: "row",
                        if account.is_administrator { Badge { tone: Tone::Accent, icon: Glyph::Shield, "Administrator" } }
                        if let Some(at) = &account.disabled_at { span { title: "Since {intl::moment_full(&at.0)}", Badge { tone: Tone::Danger, "Disabled" } } }
                        if let Some(at) = &account.second_factor_at {
                            span { class: "ad-key", title: "Second factor since {intl::moment_full(&at.0)}", Icon { glyph: Glyph::Key, size: IconSize::Small } span { class: "sr", "Second factor on" } }
                        }
                    }
                }
            }
            td { class: "r num", Counted { count: account.session_count, one: "session", many: "sessions" } }
            td { class: "r num not-narrow", Counted { count: account.workspace_count, one: "workspace", many: "workspaces" } }
            td { class: "soft num",
                match &account.last_seen_at {
                    Some(at) => rsx! { span { class: "only-phone", "seen " } span { title: intl::moment_full(&at.0), {intl::moment(&at.0)} } },
                    None => rsx! { span { class: "muted not-phone", "–" } },
                }
            }
            td { class: "soft num not-narrow", span { title: intl::moment_full(&account.created_at.0), {intl::moment(&account.created_at.0)} } }
            td {
                div { class: "ad-acts",
                    Menu { label: "What to do about {account.name}", end: true,
                        MenuItem { glyph: Glyph::Out, onclick: ask(Deed::SignOut), "Sign out everywhere" }
                        if account.second_factor_at.is_some() {
                            MenuItem { glyph: Glyph::Key, onclick: ask(Deed::ResetSecondFactor), "Reset second factor" }
                        }
                        if account.is_administrator {
                            MenuItem { glyph: Glyph::Shield, onclick: ask(Deed::Revoke), "Take administration away" }
                        } else if account.disabled_at.is_none() {
                            MenuItem { glyph: Glyph::Shield, onclick: ask(Deed::Grant), "Make administrator" }
                        }
                        MenuSep {}
                        if account.disabled_at.is_some() {
                            MenuItem { glyph: Glyph::Check, onclick: enable, "Enable" }
                        } else {
                            MenuItem { glyph: Glyph::Ban, tone: Tone::Danger, disabled: me, onclick: ask(Deed::Disable), "Disable" }
                        }
                    }
                }
            }
        }
    }
}

/// A number that says on a phone, where the columns have no heads, what it counts.
#[component]
fn Counted(count: i32, one: &'static str, many: &'static str) -> Element {
    rsx! {
        if count == 0 { span { class: "muted not-phone", "–" } } else { span { class: "not-phone", {intl::number(count)} } }
        span { class: "only-phone", {intl::count(count, one, many)} }
    }
}

/// A question before what cannot be taken back: sessions that have ended stay ended.
#[component]
fn Asking(
    account: Account,
    deed: Deed,
    people: Query<Listed<Account>>,
    asking: Signal<Option<(Account, Deed)>>,
) -> Element {
    let name = &account.name;
    let (title, text, word) = match deed {
        Deed::Disable => (
            format!("Disable {name}?"),
            "They are signed out everywhere within a second, their access tokens stop working, and they cannot sign in until somebody enables the account again. What they wrote stays.",
            "Disable",
        ),
        Deed::Grant => (
            format!("Make {name} an administrator?"),
            "They will see all accounts and the sizes of all workspaces, decide who may sign in, and can take administration from you.",
            "Make administrator",
        ),
        Deed::Revoke => (
            format!("Take administration from {name}?"),
            "They keep their account and their workspaces.",
            "Take away",
        ),
        Deed::ResetSecondFactor => (
            format!("Reset the second factor of {name}?"),
            "From then on their password alone lets them in, and their recovery codes are worth nothing. They get a mail that says so. Make sure first that it is them who asks: by phone or in person, not by mail.",
            "Reset",
        ),
        Deed::SignOut | Deed::Enable => (
            format!("Sign {name} out everywhere?"),
            "All their sessions end within a second, on every device. They can sign in again.",
            "Sign out",
        ),
    };
    let mut asking = asking;
    rsx! {
        Dialog { title, onclose: move |()| asking.set(None),
            foot: rsx! {
                Btn { onclick: move |_| asking.set(None), "Cancel" }
                Btn { variant: if deed == Deed::Grant { Variant::Primary } else { Variant::Danger },
                    onclick: {
                        let account = account.clone();
                        move |_| {
                            asking.set(None);
                            act(account.clone(), deed, people);
                        }
                    },
                    {word}
                }
            },
            p { {text} }
        }
    }
}

/// Does something to an account and shows it as it is then.
fn act(account: Account, deed: Deed, people: Query<Listed<Account>>) {
    dioxus::core::spawn_forever(async move {
        let mut people = people;
        match query::act(account.id, deed).await {
            Ok(now) => {
                let what = match deed {
                    Deed::Disable => " is disabled.",
                    Deed::Enable => " can sign in again.",
                    Deed::SignOut => " is signed out everywhere.",
                    Deed::ResetSecondFactor => " signs in with the password alone now.",
                    Deed::Grant => " is an administrator now.",
                    Deed::Revoke => " is no administrator any more.",
                };
                toast::done([now.name.as_str(), what].concat());
                let myself = session::viewer().is_some_and(|viewer| viewer.user.id == now.id);
                people.patch(|list| {
                    if let Some(old) = list.nodes.iter_mut().find(|old| old.id == now.id) {
                        *old = now;
                    }
                });
                // Somebody who has just given up administration sees no more of it.
                if myself {
                    session::load().await;
                }
            }
            Err(error) => {
                toast::failed("Nothing was changed.", &error);
                people.refetch();
            }
        }
    });
}
