//! What policies read in, where each value comes from and a key of all of them out.
//!
//! Names are resolved once for a slice, so that reading a field costs a few calls. Two subjects of
//! one key agree on all that the policies read.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;

use crate::attribute::{
    Attribute, CONTRACT, ContractFact, DATASET, DatasetFact, Depth, FIELD, FieldFact, Read, Stated,
    TEAM, Told,
};
use crate::fact::Fact;
use crate::reads::{Path, Reads, Root, Tie};
use crate::slice::Part;
use crate::view::{ContractView, DatasetView, FieldView};

/// What is read of a contract, its owner, a dataset and a field.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) team: Vec<Source<ContractFact>>,
    pub(crate) contract: Vec<Source<ContractFact>>,
    pub(crate) dataset: Vec<Source<DatasetFact>>,
    /// What hangs on a field's name alone comes first, and last what is stated tells by itself.
    pub(crate) field: Vec<Source<FieldFact>>,
    of_name: usize,
    others: usize,
    told: Stated,
    /// What any of the others hangs on, and which of them do so, by each kind of thing stated.
    hangs_on: Stated,
    hanging: [u64; Stated::KINDS],
    /// Whether the owner is there for others alone, so that nothing of it is decided by.
    leaves_team: bool,
    /// What was written for names of fields, since those come again and again.
    names: RefCell<HashMap<Box<str>, Box<[u8]>, RandomState>>,
    pub(crate) ties: BTreeSet<Tie>,
}

/// Where an attribute comes from, and whether more of it is read than that it is there.
#[derive(Debug)]
pub(crate) struct Source<F> {
    pub(crate) name: &'static str,
    pub(crate) fact: F,
    hangs_on: Stated,
    told: Told,
    depth: Depth,
}

impl<F> Source<F> {
    /// Tells whether as much as is read of it is known by what is stated.
    fn is_told(&self) -> bool {
        match self.told {
            Told::Nothing => false,
            Told::Presence => matches!(self.depth, Depth::Presence),
            Told::Value => true,
        }
    }
}

impl Depth {
    fn join(&mut self, other: Self) {
        match (&mut *self, other) {
            (Depth::Value, _) | (_, Depth::Presence) => {}
            (Depth::Answers(own), Depth::Answers(other)) => own.extend(&other),
            (_, other) => *self = other,
        }
    }
}

impl Reading {
    /// Resolves what policies read where the resource is of one type.
    ///
    /// The context is passed over: it is the same whenever a contract is asked about, and what is
    /// asked about a change is asked once.
    pub(crate) fn of(reads: &Reads, part: Part) -> Self {
        Self::with(reads, part, |_| Depth::Value)
    }

    /// The same, but of what policies only hold against texts of their own, the answers.
    ///
    /// Enough to decide by; what people are shown and what is compared is the value.
    pub(crate) fn to_decide(reads: &Reads, part: Part) -> Self {
        Self::with(reads, part, |path| {
            let probes = reads.probed.get(path).cloned();
            probes.map_or(Depth::Value, Depth::Answers)
        })
    }

    /// The same, and of what policies only ask whether it is there, the value, too.
    pub(crate) fn to_show(reads: &Reads, part: Part) -> Self {
        let mut reading = Self::of(reads, part);
        for path in &reads.presences {
            reading.add(path, part, Depth::Value);
        }
        reading.settle(part);
        reading
    }

    fn with(reads: &Reads, part: Part, depth: impl Fn(&Path) -> Depth) -> Self {
        if reads.everything {
            return Self::everything(part);
        }
        let mut reading = Self::default();
        for path in &reads.paths {
            reading.add(path, part, depth(path));
        }
        for path in &reads.presences {
            reading.add(path, part, Depth::Presence);
        }
        reading.ties.extend(&reads.ties);
        reading.settle(part);
        reading
    }

    /// Reads all that a policy could.
    pub(crate) fn everything(part: Part) -> Self {
        let mut reading = Self {
            team: every(TEAM),
            contract: every(CONTRACT),
            ties: [
                Tie::Resource,
                Tie::Domain,
                Tie::Product,
                Tie::Tags,
                Tie::Term,
            ]
            .into(),
            ..Self::default()
        };
        if part != Part::Contract {
            reading.dataset = every(DATASET);
        }
        if part == Part::Field {
            reading.field = every(FIELD);
        }
        reading.settle(part);
        reading
    }

    /// Reads all there is of the owner, too: it may be the team that a petitioner belongs to.
    pub(crate) fn with_all_of_team(self) -> Self {
        Self {
            team: every(TEAM),
            ..self
        }
    }

    /// Leaves the owner out of keys: what is read of a petitioner's team is told with the petitioner.
    pub(crate) fn without_team_in_keys(self) -> Self {
        Self {
            leaves_team: true,
            ..self
        }
    }

    fn add(&mut self, path: &Path, part: Part, depth: Depth) {
        let mut names = path.attributes.iter().map(String::as_str);
        let Some(first) = names.next() else { return };
        let second = names.next();
        let is_around = matches!(
            (part, first),
            (Part::Dataset | Part::Field, "contract") | (Part::Field, "dataset")
        );
        // What is asked of a part of a record is no answer of the record.
        let steps = if path.root == Root::Resource && is_around {
            2
        } else {
            1
        };
        let depth = match depth {
            Depth::Answers(_) if path.attributes.len() > steps => Depth::Value,
            depth => depth,
        };
        match (path.root, part, first, second) {
            (Root::Context, ..) => {}
            (Root::Principal, ..) => add(&mut self.team, TEAM, first, depth),
            (Root::Resource, Part::Dataset | Part::Field, "contract", Some(name)) => {
                add(&mut self.contract, CONTRACT, name, depth);
            }
            (Root::Resource, Part::Field, "dataset", Some(name)) => {
                add(&mut self.dataset, DATASET, name, depth);
            }
            (Root::Resource, Part::Contract, ..) => add(&mut self.contract, CONTRACT, first, depth),
            (Root::Resource, Part::Dataset, ..) => add(&mut self.dataset, DATASET, first, depth),
            (Root::Resource, Part::Field, ..) => add(&mut self.field, FIELD, first, depth),
        }
    }

    /// Which part something is, it is within its contract.
    fn settle(&mut self, part: Part) {
        self.settle_fields();
        if self.ties.contains(&Tie::Resource) {
            self.ties.insert(Tie::Contract);
            if part == Part::Dataset {
                self.ties.insert(Tie::Dataset);
            }
        }
        if self.ties.contains(&Tie::Dataset) {
            self.ties.insert(Tie::Contract);
        }
    }

    fn settle_fields(&mut self) {
        let rank = |source: &Source<FieldFact>| {
            let is_of_name = OF_NAME.contains(&source.name);
            (!is_of_name, !is_of_name && source.is_told())
        };
        self.field.sort_by_key(rank);
        self.of_name = self
            .field
            .partition_point(|one| rank(one) == (false, false));
        let told = self.field.partition_point(|one| rank(one) <= (true, false));
        self.others = told - self.of_name;
        let mut all = self.field.iter().skip(self.of_name);
        (self.hangs_on, self.hanging) = Default::default();
        for (nth, source) in all.by_ref().take(self.others).enumerate() {
            self.hangs_on = self.hangs_on.or(source.hangs_on);
            for kind in source.hangs_on.kinds() {
                let hanging = self.hanging.get_mut(kind).into_iter();
                hanging.for_each(|all| *all |= 1 << nth);
            }
        }
        self.told = all.fold(Stated::default(), |all, one| all.or(one.hangs_on));
    }

    pub(crate) fn write_contract(&self, view: &ContractView<'_>, key: &mut Vec<u8>) {
        if !self.leaves_team {
            write(&self.team, view, key);
        }
        write(&self.contract, view, key);
        for tie in &self.ties {
            match tie {
                Tie::Contract => Fact::text(&view.identity.id()).write_key(key),
                Tie::Domain => Fact::text(&view.identity.domain).write_key(key),
                Tie::Product => {
                    write_one(
                        view.contract.product.as_deref().map(Fact::text).as_ref(),
                        key,
                    );
                }
                Tie::Tags => {
                    let tags = view
                        .tags()
                        .flat_map(|(name, value)| [name.to_owned(), value]);
                    // In the order of the keys, which a set of facts would lose.
                    let tags: Vec<String> = tags.collect();
                    Fact::count(tags.len()).write_key(key);
                    tags.iter().for_each(|text| Fact::text(text).write_key(key));
                }
                Tie::Dataset | Tie::Resource | Tie::Term => {}
            }
        }
    }

    pub(crate) fn write_dataset(&self, view: &DatasetView<'_>, key: &mut Vec<u8>) {
        write(&self.dataset, view, key);
        if self.ties.contains(&Tie::Dataset) {
            Fact::text(&view.dataset.name).write_key(key);
        }
    }

    pub(crate) fn write_field(&self, view: &FieldView<'_>, key: &mut Vec<u8>) {
        let stated = Stated::of(view);
        stated.and(self.told).write(key);
        let (of_name, others) = self.field.split_at(self.of_name.min(self.field.len()));
        if !of_name.is_empty() {
            self.write_name(of_name, view, key);
        }
        let others = others.get(..self.others).unwrap_or_default();
        if !others.is_empty() {
            write_of(others, self.can_be_other(stated), view, key);
        }
        if self.ties.contains(&Tie::Resource) {
            Fact::count(view.way.len()).write_key(key);
            let texts = view.way.texts().into_iter();
            texts.for_each(|one| Fact::text(one).write_key(key));
        }
        if self.ties.contains(&Tie::Term) {
            let terms = view.terms();
            Fact::count(terms.len()).write_key(key);
            terms.iter().for_each(|one| Fact::text(one).write_key(key));
        }
    }
}

impl Reading {
    /// Returns which of the others can be other than those of a field that states nothing.
    fn can_be_other(&self, stated: Stated) -> u64 {
        let hanging = |kind| self.hanging.get(kind).copied().unwrap_or(u64::MAX);
        let kinds = stated.and(self.hangs_on).kinds();
        kinds.map(hanging).fold(0, |all, one| all | one)
    }

    /// Writes what hangs on the name of a field alone.
    fn write_name(&self, of_name: &[Source<FieldFact>], view: &FieldView<'_>, key: &mut Vec<u8>) {
        let name = view.field.name.as_str();
        let mut names = self.names.borrow_mut();
        if let Some(known) = names.get(name) {
            key.extend_from_slice(known);
            return;
        }
        let from = key.len();
        write(of_name, view, key);
        if names.len() == MOST_NAMES {
            names.clear();
        }
        names.insert(name.into(), key.get(from..).unwrap_or_default().into());
    }
}

/// Names that are remembered; contracts choose how many they have.
const MOST_NAMES: usize = 16_384;

/// Attributes of a field that hang on nothing but its name.
const OF_NAME: [&str; 3] = ["isSnakeCase", "name", "nameTokens"];

fn every<F: Copy>(table: &[Attribute<F>]) -> Vec<Source<F>> {
    let source = |attribute: &Attribute<F>| Source {
        name: attribute.name,
        fact: attribute.fact,
        hangs_on: attribute.hangs_on,
        told: attribute.told,
        depth: Depth::Value,
    };
    table.iter().map(source).collect()
}

/// Adds an attribute once; one that the type does not have is never there, and so no difference.
fn add<F: Copy>(sources: &mut Vec<Source<F>>, table: &[Attribute<F>], name: &str, depth: Depth) {
    if let Some(known) = sources.iter_mut().find(|source| source.name == name) {
        known.depth.join(depth);
        return;
    }
    if let Ok(at) = table.binary_search_by(|attribute| attribute.name.cmp(name)) {
        sources.extend(table.get(at).map(|attribute| Source {
            name: attribute.name,
            fact: attribute.fact,
            hangs_on: attribute.hangs_on,
            told: attribute.told,
            depth,
        }));
    }
}

fn write<F: Read<V>, V>(sources: &[Source<F>], view: &V, key: &mut Vec<u8>) {
    write_of(sources, u64::MAX, view, key);
}

/// Writes which attributes are other than those of a thing that states nothing, and then as much of
/// these as is read; no others can be but some, by their place.
fn write_of<F: Read<V>, V>(sources: &[Source<F>], mut some: u64, view: &V, key: &mut Vec<u8>) {
    let at = key.len();
    let mut told = [0; 8];
    key.extend_from_slice(&told);
    let mut all = 0_u64;
    while let Some(rest) = some.checked_sub(1) {
        let Some(source) = sources.get(some.trailing_zeros() as usize) else {
            break;
        };
        let is_told = source.fact.write(view, &source.depth, key);
        // Takes the lowest away.
        all |= u64::from(is_told) << some.trailing_zeros();
        some &= rest;
    }
    told = all.to_le_bytes();
    if let Some(place) = key.get_mut(at..at + told.len()) {
        place.copy_from_slice(&told);
    }
}

fn write_one(fact: Option<&Fact<'_>>, key: &mut Vec<u8>) {
    key.push(u8::from(fact.is_some()));
    if let Some(fact) = fact {
        fact.write_key(key);
    }
}
