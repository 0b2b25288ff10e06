//! Where a pasted text goes: a project, or a new one for a client.

use std::rc::Rc;

use dioxus::prelude::*;

use super::{Choice, Home, NEW_CLIENT, guess, query::Homes};
use crate::ui::prelude::*;

/// Why a project or client was guessed, in a sentence.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reason(String);

impl Reason {
    /// For a guessed project, or for a client when `project` is false.
    pub(super) fn of(why: guess::Reason, project: bool) -> Self {
        let what = if project { "Guessed: " } else { "Client guessed: " };
        Self(match why {
            guess::Reason::Says(name) => [what, "the text says “", &name, "”."].concat(),
            guess::Reason::Address(domain) => {
                [what, "the text has a mail address at “", &domain, "”."].concat()
            }
        })
    }
}

/// The fields, with what was guessed filled in.
#[component]
pub(super) fn HomeFields(
    home: Home,
    choice: Signal<Choice>,
    homes: Option<Rc<Homes>>,
    name_error: Option<String>,
) -> Element {
    let mut choice = choice;
    let Some(homes) = homes else {
        return rsx! { div { class: "paste-for", "data-one": "", Skeleton { lines: 1 } } };
    };
    let mut projects = vec![SelectOption::new("", "A new project")];
    projects.extend(homes.projects.nodes.iter().map(|project| {
        let label = match &project.client {
            Some(client) => [&project.name, " · ", &client.name].concat(),
            None => project.name.clone(),
        };
        SelectOption::new(project.id.inner(), label)
    }));
    let mut clients = vec![
        SelectOption::new("", "No client"),
        SelectOption::new(NEW_CLIENT, "A new client"),
    ];
    clients.extend(
        homes
            .clients
            .nodes
            .iter()
            .map(|client| SelectOption::new(client.id.inner(), client.name.clone())),
    );
    let is_new = home.project.is_none();
    let is_new_client = is_new && home.client == NEW_CLIENT;
    let why = home.why.map(|why| why.0);
    rsx! {
        div { class: "paste-for", "data-one": (!is_new).then_some(""),
            Field { id: "paste-project", label: "Project", help: why,
                Select { id: "paste-project", value: home.project.unwrap_or_default(), options: projects,
                    onchange: move |value| choice.write().project = Some(value),
                }
            }
            if is_new {
                Field { id: "paste-name", label: "Its name", error: name_error,
                    Input { id: "paste-name", value: home.name, maxlength: 200, autocomplete: "off", placeholder: "Taken from the text",
                        oninput: move |value: String| choice.write().name = (!value.is_empty()).then_some(value),
                    }
                }
                Field { id: "paste-client", label: "Client",
                    Select { id: "paste-client", value: home.client, options: clients,
                        onchange: move |value| choice.write().client = Some(value),
                    }
                    if is_new_client {
                        Input { id: "paste-new-client", value: choice.read().new_client.clone(), maxlength: 200, autocomplete: "off",
                            placeholder: "Name of the client", label: "Name of the new client", autofocus: true,
                            oninput: move |value| choice.write().new_client = value,
                        }
                    }
                }
            }
        }
    }
}
