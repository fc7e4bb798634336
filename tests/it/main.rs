//! The ordinary tests.

mod sql;
