//! A contract, a dataset or a field in; where it stands, what it is called and what was read of
//! it, for people, out.

use std::collections::BTreeMap;

use cedar_policy::EntityUid;
use meshlaw_contract::{Key, Pointer, Way};

use crate::attribute::{CONTRACT, DATASET, FIELD, Read, TEAM, find};
use crate::entity::uid;
use crate::fact::Fact;
use crate::petition::Petitioner;
use crate::reads::{Path, Reads, Root};
use crate::slice::Part;
use crate::view::{ContractView, DatasetView, FieldView, fields_around};

/// What a request is about.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'v> {
    Contract(ContractView<'v>),
    Dataset(DatasetView<'v>),
    Field(FieldView<'v>),
}

/// A context: names and values.
pub(crate) type Facts<'f> = [(&'static str, Fact<'f>)];

/// What was read of a contract and its datasets, as shown; their fields share it.
pub(crate) type Shown = BTreeMap<Path, Option<String>>;

/// More facts than this are a list that nobody reads.
const MOST_FACTS: usize = 6;

impl<'v> Subject<'v> {
    /// Finds the nearest field, dataset or contract around a pointer.
    pub(crate) fn around(view: ContractView<'v>, pointer: &'v Pointer) -> Self {
        let mut nearest: Option<FieldView<'v>> = None;
        let mut whole = Subject::Contract(view);
        let datasets = view.contract.datasets.iter();
        for dataset in datasets.filter(|dataset| dataset.pointer().contains(pointer)) {
            let of = DatasetView::new(view, dataset);
            let innermost = fields_around(dataset, pointer).into_iter().next_back();
            let found = innermost.and_then(|(length, field)| {
                let way = Way::from_keys(pointer.keys().get(..length)?);
                Some(FieldView { of, field, way })
            });
            let length = nearest.map_or(0, |field| field.way.len());
            nearest = found.filter(|field| field.way.len() > length).or(nearest);
            let first = pointer.keys().first();
            let is_part = matches!(
                first,
                Some(Key::Word("fields" | "quality" | "physical_name"))
            );
            if is_part || !dataset.pointer().is_root() {
                whole = Subject::Dataset(of);
            }
        }
        nearest.map_or(whole, Subject::Field)
    }

    pub(crate) fn contract(&self) -> ContractView<'v> {
        match self {
            Subject::Contract(view) => *view,
            Subject::Dataset(view) => view.of,
            Subject::Field(view) => view.of.of,
        }
    }

    pub(crate) fn dataset(&self) -> Option<DatasetView<'v>> {
        match self {
            Subject::Contract(_) => None,
            Subject::Dataset(view) => Some(*view),
            Subject::Field(view) => Some(view.of),
        }
    }

    pub(crate) fn part(&self) -> Part {
        match self {
            Subject::Contract(_) => Part::Contract,
            Subject::Dataset(_) => Part::Dataset,
            Subject::Field(_) => Part::Field,
        }
    }

    pub(crate) fn pointer(&self) -> Pointer {
        match self {
            Subject::Contract(_) => Pointer::root(),
            Subject::Dataset(view) => view.dataset.pointer(),
            Subject::Field(view) => view.pointer(),
        }
    }

    /// Ids are JSON lists, so that no name can be mistaken for a path.
    pub(crate) fn uid(&self) -> EntityUid {
        let id = self.contract().identity.id();
        match self {
            Subject::Contract(_) => uid("Contract", &id),
            Subject::Dataset(view) => {
                let keys = ["datasets", view.dataset.name.as_str()];
                uid("Dataset", &joined(&id, keys.into_iter()))
            }
            Subject::Field(view) => uid("Field", &joined(&id, view.way.texts().into_iter())),
        }
    }

    /// Returns what was read, for people; what is the same in every request is left out.
    pub(crate) fn shown(
        &self,
        reads: &Reads,
        petitioner: Option<&Petitioner<'_>>,
        context: &Facts<'_>,
        shared: &mut Shown,
    ) -> Vec<(String, Option<String>)> {
        // The message says already which change it is; a record is told by what was read of it.
        let is_told = |path: &&Path| {
            let first = path.attributes.first().map(String::as_str);
            let is_said =
                path.root == Root::Context && matches!(first, Some("rule" | "aspect" | "motion"));
            let is_opened = reads.paths.iter().any(|other| {
                other.root == path.root
                    && other.attributes.len() > path.attributes.len()
                    && other.attributes.starts_with(&path.attributes)
            });
            !is_said && !is_opened
        };
        let read = reads.paths.iter().filter(is_told).map(|path| (path, false));
        let asked = reads.presences.iter().map(|path| (path, true));
        let shown = read.chain(asked).filter_map(|(path, is_presence)| {
            let name = path.attributes.join(".");
            let value = match (path.root, petitioner) {
                (Root::Context, _) if is_presence => return None,
                (Root::Context, _) => Some(show(&name, &part_of(context, path)?)),
                (Root::Principal, Some(one)) => {
                    part_of(&one.facts, path).map(|fact| fact.to_string())
                }
                _ => self.read(path, shared),
            };
            // That something is there says little; that it is not is why the policy spoke.
            if is_presence && value.is_some() {
                return None;
            }
            let whose = match (path.root, petitioner) {
                (Root::Principal, None) => "owner.",
                _ => "",
            };
            Some((format!("{whose}{name}"), value))
        });
        shown.take(MOST_FACTS).collect()
    }

    /// Shows an attribute; one of the contract or the dataset is looked up once for all fields.
    fn read(&self, path: &Path, shared: &mut Shown) -> Option<String> {
        if let Some(known) = shared.get(path) {
            return known.clone();
        }
        let names: Vec<&str> = path.attributes.iter().map(String::as_str).collect();
        let (contract, dataset) = (self.contract(), self.dataset());
        let (fact, rest, is_shared) = match (path.root, self, names.as_slice()) {
            (Root::Principal, _, [name, rest @ ..]) => {
                (find(TEAM, name)?.of(&contract), rest, true)
            }
            (_, Subject::Dataset(_) | Subject::Field(_), ["contract", name, rest @ ..])
            | (_, Subject::Contract(_), [name, rest @ ..]) => {
                (find(CONTRACT, name)?.of(&contract), rest, true)
            }
            (_, Subject::Field(_), ["dataset", name, rest @ ..])
            | (_, Subject::Dataset(_), [name, rest @ ..]) => {
                (find(DATASET, name)?.of(dataset.as_ref()?), rest, true)
            }
            (_, Subject::Field(field), [name, rest @ ..]) => {
                (find(FIELD, name)?.of(field), rest, false)
            }
            _ => return None,
        };
        let value = fact
            .and_then(|fact| fact.part(rest))
            .map(|fact| fact.to_string());
        if is_shared {
            shared.insert(path.clone(), value.clone());
        }
        value
    }
}

/// Returns a value of the context or of a petitioner, or a part of one.
fn part_of<'f>(context: &Facts<'f>, path: &Path) -> Option<Fact<'f>> {
    let names: Vec<&str> = path.attributes.iter().map(String::as_str).collect();
    let (first, rest) = names.split_first()?;
    let (_, fact) = context.iter().find(|(name, _)| name == first)?;
    fact.clone().part(rest)
}

/// Policies compare bumps as numbers; people know them as words.
fn show(name: &str, fact: &Fact<'_>) -> String {
    let words = ["none", "patch", "minor", "major"];
    let word = match (name, fact) {
        ("declaredBump" | "requiredBump", Fact::Long(rank)) => {
            usize::try_from(*rank).ok().and_then(|rank| words.get(rank))
        }
        _ => None,
    };
    word.map_or_else(|| fact.to_string(), |word| format!("`{word}`"))
}

fn joined<'k>(contract: &'k str, keys: impl Iterator<Item = &'k str>) -> String {
    let parts = std::iter::once(contract).chain(keys);
    serde_json::Value::Array(parts.map(Into::into).collect()).to_string()
}
