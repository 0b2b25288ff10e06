//! The live socket: subscriptions over the `graphql-transport-ws` protocol.
//!
//! One connection a [`Socket`] carries all its subscriptions. When it breaks, it is opened again
//! after a growing, jittered pause, and each subscription says anew where it wants to start.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::{FutureExt, SinkExt, StreamExt, pin_mut, select};
use gloo_net::websocket::{Message, WebSocketError, futures::WebSocket};
use gloo_timers::future::TimeoutFuture;
use serde_json::{Value, json};
use wasm_bindgen_futures::spawn_local;

use super::{
    Error, client,
    decode::decode,
    document::{Ask, Asked},
};

/// How the socket is doing, for the banner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// Nothing is subscribed, or the first connection is being made.
    Idle,
    /// Acknowledged by the server.
    Open,
    /// Broken; being opened again.
    Lost,
}

/// A connection that is kept alive as long as anything is subscribed through it.
#[derive(Clone)]
pub(crate) struct Socket(Rc<Inner>);

struct Inner {
    /// Where the socket is, without `/graphql/ws`: empty, or a shared view's path.
    base: String,
    /// Whether a session stands behind it that can be renewed.
    renews: bool,
    subscriptions: RefCell<BTreeMap<u32, Subscription>>,
    last_id: Cell<u32>,
    commands: UnboundedSender<Command>,
    inbox: RefCell<Option<UnboundedReceiver<Command>>>,
    on_link: Box<dyn Fn(Link)>,
}

struct Subscription {
    /// The `subscribe` payload; asked again at each connection, so that it can start at a cursor.
    start: Box<dyn Fn() -> Result<String, Error>>,
    next: Rc<dyn Fn(Result<Value, Error>)>,
}

enum Command {
    Start(u32),
    Stop(u32),
    /// The network came back: do not wait for the end of the pause.
    Hurry,
}

/// Ends its subscription when dropped.
pub(crate) struct Handle {
    socket: Socket,
    id: u32,
}

impl Drop for Handle {
    fn drop(&mut self) {
        if self
            .socket
            .0
            .subscriptions
            .borrow_mut()
            .remove(&self.id)
            .is_some()
        {
            self.socket.send(Command::Stop(self.id));
        }
    }
}

/// Why a connection ended.
enum End {
    /// Nobody is listening any more.
    Unused,
    /// With the code the server gave, or 1006 when it gave none.
    Closed(u16),
}

impl Socket {
    /// A socket under `base`; `on_link` hears of every change of its state.
    pub(crate) fn new(base: &str, renews: bool, on_link: impl Fn(Link) + 'static) -> Self {
        let (commands, inbox) = unbounded();
        Self(Rc::new(Inner {
            base: base.to_owned(),
            renews,
            subscriptions: RefCell::default(),
            last_id: Cell::new(0),
            commands,
            inbox: RefCell::new(Some(inbox)),
            on_link: Box::new(on_link),
        }))
    }

    /// Subscribes. `ask` is asked at every connection; `next` hears each event, or the error that ended it.
    pub(crate) fn subscribe<T: Ask>(
        &self,
        ask: impl Fn() -> Asked<T> + 'static,
        next: impl Fn(Result<T, Error>) + 'static,
    ) -> Handle {
        self.subscribe_any(
            Box::new(move || ask().body()),
            Rc::new(move |data| next(data.and_then(decode))),
        )
    }

    fn subscribe_any(
        &self,
        start: Box<dyn Fn() -> Result<String, Error>>,
        next: Rc<dyn Fn(Result<Value, Error>)>,
    ) -> Handle {
        let id = self.0.last_id.get().wrapping_add(1);
        self.0.last_id.set(id);
        self.0
            .subscriptions
            .borrow_mut()
            .insert(id, Subscription { start, next });
        if let Some(inbox) = self.0.inbox.borrow_mut().take() {
            spawn_local(self.clone().run(inbox));
        } else {
            self.send(Command::Start(id));
        }
        Handle {
            socket: self.clone(),
            id,
        }
    }

    /// Opens a broken connection without waiting longer.
    pub(crate) fn hurry(&self) {
        self.send(Command::Hurry);
    }

    fn send(&self, command: Command) {
        // Fails only when the loop is gone, and then there is nothing to tell it.
        let _ = self.0.commands.unbounded_send(command);
    }

    /// Connects, and connects again, until nothing is subscribed or the server says it is over.
    async fn run(self, mut inbox: UnboundedReceiver<Command>) {
        let mut failures = 0_u32;
        let mut first = true;
        loop {
            if self.0.renews && !first {
                match client::refresh_if_old().await {
                    Err(Error::SignedOut) => {
                        crate::session::ended();
                        break;
                    }
                    Err(_) => failures += 1,
                    Ok(()) => {}
                }
            }
            first = false;
            let opened = Cell::new(false);
            match self.converse(&mut inbox, &opened).await {
                End::Unused => break,
                // Session over: renew it, then come back at once.
                End::Closed(4401) if self.0.renews => match client::refresh().await {
                    Err(Error::SignedOut) => {
                        crate::session::ended();
                        break;
                    }
                    Ok(()) if opened.get() => {
                        failures = 0;
                        continue;
                    }
                    _ => failures += 1,
                },
                // Shared view revoked, or not for us: coming back would change nothing.
                End::Closed(4401 | 4403) => {
                    let all: Vec<_> = self
                        .0
                        .subscriptions
                        .borrow()
                        .values()
                        .map(|each| each.next.clone())
                        .collect();
                    all.iter().for_each(|next| next(Err(Error::NotFound)));
                    break;
                }
                End::Closed(_) => {
                    failures = if opened.get() {
                        1
                    } else {
                        failures.saturating_add(1)
                    }
                }
            }
            (self.0.on_link)(Link::Lost);
            let pause = TimeoutFuture::new(pause_millis(failures, js_sys::Math::random())).fuse();
            pin_mut!(pause);
            loop {
                select! {
                    () = pause => break,
                    command = inbox.next() => if matches!(command, None | Some(Command::Hurry)) { break },
                }
            }
        }
        (self.0.on_link)(Link::Idle);
        *self.0.inbox.borrow_mut() = Some(inbox);
    }

    /// One connection, from opening to its end.
    async fn converse(&self, inbox: &mut UnboundedReceiver<Command>, opened: &Cell<bool>) -> End {
        /// How long the server may say nothing before it is asked, and then before it is given up.
        const QUIET_MILLIS: u32 = 20_000;
        let Ok(socket) = WebSocket::open_with_protocol(&self.address(), "graphql-transport-ws") else {
            return End::Closed(1006);
        };
        let (mut writer, reader) = socket.split();
        let mut reader = reader.fuse();
        if writer
            .send(Message::Text(r#"{"type":"connection_init"}"#.to_owned()))
            .await
            .is_err()
        {
            return End::Closed(1006);
        }
        let mut asked = false;
        let quiet = TimeoutFuture::new(QUIET_MILLIS).fuse();
        pin_mut!(quiet);
        loop {
            let mut outgoing = Vec::new();
            select! {
                message = reader.next() => {
                    asked = false;
                    quiet.set(TimeoutFuture::new(QUIET_MILLIS).fuse());
                    match message {
                        Some(Ok(Message::Text(text))) => self.hear(&text, opened, &mut outgoing),
                        Some(Ok(Message::Bytes(_))) => {}
                        Some(Err(WebSocketError::ConnectionClose(event))) => return End::Closed(event.code),
                        Some(Err(_)) | None => return End::Closed(1006),
                    }
                }
                command = inbox.next() => match command {
                    Some(Command::Start(id)) if opened.get() => outgoing.extend(self.start_frame(id)),
                    Some(Command::Stop(id)) => {
                        if self.0.subscriptions.borrow().is_empty() {
                            return End::Unused;
                        }
                        if opened.get() {
                            outgoing.push(["{\"type\":\"complete\",\"id\":\"", &id.to_string(), "\"}"].concat());
                        }
                    }
                    Some(_) => {}
                    None => return End::Unused,
                },
                () = quiet => {
                    if asked {
                        return End::Closed(1006);
                    }
                    asked = true;
                    quiet.set(TimeoutFuture::new(QUIET_MILLIS).fuse());
                    outgoing.push(r#"{"type":"ping"}"#.to_owned());
                }
            }
            for frame in outgoing {
                if writer.send(Message::Text(frame)).await.is_err() {
                    return End::Closed(1006);
                }
            }
        }
    }

    /// Handles one message of the server; what is to be answered goes to `outgoing`.
    fn hear(&self, text: &str, opened: &Cell<bool>, outgoing: &mut Vec<String>) {
        let Ok(mut frame) = serde_json::from_str::<Value>(text) else {
            return;
        };
        let id = frame
            .get("id")
            .and_then(Value::as_str)
            .and_then(|id| id.parse::<u32>().ok());
        let payload = frame.get_mut("payload").map(Value::take);
        let listener = || Some(self.0.subscriptions.borrow().get(&id?)?.next.clone());
        match frame.get("type").and_then(Value::as_str).unwrap_or_default() {
            "connection_ack" => {
                opened.set(true);
                (self.0.on_link)(Link::Open);
                let ids: Vec<u32> = self.0.subscriptions.borrow().keys().copied().collect();
                outgoing.extend(ids.into_iter().filter_map(|id| self.start_frame(id)));
            }
            "ping" => outgoing.push(r#"{"type":"pong"}"#.to_owned()),
            "next" => {
                if let Some(next) = listener() {
                    next(client::verdict(200, payload));
                }
            }
            "error" => {
                let answer = json!({ "errors": payload });
                let error = client::verdict(400, Some(answer))
                    .err()
                    .unwrap_or(Error::NotFound);
                if let Some(next) = listener() {
                    self.forget(id);
                    next(Err(error));
                }
            }
            "complete" => self.forget(id),
            _ => {}
        }
    }

    fn forget(&self, id: Option<u32>) {
        if let Some(id) = id {
            self.0.subscriptions.borrow_mut().remove(&id);
        }
    }

    fn start_frame(&self, id: u32) -> Option<String> {
        let payload = (self.0.subscriptions.borrow().get(&id)?.start)().ok()?;
        Some(
            [
                "{\"type\":\"subscribe\",\"id\":\"",
                &id.to_string(),
                "\",\"payload\":",
                &payload,
                "}",
            ]
            .concat(),
        )
    }

    fn address(&self) -> String {
        let location = web_sys::window().map(|window| window.location());
        let part = |read: fn(&web_sys::Location) -> Result<String, wasm_bindgen::JsValue>| {
            location
                .as_ref()
                .and_then(|location| read(location).ok())
                .unwrap_or_default()
        };
        let scheme = if part(web_sys::Location::protocol) == "https:" {
            "wss://"
        } else {
            "ws://"
        };
        [
            scheme,
            &part(web_sys::Location::host),
            &self.0.base,
            "/graphql/ws",
        ]
        .concat()
    }
}

/// Half a second, doubled each time up to half a minute, of which a random half is taken off,
/// so that browsers do not all come back at the same moment.
fn pause_millis(failures: u32, random: f64) -> u32 {
    let whole = 500_u32
        .saturating_mul(1 << failures.saturating_sub(1).min(6))
        .min(30_000);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most 15 000, and not negative"
    )]
    let taken = (f64::from(whole / 2) * random.clamp(0.0, 1.0)) as u32;
    whole - taken
}

#[cfg(test)]
mod tests {
    use super::pause_millis;

    #[test]
    fn pauses_grow_stay_bounded_and_are_jittered() {
        assert_eq!(pause_millis(0, 0.0), 500);
        assert_eq!(pause_millis(1, 1.0), 250);
        assert_eq!(pause_millis(3, 0.0), 2_000);
        assert_eq!(pause_millis(99, 0.0), 30_000);
        assert_eq!(pause_millis(99, 1.0), 15_000);
    }
}
