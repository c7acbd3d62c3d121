//! Contracts of a whole estate in, what there is of each by name out, kept short.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use meshlaw_changeset::{Entry, RepoPath};
use rayon::prelude::*;
use serde::{Serialize, Serializer};

use super::kinds::plain;
use crate::atlas::{Chart, Known, Packed};
use crate::meant::Meant;

/// What contracts are called, one after the other, in which files they lie, and to which products
/// they belong.
#[derive(Default)]
pub(super) struct Roster {
    names: String,
    contracts: Vec<Called>,
    /// Products, each with a number.
    products: HashMap<String, u32>,
}

/// The contracts of each product in order, each with how often the product has one of its name.
pub(super) type Products<'r> = BTreeMap<&'r str, Counted<'r>>;

/// Returns the contracts of each product by their names alone.
pub(super) fn listed(products: &Products<'_>) -> BTreeMap<String, Vec<String>> {
    let names = |Counted(contracts): &Counted<'_>| {
        let names = contracts.iter().map(|(name, _)| (*name).to_owned());
        names.collect()
    };
    let products = products.iter();
    let products = products.map(|(name, contracts)| ((*name).to_owned(), names(contracts)));
    products.collect()
}

/// Names in order, each with how often it is there; written down as a map is.
#[derive(Debug, Default)]
pub(super) struct Counted<'r>(pub(super) Vec<(&'r str, u32)>);

impl Serialize for Counted<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().copied())
    }
}

/// A contract.
struct Called {
    /// Where its name begins, and how long it is.
    start: usize,
    length: u32,
    /// The number of its file.
    file: u32,
    /// The number of its product.
    product: Option<u32>,
    /// Its sketch; without one, the file is read if anybody asks.
    packed: Option<Packed>,
}

impl Roster {
    /// Adds the next contract of a file.
    pub(super) fn add(
        &mut self,
        file: u32,
        (name, product): (&str, Option<String>),
        packed: Option<Packed>,
    ) {
        let product = product.map(|product| self.product(product));
        self.contracts.push(Called {
            start: self.names.len(),
            // No file of a contract is that long.
            length: u32::try_from(name.len()).unwrap_or(u32::MAX),
            file,
            product,
            packed,
        });
        self.names.push_str(name);
    }

    /// Returns the number of a product.
    fn product(&mut self, product: String) -> u32 {
        // There are fewer products than contracts.
        let next = u32::try_from(self.products.len()).unwrap_or(u32::MAX);
        *self.products.entry(product).or_insert(next)
    }

    /// Adds the contracts of other files.
    pub(super) fn extend(&mut self, other: Roster) {
        if self.contracts.is_empty() {
            *self = other;
            return;
        }
        let start = self.names.len();
        self.names.push_str(&other.names);
        let products = other.products.into_iter();
        let products = products.map(|(product, number)| (number, self.product(product)));
        let products: HashMap<u32, u32> = products.collect();
        let others = other.contracts.into_iter();
        self.contracts.extend(others.map(|one| {
            Called {
                start: one.start + start,
                product: one
                    .product
                    .and_then(|product| products.get(&product).copied()),
                ..one
            }
        }));
    }

    /// Returns the number of each contract's file, and its name, in the order of files.
    pub(super) fn by_file(&self) -> Vec<(u32, &str)> {
        let all = self.contracts.iter().map(|one| (one.file, self.name(one)));
        let mut all: Vec<(u32, &str)> = all.collect();
        // Those of one file stand beside each other already.
        all.sort_by_key(|(file, _)| *file);
        all
    }

    fn name(&self, contract: &Called) -> &str {
        let end = contract.start + contract.length as usize;
        self.names.get(contract.start..end).unwrap_or_default()
    }
}

/// A roster that is searched.
pub(super) struct Charted<'r> {
    roster: &'r Roster,
    entries: &'r [Entry],
    /// Contracts by name, those of one name in the order of their files.
    sorted: Vec<&'r Called>,
    /// The same by file, once somebody asks for one.
    by_file: OnceLock<Vec<&'r Called>>,
    /// Files whose paths are shown otherwise than they are.
    odd: Vec<u32>,
    /// Every name, once it is asked what was meant by one that is nowhere.
    meant: Meant<&'r str>,
}

impl<'r> Charted<'r> {
    pub(super) fn new(roster: &'r Roster, entries: &'r [Entry]) -> Self {
        let mut sorted: Vec<&Called> = roster.contracts.iter().collect();
        // Those of one file stand beside each other already.
        sorted.par_sort_by_key(|one| (roster.name(one), one.file));
        let numbered = (0..u32::MAX).into_par_iter().zip(entries);
        let odd = numbered.filter(|(_, entry)| plain(&entry.path).is_none());
        Self {
            roster,
            entries,
            sorted,
            by_file: OnceLock::new(),
            odd: odd.map(|(number, _)| number).collect(),
            meant: Meant::default(),
        }
    }

    /// Returns every name once, in order.
    pub(super) fn names(&self) -> Vec<&'r str> {
        let names = self.sorted.iter().map(|one| self.roster.name(one));
        let mut names: Vec<&str> = names.collect();
        names.dedup();
        names
    }

    /// Returns the contracts of each product.
    pub(super) fn products(&self) -> Products<'r> {
        let products = self.roster.products.iter();
        let mut products: Vec<(u32, &str)> = products.map(|(name, at)| (*at, &**name)).collect();
        products.sort_unstable();
        let mut all: Vec<(&str, Counted<'r>)> = Vec::with_capacity(products.len());
        all.extend(
            products
                .into_iter()
                .map(|(_, name)| (name, Counted::default())),
        );
        for one in &self.sorted {
            let at = one.product.and_then(|at| usize::try_from(at).ok());
            let Some((_, Counted(contracts))) = at.and_then(|at| all.get_mut(at)) else {
                continue;
            };
            let name = self.roster.name(one);
            match contracts.last_mut().filter(|(last, _)| *last == name) {
                Some((_, count)) => *count += 1,
                None => contracts.push((name, 1)),
            }
        }
        all.into_iter().collect()
    }

    fn known(&self, contract: &Called) -> Known {
        let entry = usize::try_from(contract.file).ok();
        let entry = entry.and_then(|number| self.entries.get(number));
        let path = entry.map(|entry| entry.path.to_string());
        Known {
            path: path.unwrap_or_default().into(),
            packed: contract.packed.clone(),
        }
    }

    /// Returns the numbers of the files that are shown as a path.
    fn files(&self, path: &str) -> Vec<u32> {
        let parsed = RepoPath::parse(path).ok();
        let found = parsed.and_then(|path| {
            let mut all = self.entries.binary_search_by(|entry| entry.path.cmp(&path));
            all.as_mut().ok().map(|found| *found)
        });
        let found = found.and_then(|number| u32::try_from(number).ok());
        let mut numbers: Vec<u32> = self.odd.iter().copied().chain(found).collect();
        numbers.retain(|number| {
            let entry = self.entries.get(*number as usize);
            entry.is_some_and(|entry| entry.path.to_string() == path)
        });
        numbers
    }
}

/// Contracts of an estate that was looked at as a whole.
impl Chart for Charted<'_> {
    fn named(&self, id: &str) -> Vec<Known> {
        let name = |one: &&&Called| self.roster.name(one);
        let start = self.sorted.partition_point(|one| name(&one) < id);
        let rest = self.sorted.iter().skip(start);
        let own = rest.take_while(|one| name(one) == id);
        own.map(|one| self.known(one)).collect()
    }

    fn at(&self, path: &str) -> Vec<(String, Vec<Known>)> {
        let all = self.by_file.get_or_init(|| {
            let mut all = self.sorted.clone();
            all.sort_by_key(|one| one.file);
            all
        });
        let mut found: BTreeMap<String, Vec<Known>> = BTreeMap::new();
        for file in self.files(path) {
            let start = all.partition_point(|one| one.file < file);
            let own = all.iter().skip(start).take_while(|one| one.file == file);
            for one in own {
                let same = found.entry(self.roster.name(one).to_owned()).or_default();
                same.push(self.known(one));
            }
        }
        found.into_iter().collect()
    }

    fn meant(&self, id: &str) -> Option<String> {
        self.meant.by(id, || self.names())
    }
}

/// Several may search one roster, each for itself.
impl Chart for &Charted<'_> {
    fn named(&self, id: &str) -> Vec<Known> {
        (**self).named(id)
    }

    fn at(&self, path: &str) -> Vec<(String, Vec<Known>)> {
        (**self).at(path)
    }

    fn meant(&self, id: &str) -> Option<String> {
        (**self).meant(id)
    }
}

#[cfg(test)]
mod tests {
    use meshlaw_changeset::{Kind, ObjectId};

    use super::*;

    #[test]
    fn contracts_are_found_by_name_and_by_file() {
        // The third path is shown as the second is.
        let paths: [&[u8]; 4] = [b"a.yaml", b"b\\u{7f}.yaml", b"b\x7f.yaml", b"c.yaml"];
        let entries = paths.map(|path| {
            let path = RepoPath::from_git(path);
            Entry::stored(path, Kind::File, ObjectId::from_bytes(&[0; 20]))
        });
        let (mut roster, mut other) = (Roster::default(), Roster::default());
        let of = |product: &str| Some(product.to_owned());
        roster.add(3, ("crm/orders", of("book")), None);
        roster.add(3, ("crm/lines", of("book")), None);
        other.add(0, ("crm/orders", of("bill")), None);
        other.add(1, ("sales/orders", None), None);
        other.add(2, ("crm/orders", of("book")), None);
        roster.extend(other);
        let charted = Charted::new(&roster, &entries);
        assert_eq!(charted.names(), ["crm/lines", "crm/orders", "sales/orders"]);
        let products = charted.products();
        let written: BTreeMap<String, BTreeMap<String, u32>> =
            postcard::from_bytes(&postcard::to_stdvec(&products).unwrap()).unwrap();
        let wanted = [
            ("bill", vec![("crm/orders", 1)]),
            ("book", vec![("crm/lines", 1), ("crm/orders", 2)]),
        ];
        let named = |(name, count): (&str, u32)| (name.to_owned(), count);
        let wanted = wanted.map(|(product, contracts)| {
            let contracts: BTreeMap<_, _> = contracts.into_iter().map(named).collect();
            (product.to_owned(), contracts)
        });
        assert_eq!(written, BTreeMap::from(wanted));
        let shown = |all: Vec<Known>| all.into_iter().map(|one| one.path).collect::<Vec<_>>();
        let paths = |id: &str| shown(charted.named(id)).join(" ");
        assert_eq!(paths("crm/orders"), "a.yaml b\\u{7f}.yaml c.yaml");
        assert_eq!(paths("crm/order"), "");
        assert_eq!(paths("sales/orders"), "b\\u{7f}.yaml");
        let names = |path: &str| {
            let found = charted.at(path).into_iter();
            let found = found.map(|(id, known)| format!("{id} {}", known.len()));
            found.collect::<Vec<String>>().join(", ")
        };
        assert_eq!(names("c.yaml"), "crm/lines 1, crm/orders 1");
        assert_eq!(names("b\\u{7f}.yaml"), "crm/orders 1, sales/orders 1");
        assert_eq!(names("b\x7f.yaml"), "");
        assert_eq!(charted.meant("crm/ordres").as_deref(), Some("crm/orders"));
    }
}
