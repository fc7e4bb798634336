//! Benches: ratios against a peer in one run.

fn main() {}
