//! Findings and changes in, bytes out.
//!
//! This crate knows how results read, for people and for machines. It does no I/O, and knows
//! neither contracts nor policies: whoever makes findings converts to the types here.

pub mod backtest;
mod condition;
mod entry;
mod escape;
mod finding;
pub mod forecast;
pub mod formats;
pub mod law_impact;
mod phrase;
mod report;
mod tally;
mod values;
mod word_diff;

pub use condition::Condition;
pub use escape::visible;
pub use finding::{
    Change, ConsumerContact, Effect, Enforcement, Exception, Excerpt, Finding, Fix, Impact, Kind,
    Location, Position, Related, Severity, Side, State, Witness,
};
pub use formats::Format;
pub use law_impact::LawImpact;
pub use phrase::count;
pub use report::{
    Bump, Command, ContractSummary, Explanation, Product, Report, Revision, Summary, Verdict,
};
