//! Relay connections whose parts are read only when they are selected.
//!
//! A connection keeps what it would take to read its page and its count. The
//! page is read once, when `edges`, `nodes` or `pageInfo` is first asked for;
//! the count only for `totalCount`.

use std::sync::Arc;

use async_graphql::{Context, Error, SimpleObject, async_trait::async_trait};
use smartstack_domain::{
    AdminScope, AdminTx, Db, DomainError, Page, Paged, WorkspaceTx,
    cells::{Cells, Rows},
};
use smartstack_schema::WorkspaceId;
use tokio::sync::OnceCell;

use crate::graphql::{
    context::{ContextExt, Reader},
    eager::Eager,
    error::from_domain,
    written::{Nodes, PagePlan, Written, WrittenPage},
};

type Result<T, E = Error> = std::result::Result<T, E>;

/// Checks the arguments of a connection.
///
/// # Errors
/// BAD_USER_INPUT for `first` with `last`, and for counts below 0 or above 100.
pub fn page(
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> Result<Page> {
    Page::new(first.map(Into::into), after, last.map(Into::into), before).map_err(|error| from_domain(&error))
}

/// Which part of a list a page is.
#[derive(Debug, Clone, SimpleObject)]
pub struct PageInfo {
    /// Whether more follows; ask with `after: endCursor`.
    pub has_next_page: bool,
    /// Whether more precedes; ask with `before: startCursor`.
    pub has_previous_page: bool,
    /// Cursor of the first edge; null on an empty page.
    pub start_cursor: Option<String>,
    /// Cursor of the last edge; null on an empty page.
    pub end_cursor: Option<String>,
}

/// A list of the domain with its filter and order, of which a page is shown.
#[async_trait]
pub trait List: Send + Sync + 'static {
    /// What it lists.
    type Node: Clone + Send + Sync + 'static;

    /// Reads the page.
    ///
    /// # Errors
    /// The domain's.
    async fn page(&self, tx: &WorkspaceTx) -> Result<Paged<Self::Node>, DomainError>;

    /// Counts the whole list.
    ///
    /// # Errors
    /// The domain's.
    async fn count(&self, tx: &WorkspaceTx) -> Result<i64, DomainError>;
}

/// A list that can be read by the cell and written at once.
#[async_trait]
pub trait WrittenList: List {
    /// What is written.
    type Node: Written;

    /// Reads some cells of the page.
    ///
    /// # Errors
    /// The domain's.
    async fn rows(&self, tx: &WorkspaceTx, cells: &Cells) -> Result<Rows, DomainError>;
}

/// A list of the installation, of which an administrator is shown a page.
#[async_trait]
pub trait AdminList: Send + Sync + 'static {
    /// What it lists.
    type Node: Clone + Send + Sync + 'static;

    /// Reads the page.
    ///
    /// # Errors
    /// The domain's.
    async fn page(&self, tx: &AdminTx) -> Result<Paged<Self::Node>, DomainError>;

    /// Counts the whole list.
    ///
    /// # Errors
    /// The domain's.
    async fn count(&self, tx: &AdminTx) -> Result<i64, DomainError>;
}

/// A list with what it takes to read it.
#[async_trait]
trait Source<T>: Send + Sync {
    async fn page(&self) -> Result<Paged<T>, DomainError>;
    async fn count(&self) -> Result<i64, DomainError>;
}

/// As [`Source`], by the cell.
#[async_trait]
trait Cellular: Send + Sync {
    async fn rows(&self, cells: &Cells) -> Result<Rows, DomainError>;
}

struct InWorkspace<L> {
    reader: Arc<Reader>,
    workspace: WorkspaceId,
    list: Arc<L>,
}

#[async_trait]
impl<L: WrittenList> Cellular for InWorkspace<L> {
    async fn rows(&self, cells: &Cells) -> Result<Rows, DomainError> {
        let tx = self.reader.workspace(self.workspace).await?;
        self.list.rows(&tx, cells).await
    }
}

#[async_trait]
impl<L: List> Source<L::Node> for InWorkspace<L> {
    async fn page(&self) -> Result<Paged<L::Node>, DomainError> {
        let tx = self.reader.workspace(self.workspace).await?;
        self.list.page(&tx).await
    }

    async fn count(&self) -> Result<i64, DomainError> {
        let tx = self.reader.workspace(self.workspace).await?;
        self.list.count(&tx).await
    }
}

struct OfInstallation<L> {
    db: Db,
    scope: AdminScope,
    list: Arc<L>,
}

#[async_trait]
impl<L: AdminList> Source<L::Node> for OfInstallation<L> {
    async fn page(&self) -> Result<Paged<L::Node>, DomainError> {
        let list = Arc::clone(&self.list);
        self.db
            .in_admin(&self.scope, move |tx| {
                Box::pin(async move { list.page(tx).await })
            })
            .await
    }

    async fn count(&self) -> Result<i64, DomainError> {
        let list = Arc::clone(&self.list);
        self.db
            .in_admin(&self.scope, move |tx| {
                Box::pin(async move { list.count(tx).await })
            })
            .await
    }
}

/// A page that is read when it is needed.
pub struct LazyPage<T> {
    source: Box<dyn Source<T>>,
    page: OnceCell<Paged<T>>,
    written: Option<Writing>,
}

/// A page that is to be written at once.
struct Writing {
    plan: PagePlan,
    source: Box<dyn Cellular>,
    page: OnceCell<WrittenPage>,
}

impl<T: Clone + Send + Sync + 'static> LazyPage<T> {
    /// A page of `list` in a workspace.
    pub fn new(ctx: &Context<'_>, workspace: WorkspaceId, list: impl List<Node = T>) -> Self {
        let list = InWorkspace {
            reader: ctx.reader(),
            workspace,
            list: Arc::new(list),
        };
        Self::of(list)
    }

    /// As [`new`](Self::new), written at once where what is selected allows it.
    pub fn written<L>(ctx: &Context<'_>, workspace: WorkspaceId, list: L) -> Self
    where
        L: WrittenList + List<Node = T>,
    {
        let (reader, list) = (ctx.reader(), Arc::new(list));
        let writing =
            PagePlan::of::<<L as WrittenList>::Node>(&ctx.item.node.selection_set.node).map(|plan| {
                let source = InWorkspace {
                    reader: Arc::clone(&reader),
                    workspace,
                    list: Arc::clone(&list),
                };
                Writing {
                    plan,
                    source: Box::new(source),
                    page: OnceCell::new(),
                }
            });
        Self {
            written: writing,
            ..Self::of(InWorkspace {
                reader,
                workspace,
                list,
            })
        }
    }

    /// A page of `list`, as an administrator sees it.
    pub fn of_installation(ctx: &Context<'_>, scope: &AdminScope, list: impl AdminList<Node = T>) -> Self {
        Self::of(OfInstallation {
            db: ctx.app().db.clone(),
            scope: scope.clone(),
            list: Arc::new(list),
        })
    }

    fn of(source: impl Source<T> + 'static) -> Self {
        Self {
            source: Box::new(source),
            page: OnceCell::new(),
            written: None,
        }
    }

    /// The page.
    ///
    /// # Errors
    /// As the list's.
    pub async fn page(&self) -> Result<&Paged<T>> {
        self.page
            .get_or_try_init(|| self.source.page())
            .await
            .map_err(|error| from_domain(&error))
    }

    /// The things of the page, made by `make` where they are not written.
    ///
    /// # Errors
    /// As the list's.
    pub async fn nodes<N>(&self, make: impl Fn(T) -> N) -> Result<Nodes<N>> {
        if let Some(written) = self.written_page().await? {
            return Ok(Nodes::Written(written.nodes.clone()));
        }
        let page = self.page().await?;
        let things = page.edges.iter().map(|edge| Eager(make(edge.node.clone())));
        Ok(Nodes::Things(things.collect()))
    }

    async fn written_page(&self) -> Result<Option<&WrittenPage>> {
        let Some(writing) = &self.written else {
            return Ok(None);
        };
        let read = async || {
            Ok(writing
                .plan
                .write(writing.source.rows(&writing.plan.cells).await?)?)
        };
        let page = writing.page.get_or_try_init(read).await;
        page.map(Some).map_err(|error: DomainError| from_domain(&error))
    }

    /// How many things the whole list holds.
    ///
    /// # Errors
    /// As the list's.
    pub async fn count(&self) -> Result<i32> {
        let count = self.source.count().await.map_err(|error| from_domain(&error))?;
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }

    /// Where the page stands in the list.
    ///
    /// # Errors
    /// As the list's.
    pub async fn info(&self) -> Result<PageInfo> {
        if let Some(written) = self.written_page().await? {
            return Ok(written.info.clone());
        }
        let page = self.page().await?;
        Ok(PageInfo {
            has_next_page: page.has_next,
            has_previous_page: page.has_previous,
            start_cursor: page.edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: page.edges.last().map(|edge| edge.cursor.clone()),
        })
    }
}

/// Declares a connection type and its edge type; `$make` turns the domain's
/// struct into the node.
macro_rules! connection {
    ($connection:ident, $edge:ident, $make:path => $node:ident, $domain:ty, $things:literal) => {
        #[doc = concat!("A page of ", $things, ".")]
        pub struct $connection(pub $crate::graphql::model::connection::LazyPage<$domain>);

        #[doc = concat!("A page of ", $things, ".")]
        #[async_graphql::Object]
        impl $connection {
            /// The things of the page, each with its cursor.
            async fn edges(&self) -> async_graphql::Result<Vec<$edge>> {
                let page = self.0.page().await?;
                let edges = page.edges.iter();
                Ok(edges
                    .map(|edge| $edge {
                        cursor: edge.cursor.clone(),
                        node: $make(edge.node.clone()).into(),
                    })
                    .collect())
            }

            /// The things of the page.
            async fn nodes(&self) -> async_graphql::Result<$crate::graphql::written::Nodes<$node>> {
                self.0.nodes($make).await
            }

            /// Where the page stands in the list.
            async fn page_info(&self) -> async_graphql::Result<$crate::graphql::model::connection::PageInfo> {
                self.0.info().await
            }

            /// How many things the whole list holds, on all pages. Counted only when asked for.
            async fn total_count(&self) -> async_graphql::Result<i32> {
                self.0.count().await
            }
        }

        #[doc = concat!("One of ", $things, " on a page.")]
        #[derive(async_graphql::SimpleObject)]
        pub struct $edge {
            /// Opaque; give it as `after` or `before` to continue from here.
            pub cursor: String,
            /// The thing itself.
            pub node: $crate::graphql::eager::Eager<$node>,
        }
    };
}

pub(crate) use connection;
