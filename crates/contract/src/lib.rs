//! Contract text in, contract model and problems out.
//!
//! This crate reads text that strangers wrote. It never fails: it returns what it understood plus
//! what was wrong, each problem with its place. It does no I/O and knows neither git, nor rules,
//! nor policies.

pub mod arena;
mod consistency;
mod distinct;
mod ends;
pub mod formats;
pub mod locate;
pub mod lowering;
pub mod measure;
pub mod model;
mod nearest;
mod number;
mod pointer;
mod problem;
mod reader;
mod value;
mod visit;
mod way;

pub use arena::{Document, Limits, NodeRef, Scalar, Span, View};
pub use formats::odcs::Words;
pub use formats::{
    Format, parse_consumers, parse_contracts, parse_documents, parse_terms, parse_waivers,
    read_contracts,
};
pub use nearest::{nearest, tokens};
pub use number::Number;
pub use pointer::{Key, Pointer};
pub use problem::{Gravity, Problem, ProblemId};
pub use reader::read;
pub use value::Value;
pub use visit::{Order, visit_fields, visit_some};
pub use way::Way;

/// What one document of a file turned out to be.
///
/// `value` is absent only where nothing of the document could be understood.
#[derive(Debug, Clone)]
pub struct Parsed<'t, T> {
    /// The document, for looking up pointers.
    pub document: Document<'t>,
    /// What was understood.
    pub value: Option<T>,
    /// What was wrong, in document order.
    pub problems: Vec<Problem>,
}
