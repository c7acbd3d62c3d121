//! Requests in, verdicts out: the one place where Cedar decides.
//!
//! Policies are sliced by layer, action and type of resource. Two subjects that agree on all that
//! the policies of a slice read get the same verdict, so Cedar is asked once for each distinct
//! reading. `Judge::plain` asks every time; a test holds the two against each other.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityUid, PolicyId as CedarId, PolicySet, Request,
    RestrictedExpression,
};
use meshlaw_contract::model::{Contract, Field};
use meshlaw_contract::{Key, Pointer};

use crate::book::Book;
use crate::change::ChangeFacts;
use crate::entity::uid;
use crate::fact::Fact;
use crate::policy::{Layer, Policy};
use crate::reads::{Path, Reads, Root};
use crate::subject::{
    self, Attribute, ContractView, DatasetView, FieldView, Identity, attribute, team_facts,
    visit_fields,
};
use crate::world::World;

/// A policy that fired, or failed to run.
#[derive(Debug, Clone)]
pub struct Violation<'l> {
    /// The policy.
    pub policy: &'l Policy,
    /// What it is about.
    pub pointer: Pointer,
    /// Whether it fired or failed.
    pub cause: Cause,
    /// What the policy read, for people: `resource.pii` and its value.
    pub facts: Vec<(String, Option<String>)>,
    /// The same, to compare.
    pub(crate) key: Vec<u8>,
}

/// Why a policy speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// It forbids.
    Forbidden,
    /// Its evaluation failed, which Cedar would pass over in silence.
    Failed(String),
}

/// Applies a book to contracts in a world. Keeps what it decided; one for each thread.
pub struct Judge<'l> {
    book: &'l Book,
    world: &'l World,
    slices: Vec<Slice<'l>>,
    by_request: BTreeMap<(&'l Layer, &'static str, &'static str), usize>,
    base_permit: PolicySet,
    authorizer: Authorizer,
    decided: HashMap<Vec<u8>, Rc<[(usize, Cause)]>>,
    shares: bool,
}

/// The policies that speak to one kind of request.
struct Slice<'l> {
    set: PolicySet,
    policies: Vec<&'l Policy>,
    reads: Reads,
}

const ACTIONS: [&str; 4] = ["changeBreaking", "changeRisky", "changeSafe", "publish"];
const RESOURCES: [&str; 3] = ["Contract", "Dataset", "Field"];

impl<'l> Judge<'l> {
    /// Makes a judge that decides like readings once.
    ///
    /// # Errors
    ///
    /// Fails where Cedar refuses to put valid policies into one set, which it never should.
    pub fn new(book: &'l Book, world: &'l World) -> Result<Self, String> {
        // The floor: everything is permitted that no policy forbids.
        let permit = cedar_policy::Policy::parse(
            Some(CedarId::new("base")),
            "permit (principal, action, resource);",
        );
        let permit = permit.map_err(|error| error.to_string())?;
        let base_permit = PolicySet::from_policies([permit]).map_err(|error| error.to_string())?;
        let mut judge = Self {
            book,
            world,
            slices: Vec::new(),
            by_request: BTreeMap::new(),
            base_permit,
            authorizer: Authorizer::new(),
            decided: HashMap::new(),
            shares: true,
        };
        judge.slice()?;
        Ok(judge)
    }

    /// Makes a judge that asks Cedar every single time.
    ///
    /// # Errors
    ///
    /// As [`Judge::new`].
    pub fn plain(book: &'l Book, world: &'l World) -> Result<Self, String> {
        Ok(Self {
            shares: false,
            ..Self::new(book, world)?
        })
    }

    fn slice(&mut self) -> Result<(), String> {
        let book = self.book;
        let layers: BTreeSet<&'l Layer> =
            book.policies.iter().map(|policy| &policy.layer).collect();
        for layer in layers {
            for action in ACTIONS {
                for resource in RESOURCES {
                    let policies: Vec<&'l Policy> = book
                        .policies
                        .iter()
                        .filter(|policy| policy.layer == *layer && speaks(policy, action, resource))
                        .collect();
                    if policies.is_empty() {
                        continue;
                    }
                    let mut set = self.base_permit.clone();
                    let mut reads = Reads::default();
                    for policy in &policies {
                        set.add(policy.cedar.clone())
                            .map_err(|error| error.to_string())?;
                        reads.extend(&policy.reads);
                    }
                    self.by_request
                        .insert((layer, action, resource), self.slices.len());
                    self.slices.push(Slice {
                        set,
                        policies,
                        reads,
                    });
                }
            }
        }
        Ok(())
    }

    /// Asks whether a contract may stand as it is: the contract, its datasets and its fields.
    ///
    /// `domains` adds the layers of further domains, such as the one a contract is moved from.
    pub fn publish(
        &mut self,
        contract: &Contract,
        identity: &Identity,
        domains: &[&str],
    ) -> Vec<Violation<'l>> {
        let view = ContractView {
            contract,
            identity,
            world: self.world,
        };
        let slices: Vec<Vec<usize>> = RESOURCES
            .iter()
            .map(|resource| self.slices_for(domains, "publish", resource))
            .collect();
        let [for_contract, for_dataset, for_field] = slices.as_slice() else {
            return Vec::new();
        };
        let mut found = Vec::new();
        self.publish_one(&Subject::contract(view), for_contract, &mut found);
        for dataset in &contract.datasets {
            let view = DatasetView { of: view, dataset };
            self.publish_one(&Subject::dataset(view), for_dataset, &mut found);
            if for_field.is_empty() {
                continue;
            }
            visit_fields(dataset, &mut |pointer, field| {
                let view = FieldView {
                    of: view,
                    field,
                    pointer: &pointer,
                };
                self.publish_one(&Subject::field(view), for_field, &mut found);
            });
        }
        found
    }

    /// Asks whether a change may happen.
    ///
    /// `contract` is the revision that has what changes: the old one, or the new one for an
    /// addition.
    pub fn change(
        &mut self,
        contract: &Contract,
        identity: &Identity,
        domains: &[&str],
        change: &ChangeFacts<'_>,
    ) -> Vec<Violation<'l>> {
        let view = ContractView {
            contract,
            identity,
            world: self.world,
        };
        let mut found = Vec::new();
        with_subject(view, change.pointer, |subject| {
            let slices = self.slices_for(domains, change.action(), subject.type_name());
            let context = change.facts(self.world);
            for slice in slices {
                self.ask(slice, subject, change.action(), &context, &mut found);
            }
        });
        // The place is the change's own; the resource is only the nearest thing Cedar knows.
        for violation in &mut found {
            violation.pointer = change.pointer.clone();
        }
        found
    }

    fn slices_for(
        &self,
        domains: &[&str],
        action: &'static str,
        resource: &'static str,
    ) -> Vec<usize> {
        let domains: BTreeSet<&str> = domains.iter().copied().collect();
        let holds = |layer: &Layer| match layer {
            Layer::Org => true,
            Layer::Domain(domain) => domains.contains(domain.as_str()),
        };
        self.by_request
            .iter()
            .filter(|((layer, a, r), _)| *a == action && *r == resource && holds(layer))
            .map(|(_, slice)| *slice)
            .collect()
    }

    fn publish_one(
        &mut self,
        subject: &Subject<'_>,
        slices: &[usize],
        found: &mut Vec<Violation<'l>>,
    ) {
        for slice in slices {
            self.ask(*slice, subject, "publish", &[], found);
        }
    }

    fn ask(
        &mut self,
        index: usize,
        subject: &Subject<'_>,
        action: &'static str,
        context: &[(&'static str, Fact<'_>)],
        found: &mut Vec<Violation<'l>>,
    ) {
        let Some(slice) = self.slices.get(index) else {
            return;
        };
        let mut key = (index as u64).to_le_bytes().to_vec();
        subject.write_key(&slice.reads, context, &mut key);
        let known = self.decided.get(&key).filter(|_| self.shares).cloned();
        let verdict = match known {
            Some(verdict) => verdict,
            None => {
                let verdict: Rc<[(usize, Cause)]> =
                    self.decide(slice, subject, action, context).into();
                self.decided.insert(key, Rc::clone(&verdict));
                verdict
            }
        };
        for (at, cause) in verdict.iter() {
            let Some(policy) = slice.policies.get(*at) else {
                continue;
            };
            let mut key = Vec::new();
            subject.write_key(&policy.reads, context, &mut key);
            found.push(Violation {
                policy,
                pointer: subject.pointer().clone(),
                cause: cause.clone(),
                facts: subject.shown(&policy.reads, context),
                key,
            });
        }
    }

    /// Asks Cedar. Whatever keeps the question from being asked is every policy's failure.
    fn decide(
        &self,
        slice: &Slice<'_>,
        subject: &Subject<'_>,
        action: &'static str,
        context: &[(&'static str, Fact<'_>)],
    ) -> Vec<(usize, Cause)> {
        let (request, entities) = match self.request(subject, action, context) {
            Ok(asked) => asked,
            Err(error) => {
                let failed = |at| (at, Cause::Failed(error.clone()));
                return (0..slice.policies.len()).map(failed).collect();
            }
        };
        let response = self
            .authorizer
            .is_authorized(&request, &slice.set, &entities);
        let index = |id: &CedarId| {
            slice
                .policies
                .iter()
                .position(|policy| policy.id.as_str() == AsRef::<str>::as_ref(id))
        };
        let forbidden = response.diagnostics().reason().filter_map(index);
        let mut verdict: Vec<_> = forbidden.map(|at| (at, Cause::Forbidden)).collect();
        for error in response.diagnostics().errors() {
            let cedar_policy::AuthorizationError::PolicyEvaluationError(error) = error;
            if let Some(at) = index(error.policy_id()) {
                verdict.push((at, Cause::Failed(error.inner().to_string())));
            }
        }
        verdict.sort_by_key(|(at, _)| *at);
        verdict
    }

    fn request(
        &self,
        subject: &Subject<'_>,
        action: &'static str,
        context: &[(&'static str, Fact<'_>)],
    ) -> Result<(Request, Entities), String> {
        let view = subject.contract_view();
        let owner = view.contract.owner.as_deref().unwrap_or_default();
        let team = uid("Team", owner);
        let facts = team_facts(owner, self.world);
        let mut entities = vec![entity(&team, facts.into_iter(), HashSet::new(), &[])?];
        entities.extend(subject.entities()?);
        entities.push(action_entity(action));
        let entities =
            Entities::from_entities(entities, None).map_err(|error| error.to_string())?;
        let mut pairs: Vec<(String, RestrictedExpression)> = self
            .common_context()
            .iter()
            .chain(context)
            .map(|(name, fact)| ((*name).to_owned(), fact.to_expression()))
            .collect();
        pairs.sort_by(|left, right| left.0.cmp(&right.0));
        let context = Context::from_pairs(pairs).map_err(|error| error.to_string())?;
        let request = Request::new(team, uid("Action", action), subject.uid(), context, None);
        Ok((request.map_err(|error| error.to_string())?, entities))
    }

    /// What every request is told; constant for a run, so not a part of any key.
    fn common_context(&self) -> [(&'static str, Fact<'_>); 2] {
        let parameters = &self.world.parameters;
        let regions = Fact::set(parameters.regions.iter().map(String::as_str));
        let record = vec![
            (
                "maxRetentionDays",
                Fact::Long(parameters.max_retention_days),
            ),
            ("noticeDays", Fact::Long(parameters.notice_days)),
            ("regions", regions),
        ];
        [
            ("asOf", Fact::Moment(self.world.as_of)),
            ("parameters", Fact::Record(record)),
        ]
    }
}

/// Tells whether a policy can speak to a kind of request.
fn speaks(policy: &Policy, action: &str, resource: &str) -> bool {
    let group = if action.starts_with("change") {
        "change"
    } else {
        action
    };
    let action_fits = policy
        .scope
        .actions
        .as_ref()
        .is_none_or(|actions| actions.contains(action) || actions.contains(group));
    action_fits
        && policy
            .scope
            .resource
            .as_deref()
            .is_none_or(|only| only == resource)
}

/// What a request is about.
struct Subject<'v> {
    contract: ContractView<'v>,
    dataset: Option<DatasetView<'v>>,
    field: Option<FieldView<'v>>,
    pointer: Pointer,
}

impl<'v> Subject<'v> {
    fn contract(view: ContractView<'v>) -> Self {
        Self {
            contract: view,
            dataset: None,
            field: None,
            pointer: Pointer::root(),
        }
    }

    fn dataset(view: DatasetView<'v>) -> Self {
        let pointer = view.dataset.pointer();
        Self {
            contract: view.of,
            dataset: Some(view),
            field: None,
            pointer,
        }
    }

    fn field(view: FieldView<'v>) -> Self {
        let pointer = view.pointer.clone();
        Self {
            contract: view.of.of,
            dataset: Some(view.of),
            field: Some(view),
            pointer,
        }
    }

    fn contract_view(&self) -> ContractView<'v> {
        self.contract
    }

    fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    fn type_name(&self) -> &'static str {
        match (&self.field, &self.dataset) {
            (Some(_), _) => "Field",
            (None, Some(_)) => "Dataset",
            (None, None) => "Contract",
        }
    }

    /// Ids are JSON lists, so that no name can be mistaken for a path.
    fn uid(&self) -> EntityUid {
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

    fn write_key(&self, reads: &Reads, context: &[(&'static str, Fact<'_>)], key: &mut Vec<u8>) {
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
    fn shown(
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
    fn entities(&self) -> Result<Vec<Entity>, String> {
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
fn action_entity(action: &'static str) -> Entity {
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

fn entity<'v>(
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
fn with_subject(view: ContractView<'_>, pointer: &Pointer, use_it: impl FnOnce(&Subject<'_>)) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use meshlaw_contract::{Format, Limits, parse_contracts};

    /// A contract that states everything, and one that states as little as it can.
    const CONTRACTS: [&str; 2] = [
        "schema: a\nversion: 1.0.0\nowner: t\nfields: [{ name: x, type: string }]\n",
        "schema: orders\nversion: 2.1.0-rc.1\nid: o\nowner: t\nstatus: active\ndomain: sales\n\
         product: journey\ndescription: d\npurpose: [p]\nclassification: restricted\ntags: [x]\n\
         compatibility: full\nretention: 30 days\nlegal_basis: consent\nregions: [eu-west-1]\n\
         servers: [{ name: p, type: kafka, topic: t }]\nproperties: { tier: gold, n: 1 }\n\
         deprecated: { since: 2026-01-01, sunset: 2027-01-01, replacement: none }\n\
         sla: { freshness: 1h, latency: 5 minutes, availability: 99.5% }\n\
         datasets:\n  - name: rows\n    physical_name: r\n    description: d\n    tags: [y]\n\
         \x20   classification: internal\n    deprecated: { sunset: 2027-01-01, replacement: none }\n\
         \x20   quality: [{ unique: [k] }]\n    fields:\n\
         \x20     - { name: k, type: decimal, precision: 9, scale: 2, required: true, primary_key: true,\n\
         \x20         unique: true, description: d, physical_name: p, classification: public, term: t,\n\
         \x20         unit: EUR, format: f, tags: [z], min: 1, max: 2,\n\
         \x20         references: { contract: sales/x, field: y },\n\
         \x20         deprecated: { sunset: 2027-01-01, replacement: none } }\n\
         \x20     - { name: e, type: string, pii: contact, masking: hash, encrypted: true, enum: [a],\n\
         \x20         pattern: '^a$', max_length: 9, min_length: 1 }\n\
         \x20     - { name: n, type: map, keys: { type: string }, values: { type: array, items: { type: uuid } } }\n",
    ];

    #[test]
    fn what_is_asked_conforms_to_the_vocabulary() {
        let schema = crate::vocabulary().unwrap();
        let world = World::empty(jiff::civil::date(2026, 11, 23));
        let book = Book::default();
        let judge = Judge::new(&book, &world).unwrap();
        for text in CONTRACTS {
            let parsed = parse_contracts(text, Format::Native, &Limits::default()).remove(0);
            assert_eq!(parsed.problems, [], "{text}");
            let contract = parsed.value.unwrap();
            let identity = Identity {
                domain: "sales".to_owned(),
                name: "orders".to_owned(),
                path: "p".to_owned(),
            };
            let view = ContractView {
                contract: &contract,
                identity: &identity,
                world: &world,
            };
            let check = |subject: &Subject<'_>| {
                let (request, entities) = judge.request(subject, "publish", &[]).unwrap();
                let all: Vec<Entity> = entities
                    .iter()
                    .filter(|entity| entity.uid().type_name().to_string() != "Action")
                    .cloned()
                    .collect();
                Entities::from_entities(all, Some(schema)).unwrap();
                let context = judge.common_context();
                let pairs = context
                    .iter()
                    .map(|(name, fact)| ((*name).to_owned(), fact.to_expression()));
                Request::new(
                    request.principal().unwrap().clone(),
                    request.action().unwrap().clone(),
                    request.resource().unwrap().clone(),
                    Context::from_pairs(pairs).unwrap(),
                    Some(schema),
                )
                .unwrap();
            };
            check(&Subject::contract(view));
            for dataset in &contract.datasets {
                let of = DatasetView { of: view, dataset };
                check(&Subject::dataset(of));
                visit_fields(dataset, &mut |pointer, field| {
                    check(&Subject::field(FieldView {
                        of,
                        field,
                        pointer: &pointer,
                    }));
                });
            }
        }
    }

    #[test]
    fn the_part_around_a_change_is_what_is_judged() {
        let text = CONTRACTS[1];
        let contract = parse_contracts(text, Format::Native, &Limits::default())
            .remove(0)
            .value
            .unwrap();
        let world = World::empty(jiff::civil::date(2026, 11, 23));
        let identity = Identity {
            domain: "sales".to_owned(),
            name: "orders".to_owned(),
            path: "p".to_owned(),
        };
        let view = ContractView {
            contract: &contract,
            identity: &identity,
            world: &world,
        };
        let rows = Pointer::root().word("datasets").name("rows");
        let field = rows.word("fields").name("n");
        for (pointer, expected) in [
            (Pointer::root().word("owner"), Pointer::root()),
            (rows.word("description"), rows.clone()),
            (rows.word("quality").name("unique(k)"), rows.clone()),
            (field.word("required"), field.clone()),
            (
                field.word("values").word("items").word("type"),
                field.word("values").word("items"),
            ),
            (rows.word("fields").name("gone"), rows.clone()),
        ] {
            with_subject(view, &pointer, |subject| {
                assert_eq!(*subject.pointer(), expected)
            });
        }
    }
}
