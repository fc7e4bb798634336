//! The commit number: one counter for the whole store and the snapshot id everywhere.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Number of a commit, and so of the snapshot it leaves. Commit 0 is the empty store `init` makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommitVersion(pub u64);

impl CommitVersion {
    /// The number the next commit gets.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The number as tables store it.
    #[must_use]
    pub fn as_i64(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }
}

impl fmt::Display for CommitVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
