#![no_main]
#![allow(dead_code)]

#[path = "../../crates/changeset/src/pack/delta.rs"]
mod delta;
#[path = "../../crates/changeset/src/pack/header.rs"]
mod header;
#[path = "../../crates/changeset/src/pack/oracle.rs"]
mod oracle;

// The first byte says how many of the others are what the delta stands on.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    oracle::same_header(bytes);
    if let Some((size, rest)) = bytes.split_first()
        && let Some((base, delta)) = rest.split_at_checked(usize::from(*size))
    {
        oracle::same_delta(base, delta);
    }
});
