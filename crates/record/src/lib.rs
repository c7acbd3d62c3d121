//! A dataset of a contract and records in, what of them breaks the contract out.
//!
//! This is what a contract means for data, said once more and apart from the differ: it knows one
//! contract at a time and nothing of changes, so that it can bear witness to them. It does no I/O.

mod cell;
mod compile;
mod conversion;
mod expected;
mod keys;
mod scalar;
mod shape;

pub use cell::from_cells;
pub use conversion::{from_json, to_json};
pub use expected::RowCount;
pub use keys::Keys;
pub use shape::{Shape, Violation};
