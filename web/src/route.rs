//! Every address of the app.

use dioxus::prelude::*;

use crate::lazy::pages;
use crate::ui::shell::Gate;

// Every screen, and where its code is. One with a part of its own is fetched alone; screens that
// people go to and fro between are best in one part.
pages! {
    [auth]
        SignIn { params: Params } = crate::page::sign_in;
        SignUp {} = crate::page::sign_up;
        Confirm { params: Params } = crate::page::confirm;
        ConfirmEmail { params: Params } = crate::page::confirm_email;
        ForgotPassword { params: Params } = crate::page::forgot_password;
        ResetPassword { params: Params } = crate::page::reset_password;
        Join { params: Params } = crate::page::join;
    [shared]
        SharedGone { token: String } = crate::page::shared_view;
        SharedView { share: String } = crate::page::shared_view;
    [today]
        Today { params: Params } = crate::page::today;
    [review]
        Reviews {} = crate::page::review;
        Review { suggestion: String } = crate::page::review;
    [paste]
        Job { job: String } = crate::page::job;
        Paste { params: Params } = crate::page::paste;
    [clients]
        Clients { params: Params } = crate::page::clients;
        ClientDetail { id: String } = crate::page::clients;
    [projects]
        Projects { params: Params } = crate::page::projects;
    [project]
        ProjectOverview { id: String } = crate::page::project::overview;
        ProjectBoard { id: String, params: Params } = crate::page::project::board;
        ProjectList { id: String, params: Params } = crate::page::project::list;
        ProjectDocuments { id: String, params: Params } = crate::page::project::documents;
    [share]
        ProjectShare { id: String } = crate::page::share;
    [settings]
        SettingsProfile {} = crate::page::settings::profile;
        SettingsSecurity { params: Params } = crate::page::settings::security;
        SettingsTokens {} = crate::page::settings::tokens;
        SettingsMembers {} = crate::page::settings::members;
        SettingsWorkspace {} = crate::page::settings::workspace;
        SettingsAi {} = crate::page::settings::ai;
        SettingsAudit { params: Params } = crate::page::settings::audit;
        SettingsData {} = crate::page::settings::data;
        SettingsDeveloper {} = crate::page::settings::developer;
        SettingsWebhooks {} = crate::page::settings::webhooks;
        SettingsWebhook { id: String } = crate::page::settings::webhooks;
    [admin]
        AdminOverview {} = crate::page::admin::overview;
        AdminPeople { params: Params } = crate::page::admin::people;
        AdminWorkspaces { params: Params } = crate::page::admin::workspaces;
        AdminJobs { params: Params } = crate::page::admin::jobs;
        AdminAi { params: Params } = crate::page::admin::ai;
        AdminLog { params: Params } = crate::page::admin::log;
    [shell]
        NotFound { segments: Vec<String> } = crate::page::not_found;
}

/// What stands around screens.
pub(crate) mod frame {
    use dioxus::prelude::*;

    use crate::lazy::lazy;

    lazy! { Page:
        [shell]
            Shell {} = crate::ui::shell;
        [project]
            ProjectFrame {} = crate::page::project;
        [settings]
            SettingsFrame {} = crate::page::settings;
        [admin]
            AdminFrame {} = crate::page::admin;
    }
}
use frame::{AdminFrame, ProjectFrame, SettingsFrame, Shell};

/// An address and the screen it shows.
#[derive(Routable, Clone, Debug, PartialEq)]
#[rustfmt::skip]
pub(crate) enum Route {
    #[route("/sign-in?:..params")]
    SignIn { params: Params },
    #[route("/sign-up")]
    SignUp {},
    #[route("/confirm?:..params")]
    Confirm { params: Params },
    #[route("/confirm-email?:..params")]
    ConfirmEmail { params: Params },
    #[route("/forgot-password?:..params")]
    ForgotPassword { params: Params },
    #[route("/reset-password?:..params")]
    ResetPassword { params: Params },
    #[route("/join?:..params")]
    Join { params: Params },
    #[route("/s/:token")]
    SharedGone { token: String },
    #[route("/s/v/:share")]
    SharedView { share: String },
    #[layout(Gate)]
        #[layout(Shell)]
            #[route("/?:..params")]
            Today { params: Params },
            #[route("/review")]
            Reviews {},
            #[route("/review/:suggestion")]
            Review { suggestion: String },
            #[route("/jobs/:job")]
            Job { job: String },
            #[route("/paste?:..params")]
            Paste { params: Params },
            #[route("/clients?:..params")]
            Clients { params: Params },
            #[route("/clients/:id")]
            ClientDetail { id: String },
            #[route("/projects?:..params")]
            Projects { params: Params },
            #[layout(ProjectFrame)]
                #[route("/projects/:id")]
                ProjectOverview { id: String },
                #[route("/projects/:id/board?:..params")]
                ProjectBoard { id: String, params: Params },
                #[route("/projects/:id/list?:..params")]
                ProjectList { id: String, params: Params },
                #[route("/projects/:id/documents?:..params")]
                ProjectDocuments { id: String, params: Params },
                #[route("/projects/:id/share")]
                ProjectShare { id: String },
            #[end_layout]
            #[redirect("/settings", || Route::SettingsProfile {})]
            #[layout(SettingsFrame)]
                #[route("/settings/profile")]
                SettingsProfile {},
                #[route("/settings/security?:..params")]
                SettingsSecurity { params: Params },
                #[route("/settings/tokens")]
                SettingsTokens {},
                #[route("/settings/members")]
                SettingsMembers {},
                #[route("/settings/workspace")]
                SettingsWorkspace {},
                #[route("/settings/ai")]
                SettingsAi {},
                #[route("/settings/audit?:..params")]
                SettingsAudit { params: Params },
                #[route("/settings/data")]
                SettingsData {},
                #[route("/settings/developer")]
                SettingsDeveloper {},
                #[route("/settings/webhooks")]
                SettingsWebhooks {},
                #[route("/settings/webhooks/:id")]
                SettingsWebhook { id: String },
            #[end_layout]
            #[layout(AdminFrame)]
                #[route("/admin")]
                AdminOverview {},
                #[route("/admin/people?:..params")]
                AdminPeople { params: Params },
                #[route("/admin/workspaces?:..params")]
                AdminWorkspaces { params: Params },
                #[route("/admin/jobs?:..params")]
                AdminJobs { params: Params },
                #[route("/admin/ai?:..params")]
                AdminAi { params: Params },
                #[route("/admin/log?:..params")]
                AdminLog { params: Params },
            #[end_layout]
            #[route("/:..segments")]
            NotFound { segments: Vec<String> },
}

impl Route {
    /// Whether two addresses are the same page, whatever its filters.
    pub(crate) fn same_page(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// What stands after the `?`: filters and the open task, so that they survive a reload.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    /// The value of a parameter; `None` when it is missing or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The same with one parameter set, or without it when `value` is empty.
    #[must_use]
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut all: Vec<_> = self.0.iter().filter(|(key, _)| key != name).cloned().collect();
        if !value.is_empty() {
            all.push((name.to_owned(), value.to_owned()));
        }
        Self(all)
    }

    /// Parameters with one set.
    pub(crate) fn of(name: &str, value: &str) -> Self {
        Self::default().with(name, value)
    }
}

impl std::fmt::Display for Params {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, (name, value)) in self.0.iter().enumerate() {
            if at > 0 {
                out.write_str("&")?;
            }
            encode(name, out)?;
            out.write_str("=")?;
            encode(value, out)?;
        }
        Ok(())
    }
}

impl From<&str> for Params {
    fn from(query: &str) -> Self {
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Self(pairs.collect())
    }
}

fn encode(text: &str, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    use std::fmt::Write;
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.write_char(char::from(byte))?;
            }
            _ => {
                const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
                out.write_char('%')?;
                out.write_char(char::from(DIGITS[usize::from(byte >> 4)]))?;
                out.write_char(char::from(DIGITS[usize::from(byte & 15)]))?;
            }
        }
    }
    Ok(())
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| {
                text.get(at + 1..at + 3)
                    .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            })
            .flatten();
        match (bytes[at], escaped) {
            (_, Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::Params;

    #[test]
    fn parameters_survive_the_address_bar() {
        let params = Params::of("search", "Müller & Söhne = 100 %")
            .with("status", "Active")
            .with("none", "");
        assert_eq!(Params::from(params.to_string().as_str()), params);
        assert_eq!(params.get("status"), Some("Active"));
        assert_eq!(params.get("none"), None);
        assert_eq!(params.with("status", "").get("status"), None);
    }

    #[test]
    fn broken_escapes_do_no_harm() {
        assert_eq!(Params::from("a=%&b=%zz&c=1+2&&d").get("a"), Some("%"));
        assert_eq!(Params::from("a=%&b=%zz&c=1+2&&d").get("b"), Some("%zz"));
        assert_eq!(Params::from("a=%&b=%zz&c=1+2&&d").get("c"), Some("1 2"));
        assert_eq!(Params::from("a=%E4%").get("a"), Some("\u{fffd}%"));
    }
}
