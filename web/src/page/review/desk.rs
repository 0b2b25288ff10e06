//! The review's state: the suggestion as the server has it, decisions on their
//! way there, and the keyboard. Decisions show at once; a refused one is taken
//! back with a message.

use std::{cell::RefCell, future::Future, rc::Rc};

use dioxus::prelude::*;
use futures_channel::oneshot;
use futures_util::{
    FutureExt,
    future::{LocalBoxFuture, Shared},
};
use wasm_bindgen_futures::spawn_local;

use super::{
    flow::{Act, Flow},
    keys::Press,
    query::{self, ItemEdits, Suggestion, SuggestionItem},
    text::Passage,
    view::View,
};
use crate::{
    fmt::intl,
    gql::{
        Error, Query,
        types::{ItemState, Money, MoneyInput, RejectReason},
    },
    ui::toast,
};

/// Everything the panes share. Cheap to copy.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Desk {
    query: Query<Suggestion>,
    /// Items as they will be once the server has agreed.
    ahead: Signal<Vec<SuggestionItem>>,
    pub(super) view: Memo<Rc<View>>,
    pub(super) flow: Signal<Flow>,
    /// The item the pointer is over, here or in the text.
    pub(super) hover: Signal<Option<String>>,
    /// What a screen reader says next, before how far the review is.
    pub(super) said: Signal<String>,
    /// Whether the phone shows the source instead of the items.
    pub(super) see_source: Signal<bool>,
    /// Asked for by keyboard: sentences forth and back, and tasks made of them.
    pub(super) sentence: Signal<i32>,
    pub(super) make: Signal<u32>,
}

/// The desk of one suggestion.
pub(super) fn use_desk(query: Query<Suggestion>) -> Desk {
    let ahead = use_signal(Vec::<SuggestionItem>::new);
    let view = use_memo(move || {
        let Some(suggestion) = query.get() else {
            return Rc::default();
        };
        let ahead = ahead.read();
        let replaced =
            |item: &SuggestionItem| ahead.iter().find(|new| new.id == item.id).unwrap_or(item).clone();
        Rc::new(View::new(
            &suggestion.items.iter().map(replaced).collect::<Vec<_>>(),
        ))
    });
    let mut flow = use_signal(Flow::default);
    let mut begun = use_hook(|| CopyValue::new(false));
    use_effect(move || {
        let view = view();
        if !begun() && query.get().is_some() {
            begun.set(true);
            flow.set(Flow::new(&view.entries));
        }
    });
    Desk {
        query,
        ahead,
        view,
        flow,
        hover: use_signal(|| None),
        said: use_signal(String::new),
        see_source: use_signal(|| false),
        sentence: use_signal(|| 0),
        make: use_signal(|| 0),
    }
}

impl Desk {
    /// Answers a key.
    pub(super) fn press(mut self, press: Press) {
        let entries = self.view.read().entries.clone();
        let act = self.flow.write().press(press, &entries);
        match act {
            Act::Nothing => {}
            Act::Accept(id) => self.accept(&id, None),
            Act::Reject(id) => self.reject(&id, None),
            Act::AcceptAll => self.accept_all(),
            Act::Reopen(ids) => self.reopen(&ids),
            Act::MakeTask => {
                let next = *self.make.peek() + 1;
                self.make.set(next);
            }
            Act::Sentence(forward) => {
                let next = *self.sentence.peek() + if forward { 1 } else { -1 };
                self.sentence.set(next);
            }
        }
    }

    /// Puts the focus on an item.
    pub(super) fn focus_on(mut self, id: &str) {
        self.see_source.set(false);
        self.flow.write().focus_on(id);
    }

    /// Accepts an item, with edits or as it stands.
    pub(super) fn accept(self, id: &str, edits: Option<ItemEdits>) {
        let Some(item) = self.item(id).filter(|item| item.state == ItemState::Open) else {
            return;
        };
        let version = self.version(&item);
        let mut after = item.clone();
        after.state = ItemState::Accepted;
        if let Some(edits) = &edits {
            apply(&mut after, edits);
        }
        let said = ["Accepted: ", after.title.as_str()].concat();
        let work = query::accept(id.to_owned(), version, edits);
        self.decide(
            vec![after],
            &said,
            work.map(|answer| answer.map(|item| vec![item])),
        );
    }

    /// Rejects an item.
    pub(super) fn reject(self, id: &str, reason: Option<RejectReason>) {
        let Some(item) = self.item(id).filter(|item| item.state == ItemState::Open) else {
            return;
        };
        let version = self.version(&item);
        let said = ["Rejected: ", item.title.as_str()].concat();
        let after = SuggestionItem {
            state: ItemState::Rejected,
            reject_reason: reason,
            ..item
        };
        let work = query::reject(id.to_owned(), version, reason);
        self.decide(
            vec![after],
            &said,
            work.map(|answer| answer.map(|item| vec![item])),
        );
    }

    /// Accepts every open item, in one step.
    pub(super) fn accept_all(self) {
        let ids = self.view.read().open_ids();
        let Some(suggestion) = self.query.get().filter(|_| !ids.is_empty()) else {
            return;
        };
        let after = ids
            .iter()
            .filter_map(|id| self.item(id))
            .map(|item| SuggestionItem {
                state: ItemState::Accepted,
                ..item
            })
            .collect();
        let said = ["Accepted all ", &ids.len().to_string()].concat();
        self.decide(after, &said, query::accept_all(suggestion.id.inner().to_owned()));
    }

    /// Takes decisions back.
    pub(super) fn reopen(mut self, ids: &[String]) {
        let Some(suggestion) = self.query.get() else {
            return;
        };
        self.flow.write().forget(ids);
        toast::clear("review");
        let after: Vec<SuggestionItem> = ids
            .iter()
            .filter_map(|id| self.item(id))
            .map(|item| SuggestionItem {
                state: ItemState::Open,
                reject_reason: None,
                ..item
            })
            .collect();
        let said = match after.as_slice() {
            [one] => ["Taken back: ", one.title.as_str()].concat(),
            many => ["Taken back ", &many.len().to_string(), " decisions"].concat(),
        };
        self.put_ahead(&after);
        self.say(&said);
        let work = in_order(query::reopen(suggestion.id.inner().to_owned(), ids.to_vec()));
        spawn(async move {
            if let Some(answer) = work.await {
                self.settle(&after, answer);
            }
        });
    }

    /// Makes an item of a passage; it opens for editing.
    pub(super) fn add(mut self, passage: Passage) {
        let Some(suggestion) = self.query.get() else {
            return;
        };
        let said = ["Added: ", passage.title.as_str()].concat();
        let work = in_order(query::add(
            suggestion.id.inner().to_owned(),
            passage.kind,
            passage.title,
            (passage.start < passage.end).then_some((passage.start, passage.end)),
            crate::platform::random_key(),
        ));
        spawn(async move {
            match work.await {
                Some(Ok(item)) => {
                    let id = item.id.inner().to_owned();
                    self.query.patch(|suggestion| suggestion.items.push(item));
                    self.see_source.set(false);
                    self.flow.write().begin_edit(&id);
                    self.say(&said);
                }
                Some(Err(error)) => toast::failed("It was not added.", &error),
                None => {}
            }
        });
    }

    /// Tells a screen reader, with how far the review is.
    fn say(mut self, what: &str) {
        self.said.set([what, ". "].concat());
    }

    /// Tells a screen reader how far the review is; the toast says what was done.
    fn say_progress(mut self) {
        // Not empty, so that the page has something to say.
        self.said.set(" ".to_owned());
    }

    /// A toast that takes this decision back, also once the page is left.
    fn offer_undo(self, said: &str, ids: Vec<String>) {
        let Some(suggestion) = self
            .query
            .get()
            .map(|suggestion| suggestion.id.inner().to_owned())
        else {
            return;
        };
        toast::undoable_in("review", said, move || {
            if self.hover.try_peek().is_ok() {
                self.reopen(&ids);
            } else {
                let work = in_order(query::reopen(suggestion.clone(), ids.clone()));
                toast::attempt(
                    "That was not taken back.",
                    work.map(|answer| answer.unwrap_or(Ok(Vec::new())).map(drop)),
                );
            }
        });
    }

    /// The item as shown.
    fn item(self, id: &str) -> Option<SuggestionItem> {
        self.view.read().line(id).map(|line| line.item.clone())
    }

    /// The version to expect; none while an earlier decision about it is on its way.
    fn version(self, item: &SuggestionItem) -> Option<i32> {
        let on_its_way = self.ahead.peek().iter().any(|ahead| ahead.id == item.id);
        (!on_its_way).then_some(item.version)
    }

    /// Shows a decision, sends it, and takes it back if it is refused.
    fn decide(
        mut self,
        after: Vec<SuggestionItem>,
        said: &str,
        work: impl Future<Output = Result<Vec<SuggestionItem>, Error>> + 'static,
    ) {
        let ids: Vec<String> = after.iter().map(|item| item.id.inner().to_owned()).collect();
        let entries = self.view.read().entries.clone();
        self.flow.write().decided(&ids, &entries);
        self.put_ahead(&after);
        self.say_progress();
        self.offer_undo(said, ids.clone());
        let work = in_order(work);
        spawn(async move {
            let Some(answer) = work.await else { return };
            match &answer {
                Ok(items) if items.len() < ids.len() => self.left_open(&ids, items),
                Ok(_) => {}
                Err(_) => self.flow.write().failed(&ids),
            }
            self.settle(&after, answer);
        });
    }

    /// Some items cannot be taken as they stand: a budget without an amount, a date that does not fit.
    fn left_open(mut self, asked: &[String], accepted: &[SuggestionItem]) {
        let left: Vec<&String> = asked
            .iter()
            .filter(|id| !accepted.iter().any(|item| item.id.inner() == id.as_str()))
            .collect();
        if let Some(first) = left.first() {
            self.flow.write().focus_on(first);
        }
        let count = i32::try_from(left.len()).unwrap_or(i32::MAX);
        let what = intl::count(count, "item stays open", "items stay open");
        toast::done([what.as_str(), ": edit what is missing, then accept."].concat());
    }

    fn put_ahead(mut self, after: &[SuggestionItem]) {
        let mut ahead = self.ahead.write();
        ahead.retain(|old| !after.iter().any(|new| new.id == old.id));
        ahead.extend_from_slice(after);
    }

    /// The server has answered: its items replace those shown ahead of it.
    fn settle(mut self, after: &[SuggestionItem], answer: Result<Vec<SuggestionItem>, Error>) {
        match answer {
            Ok(items) => self.query.patch(|suggestion| {
                for item in items {
                    if let Some(old) = suggestion.items.iter_mut().find(|old| old.id == item.id) {
                        *old = item;
                    }
                }
            }),
            Err(error) => {
                toast::failed("That was not saved.", &error);
                self.query.refetch();
            }
        }
        // A later decision about the same item stays ahead.
        self.ahead.write().retain(|item| !after.contains(item));
    }
}

/// What the item will be once it is accepted with these edits.
fn apply(item: &mut SuggestionItem, edits: &ItemEdits) {
    item.edited = true;
    if let Some(title) = &edits.title {
        item.title.clone_from(title);
    }
    if let Some(responsible) = edits.responsible {
        item.responsible = responsible;
    }
    if let Some(MoneyInput {
        amount_cents,
        currency,
    }) = &edits.amount
    {
        item.amount = Some(Money {
            amount_cents: *amount_cents,
            currency: currency.clone(),
        });
    }
    edits.due_date.apply(&mut item.due_date);
    edits.estimate_min_minutes.apply(&mut item.estimate_min_minutes);
    edits.estimate_max_minutes.apply(&mut item.estimate_max_minutes);
}

/// Runs `work` once all earlier work has ended, so that an undo never overtakes
/// what it undoes; also when the page is left meanwhile.
fn in_order<T: 'static>(work: impl Future<Output = T> + 'static) -> impl Future<Output = Option<T>> {
    thread_local! {
        static LAST: RefCell<Option<Shared<LocalBoxFuture<'static, ()>>>> = const { RefCell::new(None) };
    }
    let (done, answer) = oneshot::channel();
    let before = LAST.take();
    let task = async move {
        if let Some(before) = before {
            before.await;
        }
        // Nobody waits for it any more when the page was left.
        let _ = done.send(work.await);
    }
    .boxed_local()
    .shared();
    LAST.set(Some(task.clone()));
    spawn_local(task);
    answer.map(Result::ok)
}
