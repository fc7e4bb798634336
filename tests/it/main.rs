//! The ordinary tests.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

mod cli;
mod demo;
mod engine;
mod house;
mod http;
mod sql;
