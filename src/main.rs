//! The process: parse, dispatch, exit code.

fn main() {}
