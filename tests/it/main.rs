//! The ordinary tests.

mod cli;
mod sql;
