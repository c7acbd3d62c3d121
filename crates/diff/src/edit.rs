//! What can differ between two revisions of a contract: aspect × motion. Facts only, no judgement.

use meshlaw_contract::Pointer;

/// Something that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What differs.
    pub aspect: Aspect,
    /// How it moved.
    pub motion: Motion,
    /// Where.
    pub place: Place,
    /// What stood there, for people.
    pub before: Option<String>,
    /// What stands there, for people.
    pub after: Option<String>,
}

/// Where an edit is, in each revision that has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Only the old revision has it.
    Base(Pointer),
    /// Only the new revision has it.
    Head(Pointer),
    /// Both have it, perhaps under different names.
    Both {
        /// Where the old revision has it.
        base: Pointer,
        /// Where the new revision has it.
        head: Pointer,
    },
}

impl Place {
    /// Returns where the new revision has it, else where the old one had it.
    pub fn pointer(&self) -> &Pointer {
        match self {
            Place::Base(pointer) | Place::Head(pointer) | Place::Both { head: pointer, .. } => {
                pointer
            }
        }
    }

    /// Returns where the old revision has it.
    pub fn base(&self) -> Option<&Pointer> {
        match self {
            Place::Base(pointer) | Place::Both { base: pointer, .. } => Some(pointer),
            Place::Head(_) => None,
        }
    }

    /// Returns where the new revision has it.
    pub fn head(&self) -> Option<&Pointer> {
        match self {
            Place::Head(pointer) | Place::Both { head: pointer, .. } => Some(pointer),
            Place::Base(_) => None,
        }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// Every one.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// Returns the word for it.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }

            /// Finds the one that a word stands for.
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some($name::$variant),)*
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What of a contract can differ.
    Aspect {
        /// How far knowledge may spread.
        Classification "classification",
        /// Who must not break.
        Compatibility "compatibility",
        /// An option of a type, such as how many items a list has.
        Constraint "constraint",
        /// The contract itself.
        Contract "contract",
        /// Whether the organisation counts a field among its critical ones.
        CriticalElement "critical-element",
        /// A dataset.
        Dataset "dataset",
        /// A place that says with authority what something means.
        Definition "definition",
        /// Notice that something goes.
        Deprecation "deprecation",
        /// Prose on what something is.
        Description "description",
        /// Anything else that a format lets people state.
        Detail "detail",
        /// Digits of a decimal, before and behind the point.
        Digits "digits",
        /// Domain that owns the contract.
        Domain "domain",
        /// Encryption at rest.
        Encryption "encryption",
        /// A closed list of values.
        Enum "enum",
        /// What people call an allowed value.
        EnumLabel "enum-label",
        /// One value of a closed list that stays.
        EnumValue "enum-value",
        /// Values to show people.
        Examples "examples",
        /// A field.
        Field "field",
        /// Order of the fields.
        FieldOrder "field-order",
        /// Named format.
        Format "format",
        /// Stable identifier.
        Id "id",
        /// Place of a column in the primary key.
        KeyPosition "key-position",
        /// Why personal data may be processed.
        LegalBasis "legal-basis",
        /// How values are hidden.
        Masking "masking",
        /// Greatest value.
        Maximum "maximum",
        /// Most characters.
        MaxLength "max-length",
        /// Least value.
        Minimum "minimum",
        /// Fewest characters.
        MinLength "min-length",
        /// Team that keeps the promise.
        Owner "owner",
        /// How the data is cut into partitions.
        Partition "partition",
        /// Regular expression.
        Pattern "pattern",
        /// A member of a nested type in the storage system.
        PhysicalMember "physical-member",
        /// Name in the storage system.
        PhysicalName "physical-name",
        /// Type in the storage system.
        PhysicalType "physical-type",
        /// Category of personal data.
        Pii "pii",
        /// What the data costs.
        Price "price",
        /// Columns of the primary key.
        PrimaryKey "primary-key",
        /// Data product.
        Product "product",
        /// A free key.
        Property "property",
        /// What the data may be used for.
        Purpose "purpose",
        /// A quality rule that can be evaluated.
        Quality "quality",
        /// What a quality rule says beside what it asks for.
        QualityDetail "quality-detail",
        /// A quality rule in SQL, prose or an engine's own words.
        QualityText "quality-text",
        /// How much a quality rule matters, and how many rows must hold it.
        QualityWeight "quality-weight",
        /// Field of another dataset that values come from.
        Reference "reference",
        /// Where data may lie.
        Region "region",
        /// Whether nulls are forbidden.
        Required "required",
        /// How long data is kept.
        Retention "retention",
        /// A role that readers apply for.
        Role "role",
        /// A place where data is served.
        Server "server",
        /// Something of a server that does not change its address.
        ServerDetail "server-detail",
        /// A promise about service.
        Sla "sla",
        /// What is said of a promise about service.
        SlaDetail "sla-detail",
        /// Version of the standard that the contract is written in.
        StandardVersion "standard-version",
        /// Where the contract is in its life.
        Status "status",
        /// Day on which something goes.
        Sunset "sunset",
        /// Where people find help.
        Support "support",
        /// A label.
        Tag "tag",
        /// Who is on the team.
        Team "team",
        /// Glossary entry.
        Term "term",
        /// Type of a field.
        Type "type",
        /// Fields whose values never stand twice.
        Unique "unique",
        /// Unit of measure.
        Unit "unit",
        /// Version of the promise.
        Version "version",
    }
}

words! {
    /// How an aspect can move.
    Motion {
        /// It was not there, and is.
        Added "added",
        /// It was not there, and is, and must be filled.
        AddedRequired "added-required",
        /// It was there, and is otherwise, with no order between the two.
        Changed "changed",
        /// The allowed data grew.
        Loosened "loosened",
        /// It moved down its scale.
        Lowered "lowered",
        /// It moved up its scale.
        Raised "raised",
        /// It stands somewhere else.
        Moved "moved",
        /// It was there, and is not.
        Removed "removed",
        /// It bears another name.
        Renamed "renamed",
        /// It says the same in other words, or another place says it.
        Restated "restated",
        /// It went after its sunset.
        Retired "retired",
        /// The allowed data shrank.
        Tightened "tightened",
        /// It moved, and nobody can tell which way.
        Unclear "unclear",
    }
}

impl Motion {
    /// Returns how something that differs comes, goes or changes; nothing where it is in neither.
    pub(crate) fn of<T>(before: Option<T>, after: Option<T>) -> Option<Self> {
        match (before, after) {
            (None, None) => None,
            (None, Some(_)) => Some(Motion::Added),
            (Some(_), None) => Some(Motion::Removed),
            (Some(_), Some(_)) => Some(Motion::Changed),
        }
    }
}

impl Aspect {
    /// Returns the motions that the aspect can make; the differ makes no others.
    pub fn motions(self) -> &'static [Motion] {
        use Motion::{
            Added, AddedRequired, Changed, Loosened, Lowered, Moved, Raised, Removed, Renamed,
            Restated, Retired, Tightened, Unclear,
        };
        match self {
            Aspect::Contract => &[Added, Removed, Renamed, Retired],
            Aspect::Dataset => &[Added, Removed, Renamed, Restated, Retired],
            Aspect::Field => &[
                Added,
                AddedRequired,
                Moved,
                Removed,
                Renamed,
                Restated,
                Retired,
            ],
            Aspect::Classification | Aspect::Status => &[Added, Lowered, Raised, Removed],
            Aspect::Compatibility => &[Changed, Lowered, Raised, Restated],
            Aspect::Retention => &[Added, Lowered, Raised, Removed, Restated],
            Aspect::Sla => &[Added, Changed, Lowered, Raised, Removed, Restated],
            Aspect::Version => &[Added, Changed, Lowered, Raised, Removed, Restated],
            Aspect::Sunset => &[Added, Lowered, Raised, Removed],
            Aspect::QualityWeight => &[Lowered, Raised, Unclear],
            Aspect::Type => &[Added, Changed, Loosened, Removed, Tightened, Unclear],
            Aspect::Digits => &[Changed, Loosened, Tightened],
            Aspect::Required => &[Loosened, Restated, Tightened],
            Aspect::Minimum | Aspect::Maximum => &[Loosened, Restated, Tightened, Unclear],
            Aspect::MinLength | Aspect::MaxLength => &[Loosened, Tightened],
            Aspect::PrimaryKey => &[Added, Changed, Loosened, Removed, Tightened],
            Aspect::Unique => &[Added, Removed, Restated],
            Aspect::Enum => &[Added, Removed, Restated],
            Aspect::Pattern => &[
                Added, Changed, Loosened, Removed, Restated, Tightened, Unclear,
            ],
            Aspect::Quality => &[
                Added, Changed, Loosened, Removed, Renamed, Restated, Tightened, Unclear,
            ],
            Aspect::Constraint => &[Added, Changed, Loosened, Removed, Tightened, Unclear],
            Aspect::StandardVersion => &[Added, Changed, Lowered, Raised, Removed],
            Aspect::PhysicalMember => &[Added, Removed],
            Aspect::Format => &[Added, Changed, Loosened, Removed, Tightened, Unclear],
            Aspect::PhysicalName => &[Changed, Restated],
            Aspect::PhysicalType => &[
                Added, Changed, Loosened, Removed, Restated, Tightened, Unclear,
            ],
            Aspect::CriticalElement
            | Aspect::Encryption
            | Aspect::EnumValue
            | Aspect::Purpose
            | Aspect::Region
            | Aspect::Tag => &[Added, Removed],
            Aspect::FieldOrder => &[Changed],
            Aspect::Definition
            | Aspect::Deprecation
            | Aspect::Description
            | Aspect::Detail
            | Aspect::Domain
            | Aspect::EnumLabel
            | Aspect::Examples
            | Aspect::Id
            | Aspect::KeyPosition
            | Aspect::LegalBasis
            | Aspect::Masking
            | Aspect::Owner
            | Aspect::Partition
            | Aspect::Pii
            | Aspect::Price
            | Aspect::Product
            | Aspect::Property
            | Aspect::QualityDetail
            | Aspect::QualityText
            | Aspect::Reference
            | Aspect::Role
            | Aspect::Server
            | Aspect::ServerDetail
            | Aspect::SlaDetail
            | Aspect::Support
            | Aspect::Team
            | Aspect::Term
            | Aspect::Unit => &[Added, Changed, Removed],
        }
    }
}
