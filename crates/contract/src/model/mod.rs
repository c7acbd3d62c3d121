//! The contract model, one for every format: plain data without spans and without defaults that
//! no document states.

mod contract;
mod field;
pub mod option;
mod quality;
mod scale;
mod version;

pub use contract::{Contract, Dataset, Deprecation, Details, Place, Server, Sla, SlaValue};
pub use field::{Bound, Field, Particulars, Reference, Scalar, Type};
pub use quality::{Check, Expectation, Operator, QualityRule};
pub use scale::{Classification, Compatibility, CompatibilityMode, Severity, Status, Word};
pub use version::{Calendar, Scheme, Version};

mod consumer;
mod term;
mod waiver;

pub use consumer::{Consumer, ConsumerKind, FieldPath, Notify, Use};
pub use term::Term;
pub use waiver::Waiver;
