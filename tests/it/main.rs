//! The ordinary tests.

mod cli;
mod http;
mod sql;
