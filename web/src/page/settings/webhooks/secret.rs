//! A webhook's secret, this once.

use dioxus::prelude::*;

use crate::{platform, ui::prelude::*};

/// The secret, and what to do with it.
#[component]
pub(super) fn Shown(secret: String, rotated: bool, onclose: EventHandler<()>) -> Element {
    let mut copied = use_signal(|| false);
    let copy = {
        let secret = secret.clone();
        move |_| {
            let secret = secret.clone();
            spawn(async move {
                copied.set(platform::copy(&secret).await);
                if !copied() {
                    platform::focus("#hook-secret");
                    toast::done("Select the secret and copy it with Ctrl C.");
                }
            });
        }
    };
    rsx! {
        Dialog { title: "Copy the secret now", size: DialogSize::Large, onclose,
            div { class: "hook-form",
                p { "It is shown this once. Your program checks with it that a message is from here; if you lose it, make another." }
                div { class: "token-secret",
                    input { class: "input", id: "hook-secret", readonly: true, value: secret, aria_label: "The webhook's secret", spellcheck: "false" }
                    Btn { variant: Variant::Primary, icon: if copied() { Glyph::Check } else { Glyph::Copy }, onclick: copy,
                        span { role: "status", if copied() { "Copied" } else { "Copy" } }
                    }
                }
                if rotated {
                    p { class: "help", "Messages carry a signature by the old secret, too, for 24 hours from now." }
                }
                p { class: "help",
                    "Any library of Standard Webhooks checks messages: standardwebhooks on npm and PyPI, and others at "
                    a { href: "https://www.standardwebhooks.com", target: "_blank", rel: "noreferrer", "standardwebhooks.com" }
                    "."
                }
                div { class: "row", Btn { onclick: move |_| onclose.call(()), "Done" } }
            }
        }
    }
}
