//! The closed set of error kinds.
//!
//! Every module has its own error enum with the ids and places involved; each of its variants says
//! which kind it is and has a stable code. A face (cli, http) maps the kinds once, with a match that
//! has no wildcard, and looks the Vietnamese or English sentence up by the code.

/// What sort of failure this is. Closed: adding one means deciding its exit code and HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The thing asked for is not there, or may not be seen.
    NotFound,
    /// The request or the file is wrong and stays wrong until somebody changes it.
    InvalidInput,
    /// Another writer, another body under the same key, a table changed from outside.
    Conflict,
    /// Nobody said who asks.
    Unauthenticated,
    /// The asker is known and may not do this.
    Forbidden,
    /// Over a stated limit of size, rows, cells, length or depth.
    TooLarge,
    /// The queue is full; try again after the stated time.
    TooManyRequests,
    /// The time budget ran out.
    Timeout,
    /// The disk is full, a folder cannot be written, a peer does not answer.
    Unavailable,
    /// Stored bytes are not what was written.
    Corrupt,
    /// A snapshot or cursor that is no longer kept: search again.
    Gone,
    /// A defect of ours.
    Internal,
}

/// An error that knows its kind and its stable code.
pub trait Classified: std::error::Error {
    /// The kind, mapped once per face.
    fn kind(&self) -> ErrorKind;

    /// Stable code such as `ingest.not_utf8`, the key of the message catalogue.
    fn code(&self) -> &'static str;
}
