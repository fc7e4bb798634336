//! Floor 2, bytes: the record of everything, as Parquet tables under an open log.
//!
//! A table is a folder in the Delta Lake protocol (reader 1, writer 2), opened by any Delta reader. The
//! point of truth is not a table's log but the store's commit record: one file per commit, written with
//! put-if-absent, that names the version of every table and the generation of every index. Logs and
//! indexes are rolled forward to the newest record, or back, at start.
//!
//! What must stay true: a file named by a record is complete and durable before the record exists; a
//! record is durable before anyone is told that its rows are in; nothing readable by one snapshot is
//! removed while a reader may still hold it; history is only ever appended to.

pub mod aligned;
pub mod attachments;
pub mod checkpoint;
pub mod commit;
pub mod complete;
pub mod file;
pub mod filter;
pub mod history;
pub mod home;
pub mod keys;
pub mod linked;
pub mod lock;
pub mod log;
pub mod optimize;
pub mod recover;
mod rewrite;
pub mod schema;
pub mod split;
pub mod stage;
pub mod table;
pub mod upsert;

use std::path::PathBuf;

use thiserror::Error;

use crate::domain::commit::CommitVersion;
use crate::domain::error::{Classified, ErrorKind};

/// What can go wrong with stored bytes.
#[derive(Debug, Error)]
pub enum StoreError {
    /// No store in that folder.
    #[error("no store at `{0}`; make one with `thanhtra init --data {0}`")]
    Missing(String),
    /// A folder that is not empty and not a store, or a store where none may be.
    #[error("`{0}` is not an empty folder; name a new one")]
    NotEmpty(String),
    /// A store of a format this program does not know.
    #[error(
        "the store at `{path}` has format {found}; this program knows format {known}; use a newer program"
    )]
    Format {
        /// Folder.
        path: String,
        /// Format found there.
        found: String,
        /// Format of this program.
        known: u32,
    },
    /// Another writer holds the store.
    #[error("another program writes to this store{by}; send records to it, or stop it first")]
    Locked {
        /// ` (process 12, http://127.0.0.1:8080)` or nothing.
        by: String,
    },
    /// Writing or reading failed below us.
    #[error("{doing} `{path}`: {source}")]
    Io {
        /// What was being done: `cannot write`, `cannot read` …
        doing: &'static str,
        /// Path inside the store, or of the store.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The object store failed.
    #[error("the table's home failed: {0}")]
    Home(#[from] Box<object_store::Error>),
    /// A stored file is not what was written.
    #[error("`{path}` is damaged: {what}; restore it from a backup, or run `thanhtra verify`")]
    Damaged {
        /// Path inside the store.
        path: String,
        /// What was found.
        what: String,
    },
    /// A Parquet or Arrow step failed.
    #[error("columns of `{path}`: {source}")]
    Columns {
        /// Path inside the store.
        path: String,
        /// What the library said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A snapshot number that no record has.
    #[error("there is no snapshot {asked}; the newest is {newest}")]
    NoSnapshot {
        /// What was asked for.
        asked: CommitVersion,
        /// The newest there is.
        newest: CommitVersion,
    },
    /// Somebody else wrote the next commit or the next version of a table.
    #[error("`{0}` already exists: another program changed this store")]
    Conflict(String),
    /// Whoever was fed the new rows refused one; the caller knows why.
    #[error("the commit was stopped")]
    Stopped,
    /// A URL scheme that is not built in.
    #[error("`{0}` is not a place for a store; use a folder or a file: URL")]
    Scheme(String),
}

impl StoreError {
    pub(crate) fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into().display().to_string();
        move |source| Self::Io { doing, path, source }
    }

    pub(crate) fn damaged(path: &str, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), what: what.into() }
    }

    pub(crate) fn columns<E>(path: &str) -> impl FnOnce(E) -> Self
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let path = path.to_owned();
        move |source| Self::Columns { path, source: Box::new(source) }
    }
}

impl Classified for StoreError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing(_) | Self::NoSnapshot { .. } => ErrorKind::NotFound,
            Self::NotEmpty(_) | Self::Format { .. } | Self::Scheme(_) => ErrorKind::InvalidInput,
            Self::Locked { .. } | Self::Conflict(_) => ErrorKind::Conflict,
            Self::Io { .. } | Self::Home(_) => ErrorKind::Unavailable,
            Self::Damaged { .. } => ErrorKind::Corrupt,
            Self::Columns { .. } | Self::Stopped => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "store.missing",
            Self::NotEmpty(_) => "store.not_empty",
            Self::Format { .. } => "store.format",
            Self::Locked { .. } => "store.locked",
            Self::Io { .. } => "store.io",
            Self::Home(_) => "store.home",
            Self::Damaged { .. } => "store.damaged",
            Self::Columns { .. } => "store.columns",
            Self::NoSnapshot { .. } => "store.no_snapshot",
            Self::Conflict(_) => "store.conflict",
            Self::Stopped => "store.stopped",
            Self::Scheme(_) => "store.scheme",
        }
    }
}
