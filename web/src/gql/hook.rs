//! Hooks that bring an answer to a page and keep it fresh.

use std::{any::Any, future::Future, marker::PhantomData, pin::Pin, rc::Rc};

use dioxus::prelude::*;
use gloo_timers::future::TimeoutFuture;

use super::{
    Error,
    changes::{self, Listening},
    client,
    document::{Ask, Asked},
    types::NodeKind,
};

/// What a page has to show.
pub(crate) enum Load<T> {
    /// Nothing yet.
    Wait,
    /// The newest answer; it stays while a newer one is on its way.
    Ready(Rc<T>),
    /// No answer at all.
    Failed(Error),
}

/// An answer that is kept fresh. Cheap to copy.
pub(crate) struct Query<T: 'static> {
    core: Core,
    of: PhantomData<fn() -> T>,
}

/// What is the same for every query, and so compiled once: the answer without its type.
#[derive(Clone, Copy, PartialEq)]
struct Core {
    data: Signal<Option<Rc<dyn Any>>>,
    error: Signal<Option<Error>>,
    again: Callback<()>,
    /// How often the answer was changed in place.
    patches: CopyValue<u32>,
}

/// A request under way.
type Pending = Pin<Box<dyn Future<Output = Result<Rc<dyn Any>, Error>>>>;

impl<T> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Query<T> {}

impl<T> PartialEq for Query<T> {
    fn eq(&self, other: &Self) -> bool {
        self.core == other.core
    }
}

impl<T: 'static> Query<T> {
    /// For a `match` in the page.
    pub(crate) fn load(&self) -> Load<T> {
        match (self.get(), &*self.core.error.read()) {
            (Some(data), _) => Load::Ready(data),
            (None, Some(error)) => Load::Failed(error.clone()),
            (None, None) => Load::Wait,
        }
    }

    /// The newest answer, if there is one.
    pub(crate) fn get(&self) -> Option<Rc<T>> {
        self.core.data.read().clone()?.downcast().ok()
    }

    /// Asks again; the present answer stays until then. Does nothing once the page is gone.
    pub(crate) fn refetch(&self) {
        self.core.refetch();
    }

    /// Changes the answer in place, ahead of the server. [`Self::refetch`] takes it back.
    /// Does nothing once the page is gone.
    pub(crate) fn patch(&mut self, change: impl FnOnce(&mut T))
    where
        T: Clone,
    {
        if let Some(mut data) = self.core.take().and_then(|data| data.downcast::<T>().ok()) {
            change(Rc::make_mut(&mut data));
            self.core.put(data);
        }
    }
}

impl Core {
    fn refetch(self) {
        if self.data.try_peek().is_ok() {
            self.again.call(());
        }
    }

    fn take(mut self) -> Option<Rc<dyn Any>> {
        self.data.try_write().ok()?.take()
    }

    fn put(mut self, data: Rc<dyn Any>) {
        if let Ok(mut slot) = self.data.try_write() {
            *slot = Some(data);
            self.patches += 1;
        }
    }
}

/// Fetches, again whenever `deps` differ, and whenever something of a `watch`ed kind changes.
pub(crate) fn use_fetch<D, T, F, Fut>(deps: D, watch: &'static [NodeKind], fetch: F) -> Query<T>
where
    D: Clone + PartialEq + 'static,
    T: 'static,
    F: Fn(D) -> Fut + 'static,
    Fut: Future<Output = Result<T, Error>> + 'static,
{
    let seen = use_hook(|| CopyValue::new(None::<Box<dyn Any>>));
    let fresh = seen.read().as_ref().and_then(|seen| seen.downcast_ref::<D>()) != Some(&deps);
    let kept: Option<Box<dyn Any>> = if fresh { Some(Box::new(deps.clone())) } else { None };
    let start = Rc::new(move || -> Pending {
        let answer = fetch(deps.clone());
        Box::pin(async move { answer.await.map(|answer| Rc::new(answer) as Rc<dyn Any>) })
    });
    Query {
        core: use_core(watch, start, seen, kept),
        of: PhantomData,
    }
}

/// The body of [`use_fetch`]. `fresh` holds the dependencies when they are new.
fn use_core(
    watch: &'static [NodeKind],
    start: Rc<dyn Fn() -> Pending>,
    mut seen: CopyValue<Option<Box<dyn Any>>>,
    fresh: Option<Box<dyn Any>>,
) -> Core {
    let mut data = use_signal(|| None::<Rc<dyn Any>>);
    let mut error = use_signal(|| None::<Error>);
    let mut newest = use_hook(|| CopyValue::new(0_u32));
    let patches = use_hook(|| CopyValue::new(0_u32));
    let again = use_callback(move |()| {
        let mine = newest() + 1;
        newest.set(mine);
        let start = Rc::clone(&start);
        spawn(async move {
            let answer = loop {
                let asked_at = patches();
                let answer = start().await;
                // A later request has overtaken this one.
                if newest() != mine {
                    return;
                }
                // What was changed meanwhile is newer than this answer, which would show it undone.
                if answer.is_err() || patches() == asked_at {
                    break answer;
                }
            };
            match answer {
                Ok(answer) => {
                    error.set(None);
                    data.set(Some(answer));
                }
                Err(reason) => error.set(Some(reason)),
            }
        });
    });
    if fresh.is_some() {
        seen.set(fresh);
        again.call(());
    }
    use_changes(watch, again);
    Core {
        data,
        error,
        again,
        patches,
    }
}

/// [`use_fetch`] with one GraphQL operation.
pub(crate) fn use_query<D, T>(
    deps: D,
    watch: &'static [NodeKind],
    ask: impl Fn(D) -> Asked<T> + 'static,
) -> Query<T>
where
    D: Clone + PartialEq + 'static,
    T: Ask,
{
    use_fetch(deps, watch, move |deps| client::run(ask(deps)))
}

/// Calls back soon after something of a `watch`ed kind changed; many changes at once call once.
pub(crate) fn use_changes(watch: &'static [NodeKind], callback: Callback<()>) {
    /// Long enough for the changes of one transaction to arrive together, too short to be noticed.
    const SETTLE_MILLIS: u32 = 120;
    let pending = use_hook(|| CopyValue::new(false));
    use_hook(|| {
        let scope = dioxus::core::current_scope_id();
        let runtime = dioxus::core::Runtime::current();
        Rc::new(changes::listen(move |change| {
            let concerns = change.is_none_or(|change| watch.contains(&change.kind));
            if !concerns || pending() {
                return;
            }
            let mut pending = pending;
            pending.set(true);
            runtime.in_scope(scope, || {
                spawn(async move {
                    TimeoutFuture::new(SETTLE_MILLIS).await;
                    pending.set(false);
                    callback.call(());
                });
            });
        })) as Rc<Listening>
    });
}
