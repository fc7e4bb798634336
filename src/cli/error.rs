//! What can go wrong in a command, and how it is told.

use std::io;

use thiserror::Error;

use crate::definition::DefinitionError;
use crate::definition::labels::{label, sentence};
use crate::domain::error::{Classified, ErrorKind};
use crate::domain::language::Language;
use crate::engine::EngineError;
use crate::http::HttpError;
use crate::metrics::MetricError;
use crate::search::language::fault::LanguageError;
use crate::sql::SqlError;

/// Why a command failed.
#[derive(Debug, Error)]
pub(super) enum CliError {
    /// The engine refused or failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The server failed.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// A value of the command line is not of its form.
    #[error("`{given}` is not {expected}")]
    Argument {
        /// What was typed.
        given: String,
        /// The form, such as `a filter: write column=value`.
        expected: &'static str,
    },
    /// Options that do not go together.
    #[error("{first} does not go with {second}; leave one out")]
    Together {
        /// One.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// A file named on the command line cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Input {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// A file that should hold text does not.
    #[error("`{path}` is not UTF-8 text; save it as UTF-8")]
    NotText {
        /// The file.
        path: String,
    },
    /// A line of a file is not of its form.
    #[error("line {line} of `{path}` is not of its form: see the examples of --help")]
    Line {
        /// The file.
        path: String,
        /// Counted from 1.
        line: usize,
    },
    /// An answer cannot be written.
    #[error("cannot write `{path}`: {source}")]
    Output {
        /// The file, or `stdout`.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// A binary format would go to a terminal.
    #[error("{format} is not for a terminal; name a file with --output, or a pipe")]
    OnTerminal {
        /// The format.
        format: &'static str,
    },
    /// A server address that others could reach.
    #[error(
        "loopback only until accounts exist: `{host}` could be reached by people nobody has named; use 127.0.0.1"
    )]
    NotLoopback {
        /// The address asked for.
        host: String,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}; choose another --port, or 0 for a free one")]
    Listen {
        /// The address.
        address: String,
        /// What the system said.
        source: io::Error,
    },
}

impl CliError {
    /// Writing an answer to `path` failed.
    pub(super) fn output(path: &str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Output { path, source }
    }

    /// Reading `path` failed.
    pub(super) fn input(path: &str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Input { path, source }
    }

    /// What is wrong with the search text, if that is what is wrong.
    pub(super) fn in_language(&self) -> Option<&LanguageError> {
        match self {
            Self::Engine(error) => error.in_language(),
            _ => None,
        }
    }

    /// The sentence of the reviewed list for this error's code, the particulars with it.
    pub(super) fn told(&self, language: Language) -> String {
        if let Some(error) = self.in_language() {
            return error.told(language);
        }
        let (code, detail) = (self.code(), self.to_string());
        let known = label(code, language);
        if known == code {
            detail
        } else if known.contains("{detail}") {
            sentence(code, language, &[("detail", &detail)])
        } else {
            format!("{known} ({detail})")
        }
    }
}

impl From<SqlError> for CliError {
    fn from(error: SqlError) -> Self {
        Self::Engine(error.into())
    }
}

impl From<MetricError> for CliError {
    fn from(error: MetricError) -> Self {
        Self::Engine(error.into())
    }
}

impl From<DefinitionError> for CliError {
    fn from(error: DefinitionError) -> Self {
        Self::Engine(error.into())
    }
}

impl Classified for CliError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Engine(error) => error.kind(),
            Self::Http(error) => error.kind(),
            Self::Argument { .. }
            | Self::Together { .. }
            | Self::NotText { .. }
            | Self::Line { .. }
            | Self::OnTerminal { .. }
            | Self::NotLoopback { .. } => ErrorKind::InvalidInput,
            Self::Input { source, .. } if source.kind() == io::ErrorKind::NotFound => ErrorKind::NotFound,
            Self::Listen { source, .. } if source.kind() == io::ErrorKind::AddrInUse => ErrorKind::Conflict,
            Self::Input { .. } | Self::Output { .. } | Self::Listen { .. } => ErrorKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Engine(error) => error.code(),
            Self::Http(error) => error.code(),
            Self::Argument { .. } => "cli.argument",
            Self::Together { .. } => "cli.together",
            Self::Input { .. } => "cli.input",
            Self::NotText { .. } => "cli.not_text",
            Self::Line { .. } => "cli.line",
            Self::Output { .. } => "cli.output",
            Self::OnTerminal { .. } => "cli.on_terminal",
            Self::NotLoopback { .. } => "cli.not_loopback",
            Self::Listen { .. } => "cli.listen",
        }
    }
}
