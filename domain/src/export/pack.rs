//! A ZIP file that is made while it is sent: what is written to it comes out as bytes to send, and each
//! entry's size and hash are known once it is written.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions, write::StreamWriter};

use super::manifest::Entry;

/// Gathers what the ZIP writer puts out.
#[derive(Clone, Default)]
struct Out(Arc<Mutex<Vec<u8>>>);

impl Out {
    fn with<T>(&self, work: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.with(|out| out.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A ZIP file in the making.
pub(super) struct Pack {
    zip: ZipWriter<StreamWriter<Out>>,
    out: Out,
    open: Option<(String, Sha256, u64)>,
}

impl Pack {
    pub(super) fn new() -> Self {
        let out = Out::default();
        Self {
            zip: ZipWriter::new_stream(out.clone()),
            out,
            open: None,
        }
    }

    /// Begins an entry. `is_large` makes room for more than 4 GiB.
    pub(super) fn begin(&mut self, path: &str, is_large: bool) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .large_file(is_large);
        self.zip.start_file(path, options)?;
        self.open = Some((path.to_owned(), Sha256::new(), 0));
        Ok(())
    }

    /// Writes to the entry that was begun.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.zip.write_all(bytes)?;
        if let Some((_, hash, size)) = &mut self.open {
            hash.update(bytes);
            *size += bytes.len() as u64;
        }
        Ok(())
    }

    /// Ends the entry that was begun, and says what it holds.
    pub(super) fn end(&mut self) -> io::Result<Entry> {
        let (path, hash, bytes) = self
            .open
            .take()
            .ok_or_else(|| io::Error::other("no entry was begun"))?;
        Ok(Entry {
            path,
            bytes,
            sha256: hex(&hash.finalize()),
            rows: None,
            columns: Vec::new(),
        })
    }

    /// What is to be sent, if it is `least` bytes or more.
    pub(super) fn take(&self, least: usize) -> Option<Vec<u8>> {
        self.out
            .with(|out| (out.len() >= least).then(|| std::mem::take(out)))
    }

    /// Writes the list of entries, and gives what is left to be sent.
    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        self.zip.finish()?;
        Ok(self.out.with(std::mem::take))
    }
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
