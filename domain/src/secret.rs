//! Everything that is derived from the one master secret.
//!
//! Each purpose has a key of its own (HKDF-SHA256, RFC 5869), so that a value made for one purpose is
//! worth nothing for another. Changing the master secret ends every mailed link, share link,
//! access token and second factor, but not sessions: refresh tokens are random and stored hashed.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use chrono::{DateTime, Datelike, Utc};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};
use smartstack_schema::{EmailChangeId, InvitationId, PasswordResetId, ShareLinkId, SignUpId};
use uuid::Uuid;

use crate::clock::Random;

/// Fewest bytes of a master secret: as many as the keys made from it have.
pub const MIN_MASTER_BYTES: usize = 32;
/// Bytes of a sealed text's nonce: long enough to be drawn at random for ever (XChaCha20).
const SEAL_NONCE_BYTES: usize = 24;
/// Bytes of a share token: 192 bits, above the 128 that cannot be guessed.
const SHARE_TOKEN_BYTES: usize = 24;

/// A master secret that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "SMARTSTACK_SECRET must be at least 32 random bytes in hexadecimal or base64; make one with: openssl rand -hex 32"
)]
pub struct WeakSecret;

/// The keys of an installation.
pub struct Secrets {
    sign_up: SecretBox<[u8; 32]>,
    password_reset: SecretBox<[u8; 32]>,
    email_change: SecretBox<[u8; 32]>,
    share: SecretBox<[u8; 32]>,
    share_pass: SecretBox<[u8; 32]>,
    link_password: SecretBox<[u8; 32]>,
    invitation: SecretBox<[u8; 32]>,
    throttle: SecretBox<[u8; 32]>,
    master: SecretBox<Vec<u8>>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

/// A key that access tokens are signed with for one month.
pub struct AccessKey {
    /// Names the key in a token's header: year and month.
    pub kid: String,
    /// 256 bits for HMAC-SHA256.
    pub bytes: SecretBox<[u8; 32]>,
}

impl Secrets {
    /// The keys made from `master`: hexadecimal, base64 or base64url of at least 32 bytes.
    ///
    /// # Errors
    /// [`WeakSecret`] for anything else.
    pub fn new(master: &SecretString) -> Result<Self, WeakSecret> {
        let master = decode_master(master.expose_secret().trim()).ok_or(WeakSecret)?;
        let key = |purpose: &str| derive(&master, purpose);
        Ok(Self {
            sign_up: key("sign-up link"),
            password_reset: key("password reset link"),
            email_change: key("e-mail change link"),
            share: key("share link"),
            share_pass: key("share link pass"),
            link_password: key("share link password fingerprint"),
            invitation: key("invitation"),
            throttle: key("throttle key"),
            master: SecretBox::new(Box::new(master)),
        })
    }

    /// The token in a sign-up's link: `signup_….<256 bits>`.
    pub fn sign_up_token(&self, id: SignUpId) -> String {
        link_token(&self.sign_up, id, id.uuid())
    }

    /// The sign-up a token was made for; `None` when it was not made here.
    pub fn read_sign_up_token(&self, token: &str) -> Option<SignUpId> {
        read_link_token(&self.sign_up, token)
    }

    /// The token in the link to a new password: `reset_….<256 bits>`.
    pub fn password_reset_token(&self, id: PasswordResetId) -> String {
        link_token(&self.password_reset, id, id.uuid())
    }

    /// The reset a token was made for; `None` when it was not made here.
    pub fn read_password_reset_token(&self, token: &str) -> Option<PasswordResetId> {
        read_link_token(&self.password_reset, token)
    }

    /// The token in the link that confirms a new address: `newmail_….<256 bits>`.
    pub fn email_change_token(&self, id: EmailChangeId) -> String {
        link_token(&self.email_change, id, id.uuid())
    }

    /// The change a token was made for; `None` when it was not made here.
    pub fn read_email_change_token(&self, token: &str) -> Option<EmailChangeId> {
        read_link_token(&self.email_change, token)
    }

    /// The token in a share link's address. It can be shown again, because it is made from what is
    /// stored; it is found by [`token_hash`].
    pub fn share_token(&self, id: ShareLinkId, nonce: &[u8]) -> String {
        let tag = mac(&self.share, id.uuid().as_bytes())
            .chain_update(nonce)
            .finalize()
            .into_bytes();
        URL_SAFE_NO_PAD.encode(&tag[..SHARE_TOKEN_BYTES])
    }

    /// What shows that somebody has given a link's password: good for that password and until then.
    pub(crate) fn share_pass(&self, link: ShareLinkId, password: Uuid, until: DateTime<Utc>) -> SecretString {
        let until = until.timestamp();
        let tag = self.share_pass_mac(link, password, until).finalize().into_bytes();
        format!("{until}.{}", URL_SAFE_NO_PAD.encode(tag)).into()
    }

    /// Whether a pass was given for this password of this link, and is not over.
    pub(crate) fn accepts_share_pass(
        &self,
        link: ShareLinkId,
        password: Uuid,
        pass: &str,
        now: DateTime<Utc>,
    ) -> bool {
        let read = || {
            let (until, tag) = pass.split_once('.')?;
            let until: i64 = until.parse().ok()?;
            Some((until, URL_SAFE_NO_PAD.decode(tag).ok()?))
        };
        read().is_some_and(|(until, tag)| {
            // Compared in constant time.
            let ours = self.share_pass_mac(link, password, until).verify_slice(&tag);
            ours.is_ok() && until > now.timestamp()
        })
    }

    fn share_pass_mac(&self, link: ShareLinkId, password: Uuid, until: i64) -> Hmac<Sha256> {
        mac(&self.share_pass, link.uuid().as_bytes())
            .chain_update(password.as_bytes())
            .chain_update(until.to_be_bytes())
    }

    /// Tells whether two passwords are the same, to whoever holds the installation's secret alone.
    pub(crate) fn link_password_fingerprint(&self, password: &SecretString) -> String {
        let tag = mac(&self.link_password, password.expose_secret().as_bytes());
        URL_SAFE_NO_PAD.encode(tag.finalize().into_bytes())
    }

    /// The token in an invitation's link, 256 bits: made anew from the nonce each time it is sent, and
    /// found by [`token_hash`].
    pub fn invitation_token(&self, id: InvitationId, nonce: &[u8]) -> String {
        let tag = mac(&self.invitation, id.uuid().as_bytes())
            .chain_update(nonce)
            .finalize()
            .into_bytes();
        URL_SAFE_NO_PAD.encode(tag)
    }

    /// Stands for an address or account in the table of throttles, which thus names nobody.
    pub(crate) fn throttle_key(&self, kind: &str, subject: &str) -> String {
        let tag = mac(&self.throttle, kind.as_bytes())
            .chain_update([0])
            .chain_update(subject)
            .finalize();
        format!("{kind}:{}", URL_SAFE_NO_PAD.encode(&tag.into_bytes()[..16]))
    }

    /// The keys access tokens are accepted with, newest first: this month's, which signs, and last
    /// month's, so that no token ends early when the month turns.
    pub fn access_keys(&self, now: DateTime<Utc>) -> [AccessKey; 2] {
        let (year, month) = (now.year(), now.month());
        let (last_year, last_month) = if month == 1 {
            (year - 1, 12)
        } else {
            (year, month - 1)
        };
        [
            self.access_key(year, month),
            self.access_key(last_year, last_month),
        ]
    }

    /// Encrypts a secret that has to be read again, such as what webhooks are signed with, for one row:
    /// `purpose` names what it is for (each has a key of its own), `row` is the id of the row it is kept
    /// in, so that it is worth nothing in another. XChaCha20-Poly1305; the nonce stands in front.
    pub fn seal(&self, random: &Random, purpose: &str, row: Uuid, secret: &[u8]) -> Vec<u8> {
        let nonce = random.bytes::<SEAL_NONCE_BYTES>();
        let payload = Payload {
            msg: secret,
            aad: row.as_bytes(),
        };
        let text = self
            .seal_cipher(purpose)
            .encrypt(&XNonce::from(nonce), payload)
            .expect("there is room for a secret in memory");
        [nonce.as_slice(), &text].concat()
    }

    /// What [`seal`](Self::seal) encrypted for this purpose and row. `None` for anything else, and once the
    /// installation's secret has changed.
    pub fn unseal(&self, purpose: &str, row: Uuid, sealed: &[u8]) -> Option<SecretBox<Vec<u8>>> {
        let (nonce, text) = sealed.split_first_chunk::<SEAL_NONCE_BYTES>()?;
        let payload = Payload {
            msg: text,
            aad: row.as_bytes(),
        };
        let secret = self
            .seal_cipher(purpose)
            .decrypt(&XNonce::from(*nonce), payload)
            .ok()?;
        Some(SecretBox::new(Box::new(secret)))
    }

    fn seal_cipher(&self, purpose: &str) -> XChaCha20Poly1305 {
        let key = derive(self.master.expose_secret(), &format!("sealed {purpose}"));
        XChaCha20Poly1305::new(&(*key.expose_secret()).into())
    }

    fn access_key(&self, year: i32, month: u32) -> AccessKey {
        let kid = format!("{year:04}-{month:02}");
        let bytes = derive(self.master.expose_secret(), &format!("access token {kid}"));
        AccessKey { kid, bytes }
    }
}

/// What is stored of a token: its SHA-256. Tokens are random or keyed and at least 192 bits long, so a
/// fast hash is enough.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// An id and what only this installation can make of it.
fn link_token(key: &SecretBox<[u8; 32]>, id: impl std::fmt::Display, bare: Uuid) -> String {
    let tag = mac(key, bare.as_bytes()).finalize().into_bytes();
    format!("{id}.{}", URL_SAFE_NO_PAD.encode(tag))
}

/// The id in a token, if the rest was made from it here.
fn read_link_token<I: FromStr + Into<Uuid> + Copy>(key: &SecretBox<[u8; 32]>, token: &str) -> Option<I> {
    let (id, tag) = token.split_once('.')?;
    let id: I = id.parse().ok()?;
    let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
    // Compared in constant time.
    mac(key, id.into().as_bytes()).verify_slice(&tag).ok()?;
    Some(id)
}

fn decode_master(text: &str) -> Option<Vec<u8>> {
    let hex = || -> Option<Vec<u8>> {
        let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect();
        let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
        Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
    };
    let base64 = || {
        let text = text.trim_end_matches('=');
        URL_SAFE_NO_PAD
            .decode(text)
            .or_else(|_| STANDARD.decode(pad(text)))
            .ok()
    };
    let long_enough = |bytes: &Vec<u8>| bytes.len() >= MIN_MASTER_BYTES;
    hex().filter(long_enough).or_else(|| base64().filter(long_enough))
}

fn pad(text: &str) -> String {
    format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4))
}

fn derive(master: &[u8], purpose: &str) -> SecretBox<[u8; 32]> {
    let mut key = Box::new([0; 32]);
    Hkdf::<Sha256>::new(Some(b"smartstack v1"), master)
        .expand(purpose.as_bytes(), key.as_mut())
        .expect("HKDF gives 32 bytes");
    SecretBox::new(key)
}

fn mac(key: &SecretBox<[u8; 32]>, first: &[u8]) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(key.expose_secret())
        .expect("HMAC takes any key")
        .chain_update(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(byte: u8) -> Secrets {
        Secrets::new(&format!("{byte:02x}").repeat(32).into()).unwrap()
    }

    #[test]
    fn spellings_of_one_secret_are_one_secret() {
        let bytes: Vec<u8> = (200..232).collect();
        let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        let all = [
            hex.clone(),
            hex.to_uppercase(),
            STANDARD.encode(&bytes),
            URL_SAFE_NO_PAD.encode(&bytes),
        ];
        let id = SignUpId(Uuid::from_u128(9));
        let tokens: Vec<_> = all
            .into_iter()
            .map(|text| Secrets::new(&text.into()).unwrap().sign_up_token(id))
            .collect();
        assert!(tokens.iter().all(|token| *token == tokens[0]), "{tokens:?}");
    }

    #[test]
    fn short_secrets_are_refused() {
        for weak in [
            "",
            "secret",
            &"ab".repeat(31),
            "not base64 at all, although it is quite long…",
        ] {
            assert!(
                Secrets::new(&weak.to_owned().into()).is_err(),
                "{weak:?} was taken"
            );
        }
    }

    #[test]
    fn a_sign_up_token_is_for_one_sign_up_of_one_installation() {
        let id = SignUpId(Uuid::from_u128(1));
        let token = secrets(1).sign_up_token(id);
        assert_eq!(secrets(1).read_sign_up_token(&token), Some(id));
        assert_eq!(secrets(2).read_sign_up_token(&token), None);
        let other = SignUpId(Uuid::from_u128(2)).to_string();
        let (_, tag) = token.split_once('.').unwrap();
        assert_eq!(secrets(1).read_sign_up_token(&format!("{other}.{tag}")), None);
        assert_eq!(secrets(1).read_sign_up_token(&token[..token.len() - 1]), None);
    }

    #[test]
    fn share_tokens_differ_by_link_and_nonce() {
        let (one, two) = (ShareLinkId(Uuid::from_u128(1)), ShareLinkId(Uuid::from_u128(2)));
        let secrets = secrets(1);
        let token = secrets.share_token(one, &[1; 16]);
        assert_eq!(token.len(), 32);
        assert_eq!(token, secrets.share_token(one, &[1; 16]));
        assert_ne!(token, secrets.share_token(one, &[2; 16]));
        assert_ne!(token, secrets.share_token(two, &[1; 16]));
    }

    #[test]
    fn a_pass_is_for_one_password_of_one_link_until_its_end() {
        let at = |seconds: i64| DateTime::from_timestamp(seconds, 0).unwrap();
        let (link, password) = (ShareLinkId(Uuid::from_u128(1)), Uuid::from_u128(7));
        let pass = secrets(1).share_pass(link, password, at(1_000));
        let pass = pass.expose_secret();
        let accepts = |byte, link, password, pass: &str, now| {
            secrets(byte).accepts_share_pass(link, password, pass, at(now))
        };
        assert!(accepts(1, link, password, pass, 999));
        assert!(!accepts(1, link, password, pass, 1_000));
        assert!(!accepts(2, link, password, pass, 999));
        assert!(!accepts(1, ShareLinkId(Uuid::from_u128(2)), password, pass, 999));
        assert!(!accepts(1, link, Uuid::from_u128(8), pass, 999));
        let (_, tag) = pass.split_once('.').unwrap();
        for forged in [
            "",
            ".",
            "1000",
            "1000.",
            &format!("9999.{tag}"),
            &format!("x.{tag}"),
        ] {
            assert!(!accepts(1, link, password, forged, 999), "{forged}");
        }
    }

    #[test]
    fn what_is_sealed_is_read_for_the_same_purpose_and_row_alone() {
        let (random, row, other) = (Random::seeded(1), Uuid::from_u128(1), Uuid::from_u128(2));
        let sealed = secrets(1).seal(&random, "webhook", row, b"open sesame");
        assert!(!sealed.windows(4).any(|window| window == b"open"));
        let read = |byte, purpose, row, text: &[u8]| {
            let secret = secrets(byte).unseal(purpose, row, text)?;
            Some(secret.expose_secret().clone())
        };
        assert_eq!(
            read(1, "webhook", row, &sealed).as_deref(),
            Some(b"open sesame".as_slice())
        );
        assert_eq!(read(1, "webhook", other, &sealed), None);
        assert_eq!(read(1, "second factor", row, &sealed), None);
        assert_eq!(read(2, "webhook", row, &sealed), None);
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(read(1, "webhook", row, &changed), None, "byte {place}");
            assert_eq!(read(1, "webhook", row, &sealed[..place]), None, "{place} bytes");
        }
        let again = secrets(1).seal(&random, "webhook", row, b"open sesame");
        assert_ne!(sealed, again);
    }

    #[test]
    fn last_months_key_is_still_accepted() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let secrets = secrets(1);
        let [january, december] = secrets.access_keys(at("2027-01-01T00:00:00Z"));
        let [signed, _] = secrets.access_keys(at("2026-12-31T23:59:59Z"));
        assert_eq!(
            (january.kid.as_str(), december.kid.as_str()),
            ("2027-01", "2026-12")
        );
        assert_eq!(december.bytes.expose_secret(), signed.bytes.expose_secret());
        assert_ne!(january.bytes.expose_secret(), signed.bytes.expose_secret());
    }
}
