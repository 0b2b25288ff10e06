//! Tasks as lines.

use std::collections::HashMap;

use chrono::NaiveDate;
use smartstack_schema::{
    OrderDirection, ProjectId, Responsible, TaskId, TaskOrderField, TaskPriority, TaskStatus, UserId,
};
use uuid::Uuid;

use super::{
    plan::{Outcome, Planned, SheetPlan, changes, fault, word, wrong, yes},
    read::Line,
    row,
};
use crate::{
    db::{TenantTx, WorkspaceTx, page::Page},
    error::DomainError,
    input::Patch,
    store,
    task::{self, NewTask, Task, TaskFilter, TaskOrder, TaskPatch},
    workspace,
};

pub(super) const COLUMNS: &[&str] = &[
    "id",
    "project_id",
    "project",
    "parent_id",
    "title",
    "description",
    "status",
    "priority",
    "responsible",
    "assignee",
    "estimate_min_minutes",
    "estimate_max_minutes",
    "due_date",
    "client_visible",
];

/// What ids in tasks are called.
struct Names {
    projects: HashMap<ProjectId, String>,
    people: HashMap<UserId, String>,
    /// Tasks by project and title.
    tasks: HashMap<(ProjectId, String), Vec<TaskId>>,
}

fn cells(task: &Task, names: &Names) -> Vec<String> {
    let number = |number: Option<i32>| number.map(|number| number.to_string()).unwrap_or_default();
    vec![
        task.id.to_string(),
        task.project_id.to_string(),
        names.projects.get(&task.project_id).cloned().unwrap_or_default(),
        task.parent_id.map(|id| id.to_string()).unwrap_or_default(),
        task.title.clone(),
        task.description.clone(),
        task.status.as_str().to_lowercase(),
        task.priority.as_str().to_lowercase(),
        task.responsible.as_str().to_lowercase(),
        task.assignee_id
            .and_then(|id| names.people.get(&id))
            .cloned()
            .unwrap_or_default(),
        number(task.estimate_min_minutes),
        number(task.estimate_max_minutes),
        task.due_date.map(|day| day.to_string()).unwrap_or_default(),
        if task.client_visible { "yes" } else { "no" }.to_owned(),
    ]
}

/// A name as it is compared: neither case nor spaces matter.
fn key(name: &str) -> String {
    name.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

async fn names(tx: &WorkspaceTx, with_tasks: bool) -> Result<Names, DomainError> {
    let workspace = store::workspace(tx);
    let rows = store::query(
        tx,
        "SELECT id, name FROM projects WHERE workspace_id = $1 AND deleted_at IS NULL",
        [workspace.into()],
    )
    .await?;
    let mut projects = HashMap::with_capacity(rows.len());
    for row in rows {
        projects.insert(ProjectId(row.try_get("", "id")?), row.try_get("", "name")?);
    }
    let members = workspace::members(tx).await?;
    let people = members
        .into_iter()
        .map(|member| (member.person.id, member.person.email));
    let mut tasks: HashMap<_, Vec<TaskId>> = HashMap::new();
    if with_tasks {
        let rows = store::query(
            tx,
            "SELECT t.id, t.project_id, t.title FROM tasks t
             JOIN projects p ON p.workspace_id = t.workspace_id AND p.id = t.project_id
             WHERE t.workspace_id = $1 AND t.deleted_at IS NULL AND p.deleted_at IS NULL",
            [workspace.into()],
        )
        .await?;
        for row in rows {
            let (id, project): (Uuid, Uuid) = (row.try_get("", "id")?, row.try_get("", "project_id")?);
            let title: String = row.try_get("", "title")?;
            tasks
                .entry((ProjectId(project), key(&title)))
                .or_default()
                .push(TaskId(id));
        }
    }
    Ok(Names {
        projects,
        people: people.collect(),
        tasks,
    })
}

pub(super) async fn page(tx: &WorkspaceTx, page: &Page) -> Result<(String, Option<String>), DomainError> {
    let order = TaskOrder {
        field: TaskOrderField::CreatedAt,
        direction: OrderDirection::Asc,
    };
    let found = task::list(tx, &TaskFilter::default(), order, page).await?;
    let names = names(tx, false).await?;
    let text = found
        .edges
        .iter()
        .map(|edge| row(cells(&edge.node, &names)))
        .collect();
    let next = found
        .edges
        .last()
        .filter(|_| found.has_next)
        .map(|edge| edge.cursor.clone());
    Ok((text, next))
}

/// Does what the lines say, one after the other.
pub(super) async fn run(tx: &mut TenantTx, lines: &[Line]) -> Result<SheetPlan, DomainError> {
    let mut names = names(tx, true).await?;
    let mut met: HashMap<TaskId, u64> = HashMap::new();
    let mut planned = Vec::with_capacity(lines.len());
    for line in lines {
        let (before, project) = match find(tx, line, &names).await {
            Ok(found) => found,
            Err(error) => {
                planned.push(plan(line, None, wrong(error)?));
                continue;
            }
        };
        if let Some(first) = before.as_ref().and_then(|task| met.get(&task.id)) {
            let message = format!("Line {first} is about the same task.");
            planned.push(plan(line, before.as_ref(), wrong(fault("", message))?));
            continue;
        }
        let outcome = match write(tx, line, before.as_ref(), project, &names).await {
            Ok(after) => {
                met.insert(after.id, line.number);
                names
                    .tasks
                    .entry((project, key(&after.title)))
                    .or_default()
                    .push(after.id);
                let was = before.as_ref().map(|task| cells(task, &names));
                let changes = changes(COLUMNS, was.as_deref(), &cells(&after, &names));
                Outcome::of(before.is_some(), changes)
            }
            Err(error) => wrong(error)?,
        };
        planned.push(plan(line, before.as_ref(), outcome));
    }
    Ok(SheetPlan::new(planned))
}

fn plan(line: &Line, before: Option<&Task>, outcome: Outcome) -> Planned {
    let named = line.said("title").map(str::to_owned);
    Planned {
        line: line.number,
        label: named
            .or_else(|| before.map(|task| task.title.clone()))
            .unwrap_or_default(),
        id: before.map(|task| task.id.to_string()),
        version: before.map(|task| task.version),
        outcome,
    }
}

/// The task a line is about, and its project: by its id, else by its title in the project; none for a new one.
async fn find(
    tx: &WorkspaceTx,
    line: &Line,
    names: &Names,
) -> Result<(Option<Task>, ProjectId), DomainError> {
    if let Some(id) = line.said("id") {
        let id: TaskId = id
            .parse()
            .map_err(|_| fault("id", "This is no task’s id. Leave it empty for a new one."))?;
        let task = task::get(tx, id).await?;
        let project = task.project_id;
        let is_elsewhere = match line.said("project_id") {
            Some(said) => said != project.to_string(),
            None => line.said("project").is_some_and(|said| {
                names
                    .projects
                    .get(&project)
                    .is_none_or(|name| key(name) != key(said))
            }),
        };
        if is_elsewhere {
            return Err(fault(
                "project",
                "A task stays in its project. Leave the id empty to make one here.",
            ));
        }
        return Ok((Some(task), project));
    }
    let project = project(line, names)?;
    let title = line
        .said("title")
        .ok_or_else(|| fault("title", "Give a title or an id."))?;
    match names.tasks.get(&(project, key(title))).map(Vec::as_slice) {
        None | Some([]) => Ok((None, project)),
        Some([id]) => Ok((Some(task::get(tx, *id).await?), project)),
        Some(_) => Err(fault(
            "title",
            "Several tasks of this project have this title. Give the id of the one that is meant.",
        )),
    }
}

fn project(line: &Line, names: &Names) -> Result<ProjectId, DomainError> {
    if let Some(id) = line.said("project_id") {
        let id: Option<ProjectId> = id.parse().ok().filter(|id| names.projects.contains_key(id));
        return id.ok_or_else(|| fault("project_id", "There is no such project here."));
    }
    let said = line
        .said("project")
        .ok_or_else(|| fault("project", "Name the project, or give its id."))?;
    let mut found = names
        .projects
        .iter()
        .filter(|(_, name)| key(name) == key(said))
        .map(|(id, _)| *id);
    match (found.next(), found.next()) {
        (Some(id), None) => Ok(id),
        (None, _) => Err(fault(
            "project",
            "There is no project of this name. Make it first.",
        )),
        (Some(_), Some(_)) => Err(fault(
            "project",
            "Several projects have this name. Give project_id.",
        )),
    }
}

/// What the cells of a line say.
struct Said {
    status: Option<TaskStatus>,
    priority: Option<TaskPriority>,
    responsible: Option<Responsible>,
    parent: Option<Option<TaskId>>,
    assignee: Option<Option<UserId>>,
    min: Option<Option<i32>>,
    max: Option<Option<i32>>,
    due: Option<Option<NaiveDate>>,
    visible: Option<bool>,
}

impl Said {
    fn read(line: &Line, names: &Names) -> Result<Self, DomainError> {
        let minutes = |column: &'static str| {
            optional(line, column, |text| {
                text.parse::<i32>()
                    .map_err(|_| fault(column, "Give whole minutes, such as 90."))
            })
        };
        let statuses = ["backlog", "next", "in_progress", "waiting", "done"];
        let priorities = ["none", "low", "medium", "high", "urgent"];
        let status = line
            .said("status")
            .map(|text| word("status", text, TaskStatus::parse, &statuses));
        let priority = line
            .said("priority")
            .map(|text| word("priority", text, TaskPriority::parse, &priorities));
        let responsible = line
            .said("responsible")
            .map(|text| word("responsible", text, Responsible::parse, &["freelancer", "client"]));
        Ok(Self {
            status: status.transpose()?,
            priority: priority.transpose()?,
            responsible: responsible.transpose()?,
            parent: optional(line, "parent_id", |text| {
                text.parse()
                    .map_err(|_| fault("parent_id", "This is no task’s id."))
            })?,
            assignee: optional(line, "assignee", |text| {
                let found = names
                    .people
                    .iter()
                    .find(|(_, email)| email.eq_ignore_ascii_case(text));
                found.map(|(id, _)| *id).ok_or_else(|| {
                    fault(
                        "assignee",
                        "Give the e-mail address of a member of the workspace.",
                    )
                })
            })?,
            min: minutes("estimate_min_minutes")?,
            max: minutes("estimate_max_minutes")?,
            due: optional(line, "due_date", |text| {
                text.parse()
                    .map_err(|_| fault("due_date", "Write the day as 2026-01-31."))
            })?,
            visible: line
                .said("client_visible")
                .map(|text| yes("client_visible", text))
                .transpose()?,
        })
    }
}

/// A cell that may be empty: `None` where the file has no such column.
fn optional<T>(
    line: &Line,
    column: &str,
    read: impl Fn(&str) -> Result<T, DomainError>,
) -> Result<Option<Option<T>>, DomainError> {
    match line.get(column).map(str::trim) {
        None => Ok(None),
        Some("") => Ok(Some(None)),
        Some(text) => read(text).map(|value| Some(Some(value))),
    }
}

async fn write(
    tx: &mut TenantTx,
    line: &Line,
    before: Option<&Task>,
    project: ProjectId,
    names: &Names,
) -> Result<Task, DomainError> {
    let said = Said::read(line, names)?;
    let given = |column: &str| line.get(column).map(str::to_owned);
    let Some(before) = before else {
        let new = NewTask {
            description: given("description"),
            status: said.status,
            priority: said.priority,
            responsible: said.responsible,
            parent_id: said.parent.flatten(),
            assignee_id: said.assignee.flatten(),
            estimate_min_minutes: said.min.flatten(),
            estimate_max_minutes: said.max.flatten(),
            due_date: said.due.flatten(),
            client_visible: said.visible,
            ..NewTask::titled(project, given("title").unwrap_or_default())
        };
        return task::create(tx, new).await;
    };
    let cell = |column: &str| given(column).map_or(Patch::Keep, Patch::Set);
    let patch = TaskPatch {
        title: cell("title"),
        description: cell("description"),
        status: said.status.map_or(Patch::Keep, Patch::Set),
        priority: said.priority.map_or(Patch::Keep, Patch::Set),
        responsible: said.responsible.map_or(Patch::Keep, Patch::Set),
        parent_id: Patch::from_input(said.parent.filter(|parent| *parent != before.parent_id)),
        assignee_id: Patch::from_input(said.assignee),
        estimate_min_minutes: Patch::from_input(said.min),
        estimate_max_minutes: Patch::from_input(said.max),
        due_date: Patch::from_input(said.due),
        client_visible: said.visible.map_or(Patch::Keep, Patch::Set),
    };
    task::update(tx, before.id, Some(before.version), patch).await
}
