//! A subject and what policies read of it in, the Cedar request and its entities out.

use std::collections::{HashMap, HashSet};

use cedar_policy::{Context, Entities, Entity, EntityUid, Request, RestrictedExpression};
use meshlaw_report::Severity;

use crate::attribute::{Read, rank_of};
use crate::entity::uid;
use crate::fact::Fact;
use crate::petition::Petitioner;
use crate::reading::{Reading, Source};
use crate::reads::Tie;
use crate::slice::{Action, Slice};
use crate::subject::{Facts, Subject};
use crate::view::{ContractView, DatasetView};
use crate::world::World;

/// The entities around the fields of a dataset; made when they are first needed.
///
/// They hold the attributes that the slice reads and no others. Holding a contract's whole list
/// of fields beside each of its fields would cost their square.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    contract: Option<Entities>,
    dataset: Option<Entities>,
}

impl Surroundings {
    /// Forgets the dataset, since another one is entered.
    pub(crate) fn leave_dataset(&mut self) {
        self.dataset = None;
    }

    /// Returns the entities that a policy can reach from the subject.
    pub(crate) fn entities(
        &mut self,
        subject: &Subject<'_>,
        action: Action,
        reading: &Reading,
    ) -> Result<Entities, String> {
        let contract = match self.contract.take() {
            Some(known) => known,
            None => of_contract(subject.contract(), action, reading)?,
        };
        let contract = self.contract.insert(contract);
        let Some(of) = subject.dataset() else {
            return Ok(contract.clone());
        };
        let dataset = match self.dataset.take() {
            Some(known) => known,
            None => with(contract.clone(), [of_dataset(of, reading)?])?,
        };
        let dataset = self.dataset.insert(dataset);
        let Subject::Field(field) = subject else {
            return Ok(dataset.clone());
        };
        let parent = Subject::Dataset(of).uid();
        let mut attributes = values(&reading.field, field);
        link(&mut attributes, "contract", &Subject::Contract(of.of).uid());
        link(&mut attributes, "dataset", &parent);
        let is_asked = reading.ties.contains(&Tie::Term);
        let terms = if is_asked { field.terms() } else { Vec::new() };
        let terms: Vec<EntityUid> = terms.into_iter().map(|name| uid("Term", name)).collect();
        let parents = terms.first().cloned().into_iter().chain([parent]);
        let field = entity(&subject.uid(), attributes, parents)?;
        let wider = terms.iter().skip(1).map(Some).chain([None]);
        let term = |(own, wider): (&EntityUid, Option<&EntityUid>)| {
            Entity::new_no_attrs(own.clone(), wider.cloned().into_iter().collect())
        };
        let terms = terms.iter().zip(wider).map(term);
        with(dataset.clone(), terms.chain([field]))
    }
}

/// Makes the request itself; the principal is the owner where nobody else asks.
pub(crate) fn request(
    slice: &Slice<'_>,
    subject: &Subject<'_>,
    petitioner: Option<&Petitioner<'_>>,
    context: Context,
) -> Result<Request, String> {
    let principal = match petitioner {
        Some(petitioner) => petitioner.uid.clone(),
        None => uid("Team", subject.contract().owner()),
    };
    let action = uid("Action", slice.action.name());
    Request::new(principal, action, subject.uid(), context, None).map_err(|error| error.to_string())
}

/// Makes the context that every request is told.
pub(crate) fn standing(world: &World) -> Result<Context, String> {
    let parameters = &world.parameters;
    let regions = Fact::set(parameters.regions.iter().map(String::as_str));
    let bases = Fact::set(parameters.legal_bases.iter().map(String::as_str));
    let error_days = parameters.waiver_days(Severity::Error);
    let parameters = Fact::Record(vec![
        ("legalBases", bases),
        ("maxErrorWaiverDays", Fact::Long(error_days)),
        (
            "maxFreshnessSeconds",
            Fact::Long(parameters.max_freshness.seconds),
        ),
        (
            "maxRetentionDays",
            Fact::Long(parameters.max_retention_days),
        ),
        ("maxUseDays", Fact::Long(parameters.max_use_days)),
        ("maxWaiverDays", Fact::Long(parameters.max_waiver_days)),
        (
            "maxWaiverRenewals",
            Fact::Long(parameters.max_waiver_renewals),
        ),
        (
            "minAvailability",
            Fact::Long(parameters.min_availability.basis_points()),
        ),
        ("noticeDays", Fact::Long(parameters.notice_days)),
        (
            "personalRank",
            Fact::Long(rank_of(parameters.personal_classification)),
        ),
        ("regions", regions),
    ]);
    let common = [
        ("asOf", Fact::Moment(world.as_of)),
        ("parameters", parameters),
    ];
    of_facts(&common)
}

/// Adds to a context what one request is told beside.
pub(crate) fn more(standing: Context, facts: &Facts<'_>) -> Result<Context, String> {
    if facts.is_empty() {
        return Ok(standing);
    }
    let merged = standing.merge(of_facts(facts)?);
    merged.map_err(|error| error.to_string())
}

fn of_facts(facts: &Facts<'_>) -> Result<Context, String> {
    let pairs = facts.iter();
    let pairs = pairs.map(|(name, fact)| ((*name).to_owned(), fact.to_expression()));
    Context::from_pairs(pairs).map_err(|error| error.to_string())
}

/// Makes the contract, what it lies in, its owner, and the action with its group.
fn of_contract(
    view: ContractView<'_>,
    action: Action,
    reading: &Reading,
) -> Result<Entities, String> {
    let domain = uid("Domain", &view.identity.domain);
    let mut entities = vec![Entity::with_uid(domain.clone())];
    let mut parents = vec![domain.clone()];
    if let Some(product) = &view.contract.product {
        let product = uid("Product", product);
        parents.push(product.clone());
        entities.push(Entity::new_no_attrs(product, HashSet::from([domain])));
    }
    let team = values(&reading.team, &view);
    entities.push(entity(&uid("Team", view.owner()), team, [])?);
    let group = action.group().map(|group| uid("Action", group));
    let action = uid("Action", action.name());
    entities.push(Entity::new_no_attrs(action, group.into_iter().collect()));
    let has_tags = reading.ties.contains(&Tie::Tags);
    let tags = view.tags().filter(|_| has_tags);
    let tags = tags.map(|(name, value)| (name.to_owned(), RestrictedExpression::new_string(value)));
    let contract = Subject::Contract(view).uid();
    let attributes = values(&reading.contract, &view);
    let contract = Entity::new_with_tags(contract, attributes, parents, tags);
    entities.push(contract.map_err(|error| error.to_string())?);
    with(Entities::empty(), entities)
}

fn of_dataset(view: DatasetView<'_>, reading: &Reading) -> Result<Entity, String> {
    let contract = Subject::Contract(view.of).uid();
    let mut attributes = values(&reading.dataset, &view);
    link(&mut attributes, "contract", &contract);
    entity(&Subject::Dataset(view).uid(), attributes, [contract])
}

type Attributes = HashMap<String, RestrictedExpression>;

fn values<F: Read<V>, V>(sources: &[Source<F>], view: &V) -> Attributes {
    let value = |source: &Source<F>| {
        let fact = source.fact.of(view)?;
        Some((source.name.to_owned(), fact.to_expression()))
    };
    sources.iter().filter_map(value).collect()
}

fn link(attributes: &mut Attributes, name: &str, target: &EntityUid) {
    let target = RestrictedExpression::new_entity_uid(target.clone());
    attributes.insert(name.to_owned(), target);
}

fn entity(
    of: &EntityUid,
    attributes: Attributes,
    parents: impl IntoIterator<Item = EntityUid>,
) -> Result<Entity, String> {
    Entity::new(of.clone(), attributes, parents.into_iter().collect())
        .map_err(|error| error.to_string())
}

pub(crate) fn with(
    entities: Entities,
    more: impl IntoIterator<Item = Entity>,
) -> Result<Entities, String> {
    entities
        .add_entities(more, None)
        .map_err(|error| error.to_string())
}
