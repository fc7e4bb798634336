//! What stands in an index folder beside tantivy's own files, and how it is kept durable.
//!
//! `index.json` says what the index was made under. `meta.N.json` is the list of segments at commit N,
//! one for each of the last commits: a reader opens at N by it while a writer goes on, and start-up
//! goes back to N by it when the store never recorded N + 1. What must stay true: a file named by a
//! copy that is kept is never removed, and every write here is synced before the call returns.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::commit::CommitVersion;
use crate::search::SearchError;
use crate::search::schema::{Fields, SCHEMA_VERSION};
use crate::text::NORMALIZER_VERSION;

/// tantivy's list of segments.
pub(in crate::search) const META: &str = "meta.json";
const STAMP: &str = "index.json";
/// How the crate that makes temporary files begins their names, here and inside tantivy.
const HALF: &str = ".tmp";
const FORMAT: u32 = 1;
const SEGMENT_NAME_CHARS: usize = 32;

/// An index folder.
#[derive(Debug, Clone)]
pub(in crate::search) struct Folder {
    path: PathBuf,
}

#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
struct Stamp {
    format: u32,
    schema: u32,
    dataset: String,
    definition: String,
    normaliser: String,
}

impl Stamp {
    fn of(fields: &Fields) -> Self {
        Self {
            format: FORMAT,
            schema: SCHEMA_VERSION,
            dataset: fields.dataset.clone(),
            definition: fields.definition.clone(),
            normaliser: NORMALIZER_VERSION.to_string(),
        }
    }
}

/// The parts of tantivy's segment list that matter here.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::search) struct Meta {
    segments: Vec<MetaSegment>,
    payload: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct MetaSegment {
    segment_id: String,
    deletes: Option<MetaDeletes>,
}

#[derive(Debug, Clone, Deserialize)]
struct MetaDeletes {
    opstamp: u64,
}

impl Meta {
    pub(in crate::search) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The commit it belongs to; none before the first.
    pub(in crate::search) fn commit(&self) -> Option<CommitVersion> {
        self.payload.as_deref()?.parse().ok().map(CommitVersion)
    }

    /// Whether a file of that name belongs to it.
    pub(in crate::search) fn names(&self, file: &str) -> bool {
        let Some((stem, ending)) = file.split_once('.') else { return false };
        let segment = self.segments.iter().find(|segment| segment.segment_id.replace('-', "") == stem);
        segment.is_some_and(|segment| match ending.strip_suffix(".del") {
            Some(opstamp) => {
                segment.deletes.as_ref().is_some_and(|deletes| deletes.opstamp.to_string() == opstamp)
            }
            None => true,
        })
    }

    /// Files that must exist, by the endings every segment has.
    pub(in crate::search) fn required_files(&self) -> BTreeSet<PathBuf> {
        let mut files = BTreeSet::new();
        for segment in &self.segments {
            let stem = segment.segment_id.replace('-', "");
            for ending in ["idx", "pos", "term", "store", "fast", "fieldnorm"] {
                files.insert(PathBuf::from(format!("{stem}.{ending}")));
            }
            if let Some(deletes) = &segment.deletes {
                files.insert(PathBuf::from(format!("{stem}.{}.del", deletes.opstamp)));
            }
        }
        files
    }
}

/// Name of the copy of commit `at`.
pub(in crate::search) fn copy_name(at: CommitVersion) -> String {
    format!("meta.{at}.json")
}

/// Whether a file of that name belongs to a segment.
pub(in crate::search) fn is_segment_file(name: &str) -> bool {
    name.split_once('.').is_some_and(|(stem, _)| {
        stem.len() == SEGMENT_NAME_CHARS && stem.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

impl Folder {
    pub(in crate::search) fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    pub(in crate::search) fn path(&self) -> &Path {
        &self.path
    }

    /// Checks that the index was made under these fields and this normaliser.
    pub(in crate::search) fn check_stamp(&self, fields: &Fields) -> Result<(), SearchError> {
        let bytes = match fs::read(self.path.join(STAMP)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(SearchError::Missing { folder: self.path.clone() });
            }
            Err(error) => return Err(disk(&self.path.join(STAMP), &error)),
        };
        let found: Stamp = serde_json::from_slice(&bytes).map_err(|error| SearchError::Damaged {
            path: self.path.join(STAMP),
            problem: error.to_string(),
        })?;
        let wanted = Stamp::of(fields);
        let differs = if (found.format, found.schema) != (wanted.format, wanted.schema) {
            "format"
        } else if (&found.dataset, &found.definition) != (&wanted.dataset, &wanted.definition) {
            "definition"
        } else if found.normaliser != wanted.normaliser {
            "normaliser"
        } else {
            return Ok(());
        };
        Err(SearchError::Outdated { folder: self.path.clone(), what: differs })
    }

    /// Makes the folder, and refuses one that holds other things than an index.
    pub(in crate::search) fn claim(&self) -> Result<(), SearchError> {
        fs::create_dir_all(&self.path).map_err(|error| disk(&self.path, &error))?;
        let names = self.file_names()?;
        let is_ours = names.iter().any(|name| name == STAMP || name == META);
        if is_ours || names.iter().all(|name| name.starts_with('.')) {
            return Ok(());
        }
        let problem = "it holds other files than an index".to_owned();
        Err(SearchError::Disk { path: self.path.clone(), problem })
    }

    /// Empties a folder that was claimed, and stamps it.
    pub(in crate::search) fn begin(&self, fields: &Fields) -> Result<(), SearchError> {
        for name in self.file_names()?.iter().filter(|name| !name.starts_with('.')) {
            self.remove(name)?;
        }
        self.remove_halves()?;
        let stamp = serde_json::to_vec(&Stamp::of(fields)).unwrap_or_default();
        self.write(STAMP, &stamp)
    }

    /// Files that a killed process was about to rename.
    fn remove_halves(&self) -> Result<(), SearchError> {
        for name in self.file_names()?.iter().filter(|name| name.starts_with(HALF)) {
            self.remove(name)?;
        }
        Ok(())
    }

    /// The segment list under tantivy's own name; none when there is none or it cannot be read as one.
    pub(in crate::search) fn newest(&self) -> Option<Meta> {
        fs::read(self.path.join(META)).ok().and_then(|bytes| Meta::parse(&bytes))
    }

    /// The copies that are kept, by commit.
    pub(in crate::search) fn copies(&self) -> Result<BTreeMap<CommitVersion, Meta>, SearchError> {
        let mut copies = BTreeMap::new();
        for name in self.file_names()? {
            let number = name.strip_prefix("meta.").and_then(|rest| rest.strip_suffix(".json"));
            let Some(commit) = number.and_then(|number| number.parse().ok()).map(CommitVersion) else {
                continue;
            };
            let meta = fs::read(self.path.join(&name)).ok().and_then(|bytes| Meta::parse(&bytes));
            if let Some(meta) = meta.filter(|meta| meta.commit() == Some(commit)) {
                copies.insert(commit, meta);
            }
        }
        Ok(copies)
    }

    /// Makes `expected` the newest commit again and forgets every later one.
    pub(in crate::search) fn go_back_to(&self, expected: CommitVersion) -> Result<(), SearchError> {
        let newest = self.newest().and_then(|meta| meta.commit());
        if newest != Some(expected) {
            let copy = fs::read(self.path.join(copy_name(expected))).ok();
            let usable = newest.is_none_or(|newest| newest > expected);
            let bytes = copy.filter(|bytes| {
                usable && Meta::parse(bytes).and_then(|meta| meta.commit()) == Some(expected)
            });
            let Some(bytes) = bytes else {
                let found = newest.map_or_else(|| "none".to_owned(), |commit| commit.to_string());
                return Err(SearchError::Behind { folder: self.path.clone(), found, expected });
            };
            self.write(META, &bytes)?;
        }
        for commit in self.copies()?.into_keys().filter(|commit| *commit > expected) {
            self.remove(&copy_name(commit))?;
        }
        self.remove_halves()?;
        self.sync()
    }

    /// Names of all files.
    pub(in crate::search) fn file_names(&self) -> Result<Vec<String>, SearchError> {
        let entries = fs::read_dir(&self.path).map_err(|error| disk(&self.path, &error))?;
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| disk(&self.path, &error))?;
            if let Ok(name) = entry.file_name().into_string() {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn remove(&self, name: &str) -> Result<(), SearchError> {
        match fs::remove_file(self.path.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk(&self.path.join(name), &error)),
            _ => Ok(()),
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), SearchError> {
        let path = self.path.join(name);
        let written = tempfile::NamedTempFile::new_in(&self.path).and_then(|mut file| {
            file.write_all(bytes)?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|error| error.error)
        });
        written.map_err(|error| disk(&path, &error))?;
        self.sync()
    }

    fn sync(&self) -> Result<(), SearchError> {
        File::open(&self.path).and_then(|folder| folder.sync_all()).map_err(|error| disk(&self.path, &error))
    }
}

pub(in crate::search) fn disk(path: &Path, error: &io::Error) -> SearchError {
    SearchError::Disk { path: path.to_owned(), problem: error.to_string() }
}
