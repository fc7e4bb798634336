//! Bytes of attached files, each once, under its SHA-256: `attachments/ab/HASH`.
//!
//! Bytes are durable before the commit that lists them, so a listed file is never missing; what a crash
//! leaves unlisted is shown by nothing and goes with the next clean-up. All are readable by the owner only.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::store::StoreError;
use crate::store::home::Home;

const FOLDER: &str = "attachments";

/// SHA-256 of a file, as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileHash(String);

/// A text that is no SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 is 64 hexadecimal digits")]
pub struct NoHash;

impl FileHash {
    /// The hash of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)))
    }

    /// Where its file is, inside the home.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{FOLDER}/{}/{}", self.0.get(..2).unwrap_or_default(), self.0)
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for FileHash {
    type Err = NoHash;

    fn from_str(text: &str) -> Result<Self, NoHash> {
        let text = text.trim().to_ascii_lowercase();
        let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hash { Ok(Self(text)) } else { Err(NoHash) }
    }
}

/// Keeps `bytes`, durably. A file that is there and whole is left as it is.
///
/// # Errors
/// It cannot be written.
pub fn keep(home: &Home, bytes: &[u8]) -> Result<FileHash, StoreError> {
    let hash = FileHash::of(bytes);
    match home.read_if_there(&hash.path())? {
        Some(there) if there == bytes => {}
        // Damaged: the same bytes come again, so it can be mended.
        Some(_) => home.put_over(&hash.path(), bytes)?,
        None => home.put_new(&hash.path(), bytes)?,
    }
    Ok(hash)
}

/// The bytes under `hash`; nothing when they are not kept here.
///
/// # Errors
/// They cannot be read, or are not what was kept.
pub fn read(home: &Home, hash: &FileHash) -> Result<Option<Bytes>, StoreError> {
    let found = home.read_if_there(&hash.path())?;
    match found {
        Some(bytes) if FileHash::of(&bytes) != *hash => {
            Err(StoreError::damaged(&hash.path(), "the bytes have another SHA-256"))
        }
        found => Ok(found),
    }
}

/// Removes what is not among `listed`, and what was half written. Returns how many files.
///
/// # Errors
/// The folder cannot be listed or a file not removed.
pub fn sweep(home: &Home, listed: &BTreeSet<FileHash>) -> Result<usize, StoreError> {
    let named: BTreeSet<String> = listed.iter().map(FileHash::path).collect();
    let mut removed = 0;
    for entry in home.list_below(FOLDER)? {
        if !named.contains(&entry.path) {
            home.delete(&entry.path)?;
            removed += 1;
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_kept_once_mended_when_damaged_and_swept_when_unlisted() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().to_str().unwrap()).unwrap();
        let hash = keep(&home, b"scan").unwrap();
        assert_eq!(keep(&home, b"scan").unwrap(), hash);
        assert_eq!(home.list_below("attachments").unwrap().len(), 1);
        home.put_over(&hash.path(), b"sc").unwrap();
        assert!(matches!(read(&home, &hash), Err(StoreError::Damaged { .. })));
        keep(&home, b"scan").unwrap();
        let other = keep(&home, b"other").unwrap();
        home.put_over("attachments/ab/x.1-1.staged", b"half").unwrap();
        assert_eq!(sweep(&home, &[hash.clone()].into()).unwrap(), 2);
        assert_eq!(read(&home, &hash).unwrap().unwrap().as_ref(), b"scan");
        assert_eq!(read(&home, &other).unwrap(), None);
    }

    #[test]
    fn only_a_hash_is_a_hash() {
        for wrong in ["", "../../secret.key", "zz", &"g".repeat(64), &"a".repeat(63), &"é".repeat(32)] {
            assert_eq!(wrong.parse::<FileHash>(), Err(NoHash), "{wrong}");
        }
        assert_eq!("AB".repeat(32).parse::<FileHash>().unwrap().to_string(), "ab".repeat(32));
    }
}
