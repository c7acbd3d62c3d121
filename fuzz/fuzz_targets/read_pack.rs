#![no_main]
#![allow(dead_code)]

#[path = "../../crates/changeset/src/pack/delta.rs"]
mod delta;
#[path = "../../crates/changeset/src/pack/header.rs"]
mod header;
#[path = "../../crates/changeset/src/pack/oracle.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| oracle::read_pack(bytes));
