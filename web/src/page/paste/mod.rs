//! Paste: a text or a file in, a job out. What is typed is kept in this browser until
//! it has been planned; a file is sent when Plan is pressed.

mod file;
mod guess;
mod parts;
pub(crate) mod query;

use dioxus::{
    html::{FileData, HasFileData},
    prelude::*,
};

use self::{
    file::{FileCard, Take, take},
    guess::{Candidate, Guess, Named},
    parts::{HomeFields, Reason},
    query::{Homes, NewProjectInput, PlanStartInput},
};
use crate::{
    app::use_title,
    fmt::{Day, intl},
    gql::{
        Error,
        types::{NodeKind, UseCase},
        upload, use_fetch,
    },
    page::job::query::patience,
    platform::{self, random_key},
    route::{Params, Route},
    session,
    ui::prelude::*,
};

/// Under this name the text is kept in the browser.
const DRAFT: &str = "paste";
/// A name taken from the text is no longer than this.
const NAME_MAX: usize = 80;
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
    if !session::may_write() {
        return rsx! {
            PageBar { title: "Paste" }
            Empty { glyph: Glyph::Paste, title: "For members",
                text: "You see all work in this workspace and change nothing. Ask an owner for another role.",
                LinkBtn { to: Route::Today { params: Params::default() }, "Go to Today" }
            }
        };
    }
    rsx! { Desk { params } }
}

/// The box, where the text shall go, and what is wrong with it.
#[component]
fn Desk(params: Params) -> Element {
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
    let mut file = use_signal(|| None::<FileData>);
    let mut use_case = use_signal(|| {
        params
            .get("use")
            .and_then(UseCase::from_key)
            .filter(|use_case| *use_case != UseCase::Status)
            .unwrap_or(UseCase::Plan)
    });
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
    // Of a file nothing is known here but its name.
    let home = use_memo(move || match file.read().as_ref() {
        Some(file) => home(&file::stem(&file.name()), &choice.read(), homes.get().as_deref()),
        None => home(&text.read(), &choice.read(), homes.get().as_deref()),
    });
    let words = use_memo(move || i32::try_from(guess::word_count(&text.read())).unwrap_or(i32::MAX));

    let mut write = move |new: String| {
        platform::store(DRAFT, &new);
        text.set(new);
        key.set(random_key());
        error.set(None);
        problem.set(None);
    };
    let mut read_file = move |chosen: Option<FileData>| {
        over.set(false);
        let Some(chosen) = chosen else { return };
        match take(&chosen.name(), chosen.size()) {
            Take::Refuse(refusal) => problem.set(Some(refusal.to_owned())),
            Take::Send => {
                key.set(random_key());
                error.set(None);
                problem.set(None);
                file.set(Some(chosen));
            }
            Take::Read => {
                spawn(async move {
                    match chosen.read_string().await {
                        Ok(read) => {
                            file.set(None);
                            write(read);
                        }
                        // No UTF-8: the server knows more encodings.
                        Err(_) => file.set(Some(chosen)),
                    }
                });
            }
        }
    };
    let mut plan = move || {
        if busy() {
            return;
        }
        if words() == 0 && file.peek().is_none() {
            problem.set(Some("Paste or type the text first.".to_owned()));
            platform::focus("#paste-text");
            return;
        }
        busy.set(true);
        error.set(None);
        let chosen = file.peek().clone();
        let input = input(
            &text.peek(),
            &home.peek(),
            &choice.peek(),
            use_case(),
            key.cloned(),
        );
        spawn(async move {
            let started = match &chosen {
                Some(chosen) => file::send(chosen, &input).await.map(|job| Route::Job { job }),
                None => query::plan(input).await,
            };
            match started {
                Ok(place) => {
                    if chosen.is_none() {
                        platform::unstore(DRAFT);
                    }
                    navigator.push(place);
                }
                Err(reason) => {
                    busy.set(false);
                    error.set(Some(reason));
                }
            }
        });
    };

    let message = problem.read().clone().or_else(|| {
        let error = error.read();
        let error = error.as_ref()?;
        error.field("text").or_else(|| error.field("file"))
    });
    let elsewhere = error
        .read()
        .as_ref()
        .filter(|error| {
            ["text", "file", "name"]
                .iter()
                .all(|field| error.field(field).is_none())
        })
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
                if let Some(chosen) = file.read().clone() {
                    FileCard { name: chosen.name(), size: chosen.size(),
                        onremove: move |()| { file.set(None); error.set(None); platform::focus("#paste-text"); },
                    }
                }
                textarea { class: "paste-text", hidden: file.read().is_some(), id: "paste-text", name: "text", "aria-label": "Text to plan from", "aria-describedby": "paste-note",
                    "aria-invalid": invalid.then_some("true"),
                    placeholder: "Paste or type here, or drop a file",
                    value: text,
                    onmounted: move |element| async move { let _ = element.set_focus(true).await; },
                    oninput: move |event| write(event.value()),
                }
                div { class: "paste-foot",
                    if file.read().is_none() {
                        span { class: "num", {intl::count(words(), "word", "words")} }
                    }
                    div { class: "end",
                        if words() > 0 && file.read().is_none() {
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
                            input { r#type: "file", accept: upload::ACCEPT, "aria-label": "Choose a file",
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
            div { class: "paste-use",
                Seg { name: "use", label: "What to make of it", value: use_case().key(),
                    options: vec![SelectOption::new("Plan", "A plan"), SelectOption::new("Notes", "Meeting notes"), SelectOption::new("Reply", "A reply")],
                    onchange: move |value: String| {
                        use_case.set(UseCase::from_key(&value).unwrap_or(UseCase::Plan));
                        key.set(random_key());
                    },
                }
                p { class: "help", {purpose(use_case())} }
            }
            HomeFields { home: home(), choice, homes: homes.get(), name_error: error.read().as_ref().and_then(|error| error.field("name")) }
            div { class: "paste-go",
                p { class: "help",
                    if let Some(readers) = readers.get() { {readers.sentence(use_case())} " " }
                    if file.read().is_some() { "The file is sent when you press the button, and kept with the project." } else { "What you type stays in this browser until then." }
                }
                if let Some(elsewhere) = elsewhere {
                    p { class: "error", role: "alert", Icon { glyph: Glyph::Alert, size: IconSize::Small } {elsewhere} }
                }
                Btn { variant: Variant::Primary, size: BtnSize::Large, kind: BtnKind::Submit, busy: busy(), {match use_case() { UseCase::Plan | UseCase::Status => "Plan", UseCase::Notes => "Read the notes", UseCase::Reply => "Draft a reply" }} Kbd { keys: "Ctrl ↵" } }
            }
        }
    }
}

/// What becomes of a text, in a sentence.
fn purpose(use_case: UseCase) -> &'static str {
    match use_case {
        // An update is started from a link.
        UseCase::Plan | UseCase::Status => "Tasks, questions, exclusions, budget and deadline, as proposals.",
        UseCase::Reply => "A draft that takes up each question. You change it, copy it and send it yourself.",
        UseCase::Notes => "What is new becomes proposals; what is planned already is shown beside its task.",
    }
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

fn input(text: &str, home: &Home, choice: &Choice, use_case: UseCase, key: String) -> PlanStartInput {
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
        use_case,
        idempotency_key: Some(key),
        today: Some(Day::today()),
        wait_millis: patience(use_case),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
