//! Floor 0, words: what everything else talks about.
//!
//! Ids, dates, values, scopes, the commit number, the closed set of error kinds, the clock and every
//! bound. Nothing here reads a disk, a clock or a network; nothing here knows a file format.

pub mod civil;
pub mod clock;
pub mod commit;
pub mod conversion;
pub mod error;
pub mod id;
pub mod language;
pub mod limits;
pub mod record;
pub mod scope;
pub mod secrecy;
