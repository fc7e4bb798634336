//! Fuzzes `edxml` of the bodies that the tests run as well.
#![no_main]

#[allow(dead_code, reason = "each target runs one of the bodies")]
#[path = "../../tests/it/fuzz/bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::edxml(data));
