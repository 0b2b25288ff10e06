//! Hooks that bring an answer to a page and keep it fresh.

use std::{future::Future, rc::Rc};

use cynic::Operation;
use dioxus::prelude::*;
use futures_util::future::LocalBoxFuture;
use gloo_timers::future::TimeoutFuture;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    Error,
    changes::{self, Listening},
    client,
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
    data: Signal<Option<Rc<T>>>,
    error: Signal<Option<Error>>,
    again: Callback<()>,
}

impl<T> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Query<T> {}

impl<T> PartialEq for Query<T> {
    fn eq(&self, other: &Self) -> bool {
        self.data == other.data
    }
}

impl<T: 'static> Query<T> {
    /// For a `match` in the page.
    pub(crate) fn load(&self) -> Load<T> {
        match (&*self.data.read(), &*self.error.read()) {
            (Some(data), _) => Load::Ready(data.clone()),
            (None, Some(error)) => Load::Failed(error.clone()),
            (None, None) => Load::Wait,
        }
    }

    /// The newest answer, if there is one.
    pub(crate) fn get(&self) -> Option<Rc<T>> {
        self.data.read().clone()
    }

    /// Asks again; the present answer stays until then. Does nothing once the page is gone.
    pub(crate) fn refetch(&self) {
        if self.data.try_peek().is_ok() {
            self.again.call(());
        }
    }

    /// Changes the answer in place, ahead of the server. [`Self::refetch`] takes it back.
    pub(crate) fn patch(&mut self, change: impl FnOnce(&mut T))
    where
        T: Clone,
    {
        if let Ok(mut data) = self.data.try_write()
            && let Some(data) = data.as_mut()
        {
            change(Rc::make_mut(data));
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
    let mut data = use_signal(|| None);
    let mut error = use_signal(|| None);
    let mut newest = use_hook(|| CopyValue::new(0_u32));
    let mut seen = use_hook(|| CopyValue::new(None::<D>));
    let again = {
        let deps = deps.clone();
        use_callback(move |()| {
            let mine = newest() + 1;
            newest.set(mine);
            // Boxed: what follows is then compiled once for each answer, not for each way to ask.
            let answer: LocalBoxFuture<'static, Result<T, Error>> = Box::pin(fetch(deps.clone()));
            spawn(async move {
                let answer = answer.await;
                // A later request has overtaken this one.
                if newest() != mine {
                    return;
                }
                match answer {
                    Ok(answer) => {
                        error.set(None);
                        data.set(Some(Rc::new(answer)));
                    }
                    Err(reason) => error.set(Some(reason)),
                }
            });
        })
    };
    if seen.read().as_ref() != Some(&deps) {
        seen.set(Some(deps));
        again.call(());
    }
    use_changes(watch, again);
    Query { data, error, again }
}

/// [`use_fetch`] with one GraphQL operation.
pub(crate) fn use_query<D, T, V>(
    deps: D,
    watch: &'static [NodeKind],
    operation: impl Fn(D) -> Operation<T, V> + 'static,
) -> Query<T>
where
    D: Clone + PartialEq + 'static,
    T: DeserializeOwned + 'static,
    V: Serialize + 'static,
{
    use_fetch(deps, watch, move |deps| client::run(operation(deps)))
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
