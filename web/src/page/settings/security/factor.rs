//! The second factor: setting it up with an app, recovery codes, and turning it off.

use dioxus::prelude::*;
use serde_json::{Value, json};

use crate::{
    account::{self, flag, text},
    fmt::intl,
    gql::{Error, Query},
    page::settings::Section,
    platform,
    ui::prelude::*,
};

/// What is being done about the second factor.
#[derive(Clone, Debug, PartialEq)]
enum Doing {
    Nothing,
    /// Showing the password before it is set up.
    Begin,
    /// Scanning the secret and typing a first code.
    Scan(Value),
    /// Reading the recovery codes, this once.
    Codes(Vec<String>),
    /// Showing both factors to get new codes.
    Renew,
    /// Showing both factors to turn it off.
    End,
}

#[component]
pub(super) fn FactorSection(account: Query<Value>, now: Value) -> Element {
    let mut doing = use_signal(|| Doing::Nothing);
    let needs_password = flag(&now, "hasPassword");
    let factor = now
        .get("secondFactor")
        .filter(|factor| factor.is_object())
        .cloned();
    let left = factor
        .as_ref()
        .and_then(|factor| factor.get("recoveryCodes"))
        .and_then(Value::as_i64)
        .and_then(|left| i32::try_from(left).ok())
        .unwrap_or_default();
    let close = move |()| doing.set(Doing::Nothing);
    let body = match (doing(), factor) {
        (Doing::Codes(codes), _) => rsx! { Codes { codes, onclose: close } },
        (Doing::Begin, None) => rsx! {
            Proof { needs_password, needs_code: false, path: "/second-factor", action: "Go on",
                ondone: move |answer| doing.set(Doing::Scan(answer)), onclose: close,
            }
        },
        (Doing::Scan(begun), None) => rsx! {
            Scan { begun,
                ondone: move |answer: Value| {
                    doing.set(Doing::Codes(codes_of(&answer)));
                    account.refetch();
                },
                onclose: close,
            }
        },
        (Doing::Renew, Some(_)) => rsx! {
            Proof { needs_password, needs_code: true, path: "/second-factor/recovery-codes", action: "Make new codes",
                ondone: move |answer: Value| {
                    doing.set(Doing::Codes(codes_of(&answer)));
                    account.refetch();
                },
                onclose: close,
            }
        },
        (Doing::End, Some(_)) => rsx! {
            Proof { needs_password, needs_code: true, path: "/second-factor/end", action: "Turn it off",
                ondone: move |_| {
                    doing.set(Doing::Nothing);
                    toast::done("The second factor is off.");
                    account.refetch();
                },
                onclose: close,
            }
        },
        (_, Some(factor)) => rsx! {
            p { class: "sec-state", Badge { tone: Tone::Ok, "On" } span { class: "muted", "since {intl::moment(&text(&factor, \"since\"))}" } }
            p { class: if left < 3 { "sec-low" } else { "muted" }, {intl::count(left, "recovery code left", "recovery codes left")} if left < 3 { ". Make new ones before they run out." } }
            div { class: "row wrap",
                Btn { icon: Glyph::Refresh, onclick: move |_| doing.set(Doing::Renew), "New recovery codes" }
                Btn { variant: Variant::Ghost, onclick: move |_| doing.set(Doing::End), "Turn off" }
            }
        },
        (_, None) => rsx! {
            p { class: "sec-state", Badge { "Off" } }
            div { Btn { icon: Glyph::Key, onclick: move |_| doing.set(Doing::Begin), "Set up a second factor" } }
        },
    };
    rsx! {
        Section { title: "Second factor", help: "A code from an app on your phone, asked for when you sign in. A stolen password is then not enough.", {body} }
    }
}

fn codes_of(answer: &Value) -> Vec<String> {
    let codes = answer.get("recoveryCodes").and_then(Value::as_array);
    codes
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(ToOwned::to_owned)
        .collect()
}

/// Asks for what sign-in asks for, and sends it.
#[component]
fn Proof(
    needs_password: bool,
    needs_code: bool,
    path: &'static str,
    action: &'static str,
    ondone: EventHandler<Value>,
    onclose: EventHandler<()>,
) -> Element {
    let mut password = use_signal(String::new);
    let mut code = use_signal(String::new);
    let mut error = use_signal(|| None::<Error>);
    let mut busy = use_signal(|| false);
    let of = |field: &str| error.read().as_ref().and_then(|error| error.field(field));
    let general = error
        .read()
        .as_ref()
        .filter(|error| error.field("code").is_none() && error.field("currentPassword").is_none())
        .map(Error::message);
    rsx! {
        form { class: "sec-form", novalidate: true,
            onsubmit: move |event| async move {
                event.prevent_default();
                if busy() {
                    return;
                }
                busy.set(true);
                let body = json!({ "currentPassword": &*password.peek(), "code": code.peek().trim() });
                let answer = account::post(path, body).await;
                busy.set(false);
                match answer {
                    Ok(answer) => ondone.call(answer),
                    Err(reason) => error.set(Some(reason)),
                }
            },
            if needs_password {
                Field { id: "factor-password", label: "Your password", error: of("currentPassword"),
                    Input { id: "factor-password", kind: InputKind::Password, value: password, autocomplete: "current-password", autofocus: true, invalid: of("currentPassword").is_some(), oninput: move |text| password.set(text) }
                }
            }
            if needs_code {
                Field { id: "factor-code", label: "Code", help: "From your app, or a recovery code.", error: of("code"),
                    Input { id: "factor-code", value: code, autocomplete: "one-time-code", autofocus: !needs_password, invalid: of("code").is_some(), oninput: move |text| code.set(text) }
                }
            }
            if let Some(message) = general {
                p { class: "error", role: "alert", Icon { glyph: Glyph::Alert, size: IconSize::Small } {message} }
            }
            div { class: "row",
                Btn { variant: Variant::Primary, kind: BtnKind::Submit, busy: busy(), {action} }
                Btn { variant: Variant::Ghost, onclick: move |_| onclose.call(()), "Cancel" }
            }
        }
    }
}

/// The secret as a picture and as text, and the first code.
#[component]
fn Scan(begun: Value, ondone: EventHandler<Value>, onclose: EventHandler<()>) -> Element {
    let mut code = use_signal(String::new);
    let mut error = use_signal(|| None::<Error>);
    let mut busy = use_signal(|| false);
    let secret = text(&begun, "secret");
    let spaced: Vec<String> = secret
        .as_bytes()
        .chunks(4)
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect();
    let qr = begun.get("qr").cloned().unwrap_or_default();
    let size = qr.get("size").and_then(Value::as_i64).unwrap_or_default();
    let path = text(&qr, "path");
    let wrong = error
        .read()
        .as_ref()
        .map(|error| error.field("code").unwrap_or_else(|| error.message()));
    rsx! {
        form { class: "sec-scan", novalidate: true,
            onsubmit: move |event| async move {
                event.prevent_default();
                if busy() {
                    return;
                }
                busy.set(true);
                let answer = account::post("/second-factor/confirm", json!({ "code": code.peek().trim() })).await;
                busy.set(false);
                match answer {
                    Ok(answer) => ondone.call(answer),
                    Err(reason) => error.set(Some(reason)),
                }
            },
            // Four light squares around it, as scanners want: it stays light in dark pages, too.
            svg { class: "sec-qr", view_box: "-4 -4 {size + 8} {size + 8}", role: "img", "aria-label": "QR code for your authenticator app", "shape-rendering": "crispEdges",
                path { d: path }
            }
            div { class: "sec-form",
                p { "Scan this with an authenticator app, or type the key into it:" }
                code { class: "sec-key", id: "factor-key", {spaced.join(" ")} }
                Field { id: "first-code", label: "Six-digit code", help: "What the app shows now.", error: wrong,
                    Input { id: "first-code", value: code, autocomplete: "one-time-code", inputmode: "numeric", autofocus: true, invalid: error.read().is_some(), oninput: move |text| code.set(text) }
                }
                div { class: "row",
                    Btn { variant: Variant::Primary, kind: BtnKind::Submit, busy: busy(), "Turn it on" }
                    Btn { variant: Variant::Ghost, onclick: move |_| onclose.call(()), "Cancel" }
                }
            }
        }
    }
}

/// The recovery codes, this once.
#[component]
fn Codes(codes: Vec<String>, onclose: EventHandler<()>) -> Element {
    let mut copied = use_signal(|| false);
    let whole = codes.join("\n");
    let file = [
        "data:text/plain;charset=utf-8,SmartStack%20recovery%20codes.%20Each%20works%20once.%0A%0A",
        &codes.join("%0A"),
        "%0A",
    ]
    .concat();
    rsx! {
        div { class: "sec-codes", role: "group", aria_labelledby: "codes-title",
            h3 { class: "strong", id: "codes-title", tabindex: "-1", onmounted: move |event| async move { let _ = event.set_focus(true).await; }, "Keep these recovery codes" }
            p { "Each signs you in once when your phone is lost. They are shown this once; older ones work no more." }
            ul { class: "sec-list", for code in codes.iter() { li { key: "{code}", code { {code.clone()} } } } }
            div { class: "row wrap",
                Btn { icon: if copied() { Glyph::Check } else { Glyph::Copy },
                    onclick: move |_| {
                        let whole = whole.clone();
                        async move {
                            copied.set(platform::copy(&whole).await);
                            if !copied() {
                                toast::done("Select the codes and copy them with Ctrl C.");
                            }
                        }
                    },
                    span { role: "status", if copied() { "Copied" } else { "Copy" } }
                }
                a { class: "btn", href: file, download: "smartstack-recovery-codes.txt", Icon { glyph: Glyph::ArrowDown } "Download" }
                Btn { variant: Variant::Primary, onclick: move |_| onclose.call(()), "I have kept them" }
            }
        }
    }
}
