//! The ordinary tests.

mod engine;
mod sql;
