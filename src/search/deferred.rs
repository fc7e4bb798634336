//! Small files of an index, synced together.
//!
//! tantivy syncs each file when it ends it, one after the other; a commit of one row ends six, and each
//! waits for the disk. The files need to be durable only before `meta.json` names them. So small ones are
//! remembered, and [`Deferred::sync`], which runs before any `meta.json` is written, syncs them side by
//! side. Large ones are synced when they end, so that the disk works while the processor does.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tantivy::directory::error::OpenWriteError;
use tantivy::directory::{AntiCallToken, TerminatingWrite, WritePtr};

use crate::domain::limits::{SYNC_AT_ONCE_BYTES, SYNC_THREADS};

/// Files that are written and not yet synced.
#[derive(Debug, Clone, Default)]
pub(in crate::search) struct Deferred {
    waiting: Arc<Mutex<Vec<PathBuf>>>,
}

struct Writing {
    file: File,
    path: PathBuf,
    bytes: u64,
    deferred: Deferred,
}

impl Deferred {
    /// A new file at `path`, called `name` in errors.
    pub(in crate::search) fn open_write(&self, path: &Path, name: &Path) -> Result<WritePtr, OpenWriteError> {
        let file = OpenOptions::new().write(true).create_new(true).open(path);
        let file = file.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => OpenWriteError::FileAlreadyExists(name.to_owned()),
            _ => OpenWriteError::wrap_io_error(error, name.to_owned()),
        })?;
        let writing = Writing { file, path: path.to_owned(), bytes: 0, deferred: self.clone() };
        Ok(BufWriter::new(Box::new(writing)))
    }

    /// Makes every file that ended before durable. Whoever comes meanwhile waits for the same.
    pub(in crate::search) fn sync(&self) -> io::Result<()> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for group in waiting.chunks(SYNC_THREADS) {
            thread::scope(|threads| {
                let syncing: Vec<_> = group.iter().map(|path| threads.spawn(|| sync_file(path))).collect();
                let stopped = || Err(io::Error::other("a thread that syncs a file stopped"));
                let synced = syncing.into_iter().map(|thread| thread.join().unwrap_or_else(|_| stopped()));
                synced.fold(Ok(()), io::Result::and)
            })?;
        }
        waiting.clear();
        Ok(())
    }
}

/// A file that was removed before a `meta.json` named it need not be durable.
fn sync_file(path: &Path) -> io::Result<()> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        file => file?.sync_data(),
    }
}

impl Write for Writing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl TerminatingWrite for Writing {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        if self.bytes >= SYNC_AT_ONCE_BYTES {
            return self.file.sync_data();
        }
        let mut waiting = self.deferred.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push(std::mem::take(&mut self.path));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_files_wait_for_a_sync_and_large_ones_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let deferred = Deferred::default();
        let write = |name: &str, bytes: u64| {
            let path = folder.path().join(name);
            let mut file = deferred.open_write(&path, Path::new(name)).unwrap();
            file.write_all(&vec![7; usize::try_from(bytes).unwrap()]).unwrap();
            file.terminate().unwrap();
            assert_eq!(std::fs::metadata(path).unwrap().len(), bytes);
        };
        let waiting = || deferred.waiting.lock().unwrap().len();
        write("large", SYNC_AT_ONCE_BYTES);
        assert_eq!(waiting(), 0);
        (0..20).for_each(|number| write(&number.to_string(), 10));
        assert_eq!(waiting(), 20);
        std::fs::remove_file(folder.path().join("3")).unwrap();
        deferred.sync().unwrap();
        assert_eq!(waiting(), 0);
        let again = deferred.open_write(&folder.path().join("large"), Path::new("large"));
        assert!(matches!(again.err(), Some(OpenWriteError::FileAlreadyExists(_))));
    }
}
