//! Typed ids in the TypeID format: `task_01h2xcejqtf2nbrexx3vqjhp41`.
//!
//! The suffix is a UUID as 26 characters of Crockford's base 32 in lower case, most significant
//! first (TypeID specification 0.3). Within one prefix the texts sort as their UUIDs do, and UUIDv7
//! sorts by time of creation.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Length of the text that stands for 128 bits in base 32.
const SUFFIX_LENGTH: usize = 26;
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Why a text is not the id that was asked for.
///
/// The messages never repeat the text: they may reach logs and other people's screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdError {
    /// The text does not start with the prefix of this kind of thing.
    WrongPrefix {
        /// The prefix that was expected, without its underscore.
        expected: &'static str,
    },
    /// What follows the prefix is not 26 characters of Crockford's base 32 in lower case.
    Malformed,
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongPrefix { expected } => write!(f, "not an id that starts with \"{expected}_\""),
            Self::Malformed => f.write_str("not an id: expected a prefix, an underscore and 26 characters"),
        }
    }
}

impl std::error::Error for IdError {}

fn encode(uuid: Uuid) -> [u8; SUFFIX_LENGTH] {
    let mut rest = uuid.as_u128();
    let mut out = [0; SUFFIX_LENGTH];
    for place in out.iter_mut().rev() {
        *place = ALPHABET[(rest & 0x1f) as usize];
        rest >>= 5;
    }
    out
}

fn decode(suffix: &str) -> Result<Uuid, IdError> {
    let bytes = suffix.as_bytes();
    // 26 characters hold 130 bits: the first may only carry three, or the value would overflow.
    if bytes.len() != SUFFIX_LENGTH || !(b'0'..=b'7').contains(&bytes[0]) {
        return Err(IdError::Malformed);
    }
    let mut value = 0u128;
    for byte in bytes {
        let digit = ALPHABET
            .iter()
            .position(|c| c == byte)
            .ok_or(IdError::Malformed)?;
        value = (value << 5) | digit as u128;
    }
    Ok(Uuid::from_u128(value))
}

fn parse(prefix: &'static str, text: &str) -> Result<Uuid, IdError> {
    let suffix = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .ok_or(IdError::WrongPrefix { expected: prefix })?;
    decode(suffix)
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(pub Uuid);

            impl $name {
                /// The prefix of this id's text, without the underscore.
                pub const PREFIX: &'static str = $prefix;

                /// The bare UUID, as the database stores it.
                pub const fn uuid(self) -> Uuid {
                    self.0
                }
            }

            impl From<Uuid> for $name {
                fn from(uuid: Uuid) -> Self {
                    Self(uuid)
                }
            }

            impl From<$name> for Uuid {
                fn from(id: $name) -> Self {
                    id.0
                }
            }

            impl FromStr for $name {
                type Err = IdError;

                fn from_str(text: &str) -> Result<Self, IdError> {
                    parse(Self::PREFIX, text).map(Self)
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    let suffix = encode(self.0);
                    f.write_str(concat!($prefix, "_"))?;
                    f.write_str(std::str::from_utf8(&suffix).map_err(|_| fmt::Error)?)
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(self, f)
                }
            }

            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                    text.parse().map_err(serde::de::Error::custom)
                }
            }
        )*

        /// An id of any kind, as `node(id)` receives it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each variant carries the id it is named after")]
        pub enum AnyId { $($name($name)),* }

        impl AnyId {
            /// The bare UUID, as the database stores it.
            pub const fn uuid(self) -> Uuid {
                match self { $(Self::$name(id) => id.0),* }
            }
        }

        impl FromStr for AnyId {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                match text.split_once('_').map(|(prefix, _)| prefix) {
                    $(Some($prefix) => text.parse().map(Self::$name),)*
                    _ => Err(IdError::Malformed),
                }
            }
        }

        impl fmt::Display for AnyId {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $(Self::$name(id) => id.fmt(f)),* }
            }
        }
    };
}

typed_ids! {
    /// A person with an account.
    UserId = "user";
    /// A workspace: the tenant everything else belongs to.
    WorkspaceId = "ws";
    /// A client of the freelancer.
    ClientId = "client";
    /// A project.
    ProjectId = "project";
    /// A task.
    TaskId = "task";
    /// A task as it was after one change.
    TaskVersionId = "taskver";
    /// A question, exclusion or decision noted in a project.
    ProjectNoteId = "note";
    /// A pasted text.
    DocumentId = "doc";
    /// A piece of work for the worker.
    JobId = "job";
    /// What a job proposes.
    SuggestionId = "sug";
    /// One line of a suggestion.
    SuggestionItemId = "item";
    /// A link that shows a project to its client.
    ShareLinkId = "share";
    /// A signed-in browser.
    SessionId = "session";
    /// A personal access token; the id names it and opens nothing.
    ApiTokenId = "token";
    /// An address of another program that is told what happens.
    WebhookEndpointId = "hook";
    /// A message to a webhook: the `webhook-id` its receiver sees, the same however often it is sent.
    WebhookDeliveryId = "msg";
    /// An invitation to join a workspace.
    InvitationId = "invite";
    /// A sign-up that waits for its e-mail address to be confirmed.
    SignUpId = "signup";
    /// A wish for a new password; the id names it and opens nothing.
    PasswordResetId = "reset";
    /// A change of address that waits for the new address to be confirmed.
    EmailChangeId = "newmail";
    /// An account at another provider that signs a person in.
    LinkedAccountId = "link";
    /// An entry of an audit log.
    AuditEventId = "audit";
    /// One request, as logs and error answers name it.
    RequestId = "req";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Task;
    impl type_safe_id::StaticType for Task {
        const TYPE: &'static str = "task";
    }

    #[test]
    fn agrees_with_the_published_codec() {
        let mut value = 0x0188_bac7_4afa_78aa_bc3b_bd1e_ef28_d881_u128;
        for _ in 0..500 {
            // A step of a linear congruential generator, only to visit scattered values.
            value = value
                .wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645)
                .wrapping_add(1);
            let uuid = Uuid::from_u128(value);
            let theirs = type_safe_id::TypeSafeId::<Task>::from_uuid(uuid).to_string();
            assert_eq!(TaskId(uuid).to_string(), theirs);
            assert_eq!(theirs.parse::<TaskId>().unwrap(), TaskId(uuid));
        }
    }

    #[test]
    fn the_ends_of_the_range_survive() {
        for uuid in [Uuid::nil(), Uuid::max()] {
            assert_eq!(TaskId(uuid).to_string().parse(), Ok(TaskId(uuid)));
        }
    }

    #[test]
    fn refuses_what_is_not_exactly_an_id_of_the_kind() {
        let good = "task_01h2xcejqtf2nbrexx3vqjhp41";
        assert!(good.parse::<TaskId>().is_ok());
        assert_eq!(
            good.parse::<ClientId>(),
            Err(IdError::WrongPrefix { expected: "client" })
        );
        for bad in [
            "task_81h2xcejqtf2nbrexx3vqjhp41",
            "task_01H2XCEJQTF2NBREXX3VQJHP41",
            "task_01h2xcejqtf2nbrexx3vqjhp4",
            "task_01h2xcejqtf2nbrexx3vqjhp411",
            "task_01h2xcejqtf2nbrexx3vqjhp4l",
            "task_",
            "task",
            "",
            "task_01h2xcejqtf2nbrexx3vqjhpé",
        ] {
            assert!(bad.parse::<TaskId>().is_err(), "{bad:?} was taken");
            assert!(bad.parse::<AnyId>().is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn any_id_knows_its_kind() {
        let id = SuggestionItemId(Uuid::from_u128(7));
        assert_eq!(id.to_string().parse(), Ok(AnyId::SuggestionItemId(id)));
        assert_eq!(AnyId::SuggestionItemId(id).to_string(), id.to_string());
    }

    #[test]
    fn json_is_the_text() {
        let id = JobId(Uuid::from_u128(1));
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, "\"job_00000000000000000000000001\"");
        assert_eq!(serde_json::from_str::<JobId>(&json).unwrap(), id);
        assert_eq!(
            serde_json::from_value::<JobId>(json.trim_matches('"').into()).unwrap(),
            id
        );
        assert!(serde_json::from_str::<TaskId>(&json).is_err());
    }
}
