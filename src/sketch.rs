//! Floor 3, derived: sketches of texts, to find what resembles what.
//!
//! A text becomes the set of its three-syllable shingles, those that stand in very many texts are left
//! out, the set becomes 128 bytes of MinHash signature and some samples, and these are kept in sorted,
//! immutable run files, one per commit, merged now and then as a log-structured tree. What comes out are candidates: who uses them verifies them against
//! the texts. Everything here can be rebuilt from the tables.
//!
//! A run is complete or absent (written aside, synced, renamed), read by positions and never loaded
//! whole. A damaged one is an error, never a panic and never a wrong answer about ids.

pub mod frequent;
pub mod index;
mod latest;
mod layout;
mod merge;
pub mod minhash;
mod pairs;
mod run;
mod section;
mod sharing;
pub mod shingle;
mod writer;

use std::path::{Path, PathBuf};

use crate::domain::error::{Classified, ErrorKind};

/// Why sketches could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SketchError {
    /// The disk is full, a folder cannot be written, a read failed.
    #[error("cannot read or write `{}`: check space and permissions", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A run the commit names is not there.
    #[error("the run `{}` is missing; run `thanhtra rebuild-indexes`", path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// A run holds other bytes than were written.
    #[error("the run `{}` is damaged ({what}); run `thanhtra rebuild-indexes`", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        what: &'static str,
    },
    /// A run was written by another format or normaliser version, or without other frequent shingles.
    #[error("the run `{}` is of another version; run `thanhtra rebuild-indexes`", path.display())]
    Outdated {
        /// The file.
        path: PathBuf,
    },
    /// A run's name is not a plain file name.
    #[error("`{name}` cannot name a run: use letters, digits, `-`, `_` and `.`")]
    Name {
        /// The name given.
        name: String,
    },
}

impl SketchError {
    fn io(path: &Path, source: std::io::Error) -> Self {
        match source.kind() {
            std::io::ErrorKind::NotFound => Self::Missing { path: path.to_owned() },
            std::io::ErrorKind::UnexpectedEof => Self::damaged(path, "it ends too early"),
            _ => Self::Io { path: path.to_owned(), source },
        }
    }

    fn damaged(path: &Path, what: &'static str) -> Self {
        Self::Damaged { path: path.to_owned(), what }
    }
}

impl Classified for SketchError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Io { .. } => ErrorKind::Unavailable,
            Self::Missing { .. } | Self::Damaged { .. } | Self::Outdated { .. } => ErrorKind::Corrupt,
            Self::Name { .. } => ErrorKind::InvalidInput,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "sketch.io",
            Self::Missing { .. } => "sketch.run_missing",
            Self::Damaged { .. } => "sketch.run_damaged",
            Self::Outdated { .. } => "sketch.run_outdated",
            Self::Name { .. } => "sketch.run_name",
        }
    }
}
