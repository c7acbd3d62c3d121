//! Fields of all contracts in, names that contracts define differently without a term out.
//!
//! An estate has millions of fields, and names clash in few. What a field says of its name is kept
//! as hashes, a few bytes a statement; the files in which something differs are read again for its
//! words and places. What is left out is not compared, and neither are names that nobody expects to
//! mean one thing.

mod clash;
mod compared;
mod files;
mod patch;
mod sayings;

use std::collections::HashMap;

use foldhash::fast::RandomState;
use meshlaw_contract::model::{Contract, Field, Scalar, Status, Type};
use meshlaw_contract::{Order, Value, Way, visit_fields};
use meshlaw_policy::Statement;
use rayon::prelude::*;

pub use clash::{Clash, ID, clashes, tell};
use compared::Names;
use files::Files;
pub use files::read as read_files;
pub use patch::{Edit, patched};
use sayings::Said;
pub use sayings::Sayings;

use crate::inventory::Saying;
use crate::settings::{Level, Settings};

/// Takes down what the fields of contracts say of their names.
pub struct Scribe {
    names: Option<Names>,
}

/// What contracts say, put together; in parts that are joined and written down side by side.
#[derive(Debug, Default)]
pub struct Tally([Part; PARTS]);

/// What is said of some of the names: of those whose hashes end alike.
type Part = HashMap<u64, Vec<Stated>, RandomState>;

/// So many that cores end at the same time.
const PARTS: usize = 16;

/// A value that contracts state, and all files in which they do.
#[derive(Debug)]
struct Stated {
    told: Told,
    /// Empty where the first file is the only one.
    files: Files,
}

/// A value, how many contracts state it, and the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Told {
    value: [u8; 4],
    count: u32,
    first: Spot,
}

impl Told {
    fn saying(&self) -> Saying {
        Saying {
            value: self.value,
            count: self.count,
            file: self.first.file,
            document: self.first.document,
        }
    }
}

/// A contract: the place of its file among all, and its own within the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    file: u32,
    document: u32,
}

impl Scribe {
    /// Takes down nothing where nobody wants to hear of it.
    pub fn new(settings: &Settings) -> Self {
        let is_off = settings.levels.get(ID) == Some(&Level::Off);
        Self {
            names: (!is_off).then(|| Names::new(&settings.glossary)),
        }
    }

    /// Takes down what a contract says, each thing once.
    pub fn said(&self, contract: &Contract) -> Sayings {
        let mut all = Vec::with_capacity(ROOM);
        if let Some(names) = self.heard(contract) {
            let fields = contract.datasets.iter().flat_map(|one| &one.fields);
            fields.for_each(|field| names.listen(field, &mut all));
        }
        Sayings::of(all)
    }

    /// Goes through all that a contract says, with the way to each place.
    fn each<'c>(
        &self,
        contract: &'c Contract,
        mut told: impl FnMut(Way<'_>, &'c Field, Statement, Said),
    ) {
        let Some(names) = self.heard(contract) else {
            return;
        };
        for dataset in &contract.datasets {
            visit_fields(dataset, Order::OuterFirst, &mut |way, field| {
                names.said(field, |statement, said| told(way, field, statement, said));
            });
        }
    }

    /// Returns the names that are compared in a contract. What goes soon is not compared: a new
    /// major version beside it may define it otherwise.
    fn heard(&self, contract: &Contract) -> Option<&Names> {
        let goes = matches!(contract.status, Some(Status::Deprecated | Status::Retired));
        let names = self.names.as_ref();
        names.filter(|_| !goes && contract.deprecated.is_none())
    }
}

impl Names {
    /// Takes down what a field and all that nests in it say.
    fn listen(&self, field: &Field, all: &mut Vec<Said>) {
        self.said(field, |_, said| all.push(said));
        // Most fields hold no others.
        if !matches!(field.ty, Type::Scalar(_)) {
            field.children().for_each(|inner| self.listen(inner, all));
        }
    }

    /// Tells what a field says of its name.
    fn said(&self, field: &Field, mut told: impl FnMut(Statement, Said)) {
        if field.term.is_some() || field.deprecated.is_some() {
            return;
        }
        let Some(name) = self.compared(field) else {
            return;
        };
        for statement in STATEMENTS {
            if let Some(value) = stated(field, statement) {
                let about = name.with(&[statement as u8]).0.to_le_bytes();
                let value = (value.0 ^ (value.0 >> 32)) as u32;
                let value = value.to_le_bytes();
                told(statement, Said { about, value });
            }
        }
    }
}

impl Tally {
    /// Adds what the contracts of one file say.
    pub fn add(&mut self, file: u32, contracts: &[Sayings]) {
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        for (document, all) in contracts.iter().enumerate() {
            let spot = Spot {
                file,
                document: small(document),
            };
            for Said { about, value } in all.iter() {
                let [.., last] = about;
                let Some(part) = self.0.get_mut(usize::from(last) % PARTS) else {
                    continue;
                };
                // Mostly one thing is said of a name.
                let all = part.entry(u64::from_le_bytes(about));
                let all = all.or_insert_with(|| Vec::with_capacity(1));
                match all.iter_mut().find(|known| known.told.value == value) {
                    Some(known) => known.add(spot),
                    None => all.push(Stated::first(value, spot)),
                }
            }
        }
    }

    /// Returns what is said of names, each thing once, and the files in which it is, as they are
    /// written down; in no order.
    pub fn sayings(&self) -> Vec<Written> {
        let of_part = |part: &Part| {
            let each = part.iter().flat_map(|(about, all)| {
                all.iter().map(|stated| {
                    let files = files::written(stated.files());
                    (about.to_le_bytes(), stated.told.saying(), files)
                })
            });
            each.collect::<Vec<Written>>()
        };
        let parts: Vec<Vec<Written>> = self.0.par_iter().map(of_part).collect();
        parts.into_iter().flatten().collect()
    }

    /// Adds what others took down; in whatever order, the sum is the same.
    pub fn extend(&mut self, other: Tally) {
        let parts = self.0.par_iter_mut().zip(other.0);
        parts.for_each(|(part, other)| {
            if part.is_empty() {
                *part = other;
                return;
            }
            for (about, stated) in other {
                let all = part.entry(about).or_default();
                for one in stated {
                    let mut known = all.iter_mut();
                    match known.find(|known| known.told.value == one.told.value) {
                        None => all.push(one),
                        Some(known) => known.join(one),
                    }
                }
            }
        });
    }

    /// Goes through all that is said of each name.
    fn iter(&self) -> impl Iterator<Item = ([u8; 8], &Vec<Stated>)> {
        let all = self.0.iter().flatten();
        all.map(|(about, all)| (about.to_le_bytes(), all))
    }
}

/// What is said of a name, and the files in which it is, as they are written down.
pub type Written = ([u8; 8], Saying, Vec<u8>);

impl Stated {
    fn files(&self) -> Vec<u32> {
        if self.files.is_empty() {
            vec![self.told.first.file]
        } else {
            self.files.numbers()
        }
    }

    /// A value that one contract states.
    fn first(value: [u8; 4], spot: Spot) -> Self {
        let told = Told {
            value,
            count: 1,
            first: spot,
        };
        let files = Files::default();
        Self { told, files }
    }

    /// Adds another contract that states it.
    fn add(&mut self, spot: Spot) {
        if self.files.is_empty() {
            self.files.add(self.told.first.file);
        }
        self.files.add(spot.file);
        self.told.count += 1;
        self.told.first = self.told.first.min(spot);
    }

    fn join(&mut self, other: Stated) {
        if self.files.is_empty() {
            self.files.add(self.told.first.file);
        }
        if other.files.is_empty() {
            self.files.add(other.told.first.file);
        } else {
            self.files.extend(other.files);
        }
        self.told.count += other.told.count;
        self.told.first = self.told.first.min(other.told.first);
    }
}

/// Most contracts say less than this.
const ROOM: usize = 32;

/// What is compared.
const STATEMENTS: [Statement; 4] = [
    Statement::Type,
    Statement::Unit,
    Statement::Format,
    Statement::Enum,
];

/// Hashes what a field states; nothing where it leaves it out.
fn stated(field: &Field, statement: Statement) -> Option<Hash> {
    let hash = Hash::default();
    match statement {
        Statement::Type => family(&field.ty),
        Statement::Unit => Some(hash.with(field.unit.as_ref()?.trim().as_bytes())),
        Statement::Format => {
            let letters = field.format.as_ref()?.chars();
            let letters = letters.filter(|letter| letter.is_alphanumeric());
            Some(
                letters
                    .flat_map(char::to_lowercase)
                    .fold(hash, Hash::letter),
            )
        }
        // The order of values says nothing.
        Statement::Enum => {
            let values = field.allowed.as_ref()?.iter();
            let sum = values.map(|value| match value {
                Value::Text(text) => Hash::default().with(text.as_bytes()).0,
                other => Hash::default().with(other.to_string().as_bytes()).0,
            });
            let sum = sum.fold(0_u64, u64::wrapping_add);
            Some(hash.with(&sum.to_le_bytes()))
        }
        Statement::Classification => None,
    }
}

/// Types that hold the same kind of values count as one: not every format can tell them apart.
fn family(ty: &Type) -> Option<Hash> {
    const TEXT: Hash = Hash::of("text");
    const WHOLE: Hash = Hash::of("whole number");
    const NUMBER: Hash = Hash::of("number");
    match ty {
        Type::Scalar(Scalar::String | Scalar::Uuid) => Some(TEXT),
        Type::Scalar(Scalar::Integer | Scalar::Long) => Some(WHOLE),
        Type::Scalar(Scalar::Number | Scalar::Decimal) => Some(NUMBER),
        Type::Scalar(scalar) => {
            use meshlaw_contract::model::Word;
            Some(Hash::of(scalar.as_str()))
        }
        Type::Object(_) => Some(Hash::of("object")),
        Type::Array(_) => Some(Hash::of("array")),
        Type::Map { .. } => Some(Hash::of("map")),
        Type::Unstated | Type::Union(_) | Type::Named(_) | Type::Opaque(_) => None,
    }
}

/// FNV-1a: the same on every machine, which the standard hasher does not promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(EMPTY)
    }
}

/// The hash of nothing.
const EMPTY: u64 = 0xcbf2_9ce4_8422_2325;

impl Hash {
    const fn of(word: &str) -> Self {
        let (mut hash, mut rest) = (Self(EMPTY), word.as_bytes());
        while let [byte, after @ ..] = rest {
            (hash, rest) = (hash.byte(*byte), after);
        }
        hash
    }

    fn with(self, bytes: &[u8]) -> Self {
        bytes.iter().fold(self, |hash, byte| hash.byte(*byte))
    }

    const fn byte(self, byte: u8) -> Self {
        Self((self.0 ^ byte as u64).wrapping_mul(0x0100_0000_01b3))
    }

    fn letter(self, letter: char) -> Self {
        self.with(letter.encode_utf8(&mut [0; 4]).as_bytes())
    }
}

#[cfg(test)]
mod tests;
