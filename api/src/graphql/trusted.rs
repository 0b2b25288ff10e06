//! The app's own documents, known from the start: the app sends their hashes alone.
//!
//! `schema/documents.json` is made of the app's code by `cargo xtask gen`. `schema/published-documents.json` is what it
//! was when the release before was published: a tab that was left open over an update goes on. Who runs an app older
//! than that is told that the document is not known, and asked to reload.

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    sync::Arc,
};

use async_graphql::parser::parse_query;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::documents::{Hash, Known};

const LIST: &str = include_str!("../../../schema/documents.json");
const PUBLISHED: &str = include_str!("../../../schema/published-documents.json");

/// A document of the app.
#[derive(Debug, Deserialize)]
pub struct Trusted {
    /// SHA-256 of its text, in hexadecimal digits: what the app sends.
    pub sha256: String,
    /// Its text.
    pub document: String,
}

/// All of this release, by the place in the app's code that sends them.
///
/// # Errors
/// The list that was compiled in is not of its form.
pub fn list() -> Result<BTreeMap<String, Trusted>, serde_json::Error> {
    serde_json::from_str(LIST)
}

/// Those of the release before.
///
/// # Errors
/// As [`list`].
pub fn published() -> Result<BTreeMap<String, Trusted>, serde_json::Error> {
    serde_json::from_str(PUBLISHED)
}

/// All of them as they are looked up.
pub(super) fn known() -> HashMap<Hash, Arc<Known>> {
    let mut known = HashMap::new();
    for list in [list(), published()] {
        let list = list.unwrap_or_else(|error| {
            tracing::error!(%error, "the list of the app's documents cannot be read");
            BTreeMap::new()
        });
        for trusted in list.into_values() {
            let hash = Hash::from(Sha256::digest(&trusted.document));
            // Most of a release's documents are those of the one before: each is read once.
            if let Entry::Vacant(place) = known.entry(hash)
                && let Ok(document) = parse_query(&trusted.document)
            {
                place.insert(Arc::new(Known::trusted(document)));
            }
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::super::{limits::CostModel, sdl};
    use super::*;

    #[test]
    fn every_hash_is_that_of_its_document_and_none_is_over_a_limit() {
        let model = CostModel::from_sdl(&sdl());
        let (now, before) = (list().expect("a list"), published().expect("a list"));
        for (name, trusted) in now.iter().chain(&before) {
            let mut hash = String::new();
            for byte in Sha256::digest(&trusted.document) {
                let _ = write!(hash, "{byte:02x}");
            }
            assert_eq!(trusted.sha256, hash, "{name}");
            let document = parse_query(&trusted.document).expect(name);
            let counted = model.check(&document, &async_graphql::Variables::default());
            assert!(counted.is_ok(), "{name}: {counted:?}");
        }
        let all = now.values().chain(before.values());
        let texts: std::collections::BTreeSet<&str> = all.map(|trusted| trusted.document.as_str()).collect();
        assert_eq!(known().len(), texts.len());
        assert!(known().len() > 100, "the app asks for more than this");
    }
}
