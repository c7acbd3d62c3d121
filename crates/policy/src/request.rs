//! What a request is about: what policies read of it, and the Cedar entities it is made of.

use std::collections::{HashMap, HashSet};

use cedar_policy::{Entity, EntityUid, RestrictedExpression};
use meshlaw_contract::model::Field;
use meshlaw_contract::{Key, Pointer};

use crate::entity::uid;
use crate::fact::Fact;
use crate::reads::{Path, Reads, Root};
use crate::subject::{self, Attribute, attribute, team_facts};
use crate::view::{ContractView, DatasetView, FieldView, visit_fields};

/// What a request is about.
pub(crate) struct Subject<'v> {
    contract: ContractView<'v>,
    dataset: Option<DatasetView<'v>>,
    field: Option<FieldView<'v>>,
    pointer: Pointer,
}

impl<'v> Subject<'v> {
    pub(crate) fn contract(view: ContractView<'v>) -> Self {
        Self {
            contract: view,
            dataset: None,
            field: None,
            pointer: Pointer::root(),
        }
    }

    pub(crate) fn dataset(view: DatasetView<'v>) -> Self {
        let pointer = view.dataset.pointer();
        Self {
            contract: view.of,
            dataset: Some(view),
            field: None,
            pointer,
        }
    }

    pub(crate) fn field(view: FieldView<'v>) -> Self {
        let pointer = view.pointer.clone();
        Self {
            contract: view.of.of,
            dataset: Some(view.of),
            field: Some(view),
            pointer,
        }
    }

    pub(crate) fn contract_view(&self) -> ContractView<'v> {
        self.contract
    }

    pub(crate) fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    pub(crate) fn type_name(&self) -> &'static str {
        match (&self.field, &self.dataset) {
            (Some(_), _) => "Field",
            (None, Some(_)) => "Dataset",
            (None, None) => "Contract",
        }
    }

    /// Ids are JSON lists, so that no name can be mistaken for a path.
    pub(crate) fn uid(&self) -> EntityUid {
        let id = self.contract.identity.id();
        match (&self.field, &self.dataset) {
            (Some(_), _) => uid("Field", &joined(&id, &self.pointer)),
            (None, Some(dataset)) => uid("Dataset", &dataset_id(&id, dataset)),
            (None, None) => uid("Contract", &id),
        }
    }

    /// Returns the value under an attribute path, if the contract states it.
    fn fact(&self, path: &Path) -> Option<Fact<'_>> {
        let mut names = path.attributes.iter().map(String::as_str);
        let (first, second) = (names.next()?, names.next());
        match (path.root, first, second) {
            (Root::Context, ..) => None,
            (Root::Principal, name, _) => {
                let owner = self.contract.contract.owner.as_deref().unwrap_or_default();
                let facts = team_facts(owner, self.contract.world);
                facts
                    .into_iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, fact)| fact)
            }
            (Root::Resource, "contract", Some(name)) if self.dataset.is_some() => {
                contract_fact(&self.contract, name)
            }
            (Root::Resource, "dataset", Some(name)) if self.field.is_some() => {
                attribute(subject::DATASET, name)?(self.dataset.as_ref()?)
            }
            (Root::Resource, name, _) => match (&self.field, &self.dataset) {
                (Some(field), _) => attribute(subject::FIELD, name)?(field),
                (None, Some(dataset)) => attribute(subject::DATASET, name)?(dataset),
                (None, None) => contract_fact(&self.contract, name),
            },
        }
    }

    pub(crate) fn write_key(
        &self,
        reads: &Reads,
        context: &[(&'static str, Fact<'_>)],
        key: &mut Vec<u8>,
    ) {
        for path in &reads.paths {
            let fact = match path.root {
                Root::Context => context_fact(context, path).cloned(),
                _ => self.fact(path),
            };
            match fact {
                Some(fact) => {
                    key.push(1);
                    fact.write_key(key);
                }
                None => key.push(0),
            }
            // A whole entity, such as `resource.contract`, is read as what it is.
            if is_whole_entity(path) {
                self.write_identity(key);
            }
        }
        for path in &reads.presences {
            key.push(u8::from(self.has(path, context)));
        }
        if reads.identity {
            self.write_identity(key);
        }
    }

    fn has(&self, path: &Path, context: &[(&'static str, Fact<'_>)]) -> bool {
        match path.root {
            Root::Context => context_fact(context, path).is_some(),
            _ => self.fact(path).is_some(),
        }
    }

    fn write_identity(&self, key: &mut Vec<u8>) {
        let product = self
            .contract
            .contract
            .product
            .as_deref()
            .unwrap_or_default();
        let owner = self.contract.contract.owner.as_deref().unwrap_or_default();
        let parts = [
            self.uid().to_string(),
            self.contract.identity.domain.clone(),
        ];
        for part in parts.iter().map(String::as_str).chain([product, owner]) {
            Fact::text(part).write_key(key);
        }
        for (name, value) in self.contract.tags() {
            Fact::text(name).write_key(key);
            Fact::text(&value).write_key(key);
        }
    }

    /// Returns what was read, for people; what is the same in every request is left out.
    pub(crate) fn shown(
        &self,
        reads: &Reads,
        context: &[(&'static str, Fact<'_>)],
    ) -> Vec<(String, Option<String>)> {
        let show = |path: &Path| {
            let name = path.attributes.join(".");
            match path.root {
                Root::Resource => Some((name, self.fact(path).map(|fact| fact.to_string()))),
                Root::Principal => Some((
                    format!("owner.{name}"),
                    self.fact(path).map(|fact| fact.to_string()),
                )),
                Root::Context => {
                    let fact = context_fact(context, path)?;
                    let shown = word_of_bump(&name, fact).unwrap_or_else(|| fact.to_string());
                    Some((name, Some(shown)))
                }
            }
        };
        // The message says already which change it is; a record is told by what was read of it.
        let is_told = |path: &&Path| {
            let is_said = path.root == Root::Context
                && matches!(
                    path.attributes.first().map(String::as_str),
                    Some("rule" | "aspect" | "motion")
                );
            let is_opened = reads.paths.iter().any(|other| {
                other.root == path.root
                    && other.attributes.len() > path.attributes.len()
                    && other.attributes.starts_with(&path.attributes)
            });
            !is_said && !is_opened && !is_whole_entity(path)
        };
        let absent = reads.presences.iter().filter(|path| {
            path.root == Root::Resource && !self.has(path, context) && !is_whole_entity(path)
        });
        reads
            .paths
            .iter()
            .filter(is_told)
            .chain(absent)
            .filter_map(show)
            .take(MOST_FACTS)
            .collect()
    }

    /// Returns the entities that a policy can reach from the subject.
    pub(crate) fn entities(&self) -> Result<Vec<Entity>, String> {
        let contract = self.contract;
        let id = contract.identity.id();
        let contract_uid = uid("Contract", &id);
        let domain = uid("Domain", &contract.identity.domain);
        let mut parents = HashSet::from([domain.clone()]);
        let mut entities = vec![Entity::with_uid(domain.clone())];
        if let Some(product) = &contract.contract.product {
            let product = uid("Product", product);
            parents.insert(product.clone());
            entities.push(Entity::new_no_attrs(product, HashSet::from([domain])));
        }
        let tags: Vec<(&str, String)> = contract.tags().collect();
        let facts = all(subject::CONTRACT, |fact| fact(&contract));
        entities.push(entity(&contract_uid, facts.into_iter(), parents, &tags)?);
        let Some(dataset) = self.dataset else {
            return Ok(entities);
        };
        let dataset_uid = uid("Dataset", &dataset_id(&id, &dataset));
        let facts = all(subject::DATASET, |fact| fact(&dataset));
        let links = [("contract", contract_uid.clone())];
        entities.push(linked(
            &dataset_uid,
            facts,
            &links,
            HashSet::from([contract_uid.clone()]),
        )?);
        let Some(field) = self.field else {
            return Ok(entities);
        };
        let facts = all(subject::FIELD, |fact| fact(&field));
        let links = [("contract", contract_uid), ("dataset", dataset_uid.clone())];
        entities.push(linked(
            &self.uid(),
            facts,
            &links,
            HashSet::from([dataset_uid]),
        )?);
        Ok(entities)
    }
}

/// More facts than this are a list that nobody reads.
const MOST_FACTS: usize = 6;

/// Policies compare bumps as numbers; people know them as words.
fn word_of_bump(name: &str, fact: &Fact<'_>) -> Option<String> {
    let words = ["none", "patch", "minor", "major"];
    match (name, fact) {
        ("declaredBump" | "requiredBump", Fact::Long(rank)) => words
            .get(usize::try_from(*rank).ok()?)
            .map(|word| format!("`{word}`")),
        _ => None,
    }
}

/// Makes the action with the group it is in, which Cedar looks up like any other entity.
pub(crate) fn action_entity(action: &'static str) -> Entity {
    let group = action
        .starts_with("change")
        .then(|| uid("Action", "change"));
    Entity::new_no_attrs(uid("Action", action), group.into_iter().collect())
}

fn contract_fact<'v>(view: &'v ContractView<'_>, name: &str) -> Option<Fact<'v>> {
    attribute(subject::CONTRACT, name)?(view)
}

fn context_fact<'f, 'v>(
    context: &'f [(&'static str, Fact<'v>)],
    path: &Path,
) -> Option<&'f Fact<'v>> {
    let mut names = path.attributes.iter();
    let first = names.next()?;
    let mut fact = context
        .iter()
        .find(|(name, _)| name == first)
        .map(|(_, fact)| fact)?;
    for name in names {
        let Fact::Record(entries) = fact else { break };
        fact = entries
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, fact)| fact)?;
    }
    Some(fact)
}

fn is_whole_entity(path: &Path) -> bool {
    let last = path.attributes.last().map(String::as_str);
    path.root == Root::Resource && matches!(last, Some("contract" | "dataset"))
}

fn all<'v, V: Copy>(
    table: &[Attribute<V>],
    fact: impl Fn(V) -> Option<Fact<'v>>,
) -> Vec<(&'static str, Fact<'v>)> {
    let entries = table.iter();
    entries
        .filter_map(|attribute| Some((attribute.name, fact(attribute.fact)?)))
        .collect()
}

pub(crate) fn entity<'v>(
    of: &EntityUid,
    facts: impl Iterator<Item = (&'static str, Fact<'v>)>,
    parents: HashSet<EntityUid>,
    tags: &[(&str, String)],
) -> Result<Entity, String> {
    let attributes: HashMap<String, RestrictedExpression> = facts
        .map(|(name, fact)| (name.to_owned(), fact.to_expression()))
        .collect();
    let tags = tags.iter().map(|(name, value)| {
        (
            (*name).to_owned(),
            RestrictedExpression::new_string(value.clone()),
        )
    });
    Entity::new_with_tags(of.clone(), attributes, parents, tags).map_err(|error| error.to_string())
}

fn linked<'v>(
    of: &EntityUid,
    facts: Vec<(&'static str, Fact<'v>)>,
    links: &[(&'static str, EntityUid)],
    parents: HashSet<EntityUid>,
) -> Result<Entity, String> {
    let facts = facts
        .into_iter()
        .map(|(name, fact)| (name.to_owned(), fact.to_expression()));
    let links = links.iter().map(|(name, target)| {
        (
            (*name).to_owned(),
            RestrictedExpression::new_entity_uid(target.clone()),
        )
    });
    let attributes = facts.chain(links).collect();
    Entity::new(of.clone(), attributes, parents).map_err(|error| error.to_string())
}

fn dataset_id(contract: &str, dataset: &DatasetView<'_>) -> String {
    let pointer = Pointer::root().word("datasets").name(&dataset.dataset.name);
    joined(contract, &pointer)
}

fn joined(contract: &str, pointer: &Pointer) -> String {
    let keys = pointer.keys().iter().map(Key::as_str);
    let parts: Vec<serde_json::Value> = std::iter::once(contract)
        .chain(keys)
        .map(Into::into)
        .collect();
    serde_json::Value::Array(parts).to_string()
}

/// Finds the nearest field, dataset or contract around a pointer.
pub(crate) fn with_subject(
    view: ContractView<'_>,
    pointer: &Pointer,
    use_it: impl FnOnce(&Subject<'_>),
) {
    let datasets = view.contract.datasets.iter();
    let around = datasets.filter(|dataset| dataset.pointer().contains(pointer));
    let mut nearest: Option<(Pointer, &Field, DatasetView<'_>)> = None;
    let mut whole: Option<DatasetView<'_>> = None;
    for dataset in around {
        let of = DatasetView { of: view, dataset };
        visit_fields(dataset, &mut |at, field| {
            let is_nearer = nearest.as_ref().is_none_or(|(best, ..)| best.contains(&at));
            if at.contains(pointer) && is_nearer {
                nearest = Some((at, field, of));
            }
        });
        let is_listed = !dataset.pointer().is_root();
        let is_part = pointer
            .keys()
            .first()
            .is_some_and(|key| matches!(key, Key::Word("fields" | "quality" | "physical_name")));
        if is_listed || is_part {
            whole = Some(of);
        }
    }
    match (&nearest, whole) {
        (Some((at, field, of)), _) => {
            use_it(&Subject::field(FieldView {
                of: *of,
                field,
                pointer: at,
            }));
        }
        (None, Some(dataset)) => use_it(&Subject::dataset(dataset)),
        (None, None) => use_it(&Subject::contract(view)),
    }
}
