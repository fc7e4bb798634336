//! Exit codes: the one place where a kind of error becomes a number.
//!
//! All are below 126, where shells begin to speak of signals.

use std::process::ExitCode;

use crate::cli::error::CliError;
use crate::domain::error::{Classified, ErrorKind};

/// `verify` found problems, or a figure does not come out again.
pub(super) const PROBLEMS_FOUND: u8 = 1;

/// The exit code of a failed command.
pub(super) fn code(error: &CliError) -> ExitCode {
    ExitCode::from(number(error.kind()))
}

/// The exit code of a command line that does not parse.
pub(super) fn usage() -> ExitCode {
    ExitCode::from(number(ErrorKind::InvalidInput))
}

fn number(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::InvalidInput => 2,
        ErrorKind::NotFound => 3,
        ErrorKind::Conflict => 4,
        ErrorKind::TooLarge => 5,
        ErrorKind::Timeout => 6,
        ErrorKind::Unavailable => 7,
        ErrorKind::Corrupt => 8,
        ErrorKind::Gone => 9,
        ErrorKind::TooManyRequests => 10,
        ErrorKind::Unauthenticated => 11,
        ErrorKind::Forbidden => 12,
        ErrorKind::Internal => 70,
    }
}
