//! What a link shows, and until when.

use dioxus::prelude::*;

use super::query::{self, ShareLink, ShareLinkCreateInput, ShareLinkUpdateInput};
use crate::{
    fmt::{Day, intl},
    gql::{
        Error,
        types::{DateTime, Maybe},
    },
    platform::{self, random_key},
    ui::prelude::*,
};

/// The boxes of the form.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shows {
    tasks: bool,
    due_dates: bool,
    estimates: bool,
    notes: bool,
}

/// Makes a link, or changes `link`.
#[component]
pub(super) fn LinkForm(
    project_id: String,
    link: Option<ShareLink>,
    cancel: Option<EventHandler<()>>,
    onsaved: EventHandler<ShareLink>,
) -> Element {
    let mut label = use_signal(|| link.as_ref().map(|link| link.label.clone()).unwrap_or_default());
    let mut until = use_signal(|| {
        link.as_ref()
            .and_then(|link| intl::local_day(&link.expires_at.as_ref()?.0))
    });
    let mut shows = use_signal(|| match &link {
        Some(link) => Shows {
            tasks: link.show_tasks,
            due_dates: link.show_due_dates,
            estimates: link.show_estimates,
            notes: link.show_notes,
        },
        // What a client asks first; estimates and notes are for the owner to give.
        None => Shows {
            tasks: true,
            due_dates: true,
            estimates: false,
            notes: false,
        },
    });
    let had_password = link.as_ref().is_some_and(|link| link.has_password);
    let mut asks = use_signal(|| had_password);
    let mut password = use_signal(String::new);
    let mut error = use_signal(|| None::<Error>);
    let mut busy = use_signal(|| false);
    let key = use_hook(random_key);
    // Two forms may be open at once; their fields are told apart by the link.
    let prefix = link.as_ref().map_or("new", |link| link.id.inner()).to_owned();
    let is_new = link.is_none();
    let password_id = [&prefix, "-password"].concat();
    let save = {
        let (link, password_id) = (link.clone(), password_id.clone());
        move |event: FormEvent| {
            event.prevent_default();
            if busy() {
                return;
            }
            let past = until().is_some_and(|day| day < Day::today());
            if past {
                error.set(Some(Error::fault("Choose today or a later day.")));
                return;
            }
            let given = Some(password.peek().clone()).filter(|text| asks() && !text.is_empty());
            if asks() && given.is_none() && !had_password {
                error.set(Some(Error::fault("Type a password, or untick it.")));
                platform::focus(&["#", &password_id].concat());
                return;
            }
            busy.set(true);
            error.set(None);
            let (label, expires_at, shows) = (label.peek().trim().to_owned(), until().map(end_of), shows());
            let work = match &link {
                Some(link) => Work::Change(ShareLinkUpdateInput {
                    id: link.id.clone(),
                    expected_version: Some(link.version),
                    label: Some(label),
                    show_tasks: Some(shows.tasks),
                    show_estimates: Some(shows.estimates),
                    show_due_dates: Some(shows.due_dates),
                    show_notes: Some(shows.notes),
                    password: match given {
                        Some(password) => Maybe::Set(Some(password)),
                        None if had_password && !asks() => Maybe::Set(None),
                        None => Maybe::Keep,
                    },
                    expires_at,
                }),
                None => Work::Make(ShareLinkCreateInput {
                    project_id: project_id.clone().into(),
                    label: Some(label),
                    show_tasks: Some(shows.tasks),
                    show_estimates: Some(shows.estimates),
                    show_due_dates: Some(shows.due_dates),
                    show_notes: Some(shows.notes),
                    password: given,
                    expires_at,
                    idempotency_key: Some(key.clone()),
                }),
            };
            spawn(async move {
                let saved = match work {
                    Work::Change(input) => query::update(input).await,
                    Work::Make(input) => query::create(input).await,
                };
                busy.set(false);
                match saved {
                    Ok(link) => {
                        if is_new && let Some(url) = &link.url {
                            let copied = platform::copy(url).await;
                            toast::done(if copied {
                                "Link made and copied"
                            } else {
                                "Link made"
                            });
                        }
                        onsaved.call(link);
                    }
                    Err(reason) => error.set(Some(reason)),
                }
            });
        }
    };
    let options = [
        ("tasks", "Tasks", "those marked as visible to the client"),
        ("dates", "Due dates", "beside each task"),
        ("estimates", "Estimates", "hours beside each task"),
        ("notes", "Notes", "questions, exclusions, decisions"),
    ];
    let is_on = move |name: &str| {
        let shows = shows();
        match name {
            "tasks" => shows.tasks,
            "dates" => shows.due_dates,
            "estimates" => shows.estimates,
            _ => shows.notes,
        }
    };
    let message = error.read().as_ref().map(Error::message);
    rsx! {
        form { class: "link-form", novalidate: true, onsubmit: save,
            div { class: "link-fields",
                Field { id: "{prefix}-label", label: "Name of the link", help: "Only you see it.",
                    Input { id: "{prefix}-label", value: label(), maxlength: 120, autocomplete: "off", placeholder: "For whom or what for",
                        oninput: move |value| label.set(value),
                    }
                }
                Field { id: "{prefix}-until", label: "Open until", help: if until().is_none() { "No end." } else { "To the end of that day." },
                    DateInput { id: "{prefix}-until", value: until(), onchange: move |day| until.set(day) }
                }
            }
            fieldset { class: "shows",
                legend { class: "label", "The page shows progress, and" }
                for (name , title , help) in options {
                    label { key: "{name}", class: "show",
                        input { class: "check", r#type: "checkbox", name, checked: is_on(name),
                            onchange: move |event| {
                                let on = event.checked();
                                let mut shows = shows.write();
                                match name {
                                    "tasks" => shows.tasks = on,
                                    "dates" => shows.due_dates = on,
                                    "estimates" => shows.estimates = on,
                                    _ => shows.notes = on,
                                }
                            },
                        }
                        span { {title} span { {help} } }
                    }
                }
            }
            fieldset { class: "shows",
                legend { class: "label", "To open it, the client needs the address, and" }
                label { class: "show",
                    input { class: "check", r#type: "checkbox", name: "asks", checked: asks(),
                        onchange: move |event| asks.set(event.checked()),
                    }
                    span { "A password" span { "asked once in each browser" } }
                }
            }
            if asks() {
                Field { id: password_id.clone(), label: "Password",
                    help: if had_password { "Nobody can read the one it has. Leave this empty to keep it; a new one closes pages opened with the old." } else { "8 characters or more. Write it down now: it is not shown again. Tell it another way than the link." },
                    Input { id: password_id, value: password(), autocomplete: "off", maxlength: 200, autofocus: !had_password,
                        placeholder: if had_password { "Unchanged" } else { "" },
                        oninput: move |value| password.set(value),
                    }
                }
            }
            if let Some(message) = message {
                p { class: "error", role: "alert", Icon { glyph: Glyph::Alert, size: IconSize::Small } {message} }
            }
            div { class: "row",
                Btn { variant: Variant::Primary, kind: BtnKind::Submit, busy: busy(), if is_new { "Make the link" } else { "Save" } }
                if let Some(cancel) = cancel {
                    Btn { variant: Variant::Ghost, onclick: move |_| cancel.call(()), "Cancel" }
                }
            }
        }
    }
}

enum Work {
    Make(ShareLinkCreateInput),
    Change(ShareLinkUpdateInput),
}

/// The last second of a day where the person is, as the API writes moments.
fn end_of(day: Day) -> DateTime {
    let (year, month, day) = day.civil();
    let date = js_sys::Date::new_with_year_month_day_hr_min_sec(
        u32::try_from(year).unwrap_or(0),
        month - 1,
        day,
        23,
        59,
        59,
    );
    DateTime(date.to_iso_string().into())
}
