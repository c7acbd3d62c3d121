//! Fields and their types.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::{Deref, DerefMut};

use super::scale::words;
use super::{Classification, Deprecation, Details, Word};
use crate::{Number, Value};

/// A column, or a part of a nested one.
///
/// The element of an array is a field called `items`; those of a map are called `keys` and
/// `values`.
///
/// What most fields leave out are its [`Particulars`], which are read and written as if they were
/// its own: there are millions of fields, and a field of an audit should fit into two lines of a
/// processor's cache.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// Name, unique among its siblings.
    pub name: String,
    /// What the field holds.
    pub description: Option<String>,
    /// Type, with what nests in it.
    pub ty: Type,
    /// Whether nulls are forbidden.
    pub required: bool,
    /// Whether the field is part of the primary key.
    pub primary_key: bool,
    /// Whether no value stands twice.
    pub unique: bool,
    /// Whether values are encrypted at rest.
    pub encrypted: bool,
    /// Whether the organisation counts the field among its critical data elements.
    pub is_critical: bool,
    /// How far knowledge of the field may spread.
    pub classification: Option<Classification>,
    particulars: Option<Box<Particulars>>,
}

/// What most fields leave out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Particulars {
    /// Identifier that survives renames.
    pub id: Option<String>,
    /// Name in the storage system.
    pub physical_name: Option<String>,
    /// Name that the field had before.
    pub renamed_from: Option<String>,
    /// Type in the storage system, in its own words.
    pub physical_type: Option<String>,
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
    /// Field of another dataset that values come from.
    pub references: Option<Box<Reference>>,
    /// Category of personal data.
    pub pii: Option<String>,
    /// How values are hidden.
    pub masking: Option<String>,
    /// Glossary entry that defines the field.
    pub term: Option<String>,
    /// Notice that the field goes.
    pub deprecated: Option<Box<Deprecation>>,
    /// Labels.
    pub tags: BTreeSet<String>,
    /// Values to show people.
    pub examples: Vec<Value>,
    /// Free keys.
    pub properties: BTreeMap<String, Value>,
    /// What else the document states.
    pub details: Details,
}

impl Particulars {
    /// Of a field that states none.
    const NONE: &'static Self = &Self {
        id: None,
        physical_name: None,
        renamed_from: None,
        physical_type: None,
        allowed: None,
        min: None,
        max: None,
        above: None,
        below: None,
        min_length: None,
        max_length: None,
        precision: None,
        scale: None,
        pattern: None,
        format: None,
        unit: None,
        references: None,
        pii: None,
        masking: None,
        term: None,
        deprecated: None,
        tags: BTreeSet::new(),
        examples: Vec::new(),
        properties: BTreeMap::new(),
        details: Details::new(),
    };
}

/// A field that states so much, and nothing else yet.
impl From<Particulars> for Field {
    fn from(particulars: Particulars) -> Self {
        Self {
            particulars: Some(Box::new(particulars)),
            ..Self::default()
        }
    }
}

impl Deref for Field {
    type Target = Particulars;

    fn deref(&self) -> &Particulars {
        self.particulars.as_deref().unwrap_or(Particulars::NONE)
    }
}

impl DerefMut for Field {
    fn deref_mut(&mut self) -> &mut Particulars {
        self.particulars.get_or_insert_default()
    }
}

/// Particulars that state nothing are as good as none.
impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        let plain = |field: &'_ Self| {
            let flags = [field.required, field.primary_key, field.unique];
            (
                flags,
                field.encrypted,
                field.is_critical,
                field.classification,
            )
        };
        self.name == other.name
            && plain(self) == plain(other)
            && self.ty == other.ty
            && self.description == other.description
            && (!(self.has_particulars() || other.has_particulars()) || **self == **other)
    }
}

impl Field {
    /// Tells whether the field may state anything of its [`Particulars`].
    pub fn has_particulars(&self) -> bool {
        self.particulars.is_some()
    }

    /// Returns the fields nested in this one, whatever its type.
    pub fn children(&self) -> impl DoubleEndedIterator<Item = &Field> + Clone {
        let (listed, one, other): (&[Field], _, _) = match &self.ty {
            Type::Object(fields) => (fields, None, None),
            Type::Array(items) => (&[], items.as_deref(), None),
            Type::Map { keys, values } => (&[], keys.as_deref(), values.as_deref()),
            _ => (&[], None, None),
        };
        listed.iter().chain(one).chain(other)
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
