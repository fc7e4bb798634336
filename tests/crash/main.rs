//! Crash and fault tests: the real process is killed, the disk is full, files are cut.
//!
//! `THANHTRA_CRASH_ROUNDS` sets how often a process is killed (30 otherwise) and `THANHTRA_CRASH_SEED`
//! replays a run; the seed is printed.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]
#![allow(clippy::needless_pass_by_value, reason = "a test reads better with the values in its call")]

mod faults;
mod full;
mod kill;
mod leftovers;
mod model;
mod readers;
mod store;
