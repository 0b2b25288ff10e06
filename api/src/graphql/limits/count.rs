//! What a parsed document adds up to.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Pos, Value, Variables,
    parser::{
        parse_schema,
        types::{
            BaseType, DocumentOperations, ExecutableDocument, Field, FieldDefinition, OperationDefinition,
            Selection, SelectionSet, Type, TypeKind, TypeSystemDefinition,
        },
    },
};

use super::{
    CONNECTION_COST, DEFAULT_PAGE, INTROSPECTION_COST, LimitError, MAX_ALIASES, MAX_COST, MAX_DEPTH,
    MAX_DIRECTIVES, MAX_INTROSPECTION_DEPTH, MAX_INTROSPECTION_LISTS, MAX_NESTING, MAX_PAGE, MAX_SELECTIONS,
    PLAIN_LIST_SIZE, at_most,
};

/// What a field of the schema gives.
#[derive(Debug, Clone)]
struct Shape {
    /// The object or interface, without list and non-null.
    ty: String,
    is_list: bool,
    is_connection: bool,
}

/// What the schema's fields give, for counting.
#[derive(Debug, Clone, Default)]
pub struct CostModel {
    fields: HashMap<String, HashMap<String, Shape>>,
}

/// What a part of a document adds up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Fields below one another.
    pub depth: u64,
    /// See the module's text.
    pub cost: u64,
    /// Fields and fragments, expanded.
    pub selections: u64,
    /// Renamed fields, expanded.
    pub aliases: u64,
    /// Directives, expanded.
    pub directives: u64,
}

impl Totals {
    fn add(&mut self, other: Self, times: u64) {
        self.depth = self.depth.max(other.depth);
        self.cost = self.cost.saturating_add(other.cost.saturating_mul(times));
        self.selections = self.selections.saturating_add(other.selections);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
    }
}

impl CostModel {
    /// Reads the schema's own text. Types that cannot be read count as
    /// scalars, which validation refuses to select from.
    pub fn from_sdl(sdl: &str) -> Self {
        let mut fields = HashMap::new();
        let Ok(document) = parse_schema(sdl) else {
            return Self::default();
        };
        for definition in document.definitions {
            let TypeSystemDefinition::Type(ty) = definition else {
                continue;
            };
            let members = match ty.node.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                _ => continue,
            };
            let shapes = members.into_iter().map(|field| shape(&field.node)).collect();
            fields.insert(ty.node.name.node.to_string(), shapes);
        }
        Self { fields }
    }

    /// Whether the schema could be read; without it nothing could be counted.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The type a field gives, without list and non-null.
    pub fn type_of(&self, parent: &str, field: &str) -> Option<&str> {
        Some(self.fields.get(parent)?.get(field)?.ty.as_str())
    }

    /// Whether something can be selected from a type.
    pub fn has_fields(&self, ty: &str) -> bool {
        self.fields.contains_key(ty)
    }

    /// The types something can be selected from, with their fields.
    #[cfg(test)]
    pub(crate) fn types(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.fields
            .iter()
            .map(|(ty, fields)| (ty.as_str(), fields.keys().map(String::as_str).collect()))
    }

    /// Counts a whole document and compares it with the limits.
    ///
    /// # Errors
    /// The document is over a limit or a fragment contains itself.
    pub fn check(&self, document: &ExecutableDocument, variables: &Variables) -> Result<Totals, LimitError> {
        let mut totals = Totals::default();
        let mut reached = HashSet::new();
        let operations: Vec<&OperationDefinition> = match &document.operations {
            DocumentOperations::Single(operation) => vec![&operation.node],
            DocumentOperations::Multiple(operations) => operations.values().map(|one| &one.node).collect(),
        };
        for operation in operations {
            let root = match operation.ty {
                async_graphql::parser::types::OperationType::Query => "Query",
                async_graphql::parser::types::OperationType::Mutation => "Mutation",
                async_graphql::parser::types::OperationType::Subscription => "Subscription",
            };
            let mut count = Count::new(self, document, variables, Some(operation));
            let mut found = count.set(&operation.selection_set.node, root, None, Inside::Data, 0)?;
            found.directives = found.directives.saturating_add(operation.directives.len() as u64);
            totals.add(found, 1);
            reached.extend(count.reached);
        }
        // Fragments that nothing uses still have to be parsed and validated.
        let mut count = Count::new(self, document, variables, None);
        count.reached = reached;
        for name in document.fragments.keys() {
            if !count.reached.contains(name.as_str()) {
                let found = count.fragment(name, None, Inside::Data, 0, Pos::default())?;
                totals.add(found, 1);
            }
        }
        at_most("Number of selections", totals.selections, MAX_SELECTIONS)?;
        at_most("Depth", totals.depth, MAX_DEPTH)?;
        at_most("Number of aliases", totals.aliases, MAX_ALIASES)?;
        at_most("Number of directives", totals.directives, MAX_DIRECTIVES)?;
        at_most("Cost", totals.cost, MAX_COST)?;
        Ok(totals)
    }
}

fn shape(field: &FieldDefinition) -> (String, Shape) {
    let (ty, is_list) = base(&field.ty.node);
    let is_connection = ty.ends_with("Connection");
    (
        field.name.node.to_string(),
        Shape {
            ty,
            is_list,
            is_connection,
        },
    )
}

fn base(ty: &Type) -> (String, bool) {
    match &ty.base {
        BaseType::Named(name) => (name.to_string(), false),
        BaseType::List(inner) => (base(inner).0, true),
    }
}

/// Where in the answer a selection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Inside {
    Data,
    /// Below `__schema` or `__type`, with this many lists above.
    Introspection(u64),
}

type FragmentKey = (String, Option<u64>, Inside);

struct Count<'a> {
    model: &'a CostModel,
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    operation: Option<&'a OperationDefinition>,
    known: HashMap<FragmentKey, Totals>,
    open: HashSet<String>,
    reached: HashSet<String>,
}

impl<'a> Count<'a> {
    fn new(
        model: &'a CostModel,
        document: &'a ExecutableDocument,
        variables: &'a Variables,
        operation: Option<&'a OperationDefinition>,
    ) -> Self {
        Self {
            model,
            document,
            variables,
            operation,
            known: HashMap::new(),
            open: HashSet::new(),
            reached: HashSet::new(),
        }
    }

    /// `page` is the page length of the connection whose fields these are;
    /// `level` guards this function's own recursion.
    fn set(
        &mut self,
        set: &'a SelectionSet,
        ty: &str,
        page: Option<u64>,
        inside: Inside,
        level: u64,
    ) -> Result<Totals, LimitError> {
        at_most("Nesting", level, MAX_NESTING as u64)?;
        let mut totals = Totals::default();
        for item in &set.items {
            totals.selections = totals.selections.saturating_add(1);
            let directives = item.node.directives().len() as u64;
            totals.directives = totals.directives.saturating_add(directives);
            match &item.node {
                Selection::Field(field) => {
                    let found = self.field(&field.node, ty, page, inside, level)?;
                    totals.add(found, 1);
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let ty = condition.map_or(ty, |condition| condition.node.on.node.as_str());
                    let found = self.set(&fragment.node.selection_set.node, ty, page, inside, level + 1)?;
                    totals.add(found, 1);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let found = self.fragment(name, page, inside, level + 1, item.pos)?;
                    totals.add(found, 1);
                }
            }
        }
        Ok(totals)
    }

    fn fragment(
        &mut self,
        name: &str,
        page: Option<u64>,
        inside: Inside,
        level: u64,
        pos: Pos,
    ) -> Result<Totals, LimitError> {
        // An unknown fragment is validation's to name.
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Totals::default());
        };
        let key = (name.to_owned(), page, inside);
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        if !self.open.insert(name.to_owned()) {
            return Err(LimitError::FragmentCycle(pos));
        }
        self.reached.insert(name.to_owned());
        let ty = fragment.node.type_condition.node.on.node.as_str();
        let mut totals = self.set(&fragment.node.selection_set.node, ty, page, inside, level + 1)?;
        totals.directives = totals
            .directives
            .saturating_add(fragment.node.directives.len() as u64);
        self.open.remove(name);
        self.known.insert(key, totals);
        Ok(totals)
    }

    fn field(
        &mut self,
        field: &'a Field,
        ty: &str,
        page: Option<u64>,
        inside: Inside,
        level: u64,
    ) -> Result<Totals, LimitError> {
        let mut totals = Totals {
            depth: 1,
            cost: 1,
            aliases: u64::from(field.alias.is_some()),
            ..Totals::default()
        };
        let children = &field.selection_set.node;
        let name = field.name.node.as_str();
        totals.directives = 0;
        if let Inside::Introspection(lists) = inside {
            let is_list = matches!(name, "fields" | "interfaces" | "possibleTypes" | "inputFields");
            let lists = lists + u64::from(is_list);
            at_most(
                "Nesting of lists in introspection",
                lists,
                MAX_INTROSPECTION_LISTS,
            )?;
            let below = self.set(children, "", None, Inside::Introspection(lists), level + 1)?;
            totals.add(below, 1);
            totals.depth = below.depth.saturating_add(1);
            return Ok(totals);
        }
        if matches!(name, "__schema" | "__type") {
            let below = self.set(children, "", None, Inside::Introspection(0), level + 1)?;
            at_most("Depth of introspection", below.depth, MAX_INTROSPECTION_DEPTH)?;
            totals.add(
                Totals {
                    cost: INTROSPECTION_COST,
                    depth: 0,
                    ..below
                },
                1,
            );
            return Ok(totals);
        }
        let model = self.model;
        let shape = model.fields.get(ty).and_then(|fields| fields.get(name));
        let (below_ty, below_page, times) = match shape {
            None => ("", None, 1),
            Some(shape) if shape.is_connection => {
                totals.cost = totals.cost.saturating_add(CONNECTION_COST);
                (shape.ty.as_str(), Some(self.page(field)), 1)
            }
            Some(shape) if shape.is_list => {
                let times = page.or_else(|| self.ids(field)).unwrap_or(PLAIN_LIST_SIZE);
                (shape.ty.as_str(), None, times)
            }
            Some(shape) => (shape.ty.as_str(), None, 1),
        };
        let below = self.set(children, below_ty, below_page, Inside::Data, level + 1)?;
        totals.add(below, times);
        totals.depth = below.depth.saturating_add(1);
        Ok(totals)
    }

    /// How long a page of this connection is.
    fn page(&self, field: &Field) -> u64 {
        let asked = ["first", "last"]
            .iter()
            .filter_map(|name| match self.argument(field, name)? {
                Value::Number(number) => Some(number.as_i64().map_or(MAX_PAGE, |n| n.max(0).unsigned_abs())),
                _ => None,
            });
        asked.max().unwrap_or(DEFAULT_PAGE).min(MAX_PAGE)
    }

    /// How many ids the argument `ids` holds.
    fn ids(&self, field: &Field) -> Option<u64> {
        match self.argument(field, "ids")? {
            Value::List(ids) => Some(ids.len() as u64),
            _ => None,
        }
    }

    /// An argument's value, with what its variables stand for.
    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let value = field.get_argument(name)?.node.clone();
        value
            .into_const_with(|variable| self.variable(&variable).ok_or(()))
            .ok()
    }

    /// What was given for a variable, or its default.
    fn variable(&self, name: &Name) -> Option<Value> {
        if let Some(given) = self.variables.get(name) {
            return Some(given.clone());
        }
        let definition = self
            .operation?
            .variable_definitions
            .iter()
            .find(|one| one.node.name.node == *name)?;
        definition
            .node
            .default_value
            .as_ref()
            .map(|value| value.node.clone())
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{Variables, parser::parse_query};
    use serde_json::json;

    use super::{super::scan, *};

    const SDL: &str = "
        type Query { viewer: Viewer tasks(first: Int, last: Int): TaskConnection! nodes(ids: [ID!]!): [Task]! }
        type Viewer { name: String! }
        type TaskConnection { nodes: [Task!]! edges: [TaskEdge!]! totalCount: Int! }
        type TaskEdge { cursor: String! node: Task! }
        type Task { id: ID! parent: Task labels: [Label!]! children(first: Int): TaskConnection! }
        type Label { name: String! }";

    fn check(query: &str, variables: serde_json::Value) -> Result<Totals, LimitError> {
        scan(query).expect("scans");
        let document = parse_query(query).expect("parses");
        CostModel::from_sdl(SDL).check(&document, &Variables::from_json(variables))
    }

    fn cost(query: &str) -> u64 {
        check(query, json!({})).expect(query).cost
    }

    #[test]
    fn a_page_multiplies_what_is_below_it() {
        assert_eq!(cost("{ viewer { name __typename } }"), 3);
        // tasks 1 + 10, nodes 1, id 20 times
        assert_eq!(cost("{ tasks { nodes { id } } }"), 11 + 1 + 20);
        assert_eq!(
            cost("{ tasks(first: 3) { nodes { id } totalCount } }"),
            11 + 1 + 3 + 1
        );
        assert_eq!(
            cost("{ tasks(last: 2) { edges { cursor node { id } } } }"),
            11 + 1 + 2 * 3
        );
        assert_eq!(cost("{ nodes(ids: [1, 2, 3]) { id } }"), 1 + 3);
        assert_eq!(
            cost("{ tasks(first: 1) { ...F } } fragment F on TaskConnection { nodes { id } }"),
            11 + 1 + 1
        );
        assert_eq!(
            cost("{ tasks(first: 2) { nodes { labels { name } } } }"),
            11 + 1 + 2 * (1 + 10)
        );
    }

    #[test]
    fn a_negative_or_huge_page_does_not_wrap_a_counter() {
        for first in [
            "-1",
            "-2147483648",
            "9223372036854775807",
            "99999999999999999999",
            "1e300",
        ] {
            let query = format!("{{ tasks(first: {first}) {{ nodes {{ id }} }} }}");
            let found = cost(&query);
            assert!((12..=112).contains(&found), "{first}: {found}");
        }
    }

    #[test]
    fn pages_in_variables_and_their_defaults_count() {
        let query = "query($n: Int = 50) { tasks(first: $n) { nodes { id } } }";
        assert_eq!(check(query, json!({})).map(|t| t.cost), Ok(62));
        assert_eq!(check(query, json!({"n": 5})).map(|t| t.cost), Ok(17));
    }

    #[test]
    fn nested_pages_soon_cost_too_much() {
        let query = "{ tasks(first: 100) { nodes { children(first: 100) { nodes { children(first: 100) { nodes { id } } } } } } }";
        assert!(matches!(
            check(query, json!({})),
            Err(LimitError::TooMuch { what: "Cost", .. })
        ));
    }

    #[test]
    fn depth_counts_through_fragments() {
        let deep = |n: usize| {
            format!(
                "{{ nodes(ids: []) {{ {} id {} }} }}",
                "parent {".repeat(n),
                "}".repeat(n)
            )
        };
        assert!(check(&deep(10), json!({})).is_ok());
        assert!(matches!(
            check(&deep(11), json!({})),
            Err(LimitError::TooMuch { what: "Depth", .. })
        ));
        let hidden = format!(
            "{{ nodes(ids: []) {{ ...A }} }} fragment A on Task {{ parent {{ ...B }} }} fragment B on Task {{ {} id {} }}",
            "parent {".repeat(10),
            "}".repeat(10)
        );
        assert!(matches!(
            check(&hidden, json!({})),
            Err(LimitError::TooMuch { what: "Depth", .. })
        ));
    }

    #[test]
    fn fragments_that_double_are_refused_at_once() {
        let mut query = String::from("{ viewer { ...F0 } }");
        for i in 0..30 {
            query.push_str(&format!(
                " fragment F{i} on Viewer {{ ...F{} ...F{} }}",
                i + 1,
                i + 1
            ));
        }
        query.push_str(" fragment F30 on Viewer { name }");
        assert!(check(&query, json!({})).is_err());
    }

    #[test]
    fn cycles_are_refused_even_where_nothing_uses_them() {
        for start in ["name", "...A"] {
            let query = format!(
                "{{ viewer {{ {start} }} }} fragment A on Viewer {{ ...B }} fragment B on Viewer {{ ...A }}"
            );
            assert!(
                matches!(check(&query, json!({})), Err(LimitError::FragmentCycle(_))),
                "{start}"
            );
        }
    }

    #[test]
    fn aliases_and_directives_are_counted() {
        let aliases: String = (0..61).map(|i| format!("a{i}: viewer {{ name }} ")).collect();
        let error = check(&format!("{{ {aliases} }}"), json!({}));
        assert!(matches!(
            error,
            Err(LimitError::TooMuch {
                what: "Number of aliases",
                ..
            })
        ));
        let directives = "@skip(if: false) ".repeat(61);
        let error = check(&format!("{{ viewer {directives} {{ name }} }}"), json!({}));
        assert!(matches!(
            error,
            Err(LimitError::TooMuch {
                what: "Number of directives",
                ..
            })
        ));
    }

    #[test]
    fn introspection_passes_but_not_in_circles() {
        let standard = "{ __schema { types { fields { args { type { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { name } } } } } } } } } } } } } } }";
        assert!(check(standard, json!({})).is_ok());
        let circle = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }";
        assert!(check(circle, json!({})).is_err());
    }
}
