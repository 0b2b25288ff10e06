//! What others change, as it happens: one subscription a workspace, heard by every page that shows the kind.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use dioxus::prelude::*;

use super::{
    Ask, Error, client,
    document::documents,
    live::{Handle, Link, Socket},
    types::NodeKind,
};
use crate::{app::in_app, schema};

documents! {
    subscription Changes(ChangesVariables);
    query CursorQuery(CursorVariables);
}

/// How the live connection is doing.
pub(crate) static LINK: GlobalSignal<Link> = Signal::global(|| Link::Idle);

/// Whether the browser has a network.
pub(crate) static ONLINE: GlobalSignal<bool> = Signal::global(|| true);

#[derive(cynic::QueryVariables)]
struct ChangesVariables {
    workspace_id: cynic::Id,
    after: Option<String>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Subscription", variables = "ChangesVariables")]
struct Changes {
    #[arguments(workspaceId: $workspace_id, after: $after)]
    changes: Change,
}

#[derive(cynic::QueryVariables)]
struct CursorVariables {
    id: cynic::Id,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "CursorVariables")]
struct CursorQuery {
    #[arguments(id: $id)]
    workspace: Option<Cursor>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Workspace")]
struct Cursor {
    change_cursor: String,
}

/// Where a workspace's changes stand; `None` where that cannot be read now.
async fn newest(workspace: &cynic::Id) -> Option<String> {
    let id = workspace.clone();
    let answer = client::run(CursorQuery::build(CursorVariables { id })).await;
    Some(answer.ok()?.workspace?.change_cursor)
}

/// One committed change.
#[derive(cynic::QueryFragment, Clone, Debug)]
pub(crate) struct Change {
    cursor: String,
    pub(crate) kind: NodeKind,
}

/// A listener hears a change, or `None` when anything may have changed.
type Listener = Rc<dyn Fn(Option<&Change>)>;

thread_local! {
    static LISTENERS: RefCell<(u32, Vec<(u32, Listener)>)> = const { RefCell::new((0, Vec::new())) };
    static FEED: RefCell<Option<Feed>> = const { RefCell::new(None) };
}

struct Feed {
    socket: Socket,
    workspace: cynic::Id,
    _handle: Handle,
}

/// Stops listening when dropped.
pub(crate) struct Listening(u32);

impl Drop for Listening {
    fn drop(&mut self) {
        // Listeners may be dropped while the page goes away; the key is taken out only then.
        let _ = LISTENERS.try_with(|all| {
            all.try_borrow_mut()
                .map(|mut all| all.1.retain(|(id, _)| *id != self.0))
        });
    }
}

/// Calls back on every change from now on.
pub(crate) fn listen(listener: impl Fn(Option<&Change>) + 'static) -> Listening {
    LISTENERS.with_borrow_mut(|(last, all)| {
        *last += 1;
        all.push((*last, Rc::new(listener)));
        Listening(*last)
    })
}

fn tell(change: Option<&Change>) {
    let all: Vec<Listener> =
        LISTENERS.with_borrow(|(_, all)| all.iter().map(|(_, listener)| listener.clone()).collect());
    for listener in all {
        listener(change);
    }
}

/// Follows a workspace from `cursor` on; a feed of another workspace is ended.
pub(crate) fn follow(workspace: &cynic::Id, cursor: &str) {
    if FEED.with_borrow(|feed| feed.as_ref().is_some_and(|feed| feed.workspace == *workspace)) {
        return;
    }
    stop();
    let socket = Socket::new("", true, |link| {
        in_app(|| *LINK.write() = link);
    });
    attach(socket, workspace.clone(), Some(cursor.to_owned()), true);
}

/// Subscribes after `cursor`, or from now on. A failure is tried anew from a newer cursor, but not twice in a row:
/// `again` says whether it may be.
fn attach(socket: Socket, workspace: cynic::Id, cursor: Option<String>, again: bool) {
    let cursor = Rc::new(RefCell::new(cursor));
    let may_try = Cell::new(again);
    let start = {
        let (cursor, workspace) = (cursor.clone(), workspace.clone());
        move || {
            Changes::build(ChangesVariables {
                workspace_id: workspace.clone(),
                after: cursor.borrow().clone(),
            })
        }
    };
    let place = (socket.clone(), workspace.clone());
    let handle = socket.subscribe(start, move |event: Result<Changes, Error>| {
        in_app(|| match event {
            Ok(event) => {
                *cursor.borrow_mut() = Some(event.changes.cursor.clone());
                may_try.set(true);
                // Somebody's role, perhaps mine, or the name of the workspace.
                if matches!(event.changes.kind, NodeKind::User | NodeKind::Workspace) {
                    spawn(crate::session::load());
                }
                tell(Some(&event.changes));
            }
            // The cursor is no longer known, or the feed fell too far behind: read all again, go on from where it
            // stands before that, so that nothing falls in between.
            Err(error) if cursor.borrow().is_some() && may_try.get() && error != Error::SignedOut => {
                let (socket, workspace) = place.clone();
                spawn(async move {
                    let cursor = newest(&workspace).await;
                    attach(socket, workspace, cursor, false);
                    tell(None);
                });
            }
            // Not from now on either: the person does not belong here any more.
            Err(Error::NotFound) => {
                spawn(crate::session::load());
            }
            Err(_) => {}
        });
    });
    FEED.set(Some(Feed {
        socket,
        workspace,
        _handle: handle,
    }));
}

/// Ends the feed, as when somebody signs out.
pub(crate) fn stop() {
    FEED.take();
}

/// The browser says whether there is a network at all.
pub(crate) fn network(there: bool) {
    in_app(|| *ONLINE.write() = there);
    if there {
        hurry();
    }
}

/// The network came back: what was broken need not wait.
fn hurry() {
    FEED.with_borrow(|feed| {
        if let Some(feed) = feed {
            feed.socket.hurry();
        }
    });
}

/// The app's socket, for other subscriptions of the signed-in person; `None` before [`follow`].
pub(crate) fn socket() -> Option<Socket> {
    FEED.with_borrow(|feed| feed.as_ref().map(|feed| feed.socket.clone()))
}
