//! A whole workspace as one file, and back: a ZIP file with a file of JSON Lines for each kind of thing, the
//! uploaded files, every version of every row, and a manifest with the version of the form and a hash of each
//! entry.
//!
//! `noun` says what comes along and what does not, `write` takes it along, `read` checks what somebody brings,
//! `import` brings it in. See decision 75 and the guide on export and import.

mod blobs;
mod columns;
mod import;
pub mod manifest;
pub mod noun;
mod pack;
mod people;
mod read;
mod rows;
mod write;

pub use self::{
    import::{ImportMode, Imported, import},
    people::ImportedPerson,
    read::{Archive, IMPORT_MAX_BYTES},
    write::{ExportStream, export},
};
