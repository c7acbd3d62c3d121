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

/// What contracts say, put together.
#[derive(Debug, Default)]
pub struct Tally(HashMap<[u8; 8], Vec<Stated>, RandomState>);

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
        self.each(contract, |_, _, _, said| all.push(said));
        Sayings::of(all)
    }

    /// Goes through all that a contract says. What goes soon is not compared: a new major version
    /// beside it may define it otherwise.
    fn each<'c>(
        &self,
        contract: &'c Contract,
        mut told: impl FnMut(Way<'_>, &'c Field, Statement, Said),
    ) {
        let Some(names) = &self.names else { return };
        let goes = matches!(contract.status, Some(Status::Deprecated | Status::Retired));
        if goes || contract.deprecated.is_some() {
            return;
        }
        for dataset in &contract.datasets {
            visit_fields(dataset, Order::OuterFirst, &mut |way, field| {
                if field.term.is_some() || field.deprecated.is_some() {
                    return;
                }
                let Some(name) = names.compared(field) else {
                    return;
                };
                for statement in STATEMENTS {
                    if let Some(value) = stated(field, statement) {
                        let about = name.with(&[statement as u8]).0.to_le_bytes();
                        let value = (value.0 ^ (value.0 >> 32)) as u32;
                        let value = value.to_le_bytes();
                        told(way, field, statement, Said { about, value });
                    }
                }
            });
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
            for said in all.iter() {
                let told = Told {
                    value: said.value,
                    count: 1,
                    first: spot,
                };
                let files = Files::default();
                self.put(said.about, Stated { told, files });
            }
        }
    }

    /// Returns what is said of names, each thing once, and the files in which it is, as they are
    /// written down; in no order.
    pub fn sayings(&self) -> impl Iterator<Item = ([u8; 8], Saying, Vec<u8>)> {
        let all = self.0.iter();
        let each = all.flat_map(|(about, all)| all.iter().map(move |stated| (about, stated)));
        each.map(|(about, stated)| {
            let files = files::written(stated.files());
            (*about, stated.told.saying(), files)
        })
    }

    /// Adds what others took down; in whatever order, the sum is the same.
    pub fn extend(&mut self, other: Tally) {
        for (about, all) in other.0 {
            all.into_iter().for_each(|stated| self.put(about, stated));
        }
    }

    fn put(&mut self, about: [u8; 8], stated: Stated) {
        // Mostly one thing is said of a name.
        let all = self.0.entry(about).or_insert_with(|| Vec::with_capacity(1));
        let mut known = all.iter_mut();
        match known.find(|known| known.told.value == stated.told.value) {
            None => all.push(stated),
            Some(known) => known.join(&stated),
        }
    }
}

impl Stated {
    fn files(&self) -> Vec<u32> {
        if self.files.is_empty() {
            vec![self.told.first.file]
        } else {
            self.files.numbers()
        }
    }

    fn join(&mut self, other: &Stated) {
        if self.files.is_empty() {
            self.files.add(self.told.first.file);
        }
        if other.files.is_empty() {
            self.files.add(other.told.first.file);
        } else {
            other
                .files()
                .into_iter()
                .for_each(|file| self.files.add(file));
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
        Statement::Type => family(&field.ty).map(|word| hash.with(word.as_bytes())),
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
fn family(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::Scalar(Scalar::String | Scalar::Uuid) => Some("text"),
        Type::Scalar(Scalar::Integer | Scalar::Long) => Some("whole number"),
        Type::Scalar(Scalar::Number | Scalar::Decimal) => Some("number"),
        Type::Scalar(scalar) => {
            use meshlaw_contract::model::Word;
            Some(scalar.as_str())
        }
        Type::Object(_) => Some("object"),
        Type::Array(_) => Some("array"),
        Type::Map { .. } => Some("map"),
        Type::Unstated | Type::Union(_) | Type::Named(_) | Type::Opaque(_) => None,
    }
}

/// FNV-1a: the same on every machine, which the standard hasher does not promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    fn with(self, bytes: &[u8]) -> Self {
        bytes.iter().fold(self, |hash, byte| hash.byte(*byte))
    }

    fn byte(self, byte: u8) -> Self {
        Self((self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }

    fn letter(self, letter: char) -> Self {
        self.with(letter.encode_utf8(&mut [0; 4]).as_bytes())
    }
}

#[cfg(test)]
mod tests;
