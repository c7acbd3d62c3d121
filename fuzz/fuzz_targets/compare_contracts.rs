#![no_main]

#[path = "../../crates/diff/tests/oracle/mod.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|text: &str| oracle::compare_contracts(text));
