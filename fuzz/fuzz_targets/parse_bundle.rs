#![no_main]

#[path = "../../crates/bundle/tests/oracle/mod.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| oracle::parse_bundle(bytes));
