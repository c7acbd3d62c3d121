//! What the contracts of an estate are like: how many, how long, and where they lie.

use super::dice::Dice;

/// Domains of an estate; contracts are dealt out to them in turn.
pub const DOMAINS: u64 = 100;

/// Folders that the contracts of a domain are spread over.
const FOLDERS: u64 = 100;

/// Folders that a deep estate has above each contract.
const DEPTH: u64 = 20;

/// The contracts of an estate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Part of the repository's name.
    pub name: &'static str,
    /// What tells the estate from others, for people; nothing of the common one.
    pub what: &'static str,
    /// Fewest fields of a contract, and how many more there may be.
    pub fields: (u64, u64),
    /// Where contracts lie.
    pub layout: Layout,
    /// Whether one contract of five refers to another.
    pub refers: bool,
}

/// Where contracts lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// In folders of their domains.
    Spread,
    /// Many folders below each other.
    Deep,
    /// All in one folder, of one domain.
    Flat,
}

impl Shape {
    /// As most estates are.
    pub const COMMON: Self = Self {
        name: "native",
        what: "",
        fields: (26, 12),
        layout: Layout::Spread,
        refers: false,
    };

    /// Returns the domain of a contract.
    pub fn domain(self, number: u64) -> u64 {
        match self.layout {
            Layout::Flat => 0,
            Layout::Spread | Layout::Deep => number % DOMAINS,
        }
    }

    /// Returns the product of a contract, by its number.
    pub fn product(self, number: u64) -> u64 {
        number / DOMAINS % FOLDERS
    }

    /// Returns where a contract lies.
    pub fn path(self, number: u64) -> String {
        let (domain, product) = (self.domain(number), self.product(number));
        let folders = match self.layout {
            Layout::Spread => format!("/p{product}"),
            Layout::Deep => (0..DEPTH)
                .map(|level| format!("/l{}", product >> (level % 7) & 1))
                .collect(),
            Layout::Flat => String::new(),
        };
        format!("domains/d{domain}{folders}/c{number}.contract.yaml")
    }

    /// Returns how many fields a contract has, beside those that each has.
    pub fn count(self, dice: &mut Dice) -> u64 {
        let (fewest, more) = self.fields;
        fewest + dice.roll(more)
    }
}

/// An estate of another shape, put into a repository by one commit.
#[derive(Debug, Clone, Copy)]
pub struct Other {
    pub shape: Shape,
    pub contracts: u64,
    /// How many contracts the larger change touches.
    pub changed: u64,
}

/// Estates of other shapes than the common one.
pub const OTHERS: [Other; 6] = [
    Other {
        shape: Shape {
            name: "referring",
            what: "of which a fifth refer to another",
            refers: true,
            ..Shape::COMMON
        },
        contracts: 10_000,
        changed: 100,
    },
    Other {
        shape: Shape {
            name: "tiny",
            what: "of few fields",
            fields: (1, 3),
            refers: true,
            ..Shape::COMMON
        },
        contracts: 20_000,
        changed: 100,
    },
    Other {
        shape: Shape {
            name: "wide",
            what: "of 2,000 fields",
            fields: (2_000, 1),
            refers: true,
            ..Shape::COMMON
        },
        contracts: 300,
        changed: 100,
    },
    Other {
        shape: Shape {
            name: "huge",
            what: "of 0.9 MB",
            fields: (7_000, 1),
            refers: true,
            ..Shape::COMMON
        },
        contracts: 60,
        changed: 10,
    },
    Other {
        shape: Shape {
            name: "deep",
            what: "20 folders deep",
            layout: Layout::Deep,
            refers: true,
            ..Shape::COMMON
        },
        contracts: 10_000,
        changed: 100,
    },
    Other {
        shape: Shape {
            name: "flat",
            what: "in one folder",
            fields: (4, 8),
            layout: Layout::Flat,
            refers: true,
        },
        contracts: 50_000,
        changed: 100,
    },
];
