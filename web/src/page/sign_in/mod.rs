//! Signing in.

use dioxus::prelude::*;

use crate::{
    app::use_title,
    fmt::intl,
    gql::{
        Ask, documents,
        types::{Hue, MailDelivery},
        use_query,
    },
    route::{Params, Route},
    schema,
    session::{self, Problem, SESSION, Session, Step},
    ui::{prelude::*, shell::Logo},
};

documents! {
    query InstallationQuery(());
}

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
    pub(crate) sign_in_providers: Vec<SignInProvider>,
    pub(crate) version: String,
}

/// Another provider to sign in by.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(crate) struct SignInProvider {
    pub(crate) name: String,
    pub(crate) label: String,
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

/// Pages of ours that are no screen of the app, and lead here those who are not signed in.
const BESIDES: [&str; 1] = ["/developer/graphiql"];

/// The page besides the app to go to after signing in, if that is where one came from.
fn besides(params: &Params) -> Option<&'static str> {
    let next = params.get("next")?;
    BESIDES.into_iter().find(|page| *page == next)
}

/// Where to go after signing in: only within this app.
fn next(params: &Params) -> Route {
    params
        .get("next")
        // To a browser a backslash is a slash: `/\evil.example.com` is another site, and it refuses to show it.
        .filter(|path| path.starts_with('/') && !path.starts_with("//") && !path.contains('\\'))
        .and_then(|path| path.parse().ok())
        .unwrap_or(Route::Today {
            params: Params::default(),
        })
}

/// What came of a visit to another provider, as the address says it.
pub(crate) fn said(problem: &str) -> &'static str {
    match problem {
        "denied" => "You did not allow it there, so nothing happened here.",
        "expired" => "That took too long, or it was begun in another browser. Try again.",
        "disabled" => "This account is disabled. Ask whoever runs this installation.",
        "unverified" => {
            "Your account there has no verified address. Verify it there, or sign up here with a password."
        }
        "has-account" => {
            "Your address has an account here already. Sign in with its password, then connect the other one under Settings, Security."
        }
        "closed" => "This installation takes no new accounts.",
        "taken" => "That account is connected to somebody else here.",
        _ => "The other side's answer could not be trusted. Try again.",
    }
}

/// A button for each provider the installation is set up with; nothing where there is none.
#[component]
pub(crate) fn ProviderButtons(return_to: String) -> Element {
    let mut busy = use_signal(|| None::<String>);
    let mut problem = use_signal(|| None::<Problem>);
    let Some(installation) = use_installation().filter(|all| !all.sign_in_providers.is_empty()) else {
        return rsx! {};
    };
    rsx! {
        div { class: "si-others",
            p { class: "si-or", "or" }
            for provider in installation.sign_in_providers {
                Btn {
                    key: "{provider.name}", size: BtnSize::Large, icon: Glyph::External,
                    busy: busy.read().as_ref() == Some(&provider.name),
                    onclick: {
                        let (name, return_to) = (provider.name.clone(), return_to.clone());
                        move |_| {
                            let (name, return_to) = (name.clone(), return_to.clone());
                            async move {
                                busy.set(Some(name.clone()));
                                if let Err(reason) = session::leave_for(&name, &return_to).await {
                                    busy.set(None);
                                    problem.set(Some(reason));
                                }
                            }
                        }
                    },
                    "Continue with {provider.label}"
                }
            }
            if let Some(problem) = problem.read().as_ref() {
                p { class: "error", role: "alert", Icon { glyph: Glyph::Alert, size: IconSize::Small } "{problem.message()}" }
            }
        }
    }
}

/// The second factor: a code of the app, or one of those kept on paper.
#[component]
fn SecondStep(onover: EventHandler<Option<Problem>>) -> Element {
    let mut code = use_signal(String::new);
    let mut recovery = use_signal(|| false);
    let mut problem = use_signal(|| None::<Problem>);
    let mut busy = use_signal(|| false);
    let message = problem
        .read()
        .as_ref()
        .map(|problem| problem.field("code").unwrap_or_else(|| problem.message()));
    let switch = if recovery() {
        "Use the app instead"
    } else {
        "Use a recovery code"
    };
    let keys = if recovery() { "text" } else { "numeric" };
    rsx! {
        form {
            class: "si-box",
            novalidate: true,
            onsubmit: move |event| async move {
                event.prevent_default();
                if busy() || code.peek().trim().is_empty() {
                    return;
                }
                busy.set(true);
                let done = session::second_factor(code.peek().trim()).await;
                busy.set(false);
                match done.err() {
                    Some(reason) if reason.is_over() => onover.call(Some(reason)),
                    reason => {
                        problem.set(reason);
                        crate::platform::focus("#code");
                    }
                }
            },
            div {
                h1 { class: "page-title", "One more step" }
                p { class: "page-sub", if recovery() { "Each recovery code works once." } else { "Open your authenticator app and type the code it shows for SmartStack." } }
            }
            Field { id: "code", label: if recovery() { "Recovery code" } else { "Six-digit code" }, error: message,
                Input {
                    key: "{recovery}", id: "code", value: code, autocomplete: "one-time-code", autofocus: true, required: true,
                    inputmode: keys,
                    invalid: problem.read().is_some(), oninput: move |text| code.set(text),
                }
            }
            Btn { variant: Variant::Primary, size: BtnSize::Large, kind: BtnKind::Submit, busy: busy(), "Sign in" }
            p { class: "si-forgot",
                button { class: "link", r#type: "button",
                    onclick: move |_| {
                        recovery.toggle();
                        code.set(String::new());
                        problem.set(None);
                    },
                    {switch}
                }
                " or "
                button { class: "link", r#type: "button", onclick: move |_| onover.call(None), "begin again" }
            }
        }
    }
}

#[component]
pub(crate) fn SignIn(params: Params) -> Element {
    use_title("Sign in");
    let mut email = use_signal(String::new);
    let mut password = use_signal(String::new);
    let mut problem = use_signal(|| None::<Problem>);
    let mut busy = use_signal(|| false);
    let asked = params.get("step") == Some("code");
    let mut coding = use_signal(move || asked);
    let installation = use_installation();
    let navigator = use_navigator();
    let away = params.get("next").is_some();
    let return_to = params.get("next").unwrap_or("/").to_owned();
    let came_back = params.get("problem").map(said);
    // Already signed in, or just now.
    use_effect(move || {
        if matches!(&*SESSION.read(), Session::In(_)) {
            match besides(&params) {
                Some(page) => crate::platform::go(page),
                None => {
                    navigator.replace(next(&params));
                }
            }
        }
    });
    let message = problem.read().as_ref().map(Problem::message);
    if coding() {
        return rsx! {
            AuthFrame {
                SecondStep {
                    onover: move |reason: Option<Problem>| {
                        problem.set(reason);
                        password.set(String::new());
                        coding.set(false);
                    },
                }
            }
        };
    }
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
                    let step = session::sign_in(email.peek().trim(), &password.peek().clone()).await;
                    busy.set(false);
                    coding.set(step == Ok(Step::SecondFactor));
                    problem.set(step.err());
                    if problem.peek().is_some() {
                        crate::platform::focus("#password");
                    }
                },
                div {
                    h1 { class: "page-title", "Sign in" }
                    if let Some(said) = came_back {
                        p { class: "note-box", role: "alert", Icon { glyph: Glyph::Alert } span { {said} } }
                    }
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
                ProviderButtons { return_to }
                if installation.is_some_and(|installation| installation.sign_up_open) {
                    p { class: "muted", "No account? " Link { to: Route::SignUp {}, class: "link", "Sign up" } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_within_the_app_alone() {
        let today = Route::Today {
            params: Params::default(),
        };
        for elsewhere in [
            "https://evil.example.com/",
            "//evil.example.com/",
            "/\\evil.example.com/",
            "javascript:alert(1)",
            "projects",
        ] {
            assert_eq!(next(&Params::of("next", elsewhere)), today, "{elsewhere}");
        }
        assert_eq!(next(&Params::default()), today);
        let here = Route::ProjectOverview { id: "p".to_owned() };
        assert_eq!(next(&Params::of("next", "/projects/p")), here);
        assert_eq!(besides(&Params::of("next", "/projects/p")), None);
        let graphiql = Params::of("next", "/developer/graphiql");
        assert_eq!(besides(&graphiql), Some("/developer/graphiql"));
    }
}
