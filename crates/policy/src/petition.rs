//! Somebody who is not the owner in, with what policies may read of them; a principal out.
//!
//! A consumer asks to read, a waiver asks to excuse. Both are few beside fields, so that all that
//! there is is told about them.

use std::collections::HashSet;

use cedar_policy::{Entity, EntityUid, RestrictedExpression};
use meshlaw_contract::model::{Consumer, Use, Version, Waiver};
use meshlaw_report::{Enforcement, Severity};

use crate::entity::uid;
use crate::fact::Fact;
use crate::reads::Reads;
use crate::world::World;

/// Who asks.
pub(crate) struct Petitioner<'p> {
    pub(crate) uid: EntityUid,
    domain: Option<&'p str>,
    /// Attributes; a team is a record of its own.
    pub(crate) facts: Vec<(&'static str, Fact<'p>)>,
}

/// A consumer, and where its file lies.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'p> {
    /// The consumer.
    pub consumer: &'p Consumer,
    /// The domain of its file.
    pub domain: Option<&'p str>,
    /// Somebody can be reached.
    pub has_contact: bool,
}

/// What a waiver is asked to excuse.
#[derive(Debug, Clone, Copy)]
pub struct Plea<'p> {
    /// The waiver.
    pub waiver: &'p Waiver,
    /// Id of the policy or finding.
    pub policy: &'p str,
    /// The rule, where the finding is about a change.
    pub rule: Option<&'p str>,
    /// How much it matters.
    pub severity: Severity,
    /// What it does.
    pub enforcement: Enforcement,
    /// What is known of the waiver beside its text.
    pub precedent: Precedent,
}

/// What went before a waiver, and what stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Precedent {
    /// How many waivers for the same, each with an earlier end, came before it in a row.
    pub renewals: i64,
    /// Waivers that stand today for contracts of the domain.
    pub in_domain: i64,
    /// How many may.
    pub budget: Option<i64>,
}

impl<'p> Petitioner<'p> {
    pub(crate) fn consumer(reader: Reader<'p>, world: &'p World) -> Self {
        let consumer = reader.consumer;
        let owner = consumer.owner.as_deref().unwrap_or_default();
        let mut facts = vec![
            ("hasContact", Fact::Bool(reader.has_contact)),
            ("name", Fact::text(&consumer.name)),
            ("owner", team(world, owner)),
            (
                "regions",
                Fact::set(consumer.regions.iter().map(String::as_str)),
            ),
        ];
        facts.extend(reader.domain.map(|domain| ("domain", Fact::text(domain))));
        facts.extend(consumer.kind.map(|kind| {
            use meshlaw_contract::model::Word;
            ("kind", Fact::text(kind.as_str()))
        }));
        Self {
            uid: uid("Consumer", &consumer.name),
            domain: reader.domain,
            facts,
        }
    }

    pub(crate) fn waiver(plea: &Plea<'p>, world: &'p World) -> Self {
        let waiver = plea.waiver;
        let facts = vec![
            ("approver", team(world, &waiver.approved_by)),
            ("coversContract", Fact::Bool(waiver.pointer.is_none())),
            ("daysLeft", Fact::Long(world.days_to(waiver.expires))),
            ("expires", Fact::Moment(waiver.expires)),
            ("hasTicket", Fact::Bool(waiver.ticket.is_some())),
            ("name", Fact::text(&waiver.name)),
            ("reason", Fact::text(&waiver.reason)),
            ("renewals", Fact::Long(plea.precedent.renewals)),
        ];
        Self {
            uid: uid("Waiver", &waiver.name),
            domain: None,
            facts,
        }
    }

    /// Adds to a key what policies read of whoever asks.
    ///
    /// Which one it is, is read as its name; then all there is counts.
    pub(crate) fn told(&self, reads: &Reads, mut key: Vec<u8>) -> Vec<u8> {
        let names = reads.of_principal();
        let reads_all = reads.everything || names.contains("name");
        for (name, fact) in &self.facts {
            if !reads_all && !names.contains(name) {
                continue;
            }
            Fact::text(name).write_key(&mut key);
            match (fact, reads.of_principals(name).filter(|_| !reads_all)) {
                (Fact::Record(entries), Some(read)) => {
                    let read = entries.iter().filter(|(name, _)| read.contains(name));
                    read.for_each(|(_, fact)| fact.write_key(&mut key));
                }
                _ => fact.write_key(&mut key),
            }
        }
        if reads_all {
            Fact::text(self.domain.unwrap_or_default()).write_key(&mut key);
        }
        key
    }

    /// Makes the principal's entity, and its team's unless that is there already.
    pub(crate) fn entities(&self, known: &str) -> Result<Vec<Entity>, String> {
        let mut entities = Vec::new();
        let mut attributes = Vec::new();
        for (name, fact) in &self.facts {
            let Fact::Record(team) = fact else {
                attributes.push(((*name).to_owned(), fact.to_expression()));
                continue;
            };
            let id = team.iter().find_map(|(name, fact)| match fact {
                Fact::Text(id) if *name == "name" => Some(id.as_ref()),
                _ => None,
            });
            let id = id.unwrap_or_default();
            let of = uid("Team", id);
            let link = RestrictedExpression::new_entity_uid(of.clone());
            attributes.push(((*name).to_owned(), link));
            if id != known {
                let attributes = team
                    .iter()
                    .map(|(name, fact)| ((*name).to_owned(), fact.to_expression()));
                entities.push(entity(of, attributes, None)?);
            }
        }
        // The domain's own entity is there only where the contract lies in it, too; as a parent,
        // a name is enough.
        let parent = self.domain.map(|domain| uid("Domain", domain));
        entities.push(entity(self.uid.clone(), attributes.into_iter(), parent)?);
        Ok(entities)
    }
}

impl Plea<'_> {
    pub(crate) fn facts<'f>(
        &'f self,
        owner: Option<&'f str>,
        domain: &'f str,
    ) -> Vec<(&'static str, Fact<'f>)> {
        let word = |of: &'static str, word: &'static str| Fact::Word { of, word };
        let mut facts = vec![
            ("domain", Fact::text(domain)),
            (
                "enforcement",
                word("Enforcement", self.enforcement.as_str()),
            ),
            ("group", Fact::text(group(self.policy))),
            ("policy", Fact::text(self.policy)),
            ("severity", word("Severity", self.severity.as_str())),
            ("waiversInDomain", Fact::Long(self.precedent.in_domain)),
        ];
        let budget = self.precedent.budget;
        facts.extend(budget.map(|budget| ("waiverBudget", Fact::Long(budget))));
        facts.extend(owner.map(|owner| ("owner", Fact::text(owner))));
        facts.extend(self.rule.map(|rule| ("rule", Fact::text(rule))));
        facts
    }
}

/// Returns what policies are told of one use.
pub(crate) fn use_facts<'f>(
    usage: &'f Use,
    version: Option<&Version>,
    world: &World,
) -> Vec<(&'static str, Fact<'f>)> {
    let satisfied = match (&usage.version, version.and_then(Version::semantic)) {
        (Some(range), Some(version)) => range.matches(version),
        _ => true,
    };
    let mut facts = vec![
        ("namesFields", Fact::Bool(usage.fields.is_some())),
        ("versionSatisfied", Fact::Bool(satisfied)),
    ];
    let purpose = usage.purpose.as_deref();
    facts.extend(purpose.map(|purpose| ("purpose", Fact::text(purpose))));
    let until = usage.until;
    facts.extend(until.map(|until| ("daysToEnd", Fact::Long(world.days_to(until)))));
    facts
}

/// Returns the group of a policy, or the first part of another finding's id.
fn group(id: &str) -> &str {
    let mut parts = id.split('/');
    match (parts.next(), parts.next()) {
        (Some("org" | "domains"), Some(group)) => group,
        (Some(first), _) => first,
        (None, _) => id,
    }
}

fn team<'f>(world: &'f World, name: &'f str) -> Fact<'f> {
    let roles = world.teams.get(name).into_iter();
    let roles = roles.flat_map(|team| team.roles.iter().map(String::as_str));
    Fact::Record(vec![
        ("isKnown", Fact::Bool(world.knows_team(name))),
        ("name", Fact::text(name)),
        ("roles", Fact::set(roles)),
    ])
}

fn entity(
    of: EntityUid,
    attributes: impl Iterator<Item = (String, RestrictedExpression)>,
    parent: Option<EntityUid>,
) -> Result<Entity, String> {
    Entity::new(of, attributes.collect(), HashSet::from_iter(parent))
        .map_err(|error| error.to_string())
}
