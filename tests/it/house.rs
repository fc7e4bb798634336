//! The house: its floors, its order, and that its documents say what is so.
//!
//! Each check is a function from a tree of files to sentences about what is wrong. The checks run on the
//! project itself, where they must find nothing, and on small made-up trees, where they must find just
//! what was put there: a check that cannot fail protects nothing.

mod architecture;
mod documents;
mod floors;
mod listed;
mod numbers;
mod promises;
mod source;
mod tidy;
mod tree;
mod words;
