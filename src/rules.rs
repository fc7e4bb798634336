//! Floor 1, thought: dated rules.
//!
//! Deadlines, calendars and code lists change by law or by yearly decision, so they are dated data in
//! `indexes/rules/`, each entry with its source; the code here only reads and applies them. Pure: text
//! in, answers out.

pub mod calendar;
pub mod deadline;
pub mod flag;
pub mod laws;
pub mod period;
pub mod place;
pub mod span;

use thiserror::Error;

use crate::domain::error::{Classified, ErrorKind};

/// A file of rules that cannot be used.
#[derive(Debug, Error)]
pub enum RulesError {
    /// Not the TOML that was expected; the message of the parser names line and column.
    #[error("rules: {message}")]
    Syntax {
        /// What the parser said, with its place.
        message: String,
    },
    /// What is wrong in one of several files.
    #[error("{file}: {message}")]
    File {
        /// The file.
        file: String,
        /// What is wrong.
        message: String,
    },
    /// No period has this name.
    #[error(
        "no period `{name}`; write 2026, 2026-07, 2026-Q3, 2026-H1, 2026-9M, report:2026-Q1 or 2026-01-01..2026-03-31"
    )]
    Period {
        /// The name asked for.
        name: String,
    },
    /// A day that contradicts itself or another entry.
    #[error("calendar: {date}: {message}")]
    Day {
        /// The entry's day.
        date: chrono::NaiveDate,
        /// What is wrong and what to write instead.
        message: &'static str,
    },
}

impl RulesError {
    fn in_file(self, file: &str) -> Self {
        Self::File { file: file.to_owned(), message: self.to_string() }
    }
}

impl Classified for RulesError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::InvalidInput
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "rules.syntax",
            Self::File { .. } => "rules.file",
            Self::Day { .. } => "rules.day",
            Self::Period { .. } => "rules.period",
        }
    }
}
