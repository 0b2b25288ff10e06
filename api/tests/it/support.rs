//! A server for a test, and browsers that talk to it.

use std::{
    collections::BTreeMap,
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde_json::{Value, json};
use smartstack_api::{
    app::{App, Ready},
    config::{Config, DEFAULT_RATE_LIMIT, Mail, PublicUrl},
};
use smartstack_domain::{
    blob::BlobSettings,
    identity::{Identity, NewSignUp},
    testing::TestDb,
};
use tokio::{net::TcpStream, task::JoinHandle};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error as SocketError, Message, client::IntoClientRequest, http::HeaderValue},
};

use crate::statements::Statements;

/// The origin the tests' browsers show pages of.
pub(crate) const ORIGIN: &str = "https://smartstack.test";
/// Every test person's password.
pub(crate) const PASSWORD: &str = "correct horse battery staple";
/// Longest a test waits for something that is to happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A running server.
pub(crate) struct Stack {
    pub(crate) db: TestDb,
    pub(crate) app: Arc<App>,
    pub(crate) base: String,
    /// Where operators read numbers, where that is on.
    pub(crate) metrics: Option<String>,
    pub(crate) serving: JoinHandle<anyhow::Result<()>>,
    _web: tempfile::TempDir,
}

impl Stack {
    /// Boots a server over a fresh database.
    pub(crate) async fn start() -> Self {
        Self::start_with(TestDb::new().await, |_| {}).await
    }

    /// As [`start`](Self::start), over a given database and with changed configuration.
    pub(crate) async fn start_with(db: TestDb, adjust: impl FnOnce(&mut Config)) -> Self {
        Self::boot(db, adjust, |ready| ready).await
    }

    /// As [`start`](Self::start), and the server says to administrators that it is there.
    pub(crate) async fn start_reporting() -> Self {
        Self::boot(TestDb::new().await, |_| {}, Ready::reporting).await
    }

    async fn boot(
        db: TestDb,
        adjust: impl FnOnce(&mut Config),
        as_what: impl FnOnce(Ready) -> Ready,
    ) -> Self {
        Statements::shared();
        let web = tempfile::tempdir().expect("a folder");
        std::fs::write(
            web.path().join("index.html"),
            "<!doctype html><title>SmartStack</title>",
        )
        .expect("a file");
        let mut config = Config {
            database_url: db.url("smartstack_api").into(),
            secret: "5a".repeat(32).into(),
            public_url: PublicUrl::parse(ORIGIN).expect("a URL"),
            listen: "127.0.0.1:0".parse().expect("an address"),
            metrics_listen: None,
            web_dir: Some(web.path().to_owned()),
            files: BlobSettings::Folder(web.path().join("files")),
            sign_up_open: true,
            mail: Mail::Folder,
            rate_limit: DEFAULT_RATE_LIMIT,
            only_trusted_documents: false,
            client_address_header: None,
            first_administrator: None,
            oauth: Vec::new(),
        };
        adjust(&mut config);
        let ready = App::start_with(config, db.api().clone())
            .await
            .map(as_what)
            .expect("the server starts");
        let base = format!("http://{}", ready.address());
        let metrics = ready
            .metrics_address()
            .map(|address| format!("http://{address}/metrics"));
        let app = Arc::clone(ready.app());
        let serving = tokio::spawn(ready.run());
        Self {
            db,
            app,
            base,
            metrics,
            serving,
            _web: web,
        }
    }

    /// A browser nobody has signed in with.
    pub(crate) fn browser(&self) -> Browser {
        Browser {
            http: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .build()
                .expect("a client"),
            base: self.base.clone(),
            origin: self.app.config.public_url.origin(),
            cookies: Arc::default(),
            gate: String::new(),
        }
    }

    /// A person with an account and a workspace of their own, signed in.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let (browser, email) = self.signed_in(name).await;
        let viewer = browser
            .gql(
                "{ viewer { user { id } workspaces { workspace { id } } } }",
                json!({}),
            )
            .await;
        Person {
            workspace: viewer["viewer"]["workspaces"][0]["workspace"]["id"]
                .as_str()
                .expect("an id")
                .to_owned(),
            user: viewer["viewer"]["user"]["id"].as_str().expect("an id").to_owned(),
            email,
            browser,
        }
    }

    /// The browser of somebody with a new account, signed in, and their address.
    pub(crate) async fn signed_in(&self, name: &str) -> (Browser, String) {
        let email = format!("{}@example.com", name.to_lowercase());
        let identity: &Identity = &self.app.identity;
        let wish = NewSignUp {
            name: name.to_owned(),
            email: email.clone(),
            password: PASSWORD.into(),
        };
        assert!(identity.create_confirmed(wish).await.expect("an account"));
        let browser = self.browser();
        let answer = browser
            .post(
                "/api/v1/auth/sign-in",
                &json!({ "email": email, "password": PASSWORD }),
            )
            .await;
        assert_eq!(answer.status(), StatusCode::OK);
        (browser, email)
    }

    /// The code an authenticator app shows so many half minutes from now.
    pub(crate) fn totp(&self, secret: &str, ahead: i64) -> String {
        let now = self.app.db.clock().now().timestamp() + ahead * 30;
        let secret = totp_rs::Secret::try_from_base32(secret).expect("base 32");
        let totp = totp_rs::Builder::new().with_secret(secret).build_noncompliant();
        totp.generate(u64::try_from(now).expect("after 1970")).to_string()
    }

    /// Runs SQL as the cluster's administrator, behind the product's back.
    pub(crate) fn sql(&self, sql: &str) -> String {
        psql(&self.admin_url(None), sql)
    }

    /// As [`sql`](Self::sql), connected to another database of the cluster.
    pub(crate) fn sql_elsewhere(&self, sql: &str) -> String {
        psql(&self.admin_url(Some("postgres")), sql)
    }

    /// The administrator's URL in the form psql takes: without the parameters that only our driver knows.
    fn admin_url(&self, database: Option<&str>) -> String {
        let url = self.db.admin_url();
        let (url, parameters) = url.split_once('?').unwrap_or((&url, ""));
        let url = match (url.rsplit_once('/'), database) {
            (Some((server, _)), Some(database)) => format!("{server}/{database}"),
            _ => url.to_owned(),
        };
        let kept: Vec<&str> = parameters
            .split('&')
            .filter(|one| one.starts_with("host="))
            .collect();
        format!("{url}?{}", kept.join("&"))
    }
}

fn psql(url: &str, sql: &str) -> String {
    let output = Command::new("psql")
        .args([url, "--no-psqlrc", "-At", "-v", "ON_ERROR_STOP=1", "-c", sql])
        .output()
        .expect("psql runs");
    assert!(
        output.status.success(),
        "{sql}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

/// Somebody with an account.
pub(crate) struct Person {
    pub(crate) browser: Browser,
    pub(crate) workspace: String,
    pub(crate) user: String,
    pub(crate) email: String,
}

/// A browser: keeps cookies, and says where its pages come from.
#[derive(Clone)]
pub(crate) struct Browser {
    http: reqwest::Client,
    base: String,
    /// The origin of the pages it shows.
    origin: String,
    pub(crate) cookies: Arc<Mutex<BTreeMap<String, Cookie>>>,
    /// Path in front of `/graphql`: empty, or a shared view's.
    gate: String,
}

/// A cookie with the path it is limited to.
#[derive(Clone, Debug)]
pub(crate) struct Cookie {
    pub(crate) value: String,
    pub(crate) path: String,
    pub(crate) line: String,
}

impl Browser {
    /// The same browser, talking to a shared view's addresses.
    pub(crate) fn at_gate(&self, gate: &str) -> Self {
        Self {
            gate: gate.to_owned(),
            ..self.clone()
        }
    }

    /// A second browser with the same cookies, that then go their own way.
    pub(crate) fn copy(&self) -> Self {
        let cookies = self.cookies.lock().expect("cookies").clone();
        Self {
            cookies: Arc::new(Mutex::new(cookies)),
            ..self.clone()
        }
    }

    /// The `Cookie` header for a path.
    pub(crate) fn cookie_header(&self, path: &str) -> Option<String> {
        let cookies = self.cookies.lock().expect("cookies");
        let fitting = cookies
            .iter()
            .filter(|(_, cookie)| path.starts_with(&cookie.path));
        let pairs: Vec<String> = fitting
            .map(|(name, cookie)| format!("{name}={}", cookie.value))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// A request with nothing but the cookies.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match self.cookie_header(path) {
            Some(cookies) => request.header(header::COOKIE, cookies),
            None => request,
        }
    }

    /// A request as the app's own pages send it.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path)
            .header("smartstack-client", "web")
            .header(header::ORIGIN, &self.origin)
    }

    /// Sends a request and keeps the cookies of the answer.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Response {
        let response = request.send().await.expect("an answer");
        let mut cookies = self.cookies.lock().expect("cookies");
        for line in response.headers().get_all(header::SET_COOKIE) {
            let line = line.to_str().expect("text").to_owned();
            let mut parts = line.split("; ");
            let (name, value) = parts
                .next()
                .and_then(|pair| pair.split_once('='))
                .expect("a cookie");
            let path = parts
                .clone()
                .find_map(|part| part.strip_prefix("Path="))
                .unwrap_or("/")
                .to_owned();
            if parts.any(|part| part == "Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(
                    name.to_owned(),
                    Cookie {
                        value: value.to_owned(),
                        path,
                        line: line.clone(),
                    },
                );
            }
        }
        drop(cookies);
        response
    }

    /// POSTs JSON as the app does.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// GETs as the app does.
    pub(crate) async fn get(&self, path: &str) -> Response {
        self.send(self.request(Method::GET, path)).await
    }

    /// Runs a document; the whole answer.
    pub(crate) async fn ask(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let response = self.post(&format!("{}/graphql", self.gate), &body).await;
        response.json().await.expect("JSON")
    }

    /// Runs a document that must succeed; its data.
    pub(crate) async fn gql(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.ask(query, variables).await;
        assert!(answer["errors"].is_null(), "{query}: {answer}");
        answer["data"].take()
    }

    /// Runs a mutation with an input that must succeed; its payload.
    pub(crate) async fn mutate(&self, name: &str, input_type: &str, selection: &str, input: Value) -> Value {
        let payload = self.try_mutate(name, input_type, selection, input).await;
        assert_eq!(payload["userErrors"], json!([]), "{name}");
        payload
    }

    /// As [`mutate`](Self::mutate), where userErrors may come.
    pub(crate) async fn try_mutate(
        &self,
        name: &str,
        input_type: &str,
        selection: &str,
        input: Value,
    ) -> Value {
        let query = format!(
            "mutation($input: {input_type}!) {{ {name}(input: $input) {{ {selection} userErrors {{ code field message }} }} }}"
        );
        self.gql(&query, json!({ "input": input })).await[name].take()
    }

    /// Opens a socket and waits for the acknowledgement.
    pub(crate) async fn socket(&self) -> Socket {
        let mut socket = self
            .open(Some(ORIGIN), Some("graphql-transport-ws"))
            .await
            .expect("a socket");
        socket.say(json!({ "type": "connection_init" })).await;
        assert_eq!(socket.hear().await, json!({ "type": "connection_ack" }));
        socket
    }

    /// Opens a socket, without saying anything yet.
    pub(crate) async fn open(
        &self,
        origin: Option<&str>,
        protocol: Option<&str>,
    ) -> Result<Socket, StatusCode> {
        let path = format!("{}/graphql/ws", self.gate);
        let url = format!("{}{path}", self.base.replacen("http", "ws", 1));
        let mut request = url.into_client_request().expect("a request");
        let mut set = |name: &'static str, value: &str| {
            request
                .headers_mut()
                .insert(name, HeaderValue::from_str(value).expect("a value"));
        };
        if let Some(origin) = origin {
            set("origin", origin);
        }
        if let Some(protocol) = protocol {
            set("sec-websocket-protocol", protocol);
        }
        if let Some(cookies) = self.cookie_header(&path) {
            set("cookie", &cookies);
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Socket(stream)),
            Err(SocketError::Http(response)) => {
                Err(StatusCode::from_u16(response.status().as_u16()).expect("a status"))
            }
            Err(error) => panic!("no socket: {error}"),
        }
    }
}

/// A WebSocket.
pub(crate) struct Socket(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Sends a message.
    pub(crate) async fn say(&mut self, message: Value) {
        self.0
            .send(Message::text(message.to_string()))
            .await
            .expect("sent");
    }

    /// The next message; pings are passed over.
    pub(crate) async fn hear(&mut self) -> Value {
        match self.next().await {
            Heard::Message(message) => message,
            Heard::Closed(code, reason) => panic!("closed with {code}: {reason}"),
        }
    }

    /// The code the socket is closed with; what comes before is passed over.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            if let Heard::Closed(code, _) = self.next().await {
                return code;
            }
        }
    }

    /// The next message or the end.
    pub(crate) async fn next(&mut self) -> Heard {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.0.next())
                .await
                .expect("nothing is heard");
            match next {
                Some(Ok(Message::Text(text))) => {
                    return Heard::Message(serde_json::from_str(&text).expect("JSON"));
                }
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Heard::Closed(frame.code.into(), frame.reason.to_string());
                }
                Some(Ok(Message::Close(None))) | Some(Err(_)) | None => {
                    return Heard::Closed(1006, String::new());
                }
                Some(Ok(_)) => {}
            }
        }
    }

    /// Starts an operation.
    pub(crate) async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        self.say(
            json!({ "type": "subscribe", "id": id, "payload": { "query": query, "variables": variables } }),
        )
        .await;
    }
}

/// What is heard on a socket.
pub(crate) enum Heard {
    Message(Value),
    Closed(u16, String),
}

/// Asks again until `find` finds something.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, find: impl Fn() -> F) -> T {
    let ask = async {
        loop {
            if let Some(found) = find().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, ask)
        .await
        .unwrap_or_else(|_| panic!("never happened: {what}"))
}

/// The code of an answer's first error; empty without one.
pub(crate) fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or_default()
}
