//! Floor 3, derived: the full-text index of one dataset (tantivy, and only here).
//!
//! Rows come in as the record batches of the stored tables, hits go out with values, facets and ranges
//! of the original text. The index is derived: it says which commit, definition and normaliser it
//! reflects, and anything that does not fit is an error that tells the caller to rebuild. What must
//! stay true: a reader sees exactly the commit it asked for, every read passes through a
//! [`Scope`](crate::domain::scope::Scope), and totals and facet counts are exact.
//!
//! Retrieval is by syllables and syllable bigrams without marks; the best hits are then put in order
//! by marks and nearness (bigrams beat word segmentation, and folding costs almost nothing with them).

pub mod analyzer;
mod answer;
mod budget;
mod collect;
mod compile;
mod correct;
pub mod cursor;
mod deferred;
mod directory;
mod document;
mod facet;
mod filter;
mod folder;
pub mod highlight;
pub mod histogram;
pub mod language;
mod merge;
pub mod notation;
mod order;
mod query;
pub mod rank;
pub mod reader;
pub mod request;
mod retrieve;
#[cfg(test)]
mod sample;
pub mod schema;
mod similar;
pub mod statistics;
mod steady;
mod stored;
pub mod suggest;
mod sweep;
pub mod widen;
pub mod writer;

use std::path::PathBuf;

use thiserror::Error;

use crate::domain::commit::CommitVersion;
use crate::domain::error::{Classified, ErrorKind};
use crate::search::language::fault::LanguageError;

/// Why the index could not be opened, fed or asked.
#[derive(Debug, Error)]
pub enum SearchError {
    /// The search text is over a bound.
    #[error("the search text has {found} {what}; at most {limit} are taken: shorten it")]
    QueryTooLong {
        /// `characters` or `words`.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// The search text breaks the query language.
    #[error("{0}")]
    Language(Box<LanguageError>),
    /// A word with `?` or `*` stands for too many words of the index.
    #[error("`{pattern}` stands for too many words: write more letters")]
    PatternWide {
        /// The word.
        pattern: String,
    },
    /// A filter, facet or sort names a column that cannot be used so.
    #[error("column `{column}` {problem}{suggestion}")]
    Column {
        /// The name asked for.
        column: String,
        /// What is wrong.
        problem: &'static str,
        /// `; did you mean …` or nothing.
        suggestion: String,
    },
    /// A filter's value is not of its column's type.
    #[error("`{value}` is not a value of column `{column}`: write {expected}")]
    Value {
        /// The column.
        column: String,
        /// What was given.
        value: String,
        /// What is understood.
        expected: &'static str,
    },
    /// More of something than one request may have.
    #[error("{found} {what} in one request; at most {limit} are taken")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// The cursor is damaged or belongs to another request.
    #[error("the cursor does not belong to this request: ask for the first page again")]
    CursorForeign,
    /// The cursor's page can no longer be continued exactly.
    #[error("the cursor is of commit {commit}, which is no longer kept as it was: search again")]
    CursorGone {
        /// Commit of the cursor.
        commit: CommitVersion,
    },
    /// The row to be compared with is not in the index or not in scope.
    #[error("no row {id} to compare with")]
    NoRow {
        /// Its id.
        id: String,
    },
    /// What is new is asked since a commit that was never made.
    #[error(
        "`since` names commit {since}, and the store stands at {newest}: it was set back, or another store asked"
    )]
    SinceAhead {
        /// The commit asked for.
        since: CommitVersion,
        /// The newest one.
        newest: CommitVersion,
    },
    /// The index no longer keeps this commit.
    #[error("the index in {folder} no longer keeps commit {commit}: search the newest commit")]
    SnapshotGone {
        /// Folder of the index.
        folder: PathBuf,
        /// Commit asked for.
        commit: CommitVersion,
    },
    /// The index is older than the tables.
    #[error(
        "the index in {folder} stands at commit {found}, the store at {expected}; run `thanhtra rebuild-indexes`"
    )]
    Behind {
        /// Folder of the index.
        folder: PathBuf,
        /// The index's commit, or `none`.
        found: String,
        /// The store's commit.
        expected: CommitVersion,
    },
    /// The index was made under another definition, normaliser or format.
    #[error("the index in {folder} was made with another {what}; run `thanhtra rebuild-indexes`")]
    Outdated {
        /// Folder of the index.
        folder: PathBuf,
        /// `definition`, `normaliser` or `format`.
        what: &'static str,
    },
    /// There is no index in the folder.
    #[error("no index in {folder}; run `thanhtra rebuild-indexes`")]
    Missing {
        /// Folder of the index.
        folder: PathBuf,
    },
    /// Stored bytes are not what was written.
    #[error("{path} is damaged ({problem}); run `thanhtra rebuild-indexes`")]
    Damaged {
        /// The file or folder.
        path: PathBuf,
        /// What was found.
        problem: String,
    },
    /// Another writer holds the index.
    #[error("another writer holds the index in {folder}")]
    Locked {
        /// Folder of the index.
        folder: PathBuf,
    },
    /// A batch is not a stored-table batch of this dataset.
    #[error("a batch for the index of `{dataset}` lacks a usable column `{column}`")]
    Batch {
        /// Dataset.
        dataset: String,
        /// Column that is absent or of another type.
        column: String,
    },
    /// The writer died; what was fed since the last commit is lost.
    #[error("the index writer in {folder} stopped ({problem}): roll back and feed this commit again")]
    WriterLost {
        /// Folder of the index.
        folder: PathBuf,
        /// What tantivy said.
        problem: String,
    },
    /// The folder cannot be read or written.
    #[error("{path}: {problem}")]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        problem: String,
    },
    /// A defect of ours.
    #[error("the index did not answer: {problem}")]
    Engine {
        /// What tantivy said.
        problem: String,
    },
}

impl Classified for SearchError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Language(error) => error.kind(),
            Self::QueryTooLong { .. } | Self::TooMany { .. } | Self::PatternWide { .. } => {
                ErrorKind::TooLarge
            }
            Self::Column { .. } | Self::Value { .. } | Self::CursorForeign => ErrorKind::InvalidInput,
            Self::NoRow { .. } => ErrorKind::NotFound,
            Self::CursorGone { .. } | Self::SnapshotGone { .. } => ErrorKind::Gone,
            Self::SinceAhead { .. } => ErrorKind::Conflict,
            Self::Behind { .. } | Self::Missing { .. } | Self::Damaged { .. } => ErrorKind::Corrupt,
            Self::Outdated { .. } | Self::Locked { .. } => ErrorKind::Conflict,
            Self::WriterLost { .. } | Self::Disk { .. } => ErrorKind::Unavailable,
            Self::Batch { .. } | Self::Engine { .. } => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Language(error) => error.code(),
            Self::QueryTooLong { .. } => "search.query_too_long",
            Self::PatternWide { .. } => "search.language.pattern_wide",
            Self::NoRow { .. } => "search.no_row",
            Self::Column { .. } => "search.column",
            Self::Value { .. } => "search.value",
            Self::TooMany { .. } => "search.too_many",
            Self::CursorForeign => "search.cursor_foreign",
            Self::CursorGone { .. } => "search.cursor_gone",
            Self::SnapshotGone { .. } => "search.snapshot_gone",
            Self::SinceAhead { .. } => "search.since_ahead",
            Self::Behind { .. } => "search.index_behind",
            Self::Outdated { .. } => "search.index_outdated",
            Self::Missing { .. } => "search.index_missing",
            Self::Damaged { .. } => "search.index_damaged",
            Self::Locked { .. } => "search.index_locked",
            Self::Batch { .. } => "search.batch",
            Self::WriterLost { .. } => "search.writer_lost",
            Self::Disk { .. } => "search.disk",
            Self::Engine { .. } => "search.engine",
        }
    }
}

impl SearchError {
    /// Whether throwing the index away and building it anew from the tables mends this.
    #[must_use]
    pub fn needs_rebuild(&self) -> bool {
        matches!(
            self,
            Self::Behind { .. } | Self::Outdated { .. } | Self::Missing { .. } | Self::Damaged { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::labels::label;
    use crate::domain::language::Language;

    #[test]
    fn every_error_people_meet_has_a_sentence_in_both_languages() {
        let (folder, commit) = (PathBuf::from("x"), CommitVersion(1));
        let errors = [
            SearchError::QueryTooLong { what: "words", found: 2, limit: 1 },
            SearchError::PatternWide { pattern: String::new() },
            SearchError::CursorForeign,
            SearchError::CursorGone { commit },
            SearchError::SnapshotGone { folder: folder.clone(), commit },
            SearchError::SinceAhead { since: commit, newest: commit },
            SearchError::Behind { folder: folder.clone(), found: "0".to_owned(), expected: commit },
            SearchError::Outdated { folder: folder.clone(), what: "format" },
            SearchError::Missing { folder: folder.clone() },
            SearchError::Damaged { path: folder.clone(), problem: String::new() },
            SearchError::Locked { folder: folder.clone() },
            SearchError::WriterLost { folder: folder.clone(), problem: String::new() },
            SearchError::Disk { path: folder, problem: String::new() },
        ];
        for error in errors {
            for language in [Language::Vi, Language::En] {
                assert_ne!(label(error.code(), language), error.code());
            }
        }
    }
}
