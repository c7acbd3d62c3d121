#![no_main]

#[path = "../../crates/contract/tests/oracle/mod.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|text: &str| oracle::same_reading(text));
