//! Enums of the schema, described once for both APIs.

use std::borrow::Cow;

use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef, Registry},
    types::{ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type},
};
use serde_json::Value;

/// An enum that is a text on the wire.
pub(crate) trait Wire: Copy + Send + Sync + 'static {
    /// Its name, as GraphQL has it.
    const NAME: &'static str;
    /// What it is about.
    const ABOUT: &'static str;
    /// Every value's text.
    fn texts() -> Vec<&'static str>;
    /// The value's text.
    fn text(self) -> &'static str;
    /// The value a text stands for.
    fn read(text: &str) -> Option<Self>;
}

macro_rules! wire {
    ($($name:ident: $about:literal;)+) => {$(
        impl Wire for smartstack_schema::$name {
            const NAME: &'static str = stringify!($name);
            const ABOUT: &'static str = $about;

            fn texts() -> Vec<&'static str> {
                Self::ALL.iter().map(|value| value.as_str()).collect()
            }

            fn text(self) -> &'static str {
                self.as_str()
            }

            fn read(text: &str) -> Option<Self> {
                Self::parse(text)
            }
        }
    )+};
}

wire! {
    ErrorCode: "Why a request failed.";
    UserErrorCode: "What is wrong with a part of the input.";
    OrderDirection: "Which way a list goes.";
    MemberRole: "What a member may do.";
    Hue: "One of nine colours.";
    ClientKind: "A company or a person.";
    ClientOrderField: "What clients are ordered by.";
    ProjectStatus: "Where a project stands.";
    ProjectOrderField: "What projects are ordered by.";
    TaskStatus: "A column of the board.";
    TaskPriority: "How pressing a task is.";
    TaskOrderField: "What tasks are ordered by.";
    TaskField: "What of a task can differ from one version to the next.";
    Responsible: "Which side has to act.";
    NoteKind: "Question, exclusion or decision.";
    DocumentKind: "Whether a text was pasted or uploaded.";
    DocumentState: "Whether a document's text is there.";
    UnreadableReason: "Why there is no text to be had from a file.";
    UseCase: "What is to be made of a text.";
    JobState: "Where a job stands.";
    JobStage: "What the worker is doing.";
    JobReason: "Why a job needs a person.";
    SuggestionState: "How much of a suggestion has been decided.";
    Engine: "What made a suggestion.";
    ItemKind: "What accepting an item makes.";
    ItemState: "What was decided about an item.";
    ItemConfidence: "How sure an item is, from the evidence in the text.";
    WebhookDisabledReason: "Why a webhook is told nothing.";
    WebhookDeliveryState: "Where a message stands.";
    RejectReason: "Why an item was rejected.";
}

/// A value of an enum.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choice<E>(pub E);

impl<E> From<E> for Choice<E> {
    fn from(value: E) -> Self {
        Self(value)
    }
}

impl<E: Wire> Type for Choice<E> {
    const IS_REQUIRED: bool = true;

    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        E::NAME.into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference(E::NAME.to_owned())
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<Self, _>(E::NAME.to_owned(), |_| MetaSchema {
            description: Some(E::ABOUT),
            enum_items: E::texts().into_iter().map(Value::from).collect(),
            ..MetaSchema::new("string")
        });
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl<E: Wire> ToJSON for Choice<E> {
    fn to_json(&self) -> Option<Value> {
        Some(self.0.text().into())
    }
}

impl<E: Wire> ParseFromJSON for Choice<E> {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        let value = value.unwrap_or_default();
        let read = value.as_str().and_then(E::read);
        read.map(Self).ok_or_else(ParseError::expected_input)
    }
}

impl<E: Wire> ParseFromParameter for Choice<E> {
    fn parse_from_parameter(value: &str) -> ParseResult<Self> {
        E::read(value).map(Self).ok_or_else(ParseError::expected_input)
    }
}
