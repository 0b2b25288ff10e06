//! What an export says about itself: `manifest.json`, its last entry.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use smartstack_schema::{MemberRole, WorkspaceId};

/// Names the form of the file.
pub const FORMAT: &str = "smartstack.workspace";
/// The form that is written, and the newest that is read.
pub const VERSION: u32 = 1;

/// `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`]. A newer one is not read; an older one is, for as long as this line says so.
    pub version: u32,
    /// When the picture was taken.
    pub exported_at: DateTime<Utc>,
    /// The workspace it was taken of.
    pub workspace: Source,
    /// Every other entry, in the order of the file.
    pub entries: Vec<Entry>,
}

/// The workspace an export was taken of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its id, where it was.
    pub id: WorkspaceId,
    /// What it was called.
    pub name: String,
}

/// One entry of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name in the ZIP file: `data/<noun>.jsonl`, or `files/<id of the document>`.
    pub path: String,
    /// Its size, unpacked.
    pub bytes: u64,
    /// SHA-256 of what it holds, in hexadecimal digits.
    pub sha256: String,
    /// Lines of a noun's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// What each line of a noun's file holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
}

/// The only line of `data/workspace.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WorkspaceLine {
    pub(super) name: String,
    pub(super) hue: String,
}

/// A line of `data/people.jsonl`: who belonged to the workspace. Nobody is brought in by it; it says who the
/// ids in other files are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PersonLine {
    pub(super) id: uuid::Uuid,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) role: MemberRole,
}

/// `manifest.json`.
pub(super) const MANIFEST: &str = "manifest.json";
/// The workspace's own line.
pub(super) const WORKSPACE: &str = "data/workspace.jsonl";
/// Who belongs to it.
pub(super) const PEOPLE: &str = "data/people.jsonl";
/// In front of the names of files.
pub(super) const FILES: &str = "files/";

/// The name of a noun's entry.
pub(super) fn path(noun: &str) -> String {
    ["data/", noun, ".jsonl"].concat()
}
