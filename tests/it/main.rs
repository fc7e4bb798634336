//! The ordinary tests.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]
#![allow(clippy::needless_pass_by_value, reason = "a test reads better with the values in its call")]

mod cli;
mod demo;
mod engine;
mod fuzz;
mod house;
mod http;
mod sql;
