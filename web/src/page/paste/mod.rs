//! Paste: a text in, a plan job out. What is typed is kept in this browser until
//! it has been planned.

mod guess;
mod parts;
pub(crate) mod query;

use dioxus::{html::HasFileData, prelude::*};

use self::{
    guess::{Candidate, Guess, Named},
    parts::{HomeFields, Reason},
    query::{Homes, NewProjectInput, PlanStartInput},
};
use crate::{
    app::use_title,
    fmt::{Day, intl},
    gql::{Error, types::NodeKind, use_fetch},
    platform::{self, random_key},
    route::{Params, Route},
    session,
    ui::prelude::*,
};

/// Under this name the text is kept in the browser.
const DRAFT: &str = "paste";
/// A name taken from the text is no longer than this.
const NAME_MAX: usize = 80;
/// A larger file is hardly a brief.
const FILE_MAX_BYTES: u64 = 1_000_000;

/// Where the text shall go, as far as the person has said so.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Choice {
    /// A project's id, or empty for a new one; `None` while guessing.
    project: Option<String>,
    /// The new project's name; `None` while it is taken from the text.
    name: Option<String>,
    /// The new project's client: an id, empty for none, or [`NEW_CLIENT`]; `None` while guessing.
    client: Option<String>,
    /// The name of a client who is new too.
    new_client: String,
}

/// The value of the choice "a new client".
const NEW_CLIENT: &str = "new";

/// The choice with what was guessed filled in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Home {
    project: Option<String>,
    name: String,
    client: String,
    why: Option<Reason>,
}

#[component]
pub(crate) fn Paste(params: Params) -> Element {
    use_title("Paste");
    let navigator = use_navigator();
    let mut text = use_signal(|| platform::stored(DRAFT).unwrap_or_default());
    let choice = use_signal(|| Choice {
        project: params.get("project").map(str::to_owned),
        ..Choice::default()
    });
    let mut error = use_signal(|| None::<Error>);
    let mut problem = use_signal(|| None::<String>);
    let mut busy = use_signal(|| false);
    let mut over = use_signal(|| false);
    // The same text sent twice by an impatient press is one job.
    let mut key = use_hook(|| CopyValue::new(random_key()));
    let homes = use_fetch(
        session::workspace_id().inner().to_owned(),
        &[NodeKind::Project, NodeKind::Client],
        query::homes,
    );
    let readers = use_fetch(
        session::workspace_id().inner().to_owned(),
        &[NodeKind::Job],
        query::readers,
    );
    let home = use_memo(move || home(&text.read(), &choice.read(), homes.get().as_deref()));
    let words = use_memo(move || i32::try_from(guess::word_count(&text.read())).unwrap_or(i32::MAX));

    let mut write = move |new: String| {
        platform::store(DRAFT, &new);
        text.set(new);
        key.set(random_key());
        error.set(None);
        problem.set(None);
    };
    let mut read_file = move |file: Option<dioxus::html::FileData>| {
        over.set(false);
        let Some(file) = file else { return };
        if let Some(refusal) = refuse(&file.name(), file.content_type().as_deref(), file.size()) {
            problem.set(Some(refusal));
            return;
        }
        spawn(async move {
            match file.read_string().await {
                Ok(read) => write(read),
                Err(_) => problem.set(Some("The file could not be read as text.".to_owned())),
            }
        });
    };
    let mut plan = move || {
        if busy() {
            return;
        }
        if words() == 0 {
            problem.set(Some("Paste or type the text first.".to_owned()));
            platform::focus("#paste-text");
            return;
        }
        busy.set(true);
        error.set(None);
        let input = input(&text.peek(), &home.peek(), &choice.peek(), key.cloned());
        spawn(async move {
            match query::plan(input).await {
                Ok(job) => {
                    platform::unstore(DRAFT);
                    navigator.push(Route::Job { job });
                }
                Err(reason) => {
                    busy.set(false);
                    error.set(Some(reason));
                }
            }
        });
    };

    let message = problem
        .read()
        .clone()
        .or_else(|| error.read().as_ref().and_then(|error| error.field("text")));
    let elsewhere = error
        .read()
        .as_ref()
        .filter(|error| error.field("text").is_none() && error.field("name").is_none())
        .map(Error::message);
    let invalid = message.is_some();
    rsx! {
        PageBar { title: "Paste a text" }
        form { class: "paste", novalidate: true,
            onsubmit: move |event| { event.prevent_default(); plan(); },
            onkeydown: move |event| {
                let chord = event.modifiers().intersects(Modifiers::CONTROL | Modifiers::META);
                if chord && event.key() == Key::Enter {
                    event.prevent_default();
                    plan();
                }
            },
            p { class: "paste-lead", "A brief, meeting notes, a mail thread, in the language it came in. Every proposal will quote the sentence it comes from; nothing becomes work until you accept it." }
            div { class: "paste-box", "data-invalid": invalid.then_some(""),
                ondragover: move |event| { event.prevent_default(); over.set(true); },
                ondragleave: move |_| over.set(false),
                ondrop: move |event| { event.prevent_default(); read_file(event.files().into_iter().next()); },
                textarea { class: "paste-text", id: "paste-text", name: "text", "aria-label": "Text to plan from", "aria-describedby": "paste-note",
                    "aria-invalid": invalid.then_some("true"),
                    placeholder: "Paste or type here, or drop a text file",
                    value: text,
                    onmounted: move |element| async move { let _ = element.set_focus(true).await; },
                    oninput: move |event| write(event.value()),
                }
                div { class: "paste-foot",
                    span { class: "num", {intl::count(words(), "word", "words")} }
                    div { class: "end",
                        if words() > 0 {
                            Btn { variant: Variant::Ghost, size: BtnSize::Small,
                                onclick: move |_| {
                                    let old = text.peek().clone();
                                    write(String::new());
                                    platform::focus("#paste-text");
                                    toast::undoable("Text cleared", move || {
                                        platform::store(DRAFT, &old);
                                        if let Ok(mut text) = text.try_write() {
                                            text.clone_from(&old);
                                        }
                                    });
                                },
                                "Clear"
                            }
                        }
                        label { class: "btn paste-file", "data-variant": "ghost", "data-size": "sm",
                            Icon { glyph: Glyph::File }
                            "Choose a file"
                            input { r#type: "file", accept: ".txt,.md,.eml,text/plain,text/markdown,message/rfc822", "aria-label": "Choose a text file",
                                onchange: move |event| read_file(event.files().into_iter().next()),
                            }
                        }
                    }
                }
                if over() {
                    div { class: "paste-drop", "aria-hidden": "true", "Drop the file to read it" }
                }
            }
            div { id: "paste-note", role: "alert",
                if let Some(message) = message {
                    p { class: "error", Icon { glyph: Glyph::Alert, size: IconSize::Small } {message} }
                }
            }
            HomeFields { home: home(), choice, homes: homes.get(), name_error: error.read().as_ref().and_then(|error| error.field("name")) }
            div { class: "paste-go",
                p { class: "help",
                    if let Some(readers) = readers.get() { {readers.sentence()} " " }
                    "What you type stays in this browser until you plan it."
                }
                if let Some(elsewhere) = elsewhere {
                    p { class: "error", role: "alert", Icon { glyph: Glyph::Alert, size: IconSize::Small } {elsewhere} }
                }
                Btn { variant: Variant::Primary, size: BtnSize::Large, kind: BtnKind::Submit, busy: busy(), "Plan" Kbd { keys: "Ctrl ↵" } }
            }
        }
    }
}

/// Why a file is not taken, if it is not.
fn refuse(name: &str, kind: Option<&str>, bytes: u64) -> Option<String> {
    let name = name.to_lowercase();
    let known = [".txt", ".md", ".markdown", ".eml", ".text"]
        .iter()
        .any(|end| name.ends_with(end));
    if !known && !kind.is_some_and(|kind| kind.starts_with("text/")) {
        return Some(
            "Only text files can be read here: .txt, .md or .eml. From other files, copy the text."
                .to_owned(),
        );
    }
    (bytes > FILE_MAX_BYTES).then(|| "The file is larger than 1 MB. Paste the part that matters.".to_owned())
}

/// Fills in what the person has not said, from the text.
fn home(text: &str, choice: &Choice, homes: Option<&Homes>) -> Home {
    let guessed = homes.and_then(|homes| {
        let named = |id: &cynic::Id, name: &str| Named {
            id: id.inner().to_owned(),
            name: name.to_owned(),
        };
        let clients: Vec<Named> = homes
            .clients
            .nodes
            .iter()
            .map(|client| named(&client.id, &client.name))
            .collect();
        let projects: Vec<Candidate> = homes
            .projects
            .nodes
            .iter()
            .map(|project| Candidate {
                project: named(&project.id, &project.name),
                client: project.client.as_ref().map(|client| client.id.inner().to_owned()),
            })
            .collect();
        guess::guess(text, &clients, &projects)
    });
    let (project, client, why) = match (&choice.project, guessed) {
        (Some(chosen), guessed) => {
            let client = match guessed {
                Some(Guess::Client { id, .. }) => id,
                _ => String::new(),
            };
            ((!chosen.is_empty()).then(|| chosen.clone()), client, None)
        }
        (None, Some(Guess::Project { id, why })) => (Some(id), String::new(), Some(Reason::of(why, true))),
        (None, Some(Guess::Client { id, why })) => (None, id, Some(Reason::of(why, false))),
        (None, None) => (None, String::new(), None),
    };
    Home {
        project,
        name: choice
            .name
            .clone()
            .unwrap_or_else(|| guess::project_name(text, NAME_MAX)),
        client: choice.client.clone().unwrap_or(client),
        why,
    }
}

fn input(text: &str, home: &Home, choice: &Choice, key: String) -> PlanStartInput {
    let new_project = home.project.is_none().then(|| NewProjectInput {
        name: if home.name.trim().is_empty() {
            "New project".to_owned()
        } else {
            home.name.trim().to_owned()
        },
        client_id: (!home.client.is_empty() && home.client != NEW_CLIENT).then(|| home.client.clone().into()),
        new_client_name: (home.client == NEW_CLIENT && !choice.new_client.trim().is_empty())
            .then(|| choice.new_client.trim().to_owned()),
    });
    PlanStartInput {
        workspace_id: session::workspace_id(),
        text: text.to_owned(),
        title: Some(guess::project_name(text, NAME_MAX)).filter(|title| !title.is_empty()),
        project_id: home.project.clone().map(Into::into),
        new_project,
        idempotency_key: Some(key),
        today: Some(Day::today()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_text_are_taken() {
        assert_eq!(refuse("Brief.TXT", None, 10), None);
        assert_eq!(refuse("mail.eml", Some("message/rfc822"), 10), None);
        assert_eq!(refuse("notes", Some("text/plain"), 10), None);
        assert!(refuse("brief.pdf", Some("application/pdf"), 10).is_some());
        assert!(refuse("brief.txt", None, 2_000_000).is_some());
    }

    #[test]
    fn what_the_person_says_goes_before_the_guess() {
        let choice = Choice {
            project: Some("project_1".to_owned()),
            ..Choice::default()
        };
        assert_eq!(
            home("Subject: Shop", &choice, None).project.as_deref(),
            Some("project_1")
        );
        let choice = Choice {
            project: Some(String::new()),
            name: Some("Mine".to_owned()),
            ..Choice::default()
        };
        let home = home("Subject: Shop", &choice, None);
        assert_eq!((home.project, home.name.as_str()), (None, "Mine"));
    }
}
