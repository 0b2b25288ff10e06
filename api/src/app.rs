//! The process: its parts, its routes, and how it starts and stops.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use chrono::TimeDelta;
use poem::{
    Endpoint, EndpointExt, Request, Response, Route, Server,
    endpoint::make,
    http::header,
    listener::{Acceptor, Listener, TcpAcceptor, TcpListener},
};
use secrecy::ExposeSecret;
use smartstack_domain::{
    Db,
    admin::{self, GrantOutcome},
    blob::Blobs,
    change::ChangeFeed,
    db::Options,
    identity::Identity,
    presence::{Probe, Reporter},
    rate::Budgets,
    secret::Secrets,
};
use smartstack_metrics::Port;
use smartstack_schema::{PartKind, ProcessKind, RequestId};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    config::Config,
    graphql::{self, Schemas, documents::Documents, limits::CostModel, ws::SocketEndpoint},
    http::{
        account::AccountEndpoint,
        audit::AuditExport,
        auth::AuthEndpoint,
        drain::Gate,
        graphql::{GraphqlEndpoint, SurfaceKind},
        health,
        mcp::McpEndpoint,
        oauth::{OauthCallback, OauthStart},
        origin::AllowedOrigins,
        problem::Problem,
        rest, share,
        shell::Shell,
        spa::Spa,
        token::Tokens,
    },
    metrics::{self, Metrics},
    oauth::Providers,
};

/// How long requests may take to finish once the port is closed, at most 8 s
/// after the order to stop. Platforms kill after 30 s; what is left is for
/// sockets and for closing the database.
const DRAIN_TIME: Duration = Duration::from_secs(14);
/// In which time a caller may spend their budget once.
pub const BUDGET_TIME: TimeDelta = TimeDelta::minutes(1);
/// How long sockets may take to say goodbye.
const SOCKETS_TIME: Duration = Duration::from_secs(5);
/// How long saying goodbye to administrators may take.
const GOODBYE_TIME: Duration = Duration::from_secs(2);
/// A bucket is somebody else's, and asking it how it does costs: once a minute.
const STORAGE_EVERY: u32 = 6;

/// What every part of the process shares.
pub struct App {
    /// What the environment said.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// Where uploaded files lie.
    pub blobs: Blobs,
    /// Keys derived from the installation's secret.
    pub secrets: Arc<Secrets>,
    /// Accounts and sessions.
    pub identity: Identity,
    /// Others that people sign in by.
    pub providers: Providers,
    /// Signs and checks access tokens.
    pub tokens: Tokens,
    /// Says when something changed.
    pub feed: ChangeFeed,
    /// The schema.
    pub schemas: Schemas,
    /// Documents that came before, and what the schema's fields cost.
    pub documents: Documents,
    /// What callers may still ask for.
    pub budgets: Budgets,
    /// Whose pages may use cookies.
    pub origins: AllowedOrigins,
    /// Open sockets; the server's own shutdown does not count upgraded connections.
    pub sockets: TaskTracker,
    /// Told when the process is to stop.
    pub draining: CancellationToken,
    /// The browser app's files.
    pub spa: Spa,
    /// What is counted for operators.
    pub metrics: Metrics,
}

/// A process that is ready to serve, with its address.
pub struct Ready {
    app: Arc<App>,
    acceptor: TcpAcceptor,
    address: SocketAddr,
    metrics: Option<Port>,
    reporter: Option<Reporter>,
}

impl App {
    /// Connects to the database and opens the port.
    ///
    /// # Errors
    /// Says what is missing: the database, the secret or the port.
    pub async fn start(config: Config) -> anyhow::Result<Ready> {
        let db = Db::connect(
            config.database_url.expose_secret(),
            Options {
                application_name: "smartstack-api".to_owned(),
                ..Options::default()
            },
        )
        .await
        .context("DATABASE_URL: the database could not be reached")?;
        Self::start_with(config, db).await
    }

    /// As [`App::start`], over a database that is already connected.
    ///
    /// # Errors
    /// As [`App::start`].
    pub async fn start_with(config: Config, db: Db) -> anyhow::Result<Ready> {
        let secrets = Arc::new(Secrets::new(&config.secret)?);
        let blobs = Blobs::open(&config.files)
            .context("SMARTSTACK_FILES_DIR or S3_BUCKET: this place for files cannot be used")?;
        if let Some(email) = &config.first_administrator {
            first_administrator(&db, email).await?;
        }
        let draining = CancellationToken::new();
        let feed = ChangeFeed::start(&db);
        let acceptor = TcpListener::bind(config.listen)
            .into_acceptor()
            .await
            .with_context(|| format!("LISTEN: {} could not be opened", config.listen))?;
        let address = acceptor
            .local_addr()
            .into_iter()
            .find_map(|address| address.as_socket_addr().copied())
            .context("LISTEN: the port has no address")?;
        let metrics = match config.metrics_listen {
            Some(address) => Some(Port::open(address).await?),
            None => None,
        };
        let cost_model = CostModel::from_sdl(&graphql::sdl());
        anyhow::ensure!(!cost_model.is_empty(), "the schema's own text could not be read");
        let app = Arc::new(Self {
            identity: Identity::new(db.clone(), secrets.clone()),
            providers: Providers::new(
                config.oauth.clone(),
                &config.public_url.origin(),
                db.clock().clone(),
            ),
            tokens: Tokens::new(secrets.clone(), config.public_url.origin(), db.clock().clone()),
            schemas: Schemas::new(),
            origins: AllowedOrigins::new(&config.public_url),
            budgets: Budgets::new(db.clone(), config.rate_limit, BUDGET_TIME),
            spa: Spa::new(config.web_dir.clone()),
            documents: Documents::new(cost_model),
            sockets: TaskTracker::new(),
            metrics: Metrics::new()?,
            draining,
            feed,
            secrets,
            blobs,
            db,
            config,
        });
        Ok(Ready {
            app,
            acceptor,
            address,
            metrics,
            reporter: None,
        })
    }

    /// A new request's id.
    pub fn new_request_id(&self) -> String {
        RequestId(self.db.random().uuid(self.db.clock().now())).to_string()
    }
}

impl Ready {
    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where operators read numbers, if anywhere.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().map(Port::address)
    }

    /// What the process shares.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Serves until SIGTERM or Ctrl-C.
    ///
    /// # Errors
    /// Where signals or the port fail.
    pub async fn serve(self) -> anyhow::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let draining = self.app.draining.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            tracing::info!("told to stop");
            draining.cancel();
        });
        self.reporting().run().await
    }

    /// Lets it say to administrators that it is there while it runs. Without this it does not: most tests
    /// watch every statement.
    #[must_use]
    pub fn reporting(mut self) -> Self {
        self.reporter = Some(reporter(&self.app));
        self
    }

    /// Serves until `draining` is cancelled, then finishes what was begun.
    ///
    /// # Errors
    /// Where the port fails.
    pub async fn run(self) -> anyhow::Result<()> {
        let app = self.app;
        let stop = app.draining.clone();
        let reporting = self
            .reporter
            .map(|reporter| tokio::spawn(async move { reporter.run(stop.cancelled()).await }));
        tracing::info!(address = %self.address, url = %app.config.public_url, "ready");
        // Read until the very end: how draining goes is what operators look at.
        let stopped = CancellationToken::new();
        let numbers = self.metrics.map(|port| {
            tokio::spawn(port.serve(app.metrics.registry(), metrics::look(&app), stopped.clone()))
        });
        let (gate, visits) = Gate::new(self.acceptor);
        let over = visits.over(app.draining.clone());
        Server::new_with_acceptor(gate)
            .name("smartstack-api")
            .run_with_graceful_shutdown(routes(&app), over, Some(DRAIN_TIME))
            .await?;
        app.sockets.close();
        if tokio::time::timeout(SOCKETS_TIME, app.sockets.wait())
            .await
            .is_err()
        {
            tracing::warn!(
                left = app.sockets.len(),
                "sockets that did not say goodbye are cut"
            );
        }
        stopped.cancel();
        if let Some(numbers) = numbers {
            let _ = numbers.await;
        }
        if let Some(reporting) = reporting {
            let _ = tokio::time::timeout(GOODBYE_TIME, reporting).await;
        }
        app.db.close().await;
        tracing::info!("stopped");
        Ok(())
    }
}

/// Says to administrators how this process and what it depends on does. Mail is the worker's alone.
fn reporter(app: &App) -> Reporter {
    let blobs = app.blobs.clone();
    Reporter {
        db: app.db.clone(),
        kind: ProcessKind::Api,
        version: env!("CARGO_PKG_VERSION"),
        process: Reporter::name(&app.db),
        probes: vec![
            Probe::database(&app.db),
            Probe::new(PartKind::Storage, STORAGE_EVERY, move || {
                let blobs = blobs.clone();
                async move { blobs.check().await.map(|()| blobs.name().to_owned()) }
            }),
        ],
    }
}

/// Makes the configured account administrator, where nobody is one yet.
async fn first_administrator(db: &Db, email: &str) -> anyhow::Result<()> {
    let outcome = admin::grant_first(db, email)
        .await
        .context("SMARTSTACK_ADMINISTRATOR: the account could not be made administrator")?;
    match outcome {
        GrantOutcome::Changed => {
            tracing::warn!("the account named by SMARTSTACK_ADMINISTRATOR is administrator now");
        }
        GrantOutcome::Unchanged => {}
        GrantOutcome::NoAccount => tracing::warn!(
            "SMARTSTACK_ADMINISTRATOR names no account: sign up with that address and start again"
        ),
    }
    Ok(())
}

/// All routes, inside the shell.
pub fn routes(app: &Arc<App>) -> impl Endpoint<Output = Response> + use<> {
    let (spa, graphiql) = (Arc::clone(app), Arc::clone(app));
    let route = Route::new()
        .at(
            "/graphql",
            GraphqlEndpoint::new(Arc::clone(app), SurfaceKind::Account),
        )
        .at(
            "/graphql/ws",
            SocketEndpoint::new(Arc::clone(app), SurfaceKind::Account),
        )
        .at("/api/v1/auth/:action", AuthEndpoint::new(Arc::clone(app)))
        .at("/api/v1/auth/oauth/:provider/start", OauthStart(Arc::clone(app)))
        .at(
            "/api/v1/auth/oauth/:provider/callback",
            OauthCallback(Arc::clone(app)),
        )
        .at("/api/v1/account", AccountEndpoint::new(Arc::clone(app)))
        .at("/api/v1/account/:part", AccountEndpoint::new(Arc::clone(app)))
        .at("/api/v1/account/:part/:id", AccountEndpoint::new(Arc::clone(app)))
        .at(
            "/api/v1/workspaces/:workspace/audit",
            AuditExport(Arc::clone(app)),
        )
        .nest(rest::PREFIX, rest::endpoint(app))
        .at("/openapi.json", rest::document_endpoint())
        .at(
            "/api/*rest",
            make(|_| async { Response::from(Problem::not_found()) }),
        )
        .at("/mcp", McpEndpoint::new(Arc::clone(app)))
        .at("/s/:token", share::Open(Arc::clone(app)))
        .at("/s/v/:link", share::View(Arc::clone(app)))
        .at("/s/v/:link/password", share::Unlock(Arc::clone(app)))
        .at(
            "/s/v/:link/graphql",
            GraphqlEndpoint::new(Arc::clone(app), SurfaceKind::Share),
        )
        .at(
            "/s/v/:link/graphql/ws",
            SocketEndpoint::new(Arc::clone(app), SurfaceKind::Share),
        )
        .at("/schema.graphql", make(|_| async { schema_text() }))
        .at(
            "/developer/graphiql",
            make(move |req: Request| {
                let app = Arc::clone(&graphiql);
                // Nobody's secrets are in it: who asks is found out by what its script asks for.
                async move {
                    let file = "developer/graphiql.html";
                    app.spa.page(file, req.method(), req.headers()).await
                }
            }),
        )
        .at("/health/live", make(health::live))
        .at("/health/ready", health::Ready(Arc::clone(app)))
        .at(
            "/*path",
            make(move |req: Request| {
                let app = Arc::clone(&spa);
                async move { app.spa.serve(req.method(), req.uri().path(), req.headers()).await }
            }),
        );
    Shell::new(Arc::clone(app), route.map_to_response())
}

fn schema_text() -> Response {
    Response::builder()
        .header(header::CONTENT_TYPE, "application/graphql; charset=utf-8")
        .header(header::CACHE_CONTROL, "public, max-age=300")
        .body(graphql::sdl())
}
