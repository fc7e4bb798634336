//! One writer: the lock on a store, and who holds it.
//!
//! The lock is the operating system's on the file `lock`, so that it ends with its process however that
//! ends. The file's text tells a second writer whom to talk to.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::limits;
use crate::store::StoreError;
use crate::store::home::Home;

/// Who writes to the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Process id.
    pub process: u32,
    /// Address of its HTTP API, if it serves one.
    pub address: Option<String>,
}

/// The held lock; released when dropped.
#[derive(Debug)]
pub struct WriterLock {
    file: File,
}

impl WriterLock {
    /// Takes the lock.
    ///
    /// # Errors
    /// [`StoreError::Locked`], naming the holder, when another process has it.
    pub fn take(home: &Home) -> Result<Self, StoreError> {
        let path = home.path_of("lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(StoreError::io("cannot open", &path))?;
        match try_lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked { by: holder_text(&mut file) }),
            Err(TryLockError::Error(error)) => return Err(StoreError::io("cannot lock", &path)(error)),
        }
        let mut lock = Self { file };
        lock.tell(None)?;
        Ok(lock)
    }

    /// Tells later writers at which address this process takes records.
    ///
    /// # Errors
    /// The lock file cannot be written.
    pub fn tell(&mut self, address: Option<String>) -> Result<(), StoreError> {
        let holder = Holder { process: std::process::id(), address };
        let text = serde_json::to_vec(&holder).unwrap_or_default();
        let written = self.file.set_len(0).and_then(|()| self.file.rewind());
        written.and_then(|()| self.file.write_all(&text)).map_err(StoreError::io("cannot write", "lock"))
    }
}

/// A process that is just being begun holds a copy of every open file until its own program runs, so that
/// a lock let go of an instant ago can seem held.
fn try_lock(file: &File) -> Result<(), TryLockError> {
    for _ in 0..limits::LOCK_TRIES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                thread::sleep(Duration::from_millis(limits::LOCK_PAUSE_MILLISECONDS))
            }
            answered => return answered,
        }
    }
    file.try_lock()
}

fn holder_text(file: &mut File) -> String {
    let mut text = String::new();
    let _ = file.read_to_string(&mut text);
    match serde_json::from_str::<Holder>(&text) {
        Ok(Holder { process, address: Some(address) }) => {
            format!(" (process {process}; POST {address}/api/v1/ingest/DATASET)")
        }
        Ok(Holder { process, address: None }) => format!(" (process {process})"),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_writer_is_refused_and_told_whom_to_ask() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().to_str().unwrap()).unwrap();
        let mut first = WriterLock::take(&home).unwrap();
        first.tell(Some("http://127.0.0.1:8080".to_owned())).unwrap();
        let refused = WriterLock::take(&home).unwrap_err().to_string();
        assert!(refused.contains("POST http://127.0.0.1:8080/api/v1/ingest/DATASET"), "{refused}");
        drop(first);
        WriterLock::take(&home).unwrap();
    }

    #[test]
    fn a_copy_of_the_lock_in_a_process_being_begun_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().to_str().unwrap()).unwrap();
        let first = WriterLock::take(&home).unwrap();
        let copy = first.file.try_clone().unwrap();
        drop(first);
        let begun = thread::spawn(move || {
            thread::sleep(Duration::from_millis(2 * limits::LOCK_PAUSE_MILLISECONDS));
            drop(copy);
        });
        WriterLock::take(&home).unwrap();
        begun.join().unwrap();
    }
}
