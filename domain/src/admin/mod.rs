//! Looking after the installation: accounts, workspaces, jobs in trouble, AI spend and health.
//!
//! Everything here works as the role `smartstack_admin`, whose grants end where a workspace's content
//! begins, and everything that changes something leaves an entry in the installation's audit log.

mod account;
mod audit;
mod command;
mod health;
mod job;
mod numbers;
mod spend;
mod user;
mod workspace;

pub use account::{Account, AccountFilter, account, accounts, count_accounts};
pub use audit::{EventFilter, InstallationEvent, count_events, event_actions, event_actors, events};
pub use command::{GrantOutcome, create, grant, grant_first, revoke};
pub use health::{Health, PurgeRun, QueueHealth, health};
pub use job::{JobFilter, JobRecord, STUCK_AFTER, cancel_job, count_jobs, job, jobs, retry_job};
pub use numbers::{JobNumbers, Numbers, numbers};
pub use spend::{InstallationBudget, SPAN_MAX, SpendQuery, SpendSum, ai_budget, ai_spend};
pub use user::{reset_second_factor, set_administrator, set_disabled, sign_out};
pub use workspace::{WorkspaceFilter, WorkspaceSize, count_workspaces, workspace, workspaces};
