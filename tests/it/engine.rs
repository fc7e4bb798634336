//! The engine and the store end to end: real files in, real tables, indexes and SQL children behind.

mod answers;
mod attachments;
mod definitions;
mod duplicates;
mod history;
mod ingest;
mod known;
mod language;
mod linked;
mod maintain;
mod push;
mod readers;
mod secrecy;
mod verify;
mod world;
