//! The random passwords of one data folder, made once.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// `secrets.json` in the data folder, readable by its owner alone.
#[derive(Deserialize, Serialize)]
pub(crate) struct Secrets {
    /// PostgreSQL's superuser.
    pub(crate) postgres: String,
    /// The role of the API.
    pub(crate) api: String,
    /// The role of the worker.
    pub(crate) worker: String,
    /// The person of the demo workspace.
    pub(crate) demo: String,
    /// `SMARTSTACK_SECRET`, from which every other key is derived.
    pub(crate) secret: String,
    /// Where the database cluster is: usually in the data folder.
    pub(crate) cluster: PathBuf,
}

impl Secrets {
    /// Reads the secrets of a data folder, or makes them.
    pub(crate) fn load_or_create(data: &Path) -> Result<Self> {
        let file = data.join("secrets.json");
        if let Ok(text) = std::fs::read(&file) {
            return serde_json::from_slice(&text).with_context(|| format!("cannot read {}", file.display()));
        }
        let secrets = Self {
            postgres: random(32)?,
            api: random(32)?,
            worker: random(32)?,
            demo: random(16)?,
            // 64 hex digits: 32 bytes.
            secret: hex(&bytes::<32>()?),
            cluster: crate::postgres::place(data)?,
        };
        super::write_whole(&file, &serde_json::to_vec_pretty(&secrets)?)?;
        Ok(secrets)
    }
}

/// `length` random letters and digits (5 bits each) that are easy to tell apart and need no escaping.
pub(crate) fn random(length: usize) -> Result<String> {
    // Crockford's base 32, in lower case: 256 is a multiple of 32, so no letter is likelier.
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut buffer = vec![0_u8; length];
    getrandom::fill(&mut buffer).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(buffer
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect())
}

fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut buffer = [0; N];
    getrandom::fill(&mut buffer).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(buffer)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn secrets_are_made_once_and_readable_by_their_owner_alone() {
        let data = tempfile::tempdir().expect("a folder");
        let first = Secrets::load_or_create(data.path()).expect("made");
        let second = Secrets::load_or_create(data.path()).expect("read");
        assert_eq!((&first.secret, &first.demo), (&second.secret, &second.demo));
        assert_eq!(first.secret.len(), 64);
        let mode = std::fs::metadata(data.path().join("secrets.json"))
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn random_words_differ_and_need_no_escaping() {
        let (one, other) = (random(24).expect("random"), random(24).expect("random"));
        assert_ne!(one, other);
        assert!(one.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
    }
}
