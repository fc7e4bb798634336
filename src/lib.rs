//! Thanhtra: search and analytics for Vietnamese public administration.
//!
//! The modules stand in reading order, lowest floor first; imports only point down. The floors, what
//! each may know and which heavy crate lives where are in `docs/architecture.md`, which a test reads.

pub mod domain;

pub mod definition;
pub mod demo;
pub mod rules;
pub mod text;

pub mod formats;
pub mod present;
pub mod sandbox;
pub mod store;

pub mod search;
pub mod sketch;

pub mod sql;

pub mod duplicates;
pub mod metrics;
pub mod readiness;

pub mod engine;

pub mod cli;
pub mod http;
pub mod web;
