//! Floor 1, thought: the definitions that drive everything.
//!
//! One TOML in `indexes/` describes a dataset and drives import, Arrow schema, full-text schema,
//! secrecy and the API description; one `.sql` in `queries/` is a query with its definition in front;
//! one TOML in `dashboards/` is a page; folders below hold forms, digests, scorecards and SQL that queries
//! share. All are embedded in the binary and may be overlaid by files of the data directory. Pure: text in, typed values out; engine and cli read the files.

pub mod block;
pub mod catalog;
pub mod column;
pub mod dataset;
pub mod digest;
pub mod files;
pub mod form;
mod front;
pub mod kept;
pub mod labels;
pub mod link;
pub mod metric;
pub mod page;
pub mod query;
pub mod scorecard;

use thiserror::Error;

use crate::domain::error::{Classified, ErrorKind};

/// A definition that cannot be used, with its file and a repair.
#[derive(Debug, Error)]
pub enum DefinitionError {
    /// Not the TOML that was expected; the message of the parser names line and column.
    #[error("{file}: {message}")]
    Syntax {
        /// File name.
        file: String,
        /// What the parser said, with its place.
        message: String,
    },
    /// Well-formed, but it contradicts itself or another definition.
    #[error("{file}: {message}")]
    Meaning {
        /// File name.
        file: String,
        /// What is wrong and what to write instead.
        message: String,
    },
    /// No definition of that name.
    #[error("no {what} `{name}`{suggestion}")]
    Unknown {
        /// `dataset`, `query` or `page`.
        what: &'static str,
        /// The name asked for.
        name: String,
        /// `; did you mean …` or nothing.
        suggestion: String,
    },
}

impl Classified for DefinitionError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Syntax { .. } | Self::Meaning { .. } => ErrorKind::InvalidInput,
            Self::Unknown { .. } => ErrorKind::NotFound,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "definition.syntax",
            Self::Meaning { .. } => "definition.meaning",
            Self::Unknown { .. } => "definition.unknown",
        }
    }
}

/// The known name nearest to `name`, as a sentence to append to an error; empty when none is near.
#[must_use]
pub fn suggest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let nearest = known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    nearest.map_or_else(String::new, |(_, candidate)| format!("; did you mean `{candidate}`?"))
}
