//! A change in, the context of its Cedar request out.

use meshlaw_contract::Pointer;
use meshlaw_contract::model::{Contract, Word};
use meshlaw_diff::{Aspect, Bump, Change, Grade};

use crate::World;
use crate::fact::Fact;
use crate::subject::{rank_of, version};

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
    /// Consumers that use what changed.
    pub consumers: Vec<&'c str>,
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
    pub before: Option<&'c semver::Version>,
    /// The version after.
    pub after: Option<&'c semver::Version>,
}

impl ChangeFacts<'_> {
    pub(crate) fn action(&self) -> &'static str {
        match self.impact {
            Grade::Safe => "changeSafe",
            Grade::Risky => "changeRisky",
            Grade::Breaking => "changeBreaking",
        }
    }

    pub(crate) fn facts(&self, world: &World) -> Vec<(&'static str, Fact<'_>)> {
        let edit = &self.change.edit;
        let rule = self.change.rule;
        let grade = |grade: Grade| Fact::Word {
            of: "Grade",
            word: grade.as_str(),
        };
        let mut facts = vec![
            ("approvedBy", Fact::set(std::iter::empty::<&str>())),
            ("aspect", Fact::text(edit.aspect.as_str())),
            ("consumers", Fact::set(self.consumers.iter().copied())),
            ("consumersAffected", Fact::count(self.consumers.len())),
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
        state("versionBefore", self.versions.before.map(version));
        state("versionAfter", self.versions.after.map(version));
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
    fn sunset_after(&self) -> Option<jiff::civil::Date> {
        let head = self.head?;
        let pointer = self.change.edit.place.head()?;
        let mut sunset = head.deprecated.as_ref().and_then(|notice| notice.sunset);
        for dataset in head
            .datasets
            .iter()
            .filter(|dataset| dataset.pointer().contains(pointer))
        {
            let of_dataset = dataset.deprecated.as_ref().and_then(|notice| notice.sunset);
            sunset = of_dataset.or(sunset);
            crate::view::visit_fields(dataset, &mut |at, field| {
                if at.contains(pointer) && field.deprecated.is_some() {
                    sunset = field.deprecated.as_ref().and_then(|notice| notice.sunset);
                }
            });
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
