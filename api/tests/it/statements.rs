//! How many statements an answer costs the database.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock},
    thread::{self, ThreadId},
};

use serde_json::json;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt};

use crate::support::Stack;

/// Collects the statements that the database driver logs, by thread: a test's
/// runtime is the one thread it runs on.
#[derive(Clone, Default)]
pub(crate) struct Statements(Arc<Mutex<HashMap<ThreadId, Vec<String>>>>);

impl Statements {
    /// What this process's tests run through; listening begins with the first server.
    pub(crate) fn shared() -> Self {
        static SHARED: OnceLock<Statements> = OnceLock::new();
        let listen = || {
            let statements = Self::default();
            let subscriber = tracing_subscriber::registry().with(statements.clone());
            tracing::subscriber::set_global_default(subscriber).expect("the first subscriber");
            statements
        };
        SHARED.get_or_init(listen).clone()
    }

    /// What this thread's tests have sent since this was last asked.
    fn take(&self) -> Vec<String> {
        let mut all = self.0.lock().expect("statements");
        all.remove(&thread::current().id()).unwrap_or_default()
    }
}

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        struct Summary(Option<String>);
        impl Visit for Summary {
            fn record_str(&mut self, field: &Field, value: &str) {
                if field.name() == "summary" {
                    self.0 = Some(value.to_owned());
                }
            }
            fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
        }
        if event.metadata().target() == "sqlx::query" {
            let mut summary = Summary(None);
            event.record(&mut summary);
            let mut all = self.0.lock().expect("statements");
            all.entry(thread::current().id()).or_default().extend(summary.0);
        }
    }
}

#[tokio::test]
async fn a_list_with_its_relations_takes_few_statements() {
    let statements = Statements::shared();
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    for client in ["A", "B"] {
        let input = json!({ "workspaceId": ada.workspace, "name": client });
        let made = ada
            .browser
            .mutate("clientCreate", "ClientCreateInput", "client { id }", input)
            .await;
        for project in ["P", "Q"] {
            let input =
                json!({ "workspaceId": ada.workspace, "name": project, "clientId": made["client"]["id"] });
            let made = ada
                .browser
                .mutate("projectCreate", "ProjectCreateInput", "project { id }", input)
                .await;
            // Long enough for the page to be resolved in more than one go.
            for title in 1..=13 {
                let title = format!("Task {title}");
                let input =
                    json!({ "projectId": made["project"]["id"], "title": title, "assigneeId": ada.user });
                ada.browser
                    .mutate("taskCreate", "TaskCreateInput", "task { id }", input)
                    .await;
            }
        }
    }
    let fields = "title project { name client { name } } assignee { name }";
    // Read by the cell; and, where a fragment is in the way, in batches.
    for (nodes, most) in [(fields.to_owned(), 1), (format!("... on Task {{ {fields} }}"), 3)] {
        let query = format!(
            "query($id: ID!) {{ workspace(id: $id) {{ tasks(first: 50) {{ nodes {{ {nodes} }} }} }} }}"
        );
        statements.take();
        let answer = ada.browser.gql(&query, json!({ "id": ada.workspace })).await;
        let all = statements.take();
        let nodes = answer["workspace"]["tasks"]["nodes"].as_array().expect("nodes");
        assert_eq!(nodes.len(), 50);
        assert!(
            nodes.iter().all(
                |task| task["assignee"]["name"] == "Ada" && task["project"]["client"]["name"].is_string()
            )
        );
        // Who asks is read first; what other tasks of the process send is no answer to this.
        let list: Vec<&String> = all
            .iter()
            .filter(|sql| sql.starts_with("SELECT") && !sql.contains("pg_notify"))
            .filter(|sql| {
                !sql.starts_with("SELECT u.id AS user_id") && !sql.starts_with("SELECT workspace_id, seq")
            })
            .collect();
        assert_eq!(list.len(), most, "{all:#?}");
        assert!(list[0].contains("\"tasks\"."), "{list:#?}");
    }
}
