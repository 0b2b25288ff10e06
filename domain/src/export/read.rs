//! Reading an export that somebody brings: nothing of it is believed before it is checked, and nothing of it
//! becomes a path, a key or a name of ours. It is a file of our own meanwhile, so that what was checked is what
//! is read afterwards.

use std::{
    collections::HashSet,
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use sha2::{Digest, Sha256};
use smartstack_schema::UserErrorCode;
use uuid::Uuid;
use zip::ZipArchive;

use super::{
    manifest::{Entry, FILES, FORMAT, MANIFEST, Manifest, PEOPLE, VERSION, WORKSPACE, path},
    noun::NOUNS,
    pack::hex,
};
use crate::{
    blob::FILE_MAX_BYTES,
    document::{FILES_BYTES_MAX, FILES_MAX},
    error::{DomainError, FieldError},
    store,
};

/// The largest export that is taken, packed: what a workspace may keep in files, and 1 GiB of all else.
pub const IMPORT_MAX_BYTES: u64 = 3 * 1024 * 1024 * 1024;
/// Most bytes of all nouns' files together, unpacked: 1 GiB.
const DATA_MAX_BYTES: u64 = 1024 * 1024 * 1024;
/// Most lines of all nouns' files together.
const ROWS_MAX: u64 = 1_000_000;
/// Longest line: a document's 200 000 characters, each of them escaped, and room for the rest.
const LINE_MAX_BYTES: u64 = 3 * 1024 * 1024;
/// Longest manifest: some 200 bytes for each of its entries.
const MANIFEST_MAX_BYTES: u64 = 4 * 1024 * 1024;
/// Most entries of the ZIP file: the files, the nouns, the workspace, its people and the manifest.
const ENTRIES_MAX: u64 = FILES_MAX as u64 + NOUNS.len() as u64 + 3;
/// Longest list of entries at the end of the ZIP file; without a limit a small file could ask for much memory.
const DIRECTORY_MAX_BYTES: u64 = 2 * 1024 * 1024;
/// Most bytes that are read to open it: several times the longest list of entries. Whatever the file says of
/// itself, the list in memory is no longer than what was read.
const OPENING_MAX_BYTES: u64 = 8 * 1024 * 1024;
/// Bytes read at a time.
const PIECE: usize = 64 * 1024;

/// An export that was checked.
pub struct Archive {
    zip: ZipArchive<Guarded>,
    /// What it says about itself, and what was found to be so.
    pub manifest: Manifest,
    /// SHA-256 of the manifest, which holds the hashes of all else: names this very content.
    pub sha256: String,
}

/// The file, of which only so much is read.
struct Guarded {
    file: BufReader<File>,
    left: Arc<AtomicU64>,
}

impl Read for Guarded {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(bytes)?;
        let left = self.left.load(Ordering::Relaxed);
        if left < u64::MAX {
            let rest = left.checked_sub(read as u64);
            let rest = rest.ok_or_else(|| io::Error::other("its list of entries is too long"))?;
            self.left.store(rest, Ordering::Relaxed);
        }
        Ok(read)
    }
}

impl Seek for Guarded {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Why an export is not taken, said to a person.
pub(super) fn refuse(message: impl Into<String>) -> DomainError {
    FieldError::new(UserErrorCode::Invalid, "file", message).into()
}

const NO_ZIP: &str = "This is no whole ZIP file. Choose a file that was made by “Export”, and check that its download \
     was not cut short.";

impl Archive {
    /// Opens an export and checks all of it: form, version, names, sizes and hashes. Takes as long as reading
    /// it; run it where blocking is allowed.
    ///
    /// # Errors
    /// [`DomainError::Validation`] of the field `file`: what is wrong with it.
    pub fn open(mut file: File) -> Result<Self, DomainError> {
        check_end(&mut file)?;
        let guard = Arc::new(AtomicU64::new(OPENING_MAX_BYTES));
        let guarded = Guarded {
            file: BufReader::new(file),
            left: Arc::clone(&guard),
        };
        let zip = ZipArchive::new(guarded).map_err(|_| refuse(NO_ZIP))?;
        guard.store(u64::MAX, Ordering::Relaxed);
        let mut archive = Self {
            zip,
            manifest: Manifest {
                format: String::new(),
                version: 0,
                exported_at: chrono::DateTime::UNIX_EPOCH,
                workspace: super::manifest::Source {
                    id: Uuid::nil().into(),
                    name: String::new(),
                },
                entries: Vec::new(),
            },
            sha256: String::new(),
        };
        let text = archive.bytes(MANIFEST, MANIFEST_MAX_BYTES).map_err(|_| {
            refuse("There is no manifest.json in this ZIP file, so it is no export of a workspace.")
        })?;
        archive.manifest = parse(&text)?;
        archive.sha256 = hex(&Sha256::digest(&text));
        archive.check_names()?;
        for entry in archive.manifest.entries.clone() {
            archive.check_entry(&entry)?;
        }
        Ok(archive)
    }

    /// The lines of an entry, one after the other.
    pub(super) fn each_line(
        &mut self,
        path: &str,
        mut work: impl FnMut(Vec<u8>) -> Result<(), DomainError>,
    ) -> Result<(), DomainError> {
        let entry = self.zip.by_name(path).map_err(|_| missing(path))?;
        let mut reader = BufReader::with_capacity(PIECE, entry);
        loop {
            let mut line = Vec::new();
            let read = (&mut reader).take(LINE_MAX_BYTES).read_until(b'\n', &mut line);
            if read.map_err(|_| broken(path))? == 0 {
                return Ok(());
            }
            if line.last() == Some(&b'\n') {
                line.pop();
            }
            work(line)?;
        }
    }

    /// All of a file.
    pub(super) fn file(&mut self, path: &str) -> Result<Vec<u8>, DomainError> {
        self.bytes(path, FILE_MAX_BYTES as u64)
    }

    /// The entry of this name.
    pub(super) fn entry(&self, path: &str) -> Option<&Entry> {
        self.manifest.entries.iter().find(|entry| entry.path == path)
    }

    fn bytes(&mut self, path: &str, most: u64) -> Result<Vec<u8>, DomainError> {
        let entry = self.zip.by_name(path).map_err(|_| missing(path))?;
        let mut bytes = Vec::new();
        let read = entry.take(most + 1).read_to_end(&mut bytes);
        read.map_err(|_| broken(path))?;
        if bytes.len() as u64 > most {
            return Err(refuse(format!("{path} is larger than it may be.")));
        }
        Ok(bytes)
    }

    /// Every entry is one of ours, and every one that is named is there. No name is ever used as a path.
    fn check_names(&self) -> Result<(), DomainError> {
        let mut named = HashSet::from([MANIFEST]);
        let (mut rows, mut data, mut files, mut file_bytes) = (0_u64, 0_u64, 0_u64, 0_u64);
        let nouns: Vec<String> = NOUNS.iter().map(|noun| path(noun.name)).collect();
        for entry in &self.manifest.entries {
            if !named.insert(&entry.path) {
                return Err(refuse(format!(
                    "The manifest names {} twice.",
                    shown(&entry.path)
                )));
            }
            match entry.path.strip_prefix(FILES) {
                Some(id) if Uuid::parse_str(id).is_ok_and(|parsed| parsed.to_string() == id) => {
                    files = files.saturating_add(1);
                    file_bytes = file_bytes.saturating_add(entry.bytes);
                    if entry.bytes > FILE_MAX_BYTES as u64 {
                        return Err(refuse("A file in it is larger than the 10 MiB a file may have."));
                    }
                }
                None if nouns.contains(&entry.path) || entry.path == PEOPLE || entry.path == WORKSPACE => {
                    data = data.saturating_add(entry.bytes);
                    rows = rows.saturating_add(entry.rows.unwrap_or_default());
                }
                _ => {
                    let name = shown(&entry.path);
                    return Err(refuse(format!("The manifest names {name}, which no export has.")));
                }
            }
        }
        if data > DATA_MAX_BYTES || rows > ROWS_MAX {
            return Err(refuse(
                "It holds more than can be brought in: a million rows, 1 GiB without files.",
            ));
        }
        if files > FILES_MAX as u64 || file_bytes > FILES_BYTES_MAX as u64 {
            return Err(refuse(
                "It holds more files than a workspace may keep: 5 000, and 2 GiB together.",
            ));
        }
        for path in nouns.iter().map(String::as_str).chain([PEOPLE, WORKSPACE]) {
            if !named.contains(path) {
                return Err(missing(path));
            }
        }
        for name in self.zip.file_names_raw() {
            let known = std::str::from_utf8(name).is_ok_and(|name| named.contains(name));
            if !known {
                let name = shown(&String::from_utf8_lossy(name));
                return Err(refuse(format!(
                    "It holds {name}, which its manifest does not name."
                )));
            }
        }
        Ok(())
    }

    /// An entry is as large as it says, holds what it says, and its lines are lines.
    fn check_entry(&mut self, entry: &Entry) -> Result<(), DomainError> {
        let name = &entry.path;
        let mut reader = self.zip.by_name(name).map_err(|_| missing(name))?;
        let mut hash = Sha256::new();
        let mut piece = vec![0; PIECE];
        let (mut bytes, mut lines, mut line) = (0_u64, 0_u64, 0_u64);
        loop {
            let read = reader.read(&mut piece).map_err(|_| broken(name))?;
            let Some(part) = piece.get(..read).filter(|part| !part.is_empty()) else {
                break;
            };
            bytes += read as u64;
            // What unpacks to more than it says is not unpacked any further.
            if bytes > entry.bytes {
                return Err(broken(name));
            }
            hash.update(part);
            if entry.rows.is_some() {
                for byte in part {
                    line += 1;
                    if *byte == b'\n' {
                        (lines, line) = (lines + 1, 0);
                    }
                    if line >= LINE_MAX_BYTES {
                        return Err(refuse(format!("Line {} of {name} is too long.", lines + 1)));
                    }
                }
            }
        }
        let is_whole = entry.rows.is_none_or(|rows| rows == lines && line == 0);
        let is_data = entry.path.starts_with(FILES) || entry.rows.is_some();
        if bytes == entry.bytes && is_whole && is_data && hex(&hash.finalize()) == entry.sha256 {
            Ok(())
        } else {
            Err(broken(name))
        }
    }
}

fn missing(path: &str) -> DomainError {
    let path = shown(path);
    refuse(format!(
        "{path} is missing from it. Choose a file as “Export” made it."
    ))
}

fn broken(path: &str) -> DomainError {
    let path = shown(path);
    refuse(format!(
        "{path} is not what the manifest says: it was damaged or changed since the export. Export again, or choose \
         another copy."
    ))
}

/// A name that came from outside, short enough to be said.
fn shown(name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    format!("“{name}”")
}

fn parse(text: &[u8]) -> Result<Manifest, DomainError> {
    #[derive(serde::Deserialize)]
    struct Head {
        format: String,
        version: u32,
    }
    let no_manifest = || refuse("Its manifest.json is not one of an exported workspace.");
    let head: Head = serde_json::from_slice(text).map_err(|_| no_manifest())?;
    if head.format != FORMAT {
        return Err(no_manifest());
    }
    if head.version > VERSION || head.version == 0 {
        return Err(refuse(format!(
            "It was made by a newer SmartStack: version {} of the form, and this one reads up to {VERSION}. Update \
             this installation first.",
            head.version
        )));
    }
    serde_json::from_slice(text).map_err(|_| no_manifest())
}

/// Looks at the record at the end of a ZIP file (APPNOTE 6.3.10, 4.3.16) before anything believes it: how many
/// entries there are, and how long their list is. An export has no comment, so the record is the last thing.
fn check_end(file: &mut File) -> Result<(), DomainError> {
    const RECORD: u64 = 22;
    const LOCATOR: u64 = 20;
    let size = file.seek(SeekFrom::End(0)).map_err(store::fault)?;
    let mut read = |at: u64, record: &mut [u8]| {
        file.seek(SeekFrom::Start(at)).map_err(|_| refuse(NO_ZIP))?;
        file.read_exact(record).map_err(|_| refuse(NO_ZIP))
    };
    let end = size.checked_sub(RECORD).ok_or_else(|| refuse(NO_ZIP))?;
    let mut record = [0; RECORD as usize];
    read(end, &mut record)?;
    if !record.starts_with(b"PK\x05\x06") {
        return Err(refuse(NO_ZIP));
    }
    let mut entries = little(&record, 10, 2);
    let mut directory = little(&record, 12, 4);
    if let Some(at) = end.checked_sub(LOCATOR) {
        let mut locator = [0; LOCATOR as usize];
        read(at, &mut locator)?;
        // ZIP64: the true figures stand elsewhere.
        if locator.starts_with(b"PK\x06\x07") {
            let mut record = [0; 56];
            read(little(&locator, 8, 8), &mut record)?;
            if !record.starts_with(b"PK\x06\x06") {
                return Err(refuse(NO_ZIP));
            }
            (entries, directory) = (little(&record, 32, 8), little(&record, 40, 8));
        }
    }
    if entries > ENTRIES_MAX || directory > DIRECTORY_MAX_BYTES {
        return Err(refuse(format!(
            "It has more entries than an export can have: {ENTRIES_MAX} at most."
        )));
    }
    Ok(())
}

/// A number of `length` bytes, the lowest first.
fn little(bytes: &[u8], at: usize, length: usize) -> u64 {
    let digits = bytes.get(at..at + length).unwrap_or_default();
    digits
        .iter()
        .rev()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
