//! What of a workspace is taken along, and what is not and why.
//!
//! Every table with a `workspace_id` stands in [`NOUNS`] or in [`LEFT_OUT`]; the test
//! `export::every_table_of_a_workspace_is_exported_or_left_out_on_purpose` reads the database's catalog and
//! fails for one that nobody classified. A column more of an exported table is exported by itself.

use smartstack_schema::NodeKind;

/// One kind of thing that is taken along: a file of JSON Lines, one row of the table a line.
#[derive(Debug)]
pub struct Noun {
    /// Names the file, `data/<name>.jsonl`, and the thing in messages.
    pub name: &'static str,
    /// The table.
    pub table: &'static str,
    /// Columns that stay behind: secrets, places in this installation's blob store, leases.
    pub without: &'static [&'static str],
    /// Columns that are written as an SQL expression instead of as they are.
    pub(super) instead: &'static [(&'static str, &'static str)],
    /// Columns that name a person; where they are no member of the workspace that is filled, it is left empty.
    pub people: &'static [&'static str],
    /// The order of the lines: the same rows give the same file.
    pub(super) order: &'static str,
    /// Rows read and written at a time; what they hold together fits well into memory.
    pub(super) page: usize,
    /// What the change log calls it, and the SQL for the project it belongs to.
    pub(super) change: Option<(NodeKind, &'static str)>,
    /// Whether a workspace that has some is not empty.
    pub(super) fills: bool,
}

const PLAIN: Noun = Noun {
    name: "",
    table: "",
    without: &[],
    instead: &[],
    people: &[],
    order: "id",
    page: 200,
    change: None,
    fills: true,
};

/// What is taken along, in the order in which it is brought in: what others name comes first.
pub const NOUNS: &[Noun] = &[
    Noun {
        name: "ai_settings",
        table: "workspace_ai_settings",
        order: "updated_at",
        fills: false,
        ..PLAIN
    },
    Noun {
        name: "clients",
        table: "clients",
        change: Some((NodeKind::Client, "NULL::uuid")),
        ..PLAIN
    },
    Noun {
        name: "projects",
        table: "projects",
        change: Some((NodeKind::Project, "id")),
        ..PLAIN
    },
    Noun {
        name: "documents",
        table: "documents",
        without: &["blob_key"],
        people: &["created_by"],
        // A text has up to 200 000 characters.
        page: 8,
        change: Some((NodeKind::Document, "project_id")),
        ..PLAIN
    },
    Noun {
        name: "jobs",
        table: "jobs",
        without: &["lease_owner", "lease_until"],
        instead: &[
            // One that has not come to its end cannot go on elsewhere: it comes along as cancelled, to be tried
            // again.
            (
                "state",
                "CASE WHEN state IN ('QUEUED', 'RUNNING') THEN 'CANCELLED' ELSE state END",
            ),
            (
                "stage",
                "CASE WHEN state IN ('QUEUED', 'RUNNING') THEN NULL ELSE stage END",
            ),
            (
                "finished_at",
                "CASE WHEN state IN ('QUEUED', 'RUNNING') THEN coalesce(finished_at, started_at, created_at) \
                 ELSE finished_at END",
            ),
        ],
        people: &["created_by"],
        change: Some((NodeKind::Job, "project_id")),
        ..PLAIN
    },
    Noun {
        name: "job_attempts",
        table: "job_attempts",
        without: &["lease_owner"],
        order: "job_id, attempt",
        ..PLAIN
    },
    Noun {
        name: "suggestions",
        table: "suggestions",
        change: Some((NodeKind::Suggestion, "project_id")),
        ..PLAIN
    },
    Noun {
        name: "suggestion_items",
        table: "suggestion_items",
        people: &["decided_by"],
        // A quote has up to 20 000 characters.
        page: 100,
        ..PLAIN
    },
    Noun {
        name: "tasks",
        table: "tasks",
        people: &["assignee_id"],
        page: 100,
        change: Some((NodeKind::Task, "project_id")),
        ..PLAIN
    },
    Noun {
        name: "project_notes",
        table: "project_notes",
        page: 100,
        change: Some((NodeKind::ProjectNote, "project_id")),
        ..PLAIN
    },
    Noun {
        name: "share_links",
        table: "share_links",
        without: &["token_hash", "token_nonce", "password_hash", "password_id"],
        people: &["created_by"],
        change: Some((NodeKind::ShareLink, "project_id")),
        ..PLAIN
    },
    Noun {
        name: "history",
        table: "row_versions",
        // A version says which workspace its row was in: the one that it is brought into, in the end.
        instead: &[("row", "\"row\" - 'workspace_id'")],
        page: 100,
        fills: false,
        ..PLAIN
    },
];

/// Tables of a workspace that are not taken along, and why: said in the guide, word for word.
pub const LEFT_OUT: &[(&str, &str)] = &[
    (
        "ai_calls",
        "what was paid for on this installation, and counts against its limits",
    ),
    (
        "audit_events",
        "a log that could be brought along could be forged; it has an export of its own",
    ),
    (
        "change_sequences",
        "the number of the last change, of this installation's own log",
    ),
    (
        "changes",
        "what subscribers and webhooks are told; it is kept for days",
    ),
    ("idempotency_keys", "good for 24 hours, here"),
    ("invitations", "an open door is a secret; people are invited anew"),
    (
        "memberships",
        "who belongs to a workspace is decided where it is; `people.jsonl` says who did",
    ),
    ("outbox", "messages on their way"),
    ("webhook_attempts", "belongs to webhooks"),
    ("webhook_deliveries", "belongs to webhooks"),
    (
        "webhook_endpoints",
        "its secret stays here, and a workspace that is restored must not begin to send",
    ),
    ("workspace_limits", "the administrator's of this installation"),
];
