//! Two contract models in, semantic changes out.
//!
//! The differ says what happened ([`Edit`]); the catalogue says how it is felt ([`Rule`]). Nothing
//! here reads a file, a clock or a setting, and nothing here decides whether a change may happen.

mod align;
mod catalogue;
mod compare;
mod constraint;
mod contract;
mod dataset;
mod detail;
mod edit;
mod expectation;
mod field;
mod folding;
mod grading;
mod key;
mod language;
mod likeness;
mod limit;
mod message;
mod moves;
mod naming;
mod notice;
mod option;
mod pairing;
mod phrase;
mod physical;
mod quality;
mod recorder;
mod rule;
mod service;
mod types;
mod version;
mod witness;

pub use align::Alignment;
pub use catalogue::{Catalogue, catalogue};
pub use compare::{Change, Comparison, compare, compare_plainly};
pub use edit::{Aspect, Edit, Motion, Place};
pub use grading::{Grading, Overrule};
pub use physical::has_zone;
pub use rule::{Effect, Grade, Rule, RuleError};
pub use version::{Bump, VersionProblem, check_version, declared_bump, reasons, required_bump};
pub use witness::{Witness, Witnesses};
