//! What people made of what was proposed, by use case, engine, model and prompt version: the figures a new
//! prompt or model has to beat.

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use smartstack_schema::{Engine, RejectReason, UseCase};

use crate::{db::WorkspaceTx, error::DomainError, store};

/// Most edited titles that are compared, newest first; more would not move the mean.
const EDITS_MAX: i64 = 5_000;

/// What became of the items of one prompt version. A draft, a reply or an update for a client, counts as one item.
#[derive(Debug, Clone, PartialEq)]
pub struct Feedback {
    /// What for.
    pub use_case: UseCase,
    /// What proposed them.
    pub engine: Engine,
    /// Which model, if one was asked.
    pub model: Option<String>,
    /// Which version of the prompt (or of the rules).
    pub prompt_version: Option<String>,
    /// Suggestions made.
    pub suggestions: i32,
    /// Items in them, those added by hand not included.
    pub items: i32,
    /// Accepted, edited or not. Of updates those that were published; of replies those that somebody worked on:
    /// one that is copied as it is leaves no trace.
    pub accepted: i32,
    /// Accepted after an edit.
    pub edited: i32,
    /// Rejected. Of updates those that were put aside and not published; of replies none.
    pub rejected: i32,
    /// How much of a title was changed in accepting, from 0 (nothing) to 1 (everything): the Levenshtein
    /// distance over the length of the longer, averaged over all accepted items; of a draft in words. `None`
    /// without any.
    pub edit_distance: Option<f64>,
    /// How often each reason was given for rejecting, most often first.
    pub reject_reasons: Vec<(RejectReason, i32)>,
}

impl Feedback {
    /// The share of decided items that were accepted; `None` while nothing has been decided, and for replies,
    /// which nobody accepts or rejects.
    #[must_use]
    pub fn acceptance_rate(&self) -> Option<f64> {
        if self.use_case == UseCase::Reply {
            return None;
        }
        let decided = self.accepted + self.rejected;
        (decided > 0).then(|| f64::from(self.accepted) / f64::from(decided))
    }
}

/// What tells one row of the report from another.
type Key = (String, String, Option<String>, Option<String>);

/// The workspace's report, the version in use longest last.
///
/// # Errors
/// Store errors alone.
pub async fn report(tx: &WorkspaceTx) -> Result<Vec<Feedback>, DomainError> {
    #[derive(FromQueryResult)]
    struct Row {
        use_case: String,
        engine: String,
        model: Option<String>,
        prompt_version: Option<String>,
        suggestions: i32,
        items: i32,
        accepted: i32,
        edited: i32,
        rejected: i32,
        drafts_changed: f64,
    }
    let rows: Vec<Row> = store::rows(
        tx,
        "SELECT s.use_case, s.engine, s.model, s.prompt_version, count(DISTINCT s.id)::int4 AS suggestions,
           (count(i.id) + count(*) FILTER (WHERE d.is_one))::int4 AS items,
           count(*) FILTER (WHERE i.state = 'ACCEPTED' OR d.accepted)::int4 AS accepted,
           count(*) FILTER (WHERE (i.state = 'ACCEPTED' AND i.edited) OR (d.accepted AND s.draft_change > 0))::int4
             AS edited,
           count(*) FILTER (WHERE i.state = 'REJECTED' OR d.rejected)::int4 AS rejected,
           coalesce(sum(s.draft_change) FILTER (WHERE d.accepted), 0)::float8 AS drafts_changed
         FROM suggestions s LEFT JOIN suggestion_items i
           ON i.workspace_id = s.workspace_id AND i.suggestion_id = s.id AND i.confidence <> 'MANUAL'
           AND (i.known_task_id IS NULL OR i.decided_at IS NOT NULL)
         CROSS JOIN LATERAL (
           SELECT one.is AS is_one,
             one.is AND (s.published_at IS NOT NULL OR (s.use_case = 'REPLY' AND s.draft_change > 0)) AS accepted,
             one.is AND s.use_case = 'STATUS' AND s.state = 'DISMISSED' AND s.published_at IS NULL AS rejected
           FROM (SELECT i.id IS NULL AND (s.draft IS NOT NULL OR s.sentences IS NOT NULL) AS is) one
         ) d
         WHERE s.workspace_id = $1 AND s.engine <> 'MANUAL'
         GROUP BY 1, 2, 3, 4 ORDER BY max(s.created_at) DESC, 1, 2, 3, 4 LIMIT 200",
        [store::workspace(tx).into()],
    )
    .await?;
    let mut distances = distances(tx).await?;
    let mut reasons = reasons(tx).await?;
    let convert = |row: Row| -> Result<Feedback, DomainError> {
        let key = (
            row.use_case.clone(),
            row.engine.clone(),
            row.model.clone(),
            row.prompt_version.clone(),
        );
        let changed = distances.remove(&key).unwrap_or_default() + row.drafts_changed;
        Ok(Feedback {
            use_case: store::parse(&row.use_case)?,
            engine: store::parse(&row.engine)?,
            model: row.model,
            prompt_version: row.prompt_version,
            suggestions: row.suggestions,
            items: row.items,
            accepted: row.accepted,
            edited: row.edited,
            rejected: row.rejected,
            edit_distance: (row.accepted > 0).then(|| changed / f64::from(row.accepted)),
            reject_reasons: reasons.remove(&key).unwrap_or_default(),
        })
    };
    rows.into_iter().map(convert).collect()
}

/// By how much edited titles differ from what was proposed, added up.
async fn distances(tx: &WorkspaceTx) -> Result<HashMap<Key, f64>, DomainError> {
    #[derive(FromQueryResult)]
    struct Row {
        use_case: String,
        engine: String,
        model: Option<String>,
        prompt_version: Option<String>,
        proposed: String,
        title: String,
    }
    let rows: Vec<Row> = store::rows(
        tx,
        "SELECT s.use_case, s.engine, s.model, s.prompt_version, i.before ->> 'title' AS proposed, i.title
         FROM suggestion_items i JOIN suggestions s ON s.workspace_id = i.workspace_id AND s.id = i.suggestion_id
         WHERE i.workspace_id = $1 AND i.state = 'ACCEPTED' AND i.edited AND i.confidence <> 'MANUAL'
           AND s.engine <> 'MANUAL' AND i.before ->> 'title' IS NOT NULL
         ORDER BY i.id DESC LIMIT $2",
        [store::workspace(tx).into(), EDITS_MAX.into()],
    )
    .await?;
    let mut sums = HashMap::new();
    for row in rows {
        let key = (row.use_case, row.engine, row.model, row.prompt_version);
        *sums.entry(key).or_default() += 1.0 - strsim::normalized_levenshtein(&row.proposed, &row.title);
    }
    Ok(sums)
}

async fn reasons(tx: &WorkspaceTx) -> Result<HashMap<Key, Vec<(RejectReason, i32)>>, DomainError> {
    #[derive(FromQueryResult)]
    struct Row {
        use_case: String,
        engine: String,
        model: Option<String>,
        prompt_version: Option<String>,
        reason: String,
        count: i32,
    }
    let rows: Vec<Row> = store::rows(
        tx,
        "SELECT s.use_case, s.engine, s.model, s.prompt_version, i.reject_reason AS reason, count(*)::int4 AS count
         FROM suggestion_items i JOIN suggestions s ON s.workspace_id = i.workspace_id AND s.id = i.suggestion_id
         WHERE i.workspace_id = $1 AND i.state = 'REJECTED' AND i.reject_reason IS NOT NULL AND i.decided_at IS NOT NULL
           AND i.confidence <> 'MANUAL' AND s.engine <> 'MANUAL'
         GROUP BY 1, 2, 3, 4, 5 ORDER BY 6 DESC, 5",
        [store::workspace(tx).into()],
    )
    .await?;
    let mut reasons: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows {
        let key = (row.use_case, row.engine, row.model, row.prompt_version);
        let reason = store::parse(&row.reason)?;
        reasons.entry(key).or_default().push((reason, row.count));
    }
    Ok(reasons)
}
