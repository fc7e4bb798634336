//! Floor 2, bytes: child processes that may be lost.
//!
//! Work on input of strangers (foreign SQL, XLSX) runs in a child of the same binary. The child lowers
//! its own limits in its first lines ([`limits`]); the parent starts it with an empty environment,
//! bounds what it may print to stderr and kills it at the deadline from a thread of its own
//! ([`child`]); both talk in tagged frames of bounded length ([`frame`]). Whatever the child does, the
//! parent gets one [`child::Ending`] and goes on.

pub mod child;
pub mod frame;
pub mod limits;

use std::io;

use thiserror::Error;

use crate::domain::error::{Classified, ErrorKind};

/// A child that could not be started, limited or understood.
#[derive(Debug, Error)]
pub enum SandboxError {
    /// The program could not be started.
    #[error("the child process could not be started; check memory and the process limit: {0}")]
    Start(#[source] io::Error),
    /// The kernel refused a limit.
    #[error("the limit on {what} could not be set: {source}")]
    Limit {
        /// Which limit.
        what: &'static str,
        /// What the kernel said.
        source: io::Error,
    },
    /// A pipe broke.
    #[error("the pipe to the child process broke: {0}")]
    Pipe(#[from] io::Error),
    /// A frame is longer than agreed.
    #[error("a frame of {bytes} bytes is over the limit of {bytes_max}")]
    FrameTooLong {
        /// Its stated length.
        bytes: u64,
        /// The limit.
        bytes_max: usize,
    },
    /// The stream ended inside a frame.
    #[error("the stream ended inside a frame")]
    FrameCut,
}

impl Classified for SandboxError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Start(_) | Self::Pipe(_) | Self::FrameCut => ErrorKind::Unavailable,
            Self::Limit { .. } => ErrorKind::Internal,
            Self::FrameTooLong { .. } => ErrorKind::TooLarge,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Start(_) => "sandbox.start",
            Self::Limit { .. } => "sandbox.limit",
            Self::Pipe(_) => "sandbox.pipe",
            Self::FrameTooLong { .. } => "sandbox.frame_too_long",
            Self::FrameCut => "sandbox.frame_cut",
        }
    }
}
