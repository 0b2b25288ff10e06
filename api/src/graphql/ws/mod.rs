//! Live GraphQL: our own handler of `graphql-transport-ws`.
//!
//! `mod.rs` is the upgrade and the socket's life, `protocol.rs` its messages,
//! `operation.rs` one running operation, `session.rs` the watch over the
//! sessions that sockets were opened with.
//!
//! Queries and subscriptions run here; mutations are POSTed, so that no
//! request which changes something goes round the rules for cookies.

mod door;
mod operation;
mod protocol;
mod session;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt, stream::SplitSink};
use poem::{
    Endpoint, FromRequest, IntoResponse, Request, RequestBody, Response,
    http::{HeaderMap, header},
    web::websocket::{Message, WebSocket, WebSocketConfig, WebSocketStream},
};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
    time::{MissedTickBehavior, interval, sleep_until, timeout},
};
use tracing::Instrument;

use self::{
    door::Entrance,
    protocol::{ClientMessage, Close, SUBPROTOCOL},
};
use crate::{
    app::App,
    graphql::context::{CallerAddress, Requester, Surface},
    http::{address, cookie, graphql::SurfaceKind, problem::Problem, request_id, share},
};

/// How long a client may take to say `connection_init`.
const INIT_TIME: Duration = Duration::from_secs(3);
/// Largest message a client may send.
const MESSAGE_MAX: usize = 64 * 1024;
/// Operations that may run on one socket at once.
const OPERATIONS_MAX: usize = 100;
/// How often we ask whether the other side is still there. Below the idle
/// time after which common proxies cut a connection (60 s).
const PING_EVERY: Duration = Duration::from_secs(20);
/// Silence after which the other side is taken for gone: two pings unanswered.
const SILENCE_MAX: Duration = Duration::from_secs(45);
/// Answers that may wait for a slow reader; with [`WRITE_TIME`] the bound on
/// what one stalled reader costs.
const OUTGOING_MAX: usize = 32;
/// How long one answer may take to leave before the reader counts as stalled.
const WRITE_TIME: Duration = Duration::from_secs(10);
/// Set aside for each socket as long as it is open, and mostly idle: what clients send is small. A longer
/// message makes room for itself. The library's own 128 KiB were four fifths of what a socket cost.
const READ_BUFFER: usize = 1024;
/// How long a closing socket may take to take the close frame.
const CLOSE_TIME: Duration = Duration::from_secs(2);

/// `/graphql/ws`, and a shared view's own socket.
pub struct SocketEndpoint {
    app: Arc<App>,
    surface: SurfaceKind,
}

impl SocketEndpoint {
    /// Serves subscriptions to one kind of caller.
    pub fn new(app: Arc<App>, surface: SurfaceKind) -> Self {
        Self { app, surface }
    }

    async fn upgrade(&self, req: Request) -> Result<Response, Problem> {
        let surface = match self.surface {
            SurfaceKind::Account => Surface::Account,
            SurfaceKind::Share => Surface::Share(share::link_in_path(&req)?),
        };
        let entrance = door::enter(&self.app, &surface, req.headers()).await?;
        let socket = WebSocket::from_request(&req, &mut RequestBody::default())
            .await
            .map_err(|_| Problem::bad_request("This address speaks WebSocket (version 13) only."))?;
        if !offers_subprotocol(req.headers()) {
            return Err(Problem::bad_request(
                "Offer the WebSocket subprotocol graphql-transport-ws.",
            ));
        }
        let cookies = Arc::new(cookie::alone(req.headers()));
        let address = CallerAddress(address::of(&self.app.config, &req));
        let app = Arc::clone(&self.app);
        let id = request_id::current();
        let span = tracing::info_span!("socket", request_id = %id);
        let mut config = WebSocketConfig::default();
        config.max_message_size = Some(MESSAGE_MAX);
        config.max_frame_size = Some(MESSAGE_MAX);
        config.read_buffer_size = READ_BUFFER;
        let upgraded = socket
            .protocols([SUBPROTOCOL])
            .config(config)
            .on_upgrade(move |stream| {
                let tracker = app.sockets.clone();
                tracker.track_future(
                    Connection::new(app, entrance, surface, cookies, address)
                        .run(stream)
                        .instrument(span),
                )
            });
        Ok(upgraded.into_response())
    }
}

impl Endpoint for SocketEndpoint {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        Ok(self.upgrade(req).await.unwrap_or_else(Into::into))
    }
}

fn offers_subprotocol(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|one| one.trim() == SUBPROTOCOL)
}

/// What is running on a socket, by the client's ids.
#[derive(Default)]
struct Running(Mutex<HashMap<String, AbortHandle>>);

impl Running {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<String, AbortHandle>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// How operations hand over what is to be sent.
#[derive(Clone)]
struct Outgoing(mpsc::Sender<String>);

/// The reader has stalled or is gone; whoever wanted to send stops.
struct Stalled;

impl Outgoing {
    async fn send(&self, text: String) -> Result<(), Stalled> {
        match timeout(WRITE_TIME, self.0.send(text)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Stalled),
        }
    }
}

/// One socket's life.
struct Connection {
    app: Arc<App>,
    requester: Requester,
    surface: Surface,
    cookies: Arc<HeaderMap>,
    address: CallerAddress,
    may_refresh: bool,
    acknowledged: bool,
    running: Arc<Running>,
    tasks: JoinSet<Result<(), Stalled>>,
}

impl Connection {
    fn new(
        app: Arc<App>,
        entrance: Entrance,
        surface: Surface,
        cookies: Arc<HeaderMap>,
        address: CallerAddress,
    ) -> Self {
        Self {
            app,
            requester: entrance.requester,
            surface,
            cookies,
            address,
            may_refresh: entrance.may_refresh,
            acknowledged: false,
            running: Arc::default(),
            tasks: JoinSet::new(),
        }
    }

    async fn run(mut self, stream: WebSocketStream) {
        let (sink, mut stream) = stream.split();
        let (sender, receiver) = mpsc::channel(OUTGOING_MAX);
        let outgoing = Outgoing(sender);
        // Pings and the close frame must not wait behind answers.
        let (control, urgent) = mpsc::channel(4);
        let mut writer = tokio::spawn(write(sink, receiver, urgent).in_current_span());
        let ended = self.watch();
        tokio::pin!(ended);
        let init_deadline = sleep_until((Instant::now() + INIT_TIME).into());
        tokio::pin!(init_deadline);
        let mut pings = interval(PING_EVERY);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pings.reset();
        let mut heard = Instant::now();

        let close = loop {
            tokio::select! {
                biased;
                () = self.app.draining.cancelled() => break Some(Close::GoingAway),
                () = &mut ended => break Some(self.ended()),
                () = &mut init_deadline, if !self.acknowledged => break Some(Close::InitTimeout),
                _ = &mut writer => break None,
                _ = pings.tick() => {
                    if heard.elapsed() > SILENCE_MAX {
                        break None;
                    }
                    let _ = control.try_send(Control::Ping);
                }
                Some(done) = self.tasks.join_next(), if !self.tasks.is_empty() => {
                    if matches!(done, Ok(Err(Stalled))) {
                        break Some(Close::FellBehind);
                    }
                }
                message = stream.next() => {
                    heard = Instant::now();
                    match message {
                        Some(Ok(Message::Text(text))) => {
                            let known = self.acknowledged;
                            // Boxed, as everything is that an idle socket does not need: a future is as large
                            // as the largest thing it ever waits for.
                            if let Err(close) = Box::pin(self.receive(&text, &outgoing)).await {
                                break Some(close);
                            }
                            if self.acknowledged != known {
                                // Who asks may have become known with this very message.
                                ended.set(self.watch());
                            }
                        }
                        Some(Ok(Message::Binary(_))) => {
                            break Some(Close::InvalidMessage("Invalid message: binary"));
                        }
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                        Some(Ok(Message::Close(_))) | None => break None,
                        Some(Err(error)) if is_too_large(&error) => break Some(Close::TooLarge),
                        Some(Err(_)) => break None,
                    }
                }
            }
        };
        self.tasks.shutdown().await;
        if let Some(close) = close {
            tracing::debug!(code = close.code(), "closing a socket");
            let _ = control.try_send(Control::Close(close));
            // The other side answers our close frame; until then it may still send.
            let goodbye = async { while let Some(Ok(_)) = stream.next().await {} };
            let _ = timeout(CLOSE_TIME, async {
                tokio::join!(goodbye, async { (&mut writer).await.ok() })
            })
            .await;
        }
        writer.abort();
    }

    /// Resolves once whoever asks may do so no longer.
    fn watch(&self) -> impl Future<Output = ()> + use<> {
        session::ended(
            Arc::clone(&self.app),
            self.requester.clone(),
            self.surface.clone(),
            Arc::clone(&self.cookies),
        )
    }

    /// Takes the token of a `connection_init`, beside which cookies count for nothing.
    async fn identify(&mut self, payload: Option<&serde_json::Value>) -> Result<(), Close> {
        let token = payload
            .filter(|_| self.surface == Surface::Account)
            .and_then(door::token_in);
        if let Some(token) = token {
            self.may_refresh = false;
            self.requester = match self.app.identity.bearer(token).await {
                Ok(found) => found.map_or(Requester::Anonymous, Requester::signed_in),
                Err(fault) => {
                    tracing::warn!(error = ?fault, "a token could not be looked up");
                    return Err(Close::Unavailable);
                }
            };
        }
        Ok(())
    }

    fn ended(&self) -> Close {
        match self.surface {
            Surface::Account => Close::Unauthorized,
            Surface::Share(_) => Close::Forbidden,
        }
    }

    async fn receive(&mut self, text: &str, outgoing: &Outgoing) -> Result<(), Close> {
        match ClientMessage::read(text)? {
            ClientMessage::ConnectionInit(payload) => {
                if self.acknowledged {
                    return Err(Close::TooManyInits);
                }
                self.identify(payload.as_ref()).await?;
                if self.requester.is_anonymous() {
                    return Err(if self.may_refresh {
                        Close::Unauthorized
                    } else {
                        Close::Forbidden
                    });
                }
                self.acknowledged = true;
                outgoing
                    .send(protocol::ack())
                    .await
                    .map_err(|Stalled| Close::FellBehind)
            }
            ClientMessage::Ping(payload) => outgoing
                .send(protocol::pong(payload.as_ref()))
                .await
                .map_err(|Stalled| Close::FellBehind),
            ClientMessage::Pong => Ok(()),
            ClientMessage::Subscribe { .. } if !self.acknowledged => Err(Close::Unauthorized),
            ClientMessage::Subscribe { id, payload } => self.subscribe(id, payload, outgoing).await,
            ClientMessage::Complete { id } => {
                if let Some(handle) = self.running.with(|running| running.remove(&id)) {
                    handle.abort();
                }
                Ok(())
            }
        }
    }

    async fn subscribe(
        &mut self,
        id: String,
        payload: serde_json::Value,
        outgoing: &Outgoing,
    ) -> Result<(), Close> {
        let (taken, count) = self
            .running
            .with(|running| (running.contains_key(&id), running.len()));
        if taken {
            return Err(Close::SubscriberExists);
        }
        if count >= OPERATIONS_MAX {
            let refusal = operation::too_many(&id, OPERATIONS_MAX);
            return outgoing.send(refusal).await.map_err(|Stalled| Close::FellBehind);
        }
        let operation = operation::Operation {
            app: Arc::clone(&self.app),
            surface: self.surface.clone(),
            cookies: Arc::clone(&self.cookies),
            requester: self.requester.clone(),
            address: self.address.clone(),
            running: Arc::clone(&self.running),
            outgoing: outgoing.clone(),
            id: id.clone(),
        };
        // Held while spawning, so that the operation cannot end before it is listed.
        let tasks = &mut self.tasks;
        self.running.with(|running| {
            let handle = tasks.spawn(operation.run(payload).in_current_span());
            running.insert(id, handle);
        });
        Ok(())
    }
}

fn is_too_large(error: &std::io::Error) -> bool {
    // poem hands the inner error on as text only.
    error.to_string().starts_with("Space limit exceeded")
}

enum Control {
    Ping,
    Close(Close),
}

/// Writes until the socket is closed, by either side, or stalls.
async fn write(
    mut sink: SplitSink<WebSocketStream, Message>,
    mut answers: mpsc::Receiver<String>,
    mut urgent: mpsc::Receiver<Control>,
) {
    loop {
        let message = tokio::select! {
            biased;
            control = urgent.recv() => match control {
                Some(Control::Ping) => Message::Ping(Vec::new()),
                Some(Control::Close(close)) => {
                    let frame = Message::close_with(close.code(), close.reason());
                    let _ = timeout(CLOSE_TIME, sink.send(frame)).await;
                    return;
                }
                None => return,
            },
            answer = answers.recv() => match answer {
                Some(text) => Message::Text(text),
                None => return,
            },
        };
        match timeout(WRITE_TIME, sink.send(message)).await {
            Ok(Ok(())) => {}
            _ => return,
        }
    }
}
