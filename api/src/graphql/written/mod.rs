//! Lists that are written as JSON at once.
//!
//! Most of what an answer costs is not reading it but handing it about: the executor makes each field of each
//! object a value of its own, in an ordered map, and frees them all once they are written. Where a list's
//! selection has nothing in it but fields of the things themselves and of things they point to, which is what
//! apps ask for all day, a [`Plan`] says which columns these are ([`Cells`]); they are read in one statement
//! and written from its rows. Anything else, be it a fragment, a directive or an argument, goes the
//! executor's way, by the same resolvers as ever. A test holds both ways against each other, field by field.
//!
//! The text travels through the executor as a [`Value::Binary`], which no field of the schema gives, and is
//! put into the answer by [`answer`](super::answer).

pub mod cell;
pub mod json;

use std::borrow::Cow;

use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerResult, Value,
    parser::types::{Field, SelectionSet},
    registry::Registry,
};
use smartstack_domain::{
    StoreError,
    cells::{Cell, Cells, Row, Rows},
};
use tokio_util::bytes::Bytes;

use self::json::Json;
use super::{
    eager::{Eager, plain_fields},
    model::connection::PageInfo,
};

/// A kind of thing whose lists can be written. What is not named here goes the executor's way.
pub trait Written: OutputType {
    /// Where a field lies, and how it is written.
    fn plain(name: &str) -> Option<(Cell, Write)>;

    /// Where a field points to.
    fn linked(_name: &str) -> Option<Link> {
        None
    }
}

/// Writes the cell at a place of a row.
pub type Write = fn(&Row, usize, &mut Json) -> Result<(), StoreError>;

/// A field that points to one thing.
pub struct Link {
    /// Holds something where there is such a thing.
    id: Cell,
    plan: fn(&SelectionSet, &mut Cells) -> Option<Plan>,
}

impl Link {
    /// To a thing of type `T`, which is there where `id` holds something.
    pub fn to<T: Written>(id: Cell) -> Self {
        Self {
            id,
            plan: Plan::of::<T>,
        }
    }
}

/// What is written of each thing.
pub struct Plan {
    /// The name of the things' type.
    type_name: Json,
    /// Each field's key with its colon, and what follows it.
    parts: Vec<(Json, Part)>,
}

enum Part {
    TypeName,
    Plain(usize, Write),
    /// Where it says that something is there, and what of it.
    Linked(usize, Plan),
}

impl Plan {
    /// How a selection of things of type `T` is written, and the cells it takes; none where only the executor
    /// can.
    fn of<T: Written>(set: &SelectionSet, cells: &mut Cells) -> Option<Self> {
        let mut parts = Vec::with_capacity(set.items.len());
        for field in plain_fields(set)? {
            let field = &field.node;
            if !field.arguments.is_empty() {
                return None;
            }
            let (name, set) = (field.name.node.as_str(), &field.selection_set.node);
            let part = match (name, T::plain(name)) {
                ("__typename", _) => Part::TypeName,
                (_, Some((cell, write))) if set.items.is_empty() => Part::Plain(cells.want(cell), write),
                _ => {
                    let link = T::linked(name)?;
                    Part::Linked(cells.want(link.id), (link.plan)(set, cells)?)
                }
            };
            let mut key = Json::new();
            json::text(&mut key, &field.response_key().node);
            key.push(b':');
            parts.push((key, part));
        }
        let mut type_name = Json::new();
        json::text(&mut type_name, &T::type_name());
        Some(Self { type_name, parts })
    }

    /// Writes a thing, and says how many fields it has, those of what lies in it included.
    fn write(&self, row: &Row, out: &mut Json) -> Result<u64, StoreError> {
        let mut fields = self.parts.len() as u64;
        let mut before = b'{';
        for (key, part) in &self.parts {
            out.push(before);
            before = b',';
            out.extend_from_slice(key);
            match part {
                Part::TypeName => out.extend_from_slice(&self.type_name),
                Part::Plain(at, write) => write(row, *at, out)?,
                Part::Linked(at, plan) => match row.id(*at)? {
                    Some(_) => fields += plan.write(row, out)?,
                    None => out.extend_from_slice(b"null"),
                },
            }
        }
        out.push(b'}');
        Ok(fields)
    }
}

/// How a connection's page is written.
pub struct PagePlan {
    plan: Plan,
    /// What it takes of each row.
    pub cells: Cells,
}

impl PagePlan {
    /// Of a connection of things of type `T`; none where only the executor can.
    pub fn of<T: Written>(connection: &SelectionSet) -> Option<Self> {
        let mut nodes = None;
        for field in plain_fields(connection)? {
            match field.node.name.node.as_str() {
                "nodes" if nodes.is_none() => nodes = Some(&field.node.selection_set.node),
                "pageInfo" | "totalCount" | "__typename" => {}
                _ => return None,
            }
        }
        let mut cells = Cells::default();
        let plan = Plan::of::<T>(nodes?, &mut cells)?;
        Some(Self { plan, cells })
    }

    /// Writes a page.
    ///
    /// # Errors
    /// A fault where a cell holds something else than it should.
    pub fn write(&self, page: Rows) -> Result<WrittenPage, StoreError> {
        let mut json = Json::with_capacity(COUNT + 512 * page.rows.len() + 2);
        json.extend_from_slice(&[0; COUNT]);
        json.push(b'[');
        let mut fields = 0;
        for (at, row) in page.rows.iter().enumerate() {
            if at > 0 {
                json.push(b',');
            }
            fields += self.plan.write(row, &mut json)?;
        }
        json.push(b']');
        json[..COUNT].copy_from_slice(&fields.to_be_bytes());
        Ok(WrittenPage {
            nodes: json.into(),
            info: PageInfo {
                has_next_page: page.has_next,
                has_previous_page: page.has_previous,
                start_cursor: page.start_cursor,
                end_cursor: page.end_cursor,
            },
        })
    }
}

/// A page that has been written.
pub struct WrittenPage {
    /// Its things.
    pub nodes: Bytes,
    /// Where it stands.
    pub info: PageInfo,
}

/// The things of a page, to the schema the same as a [`Vec`] of them.
pub enum Nodes<T> {
    /// As things.
    Things(Vec<Eager<T>>),
    /// Written already.
    Written(Bytes),
}

impl<T: OutputType> OutputType for Nodes<T>
where
    Eager<T>: OutputType,
{
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
        match self {
            Self::Written(text) => Ok(Value::Binary(text.clone())),
            // Boxed, since it would make room for itself in every other answer.
            Self::Things(things) => Box::pin(things.resolve(ctx, field)).await,
        }
    }
}

/// How many bytes before a text say how many fields it has.
const COUNT: usize = size_of::<u64>();

/// How many fields a written text has, and the text.
pub fn text(written: &[u8]) -> (u64, &[u8]) {
    let (count, json) = written
        .split_first_chunk::<COUNT>()
        .unwrap_or((&[0; COUNT], b"null"));
    (u64::from_be_bytes(*count), json)
}
