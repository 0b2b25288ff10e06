//! The documents of the app. Their texts are put together by the app's own code, out of the types of its queries:
//! a test of each document hands its text over.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::project::Project;
use crate::shell;

/// Tells the tests of the app where to put the texts.
const FOLDER: &str = "SMARTSTACK_DOCUMENTS";

/// Every document by the place that sends it, with its hash.
pub(super) fn list(project: &Project) -> Result<String> {
    let folder = project.target.join("documents");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    shell::capture(
        shell::cargo()
            .current_dir(&project.root)
            .args([
                "test",
                "--locked",
                "--quiet",
                "--package",
                "smartstack-web",
                "documents::",
            ])
            .env(FOLDER, &folder),
    )
    .context("the app's documents cannot be put together")?;
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(&folder)? {
        let file = entry?.path();
        let name = file
            .file_name()
            .context("a file has a name")?
            .to_string_lossy()
            .into_owned();
        texts.insert(name, fs::read_to_string(&file)?);
    }
    if texts.is_empty() {
        bail!("no test of the app handed a document over");
    }
    Ok(written(&texts))
}

/// As it is committed: JSON with a document on each line, the way the app's `build.rs` reads it.
fn written(texts: &BTreeMap<String, String>) -> String {
    let lines: Vec<String> = texts
        .iter()
        .map(|(name, text)| {
            let hash: String = Sha256::digest(text)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            format!(
                "  {}: {{ \"sha256\": \"{hash}\", \"document\": {} }}",
                json!(name),
                json!(text)
            )
        })
        .collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_json_with_a_document_on_each_line() {
        let texts = [("a::B", "query { a(b: \"c\")\n}"), ("a::C", "query { d }")];
        let texts = texts.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let list = written(&texts.into_iter().collect());
        assert_eq!(list.lines().count(), 4);
        let list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
        assert_eq!(list["a::B"]["document"], "query { a(b: \"c\")\n}");
        // `printf 'query { d }' | sha256sum`
        let hash = "8ceb2b79a7958d888e82588bc2a93ec9f78720dec54703f99f0647d62f7b3b93";
        assert_eq!(list["a::C"]["sha256"], hash);
    }
}
