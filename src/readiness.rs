//! Floor 5, answers: readiness indexes, edition by edition, as they were published and as they come out.
//!
//! Cells of one edition go in ([`cell::Cell`]: family, edition, province, indicator, value, rank, source), a
//! [`table::Table`] comes out: every province of the edition, what each source says, what follows by the
//! method of that edition, who is ranked and why the others are not. Pure: families and methods are dated
//! data (`indexes/reference/families.toml`), cells come from the engine above. What a publisher said stays
//! as it was said; what is computed or derived here says so, and nothing is re-based on other provinces.

pub mod cell;
pub mod comparable;
pub mod family;
pub mod movement;
pub mod place;
pub mod profile;
mod recipe;
pub mod table;
pub mod written;

use thiserror::Error;

use crate::domain::error::{Classified, ErrorKind};

/// Why there is no table or profile.
#[derive(Debug, Error)]
pub enum ReadinessError {
    /// No family of this name has a cell.
    #[error("no family `{name}` has a value in this store; it has {known}")]
    NoFamily {
        /// What was asked for.
        name: String,
        /// Families there are.
        known: String,
    },
    /// The family has no such edition.
    #[error("`{family}` has no edition `{edition}` in this store; it has {known}")]
    NoEdition {
        /// The family.
        family: String,
        /// What was asked for.
        edition: String,
        /// Editions there are.
        known: String,
    },
    /// The edition has no such province.
    #[error(
        "`{name}` is none of the {provinces} provinces of this edition; give a code of that time or a name"
    )]
    NoProvince {
        /// What was asked for.
        name: String,
        /// Provinces of the edition.
        provinces: u32,
    },
    /// The edition has no such indicator.
    #[error("the edition has no indicator `{name}`; it has {known}")]
    NoIndicator {
        /// What was asked for.
        name: String,
        /// Indicators there are.
        known: String,
    },
}

impl Classified for ReadinessError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::NotFound
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoFamily { .. } => "readiness.no_family",
            Self::NoEdition { .. } => "readiness.no_edition",
            Self::NoProvince { .. } => "readiness.no_province",
            Self::NoIndicator { .. } => "readiness.no_indicator",
        }
    }
}

#[cfg(test)]
mod tests;
