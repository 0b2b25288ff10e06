//! Signing in by other providers, honest and otherwise.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use smartstack_api::{
    config::PublicUrl,
    oauth::config::{Kind, Provider as Configured},
};
use smartstack_domain::{clock::Clock, testing::TestDb};

use crate::{
    provider::{CLIENT_ID, CLIENT_SECRET, Lie, Provider},
    support::{Browser, PASSWORD, Person, Stack},
};

const VISIT: &str = "__Host-ss_visit";
const ACCESS: &str = "__Host-ss_access";
/// Where a test's installation is reached: without TLS on this machine, so that providers there are.
const HERE: &str = "http://localhost:8080";

struct Place {
    stack: Stack,
    acme: Provider,
    clock: Clock,
}

impl Place {
    async fn new() -> Self {
        Self::with(true).await
    }

    async fn with(sign_up_open: bool) -> Self {
        let clock = Clock::fixed("2026-03-01T12:00:00Z".parse().expect("a time"));
        let acme = Provider::start(clock.clone()).await;
        let issuer = acme.issuer.clone();
        let configured = |name: &str, kind: Kind| Configured {
            name: name.to_owned(),
            label: name.to_uppercase(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: CLIENT_SECRET.into(),
            kind,
        };
        let oauth = vec![
            configured(
                "acme",
                Kind::Oidc {
                    issuer: issuer.clone(),
                },
            ),
            configured(
                "other",
                Kind::Oidc {
                    issuer: issuer.clone(),
                },
            ),
            configured(
                "github",
                Kind::Github {
                    api: format!("{issuer}/api/v3"),
                    site: issuer,
                },
            ),
        ];
        let stack = Stack::start_with(TestDb::with_clock(clock.clone()).await, |config| {
            config.public_url = PublicUrl::parse(HERE).expect("a URL");
            config.sign_up_open = sign_up_open;
            config.oauth = oauth;
        })
        .await;
        Self { stack, acme, clock }
    }

    /// Begins in a browser: what the provider is asked, by name.
    async fn begin(&self, browser: &Browser, provider: &str, return_to: &str) -> BTreeMap<String, String> {
        let path = format!("/api/v1/auth/oauth/{provider}/start");
        let answer = browser.post(&path, &json!({ "returnTo": return_to })).await;
        assert_eq!(answer.status(), StatusCode::OK);
        asked(answer).await
    }

    /// Signs in by a provider, whatever comes of it: where the browser is sent.
    async fn sign_in(&self, browser: &Browser, provider: &str) -> String {
        let asked = self.begin(browser, provider, "/projects?view=board").await;
        let code = self.acme.allow(&asked);
        back(browser, provider, &[("code", &code), ("state", &asked["state"])]).await
    }

    fn accounts(&self) -> String {
        self.stack.sql("SELECT count(*) FROM users")
    }
}

/// The query of the address a browser is told to go to.
async fn asked(answer: reqwest::Response) -> BTreeMap<String, String> {
    let body: Value = answer.json().await.expect("JSON");
    let url = body["url"].as_str().expect("an address");
    let (place, query) = url.split_once('?').expect("a query");
    let mut asked: BTreeMap<String, String> = serde_urlencoded::from_str(query).expect("a query");
    asked.insert("place".to_owned(), place.to_owned());
    asked
}

/// Comes back from a provider: where the browser is sent on to.
async fn back(browser: &Browser, provider: &str, query: &[(&str, &str)]) -> String {
    let query = serde_urlencoded::to_string(query).expect("a query");
    let path = format!("/api/v1/auth/oauth/{provider}/callback?{query}");
    // As a browser follows another site's link: without our header, with cookies.
    let request = browser
        .bare(Method::GET, &path)
        .header("sec-fetch-site", "cross-site");
    let answer = browser.send(request).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let location = answer.headers()[header::LOCATION]
        .to_str()
        .expect("text")
        .to_owned();
    assert!(
        location.starts_with('/') && !location.starts_with("//"),
        "{location}"
    );
    assert!(
        browser.cookies.lock().expect("cookies").get(VISIT).is_none(),
        "the visit is over"
    );
    location
}

async fn email_of(browser: &Browser) -> Value {
    let viewer = browser.gql("{ viewer { user { email } } }", json!({})).await;
    viewer["viewer"]["user"]["email"].clone()
}

async fn connect(place: &Place, person: &Person, provider: &str) -> String {
    let body = json!({ "provider": provider, "currentPassword": PASSWORD });
    let answer = person.browser.post("/api/v1/account/linked", &body).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let asked = asked(answer).await;
    let code = place.acme.allow(&asked);
    back(
        &person.browser,
        provider,
        &[("code", &code), ("state", &asked["state"])],
    )
    .await
}

#[tokio::test]
async fn a_provider_signs_people_in_and_makes_an_account_the_first_time() {
    let place = Place::new().await;
    let browser = place.stack.browser();
    let listed = browser
        .gql("{ installation { signInProviders { name label } } }", json!({}))
        .await;
    assert_eq!(
        listed["installation"]["signInProviders"][0],
        json!({ "name": "acme", "label": "ACME" })
    );
    let asked = place.begin(&browser, "acme", "/projects").await;
    assert_eq!(asked["place"], format!("{}/authorize", place.acme.issuer));
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        (
            "redirect_uri",
            "http://localhost:8080/api/v1/auth/oauth/acme/callback",
        ),
        ("code_challenge_method", "S256"),
        ("scope", "openid email profile"),
    ] {
        assert_eq!(asked[name], value);
    }
    assert!(asked["state"].len() >= 43 && asked["nonce"].len() >= 43 && asked["code_challenge"].len() == 43);
    let line = browser.cookies.lock().expect("cookies")[VISIT].line.clone();
    for attribute in ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"] {
        assert!(line.contains(attribute), "{line}");
    }

    assert_eq!(place.sign_in(&browser, "acme").await, "/projects?view=board");
    assert_eq!(email_of(&browser).await, "ada@acme.example");
    // Again, from another browser, and with another address there: the same account.
    place
        .acme
        .person(json!({ "sub": "ada-at-acme", "email": "new@acme.example", "email_verified": false }));
    let other = place.stack.browser();
    assert_eq!(place.sign_in(&other, "acme").await, "/projects?view=board");
    assert_eq!(email_of(&other).await, "ada@acme.example");
    assert_eq!(place.accounts(), "1");
    // Nothing of the way there is kept in the clear.
    let kept = place
        .stack
        .sql("SELECT string_agg(v::text, '') FROM oauth_visits v");
    assert!(!kept.contains(&asked["state"]), "{kept}");
}

#[tokio::test]
async fn no_lie_lets_anybody_in() {
    let lies = [
        Lie::OtherIssuer,
        Lie::OtherAudience,
        Lie::AlsoForOthers,
        Lie::OtherParty,
        Lie::OtherNonce,
        Lie::NoNonce,
        Lie::Expired,
        Lie::OldAndLasting,
        Lie::FromTheFuture,
        Lie::NoSubject,
        Lie::Unsigned,
        Lie::SignedWithTheSecret,
        Lie::SignedWithThePublicKey,
        Lie::OtherKey,
        Lie::UnknownKey,
        Lie::BrokenSignature,
        Lie::NoIdToken,
        Lie::NoTokens,
        Lie::RedirectsTheExchange,
        Lie::EndlessTokens,
        Lie::UserinfoOfSomebodyElse,
        Lie::TokensFromInside,
        Lie::KeysFromInside,
    ];
    let place = Place::new().await;
    for lie in lies {
        // What a provider says of itself is remembered for an hour.
        place.clock.advance(TimeDelta::hours(2));
        place.acme.lie(lie);
        let browser = place.stack.browser();
        assert_eq!(
            place.sign_in(&browser, "acme").await,
            "/sign-in?problem=failed",
            "{lie:?}"
        );
        assert!(
            !browser.cookies.lock().expect("cookies").contains_key(ACCESS),
            "{lie:?}"
        );
        assert_eq!(place.accounts(), "0", "{lie:?}");
    }
    // One that calls itself otherwise is not even gone to.
    place.clock.advance(TimeDelta::hours(2));
    place.acme.lie(Lie::CallsItselfOtherwise);
    let answer = place
        .stack
        .browser()
        .post("/api/v1/auth/oauth/acme/start", &json!({}))
        .await;
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    // And the truth does, so that it was the lies.
    place.acme.lie(Lie::None);
    assert_eq!(
        place.sign_in(&place.stack.browser(), "acme").await,
        "/projects?view=board"
    );
}

#[tokio::test]
async fn an_answer_counts_once_in_the_browser_that_asked() {
    let place = Place::new().await;
    let (ada, eve) = (place.stack.browser(), place.stack.browser());
    const EXPIRED: &str = "/sign-in?problem=expired";
    let asked = place.begin(&ada, "acme", "/").await;
    let code = place.acme.allow(&asked);
    let query = [("code", code.as_str()), ("state", asked["state"].as_str())];
    // Another browser, with a visit of its own and without: nobody is signed in by somebody else's answer.
    assert_eq!(back(&eve, "acme", &query).await, EXPIRED);
    place.begin(&eve, "acme", "/").await;
    assert_eq!(back(&eve, "acme", &query).await, EXPIRED);
    // The right browser, and another provider, or a state that was made up.
    let copy = ada.copy();
    assert_eq!(back(&copy, "other", &query).await, EXPIRED);
    let copy = ada.copy();
    assert_eq!(
        back(&copy, "acme", &[("code", &code), ("state", "made up")]).await,
        EXPIRED
    );
    assert_eq!(back(&copy, "acme", &[("code", &code)]).await, EXPIRED);
    let kept = ada.copy();
    assert_eq!(back(&ada, "acme", &query).await, "/");
    assert_eq!(email_of(&ada).await, "ada@acme.example");
    assert_eq!(back(&kept, "acme", &query).await, EXPIRED, "used");

    let asked = place.begin(&eve, "acme", "/").await;
    let code = place.acme.allow(&asked);
    place.clock.advance(TimeDelta::minutes(15));
    assert_eq!(
        back(&eve, "acme", &[("code", &code), ("state", &asked["state"])]).await,
        EXPIRED
    );
}

#[tokio::test]
async fn who_says_no_and_who_answers_for_another_issuer() {
    let place = Place::new().await;
    let browser = place.stack.browser();
    for (extra, place_after) in [
        (("error", "access_denied"), "/sign-in?problem=denied"),
        (("error", "server_error"), "/sign-in?problem=failed"),
        (("iss", "https://evil.example.com"), "/sign-in?problem=failed"),
        (("iss", place.acme.issuer.as_str()), "/"),
    ] {
        let asked = place.begin(&browser, "acme", "/").await;
        let code = place.acme.allow(&asked);
        let query = [("code", code.as_str()), ("state", asked["state"].as_str()), extra];
        assert_eq!(back(&browser, "acme", &query).await, place_after, "{extra:?}");
    }
}

#[tokio::test]
async fn nobody_is_sent_on_to_another_site() {
    let place = Place::new().await;
    for elsewhere in [
        "//evil.example.com",
        "https://evil.example.com",
        "/\\evil.example.com",
    ] {
        let browser = place.stack.browser();
        let asked = place.begin(&browser, "acme", elsewhere).await;
        let code = place.acme.allow(&asked);
        let query = [("code", code.as_str()), ("state", asked["state"].as_str())];
        assert_eq!(back(&browser, "acme", &query).await, "/", "{elsewhere}");
    }
}

#[tokio::test]
async fn an_address_never_joins_an_account() {
    let place = Place::new().await;
    let ada = place.stack.person("Ada").await;
    for (claims, expected) in [
        (
            json!({ "email": ada.email, "email_verified": true }),
            "has-account",
        ),
        (
            json!({ "email": ada.email, "email_verified": false }),
            "unverified",
        ),
        (
            json!({ "email": "new@example.com", "email_verified": false }),
            "unverified",
        ),
        (json!({ "email": "new@example.com" }), "unverified"),
        (
            json!({ "email": "not an address", "email_verified": true }),
            "unverified",
        ),
    ] {
        let mut claims = claims;
        claims["sub"] = json!("mallory");
        place.acme.person(claims);
        let browser = place.stack.browser();
        let location = place.sign_in(&browser, "acme").await;
        assert_eq!(location, format!("/sign-in?problem={expected}"));
        assert_eq!(email_of(&browser).await, Value::Null);
    }
    assert_eq!(place.accounts(), "1");
    assert_eq!(place.stack.sql("SELECT count(*) FROM linked_accounts"), "0");

    let closed = Place::with(false).await;
    let location = closed.sign_in(&closed.stack.browser(), "acme").await;
    assert_eq!(location, "/sign-in?problem=closed");
    assert_eq!(closed.accounts(), "0");
}

#[tokio::test]
async fn providers_are_linked_and_unlinked_by_who_knows_the_password() {
    let place = Place::new().await;
    let (ada, eve) = (place.stack.person("Ada").await, place.stack.person("Eve").await);
    let wrong = json!({ "provider": "acme", "currentPassword": "not my password" });
    let answer = ada.browser.post("/api/v1/account/linked", &wrong).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let unknown = json!({ "provider": "nobody", "currentPassword": PASSWORD });
    let answer = ada.browser.post("/api/v1/account/linked", &unknown).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);

    assert_eq!(
        connect(&place, &ada, "acme").await,
        "/settings/security?linked=acme"
    );
    assert_eq!(
        connect(&place, &ada, "acme").await,
        "/settings/security?linked=acme"
    );
    assert_eq!(
        connect(&place, &eve, "acme").await,
        "/settings/security?problem=taken"
    );
    let browser = place.stack.browser();
    assert_eq!(place.sign_in(&browser, "acme").await, "/projects?view=board");
    assert_eq!(email_of(&browser).await, json!(ada.email));

    let account: Value = ada
        .browser
        .get("/api/v1/account")
        .await
        .json()
        .await
        .expect("JSON");
    let linked = account["linkedAccounts"].as_array().expect("a list");
    assert_eq!(linked.len(), 1);
    assert_eq!(
        (&linked[0]["provider"], &linked[0]["label"]),
        (&json!("acme"), &json!("ada@acme.example"))
    );
    let path = format!(
        "/api/v1/account/linked/{}",
        linked[0]["id"].as_str().expect("an id")
    );
    let proof = json!({ "currentPassword": PASSWORD });
    for (person, body, status) in [
        (&eve, &proof, StatusCode::NOT_FOUND),
        (
            &ada,
            &json!({ "currentPassword": "not my password" }),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (&ada, &proof, StatusCode::NO_CONTENT),
        (&ada, &proof, StatusCode::NOT_FOUND),
    ] {
        assert_eq!(person.browser.post(&path, body).await.status(), status);
    }
    assert_eq!(
        place.sign_in(&place.stack.browser(), "acme").await,
        "/projects?view=board"
    );
    assert_eq!(place.accounts(), "3", "unlinked, so it is somebody new");
}

#[tokio::test]
async fn a_link_begun_in_a_session_that_is_over_joins_nothing() {
    let place = Place::new().await;
    let ada = place.stack.person("Ada").await;
    let body = json!({ "provider": "acme", "currentPassword": PASSWORD });
    let asked = asked(ada.browser.post("/api/v1/account/linked", &body).await).await;
    let code = place.acme.allow(&asked);
    ada.browser.post("/api/v1/auth/sign-out", &json!({})).await;
    let query = [("code", code.as_str()), ("state", asked["state"].as_str())];
    assert_eq!(
        back(&ada.browser, "acme", &query).await,
        "/settings/security?problem=expired"
    );
    assert_eq!(place.stack.sql("SELECT count(*) FROM linked_accounts"), "0");
}

#[tokio::test]
async fn an_account_without_a_password_keeps_its_only_way_in() {
    let place = Place::new().await;
    let browser = place.stack.browser();
    place.sign_in(&browser, "acme").await;
    let account: Value = browser.get("/api/v1/account").await.json().await.expect("JSON");
    assert_eq!(account["hasPassword"], false);
    let id = account["linkedAccounts"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let path = format!("/api/v1/account/linked/{id}");
    let nothing = json!({ "currentPassword": "" });
    let answer = browser.post(&path, &nothing).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    // No password signs it in.
    for guess in ["!", "", "nobody's password"] {
        let body = json!({ "email": "ada@acme.example", "password": guess });
        let answer = place.stack.browser().post("/api/v1/auth/sign-in", &body).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    // Long after signing in, what only asks for a fresh sign-in is refused; GitHub may be added before.
    let more = json!({ "provider": "github", "currentPassword": "" });
    assert_eq!(
        browser.post("/api/v1/account/linked", &more).await.status(),
        StatusCode::OK
    );
    place.clock.advance(TimeDelta::minutes(9));
    browser.post("/api/v1/auth/refresh", &json!({})).await;
    place.clock.advance(TimeDelta::minutes(2));
    assert_eq!(
        browser.post("/api/v1/account/linked", &more).await.status(),
        StatusCode::CONFLICT
    );
}

#[tokio::test]
async fn a_second_factor_is_asked_for_after_a_provider_too() {
    let place = Place::new().await;
    let ada = place.stack.person("Ada").await;
    connect(&place, &ada, "acme").await;
    let begun = ada
        .browser
        .post(
            "/api/v1/account/second-factor",
            &json!({ "currentPassword": PASSWORD }),
        )
        .await;
    let begun: Value = begun.json().await.expect("JSON");
    let secret = begun["secret"].as_str().expect("a secret");
    let code = json!({ "code": place.stack.totp(secret, -1) });
    let confirmed = ada
        .browser
        .post("/api/v1/account/second-factor/confirm", &code)
        .await;
    assert_eq!(confirmed.status(), StatusCode::OK);

    let browser = place.stack.browser();
    let location = place.sign_in(&browser, "acme").await;
    assert_eq!(location, "/sign-in?step=code&next=%2Fprojects%3Fview%3Dboard");
    assert_eq!(email_of(&browser).await, Value::Null);
    let code = json!({ "code": place.stack.totp(secret, 0) });
    let answer = browser.post("/api/v1/auth/second-factor", &code).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(email_of(&browser).await, json!(ada.email));
}

#[tokio::test]
async fn github_is_believed_about_its_primary_verified_address_alone() {
    let place = Place::new().await;
    // The address of the profile counts for nothing.
    place
        .acme
        .person(json!({ "id": 7, "login": "ada", "name": null, "email": "profile@example.com" }));
    let verified = |primary: bool, verified: bool| {
        json!([
            { "email": "second@example.com", "primary": false, "verified": true },
            { "email": "ada@acme.example", "primary": primary, "verified": verified },
        ])
    };
    for emails in [verified(true, false), verified(false, true), json!([])] {
        place.acme.emails(emails);
        let location = place.sign_in(&place.stack.browser(), "github").await;
        assert_eq!(location, "/sign-in?problem=unverified");
    }
    place.acme.emails(verified(true, true));
    let browser = place.stack.browser();
    assert_eq!(place.sign_in(&browser, "github").await, "/projects?view=board");
    assert_eq!(email_of(&browser).await, "ada@acme.example");
    // The number is the person: not the login name, which can change hands.
    place
        .acme
        .person(json!({ "id": 8, "login": "ada", "name": "Mallory" }));
    let location = place.sign_in(&place.stack.browser(), "github").await;
    assert_eq!(location, "/sign-in?problem=has-account");
}

#[tokio::test]
async fn providers_that_nobody_has_set_up_are_not_there() {
    let place = Place::new().await;
    let browser = place.stack.browser();
    let answer = browser.post("/api/v1/auth/oauth/nobody/start", &json!({})).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let answer = browser
        .get("/api/v1/auth/oauth/nobody/callback?code=x&state=y")
        .await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}
