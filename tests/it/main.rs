//! The ordinary tests.
