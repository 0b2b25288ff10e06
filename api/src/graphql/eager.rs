//! Objects most of whose fields are there already.
//!
//! The executor gives each field of each object a future of its own on the heap, and has a queue tell
//! which of them go on. A list of 50 tasks with their relations has 850 fields, of which 100 wait for
//! something; the others' futures are made, queued, woken and freed to read a value that lies beside them.
//! [`Eager`] asks each field once where it stands, in one piece of memory used again for the next, and keeps
//! only those that do have to wait. What is asked, and how, stays the schema's own resolvers.

use std::{borrow::Cow, future::poll_fn, task::Poll};

use async_graphql::{
    ContainerType, ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{Field, Selection, SelectionSet},
    registry::Registry,
};
use futures_util::future::join_all;
use tokio_util::sync::ReusableBoxFuture;

/// With more fields than this the executor does it: names are compared with each other below.
const FIELDS_MAX: usize = 40;

/// An object of the schema that is resolved field by field as far as that goes without waiting.
pub struct Eager<T>(pub T);

impl<T> From<T> for Eager<T> {
    fn from(object: T) -> Self {
        Self(object)
    }
}

impl<T: ContainerType> OutputType for Eager<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        T::qualified_type_name()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.0.introspection_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match plain_fields(&ctx.item.node) {
            Some(fields) => Ok(resolve(ctx, &self.0, &fields).await),
            // Boxed, since it is rare and would make room for itself in every other answer.
            None => Box::pin(self.0.resolve(ctx, field)).await,
        }
    }
}

/// The fields of a selection that has nothing but fields: no fragments, no directives, no name twice.
pub(super) fn plain_fields(set: &SelectionSet) -> Option<Vec<&Positioned<Field>>> {
    if set.items.len() > FIELDS_MAX {
        return None;
    }
    let mut fields: Vec<&Positioned<Field>> = Vec::with_capacity(set.items.len());
    for selection in &set.items {
        let Selection::Field(field) = &selection.node else {
            return None;
        };
        let key = &field.node.response_key().node;
        let twice = fields.iter().any(|known| known.node.response_key().node == *key);
        if twice || !field.node.directives.is_empty() {
            return None;
        }
        fields.push(field);
    }
    Some(fields)
}

type Answer = ServerResult<Option<Value>>;

async fn resolve<T: ContainerType>(
    ctx: &ContextSelectionSet<'_>,
    root: &T,
    fields: &[&Positioned<Field>],
) -> Value {
    let mut object: IndexMap<Name, Value> = IndexMap::with_capacity(fields.len());
    let mut waiting: Vec<(usize, ReusableBoxFuture<'_, Answer>)> = Vec::new();
    let mut spare: Option<ReusableBoxFuture<'_, Answer>> = None;
    let mut failed: Vec<usize> = Vec::new();
    for (at, field) in fields.iter().copied().enumerate() {
        let key = field.node.response_key().node.clone();
        if field.node.name.node == "__typename" {
            object.insert(key, Value::String(root.introspection_type_name().into_owned()));
            continue;
        }
        let asked = async move {
            let ctx = ctx.with_field(field);
            root.resolve_field(&ctx).await
        };
        let mut asked = match spare.take() {
            Some(mut memory) => {
                memory.set(asked);
                memory
            }
            None => ReusableBoxFuture::new(asked),
        };
        // What waits, or fails, keeps its place: the answer has the fields in the order of the document.
        let value = match poll_fn(|cx| Poll::Ready(asked.poll(cx))).await {
            Poll::Ready(answer) => {
                spare = Some(asked);
                taken(ctx, answer).unwrap_or_else(|| {
                    failed.push(at);
                    Value::Null
                })
            }
            Poll::Pending => {
                waiting.push((at, asked));
                Value::Null
            }
        };
        object.insert(key, value);
    }
    drop(spare);
    let answers = waiting
        .into_iter()
        .map(|(at, mut asked)| async move { (at, poll_fn(|cx| asked.poll(cx)).await) });
    for (at, answer) in join_all(answers).await {
        match (taken(ctx, answer), object.get_index_mut(at)) {
            (Some(value), Some((_, place))) => *place = value,
            _ => failed.push(at),
        }
    }
    failed.sort_unstable();
    for at in failed.into_iter().rev() {
        object.shift_remove_index(at);
    }
    if object.is_empty() {
        Value::Null
    } else {
        Value::Object(object)
    }
}

/// A field's value; none, and an error noted, where there is none.
fn taken(ctx: &ContextSelectionSet<'_>, answer: Answer) -> Option<Value> {
    match answer {
        Ok(value) => Some(value.unwrap_or_default()),
        Err(error) => {
            ctx.add_error(error);
            None
        }
    }
}
