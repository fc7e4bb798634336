//! The engine and the store end to end: real files in, real tables, indexes and SQL children behind.

mod answers;
mod attachments;
mod circles;
mod definitions;
mod duplicates;
mod exchange;
pub(crate) mod figures;
mod flags;
mod forms;
mod history;
mod ingest;
mod judged;
mod known;
mod language;
mod linked;
mod maintain;
mod moved;
mod parallel;
mod push;
mod readers;
mod readiness;
mod rulings;
mod secrecy;
mod sums;
mod taught;
mod verify;
mod world;
