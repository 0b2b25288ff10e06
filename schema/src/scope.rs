//! What a personal access token may be good for.

use crate::enums::wire_enum;

wire_enum! {
    /// One thing a personal access token may be good for. Writing includes reading the same things.
    TokenScope {
        /// Reads the workspace's name, numbers and change log.
        WorkspaceRead = "WORKSPACE_READ",
        /// Renames and recolours the workspace.
        WorkspaceWrite = "WORKSPACE_WRITE",
        /// Reads who is in the workspace, with their addresses.
        MembersRead = "MEMBERS_READ",
        /// Invites people, changes their roles and removes them.
        MembersWrite = "MEMBERS_WRITE",
        /// Reads clients.
        ClientsRead = "CLIENTS_READ",
        /// Makes, changes and archives clients.
        ClientsWrite = "CLIENTS_WRITE",
        /// Reads projects with their notes.
        ProjectsRead = "PROJECTS_READ",
        /// Makes, changes and deletes projects and their notes.
        ProjectsWrite = "PROJECTS_WRITE",
        /// Reads tasks.
        TasksRead = "TASKS_READ",
        /// Makes, changes, moves and deletes tasks.
        TasksWrite = "TASKS_WRITE",
        /// Reads the texts that were pasted or uploaded.
        DocumentsRead = "DOCUMENTS_READ",
        /// Adds and removes texts and files.
        DocumentsWrite = "DOCUMENTS_WRITE",
        /// Reads what was asked of the worker and how far it is.
        JobsRead = "JOBS_READ",
        /// Starts, repeats and cancels jobs.
        JobsWrite = "JOBS_WRITE",
        /// Reads suggestions with their items.
        SuggestionsRead = "SUGGESTIONS_READ",
        /// Decides on suggestions.
        SuggestionsWrite = "SUGGESTIONS_WRITE",
        /// Reads shared links, their addresses included.
        SharesRead = "SHARES_READ",
        /// Makes, changes and revokes shared links.
        SharesWrite = "SHARES_WRITE",
        /// Reads webhooks and what was delivered.
        WebhooksRead = "WEBHOOKS_READ",
        /// Makes, changes and removes webhooks.
        WebhooksWrite = "WEBHOOKS_WRITE",
        /// Reads the audit log; its person has to be an owner.
        AuditRead = "AUDIT_READ",
    }
}

impl TokenScope {
    /// The name people and API errors use, for instance `tasks:write`.
    pub fn name(self) -> String {
        self.as_str().to_ascii_lowercase().replace('_', ":")
    }

    /// Whether a token with this scope alone may do what `needed` stands for.
    pub fn includes(self, needed: Self) -> bool {
        let noun = |scope: Self| scope.as_str().rsplit_once('_').map(|(noun, _)| noun);
        self == needed || (self.is_write() && !needed.is_write() && noun(self) == noun(needed))
    }

    /// Whether it lets its holder change something.
    pub fn is_write(self) -> bool {
        self.as_str().ends_with("_WRITE")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_includes_reading_the_same_thing_and_nothing_else() {
        for scope in TokenScope::ALL {
            for needed in TokenScope::ALL {
                let (name, other) = (scope.name(), needed.name());
                let same_noun = name.split(':').next() == other.split(':').next();
                let expected = same_noun && (name == other || name.ends_with(":write"));
                assert_eq!(scope.includes(*needed), expected, "{name} {other}");
            }
        }
    }

    #[test]
    fn names_have_a_noun_and_a_verb() {
        for scope in TokenScope::ALL {
            let name = scope.name();
            let (noun, verb) = name.split_once(':').expect("a colon");
            assert!(!noun.is_empty() && matches!(verb, "read" | "write"), "{name}");
        }
    }
}
