//! Enums and scalars of the schema, and the small fragments that many pages share.

use crate::schema;

/// A moment as the API writes it (RFC 3339, UTC); shown through [`crate::fmt::intl`].
#[derive(cynic::Scalar, Clone, Debug, PartialEq, Eq)]
pub(crate) struct DateTime(pub(crate) String);

cynic::impl_scalar!(i64, schema::Long);

/// Declares an enum of the schema with its values in order and its words for people.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$attribute:meta])* $value:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(clippy::enum_variant_names)]
        pub(crate) enum $name { $($(#[$attribute])* $value),+ }

        #[allow(dead_code)]
        impl $name {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$value),+];

            /// What a person reads.
            pub(crate) fn word(self) -> &'static str {
                match self { $(Self::$value => $word),+ }
            }

            /// The value's own name, as used in addresses and form fields.
            pub(crate) fn key(self) -> &'static str {
                match self { $(Self::$value => stringify!($value)),+ }
            }

            /// From [`Self::key`].
            pub(crate) fn from_key(key: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.key() == key)
            }
        }
    };
}

words!(Hue { Ochre = "Ochre", Clay = "Clay", Rose = "Rose", Plum = "Plum", Iris = "Iris", Sea = "Sea", Pine = "Pine", Moss = "Moss", Slate = "Slate" });
words!(MemberRole { Owner = "Owner", Member = "Member", Viewer = "Viewer" });
words!(ClientKind { Company = "Company", Person = "Person" });
words!(ProjectStatus { Planned = "Planned", Active = "Active", OnHold = "On hold", Completed = "Completed" });
words!(TaskStatus { Backlog = "Backlog", Next = "Next", InProgress = "In progress", Waiting = "Waiting", Done = "Done" });
words!(TaskPriority { None = "No priority", Low = "Low", Medium = "Medium", High = "High", Urgent = "Urgent" });
words!(Responsible { Freelancer = "Us", Client = "Client" });
words!(JobState { Queued = "Queued", Running = "Running", Ready = "Ready", NeedsReview = "Needs you", Cancelled = "Cancelled" });
words!(JobStage { Reading = "Reading", Asking = "Asking", Checking = "Checking" });
words!(JobReason {
    ModelUnavailable = "The model could not be reached", ModelRefused = "The model declined", OutputInvalid = "The answer did not pass the checks",
    NothingFound = "Nothing to plan was found", TextTooLong = "The text is too long", TimedOut = "It took too long", Internal = "Something went wrong here",
    BudgetReached = "The AI budget is used up", AiOff = "AI is switched off", DocumentUnreadable = "The file cannot be read",
});
words!(DocumentState { Reading = "Being read", Ready = "Ready", Unreadable = "Cannot be read" });
words!(UseCase { Plan = "Plan", Notes = "Notes", Reply = "Reply", Status = "Update" });
words!(Engine { Basic = "Basic extraction, no AI", Model = "AI", Manual = "By hand" });
words!(SuggestionState { Open = "Open", PartlyApplied = "Partly applied", Applied = "Applied", Dismissed = "Dismissed" });
words!(ItemKind { Task = "Task", Question = "Question", Exclusion = "Exclusion", Decision = "Decision", Budget = "Budget", Deadline = "Deadline" });
words!(ItemState { Open = "Open", Accepted = "Accepted", Rejected = "Rejected" });
words!(ItemConfidence { Explicit = "Said in the text", Likely = "Likely", Manual = "By hand" });
words!(RejectReason { #[cynic(rename = "NOT_A_TASK")] NotATask = "Not a task", AlreadyKnown = "Already known", WrongDetails = "Wrong details", OutOfScope = "Out of scope", Other = "Other" });
words!(NoteKind { Question = "Question", Exclusion = "Exclusion", Decision = "Decision" });
words!(NodeKind {
    Workspace = "Workspace", Client = "Client", Project = "Project", Task = "Task", ProjectNote = "Note", Document = "Document", Job = "Job",
    Suggestion = "Suggestion", SuggestionItem = "Item", ShareLink = "Share link", WebhookEndpoint = "Webhook", User = "Person",
});
words!(ChangeOperation { Created = "Created", Updated = "Updated", Deleted = "Deleted" });
words!(MailDelivery { Smtp = "By mail", Folder = "To a folder" });
words!(JobTrouble { NeedsReview = "Needs a person", Abandoned = "Left by its worker", Stuck = "Never begun" });
words!(PartKind { Database = "Database", Queue = "Queue", Storage = "Storage", Mail = "Mail", Model = "Model" });
words!(ProcessKind { Api = "API", Worker = "Worker" });
words!(UserErrorCode {
    Invalid = "Invalid", Required = "Required", TooLong = "Too long", TooShort = "Too short", OutOfRange = "Out of range",
    NotFound = "Not found", Conflict = "Conflict", Taken = "Taken", LimitReached = "Limit reached", InvalidState = "Not possible now",
});
words!(OrderDirection { Asc = "Ascending", Desc = "Descending" });
words!(ClientOrderField { Name = "Name", CreatedAt = "Created", UpdatedAt = "Changed" });
words!(ProjectOrderField { Name = "Name", DueDate = "Due", CreatedAt = "Created", UpdatedAt = "Changed" });
words!(TaskOrderField { Position = "Position", DueDate = "Due", Priority = "Priority", Title = "Title", CreatedAt = "Created", UpdatedAt = "Changed" });

impl Hue {
    /// The value of `data-hue`.
    pub(crate) fn attr(self) -> &'static str {
        match self {
            Self::Ochre => "ochre",
            Self::Clay => "clay",
            Self::Rose => "rose",
            Self::Plum => "plum",
            Self::Iris => "iris",
            Self::Sea => "sea",
            Self::Pine => "pine",
            Self::Moss => "moss",
            Self::Slate => "slate",
        }
    }
}

/// An amount of money. Cents may be negative in nothing this app shows.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(crate) struct Money {
    pub(crate) amount_cents: i64,
    pub(crate) currency: String,
}

#[derive(cynic::InputObject, Clone, Debug, PartialEq)]
pub(crate) struct MoneyInput {
    pub(crate) amount_cents: i64,
    pub(crate) currency: String,
}

#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(crate) struct PageInfo {
    pub(crate) has_next_page: bool,
    pub(crate) end_cursor: Option<String>,
}

/// Somebody, as rows show them.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "User")]
pub(crate) struct Person {
    pub(crate) id: cynic::Id,
    pub(crate) name: String,
    pub(crate) hue: Hue,
}

/// A project, as a reference to it.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Project")]
pub(crate) struct ProjectRef {
    pub(crate) id: cynic::Id,
    pub(crate) name: String,
    pub(crate) hue: Hue,
}

/// A client, as a reference to it.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
#[cynic(graphql_type = "Client")]
pub(crate) struct ClientRef {
    pub(crate) id: cynic::Id,
    pub(crate) name: String,
    pub(crate) hue: Hue,
}

/// For mutations that name a thing and the version the person saw.
#[derive(cynic::InputObject, Clone, Debug)]
pub(crate) struct NodeVersionInput {
    pub(crate) id: cynic::Id,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) expected_version: Option<i32>,
}

/// A field of an update: left as it is, cleared, or set.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Maybe<T> {
    #[default]
    Keep,
    Set(Option<T>),
}

impl<T> Maybe<T> {
    /// For `skip_serializing_if`: a field left out stays as it is.
    pub(crate) fn keeps(&self) -> bool {
        matches!(self, Self::Keep)
    }
}

impl<T: serde::Serialize> serde::Serialize for Maybe<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep => serializer.serialize_none(),
            Self::Set(value) => value.serialize(serializer),
        }
    }
}

impl<T: cynic::schema::IsScalar<S>, S> cynic::schema::IsScalar<S> for Maybe<T> {
    type SchemaType = T::SchemaType;
}

impl<T: cynic::InputObject> cynic::InputObject for Maybe<T> {
    type SchemaType = T::SchemaType;
}

impl<T, S> cynic::coercions::CoercesTo<Option<S>> for Maybe<T> where T: cynic::coercions::CoercesTo<S> {}
