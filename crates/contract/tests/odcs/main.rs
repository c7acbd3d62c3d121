//! The Open Data Contract Standard: its official schemas and examples beside our reading.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test may fail"
)]

mod agreement;
mod kept;
mod mapping;
mod mutation;
mod official;
mod wrong;
