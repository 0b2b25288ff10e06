//! Where the person is signed in.

use dioxus::prelude::*;
use serde_json::Value;

use crate::{
    account::{self, flag, text},
    fmt::intl,
    gql::{Load, Query, use_fetch},
    page::settings::Section,
    session,
    ui::prelude::*,
};

/// Every browser that is signed in, with a way to sign each out.
#[component]
pub(super) fn Sessions() -> Element {
    let query = use_fetch((), &[], |()| account::get("/sessions"));
    let mut busy = use_signal(|| false);
    let list = match query.load() {
        Load::Wait => rsx! { SkeletonRows { rows: 2 } },
        Load::Failed(error) => rsx! { Failed { error, retry: move |()| query.refetch() } },
        Load::Ready(answer) => {
            let sessions = sessions(&answer);
            let others = sessions.len() > 1;
            rsx! {
                ul { class: "sessions", aria_label: "Signed-in browsers",
                    for one in sessions {
                        SessionRow { key: "{text(&one, \"id\")}", query, one: one.clone() }
                    }
                }
                if others {
                    div { Btn { busy: busy(), icon: Glyph::Out,
                        onclick: move |_| async move {
                            busy.set(true);
                            match account::delete("/sessions").await {
                                Ok(_) => toast::done("Every other browser is signed out."),
                                Err(error) => toast::failed("The others were not signed out.", &error),
                            }
                            busy.set(false);
                            query.refetch();
                        },
                        "Sign out all others"
                    } }
                }
            }
        }
    };
    rsx! {
        Section { title: "Where you are signed in", help: "Sign out what you don't recognise, then change your password.", {list} }
    }
}

fn sessions(answer: &Value) -> Vec<Value> {
    let all = answer.get("sessions").and_then(Value::as_array);
    all.cloned().unwrap_or_default()
}

#[component]
fn SessionRow(query: Query<Value>, one: Value) -> Element {
    let mut busy = use_signal(|| false);
    let (id, device, address) = (text(&one, "id"), text(&one, "device"), text(&one, "address"));
    let current = flag(&one, "isCurrent");
    let (used, since) = (text(&one, "lastUsedAt"), text(&one, "createdAt"));
    let end = move |_| {
        let path = ["/sessions/", &id].concat();
        async move {
            busy.set(true);
            match account::delete(&path).await {
                Ok(_) => toast::done("Signed out there."),
                Err(error) => toast::failed("It was not signed out.", &error),
            }
            busy.set(false);
            query.refetch();
        }
    };
    rsx! {
        li { class: "session",
            span { class: "session-mark", Icon { glyph: Glyph::Panel } }
            div { class: "session-main",
                p { class: "session-name", strong { class: "trunc", {device.clone()} } if current { Badge { tone: Tone::Ok, "This browser" } } }
                p { class: "session-meta num",
                    if !address.is_empty() { span { {address} } }
                    span { title: intl::moment_full(&used), if current { "active now" } else { "last used {intl::moment(&used)}" } }
                    span { title: intl::moment_full(&since), "since {intl::moment(&since)}" }
                }
            }
            if current {
                Btn { variant: Variant::Ghost, size: BtnSize::Small, onclick: move |_| async move { session::sign_out().await }, "Sign out" }
            } else {
                Btn { variant: Variant::Ghost, size: BtnSize::Small, busy: busy(), label: "Sign out {device}", onclick: end, "Sign out" }
            }
        }
    }
}
