//! Requests in, verdicts out: the one place where Cedar decides.
//!
//! Policies are sliced by layer, action and type of resource. Two subjects that agree on all that
//! the policies of a slice read get the same verdict, so Cedar is asked once for each distinct
//! reading. `Judge::plain` asks every time; a test holds the two against each other.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use cedar_policy::{
    Authorizer, Context, Entities, PolicyId as CedarId, PolicySet, Request, RestrictedExpression,
};
use meshlaw_contract::Pointer;
use meshlaw_contract::model::Contract;

use crate::book::Book;
use crate::change::ChangeFacts;
use crate::entity::uid;
use crate::fact::Fact;
use crate::policy::{Layer, Policy};
use crate::reads::Reads;
use crate::request::{Subject, action_entity, entity, with_subject};
use crate::subject::team_facts;
use crate::view::{ContractView, DatasetView, FieldView, Identity, visit_fields};
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

/// Decisions that are kept; a hundred bytes or so each, which bounds the memory of a run.
const MOST_DECISIONS: usize = 200_000;

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
                // What a change says is hardly ever said again, so it is not worth keeping.
                if self.shares && context.is_empty() && self.decided.len() < MOST_DECISIONS {
                    self.decided.insert(key, Rc::clone(&verdict));
                }
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

#[cfg(test)]
mod tests {
    use super::*;
    use cedar_policy::Entity;
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
