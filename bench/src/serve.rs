//! The list by hand: one endpoint, one statement, the answer's JSON from plain structs.
//!
//! Tenancy as the product has it (role and workspace are set with `BEGIN`), and nothing else of it: no
//! session is looked up, no document is read, no field chosen. So it is a bound rather than an equal.

use std::net::SocketAddr;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use poem::error::InternalServerError;
use poem::listener::TcpListener;
use poem::web::{Data, Json};
use poem::{EndpointExt, Route, Server, handler, post};
use serde::Serialize;
use smartstack_schema::{ClientId, ProjectId, TaskId, UserId, WorkspaceId};
use sqlx::postgres::{PgPool, PgPoolOptions, PgRow};
use sqlx::{AssertSqlSafe, Connection, Row};
use uuid::Uuid;

struct State {
    pool: PgPool,
    workspace: WorkspaceId,
    begin: String,
}

pub(crate) async fn serve(
    listen: SocketAddr,
    workspace: WorkspaceId,
    connections: u32,
) -> anyhow::Result<()> {
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .test_before_acquire(false)
        .connect(&std::env::var("DATABASE_URL")?)
        .await?;
    let begin = format!(
        "BEGIN READ ONLY; SET LOCAL ROLE smartstack_app; SET LOCAL app.workspace_id = '{}'",
        Uuid::from(workspace)
    );
    let state = Arc::new(State {
        pool,
        workspace,
        begin,
    });
    let app = Route::new().at("/tasks", post(tasks)).data(state);
    Server::new(TcpListener::bind(listen)).run(app).await?;
    Ok(())
}

const NEWEST: &str = "\
SELECT t.id, t.title, t.status, t.priority, t.due_date, t.estimate_min_minutes, t.estimate_max_minutes,
       t.updated_at, t.version, p.id AS project_id, p.name AS project_name, c.id AS client_id,
       c.name AS client_name, u.id AS assignee_id, u.name AS assignee_name
FROM tasks t
JOIN projects p ON p.workspace_id = t.workspace_id AND p.id = t.project_id AND p.deleted_at IS NULL
LEFT JOIN clients c ON c.workspace_id = p.workspace_id AND c.id = p.client_id
LEFT JOIN users u ON u.id = t.assignee_id
WHERE t.workspace_id = $1 AND t.deleted_at IS NULL
ORDER BY t.created_at DESC, t.id DESC LIMIT 50";

#[handler]
async fn tasks(state: Data<&Arc<State>>) -> poem::Result<Json<Answer>> {
    let nodes = newest(&state).await.map_err(InternalServerError)?;
    Ok(Json(Answer {
        data: Root {
            workspace: Workspace {
                tasks: Tasks { nodes },
            },
        },
    }))
}

async fn newest(state: &State) -> sqlx::Result<Vec<Task>> {
    let mut connection = state.pool.acquire().await?;
    let mut tx = connection.begin_with(AssertSqlSafe(state.begin.clone())).await?;
    let rows = sqlx::query(NEWEST)
        .bind(Uuid::from(state.workspace))
        .fetch_all(&mut *tx)
        .await?;
    tx.commit().await?;
    rows.iter().map(Task::read).collect()
}

#[derive(Serialize)]
struct Answer {
    data: Root,
}

#[derive(Serialize)]
struct Root {
    workspace: Workspace,
}

#[derive(Serialize)]
struct Workspace {
    tasks: Tasks,
}

#[derive(Serialize)]
struct Tasks {
    nodes: Vec<Task>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Task {
    id: TaskId,
    title: String,
    status: String,
    priority: String,
    due_date: Option<NaiveDate>,
    estimate_min_minutes: Option<i32>,
    estimate_max_minutes: Option<i32>,
    updated_at: String,
    version: i32,
    project: Project,
    assignee: Option<Named<UserId>>,
}

#[derive(Serialize)]
struct Project {
    id: ProjectId,
    name: String,
    client: Option<Named<ClientId>>,
}

#[derive(Serialize)]
struct Named<I> {
    id: I,
    name: String,
}

impl Task {
    fn read(row: &PgRow) -> sqlx::Result<Self> {
        let updated_at: DateTime<Utc> = row.try_get(7)?;
        Ok(Self {
            id: row.try_get::<Uuid, _>(0)?.into(),
            title: row.try_get(1)?,
            status: row.try_get(2)?,
            priority: row.try_get(3)?,
            due_date: row.try_get(4)?,
            estimate_min_minutes: row.try_get(5)?,
            estimate_max_minutes: row.try_get(6)?,
            updated_at: updated_at.to_rfc3339_opts(SecondsFormat::AutoSi, false),
            version: row.try_get(8)?,
            project: Project {
                id: row.try_get::<Uuid, _>(9)?.into(),
                name: row.try_get(10)?,
                client: named(row.try_get(11)?, row.try_get(12)?),
            },
            assignee: named(row.try_get(13)?, row.try_get(14)?),
        })
    }
}

fn named<I: From<Uuid>>(id: Option<Uuid>, name: Option<String>) -> Option<Named<I>> {
    Some(Named {
        id: id?.into(),
        name: name?,
    })
}
