//! The commit record: the point of truth.
//!
//! `commits/00000000000000000007.json` says everything about snapshot 7: the files and the Delta version of
//! every table, the generation of every index, the runs of every sketch index, the hash of the definitions
//! in force, and what the commit did. It is written with put-if-absent; a commit is what has a record.
//! A record ends with a hash of itself, so that a torn or altered one is told from a whole one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::clock::Instant;
use crate::domain::commit::CommitVersion;
use crate::domain::conversion::Conversion;
use crate::store::StoreError;
use crate::store::home::Home;

/// Format of the records this program writes.
pub const FORMAT: u32 = 1;

/// A data file of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFile {
    /// Name inside the table's folder.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Rows.
    pub rows: u64,
    /// Commit that wrote it.
    pub since: CommitVersion,
}

/// A table as a commit leaves it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableState {
    /// Version in the table's Delta log.
    pub version: u64,
    /// Columns, as Delta writes them.
    pub schema: String,
    /// Files that make up the table.
    pub files: Vec<DataFile>,
}

impl TableState {
    /// Rows of the table.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }
}

/// A full-text index as a commit leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexState {
    /// Folder below `indexes/X/`.
    pub generation: String,
    /// Commit the index reflects: the payload of its own commit.
    pub commit: CommitVersion,
    /// Hash of the definition it was built by.
    pub schema: String,
    /// Version of the normaliser it was built by.
    pub normalizer: u32,
}

/// A sketch index as a commit leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SketchState {
    /// Folder below `sketches/X/`.
    pub generation: String,
    /// Run files, oldest first.
    pub runs: Vec<String>,
    /// Version of the normaliser it was built by.
    pub normalizer: u32,
    /// Version of the form of its files; 0 = older than versions.
    #[serde(default)]
    pub format: u32,
    /// File of the frequent shingles its sketches leave out; nothing if they leave out none.
    #[serde(default)]
    pub frequent: Option<String>,
    /// Records there were when these were counted.
    #[serde(default)]
    pub counted: u64,
}

/// What a commit counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Records read.
    pub read: u64,
    /// Keys that were not there.
    pub inserted: u64,
    /// Keys whose record changed, retractions included.
    pub updated: u64,
    /// Keys whose record was there already.
    pub unchanged: u64,
    /// Records that went to the rejects.
    pub rejected: u64,
}

/// What a commit did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Made the store.
    Init,
    /// Took in a file.
    Ingest {
        /// Dataset.
        dataset: String,
        /// File name, without its folder.
        file: String,
        /// Counts.
        counts: Counts,
        /// What was converted to Unicode.
        #[serde(default, skip_serializing_if = "Conversion::is_none")]
        conversion: Conversion,
    },
    /// Took in pushed records.
    Push {
        /// Datasets and their counts.
        datasets: BTreeMap<String, Counts>,
    },
    /// Compacted tables.
    Optimize,
    /// Rebuilt indexes, or took new definitions.
    Rebuild,
}

/// A push that may be asked again under the same `Idempotency-Key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Idempotency {
    /// SHA-256 of the key.
    pub key: String,
    /// SHA-256 of the body.
    pub body: String,
    /// The answer that was given.
    pub answer: serde_json::Value,
}

/// The record of one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitRecord {
    /// Format of the record.
    pub format: u32,
    /// Its number.
    pub commit: CommitVersion,
    /// When.
    pub at: Instant,
    /// What it did.
    pub operation: Operation,
    /// Hash of the definitions and rules in force.
    pub definitions: String,
    /// Every table, by its folder.
    pub tables: BTreeMap<String, TableState>,
    /// Every full-text index, by dataset.
    pub indexes: BTreeMap<String, IndexState>,
    /// Every sketch index, by dataset.
    pub sketches: BTreeMap<String, SketchState>,
    /// Answers to pushes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub idempotency: Vec<Idempotency>,
    /// Datasets of which something became secret: what only earlier commits show of them is removed at once.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub expunged: BTreeSet<String>,
}

impl CommitRecord {
    /// Record 0, of the empty store.
    #[must_use]
    pub fn first(at: Instant, definitions: String) -> Self {
        Self {
            format: FORMAT,
            commit: CommitVersion(0),
            at,
            operation: Operation::Init,
            definitions,
            tables: BTreeMap::new(),
            indexes: BTreeMap::new(),
            sketches: BTreeMap::new(),
            idempotency: Vec::new(),
            expunged: BTreeSet::new(),
        }
    }

    /// The record that follows this one and, so far, changes nothing.
    #[must_use]
    pub fn next(&self, at: Instant, operation: Operation) -> Self {
        let mut next = self.clone();
        next.commit = self.commit.next();
        next.at = at;
        next.operation = operation;
        next.idempotency.clear();
        next.expunged.clear();
        next
    }

    /// Writes the record. From here on the commit exists.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another program wrote this number.
    pub fn publish(&self, home: &Home) -> Result<(), StoreError> {
        let path = path_of(self.commit);
        let body = serde_json::to_string(self).map_err(StoreError::columns(&path))?;
        home.put_new(&path, format!("{body}\n{}\n", digest(&body)).as_bytes())
    }
}

/// The record of commit `version`, or nothing when there is none.
///
/// # Errors
/// It is damaged, or of a format this program does not know.
pub fn read(home: &Home, version: CommitVersion) -> Result<Option<CommitRecord>, StoreError> {
    let path = path_of(version);
    let Some(bytes) = home.read_if_there(&path)? else { return Ok(None) };
    let text = std::str::from_utf8(&bytes).map_err(|_| StoreError::damaged(&path, "not text"))?;
    let whole = text.strip_suffix('\n').and_then(|text| text.rsplit_once('\n'));
    let Some((body, seal)) = whole else { return Err(StoreError::damaged(&path, "it ends too early")) };
    if digest(body) != seal {
        return Err(StoreError::damaged(&path, "its hash does not fit"));
    }
    let format: Format =
        serde_json::from_str(body).map_err(|error| StoreError::damaged(&path, error.to_string()))?;
    if format.format != FORMAT {
        let found = format.format.to_string();
        return Err(StoreError::Format { path, found, known: FORMAT });
    }
    let record = serde_json::from_str(body).map_err(|error| StoreError::damaged(&path, error.to_string()))?;
    Ok(Some(record))
}

/// The newest record.
///
/// # Errors
/// There is no store, or the newest record is damaged.
pub fn newest(home: &Home) -> Result<CommitRecord, StoreError> {
    let versions = versions(home)?;
    let missing = || StoreError::Missing(home.folder().display().to_string());
    let last = versions.last().copied().ok_or_else(missing)?;
    read(home, last)?.ok_or_else(missing)
}

/// Numbers of all commits, ascending.
///
/// # Errors
/// The folder cannot be listed.
pub fn versions(home: &Home) -> Result<Vec<CommitVersion>, StoreError> {
    let entries = home.list("commits")?.into_iter();
    let mut versions: Vec<_> = entries
        .filter_map(|entry| {
            let name = entry.path.strip_prefix("commits/")?.strip_suffix(".json")?;
            name.parse().ok().map(CommitVersion)
        })
        .collect();
    versions.sort_unstable();
    Ok(versions)
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

fn path_of(version: CommitVersion) -> String {
    format!("commits/{:020}.json", version.0)
}

fn digest(text: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(folder: &tempfile::TempDir) -> Home {
        Home::open(folder.path().to_str().unwrap()).unwrap()
    }

    #[test]
    fn a_record_is_read_as_it_was_written_and_never_twice() {
        let folder = tempfile::tempdir().unwrap();
        let home = home(&folder);
        let first = CommitRecord::first(Instant(1), "hash".to_owned());
        first.publish(&home).unwrap();
        assert!(matches!(first.publish(&home), Err(StoreError::Conflict(_))));
        let second = first.next(Instant(2), Operation::Optimize);
        second.publish(&home).unwrap();
        assert_eq!(newest(&home).unwrap(), second);
        assert_eq!(read(&home, CommitVersion(0)).unwrap().unwrap(), first);
        assert!(read(&home, CommitVersion(9)).unwrap().is_none());
    }

    #[test]
    fn a_torn_or_altered_record_is_damage_and_a_newer_format_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let home = home(&folder);
        CommitRecord::first(Instant(1), "hash".to_owned()).publish(&home).unwrap();
        let path = path_of(CommitVersion(0));
        let text = String::from_utf8(home.read(&path).unwrap().to_vec()).unwrap();
        for broken in [&text[..text.len() / 2], &text.replace("hash", "hush")] {
            home.put_over(&path, broken.as_bytes()).unwrap();
            assert!(matches!(newest(&home), Err(StoreError::Damaged { .. })));
        }
        let newer = "{\"format\":2,\"later\":true}";
        home.put_over(&path, format!("{newer}\n{}\n", digest(newer)).as_bytes()).unwrap();
        assert!(matches!(newest(&home), Err(StoreError::Format { known: 1, .. })));
    }
}
