//! What board and list are narrowed to. It lives in the address.

use dioxus::prelude::*;

use crate::{
    fmt::Day,
    gql::types::{NodeKind, Responsible, TaskPriority, TaskStatus},
    gql::use_fetch,
    page::task::query::{self, TaskRow},
    route::Params,
    session,
    ui::prelude::*,
};

/// A filter, read from an address.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TaskFilter {
    search: Option<String>,
    priority: Option<TaskPriority>,
    who: Option<Responsible>,
    assignee: Option<String>,
    open: bool,
    late: bool,
    undated: bool,
    unestimated: bool,
}

/// The filters that are on or off: parameter, and the word on the chip.
const FLAGS: [(&str, &str); 4] = [
    ("open", "Open"),
    ("late", "Late"),
    ("undated", "No due date"),
    ("unestimated", "No estimate"),
];

impl TaskFilter {
    /// From the address.
    pub(crate) fn of(params: &Params) -> Self {
        let on = |name| params.get(name).is_some();
        Self {
            search: params.get("search").map(str::to_lowercase),
            priority: params.get("priority").and_then(TaskPriority::from_key),
            who: params.get("who").and_then(Responsible::from_key),
            assignee: params.get("assignee").map(ToOwned::to_owned),
            open: on("open"),
            late: on("late"),
            undated: on("undated"),
            unestimated: on("unestimated"),
        }
    }

    /// Whether anything is hidden.
    pub(crate) fn narrows(&self) -> bool {
        *self != Self::default()
    }

    /// Whether a task is shown.
    pub(crate) fn fits(&self, task: &TaskRow, today: Day) -> bool {
        let done = task.status == TaskStatus::Done;
        self.search
            .as_ref()
            .is_none_or(|text| task.title.to_lowercase().contains(text))
            && self.priority.is_none_or(|priority| task.priority == priority)
            && self.who.is_none_or(|who| task.responsible == who)
            && self.assignee.as_ref().is_none_or(|id| match &task.assignee {
                Some(person) => person.id.inner() == id,
                None => id == "none",
            })
            && !(self.open && done)
            && (!self.late || task.is_late(today))
            && !(self.undated && (done || task.due_date.is_some()))
            && !(self.unestimated
                && (done || task.estimate_max_minutes.or(task.estimate_min_minutes).is_some()))
    }
}

/// The toolbar above board and list; `onchange` gets the new address parameters.
#[component]
pub(crate) fn FilterBar(params: Params, onchange: EventHandler<Params>, children: Element) -> Element {
    let choices = use_fetch(session::workspace_id(), &[NodeKind::Workspace], query::choices);
    let mut people: Vec<SelectOption> = choices
        .get()
        .map(|choices| {
            choices
                .members
                .iter()
                .map(|member| SelectOption::new(member.user.id.inner(), member.user.name.clone()))
                .collect()
        })
        .unwrap_or_default();
    people.push(SelectOption::new("none", "Nobody"));
    let value = |name: &str| params.get(name).unwrap_or_default().to_owned();
    let set = {
        let params = params.clone();
        move |name: &'static str, value: &str| onchange.call(params.with(name, value))
    };
    let (find, priority, who, assignee, flag) = (set.clone(), set.clone(), set.clone(), set.clone(), set);
    let narrows = TaskFilter::of(&params).narrows();
    let task = value("task");
    rsx! {
        div { class: "toolbar", role: "toolbar", aria_label: "Filters",
            SearchBox { label: "Find a task", value: value("search"), onchange: move |text: String| find("search", &text) }
            SelectChip { label: "Assignee", value: value("assignee"), options: people, onchange: move |value: String| assignee("assignee", &value) }
            SelectChip {
                label: "Priority", value: value("priority"),
                options: TaskPriority::ALL.iter().map(|each| SelectOption::new(each.key(), each.word())).collect::<Vec<_>>(),
                onchange: move |value: String| priority("priority", &value),
            }
            SelectChip {
                label: "Who acts", value: value("who"),
                options: Responsible::ALL.iter().map(|each| SelectOption::new(each.key(), each.word())).collect::<Vec<_>>(),
                onchange: move |value: String| who("who", &value),
            }
            for (name, word) in FLAGS {
                if params.get(name).is_some() || name == "late" {
                    Chip { key: "{name}", set: params.get(name).is_some(), onclick: { let flag = flag.clone(); let on = params.get(name).is_some(); move |_| flag(name, if on { "" } else { "1" }) }, {word} }
                }
            }
            if narrows { Btn { variant: Variant::Ghost, size: BtnSize::Small, onclick: move |_| onchange.call(Params::of("task", &task)), "Clear" } }
            span { class: "end", {children} }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Day, TaskFilter};
    use crate::{
        gql::types::{Hue, ProjectRef, Responsible, TaskPriority, TaskStatus},
        page::task::query::TaskRow,
        route::Params,
    };

    fn task() -> TaskRow {
        TaskRow {
            id: cynic::Id::new("task_1"),
            title: "Entrance vinyl".to_owned(),
            status: TaskStatus::Next,
            priority: TaskPriority::High,
            position: "a".to_owned(),
            responsible: Responsible::Client,
            project: ProjectRef {
                id: cynic::Id::new("project_1"),
                name: "Signage".to_owned(),
                hue: Hue::Clay,
            },
            parent: None,
            assignee: None,
            estimate_min_minutes: None,
            estimate_max_minutes: Some(60),
            due_date: Day::parse("2026-11-20"),
            completed_at: None,
            subtask_count: 0,
            subtask_done_count: 0,
            version: 1,
        }
    }

    fn fits(query: &str) -> bool {
        let today = Day::parse("2026-11-23").expect("a day");
        TaskFilter::of(&Params::from(query)).fits(&task(), today)
    }

    #[test]
    fn every_parameter_narrows_by_itself() {
        for query in [
            "",
            "search=VINYL",
            "priority=High",
            "who=Client",
            "assignee=none",
            "late=1",
            "open=1",
            "task=x",
        ] {
            assert!(fits(query), "{query}");
        }
        for query in [
            "search=plaque",
            "priority=Low",
            "who=Freelancer",
            "assignee=user_1",
            "undated=1",
            "unestimated=1",
        ] {
            assert!(!fits(query), "{query}");
        }
        assert!(!TaskFilter::of(&Params::from("task=x")).narrows());
    }
}
