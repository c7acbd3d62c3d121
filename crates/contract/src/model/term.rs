//! Shared definitions.

use super::{Classification, Type};
use crate::Value;

/// A glossary entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// Name, unique within the organisation.
    pub name: String,
    /// What it means.
    pub definition: Option<String>,
    /// Team that answers for it.
    pub owner: Option<String>,
    /// Type of fields that hold it.
    pub ty: Option<Type>,
    /// Unit of measure.
    pub unit: Option<String>,
    /// Named format.
    pub format: Option<String>,
    /// How far knowledge of it may spread.
    pub classification: Option<Classification>,
    /// The only values allowed.
    pub allowed: Option<Vec<Value>>,
    /// Other words for it.
    pub synonyms: Vec<String>,
    /// The wider term that it is a kind of.
    pub broader: Option<String>,
}
