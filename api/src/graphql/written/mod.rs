//! Lists that are written as JSON at once.
//!
//! Most of what an answer costs is not reading it but handing it about: the executor makes each field of each
//! object a value of its own, in an ordered map, and frees them all once they are written. Where a list's
//! selection has nothing in it but fields of the things themselves and of things they point to, which is what
//! apps ask for all day, [`WrittenList`] reads what they point to in the same batches ([`Loaders`]) and
//! writes the answer's text straight from the rows; what several things point to is written once. Anything
//! else, be it a fragment, a directive, an argument or something that was not found, goes the executor's way,
//! by the same resolvers as ever. A test holds both ways against each other, field by field.
//!
//! The text travels through the executor as a [`Value::Binary`], which no field of the schema gives, and is
//! put into the answer by [`answer`](super::answer).

pub mod json;

use std::{borrow::Cow, collections::HashMap, future::Future, ops::Range, pin::Pin, sync::Arc};

use async_graphql::{
    ContainerType, ContextSelectionSet, OutputType, Positioned, ServerResult, Value,
    parser::types::{Field, SelectionSet},
    registry::Registry,
};
use futures_util::future::join_all;

use self::json::Json;
use super::{
    eager::{Eager, plain_fields},
    loader::{Key, Loaders},
};

/// A kind of thing whose lists can be written. What is not named here goes the executor's way.
pub trait Written: ContainerType + Send + Sync + Sized + 'static {
    /// How a field is written that lies in the thing itself.
    fn plain(name: &str) -> Option<Plain<Self>>;

    /// How a field is written that points elsewhere, of which `set` is selected.
    fn linked(_name: &str, _set: &SelectionSet) -> Option<Linked<Self>> {
        None
    }
}

/// Writes one field of a thing.
pub type Plain<T> = fn(&T, &mut Json);

type Reading<'a> = Pin<Box<dyn Future<Output = Option<Texts>> + Send + 'a>>;
type Read<T> = dyn for<'a> Fn(&'a Loaders, &'a [&'a T]) -> Reading<'a> + Send + Sync;

/// Reads what a field of many things points to, and writes it for each of them.
pub struct Linked<T>(Box<Read<T>>);

impl<T> Linked<T> {
    fn new(read: impl for<'a> Fn(&'a Loaders, &'a [&'a T]) -> Reading<'a> + Send + Sync + 'static) -> Self {
        Self(Box::new(read))
    }
}

/// What is written of each thing.
struct Plan<T>(Vec<(Json, Part<T>)>);

enum Part<T> {
    TypeName,
    Plain(Plain<T>),
    Linked(Linked<T>),
}

/// One text for each of several things. Two may share theirs.
#[derive(Default)]
pub struct Texts {
    json: Json,
    each: Vec<Text>,
}

/// Where a text stands.
#[derive(Clone)]
struct Text {
    range: Range<usize>,
    /// How many fields it has, those of what lies in it included.
    fields: u64,
}

impl Texts {
    fn add(&mut self, fields: u64, write: impl FnOnce(&mut Json)) -> Text {
        let start = self.json.len();
        write(&mut self.json);
        Text {
            range: start..self.json.len(),
            fields,
        }
    }
}

impl<T: Written> Plan<T> {
    /// How a selection is written; none where only the executor can.
    fn of(set: &SelectionSet) -> Option<Self> {
        let part = |field: &Positioned<Field>| {
            let field = &field.node;
            if !field.arguments.is_empty() {
                return None;
            }
            let name = field.name.node.as_str();
            let set = &field.selection_set.node;
            let part = match (name, set.items.is_empty()) {
                ("__typename", _) => Part::TypeName,
                (_, true) => match T::plain(name) {
                    Some(plain) => Part::Plain(plain),
                    None => Part::Linked(T::linked(name, set)?),
                },
                (_, false) => Part::Linked(T::linked(name, set)?),
            };
            let mut key = Json::new();
            json::text(&mut key, &field.response_key().node);
            key.push(b':');
            Some((key, part))
        };
        plain_fields(set)?
            .into_iter()
            .map(part)
            .collect::<Option<_>>()
            .map(Self)
    }

    /// Writes things; none where something they must point to is not there.
    async fn write(&self, loaders: &Loaders, things: &[&T]) -> Option<Texts> {
        let links = self.0.iter().filter_map(|(_, part)| match part {
            Part::Linked(linked) => Some(linked.0(loaders, things)),
            _ => None,
        });
        // All at once, so that what they read comes in the same batches.
        let links: Vec<Texts> = join_all(links).await.into_iter().collect::<Option<_>>()?;
        let mut texts = Texts::default();
        for (at, thing) in things.iter().enumerate() {
            let lying = links.iter().map(|link| link.each[at].fields).sum::<u64>();
            let fields = self.0.len() as u64 + lying;
            let text = texts.add(fields, |json| {
                let mut links = links.iter();
                let mut before = b'{';
                for (key, part) in &self.0 {
                    json.push(before);
                    before = b',';
                    json.extend_from_slice(key);
                    match part {
                        Part::TypeName => json::text(json, &thing.introspection_type_name()),
                        Part::Plain(write) => write(thing, json),
                        Part::Linked(_) => {
                            let link = links.next().map(|link| &link.json[link.each[at].range.clone()]);
                            json.extend_from_slice(link.unwrap_or(b"null"));
                        }
                    }
                }
                json.push(b'}');
            });
            texts.each.push(text);
        }
        Some(texts)
    }
}

/// What a thing points to.
pub enum Target<K, N> {
    /// Nothing.
    Nothing,
    /// What is to be read.
    Key(K),
    /// What was read along with it.
    Here(N),
}

/// A field that points to one thing. `is_required` says that the database's own constraints have it there.
pub fn one<T: Written, K: Key, N: Written>(
    set: &SelectionSet,
    is_required: bool,
    target: fn(&T) -> Target<K, N>,
    make: fn(K::Value) -> N,
) -> Option<Linked<T>> {
    let plan = Arc::new(Plan::<N>::of(set)?);
    Some(Linked::new(move |loaders, things| {
        let plan = Arc::clone(&plan);
        let targets: Vec<Target<K, N>> = things.iter().map(|thing| target(thing)).collect();
        Box::pin(async move {
            // The nodes to write, and for each thing which of them is its.
            let mut nodes: Vec<Option<N>> = Vec::new();
            let mut keys: Vec<(K, usize)> = Vec::new();
            let mut known: HashMap<K, usize> = HashMap::new();
            let mut place = |node: Option<N>| {
                nodes.push(node);
                nodes.len() - 1
            };
            let places: Vec<Option<usize>> = targets
                .into_iter()
                .map(|target| match target {
                    Target::Nothing => None,
                    Target::Here(node) => Some(place(Some(node))),
                    Target::Key(key) => Some(*known.entry(key).or_insert_with(|| {
                        let at = place(None);
                        keys.push((key, at));
                        at
                    })),
                })
                .collect();
            let found = join_all(keys.iter().map(|(key, _)| loaders.load_one(*key))).await;
            for ((_, at), found) in keys.iter().zip(found) {
                match found {
                    Ok(Some(value)) => nodes[*at] = Some(make(value)),
                    Ok(None) if !is_required => {}
                    // The executor asks again, and says what is wrong where it says such things.
                    _ => return None,
                }
            }
            let there: Vec<&N> = nodes.iter().flatten().collect();
            let mut written = plan.write(loaders, &there).await?;
            let nothing = written.add(0, |json| json.extend_from_slice(b"null"));
            let mut texts = std::mem::take(&mut written.each).into_iter();
            let of_node: Vec<Text> = nodes
                .iter()
                .map(|node| {
                    node.as_ref()
                        .and_then(|_| texts.next())
                        .unwrap_or_else(|| nothing.clone())
                })
                .collect();
            let of_thing = |place: Option<usize>| place.map_or(&nothing, |at| &of_node[at]).clone();
            written.each = places.into_iter().map(of_thing).collect();
            Some(written)
        })
    }))
}

/// A number that is read for each thing.
pub fn number<T: Written, K: Key>(
    key: fn(&T) -> K,
    number: fn(Option<K::Value>) -> i32,
) -> Option<Linked<T>> {
    Some(Linked::new(move |loaders, things| {
        let keys: Vec<K> = things.iter().map(|thing| key(thing)).collect();
        Box::pin(async move {
            let mut texts = Texts::default();
            for found in join_all(keys.iter().map(|key| loaders.load_one(*key))).await {
                let found = number(found.ok()?);
                let text = texts.add(0, |json| json::shown(json, found));
                texts.each.push(text);
            }
            Some(texts)
        })
    }))
}

/// A list of things, to the schema the same as a [`Vec`] of them.
pub struct WrittenList<T>(Vec<Eager<T>>);

impl<T> FromIterator<T> for WrittenList<T> {
    fn from_iter<I: IntoIterator<Item = T>>(things: I) -> Self {
        Self(things.into_iter().map(Eager).collect())
    }
}

impl<T: Written> OutputType for WrittenList<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<Eager<T>>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<Eager<T>>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<Eager<T>>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        if let (Some(plan), Ok(loaders)) = (Plan::<T>::of(&ctx.item.node), ctx.data::<Arc<Loaders>>()) {
            let things: Vec<&T> = self.0.iter().map(|thing| &thing.0).collect();
            if let Some(texts) = plan.write(loaders, &things).await {
                return Ok(list(&texts));
            }
        }
        // Boxed, since it is rare and would make room for itself in every other answer.
        Box::pin(self.0.resolve(ctx, field)).await
    }
}

/// How many bytes before a text say how many fields it has.
const COUNT: usize = size_of::<u64>();

fn list(texts: &Texts) -> Value {
    let mut json = Json::with_capacity(COUNT + texts.json.len() + texts.each.len() + 2);
    let fields: u64 = texts.each.iter().map(|text| text.fields).sum();
    json.extend_from_slice(&fields.to_be_bytes());
    json.push(b'[');
    for (at, text) in texts.each.iter().enumerate() {
        if at > 0 {
            json.push(b',');
        }
        json.extend_from_slice(&texts.json[text.range.clone()]);
    }
    json.push(b']');
    Value::Binary(json.into())
}

/// How many fields a written text has, and the text.
pub fn text(written: &[u8]) -> (u64, &[u8]) {
    let (count, json) = written
        .split_first_chunk::<COUNT>()
        .unwrap_or((&[0; COUNT], b"null"));
    (u64::from_be_bytes(*count), json)
}
