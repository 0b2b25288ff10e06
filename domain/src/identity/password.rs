//! Passwords: argon2id, off the async threads, and only so many at once.

use std::sync::Arc;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use smartstack_schema::UserErrorCode;
use tokio::sync::{OnceCell, Semaphore};
use unicode_segmentation::UnicodeSegmentation;

use crate::clock::Random;
use crate::error::{DomainError, FieldError, StoreError};

/// OWASP's password storage cheat sheet: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Fewest characters of a password (ASVS 5.0, 6.2.1 asks for 8 or more).
pub const MIN_LENGTH: usize = 10;
/// Most bytes of a password; far above the 64 characters that must be possible (ASVS 5.0, 6.2.9).
pub const MAX_BYTES: usize = 1024;

/// Fewest characters of a shared link's password (ASVS 5.0, 6.2.1). It is told to a client by telephone,
/// stands behind a token that nobody guesses, and guesses are counted.
pub const LINK_MIN_LENGTH: usize = 8;

/// Checks a new password. No rule of composition: length is what counts.
pub(super) fn check_new(password: &SecretString, email: &str) -> Option<FieldError> {
    check(password, MIN_LENGTH, email)
}

/// Checks a new password of a shared link.
pub(super) fn check_link(password: &SecretString) -> Option<FieldError> {
    check(password, LINK_MIN_LENGTH, "")
}

fn check(password: &SecretString, min_length: usize, email: &str) -> Option<FieldError> {
    let text = password.expose_secret();
    let refuse = |code, message: &str| Some(FieldError::new(code, "password", message));
    if text.graphemes(true).count() < min_length {
        let message = format!("Use at least {min_length} characters; several words make a good password.");
        return refuse(UserErrorCode::TooShort, &message);
    }
    if text.len() > MAX_BYTES {
        return refuse(UserErrorCode::TooLong, "Use at most 1024 bytes.");
    }
    let first = text.chars().next();
    if text.chars().all(|c| Some(c) == first) || text.eq_ignore_ascii_case(email) {
        return refuse(
            UserErrorCode::Invalid,
            "This password is too easy to guess; choose another.",
        );
    }
    None
}

/// Hashes and verifies.
#[derive(Clone)]
pub(super) struct Passwords {
    random: Random,
    /// A hash costs 19 MiB and some 20 ms of a processor: more at once than processors only fill memory.
    permits: Arc<Semaphore>,
    dummy: Arc<OnceCell<String>>,
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("parameters within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

impl Passwords {
    pub(super) fn new(random: Random) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            random,
            permits: Arc::new(Semaphore::new(processors)),
            dummy: Arc::default(),
        }
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, DomainError> {
        let permit = self
            .permits
            .clone()
            .acquire_owned()
            .await
            .map_err(StoreError::fault)?;
        let done = tokio::task::spawn_blocking(move || {
            let outcome = work();
            // Held until the work is over, also when the caller has gone away.
            drop(permit);
            outcome
        });
        Ok(done.await.map_err(StoreError::fault)??)
    }

    pub(super) async fn hash(&self, password: SecretString) -> Result<String, DomainError> {
        let salt: [u8; 16] = self.random.bytes();
        self.off_thread(move || {
            let salt = SaltString::encode_b64(&salt).map_err(fault)?;
            let hash = argon2()
                .hash_password(password.expose_secret().as_bytes(), &salt)
                .map_err(fault)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether `password` is the one `hash` was made from. Without a hash (nobody has that address) it
    /// takes as long and says no.
    pub(super) async fn verify(
        &self,
        password: SecretString,
        hash: Option<String>,
    ) -> Result<bool, DomainError> {
        // An account without a password takes as long as any, or its answer would tell that it has none.
        let hash = hash.filter(|hash| PasswordHash::new(hash).is_ok());
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash,
            None => self
                .dummy
                .get_or_try_init(|| self.hash("nobody's password".into()))
                .await?
                .clone(),
        };
        let matches = self.off_thread(move || {
            let hash = PasswordHash::new(&hash).map_err(fault)?;
            Ok(argon2()
                .verify_password(password.expose_secret().as_bytes(), &hash)
                .is_ok())
        });
        Ok(matches.await? && known)
    }
}

/// Whether a hash was made with other parameters than today's.
pub(super) fn is_outdated(hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else {
        return true;
    };
    let today =
        |params: Params| (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES);
    hash.algorithm != argon2::ARGON2ID_IDENT || !Params::try_from(&hash).is_ok_and(today)
}

fn fault(error: argon2::password_hash::Error) -> StoreError {
    StoreError::fault(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn verifies_what_it_hashed_and_nothing_else() {
        let passwords = Passwords::new(Random::seeded(1));
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(!is_outdated(&hash));
        assert!(
            passwords
                .verify("correct horse".into(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("correct house".into(), Some(hash))
                .await
                .unwrap()
        );
        assert!(!passwords.verify("nobody's password".into(), None).await.unwrap());
        assert!(!passwords.verify("!".into(), Some("!".to_owned())).await.unwrap());
    }

    #[test]
    fn weaker_parameters_are_outdated() {
        let weak = "$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b4dWRWJTmaaJObG";
        assert!(is_outdated(weak));
        assert!(is_outdated("!"));
    }

    #[test]
    fn new_passwords_have_length() {
        let check = |text: &str| check_new(&text.to_owned().into(), "ada@example.com").map(|e| e.code);
        assert_eq!(check("ninechars"), Some(UserErrorCode::TooShort));
        assert_eq!(check("ten chars!"), None);
        assert_eq!(check("👩‍👩‍👧‍👧👩‍👩‍👧‍👧"), Some(UserErrorCode::TooShort));
        assert_eq!(check("aaaaaaaaaaaa"), Some(UserErrorCode::Invalid));
        assert_eq!(check("ADA@example.com"), Some(UserErrorCode::Invalid));
        assert_eq!(check(&"ab".repeat(513)), Some(UserErrorCode::TooLong));
    }
}
