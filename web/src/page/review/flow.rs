//! The review's keyboard: which item has the focus, how far it is open, what a
//! key means there, and what one press of undo takes back.
//!
//! Pure, so that every path can be tested without a browser. The page calls
//! [`Flow::press`], carries out the [`Act`] that comes back, and reports with
//! [`Flow::decided`] or [`Flow::failed`].

use super::keys::Press;

/// How far the focused item is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// One line, like the others.
    Row,
    /// With its quote and properties.
    #[default]
    Open,
    /// Its properties as fields.
    Edit,
    /// Asking why it is rejected.
    Reject,
}

/// An item as far as the keyboard cares, in the order shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The item's id.
    pub(crate) id: String,
    /// Whether it waits for a decision.
    pub(crate) open: bool,
}

/// What the page has to do after a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Nothing beyond showing the new state.
    Nothing,
    /// Accept this item as it stands.
    Accept(String),
    /// Reject this item without a reason.
    Reject(String),
    /// Accept every open item.
    AcceptAll,
    /// Reopen these items.
    Reopen(Vec<String>),
    /// Make a task of the selected text.
    MakeTask,
    /// Select the next (`true`) or the previous sentence.
    Sentence(bool),
}

/// The keyboard's state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flow {
    /// The focused item's id.
    pub(crate) focus: Option<String>,
    /// How far it is open.
    pub(crate) mode: Mode,
    /// Decisions that can be taken back, the newest last; one entry a step.
    history: Vec<Vec<String>>,
}

impl Flow {
    /// Begins at the first open item, else at the first.
    pub(crate) fn new(items: &[Entry]) -> Self {
        let first = items.iter().find(|item| item.open).or(items.first());
        Self {
            focus: first.map(|item| item.id.clone()),
            ..Self::default()
        }
    }

    /// Answers a key.
    pub(crate) fn press(&mut self, press: Press, items: &[Entry]) -> Act {
        let at = self.position(items);
        match press {
            Press::Next => self.step(items, at.map_or(0, |at| (at + 1).min(items.len() - 1))),
            Press::Previous => self.step(items, at.map_or(0, |at| at.saturating_sub(1))),
            Press::Accept => return self.on_open(items, at, Act::Accept),
            Press::Reject => return self.on_open(items, at, Act::Reject),
            Press::RejectWithReason => self.enter(items, at, Mode::Reject),
            Press::Edit => self.enter(items, at, Mode::Edit),
            Press::AcceptAll if items.iter().any(|item| item.open) => return Act::AcceptAll,
            Press::AcceptAll => {}
            Press::Undo => return self.undo(items, at),
            Press::Open if at.is_some() => self.mode = Mode::Open,
            Press::Open => {}
            Press::Close => {
                self.mode = match self.mode {
                    Mode::Edit | Mode::Reject => Mode::Open,
                    Mode::Open | Mode::Row => Mode::Row,
                };
            }
            Press::MakeTask => return Act::MakeTask,
            Press::NextSentence => return Act::Sentence(true),
            Press::PreviousSentence => return Act::Sentence(false),
        }
        Act::Nothing
    }

    /// Puts the focus on an item, open.
    pub(crate) fn focus_on(&mut self, id: &str) {
        if self.focus.as_deref() != Some(id) || self.mode == Mode::Row {
            self.focus = Some(id.to_owned());
            self.mode = Mode::Open;
        }
    }

    /// Puts the focus on an item, its properties as fields.
    pub(crate) fn begin_edit(&mut self, id: &str) {
        self.focus = Some(id.to_owned());
        self.mode = Mode::Edit;
    }

    /// The person decided these items in one step: it can be undone in one, and
    /// the focus goes to the next item that waits, downwards first.
    pub(crate) fn decided(&mut self, ids: &[String], items: &[Entry]) {
        self.history.push(ids.to_vec());
        self.mode = Mode::Open;
        let after = self.position(items).unwrap_or(0);
        let waits = |item: &&Entry| item.open && !ids.contains(&item.id);
        let next = items[after.min(items.len())..]
            .iter()
            .find(waits)
            .or_else(|| items.iter().find(waits));
        if let Some(next) = next {
            self.focus = Some(next.id.clone());
        }
    }

    /// The decision could not be carried out: it leaves the history, and the
    /// focus goes back to it.
    pub(crate) fn failed(&mut self, ids: &[String]) {
        if let Some(at) = self.history.iter().rposition(|step| step == ids) {
            self.history.remove(at);
        }
        self.focus = ids.first().cloned().or(self.focus.take());
        self.mode = Mode::Open;
    }

    /// Whether `u` would do something.
    pub(crate) fn can_undo(&self) -> bool {
        !self.history.is_empty()
    }

    /// Takes the newest decision from the history, or one that reopened these
    /// items by other means (a button on the row).
    pub(crate) fn forget(&mut self, ids: &[String]) {
        for step in &mut self.history {
            step.retain(|id| !ids.contains(id));
        }
        self.history.retain(|step| !step.is_empty());
    }

    fn position(&self, items: &[Entry]) -> Option<usize> {
        let focus = self.focus.as_deref()?;
        items.iter().position(|item| item.id == focus)
    }

    fn step(&mut self, items: &[Entry], to: usize) {
        if let Some(item) = items.get(to) {
            self.focus = Some(item.id.clone());
            if self.mode != Mode::Row {
                self.mode = Mode::Open;
            }
        }
    }

    fn on_open(&self, items: &[Entry], at: Option<usize>, act: fn(String) -> Act) -> Act {
        match at.map(|at| &items[at]) {
            Some(item) if item.open => act(item.id.clone()),
            _ => Act::Nothing,
        }
    }

    fn enter(&mut self, items: &[Entry], at: Option<usize>, mode: Mode) {
        if at.is_some_and(|at| items[at].open) {
            self.mode = mode;
        }
    }

    /// The newest step; without one (after a reload), the focused item if it is
    /// decided.
    fn undo(&mut self, items: &[Entry], at: Option<usize>) -> Act {
        let ids = match self.history.pop() {
            Some(ids) => ids,
            None => match at.map(|at| &items[at]) {
                Some(item) if !item.open => vec![item.id.clone()],
                _ => return Act::Nothing,
            },
        };
        self.focus = ids.first().cloned().or(self.focus.take());
        self.mode = Mode::Open;
        Act::Reopen(ids)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `"abC"`: three items, the third decided.
    fn items(spec: &str) -> Vec<Entry> {
        spec.chars()
            .map(|c| Entry {
                id: c.to_ascii_lowercase().to_string(),
                open: c.is_ascii_lowercase(),
            })
            .collect()
    }

    fn focus(flow: &Flow) -> &str {
        flow.focus.as_deref().unwrap_or("")
    }

    fn ids(spec: &str) -> Vec<String> {
        spec.chars().map(String::from).collect()
    }

    #[test]
    fn begins_at_the_first_open_item() {
        assert_eq!(focus(&Flow::new(&items("ABcd"))), "c");
        assert_eq!(focus(&Flow::new(&items("AB"))), "a");
        assert_eq!(Flow::new(&[]).focus, None);
    }

    #[test]
    fn moves_and_stops_at_both_ends() {
        let list = items("aBc");
        let mut flow = Flow::new(&list);
        assert_eq!(flow.press(Press::Previous, &list), Act::Nothing);
        assert_eq!(focus(&flow), "a");
        flow.press(Press::Next, &list);
        assert_eq!(focus(&flow), "b", "decided items can be read too");
        flow.press(Press::Next, &list);
        flow.press(Press::Next, &list);
        assert_eq!(focus(&flow), "c");
        assert_eq!(Flow::default().press(Press::Previous, &[]), Act::Nothing);
    }

    #[test]
    fn no_items_is_no_trouble() {
        let mut flow = Flow::new(&[]);
        for press in [
            Press::Next,
            Press::Accept,
            Press::Edit,
            Press::AcceptAll,
            Press::Undo,
            Press::Open,
        ] {
            assert_eq!(flow.press(press, &[]), Act::Nothing);
        }
    }

    #[test]
    fn accepting_goes_on_to_the_next_open_item() {
        let list = items("aBcd");
        let mut flow = Flow::new(&list);
        assert_eq!(flow.press(Press::Accept, &list), Act::Accept("a".into()));
        flow.decided(&ids("a"), &list);
        assert_eq!(focus(&flow), "c");
        flow.focus_on("d");
        flow.decided(&ids("d"), &items("ABcd"));
        assert_eq!(focus(&flow), "c", "round to the first that waits");
        flow.decided(&ids("c"), &items("ABcD"));
        assert_eq!(focus(&flow), "c", "all done: stay");
    }

    #[test]
    fn decided_items_are_not_decided_again() {
        let list = items("Ab");
        let mut flow = Flow::new(&list);
        flow.focus_on("a");
        assert_eq!(flow.press(Press::Accept, &list), Act::Nothing);
        assert_eq!(flow.press(Press::Reject, &list), Act::Nothing);
        flow.press(Press::Edit, &list);
        assert_eq!(flow.mode, Mode::Open);
    }

    #[test]
    fn enter_opens_and_escape_closes_step_by_step() {
        let list = items("ab");
        let mut flow = Flow::new(&list);
        flow.press(Press::Edit, &list);
        assert_eq!(flow.mode, Mode::Edit);
        flow.press(Press::Close, &list);
        assert_eq!(flow.mode, Mode::Open);
        flow.press(Press::Close, &list);
        assert_eq!(flow.mode, Mode::Row);
        flow.press(Press::Next, &list);
        assert_eq!(
            (focus(&flow), flow.mode),
            ("b", Mode::Row),
            "closed stays closed on the way"
        );
        flow.press(Press::Open, &list);
        assert_eq!(flow.mode, Mode::Open);
        flow.press(Press::RejectWithReason, &list);
        assert_eq!(flow.mode, Mode::Reject);
        flow.press(Press::Next, &list);
        assert_eq!(flow.mode, Mode::Open, "leaving an item ends the question");
    }

    #[test]
    fn one_undo_takes_back_one_step() {
        let mut flow = Flow::new(&items("abcd"));
        flow.decided(&ids("a"), &items("abcd"));
        assert_eq!(flow.press(Press::AcceptAll, &items("Abcd")), Act::AcceptAll);
        flow.decided(&ids("bcd"), &items("Abcd"));
        let list = items("ABCD");
        assert_eq!(flow.press(Press::AcceptAll, &list), Act::Nothing);
        assert_eq!(flow.press(Press::Undo, &list), Act::Reopen(ids("bcd")));
        assert_eq!(focus(&flow), "b");
        assert_eq!(flow.press(Press::Undo, &items("Abcd")), Act::Reopen(ids("a")));
        assert_eq!(flow.press(Press::Undo, &items("abcd")), Act::Nothing);
    }

    #[test]
    fn undo_after_a_reload_reopens_the_focused_item() {
        let list = items("AB");
        let mut flow = Flow::new(&list);
        assert!(!flow.can_undo());
        assert_eq!(flow.press(Press::Undo, &list), Act::Reopen(ids("a")));
    }

    #[test]
    fn a_failed_decision_leaves_no_step_behind() {
        let list = items("abc");
        let mut flow = Flow::new(&list);
        flow.decided(&ids("a"), &list);
        flow.decided(&ids("b"), &list);
        flow.failed(&ids("a"));
        assert_eq!(focus(&flow), "a");
        assert_eq!(flow.press(Press::Undo, &list), Act::Reopen(ids("b")));
        assert!(!flow.can_undo());
    }

    #[test]
    fn items_reopened_by_hand_leave_the_history() {
        let mut flow = Flow::new(&items("abc"));
        flow.decided(&ids("ab"), &items("abc"));
        flow.forget(&ids("a"));
        assert_eq!(flow.press(Press::Undo, &items("aBc")), Act::Reopen(ids("b")));
    }
}
