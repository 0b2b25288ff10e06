//! Where requests to addresses that people give may go: webhooks, sign-in providers.
//!
//! A server that fetches what it is told can be told to fetch from its own network. So an address is
//! checked twice: as it is written ([`Target::parse`]), and as it is resolved ([`Target::pin`]), right before
//! the connection is made to exactly what was checked. This module does no I/O; the client that keeps to it
//! has to follow no redirects, use no proxy, and bound time and size.
//!
//! ```
//! # use smartstack_domain::target::{Policy, Target};
//! let target = Target::parse("https://hooks.example.com/in", Policy::PUBLIC).expect("fine as it is written");
//! assert!(target.pin(&["10.0.0.7".parse().expect("an address")]).is_err());
//! ```

mod address;

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

pub use address::{AddressKind, classify};

/// Longest address of a target, in characters: what browsers and servers commonly bear.
pub const URL_MAX: usize = 2_048;

/// Endings of names that mean something inside a network only (RFC 6761, RFC 6762, RFC 8375, ICANN's
/// `internal`, and what home routers use).
const INNER_NAMES: [&str; 9] = [
    "localhost",
    "local",
    "internal",
    "intranet",
    "lan",
    "home.arpa",
    "corp",
    "home",
    "onion",
];

/// What an installation lets people send to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    loopback: bool,
}

impl Policy {
    /// The internet, over TLS.
    pub const PUBLIC: Self = Self { loopback: false };
    /// The internet over TLS, and this machine with or without: for trying things out.
    pub const DEVELOPMENT: Self = Self { loopback: true };

    /// The policy of the installation that people reach at `public_url`: development only where that is this
    /// machine without TLS, as `cargo xtask run` starts it.
    pub fn of_installation(public_url: &str) -> Self {
        let here = Url::parse(public_url)
            .is_ok_and(|url| url.scheme() == "http" && url.host().as_ref().is_some_and(is_loopback_host));
        Self { loopback: here }
    }
}

/// Why an address is refused; the text is for the person who gave it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Not an address at all.
    #[error("write a whole address, such as https://example.com/webhooks")]
    Malformed,
    /// Longer than [`URL_MAX`].
    #[error("an address has at most 2048 characters")]
    TooLong,
    /// No TLS.
    #[error("the address must begin with https://")]
    NotHttps,
    /// A name or password in the address, which would end up in logs.
    #[error("leave name and password out of the address; check the signature instead")]
    Credentials,
    /// A name that means something inside a network only.
    #[error("{0} is not a name on the internet")]
    InnerName(String),
    /// An address that is not on the internet.
    #[error("{0} is not an address on the internet")]
    NotPublic(IpAddr),
    /// The name has no address.
    #[error("{0} has no address: is the name right?")]
    Unresolved(String),
}

/// An address that may be sent to, as far as can be told from how it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    url: Url,
    host: Host<String>,
    loopback: bool,
}

impl Target {
    /// Checks an address as it is written.
    ///
    /// # Errors
    /// [`TargetError`]: what is wrong with it.
    pub fn parse(text: &str, policy: Policy) -> Result<Self, TargetError> {
        if text.chars().count() > URL_MAX {
            return Err(TargetError::TooLong);
        }
        // The parser would drop line breaks and tabs, and read a backslash as a slash: what is then sent to
        // would not be what a person reads.
        if text
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || c == '\\')
        {
            return Err(TargetError::Malformed);
        }
        let url = Url::parse(text).map_err(|_| TargetError::Malformed)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(TargetError::NotHttps);
        }
        let host = url.host().ok_or(TargetError::Malformed)?.to_owned();
        if url.port() == Some(0) || url.fragment().is_some() {
            return Err(TargetError::Malformed);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetError::Credentials);
        }
        let loopback = policy.loopback && is_loopback_host(&host);
        if url.scheme() == "http" && !loopback {
            return Err(TargetError::NotHttps);
        }
        if !loopback {
            match &host {
                Host::Domain(name) if is_inner(name) => return Err(TargetError::InnerName(name.clone())),
                Host::Domain(_) => {}
                Host::Ipv4(address) => public((*address).into())?,
                Host::Ipv6(address) => public((*address).into())?,
            }
        }
        Ok(Self { url, host, loopback })
    }

    /// The whole address.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// The name that has to be resolved and pinned; `None` where the address holds an IP address, which
    /// [`Target::parse`] has checked.
    pub fn name(&self) -> Option<&str> {
        match &self.host {
            Host::Domain(name) => Some(name),
            Host::Ipv4(_) | Host::Ipv6(_) => None,
        }
    }

    /// The port, written or the scheme's.
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(443)
    }

    /// What may be connected to, of what the name was `resolved` to. One address that is not allowed
    /// refuses all: a name that points both outside and inside is up to no good.
    ///
    /// # Errors
    /// [`TargetError::NotPublic`] or [`TargetError::Unresolved`].
    pub fn pin(&self, resolved: &[IpAddr]) -> Result<Vec<SocketAddr>, TargetError> {
        if resolved.is_empty() {
            return Err(TargetError::Unresolved(
                self.url.host_str().unwrap_or_default().to_owned(),
            ));
        }
        for address in resolved {
            if self.loopback {
                // The name of this machine has to be this machine.
                if classify(*address) != AddressKind::Loopback {
                    return Err(TargetError::NotPublic(*address));
                }
            } else {
                public(*address)?;
            }
        }
        let port = self.port();
        Ok(resolved
            .iter()
            .map(|address| SocketAddr::new(*address, port))
            .collect())
    }
}

fn public(address: IpAddr) -> Result<(), TargetError> {
    match classify(address) {
        AddressKind::Public => Ok(()),
        _ => Err(TargetError::NotPublic(address)),
    }
}

/// Whether a host is this machine, as written.
fn is_loopback_host<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref() == "localhost",
        Host::Ipv4(address) => classify((*address).into()) == AddressKind::Loopback,
        Host::Ipv6(address) => classify((*address).into()) == AddressKind::Loopback,
    }
}

fn is_inner(name: &str) -> bool {
    // A dot at the end only says that the name is complete.
    let name = name.strip_suffix('.').unwrap_or(name);
    let ends_with = |ending: &str| {
        name.strip_suffix(ending)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    !name.contains('.') || INNER_NAMES.iter().any(|ending| ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refusal(text: &str, policy: Policy) -> TargetError {
        Target::parse(text, policy).expect_err(text)
    }

    #[test]
    fn addresses_on_the_internet_are_taken() {
        for text in [
            "https://example.com",
            "https://hooks.example.com:8443/in?team=7",
            "https://93.184.215.14/in",
            "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/in",
            "https://bücher.example/in",
        ] {
            for policy in [Policy::PUBLIC, Policy::DEVELOPMENT] {
                assert!(Target::parse(text, policy).is_ok(), "{text}");
            }
        }
    }

    #[test]
    fn ways_of_writing_an_inner_address_are_seen_through() {
        for text in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://①②⑦.⓪.⓪.①/",
            "https://0/",
            "https://10.0.0.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/",
            "https://[::]/",
            "https://[::ffff:93.184.215.14]/",
            "https://[::ffff:a00:1]/",
            "https://[fd00:ec2::254]/",
            "https://localhost/",
            "https://LOCALHOST/",
            "https://localhost./",
            "https://api.localhost/",
            "https://printer.local/",
            "https://metadata.google.internal/",
            "https://metadata.google.internal./",
            "https://router.home.arpa/",
            "https://intranet/",
        ] {
            let error = refusal(text, Policy::PUBLIC);
            assert!(
                matches!(error, TargetError::NotPublic(_) | TargetError::InnerName(_)),
                "{text}: {error:?}"
            );
        }
    }

    #[test]
    fn what_is_no_clean_https_address_is_refused() {
        for (text, expected) in [
            ("", TargetError::Malformed),
            ("example.com/in", TargetError::Malformed),
            ("https://", TargetError::Malformed),
            ("https://exa mple.com", TargetError::Malformed),
            ("https://example.com/\nx", TargetError::Malformed),
            ("https:\\\\example.com", TargetError::Malformed),
            ("https://example.com:0/", TargetError::Malformed),
            ("https://example.com/#part", TargetError::Malformed),
            ("http://example.com/", TargetError::NotHttps),
            ("ftp://example.com/", TargetError::NotHttps),
            ("file:///etc/passwd", TargetError::NotHttps),
            ("https://me:secret@example.com/", TargetError::Credentials),
            ("https://me@example.com/", TargetError::Credentials),
        ] {
            assert_eq!(refusal(text, Policy::DEVELOPMENT), expected, "{text}");
        }
        let long = format!("https://example.com/{}", "x".repeat(URL_MAX));
        assert_eq!(refusal(&long, Policy::PUBLIC), TargetError::TooLong);
    }

    #[test]
    fn this_machine_is_a_target_in_development_only() {
        for text in [
            "http://localhost:9000/in",
            "http://127.0.0.1:9000/in",
            "http://[::1]:9000/in",
            "https://localhost/",
        ] {
            assert!(Target::parse(text, Policy::DEVELOPMENT).is_ok(), "{text}");
            assert!(Target::parse(text, Policy::PUBLIC).is_err(), "{text}");
        }
        for text in [
            "http://10.0.0.1/",
            "http://192.168.1.5/",
            "http://[::ffff:127.0.0.1]/",
        ] {
            assert_eq!(
                refusal(text, Policy::DEVELOPMENT),
                TargetError::NotHttps,
                "{text}"
            );
        }
    }

    #[test]
    fn an_installation_is_in_development_where_it_is_reached_on_this_machine_without_tls() {
        for (url, expected) in [
            ("http://127.0.0.1:8080", Policy::DEVELOPMENT),
            ("http://localhost:8080", Policy::DEVELOPMENT),
            ("https://localhost", Policy::PUBLIC),
            ("http://10.0.0.5", Policy::PUBLIC),
            ("https://plan.example.com", Policy::PUBLIC),
            ("", Policy::PUBLIC),
        ] {
            assert_eq!(Policy::of_installation(url), expected, "{url}");
        }
    }

    #[test]
    fn one_inner_address_refuses_a_name() {
        let ip = |text: &str| text.parse::<IpAddr>().expect(text);
        let target = Target::parse("https://hooks.example.com:8443/in", Policy::DEVELOPMENT).expect("good");
        assert_eq!(target.name(), Some("hooks.example.com"));
        let outside = ip("93.184.215.14");
        assert_eq!(target.pin(&[outside]), Ok(vec![SocketAddr::new(outside, 8443)]));
        for inside in [
            "127.0.0.1",
            "10.0.0.1",
            "::1",
            "169.254.169.254",
            "::ffff:93.184.215.14",
        ] {
            let inside = ip(inside);
            assert_eq!(
                target.pin(&[outside, inside]),
                Err(TargetError::NotPublic(inside))
            );
        }
        assert!(matches!(target.pin(&[]), Err(TargetError::Unresolved(_))));
    }

    #[test]
    fn the_name_of_this_machine_must_be_this_machine() {
        let target = Target::parse("http://localhost:9000/in", Policy::DEVELOPMENT).expect("good");
        let ip = |text: &str| text.parse::<IpAddr>().expect(text);
        assert!(target.pin(&[ip("127.0.0.1"), ip("::1")]).is_ok());
        assert!(target.pin(&[ip("10.0.0.1")]).is_err());
        assert!(target.pin(&[ip("93.184.215.14")]).is_err());
    }

    proptest! {
        /// No address of four numbers gets through unless it is public, in any of the spellings that
        /// libraries of C understand.
        #[test]
        fn no_spelling_of_an_inner_address_gets_through(bits in any::<u32>(), spelling in 0_u8..4) {
            let [a, b, c, d] = bits.to_be_bytes();
            let host = match spelling {
                0 => format!("{a}.{b}.{c}.{d}"),
                1 => bits.to_string(),
                2 => format!("{bits:#x}"),
                _ => format!("{a:#o}.{b}.{}", u16::from_be_bytes([c, d])).replace("0o", "0"),
            };
            let taken = Target::parse(&format!("https://{host}/"), Policy::PUBLIC).is_ok();
            let public = classify(IpAddr::from(bits.to_be_bytes())) == AddressKind::Public;
            prop_assert_eq!(taken, public, "{}", host);
        }

        /// What is taken is https, names nobody, and comes out as an address that is taken again.
        #[test]
        fn whatever_is_taken_stays_taken(text in "https?://[a-z0-9.@:\\[\\]-]{1,20}(/[ -~]{0,20})?") {
            if let Ok(target) = Target::parse(&text, Policy::PUBLIC) {
                prop_assert!(target.url().starts_with("https://"));
                prop_assert!(!target.url.has_authority() || target.url.username().is_empty());
                prop_assert_eq!(Target::parse(target.url(), Policy::PUBLIC), Ok(target));
            }
        }

        /// Only public addresses are ever connected to.
        #[test]
        fn only_public_addresses_are_pinned(resolved in proptest::collection::vec(any::<IpAddr>(), 0..6)) {
            let target = Target::parse("https://hooks.example.com/", Policy::DEVELOPMENT).expect("good");
            if let Ok(pinned) = target.pin(&resolved) {
                prop_assert!(pinned.iter().all(|it| classify(it.ip()) == AddressKind::Public));
                prop_assert_eq!(pinned.len(), resolved.len());
            }
        }
    }
}
