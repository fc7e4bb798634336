//! Floor 4, SQL: the only place that knows DataFusion.
//!
//! Two ways in. Statements of strangers: the parent bounds the text ([`guard`]), starts a child of its
//! own binary and talks to it over pipes ([`client`]); the child ([`worker`]) limits itself, parses,
//! refuses all but one query, plans over the listed files only ([`table`]) and streams Arrow back.
//! Whatever a statement does, the parent gets an answer or one [`SqlError`]. Our own definitions of
//! `queries/` run in this process ([`vetted`]). Results leave through [`encode`].
//!
//! No message here names a stored file or a stored value.

pub mod call;
mod check;
pub mod client;
mod dictionary;
pub mod encode;
mod fault;
mod function;
pub mod ground;
pub mod guard;
pub mod held;
pub mod job;
mod lex;
mod month;
pub mod reads;
mod runtime;
mod schema;
mod session;
mod table;
pub mod vetted;
mod wire;
pub mod worker;

use std::io;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::domain::error::{Classified, ErrorKind};
use crate::sandbox::SandboxError;

/// Why a statement has no answer. Those that arise in the child travel to the parent as JSON.
#[derive(Debug, Error, Serialize, Deserialize)]
pub enum SqlError {
    /// Not allowed, whatever the data; the message names the rule or the limit.
    #[error("{0}")]
    Refused(String),
    /// Not SQL; the message names line and column.
    #[error("the statement does not parse: {0}")]
    Parse(String),
    /// SQL, but not about these tables, columns, functions and types.
    #[error("{0}")]
    Plan(String),
    /// A value it met cannot be computed with; the message never quotes the value.
    #[error("{0}")]
    Run(String),
    /// The answer has more rows than allowed.
    #[error("the answer has more than {limit} rows; add a LIMIT or aggregate")]
    TooManyRows {
        /// The cap.
        limit: usize,
    },
    /// The answer has more bytes than allowed.
    #[error("the answer is over {limit} bytes; select fewer columns or rows")]
    TooManyBytes {
        /// The cap.
        limit: usize,
    },
    /// It needs more memory than a statement gets.
    #[error("the statement needs more memory than it may use; filter or aggregate earlier")]
    OutOfMemory,
    /// It took too long.
    #[error("the statement was stopped after {seconds} s; filter earlier or join on a key")]
    Timeout {
        /// The bound in seconds.
        seconds: u64,
    },
    /// The process that ran it ended without an answer: it was too deep, or was killed from outside.
    #[error("the process that ran the statement was lost; write it simpler, with fewer nested parts")]
    WorkerLost,
    /// A table function could not be answered.
    #[error("`{function}`: {message}")]
    Call {
        /// The function.
        function: String,
        /// Kind of the error behind it, when the caller may act on it.
        is_input: bool,
        /// What was wrong.
        message: String,
    },
    /// A stored file is not readable or not what was written.
    #[error("a stored file of the tables could not be read; run `verify`")]
    Unreadable,
    /// A column type that the wanted format cannot hold.
    #[error("column `{column}` cannot be written as {format}; cast it to text")]
    Unwritable {
        /// The column.
        column: String,
        /// The format.
        format: String,
    },
    /// A defect of ours.
    #[error("a defect in the SQL engine: {0}")]
    Internal(String),
    /// The child could not be started or the pipe broke.
    #[error(transparent)]
    #[serde(skip)]
    Sandbox(#[from] SandboxError),
    /// The receiver of the answer went away.
    #[error("the answer could not be written: {0}")]
    #[serde(skip)]
    Write(#[from] io::Error),
}

impl Classified for SqlError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused(_) | Self::Parse(_) | Self::Plan(_) | Self::Run(_) | Self::Unwritable { .. } => {
                ErrorKind::InvalidInput
            }
            Self::Call { is_input: true, .. } => ErrorKind::InvalidInput,
            Self::Call { is_input: false, .. } | Self::WorkerLost | Self::Write(_) => ErrorKind::Unavailable,
            Self::TooManyRows { .. } | Self::TooManyBytes { .. } | Self::OutOfMemory => ErrorKind::TooLarge,
            Self::Timeout { .. } => ErrorKind::Timeout,
            Self::Unreadable => ErrorKind::Corrupt,
            Self::Internal(_) => ErrorKind::Internal,
            Self::Sandbox(source) => source.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Refused(_) => "sql.refused",
            Self::Parse(_) => "sql.parse",
            Self::Plan(_) => "sql.plan",
            Self::Run(_) => "sql.run",
            Self::TooManyRows { .. } => "sql.too_many_rows",
            Self::TooManyBytes { .. } => "sql.too_many_bytes",
            Self::OutOfMemory => "sql.out_of_memory",
            Self::Timeout { .. } => "sql.timeout",
            Self::WorkerLost => "sql.worker_lost",
            Self::Call { .. } => "sql.call",
            Self::Unreadable => "sql.unreadable",
            Self::Unwritable { .. } => "sql.unwritable",
            Self::Internal(_) => "sql.internal",
            Self::Sandbox(source) => source.code(),
            Self::Write(_) => "sql.write",
        }
    }
}
