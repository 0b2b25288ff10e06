//! Tasks: making one from anywhere, one in detail, and the changes all lists share.

pub(crate) mod new;
pub(crate) mod panel;
pub(crate) mod query;

use dioxus::prelude::*;

use crate::{
    gql::{Error, Query},
    route::Route,
    ui::toast,
};
use query::{TaskEdit, TaskRow};

crate::lazy::lazy! { Nothing:
    [tasks]
        TaskPanel { id: String, onclose: EventHandler<()>, onopen: EventHandler<String> } = crate::page::task::panel;
        NewTask {} = crate::page::task::new;
}

/// The task being written, while the dialog is open.
pub(crate) static NEW_TASK: GlobalSignal<Option<Draft>> = Signal::global(|| None);

/// What is known of a task before it is written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Draft {
    pub(crate) title: String,
    pub(crate) project: Option<String>,
}

impl Draft {
    /// In the project being looked at, if any.
    pub(crate) fn here(route: &Route) -> Self {
        Self {
            title: String::new(),
            project: super::project::id_of(route),
        }
    }
}

/// The tasks of a list, and how they are changed ahead of the server.
pub(crate) type Tasks = Query<Vec<TaskRow>>;

/// Changes one task of a list at once; takes it back with a message when the server refuses.
pub(crate) fn edit(mut tasks: Tasks, edit: TaskEdit) {
    let id = edit.id.clone();
    tasks.patch(|all| {
        if let Some(task) = all.iter_mut().find(|task| task.id == id) {
            edit.apply(task);
        }
    });
    dioxus::core::spawn_forever(async move {
        match query::update(edit).await {
            Ok(task) => put(tasks, task),
            Err(error) => undone(tasks, "The task was not changed.", &error),
        }
    });
}

/// Puts the server's version of a task into a list.
pub(crate) fn put(mut tasks: Tasks, task: TaskRow) {
    tasks.patch(|all| match all.iter_mut().find(|known| known.id == task.id) {
        Some(known) => *known = task,
        None => all.push(task),
    });
}

/// Says why a change did not hold, and shows what is true.
pub(crate) fn undone(tasks: Tasks, what: &str, error: &Error) {
    if error.is_conflict() {
        toast::failed(
            what,
            &Error::fault("Somebody changed it at the same moment; this is how it is now."),
        );
    } else {
        toast::failed(what, error);
    }
    tasks.refetch();
}

/// Deletes a task, with a way back.
pub(crate) fn delete(id: cynic::Id, title: &str, after: Option<Tasks>) {
    if let Some(mut tasks) = after {
        tasks.patch(|all| all.retain(|task| task.id != id));
    }
    let text = ["“", title, "” deleted"].concat();
    dioxus::core::spawn_forever(async move {
        match query::delete(id.clone()).await {
            Ok(()) => toast::undoable(text, move || {
                let id = id.clone();
                dioxus::core::spawn_forever(async move {
                    match query::restore(id).await {
                        Ok(()) => {
                            if let Some(tasks) = after {
                                tasks.refetch();
                            }
                        }
                        Err(error) => toast::failed("The task was not brought back.", &error),
                    }
                });
            }),
            Err(error) => {
                toast::failed("The task was not deleted.", &error);
                if let Some(tasks) = after {
                    tasks.refetch();
                }
            }
        }
    });
}
