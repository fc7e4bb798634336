//! The ordinary tests.

mod http;
mod sql;
