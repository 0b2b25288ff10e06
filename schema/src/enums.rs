//! The enums of the GraphQL contract. Stored and sent as the same SCREAMING_SNAKE_CASE text.

/// Declares an enum with its wire texts, so that each text is written once.
macro_rules! wire_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The value that `text` stands for; `None` for any other text.
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use wire_enum;

wire_enum! {
    /// The nine colours people, workspaces, clients and projects are told apart by.
    Hue {
        /// Ochre.
        Ochre = "OCHRE",
        /// Clay.
        Clay = "CLAY",
        /// Rose.
        Rose = "ROSE",
        /// Plum.
        Plum = "PLUM",
        /// Iris.
        Iris = "IRIS",
        /// Sea.
        Sea = "SEA",
        /// Pine.
        Pine = "PINE",
        /// Moss.
        Moss = "MOSS",
        /// Slate.
        Slate = "SLATE",
    }
}

wire_enum! {
    /// What a person may do in a workspace.
    MemberRole {
        /// Everything, the members and the audit log included.
        Owner = "OWNER",
        /// Reads and changes all work.
        Member = "MEMBER",
        /// Reads all work, changes nothing.
        Viewer = "VIEWER",
    }
}

wire_enum! {
    /// What a client is.
    ClientKind {
        /// An organisation.
        Company = "COMPANY",
        /// One person.
        Person = "PERSON",
    }
}

wire_enum! {
    /// Where a project stands.
    ProjectStatus {
        /// Not begun.
        Planned = "PLANNED",
        /// Being worked on.
        Active = "ACTIVE",
        /// Paused.
        OnHold = "ON_HOLD",
        /// Done.
        Completed = "COMPLETED",
    }
}

wire_enum! {
    /// The board's columns, in their order.
    TaskStatus {
        /// Not yet planned.
        Backlog = "BACKLOG",
        /// To be done soon.
        Next = "NEXT",
        /// Being worked on.
        InProgress = "IN_PROGRESS",
        /// Held up by someone else.
        Waiting = "WAITING",
        /// Done.
        Done = "DONE",
    }
}

wire_enum! {
    /// How pressing a task is, lowest first.
    TaskPriority {
        /// Not said.
        None = "NONE",
        /// Can wait.
        Low = "LOW",
        /// Ordinary.
        Medium = "MEDIUM",
        /// Before others.
        High = "HIGH",
        /// Before everything.
        Urgent = "URGENT",
    }
}

wire_enum! {
    /// Who has to act.
    Responsible {
        /// The workspace's people.
        Freelancer = "FREELANCER",
        /// The client.
        Client = "CLIENT",
    }
}

wire_enum! {
    /// Where a job stands.
    JobState {
        /// Waits for a worker.
        Queued = "QUEUED",
        /// A worker has it.
        Running = "RUNNING",
        /// Its suggestion is there.
        Ready = "READY",
        /// It could not finish; a person decides how to go on.
        NeedsReview = "NEEDS_REVIEW",
        /// A person stopped it.
        Cancelled = "CANCELLED",
    }
}

wire_enum! {
    /// What a running job is doing.
    JobStage {
        /// Reading the text and the project.
        Reading = "READING",
        /// Asking the engine.
        Asking = "ASKING",
        /// Checking the answer against the text.
        Checking = "CHECKING",
    }
}

wire_enum! {
    /// Why a job needs review.
    JobReason {
        /// The model could not be reached, or stayed too busy.
        ModelUnavailable = "MODEL_UNAVAILABLE",
        /// The model declined to answer.
        ModelRefused = "MODEL_REFUSED",
        /// The answer did not hold up to the checks.
        OutputInvalid = "OUTPUT_INVALID",
        /// The text has nothing to plan.
        NothingFound = "NOTHING_FOUND",
        /// The text is longer than the engine takes.
        TextTooLong = "TEXT_TOO_LONG",
        /// It took too long, or its worker died too often.
        TimedOut = "TIMED_OUT",
        /// A fault on our side.
        Internal = "INTERNAL",
        /// Asking the model could cost more than is left of a limit.
        BudgetReached = "BUDGET_REACHED",
        /// An administrator has switched AI off.
        AiOff = "AI_OFF",
        /// There is no text to be had from the document's file.
        DocumentUnreadable = "DOCUMENT_UNREADABLE",
    }
}

wire_enum! {
    /// Where a document's text came from.
    DocumentKind {
        /// It was pasted.
        Text = "TEXT",
        /// It is read out of an uploaded file.
        File = "FILE",
        /// It is what a share link showed when an update was drawn from it.
        Record = "RECORD",
    }
}

wire_enum! {
    /// Whether there is a text of a document yet.
    DocumentState {
        /// Its file waits to be read.
        Reading = "READING",
        /// Its text is there, for good.
        Ready = "READY",
        /// There is no text to be had from its file.
        Unreadable = "UNREADABLE",
    }
}

wire_enum! {
    /// Why there is no text to be had from a file.
    UnreadableReason {
        /// It holds no text, such as a scan.
        Empty = "EMPTY",
        /// It is protected by a password.
        Encrypted = "ENCRYPTED",
        /// It is damaged, or not what it says it is.
        Broken = "BROKEN",
        /// Its text is longer than a document's may be.
        TooLong = "TOO_LONG",
        /// Reading it took more memory or time than it may.
        TooComplex = "TOO_COMPLEX",
    }
}

wire_enum! {
    /// What a job does with a text.
    UseCase {
        /// Finds tasks, questions, exclusions, decisions, budget and deadlines.
        Plan = "PLAN",
        /// Finds the same in notes of a meeting or a thread, and holds the tasks against those already planned.
        Notes = "NOTES",
        /// Drafts a reply to it.
        Reply = "REPLY",
        /// Drafts an update for a client from what a share link shows.
        Status = "STATUS",
    }
}

wire_enum! {
    /// What a fact says of a project.
    FactKind {
        /// A task is done.
        Finished = "FINISHED",
        /// A task is being worked on.
        UnderWay = "UNDER_WAY",
        /// A task is the client's, and open.
        WaitingForClient = "WAITING_FOR_CLIENT",
        /// A task comes next.
        Next = "NEXT",
        /// A question is open.
        Question = "QUESTION",
        /// How many tasks are done.
        Progress = "PROGRESS",
        /// The day the project is due.
        Deadline = "DEADLINE",
    }
}

wire_enum! {
    /// Who wrote a suggestion.
    Engine {
        /// The built-in rules.
        Basic = "BASIC",
        /// A language model.
        Model = "MODEL",
        /// A person, by hand.
        Manual = "MANUAL",
    }
}

wire_enum! {
    /// How far a suggestion has been reviewed.
    SuggestionState {
        /// Nothing decided yet.
        Open = "OPEN",
        /// Some items decided.
        PartlyApplied = "PARTLY_APPLIED",
        /// All items decided.
        Applied = "APPLIED",
        /// Put aside by a person.
        Dismissed = "DISMISSED",
    }
}

wire_enum! {
    /// What an item proposes.
    ItemKind {
        /// A task.
        Task = "TASK",
        /// A question to the client.
        Question = "QUESTION",
        /// Something that is not part of the work.
        Exclusion = "EXCLUSION",
        /// Something that was settled.
        Decision = "DECISION",
        /// The project's budget.
        Budget = "BUDGET",
        /// The project's due date.
        Deadline = "DEADLINE",
    }
}

wire_enum! {
    /// What was decided about an item.
    ItemState {
        /// Nothing yet.
        Open = "OPEN",
        /// Taken over.
        Accepted = "ACCEPTED",
        /// Refused.
        Rejected = "REJECTED",
    }
}

wire_enum! {
    /// How sure an item is.
    ItemConfidence {
        /// The text says so.
        Explicit = "EXPLICIT",
        /// The text suggests it.
        Likely = "LIKELY",
        /// A person wrote it.
        Manual = "MANUAL",
    }
}

wire_enum! {
    /// Why an item was refused.
    RejectReason {
        /// It is nothing to do.
        NotATask = "NOT_A_TASK",
        /// It is planned already.
        AlreadyKnown = "ALREADY_KNOWN",
        /// Details are wrong.
        WrongDetails = "WRONG_DETAILS",
        /// It is not part of this work.
        OutOfScope = "OUT_OF_SCOPE",
        /// Something else.
        Other = "OTHER",
    }
}

wire_enum! {
    /// What a project note is.
    NoteKind {
        /// A question to the client.
        Question = "QUESTION",
        /// Something that is not part of the work.
        Exclusion = "EXCLUSION",
        /// Something that was settled.
        Decision = "DECISION",
    }
}

wire_enum! {
    /// The kinds of things that have an id and a change log.
    NodeKind {
        /// A workspace.
        Workspace = "WORKSPACE",
        /// A client.
        Client = "CLIENT",
        /// A project.
        Project = "PROJECT",
        /// A task.
        Task = "TASK",
        /// A project note.
        ProjectNote = "PROJECT_NOTE",
        /// A document.
        Document = "DOCUMENT",
        /// A job.
        Job = "JOB",
        /// A suggestion.
        Suggestion = "SUGGESTION",
        /// A suggestion item.
        SuggestionItem = "SUGGESTION_ITEM",
        /// A share link.
        ShareLink = "SHARE_LINK",
        /// A webhook.
        WebhookEndpoint = "WEBHOOK_ENDPOINT",
        /// A user.
        User = "USER",
    }
}

wire_enum! {
    /// Where a message to a webhook stands.
    WebhookDeliveryState {
        /// It waits to be sent, for the first time or again.
        Pending = "PENDING",
        /// Its receiver has taken it.
        Delivered = "DELIVERED",
        /// It is not sent any more, unless somebody asks for it.
        Failed = "FAILED",
    }
}

wire_enum! {
    /// Why a webhook is told nothing.
    WebhookDisabledReason {
        /// A person switched it off.
        Person = "PERSON",
        /// Its receiver answered 410 Gone.
        Gone = "GONE",
        /// Nothing could be delivered for more than a day.
        Failing = "FAILING",
    }
}

wire_enum! {
    /// What happened to a thing.
    ChangeOperation {
        /// It is new, or back.
        Created = "CREATED",
        /// It changed.
        Updated = "UPDATED",
        /// It is gone.
        Deleted = "DELETED",
    }
}

wire_enum! {
    /// Where mail goes.
    MailDelivery {
        /// To people, over SMTP.
        Smtp = "SMTP",
        /// Into a folder of this installation.
        Folder = "FOLDER",
    }
}

wire_enum! {
    /// Which way a list runs.
    OrderDirection {
        /// Smallest first.
        Asc = "ASC",
        /// Largest first.
        Desc = "DESC",
    }
}

wire_enum! {
    /// What clients can be ordered by.
    ClientOrderField {
        /// By name.
        Name = "NAME",
        /// By time of creation.
        CreatedAt = "CREATED_AT",
        /// By time of the last change.
        UpdatedAt = "UPDATED_AT",
    }
}

wire_enum! {
    /// What projects can be ordered by.
    ProjectOrderField {
        /// By name.
        Name = "NAME",
        /// By due date; without one last.
        DueDate = "DUE_DATE",
        /// By time of creation.
        CreatedAt = "CREATED_AT",
        /// By time of the last change.
        UpdatedAt = "UPDATED_AT",
    }
}

wire_enum! {
    /// A part of a task that a change can be about.
    TaskField {
        /// What is to be done.
        Title = "TITLE",
        /// More about it.
        Description = "DESCRIPTION",
        /// The column it stands in.
        Status = "STATUS",
        /// How pressing it is.
        Priority = "PRIORITY",
        /// Who has to act.
        Responsible = "RESPONSIBLE",
        /// The task it is a part of.
        Parent = "PARENT",
        /// Who does it.
        Assignee = "ASSIGNEE",
        /// How long it takes.
        Estimate = "ESTIMATE",
        /// When it has to be done.
        DueDate = "DUE_DATE",
        /// Whether the client sees it.
        ClientVisible = "CLIENT_VISIBLE",
        /// Its place in its column.
        Position = "POSITION",
        /// Whether it is deleted.
        Deleted = "DELETED",
    }
}

wire_enum! {
    /// What tasks can be ordered by.
    TaskOrderField {
        /// By the place on the board.
        Position = "POSITION",
        /// By due date; without one last.
        DueDate = "DUE_DATE",
        /// By priority.
        Priority = "PRIORITY",
        /// By title.
        Title = "TITLE",
        /// By time of creation.
        CreatedAt = "CREATED_AT",
        /// By time of the last change.
        UpdatedAt = "UPDATED_AT",
    }
}

wire_enum! {
    /// What is wrong with a job, as administrators see it.
    JobTrouble {
        /// It waits for a person of its workspace.
        NeedsReview = "NEEDS_REVIEW",
        /// Its worker has not been heard of since its lease ended.
        Abandoned = "ABANDONED",
        /// Nobody has begun it for ten minutes.
        Stuck = "STUCK",
    }
}

wire_enum! {
    /// A program of the installation.
    ProcessKind {
        /// Answers requests.
        Api = "API",
        /// Does jobs and sends mail.
        Worker = "WORKER",
    }
}

wire_enum! {
    /// Something a program depends on.
    PartKind {
        /// PostgreSQL.
        Database = "DATABASE",
        /// Where jobs and mails wait.
        Queue = "QUEUE",
        /// Where files are kept.
        Storage = "STORAGE",
        /// How mail leaves.
        Mail = "MAIL",
        /// What reads texts.
        Model = "MODEL",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The committed SDL and these enums say the same, value by value.
    #[test]
    fn the_sdl_agrees() {
        let sdl = include_str!("../schema.graphql");
        let values_of = |name: &str| -> Vec<String> {
            let start = sdl
                .find(&format!("enum {name} {{"))
                .unwrap_or_else(|| panic!("{name} is not in the SDL"));
            let body = &sdl[start..];
            let body = &body[body.find('{').unwrap() + 1..body.find('}').unwrap()];
            let mut described = false;
            let mut values = Vec::new();
            for word in body.lines().map(str::trim) {
                if word.starts_with("\"\"\"") {
                    // A block description: opened and closed on one line, or on two.
                    described = described != (word.matches("\"\"\"").count() == 1);
                } else if !described && !word.starts_with('"') && !word.starts_with('#') {
                    values.extend(
                        word.split_whitespace()
                            .take_while(|w| !w.starts_with('@'))
                            .map(str::to_owned),
                    );
                }
            }
            values.sort();
            values
        };
        macro_rules! check {
            ($($name:ident),+) => {$(
                let mut ours: Vec<_> = $name::ALL.iter().map(|v| v.as_str().to_owned()).collect();
                ours.sort();
                assert_eq!(values_of(stringify!($name)), ours, "{}", stringify!($name));
                for value in $name::ALL {
                    assert_eq!($name::parse(value.as_str()), Some(*value));
                    assert_eq!(serde_json::to_value(value).unwrap(), value.as_str());
                }
            )+};
        }
        use crate::UserErrorCode;
        check!(
            UserErrorCode,
            Hue,
            MemberRole,
            ClientKind,
            ProjectStatus,
            TaskStatus,
            TaskPriority,
            Responsible,
            JobState,
            JobStage,
            JobReason,
            DocumentKind,
            DocumentState,
            UnreadableReason,
            JobTrouble,
            ProcessKind,
            PartKind,
            UseCase,
            FactKind,
            Engine,
            SuggestionState,
            ItemKind,
            ItemState,
            ItemConfidence,
            RejectReason,
            NoteKind,
            NodeKind,
            WebhookDeliveryState,
            WebhookDisabledReason,
            ChangeOperation,
            MailDelivery,
            OrderDirection,
            ClientOrderField,
            ProjectOrderField,
            TaskOrderField
        );
    }
}
