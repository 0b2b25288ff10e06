//! Signing in.

use cynic::QueryBuilder;
use dioxus::prelude::*;

use crate::{
    app::use_title,
    fmt::intl,
    gql::{
        types::{Hue, MailDelivery},
        use_query,
    },
    route::{Params, Route},
    schema,
    session::{self, Problem, SESSION, Session},
    ui::{prelude::*, shell::Logo},
};

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query")]
pub(crate) struct InstallationQuery {
    pub(crate) installation: Installation,
}

/// What anyone may know.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(crate) struct Installation {
    pub(crate) sign_up_open: bool,
    pub(crate) mail_delivery: MailDelivery,
    pub(crate) version: String,
}

/// The installation, once known.
pub(crate) fn use_installation() -> Option<Installation> {
    use_query((), &[], |()| InstallationQuery::build(()))
        .get()
        .map(|answer| answer.installation.clone())
}

/// The page around sign-in, sign-up and confirmation: the form, and what the product does.
#[component]
pub(crate) fn AuthFrame(children: Element) -> Element {
    let installation = use_installation();
    rsx! {
        div { class: "si",
            main { class: "si-form", id: "content",
                div { class: "row strong", Logo {} "SmartStack" }
                {children}
                p { class: "si-foot",
                    if let Some(installation) = installation { span { "Version {installation.version}" } }
                }
            }
            aside { class: "si-show", aria_label: "What it does",
                div { class: "si-demo",
                    p { class: "source-text",
                        "The printer needs "
                        mark { class: "quote", "data-lit": "", "print-ready files by 12 December" }
                        ", two weeks earlier than last time. "
                        mark { class: "quote", "We also want a window decal" }
                        " for the Alfama front."
                    }
                    p { class: "si-arrow",
                        Icon { glyph: Glyph::ArrowDown, size: IconSize::Small }
                        "A brief becomes a plan, and each line keeps its sentence"
                    }
                    div { class: "card",
                        div { class: "si-task",
                            Icon { glyph: Glyph::Check, size: IconSize::Small }
                            span { class: "strong trunc", "Send print-ready files" }
                            span { class: "muted num", "{example_day()}" }
                            Avatar { name: "Ana Ribeiro", hue: Hue::Plum, decorative: true }
                        }
                        div { class: "si-task",
                            Icon { glyph: Glyph::Open, size: IconSize::Small }
                            span { class: "strong trunc", "Design a window decal" }
                            span { class: "muted num", "5–8 h" }
                            Avatar { name: "Ana Ribeiro", hue: Hue::Plum, decorative: true }
                        }
                    }
                }
            }
        }
    }
}

/// The next 12 December, for the example.
fn example_day() -> String {
    let today = crate::fmt::Day::today();
    let this_year = crate::fmt::Day::from_civil(today.civil().0, 12, 12);
    let day = if this_year < today {
        crate::fmt::Day::from_civil(today.civil().0 + 1, 12, 12)
    } else {
        this_year
    };
    intl::day_short(day)
}

/// Where to go after signing in: only within this app.
fn next(params: &Params) -> Route {
    params
        .get("next")
        .filter(|path| path.starts_with('/') && !path.starts_with("//"))
        .and_then(|path| path.parse().ok())
        .unwrap_or(Route::Today {
            params: Params::default(),
        })
}

#[component]
pub(crate) fn SignIn(params: Params) -> Element {
    use_title("Sign in");
    let mut email = use_signal(String::new);
    let mut password = use_signal(String::new);
    let mut problem = use_signal(|| None::<Problem>);
    let mut busy = use_signal(|| false);
    let installation = use_installation();
    let navigator = use_navigator();
    let away = params.get("next").is_some();
    // Already signed in, or just now.
    use_effect(move || {
        if matches!(&*SESSION.read(), Session::In(_)) {
            navigator.replace(next(&params));
        }
    });
    let message = problem.read().as_ref().map(Problem::message);
    rsx! {
        AuthFrame {
            form {
                class: "si-box",
                onsubmit: move |event| async move {
                    event.prevent_default();
                    if busy() {
                        return;
                    }
                    busy.set(true);
                    problem.set(session::sign_in(email.peek().trim(), &password.peek().clone()).await.err());
                    busy.set(false);
                    if problem.peek().is_some() {
                        crate::platform::focus("#password");
                    }
                },
                div {
                    h1 { class: "page-title", "Sign in" }
                    if away { p { class: "page-sub", "You will be back where you were." } }
                }
                Field { id: "email", label: "E-mail",
                    Input { id: "email", kind: InputKind::Email, value: email, autocomplete: "username", autofocus: true, required: true, oninput: move |text| email.set(text) }
                }
                Field { id: "password", label: "Password", error: message,
                    Input {
                        id: "password", kind: InputKind::Password, value: password, autocomplete: "current-password", required: true,
                        invalid: problem.read().is_some(), oninput: move |text| password.set(text),
                    }
                }
                Btn { variant: Variant::Primary, size: BtnSize::Large, kind: BtnKind::Submit, busy: busy(), "Sign in" }
                p { class: "si-forgot", Link { to: Route::ForgotPassword { params: Params::of("email", email.read().trim()) }, class: "link", "Forgot your password?" } }
                if installation.is_some_and(|installation| installation.sign_up_open) {
                    p { class: "muted", "No account? " Link { to: Route::SignUp {}, class: "link", "Sign up" } }
                }
            }
        }
    }
}
