//! The dialog that makes or changes a project.

use dioxus::prelude::*;

use super::query::{self, ProjectCreateInput, ProjectEdit};
use crate::{
    fmt::{Day, duration, money},
    gql::{
        Error,
        types::{Hue, Maybe, MoneyInput, NodeKind, ProjectStatus},
        use_fetch,
    },
    page::project::query::Project,
    platform, session,
    ui::prelude::*,
};

/// What is being written.
#[derive(Clone, PartialEq)]
struct Draft {
    name: String,
    description: String,
    client: String,
    status: ProjectStatus,
    hue: Hue,
    start: Option<Day>,
    due: Option<Day>,
    currency: String,
    budget: String,
    hours: String,
    rate: String,
}

/// What a person typed, read; or the fields that cannot be.
struct Read {
    budget: Option<MoneyInput>,
    minutes: Option<i32>,
    rate: Option<MoneyInput>,
}

impl Draft {
    fn of(project: Option<&Project>, name: String, client: Option<String>) -> Self {
        let Some(old) = project else {
            return Self {
                name,
                description: String::new(),
                client: client.unwrap_or_default(),
                status: ProjectStatus::Active,
                hue: Hue::Iris,
                start: None,
                due: None,
                currency: platform::stored("currency").unwrap_or_else(|| "EUR".to_owned()),
                budget: String::new(),
                hours: String::new(),
                rate: String::new(),
            };
        };
        let currency = old
            .budget
            .as_ref()
            .or(old.hourly_rate.as_ref())
            .map(|money| money.currency.clone());
        Self {
            name: old.name.clone(),
            description: old.description.clone(),
            client: old
                .client
                .as_ref()
                .map(|client| client.id.inner().to_owned())
                .unwrap_or_default(),
            status: old.status,
            hue: old.hue,
            start: old.start_date,
            due: old.due_date,
            currency: currency
                .or_else(|| platform::stored("currency"))
                .unwrap_or_else(|| "EUR".to_owned()),
            budget: old
                .budget
                .as_ref()
                .map(|budget| money::edit_cents(budget.amount_cents))
                .unwrap_or_default(),
            hours: old
                .budget_minutes
                .map(|minutes| duration::show(minutes.unsigned_abs()))
                .unwrap_or_default(),
            rate: old
                .hourly_rate
                .as_ref()
                .map(|rate| money::edit_cents(rate.amount_cents))
                .unwrap_or_default(),
        }
    }

    fn money(&self, text: &str) -> Result<Option<MoneyInput>, ()> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let amount_cents = money::parse_cents(text).ok_or(())?;
        Ok(Some(MoneyInput {
            amount_cents,
            currency: self.currency.clone(),
        }))
    }

    fn read(&self) -> Result<Read, &'static str> {
        let minutes = if self.hours.trim().is_empty() {
            None
        } else {
            Some(
                duration::parse(&self.hours)
                    .and_then(|minutes| i32::try_from(minutes).ok())
                    .ok_or("budgetMinutes")?,
            )
        };
        Ok(Read {
            budget: self.money(&self.budget).map_err(|()| "budget")?,
            minutes,
            rate: self.money(&self.rate).map_err(|()| "hourlyRate")?,
        })
    }
}

async fn save(draft: Draft, read: Read, old: Option<Project>, key: String) -> Result<String, Error> {
    let client = (!draft.client.is_empty()).then(|| cynic::Id::new(&draft.client));
    match old {
        None => {
            query::create(ProjectCreateInput {
                workspace_id: session::workspace_id(),
                name: draft.name.trim().to_owned(),
                description: Some(draft.description.trim().to_owned()),
                client_id: client,
                status: Some(draft.status),
                hue: Some(draft.hue),
                start_date: draft.start,
                due_date: draft.due,
                budget: read.budget,
                budget_minutes: read.minutes,
                hourly_rate: read.rate,
                idempotency_key: Some(key),
            })
            .await
        }
        Some(old) => {
            query::update(ProjectEdit {
                expected_version: Some(old.version),
                name: Some(draft.name.trim().to_owned()),
                description: Some(draft.description.trim().to_owned()),
                client_id: Maybe::Set(client),
                status: Some(draft.status),
                hue: Some(draft.hue),
                start_date: Maybe::Set(draft.start),
                due_date: Maybe::Set(draft.due),
                budget: Maybe::Set(read.budget),
                budget_minutes: Maybe::Set(read.minutes),
                hourly_rate: Maybe::Set(read.rate),
                ..ProjectEdit::of(&old.id)
            })
            .await
        }
    }
}

/// Makes a project, or changes `project`. `onsaved` gets its id.
#[component]
pub(crate) fn ProjectForm(
    #[props(default)] project: Option<Project>,
    #[props(default)] name: String,
    #[props(default)] client_id: Option<String>,
    onclose: EventHandler<()>,
    onsaved: EventHandler<String>,
) -> Element {
    let clients = use_fetch(session::workspace_id(), &[NodeKind::Client], query::clients);
    let mut draft = {
        let first = Draft::of(project.as_ref(), name, client_id);
        use_signal(|| first)
    };
    let key = use_hook(platform::unique);
    let mut failed = use_signal(|| None::<Error>);
    let mut unread = use_signal(|| None::<&'static str>);
    let mut busy = use_signal(|| false);
    let new = project.is_none();
    let send = move || {
        if busy() {
            return;
        }
        let read = match draft.peek().read() {
            Ok(read) => read,
            Err(field) => {
                unread.set(Some(field));
                return;
            }
        };
        unread.set(None);
        platform::store("currency", &draft.peek().currency);
        busy.set(true);
        let (draft, old, key) = (draft.peek().clone(), project.clone(), key.clone());
        spawn(async move {
            let saved = save(draft, read, old, key).await;
            busy.set(false);
            match saved {
                Ok(id) => onsaved.call(id),
                Err(error) => failed.set(Some(error)),
            }
        });
    };
    let error = failed.read().clone();
    let wrong = |field: &str| {
        let typed = match (*unread.read()).filter(|unread| *unread == field) {
            Some("budgetMinutes") => Some("Write it as 40, 1h 30 or 90m".to_owned()),
            Some(_) => Some("Write an amount, such as 5200 or 5200.50".to_owned()),
            None => None,
        };
        typed.or_else(|| error.as_ref().and_then(|error| error.field(field)))
    };
    const FIELDS: [&str; 7] = [
        "name",
        "description",
        "startDate",
        "dueDate",
        "budget",
        "budgetMinutes",
        "hourlyRate",
    ];
    let general = error
        .as_ref()
        .filter(|error| FIELDS.iter().all(|field| error.field(field).is_none()))
        .map(Error::message);
    let mut options = vec![SelectOption::new("", "No client")];
    options.extend(
        clients
            .get()
            .iter()
            .flat_map(|clients| clients.iter())
            .map(|client| SelectOption::new(client.id.inner(), client.name.clone())),
    );
    let now = draft.read().clone();
    let (mut submit, mut enter) = (send.clone(), send);
    rsx! {
        Dialog {
            title: if new { "New project" } else { "Edit project" },
            size: DialogSize::Large,
            onclose,
            foot: rsx! {
                Btn { variant: Variant::Ghost, onclick: move |_| onclose.call(()), "Cancel" }
                Btn { variant: Variant::Primary, busy: busy(), onclick: move |_| submit(), if new { "Make project" } else { "Save" } }
            },
            form { class: "form-2", novalidate: true, onsubmit: move |event| { event.prevent_default(); enter(); },
                div { "data-wide": "",
                    Field { id: "pj-name", label: "Name", error: wrong("name"),
                        Input { id: "pj-name", value: now.name, autofocus: true, maxlength: 200, invalid: wrong("name").is_some(), autocomplete: "off", oninput: move |text| draft.write().name = text }
                    }
                }
                Field { id: "pj-client", label: "Client",
                    Select { id: "pj-client", value: now.client, options, onchange: move |value| draft.write().client = value }
                }
                Field { id: "pj-status", label: "Status",
                    Select {
                        id: "pj-status", value: now.status.key(),
                        options: ProjectStatus::ALL.iter().map(|each| SelectOption::new(each.key(), each.word())).collect::<Vec<_>>(),
                        onchange: move |value: String| if let Some(value) = ProjectStatus::from_key(&value) { draft.write().status = value },
                    }
                }
                Field { id: "pj-start", label: "Starts", error: wrong("startDate"),
                    DateInput { id: "pj-start", value: now.start, invalid: wrong("startDate").is_some(), onchange: move |day| draft.write().start = day }
                }
                Field { id: "pj-due", label: "Due", error: wrong("dueDate"),
                    DateInput { id: "pj-due", value: now.due, invalid: wrong("dueDate").is_some(), onchange: move |day| draft.write().due = day }
                }
                Field { id: "pj-budget", label: "Budget", error: wrong("budget"),
                    div { class: "money",
                        Input { id: "pj-budget", value: now.budget, inputmode: "decimal", invalid: wrong("budget").is_some(), autocomplete: "off", oninput: move |text| draft.write().budget = text }
                        Select {
                            id: "pj-currency", label: "Currency", value: now.currency.clone(),
                            options: money::CURRENCIES.iter().map(|each| SelectOption::new(*each, *each)).collect::<Vec<_>>(),
                            onchange: move |value| draft.write().currency = value,
                        }
                    }
                }
                Field { id: "pj-rate", label: "Rate per hour, {now.currency}", error: wrong("hourlyRate"),
                    Input { id: "pj-rate", value: now.rate, inputmode: "decimal", invalid: wrong("hourlyRate").is_some(), autocomplete: "off", oninput: move |text| draft.write().rate = text }
                }
                Field { id: "pj-hours", label: "Budget in hours", error: wrong("budgetMinutes"),
                    Input { id: "pj-hours", value: now.hours, placeholder: "40", invalid: wrong("budgetMinutes").is_some(), autocomplete: "off", oninput: move |text| draft.write().hours = text }
                }
                div { class: "field",
                    span { class: "label", "Colour" }
                    HueSeg { name: "pj-hue", value: now.hue, onchange: move |value| draft.write().hue = value }
                }
                div { "data-wide": "",
                    Field { id: "pj-text", label: "Description", error: wrong("description"),
                        TextArea { id: "pj-text", value: now.description, rows: 3, oninput: move |text| draft.write().description = text }
                    }
                }
                if let Some(message) = general { p { class: "error", "data-wide": "", role: "alert", {message} } }
                button { r#type: "submit", hidden: true, tabindex: "-1", "Save" }
            }
        }
    }
}
