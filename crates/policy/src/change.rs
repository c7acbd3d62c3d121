//! A change in, the context of its Cedar request out.

use std::collections::BTreeSet;

use jiff::civil::Date;
use meshlaw_contract::Pointer;
use meshlaw_contract::model::{Consumer, Contract, Dataset, Version, Word};
use meshlaw_diff::{Aspect, Bump, Change, Grade};

use crate::World;
use crate::attribute::{rank_of, version};
use crate::fact::Fact;
use crate::slice::Action;
use crate::view::fields_around;

/// A change, as policies are told of it.
#[derive(Debug, Clone)]
pub struct ChangeFacts<'c> {
    /// The change.
    pub change: &'c Change,
    /// Where the judged revision has what changes.
    pub pointer: &'c Pointer,
    /// How it is felt by those who count.
    pub impact: Grade,
    /// How consumers and producers feel it.
    pub grades: (Grade, Grade),
    /// Versions and bumps.
    pub versions: Versions<'c>,
    /// Consumers that use what changed; one that several revisions state may stand more than once.
    pub consumers: Vec<&'c Consumer>,
    /// Of what went after its sunset: the first day on which its deprecation stood on the target
    /// branch.
    pub noticed: Option<Date>,
    /// The two revisions.
    pub base: Option<&'c Contract>,
    /// The new revision.
    pub head: Option<&'c Contract>,
}

/// What the version did, and what it should have done.
#[derive(Debug, Clone, Copy)]
pub struct Versions<'c> {
    /// The bump that the changes ask for.
    pub required: Bump,
    /// The bump that was made.
    pub declared: Bump,
    /// The version before.
    pub before: Option<&'c Version>,
    /// The version after.
    pub after: Option<&'c Version>,
}

impl ChangeFacts<'_> {
    pub(crate) fn action(&self) -> Action {
        match self.impact {
            Grade::Safe => Action::ChangeSafe,
            Grade::Risky => Action::ChangeRisky,
            Grade::Breaking => Action::ChangeBreaking,
        }
    }

    pub(crate) fn facts<'s>(&'s self, world: &'s World) -> Vec<(&'static str, Fact<'s>)> {
        let edit = &self.change.edit;
        let rule = self.change.rule;
        let grade = |grade: Grade| Fact::Word {
            of: "Grade",
            word: grade.as_str(),
        };
        let name = |consumer: &&'s Consumer| consumer.name.as_str();
        let names: BTreeSet<&str> = self.consumers.iter().map(name).collect();
        // Nobody can agree for a consumer without an owner: its own name stands for it.
        let owner = |one: &&'s Consumer| one.owner.as_deref().unwrap_or(&one.name);
        let owners: BTreeSet<&str> = self.consumers.iter().map(owner).collect();
        let mut facts = vec![
            (
                "approvedBy",
                Fact::set(world.approved_by.iter().map(String::as_str)),
            ),
            ("aspect", Fact::text(edit.aspect.as_str())),
            ("consumerOwners", Fact::set(owners.iter().copied())),
            ("consumers", Fact::set(names.iter().copied())),
            ("consumersAffected", Fact::count(names.len())),
            ("consumersGrade", grade(self.grades.0)),
            ("declaredBump", bump(self.versions.declared)),
            (
                "effect",
                Fact::Word {
                    of: "Effect",
                    word: rule.effect.as_str(),
                },
            ),
            ("motion", Fact::text(edit.motion.as_str())),
            ("producersGrade", grade(self.grades.1)),
            ("requiredBump", bump(self.versions.required)),
            ("rule", Fact::text(rule.id)),
        ];
        let mut state = |name: &'static str, fact: Option<Fact<'static>>| {
            facts.extend(fact.map(|fact| (name, fact)));
        };
        state("versionBefore", self.versions.before.and_then(version));
        state("versionAfter", self.versions.after.and_then(version));
        let status = self.base.and_then(|contract| contract.status);
        state(
            "statusBefore",
            status.map(|status| Fact::Word {
                of: "Status",
                word: status.as_str(),
            }),
        );
        if edit.aspect == Aspect::Classification {
            let rank = |text: &Option<String>| {
                use meshlaw_contract::model::Classification;
                let all = Classification::ALL.iter().copied();
                let found = all
                    .into_iter()
                    .find(|class| Some(class.as_str()) == text.as_deref());
                found.map(|class| Fact::Long(rank_of(class)))
            };
            state("classificationRankBefore", rank(&edit.before));
            state("classificationRankAfter", rank(&edit.after));
        }
        state(
            "daysToSunsetAfter",
            self.sunset_after()
                .map(|date| Fact::Long(world.days_to(date))),
        );
        let noticed = self.noticed;
        state(
            "noticeDays",
            noticed.map(|date| Fact::Long(-world.days_to(date))),
        );
        facts.extend(
            edit.before
                .as_deref()
                .map(|text| ("before", Fact::text(text))),
        );
        facts.extend(
            edit.after
                .as_deref()
                .map(|text| ("after", Fact::text(text))),
        );
        facts
    }

    /// Returns the sunset that the new revision states for what changed, or around it.
    fn sunset_after(&self) -> Option<Date> {
        let head = self.head?;
        let pointer = self.change.edit.place.head()?;
        let mut sunset = head.deprecated.as_ref().and_then(|notice| notice.sunset);
        let around = |dataset: &&Dataset| dataset.pointer().contains(pointer);
        for dataset in head.datasets.iter().filter(around) {
            let of_dataset = dataset.deprecated.as_ref().and_then(|notice| notice.sunset);
            sunset = of_dataset.or(sunset);
            let fields = fields_around(dataset, pointer).into_iter();
            let mut notices = fields.filter_map(|(_, field)| field.deprecated.as_ref());
            if let Some(innermost) = notices.next_back() {
                sunset = innermost.sunset;
            }
        }
        sunset
    }
}

fn bump<'f>(bump: Bump) -> Fact<'f> {
    Fact::Long(match bump {
        Bump::None => 0,
        Bump::Patch => 1,
        Bump::Minor => 2,
        Bump::Major => 3,
    })
}

#[cfg(test)]
mod tests {
    use cedar_policy::{Request, SchemaFragment};
    use meshlaw_contract::model::CompatibilityMode;
    use meshlaw_contract::{Format, Limits, parse_consumers, parse_contracts};
    use meshlaw_diff::{Grading, compare};

    use super::*;
    use crate::entity::uid;
    use crate::request::{more, standing};

    #[test]
    fn what_is_told_of_a_change_is_the_vocabulary() {
        let contract = |text: &str| {
            let parsed = parse_contracts(text, Format::Native, &Limits::default()).remove(0);
            parsed.value.unwrap()
        };
        let base = contract(
            "schema: c\nversion: 1.0.0\nstatus: active\nclassification: restricted\n\
             fields: [{ name: a, type: string }]\n",
        );
        let head = contract(
            "schema: c\nversion: 2.0.0\nstatus: deprecated\nclassification: public\n\
             deprecated: { sunset: 2027-06-30 }\nfields: [{ name: a, type: integer }]\n",
        );
        let world = World::empty(jiff::civil::date(2026, 11, 23));
        let grading = Grading::of(CompatibilityMode::Full);
        let dashboard = "consumer: dashboard\nowner: t\nuses: [{ contract: sales/c }]\n";
        let dashboard = parse_consumers(dashboard, &Limits::default()).remove(0);
        let dashboard = dashboard.value.unwrap();
        let mut told: BTreeSet<String> = ["asOf", "parameters"].map(str::to_owned).into();
        for change in &compare(Some(&base), Some(&head), world.as_of)
            .unwrap()
            .changes
        {
            let facts = ChangeFacts {
                change,
                pointer: change.edit.place.pointer(),
                impact: grading.impact(change),
                grades: grading.grades(change),
                versions: Versions {
                    required: Bump::Major,
                    declared: Bump::Major,
                    before: base.version.as_ref(),
                    after: head.version.as_ref(),
                },
                consumers: vec![&dashboard],
                noticed: Some(jiff::civil::date(2026, 1, 1)),
                base: Some(&base),
                head: Some(&head),
            };
            let action = uid("Action", facts.action().name());
            let facts = facts.facts(&world);
            told.extend(facts.iter().map(|(name, _)| (*name).to_owned()));
            let context = more(standing(&world).unwrap(), &facts).unwrap();
            let (team, resource) = (uid("Team", "t"), uid("Contract", "sales/c"));
            Request::new(team, action, resource, context, crate::vocabulary().ok()).unwrap();
        }
        let (fragment, _) = SchemaFragment::from_cedarschema_str(crate::VOCABULARY).unwrap();
        let schema = fragment.to_json_value().unwrap();
        let stated = schema[""]["commonTypes"]["Change"]["attributes"]
            .as_object()
            .unwrap();
        assert_eq!(told, stated.keys().cloned().collect());
    }
}
