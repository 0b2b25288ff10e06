//! Documents that came before: read, counted and validated once.
//!
//! An app sends the same few documents for ever. A text is known by its SHA-256, which is also how
//! *automatic persisted queries* name it: a caller may send the hash alone once the text was seen.
//!
//! What a document's variables hold decides two things besides the answer: what it costs, and whether
//! it is valid. Both only depend on the variables' [`shape`], so each shape of a document is counted
//! and validated once.

use std::{
    collections::HashMap,
    fmt::Write,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use async_graphql::parser::types::ExecutableDocument;
use serde_json::{Map, Value};

use super::{
    limits::{CostModel, LimitError, Totals},
    trusted,
};

/// SHA-256 of a document's text.
pub type Hash = [u8; 32];

/// Longest text that is kept.
const TEXT_MAX: usize = 16 * 1024;
/// All kept texts together; a parsed document takes some thirty times its text.
const TEXTS_MAX: usize = 1024 * 1024;
/// Shapes kept of one document.
const SHAPES_MAX: usize = 64;

/// A document that was within the limits of its text.
pub struct Known {
    /// As parsed.
    pub document: ExecutableDocument,
    /// Whether it is one of the app's own.
    pub is_trusted: bool,
    length: usize,
    used: AtomicU64,
    shapes: Mutex<HashMap<String, Checked>>,
}

/// What is known of a document with variables of one shape.
#[derive(Debug, Clone, Copy)]
struct Checked {
    totals: Totals,
    valid: bool,
}

impl Known {
    fn new(document: ExecutableDocument, length: usize) -> Self {
        Self {
            document,
            is_trusted: false,
            length,
            used: AtomicU64::new(0),
            shapes: Mutex::default(),
        }
    }

    /// One of the app's own.
    pub(super) fn trusted(document: ExecutableDocument) -> Self {
        Self {
            is_trusted: true,
            ..Self::new(document, 0)
        }
    }

    fn shapes(&self) -> MutexGuard<'_, HashMap<String, Checked>> {
        self.shapes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts the document, unless it was counted with such variables before.
    ///
    /// # Errors
    /// It is over a limit.
    pub fn count(
        &self,
        model: &CostModel,
        shape: &str,
        variables: &async_graphql::Variables,
    ) -> Result<Totals, LimitError> {
        if let Some(checked) = self.shapes().get(shape) {
            return Ok(checked.totals);
        }
        let totals = model.check(&self.document, variables)?;
        let mut shapes = self.shapes();
        if shapes.len() >= SHAPES_MAX {
            shapes.clear();
        }
        let checked = Checked { totals, valid: false };
        shapes.insert(shape.to_owned(), checked);
        Ok(totals)
    }

    /// Whether the document was found valid with such variables.
    pub fn is_valid(&self, shape: &str) -> bool {
        self.shapes().get(shape).is_some_and(|checked| checked.valid)
    }

    /// Notes that the document is valid with such variables.
    pub fn note_valid(&self, shape: &str) {
        if let Some(checked) = self.shapes().get_mut(shape) {
            checked.valid = true;
        }
    }
}

/// The documents of a process.
#[derive(Default)]
pub struct Documents {
    /// What the schema's fields cost.
    pub model: CostModel,
    /// The app's own: there from the start, and for good.
    trusted: HashMap<Hash, Arc<Known>>,
    known: Mutex<HashMap<Hash, Arc<Known>>>,
    /// Counts uses, to tell which document was not used for longest.
    uses: AtomicU64,
}

impl Documents {
    /// The app's documents, and no other yet.
    pub fn new(model: CostModel) -> Self {
        Self {
            model,
            trusted: trusted::known(),
            ..Self::default()
        }
    }

    /// A document that was seen before, or that the app asks.
    pub fn get(&self, hash: &Hash) -> Option<Arc<Known>> {
        if let Some(trusted) = self.trusted.get(hash) {
            return Some(Arc::clone(trusted));
        }
        let known = Arc::clone(self.lock().get(hash)?);
        known.used.store(self.next_use(), Ordering::Relaxed);
        Some(known)
    }

    /// Keeps a document, for as long as others are not used more.
    pub fn keep(&self, hash: Hash, document: ExecutableDocument, length: usize) -> Arc<Known> {
        let document = Arc::new(Known::new(document, length));
        document.used.store(self.next_use(), Ordering::Relaxed);
        if length > TEXT_MAX {
            return document;
        }
        let mut known = self.lock();
        known.insert(hash, Arc::clone(&document));
        if known.values().map(|one| one.length).sum::<usize>() > TEXTS_MAX {
            // The half that was not used for longest: so this work is rare.
            let mut uses: Vec<u64> = known
                .values()
                .map(|one| one.used.load(Ordering::Relaxed))
                .collect();
            let middle = uses.len() / 2;
            let (_, oldest_kept, _) = uses.select_nth_unstable(middle);
            let oldest_kept = *oldest_kept;
            known.retain(|_, one| one.used.load(Ordering::Relaxed) >= oldest_kept);
        }
        document
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Hash, Arc<Known>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_use(&self) -> u64 {
        self.uses.fetch_add(1, Ordering::Relaxed)
    }
}

/// What of variables matters for cost and validity: names and types; small numbers themselves, which may
/// be page lengths; texts themselves where they look like an enum's value. Other texts are alike: a
/// document that is valid with one of them is so with every other.
pub fn shape(operation: Option<&str>, variables: &Map<String, Value>) -> String {
    let mut text = String::with_capacity(64);
    text.push_str(operation.unwrap_or_default());
    text.push('\n');
    write_object(&mut text, variables);
    text
}

fn write_object(text: &mut String, object: &Map<String, Value>) {
    text.push('{');
    for (name, value) in object {
        // As JSON text: no name can look like something else.
        let _ = write!(text, "{}:", Value::String(name.clone()));
        write_value(text, value);
        text.push(',');
    }
    text.push('}');
}

fn write_value(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push('n'),
        Value::Bool(_) => text.push('b'),
        Value::Number(number) => match number.as_i64() {
            Some(small @ -1..=101) => {
                let _ = write!(text, "{small}");
            }
            Some(other) => text.push(if other < 0 { 'm' } else { 'i' }),
            None if number.is_u64() => text.push('u'),
            None => text.push('f'),
        },
        Value::String(value) if looks_like_enum(value) => {
            text.push('e');
            text.push_str(value);
        }
        Value::String(_) => text.push('s'),
        Value::Array(items) => {
            // How many there are decides what `nodes(ids:)` costs.
            let _ = write!(text, "[{};", items.len());
            let mut shapes: Vec<String> = items
                .iter()
                .map(|item| {
                    let mut text = String::new();
                    write_value(&mut text, item);
                    text
                })
                .collect();
            shapes.sort_unstable();
            shapes.dedup();
            for shape in shapes {
                text.push_str(&shape);
                text.push(',');
            }
            text.push(']');
        }
        Value::Object(object) => write_object(text, object),
    }
}

fn looks_like_enum(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn of(variables: Value) -> String {
        let Value::Object(variables) = variables else {
            panic!("an object")
        };
        shape(None, &variables)
    }

    #[test]
    fn what_matters_tells_shapes_apart() {
        let apart = [
            json!({}),
            json!({"a": null}),
            json!({"a": true}),
            json!({"a": 20}),
            json!({"a": 50}),
            json!({"a": 5000}),
            json!({"a": 1.5}),
            json!({"a": u64::MAX}),
            json!({"a": "text"}),
            json!({"a": "DONE"}),
            json!({"a": "NEXT"}),
            json!({"a": ["DONE"]}),
            json!({"a": ["DONE", "DONE"]}),
            json!({"a": ["DONE", 1]}),
            json!({"a": {"b": "text"}}),
            json!({"b": "text"}),
            json!({"a\":s,\"b": "text"}),
        ];
        let shapes: std::collections::HashSet<String> = apart.iter().cloned().map(of).collect();
        assert_eq!(shapes.len(), apart.len());
    }

    #[test]
    fn what_does_not_matter_is_alike() {
        assert_eq!(
            of(json!({"id": "task_01", "title": "One thing"})),
            of(json!({"id": "task_02", "title": "another"}))
        );
        assert_eq!(of(json!({"minutes": 300})), of(json!({"minutes": 240})));
    }

    #[test]
    fn documents_are_kept_within_bounds_and_the_used_ones_stay() {
        let documents = Documents::default();
        let parsed = || parse_query("{ a }").expect("a document");
        let hash = |n: u32| {
            let mut hash = [0; 32];
            hash[..4].copy_from_slice(&n.to_be_bytes());
            hash
        };
        documents.keep(hash(0), parsed(), TEXT_MAX);
        for n in 1..200 {
            documents.keep(hash(n), parsed(), TEXT_MAX);
            assert!(documents.get(&hash(0)).is_some(), "the used one went at {n}");
        }
        assert!(documents.lock().len() <= TEXTS_MAX / TEXT_MAX);
        documents.keep(hash(999), parsed(), TEXT_MAX + 1);
        assert!(documents.get(&hash(999)).is_none());
    }
}
