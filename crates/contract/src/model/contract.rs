//! A contract and its datasets.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{Classification, Compatibility, Field, QualityRule, Status, Version};
use crate::measure::{Duration, Percentage};
use crate::{Format, Pointer, Value};

/// The document that a domain promises to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// The format of the document.
    pub format: Format,
    /// Name, unique within the domain and major version; absent only where the document lacks it.
    pub name: Option<String>,
    /// Identifier that survives renames.
    pub id: Option<String>,
    /// Version of the promise.
    pub version: Option<Version>,
    /// Where the contract is in its life.
    pub status: Option<Status>,
    /// Domain, as far as the document itself says.
    pub domain: Option<String>,
    /// Data product that the contract belongs to.
    pub product: Option<String>,
    /// Team that keeps the promise.
    pub owner: Option<String>,
    /// What the data is.
    pub description: Option<String>,
    /// What the data may be used for.
    pub purpose: Vec<String>,
    /// How far knowledge of the data may spread.
    pub classification: Option<Classification>,
    /// Labels.
    pub tags: BTreeSet<String>,
    /// Whose grades count when the contract changes.
    pub compatibility: Option<Compatibility>,
    /// How long data is kept.
    pub retention: Option<Duration>,
    /// Why personal data may be processed.
    pub legal_basis: Option<String>,
    /// Where data may lie.
    pub regions: BTreeSet<String>,
    /// Where data is served.
    pub servers: Vec<Server>,
    /// Notice that the contract goes.
    pub deprecated: Option<Deprecation>,
    /// Promised service.
    pub sla: Sla,
    /// The shapes of data.
    pub datasets: Vec<Dataset>,
    /// Free keys.
    pub properties: BTreeMap<String, Value>,
    /// What else the document states.
    pub details: Details,
    /// Parts that were not understood: never compared, since a typo is not a removal.
    pub opaque: BTreeSet<Pointer>,
}

impl Contract {
    /// Returns an empty contract of a format.
    pub fn new(format: Format) -> Self {
        Self {
            format,
            name: None,
            id: None,
            version: None,
            status: None,
            domain: None,
            product: None,
            owner: None,
            description: None,
            purpose: Vec::new(),
            classification: None,
            tags: BTreeSet::new(),
            compatibility: None,
            retention: None,
            legal_basis: None,
            regions: BTreeSet::new(),
            servers: Vec::new(),
            deprecated: None,
            sla: Sla::new(),
            datasets: Vec::new(),
            properties: BTreeMap::new(),
            details: Details::new(),
            opaque: BTreeSet::new(),
        }
    }

    /// Tells whether a part, or anything around it, was not understood.
    pub fn is_opaque(&self, pointer: &Pointer) -> bool {
        let keys = pointer.keys();
        !self.opaque.is_empty()
            && (0..=keys.len())
                .filter_map(|length| keys.get(..length))
                .any(|around| self.opaque.contains(around))
    }
}

/// One table, topic or file shape inside a contract.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dataset {
    /// Name, unique within the contract.
    pub name: String,
    /// Where the document writes the dataset.
    pub place: Place,
    /// Identifier that survives renames.
    pub id: Option<String>,
    /// Name in the storage system.
    pub physical_name: Option<String>,
    /// Name that the dataset had before.
    pub renamed_from: Option<String>,
    /// What the data is.
    pub description: Option<String>,
    /// How far knowledge of the data may spread.
    pub classification: Option<Classification>,
    /// Labels.
    pub tags: BTreeSet<String>,
    /// Notice that the dataset goes.
    pub deprecated: Option<Deprecation>,
    /// Columns, in document order.
    pub fields: Vec<Field>,
    /// Promises about the data.
    pub quality: Vec<QualityRule>,
    /// Free keys.
    pub properties: BTreeMap<String, Value>,
    /// What else the document states.
    pub details: Details,
}

impl Dataset {
    /// Returns where the dataset stands in the contract.
    pub fn pointer(&self) -> Pointer {
        match self.place {
            Place::Root => Pointer::root(),
            Place::Listed => Pointer::root().word("datasets").name(&self.name),
        }
    }
}

/// What a document states and the model has no attribute of its own for, by the key of its format.
///
/// A key inside another is joined to it with a dot, as in `description.usage`; such keys are words
/// of the format and never names that people chose. Details are kept so that no change of them is
/// silent.
pub type Details = BTreeMap<&'static str, Value>;

/// Where a document writes a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// The contract is the dataset: its fields stand at the top of the document.
    #[default]
    Root,
    /// The dataset is one of a list.
    Listed,
}

/// Notice that something goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deprecation {
    /// First day of the notice.
    pub since: Option<Date>,
    /// First day without it.
    pub sunset: Option<Date>,
    /// What to use instead.
    pub replacement: Option<String>,
    /// Why it goes.
    pub reason: Option<String>,
}

/// A place where data is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Name, unique within the contract.
    pub name: String,
    /// Kind of system, such as `postgres`.
    pub kind: String,
    /// Address and the rest, by key.
    pub attributes: BTreeMap<String, String>,
}

/// Promised service, by property.
pub type Sla = BTreeMap<String, SlaValue>;

/// A promise about service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlaValue {
    /// A span of time.
    Duration(Duration),
    /// A share.
    Percentage(Percentage),
    /// Words that are not compared, only seen to differ.
    Text(String),
}

impl std::fmt::Display for SlaValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SlaValue::Duration(duration) => write!(f, "{duration}"),
            SlaValue::Percentage(percentage) => write!(f, "{percentage}"),
            SlaValue::Text(text) => f.write_str(text),
        }
    }
}
