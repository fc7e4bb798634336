//! The server end to end: a real port, a real store, the answers as bytes.

mod api;
mod duplicates;
mod gate;
mod language;
mod pages;
mod parallel;
mod push;
mod readiness;
mod reports;
mod scorecards;
mod world;
