//! Fields and their types.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::scale::words;
use super::{Classification, Deprecation, Details, Word};
use crate::{Number, Value};

/// A column, or a part of a nested one.
///
/// What few fields state is boxed: there are millions of fields, and each is moved about.
///
/// The element of an array is a field called `items`; those of a map are called `keys` and
/// `values`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Field {
    /// Name, unique among its siblings.
    pub name: String,
    /// Identifier that survives renames.
    pub id: Option<String>,
    /// Name in the storage system.
    pub physical_name: Option<String>,
    /// Name that the field had before.
    pub renamed_from: Option<String>,
    /// What the field holds.
    pub description: Option<String>,
    /// Type, with what nests in it.
    pub ty: Type,
    /// Type in the storage system, in its own words.
    pub physical_type: Option<String>,
    /// Whether nulls are forbidden.
    pub required: bool,
    /// The only values allowed.
    pub allowed: Option<Vec<Value>>,
    /// Least value, inclusive.
    pub min: Option<Box<Bound>>,
    /// Greatest value, inclusive.
    pub max: Option<Box<Bound>>,
    /// Bound that values lie above.
    pub above: Option<Box<Bound>>,
    /// Bound that values lie below.
    pub below: Option<Box<Bound>>,
    /// Fewest characters.
    pub min_length: Option<u64>,
    /// Most characters.
    pub max_length: Option<u64>,
    /// Most digits.
    pub precision: Option<u64>,
    /// Digits behind the point.
    pub scale: Option<u64>,
    /// Regular expression that values match.
    pub pattern: Option<String>,
    /// Named format, such as `email`.
    pub format: Option<String>,
    /// Unit of measure.
    pub unit: Option<String>,
    /// Whether the field is part of the primary key.
    pub primary_key: bool,
    /// Whether no value stands twice.
    pub unique: bool,
    /// Field of another dataset that values come from.
    pub references: Option<Box<Reference>>,
    /// How far knowledge of the field may spread.
    pub classification: Option<Classification>,
    /// Category of personal data.
    pub pii: Option<String>,
    /// How values are hidden.
    pub masking: Option<String>,
    /// Whether values are encrypted at rest.
    pub encrypted: bool,
    /// Glossary entry that defines the field.
    pub term: Option<String>,
    /// Notice that the field goes.
    pub deprecated: Option<Box<Deprecation>>,
    /// Labels.
    pub tags: BTreeSet<String>,
    /// Values to show people.
    pub examples: Vec<Value>,
    /// Whether the organisation counts the field among its critical data elements.
    pub is_critical: bool,
    /// Free keys.
    pub properties: BTreeMap<String, Value>,
    /// What else the document states.
    pub details: Details,
}

impl Field {
    /// Returns the fields nested in this one, whatever its type.
    pub fn children(&self) -> Vec<&Field> {
        match &self.ty {
            Type::Object(fields) => fields.iter().collect(),
            Type::Array(items) => items.as_deref().into_iter().collect(),
            Type::Map { keys, values } => keys
                .as_deref()
                .into_iter()
                .chain(values.as_deref())
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// Type of a field.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Type {
    /// The document states none.
    #[default]
    Unstated,
    /// A single value.
    Scalar(Scalar),
    /// Named fields.
    Object(Vec<Field>),
    /// A list, of elements that may be unstated.
    Array(Option<Box<Field>>),
    /// A mapping of free keys.
    Map {
        /// Shape of the keys.
        keys: Option<Box<Field>>,
        /// Shape of the values.
        values: Option<Box<Field>>,
    },
    /// One of several types.
    Union(Vec<Type>),
    /// A type defined elsewhere, possibly around this one.
    Named(String),
    /// Text that is kept but not understood.
    Opaque(String),
}

impl Type {
    /// Returns the word for the type, without what nests in it.
    pub fn word(&self) -> &str {
        match self {
            Type::Unstated => "unstated",
            Type::Scalar(scalar) => scalar.as_str(),
            Type::Object(_) => "object",
            Type::Array(_) => "array",
            Type::Map { .. } => "map",
            Type::Union(_) => "union",
            Type::Named(name) => name,
            Type::Opaque(text) => text,
        }
    }
}

words! {
    /// Types of single values.
    Scalar {
        /// Text.
        String "string",
        /// Whole number of 32 bits.
        Integer "integer",
        /// Whole number of 64 bits.
        Long "long",
        /// Binary floating-point number of 64 bits.
        Number "number",
        /// Exact decimal number.
        Decimal "decimal",
        /// Truth value.
        Boolean "boolean",
        /// Calendar day.
        Date "date",
        /// Time of day.
        Time "time",
        /// Point in time.
        Timestamp "timestamp",
        /// Bytes.
        Binary "binary",
        /// Universally unique identifier.
        Uuid "uuid",
    }
}

/// A least or greatest value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Bound {
    /// A number.
    Number(Number),
    /// A date or time; these read in order as text.
    Moment(String),
}

impl PartialOrd for Bound {
    /// A number and a moment have no order.
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Bound::Number(left), Bound::Number(right)) => Some(left.cmp(right)),
            (Bound::Moment(left), Bound::Moment(right)) if are_alike(left, right) => {
                Some(left.cmp(right))
            }
            _ => None,
        }
    }
}

/// Tells whether two moments are written alike, so that they read in order as text.
///
/// Times of different zones do not, whatever their digits say.
fn are_alike(left: &str, right: &str) -> bool {
    let zone = |text: &str| {
        text.get(10..)
            .and_then(|time| time.find(['+', '-', 'Z', '[']))
    };
    let shape = |byte: u8| if byte.is_ascii_digit() { b'0' } else { byte };
    let zone_at = zone(left).map_or(left.len(), |at| at + 10);
    left.len() == right.len()
        && left.bytes().map(shape).eq(right.bytes().map(shape))
        && left.get(zone_at..) == right.get(zone_at..)
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bound::Number(number) => write!(f, "{number}"),
            Bound::Moment(text) => f.write_str(text),
        }
    }
}

/// A field of another dataset that values come from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Reference {
    /// Contract, as `domain/name`; absent for the same contract.
    pub contract: Option<String>,
    /// Dataset; absent where the contract has one.
    pub dataset: Option<String>,
    /// Field.
    pub field: String,
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in [&self.contract, &self.dataset].into_iter().flatten() {
            write!(f, "{part}#")?;
        }
        f.write_str(&self.field)
    }
}
