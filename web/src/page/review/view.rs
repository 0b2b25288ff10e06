//! A suggestion arranged for the review: numbered, grouped, counted.

use super::{flow::Entry, query::SuggestionItem, source, text::Quote};
use crate::gql::types::{ItemKind, ItemState};

/// An item with the number that its quote carries in the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) item: SuggestionItem,
}

impl Line {
    /// The item's id.
    pub(super) fn id(&self) -> &str {
        self.item.id.inner()
    }
}

/// Items of one kind under one heading.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    pub(super) title: &'static str,
    pub(super) anchor: &'static str,
    pub(super) lines: Vec<Line>,
}

impl Group {
    /// `tasks`, or `task` where there is one.
    pub(super) fn noun(&self) -> String {
        let title = self.title.to_lowercase();
        match title.strip_suffix('s') {
            Some(one) if self.lines.len() == 1 => one.to_owned(),
            _ => title,
        }
    }
}

/// Everything the panes, the heads and the keyboard need.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct View {
    pub(super) groups: Vec<Group>,
    /// In the order shown.
    pub(super) entries: Vec<Entry>,
    pub(super) quotes: Vec<Quote>,
    pub(super) accepted: usize,
    pub(super) rejected: usize,
    pub(super) open: usize,
}

/// Headings with the kinds under them, in the order a plan is read.
const GROUPS: [(&str, &str, &[ItemKind]); 5] = [
    ("Tasks", "g-tasks", &[ItemKind::Task]),
    ("Questions", "g-questions", &[ItemKind::Question]),
    ("Exclusions", "g-exclusions", &[ItemKind::Exclusion]),
    ("Decisions", "g-decisions", &[ItemKind::Decision]),
    (
        "Dates and budget",
        "g-frame",
        &[ItemKind::Deadline, ItemKind::Budget],
    ),
];

/// The value of `data-state`.
pub(super) fn state_key(state: ItemState) -> &'static str {
    match state {
        ItemState::Open => "open",
        ItemState::Accepted => "accepted",
        ItemState::Rejected => "rejected",
    }
}

impl View {
    /// Arranges items.
    pub(super) fn new(items: &[SuggestionItem]) -> Self {
        let start = |item: &SuggestionItem| item.quote_start.and_then(|at| usize::try_from(at).ok());
        let end = |item: &SuggestionItem| item.quote_end.and_then(|at| usize::try_from(at).ok());
        let order: Vec<(Option<usize>, i32)> = items.iter().map(|item| (start(item), item.ordinal)).collect();
        let numbers = source::numbers(&order);
        let lines: Vec<Line> = items
            .iter()
            .zip(numbers)
            .map(|(item, number)| Line {
                number,
                item: item.clone(),
            })
            .collect();
        let mut view = Self::default();
        for (title, anchor, kinds) in GROUPS {
            let mut lines: Vec<Line> = lines
                .iter()
                .filter(|line| kinds.contains(&line.item.kind))
                .cloned()
                .collect();
            lines.sort_by_key(|line| line.number);
            if !lines.is_empty() {
                view.groups.push(Group { title, anchor, lines });
            }
        }
        for line in &lines {
            match line.item.state {
                ItemState::Open => view.open += 1,
                ItemState::Accepted => view.accepted += 1,
                ItemState::Rejected => view.rejected += 1,
            }
            if let (Some(start), Some(end)) = (start(&line.item), end(&line.item)) {
                let item = line.id().to_owned();
                view.quotes.push(Quote {
                    item,
                    number: line.number,
                    state: state_key(line.item.state),
                    start,
                    end,
                });
            }
        }
        view.entries = view
            .lines()
            .map(|line| Entry {
                id: line.id().to_owned(),
                open: line.item.state == ItemState::Open,
            })
            .collect();
        view
    }

    /// All lines in the order shown.
    pub(super) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.groups.iter().flat_map(|group| &group.lines)
    }

    /// One line.
    pub(super) fn line(&self, id: &str) -> Option<&Line> {
        self.lines().find(|line| line.id() == id)
    }

    /// How many items there are.
    pub(super) fn total(&self) -> usize {
        self.open + self.decided()
    }

    /// How many are decided.
    pub(super) fn decided(&self) -> usize {
        self.accepted + self.rejected
    }

    /// `3 of 13 decided`.
    pub(super) fn progress(&self) -> String {
        [
            &self.decided().to_string(),
            " of ",
            &self.total().to_string(),
            " decided",
        ]
        .concat()
    }

    /// Ids of all open items.
    pub(super) fn open_ids(&self) -> Vec<String> {
        self.entries
            .iter()
            .filter(|entry| entry.open)
            .map(|entry| entry.id.clone())
            .collect()
    }
}
