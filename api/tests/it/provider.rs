//! A provider to sign in by, that tells the truth or lies as a test wants it to.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use poem::{
    EndpointExt, Request, Response, Route, Server, endpoint::make, http::StatusCode, listener::TcpListener,
};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use smartstack_domain::clock::Clock;

pub(crate) const CLIENT_ID: &str = "smartstack-at-acme";
pub(crate) const CLIENT_SECRET: &str = "a secret that acme gave out";
const KID: &str = "key-1";

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Lie {
    #[default]
    None,
    OtherIssuer,
    OtherAudience,
    AlsoForOthers,
    OtherParty,
    OtherNonce,
    NoNonce,
    Expired,
    OldAndLasting,
    FromTheFuture,
    NoSubject,
    Unsigned,
    SignedWithTheSecret,
    SignedWithThePublicKey,
    OtherKey,
    UnknownKey,
    BrokenSignature,
    NoIdToken,
    NoTokens,
    RedirectsTheExchange,
    EndlessTokens,
    UserinfoOfSomebodyElse,
    CallsItselfOtherwise,
    TokensFromInside,
    KeysFromInside,
}

/// What a code was given out for.
#[derive(Clone)]
struct Grant {
    challenge: String,
    redirect: String,
    nonce: Option<String>,
}

pub(crate) struct Provider {
    pub(crate) issuer: String,
    shared: Arc<Shared>,
}

struct Shared {
    issuer: String,
    clock: Clock,
    key: EncodingKey,
    other_key: EncodingKey,
    public: Jwk,
    lie: Mutex<Lie>,
    /// The person at the screen: claims of the ID token.
    person: Mutex<Value>,
    /// What GitHub's list of addresses holds.
    emails: Mutex<Value>,
    grants: Mutex<HashMap<String, Grant>>,
}

fn key() -> EncodingKey {
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    EncodingKey::from_ec_der(made.expect("a key").as_ref())
}

impl Provider {
    pub(crate) async fn start(clock: Clock) -> Self {
        let acceptor = TcpListener::bind("127.0.0.1:0");
        let acceptor = poem::listener::Listener::into_acceptor(acceptor)
            .await
            .expect("a port");
        let address = poem::listener::Acceptor::local_addr(&acceptor).remove(0);
        let issuer = format!("http://{}", address.as_socket_addr().expect("an address"));
        let key = key();
        let mut public = Jwk::from_encoding_key(&key, Algorithm::ES256).expect("a public key");
        public.common.key_id = Some(KID.to_owned());
        let shared = Arc::new(Shared {
            issuer: issuer.clone(),
            clock,
            key,
            other_key: self::key(),
            public,
            lie: Mutex::default(),
            person: Mutex::new(
                json!({ "sub": "ada-at-acme", "email": "ada@acme.example", "email_verified": true, "name": "Ada A." }),
            ),
            emails: Mutex::new(json!([])),
            grants: Mutex::default(),
        });
        tokio::spawn(Server::new_with_acceptor(acceptor).run(shared.clone().routes()));
        Self { issuer, shared }
    }

    pub(crate) fn lie(&self, lie: Lie) {
        *self.shared.lie.lock().expect("a lie") = lie;
    }

    /// Somebody else is at the screen.
    pub(crate) fn person(&self, claims: Value) {
        *self.shared.person.lock().expect("a person") = claims;
    }

    pub(crate) fn emails(&self, emails: Value) {
        *self.shared.emails.lock().expect("addresses") = emails;
    }

    /// The person allows what the address asks for: the code they come back with.
    pub(crate) fn allow(&self, query: &BTreeMap<String, String>) -> String {
        let grant = Grant {
            challenge: query["code_challenge"].clone(),
            redirect: query["redirect_uri"].clone(),
            nonce: query.get("nonce").cloned(),
        };
        let mut grants = self.shared.grants.lock().expect("grants");
        let code = format!("code-{}", grants.len());
        grants.insert(code.clone(), grant);
        code
    }
}

impl Shared {
    fn lie_now(&self) -> Lie {
        *self.lie.lock().expect("a lie")
    }

    fn routes(self: Arc<Self>) -> impl poem::Endpoint {
        let (about, keys, tokens, info, user, emails) = (
            self.clone(),
            self.clone(),
            self.clone(),
            self.clone(),
            self.clone(),
            self,
        );
        Route::new()
            .at(
                "/.well-known/openid-configuration",
                make(move |_| {
                    let shared = about.clone();
                    async move { answer(&shared.description()) }
                }),
            )
            .at(
                "/jwks",
                make(move |_| {
                    let shared = keys.clone();
                    async move {
                        // A key that cannot be read is for others.
                        answer(&json!({ "keys": [{ "kty": "AKP", "kid": "new" }, shared.public] }))
                    }
                }),
            )
            .at(
                "/userinfo",
                make(move |_| {
                    let shared = info.clone();
                    async move {
                        let mut person = shared.person.lock().expect("a person").clone();
                        person["email"] = json!("ada@acme.example");
                        person["email_verified"] = json!(true);
                        if shared.lie_now() == Lie::UserinfoOfSomebodyElse {
                            person["sub"] = json!("eve-at-acme");
                        }
                        answer(&person)
                    }
                }),
            )
            .at(
                "/api/v3/user",
                make(move |_| {
                    let shared = user.clone();
                    async move { answer(&shared.person.lock().expect("a person")) }
                }),
            )
            .at(
                "/api/v3/user/emails",
                make(move |_| {
                    let shared = emails.clone();
                    async move { answer(&shared.emails.lock().expect("addresses")) }
                }),
            )
            .at("/token", exchange(tokens.clone()))
            .at("/login/oauth/access_token", exchange(tokens))
            .map_to_response()
    }

    fn description(&self) -> Value {
        let issuer = &self.issuer;
        let lie = self.lie_now();
        let inside = "http://10.0.0.1/x".to_owned();
        let or_inside = |is: bool, path: &str| {
            if is {
                inside.clone()
            } else {
                format!("{issuer}{path}")
            }
        };
        json!({
            "issuer": if lie == Lie::CallsItselfOtherwise { "https://accounts.example.com" } else { issuer.as_str() },
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": or_inside(lie == Lie::TokensFromInside, "/token"),
            "jwks_uri": or_inside(lie == Lie::KeysFromInside, "/jwks"),
            "userinfo_endpoint": format!("{issuer}/userinfo"),
        })
    }

    /// What is answered to a code, if everything about it is as it has to be.
    fn tokens(&self, form: &HashMap<String, String>, authorization: Option<&str>) -> Response {
        let refuse = |why: &str| {
            let body = json!({ "error": "invalid_grant", "error_description": why });
            {
                let mut refused = answer(&body);
                refused.set_status(StatusCode::BAD_REQUEST);
                refused
            }
        };
        let text = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let Some(grant) = self.grants.lock().expect("grants").remove(text("code")) else {
            return refuse("the code is unknown or used");
        };
        let made = URL_SAFE_NO_PAD.encode(Sha256::digest(text("code_verifier")));
        if made != grant.challenge {
            return refuse("the verifier is another one");
        }
        if text("redirect_uri") != grant.redirect {
            return refuse("the address is another one");
        }
        let in_header = authorization.is_some_and(|text| text.starts_with("Basic "));
        if !in_header && text("client_secret") != CLIENT_SECRET {
            return refuse("who asks?");
        }
        let mut tokens = json!({ "access_token": "an access token", "token_type": "bearer" });
        match self.lie_now() {
            Lie::NoTokens => return answer(&json!({ "hello": "there" })),
            Lie::RedirectsTheExchange => {
                return Response::builder()
                    .status(StatusCode::TEMPORARY_REDIRECT)
                    .header("location", format!("{}/token", self.issuer))
                    .finish();
            }
            Lie::EndlessTokens => tokens["padding"] = json!("x".repeat(600_000)),
            Lie::NoIdToken => return answer(&tokens),
            _ => {}
        }
        if grant.nonce.is_some() {
            tokens["id_token"] = json!(self.id_token(&grant));
        }
        answer(&tokens)
    }

    fn id_token(&self, grant: &Grant) -> String {
        let lie = self.lie_now();
        let now = self.clock.now().timestamp();
        let mut claims = self.person.lock().expect("a person").clone();
        if lie == Lie::UserinfoOfSomebodyElse {
            claims.as_object_mut().expect("claims").remove("email");
        }
        claims["iss"] = json!(self.issuer);
        claims["aud"] = json!(CLIENT_ID);
        claims["iat"] = json!(now);
        claims["exp"] = json!(now + 300);
        claims["nonce"] = json!(grant.nonce);
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(KID.to_owned());
        let mut key = &self.key;
        match lie {
            Lie::OtherIssuer => claims["iss"] = json!("https://accounts.example.com"),
            Lie::OtherAudience => claims["aud"] = json!("somebody-else"),
            Lie::AlsoForOthers => claims["aud"] = json!([CLIENT_ID, "somebody-else"]),
            Lie::OtherParty => claims["azp"] = json!("somebody-else"),
            Lie::OtherNonce => claims["nonce"] = json!("another one"),
            Lie::NoNonce => claims["nonce"] = Value::Null,
            Lie::Expired => claims["exp"] = json!(now - 61),
            Lie::OldAndLasting => claims["iat"] = json!(now - 3600),
            Lie::FromTheFuture => claims["iat"] = json!(now + 3600),
            Lie::NoSubject => claims["sub"] = json!(""),
            Lie::OtherKey => key = &self.other_key,
            Lie::UnknownKey => header.kid = Some("key-2".to_owned()),
            _ => {}
        }
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        match lie {
            Lie::Unsigned => format!("{}.{}.", encoded(&json!({ "alg": "none" })), encoded(&claims)),
            Lie::SignedWithTheSecret | Lie::SignedWithThePublicKey => {
                let secret = match lie {
                    Lie::SignedWithTheSecret => CLIENT_SECRET.to_owned(),
                    _ => serde_json::to_string(&self.public).expect("JSON"),
                };
                let mut header = Header::new(Algorithm::HS256);
                header.kid = Some(KID.to_owned());
                let key = EncodingKey::from_secret(secret.as_bytes());
                jsonwebtoken::encode(&header, &claims, &key).expect("a token")
            }
            _ => {
                let token = jsonwebtoken::encode(&header, &claims, key).expect("a token");
                match lie {
                    // The first letter of the signature: of the last one, some bits are only padding, so
                    // that another letter there can say the same.
                    Lie::BrokenSignature => {
                        let (said, signature) = token.rsplit_once('.').expect("three parts");
                        let other = if signature.starts_with('A') { 'B' } else { 'A' };
                        format!("{said}.{other}{}", &signature[1..])
                    }
                    _ => token,
                }
            }
        }
    }
}

fn exchange(shared: Arc<Shared>) -> impl poem::Endpoint {
    make(move |mut request: Request| {
        let shared = shared.clone();
        async move {
            let authorization = request.header("authorization").map(str::to_owned);
            let body = request.take_body().into_string().await.unwrap_or_default();
            let form: HashMap<String, String> = serde_urlencoded::from_str(&body).unwrap_or_default();
            shared.tokens(&form, authorization.as_deref())
        }
    })
}

fn answer(body: &Value) -> Response {
    Response::builder()
        .header("content-type", "application/json")
        .body(body.to_string())
}
