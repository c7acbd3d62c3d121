//! Contracts, datasets and fields with all that is known around them, and ways to walk them.

use meshlaw_contract::model::{
    Classification, Contract, Dataset, Field, Place, QualityRule, Type, Use,
};
use meshlaw_contract::{Key, Order, Pointer, Value, Way};
use serde::{Deserialize, Serialize};

use crate::World;
use crate::glossary::{Held, Meaning};
use crate::probe::likeness;

/// What a contract is called, as settled from its path, its text and the settings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identity {
    /// Domain that owns it.
    pub domain: String,
    /// Its name.
    pub name: String,
    /// Path of its file.
    pub path: String,
}

impl Identity {
    /// Returns the name by which consumers and waivers speak of it.
    pub fn id(&self) -> String {
        [&*self.domain, "/", &self.name].concat()
    }
}

/// A contract and all that is known around it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ContractView<'c> {
    pub(crate) contract: &'c Contract,
    pub(crate) identity: &'c Identity,
    pub(crate) world: &'c World,
    /// What its fields come to.
    pub(crate) sum: Sum,
}

/// What the fields of a contract come to, so that few policies need to go through them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sum {
    pub(crate) fields: usize,
    pub(crate) has_personal: bool,
    pub(crate) has_undescribed: bool,
}

impl Sum {
    fn add(&mut self, field: &Field) {
        self.fields += 1;
        self.has_personal |= field.pii.is_some();
        self.has_undescribed |= field.description.is_none();
        match &field.ty {
            Type::Object(fields) => fields.iter().for_each(|one| self.add(one)),
            Type::Array(Some(items)) => self.add(items),
            Type::Map { keys, values } => {
                let both = [keys, values].into_iter().flatten();
                both.for_each(|one| self.add(one));
            }
            _ => {}
        }
    }
}

/// A dataset in its contract.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DatasetView<'c> {
    pub(crate) of: ContractView<'c>,
    pub(crate) dataset: &'c Dataset,
    /// The fields of which its quality rules speak.
    pub(crate) checked: Checked,
}

/// Fields of which quality rules speak, by a look at their names; others pass for some of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Checked(u64);

impl Checked {
    fn of(dataset: &Dataset) -> Self {
        let mut names = 0;
        for rule in &dataset.quality {
            let fields = rule.check.fields().into_iter();
            fields.for_each(|name| names |= likeness(name));
            // The elements of lists and maps are meant by the name of what is above.
            names |= if rule.on.is_empty() { 0 } else { u64::MAX };
        }
        Self(names)
    }

    pub(crate) fn may_name(self, field: &Field) -> bool {
        self.0 & likeness(&field.name) != 0
    }
}

/// A field in its dataset.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FieldView<'c> {
    pub(crate) of: DatasetView<'c>,
    pub(crate) field: &'c Field,
    /// Where it stands.
    pub(crate) way: Way<'c>,
}

impl<'c> ContractView<'c> {
    pub(crate) fn new(contract: &'c Contract, identity: &'c Identity, world: &'c World) -> Self {
        let mut sum = Sum::default();
        let fields = contract.datasets.iter().flat_map(|one| &one.fields);
        fields.for_each(|field| sum.add(field));
        Self {
            contract,
            identity,
            world,
            sum,
        }
    }

    /// Returns the fields that hold personal data.
    pub(crate) fn personal_fields(&self) -> impl Iterator<Item = &'c Field> {
        let all = self.sum.has_personal.then(|| self.fields()).into_iter();
        all.flatten().filter(|field| field.pii.is_some())
    }

    /// Returns the owner; the team without name where the contract names none.
    pub(crate) fn owner(&self) -> &'c str {
        self.contract.owner.as_deref().unwrap_or_default()
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = &'c Field> {
        self.contract
            .datasets
            .iter()
            .flat_map(|dataset| every_field(&dataset.fields))
    }

    pub(crate) fn rules(&self) -> impl Iterator<Item = &'c QualityRule> {
        self.contract
            .datasets
            .iter()
            .flat_map(|dataset| &dataset.quality)
    }

    /// Returns the free keys, as text.
    pub(crate) fn tags(&self) -> impl Iterator<Item = (&'c str, String)> {
        let tag = |(key, value): (&'c String, &'c Value)| (key.as_str(), value.to_string());
        self.contract.properties.iter().map(tag)
    }
}

impl<'c> DatasetView<'c> {
    pub(crate) fn new(of: ContractView<'c>, dataset: &'c Dataset) -> Self {
        Self {
            of,
            dataset,
            checked: Checked::of(dataset),
        }
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = &'c Field> {
        every_field(&self.dataset.fields)
    }

    pub(crate) fn classification(&self) -> Option<Classification> {
        self.dataset
            .classification
            .or(self.of.contract.classification)
    }
}

impl FieldView<'_> {
    pub(crate) fn classification(&self) -> Option<Classification> {
        self.field
            .classification
            .or_else(|| self.of.classification())
    }

    /// Returns the term that the field names, where the glossary has it.
    pub(crate) fn meaning(&self) -> Option<&Meaning> {
        self.of.of.world.glossary.get(self.field.term.as_deref()?)
    }

    /// Returns the names of the field's term and of all that it is a kind of.
    pub(crate) fn terms(&self) -> Vec<&str> {
        let glossary = &self.of.of.world.glossary;
        let term = self.field.term.as_deref();
        term.map(|term| glossary.chain(term)).unwrap_or_default()
    }

    pub(crate) fn held(&self) -> Held<'_> {
        Held {
            field: self.field,
            format: self.of.of.contract.format,
            classification: self.classification(),
        }
    }

    /// Tells whether the field states a quality rule, or one of the dataset names it.
    pub(crate) fn has_quality_rule(&self) -> bool {
        let is_meant = |rule: &QualityRule| {
            let of_dataset = usize::from(self.above() > 0);
            let names = self.way.names().into_iter().skip(of_dataset);
            rule.on.iter().map(String::as_str).eq(names)
        };
        let is_outermost = self.depth() == 1;
        let names = |rule: &QualityRule| is_outermost && rule.check.names(&self.field.name);
        let speaks = |rule: &QualityRule| names(rule) || !rule.on.is_empty() && is_meant(rule);
        self.of.dataset.quality.iter().any(speaks)
    }

    pub(crate) fn pointer(&self) -> Pointer {
        self.way.to_pointer()
    }

    /// Returns how many keys lead to the dataset.
    fn above(&self) -> usize {
        match self.of.dataset.place {
            Place::Root => 0,
            Place::Listed => 2,
        }
    }

    pub(crate) fn depth(&self) -> usize {
        self.way.len().saturating_sub(self.above()).div_ceil(2)
    }
}

/// Walks fields with all that nests in them, each before what nests in it.
fn every_field(fields: &[Field]) -> impl Iterator<Item = &Field> {
    // Most lists hold none that nests, and then nothing is open but the list.
    let (mut list, mut open) = (fields.iter(), Vec::new());
    std::iter::from_fn(move || {
        let next = loop {
            match list.next() {
                Some(next) => break next,
                None => list = open.pop()?,
            }
        };
        let inner = match &next.ty {
            Type::Object(fields) => fields.iter(),
            Type::Array(Some(items)) => std::slice::from_ref(&**items).iter(),
            Type::Map { keys, values } => {
                let [keys, values] = [keys, values].map(|one| {
                    let one = one.as_deref().map(std::slice::from_ref);
                    one.unwrap_or_default().iter()
                });
                open.push(std::mem::replace(&mut list, values));
                keys
            }
            _ => return Some(next),
        };
        open.push(std::mem::replace(&mut list, inner));
        Some(next)
    })
}

/// Walks fields that people named: the elements of lists and maps have no names of their own.
pub(crate) fn each_named<'c>(fields: &'c [Field], see: &mut impl FnMut(&'c Field)) {
    fn below<'c>(field: &'c Field, see: &mut impl FnMut(&'c Field)) {
        match &field.ty {
            Type::Object(fields) => each_named(fields, see),
            Type::Array(Some(items)) => below(items, see),
            Type::Map { keys, values } => {
                let both = [keys, values].into_iter().flatten();
                both.for_each(|one| below(one, see));
            }
            _ => {}
        }
    }
    for field in fields {
        see(field);
        below(field, see);
    }
}

/// Visits fields, each with the way to it and after what nests in it.
pub(crate) fn visit_fields<'c>(dataset: &'c Dataset, visit: &mut impl FnMut(Way<'_>, &'c Field)) {
    meshlaw_contract::visit_fields(dataset, Order::InnerFirst, visit);
}

/// Visits those fields, in the same way, of which a use reads something.
pub(crate) fn visit_used<'c>(
    dataset: &'c Dataset,
    usage: &Use,
    visit: &mut impl FnMut(Way<'_>, &'c Field),
) {
    let is_meant = |field: &Field| usage.reads_of(&field.name);
    meshlaw_contract::visit_some(dataset, is_meant, Order::InnerFirst, visit);
}

/// Returns the part of a contract that names lead to, as typed keys; unknown names end the way.
pub fn part(contract: &Contract, names: &[String]) -> Pointer {
    let mut nearest = Pointer::root();
    let mut try_dataset = |pointer: Pointer| {
        let strings = pointer.to_strings();
        if names.starts_with(&strings) && strings.len() > nearest.keys().len() {
            nearest = pointer;
        }
    };
    for dataset in &contract.datasets {
        try_dataset(dataset.pointer());
        visit_fields(dataset, &mut |way, _| try_dataset(way.to_pointer()));
    }
    nearest
}

/// Finds the fields around a pointer, outermost first, each with the length of its own pointer.
///
/// Goes straight down: a revision may hold thousands of changes in thousands of fields.
pub(crate) fn fields_around<'c>(
    dataset: &'c Dataset,
    pointer: &Pointer,
) -> Vec<(usize, &'c Field)> {
    let above = dataset.pointer();
    let mut found = Vec::new();
    let Some(mut rest) = pointer.keys().strip_prefix(above.keys()) else {
        return found;
    };
    let mut step = named(&dataset.fields, rest);
    while let Some((length, field)) = step {
        rest = rest.get(length..).unwrap_or_default();
        found.push((pointer.keys().len() - rest.len(), field));
        step = match (&field.ty, rest) {
            (Type::Object(fields), _) => named(fields, rest),
            (Type::Array(Some(inner)), [Key::Word("items"), ..])
            | (
                Type::Map {
                    keys: Some(inner), ..
                },
                [Key::Word("keys"), ..],
            )
            | (
                Type::Map {
                    values: Some(inner),
                    ..
                },
                [Key::Word("values"), ..],
            ) => Some((1, inner.as_ref())),
            _ => None,
        };
    }
    found
}

fn named<'c>(fields: &'c [Field], keys: &[Key]) -> Option<(usize, &'c Field)> {
    let [Key::Word("fields"), Key::Name(name), ..] = keys else {
        return None;
    };
    let field = fields.iter().find(|field| field.name == *name)?;
    Some((2, field))
}
