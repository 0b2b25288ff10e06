//! The demo workspace: a designer with three clients, so that a first start shows the whole product.
//!
//! Everything goes through the same functions as a person's own work, dates are relative to the day
//! of seeding, and a pasted brief waits for the worker to make a suggestion of it. Seeding is one
//! transaction over an empty workspace: repeating it changes nothing.

use std::sync::Arc;

use chrono::{Days, Duration, NaiveDate};
use sea_orm::ConnectionTrait;
use secrecy::SecretString;
use smartstack_schema::{
    ClientId, ClientKind, Hue, MemberRole, NoteKind, ProjectId, ProjectStatus, Responsible, TaskPriority,
    TaskStatus, UserId, WorkspaceId,
};
use uuid::Uuid;

use crate::{
    client::{self, ClientFilter, NewClient},
    db::{Db, SystemTx, TenantScope, TenantTx, sql},
    error::DomainError,
    identity::{Identity, NewSignUp},
    input::Patch,
    money::Money,
    plan::{self, PlanStart},
    project::{self, NewProject, ProjectFilter},
    project_note,
    secret::Secrets,
    share_link::{self, NewShareLink},
    task,
    workspace::{self, WorkspacePatch},
};

/// The demo person signs in with this address.
pub const EMAIL: &str = "marta@example.com";
/// The demo person.
pub const NAME: &str = "Marta Quintela";

/// The demo workspace, whether it has just been filled or was there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demo {
    /// Its owner.
    pub user_id: UserId,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Whether this call filled it.
    pub filled: bool,
}

/// Makes the demo person, unless the address has an account, and fills their workspace, unless
/// something is in it. `password` is set for a new account only.
///
/// # Errors
/// [`DomainError::Validation`] for a password that is too short; store errors.
pub async fn seed(
    db: &Db,
    identity: &Identity,
    secrets: Arc<Secrets>,
    password: SecretString,
) -> Result<Demo, DomainError> {
    let wish = NewSignUp {
        name: NAME.to_owned(),
        email: EMAIL.to_owned(),
        password,
    };
    match identity.create_confirmed(wish).await {
        // Another program that seeds at this moment was faster.
        Err(DomainError::Store(error)) if error.constraint() == Some("users_email_unique") => {}
        outcome => {
            outcome?;
        }
    }
    let scope = db.in_system(|tx| Box::pin(owned_workspace(tx))).await?;
    let filled = db
        .in_tenant(&scope, move |tx| {
            Box::pin(async move { fill(tx, &secrets).await })
        })
        .await?;
    Ok(Demo {
        user_id: scope.actor_id(),
        workspace_id: scope.workspace_id(),
        filled,
    })
}

async fn owned_workspace(tx: &mut SystemTx) -> Result<TenantScope, DomainError> {
    let text = "SELECT m.workspace_id, m.user_id FROM users u JOIN memberships m ON m.user_id = u.id
                WHERE u.email = $1 AND m.role = 'OWNER' ORDER BY m.created_at LIMIT 1";
    let row = tx
        .conn()
        .query_one_raw(sql(text, [EMAIL.into()]))
        .await?
        .ok_or(DomainError::NotFound)?;
    let workspace: Uuid = row.try_get("", "workspace_id")?;
    let user: Uuid = row.try_get("", "user_id")?;
    Ok(TenantScope::new(workspace.into(), user.into(), MemberRole::Owner))
}

async fn fill(tx: &mut TenantTx, secrets: &Secrets) -> Result<bool, DomainError> {
    // Two programs that seed at once take turns: the second finds the workspace filled.
    workspace::lock(tx).await?;
    let clients = client::count(tx, &ClientFilter::default()).await?;
    let projects = project::count(tx, &ProjectFilter::default()).await?;
    if clients + projects > 0 {
        return Ok(false);
    }
    let named = WorkspacePatch {
        name: Patch::Set("Quintela Design".to_owned()),
        hue: Patch::Set(Hue::Clay),
    };
    workspace::update(tx, None, named).await?;
    let roaster = add_client(tx, &ROASTER).await?;
    let physio = add_client(tx, &PHYSIO).await?;
    let architect = add_client(tx, &ARCHITECT).await?;

    let shop = add_project(tx, roaster, &SHOP).await?;
    for (kind, text, settled) in SHOP_NOTES {
        let draft = project_note::Draft {
            project_id: shop,
            kind: *kind,
            text: (*text).to_owned(),
            quote: None,
            source_item_id: None,
        };
        let note = project_note::insert(tx, draft).await?;
        if *settled {
            let patch = project_note::ProjectNotePatch {
                resolved: Patch::Set(true),
                ..Default::default()
            };
            project_note::update(tx, note.id, None, patch).await?;
        }
    }
    let link = NewShareLink {
        label: Some("Wiebke at Nordlicht".to_owned()),
        show_notes: Some(true),
        ..NewShareLink::to(shop)
    };
    share_link::create(tx, secrets, link).await?;

    let identity = add_project(tx, physio, &IDENTITY).await?;
    add_project(tx, architect, &PORTFOLIO).await?;
    add_project(tx, roaster, &LABELS).await?;
    let brief = PlanStart {
        text: BRIEF.to_owned(),
        title: Some("Mail from Dervla: the practice's new look".to_owned()),
        project_id: Some(identity),
        ..PlanStart::default()
    };
    plan::start(tx, brief).await?;
    Ok(true)
}

struct DemoClient {
    name: &'static str,
    kind: ClientKind,
    email: &'static str,
    phone: &'static str,
    website: Option<&'static str>,
    notes: &'static str,
    hue: Hue,
}

const ROASTER: DemoClient = DemoClient {
    name: "Nordlicht Coffee Roasters",
    kind: ClientKind::Company,
    email: "wiebke@nordlicht-coffee.example",
    phone: "+49 40 5550 1234",
    website: Some("https://nordlicht-coffee.example"),
    notes: "Wiebke Hansen decides; her brother Ole looks after the shop system. Prefers calls on Tuesday mornings.",
    hue: Hue::Ochre,
};

const PHYSIO: DemoClient = DemoClient {
    name: "Harbour Street Physio",
    kind: ClientKind::Company,
    email: "dervla@harbourstreet.example",
    phone: "+353 1 555 0142",
    website: Some("https://harbourstreet.example"),
    notes: "Came through Jonas. Four partners, all of whom want to see drafts.",
    hue: Hue::Sea,
};

const ARCHITECT: DemoClient = DemoClient {
    name: "Jonas Weidemann",
    kind: ClientKind::Person,
    email: "jonas@weidemann.example",
    phone: "+49 30 5550 77",
    website: None,
    notes: "Architect, works alone. Pays within a week.",
    hue: Hue::Moss,
};

async fn add_client(tx: &mut TenantTx, demo: &DemoClient) -> Result<ClientId, DomainError> {
    let new = NewClient {
        name: demo.name.to_owned(),
        kind: Some(demo.kind),
        email: Some(demo.email.to_owned()),
        phone: Some(demo.phone.to_owned()),
        website: demo.website.map(str::to_owned),
        notes: Some(demo.notes.to_owned()),
        hue: Some(demo.hue),
        idempotency_key: None,
    };
    Ok(client::create(tx, new).await?.id)
}

/// Days are counted from the day of seeding.
struct DemoProject {
    name: &'static str,
    description: &'static str,
    status: ProjectStatus,
    hue: Hue,
    start: i64,
    due: Option<i64>,
    budget_euros: Option<i64>,
    budget_hours: Option<i32>,
    tasks: &'static [DemoTask],
}

/// A task with its parts.
struct DemoTask {
    title: &'static str,
    status: TaskStatus,
    priority: TaskPriority,
    responsible: Responsible,
    /// When it is due; for one that is done, when it was done.
    day: Option<i64>,
    /// Estimate in hours, lower and upper end.
    hours: Option<(i32, i32)>,
    visible: bool,
    parts: &'static [(&'static str, bool)],
}

const fn task(
    title: &'static str,
    status: TaskStatus,
    day: Option<i64>,
    hours: Option<(i32, i32)>,
) -> DemoTask {
    DemoTask {
        title,
        status,
        priority: TaskPriority::None,
        responsible: Responsible::Freelancer,
        day,
        hours,
        visible: true,
        parts: &[],
    }
}

const SHOP: DemoProject = DemoProject {
    name: "Online shop relaunch",
    description: "New design for the shop, from the first screens to the hand-over to Ole. Twelve coffees, two \
                  subscriptions, German and English.",
    status: ProjectStatus::Active,
    hue: Hue::Ochre,
    start: -26,
    due: Some(24),
    budget_euros: Some(9_600),
    budget_hours: Some(120),
    tasks: &[
        task(
            "Kick-off and goals with Wiebke",
            TaskStatus::Done,
            Some(-25),
            Some((2, 3)),
        ),
        task(
            "Look through last year's orders and support mails",
            TaskStatus::Done,
            Some(-21),
            Some((4, 6)),
        ),
        task(
            "Site map and page list",
            TaskStatus::Done,
            Some(-17),
            Some((3, 5)),
        ),
        DemoTask {
            parts: &[
                ("Home", true),
                ("Coffee page", true),
                ("Basket and checkout", false),
                ("Subscription", false),
            ],
            priority: TaskPriority::High,
            ..task("Wireframes", TaskStatus::InProgress, Some(2), Some((12, 18)))
        },
        DemoTask {
            priority: TaskPriority::Medium,
            ..task(
                "Colour and type studies",
                TaskStatus::InProgress,
                Some(4),
                Some((6, 8)),
            )
        },
        DemoTask {
            responsible: Responsible::Client,
            priority: TaskPriority::High,
            ..task("Send photos of the roastery", TaskStatus::Waiting, Some(-1), None)
        },
        DemoTask {
            responsible: Responsible::Client,
            ..task(
                "Final names and prices of the twelve coffees",
                TaskStatus::Waiting,
                Some(5),
                None,
            )
        },
        task(
            "Design of home and coffee page",
            TaskStatus::Next,
            Some(9),
            Some((14, 20)),
        ),
        task(
            "Design of basket and checkout",
            TaskStatus::Next,
            Some(13),
            Some((10, 14)),
        ),
        DemoTask {
            visible: false,
            priority: TaskPriority::Urgent,
            ..task("Send the second invoice", TaskStatus::Next, Some(0), Some((1, 1)))
        },
        task(
            "Component library for Ole",
            TaskStatus::Backlog,
            Some(20),
            Some((8, 12)),
        ),
        task(
            "Texts for empty basket and out of stock",
            TaskStatus::Backlog,
            None,
            Some((2, 3)),
        ),
        task(
            "Hand-over and two weeks of questions",
            TaskStatus::Backlog,
            Some(24),
            None,
        ),
    ],
};

const SHOP_NOTES: &[(NoteKind, &str, bool)] = &[
    (
        NoteKind::Decision,
        "The shop starts in German and English; French may follow next year.",
        true,
    ),
    (
        NoteKind::Exclusion,
        "Product photography is not part of this; Nordlicht has its own photographer.",
        false,
    ),
    (
        NoteKind::Question,
        "Can a subscription be paused from the account page, or only by mail?",
        false,
    ),
];

const IDENTITY: DemoProject = DemoProject {
    name: "New look for the practice",
    description: "Name stays, everything else may change: mark, colours, sign over the door, appointment cards.",
    status: ProjectStatus::Active,
    hue: Hue::Sea,
    start: -6,
    due: Some(45),
    budget_euros: None,
    budget_hours: Some(70),
    tasks: &[
        task(
            "Visit the practice and take notes",
            TaskStatus::Done,
            Some(-4),
            Some((3, 4)),
        ),
        DemoTask {
            priority: TaskPriority::Medium,
            ..task(
                "Collect marks of practices nearby",
                TaskStatus::InProgress,
                Some(1),
                Some((2, 3)),
            )
        },
        task(
            "Three directions for the mark",
            TaskStatus::Next,
            Some(8),
            Some((10, 16)),
        ),
        DemoTask {
            responsible: Responsible::Client,
            ..task("Partners choose a direction", TaskStatus::Backlog, Some(15), None)
        },
    ],
};

const PORTFOLIO: DemoProject = DemoProject {
    name: "Portfolio and letterhead",
    description: "A portfolio of six houses on one long page, and a letterhead that prints well in black.",
    status: ProjectStatus::Planned,
    hue: Hue::Moss,
    start: 14,
    due: Some(60),
    budget_euros: Some(3_200),
    budget_hours: None,
    tasks: &[
        DemoTask {
            responsible: Responsible::Client,
            ..task("Choose the six houses", TaskStatus::Waiting, Some(10), None)
        },
        task(
            "Sketch the long page",
            TaskStatus::Backlog,
            Some(21),
            Some((6, 9)),
        ),
        task("Letterhead in two sizes", TaskStatus::Backlog, None, Some((3, 4))),
    ],
};

const LABELS: DemoProject = DemoProject {
    name: "Winter blend labels",
    description: "Labels for the winter blend in three sizes.",
    status: ProjectStatus::Completed,
    hue: Hue::Plum,
    start: -80,
    due: Some(-41),
    budget_euros: Some(1_800),
    budget_hours: Some(20),
    tasks: &[
        task("Draft two labels", TaskStatus::Done, Some(-66), Some((5, 7))),
        task(
            "Proof with the printer",
            TaskStatus::Done,
            Some(-49),
            Some((2, 3)),
        ),
        task(
            "Print files in three sizes",
            TaskStatus::Done,
            Some(-43),
            Some((4, 5)),
        ),
    ],
};

/// What the worker reads first. Its dates are words, so that the brief never grows old.
const BRIEF: &str = "\
Hi Marta,

lovely to have you at the practice last week. The four of us talked it over at lunch, and this is where we are.

Could you send us three directions for the mark by Friday, please? We would like to see each of them on an \
appointment card as well. The sign over the door has to be measured before anything is ordered; Pádraig will do \
that on Monday.

We also need:
- a letterhead and an invoice template (about 4 hours, you said)
- appointment cards in two languages
- a page of rules for our colours, so that the printer stops guessing

Please don't redo the website, that comes next year. The uniforms are not part of this either.

Should the mark work on its own, without the name? We could not agree on that. And who looks after the social \
media pictures?

We decided to keep the name as it is. Our budget is EUR 5,500 for everything, and the new sign should hang in six \
weeks at the latest.

Best wishes
Dervla
";

async fn add_project(
    tx: &mut TenantTx,
    client: ClientId,
    demo: &DemoProject,
) -> Result<ProjectId, DomainError> {
    let euros = |euros: i64| Money {
        amount_cents: euros * 100,
        currency: "EUR".to_owned(),
    };
    let new = NewProject {
        name: demo.name.to_owned(),
        description: Some(demo.description.to_owned()),
        client_id: Some(client),
        status: Some(demo.status),
        hue: Some(demo.hue),
        start_date: Some(day(tx, demo.start)),
        due_date: demo.due.map(|due| day(tx, due)),
        budget: demo.budget_euros.map(euros),
        budget_minutes: demo.budget_hours.map(|hours| hours * 60),
        hourly_rate: Some(euros(80)),
        idempotency_key: None,
    };
    let project = project::create(tx, new).await?.id;
    for demo in demo.tasks {
        add_task(tx, project, demo).await?;
    }
    Ok(project)
}

async fn add_task(tx: &mut TenantTx, project: ProjectId, demo: &DemoTask) -> Result<(), DomainError> {
    let done = demo.status == TaskStatus::Done;
    let own = demo.responsible == Responsible::Freelancer;
    let minutes = |hours: i32| hours * 60;
    let draft = task::Draft {
        id: tx.new_id(),
        project_id: project,
        parent_id: None,
        title: demo.title.to_owned(),
        description: String::new(),
        status: demo.status,
        priority: demo.priority,
        responsible: demo.responsible,
        assignee_id: tx.actor_id().filter(|_| own),
        estimate: (
            demo.hours.map(|(min, _)| minutes(min)),
            demo.hours.map(|(_, max)| minutes(max)),
        ),
        due_date: demo.day.map(|offset| day(tx, offset)),
        completed_at: demo
            .day
            .filter(|_| done)
            .map(|offset| tx.now() + Duration::days(offset)),
        client_visible: demo.visible,
        source_item_id: None,
    };
    let parent = task::insert(tx, draft).await?;
    for (title, done) in demo.parts {
        let draft = task::Draft {
            id: tx.new_id(),
            project_id: project,
            parent_id: Some(parent.id),
            title: (*title).to_owned(),
            description: String::new(),
            status: if *done { TaskStatus::Done } else { TaskStatus::Next },
            priority: TaskPriority::None,
            responsible: demo.responsible,
            assignee_id: tx.actor_id().filter(|_| own),
            estimate: (None, None),
            due_date: None,
            completed_at: done.then(|| tx.now() - Duration::days(2)),
            client_visible: demo.visible,
            source_item_id: None,
        };
        task::insert(tx, draft).await?;
    }
    Ok(())
}

/// The day so many days after today (UTC), or before it.
fn day(tx: &TenantTx, offset: i64) -> NaiveDate {
    let today = tx.now().date_naive();
    let days = Days::new(offset.unsigned_abs());
    let day = if offset < 0 {
        today.checked_sub_days(days)
    } else {
        today.checked_add_days(days)
    };
    day.unwrap_or(today)
}
