//! A change and the people who count in, its impact out.

use std::collections::BTreeMap;

use meshlaw_contract::model::CompatibilityMode;

use crate::{Change, Grade};

/// Whose grades count, and what the organisation grades otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grading {
    /// Whose grades count.
    pub mode: CompatibilityMode,
    /// The organisation's own grades, by rule id.
    pub overrules: BTreeMap<String, Overrule>,
}

/// What an organisation says in place of a rule's grades.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overrule {
    /// How readers feel it.
    pub consumers: Option<Grade>,
    /// How writers feel it.
    pub producers: Option<Grade>,
}

impl Grading {
    /// Counts a side's grades as the rules have them.
    pub fn of(mode: CompatibilityMode) -> Self {
        Self {
            mode,
            overrules: BTreeMap::new(),
        }
    }

    /// Returns how consumers and producers feel a change.
    pub fn grades(&self, change: &Change) -> (Grade, Grade) {
        let overrule = self
            .overrules
            .get(change.rule.id)
            .copied()
            .unwrap_or_default();
        (
            overrule.consumers.unwrap_or(change.rule.consumers),
            overrule.producers.unwrap_or(change.rule.producers),
        )
    }

    /// Returns how consumers and producers feel a change, as far as it counts.
    pub fn counting(&self, change: &Change) -> (Grade, Grade) {
        let (consumers, producers) = self.grades(change);
        match self.mode {
            CompatibilityMode::Consumers => (consumers, Grade::Safe),
            CompatibilityMode::Producers => (Grade::Safe, producers),
            CompatibilityMode::Full => (consumers, producers),
            CompatibilityMode::None => (Grade::Safe, Grade::Safe),
        }
    }

    /// Returns the worst grade that counts.
    pub fn impact(&self, change: &Change) -> Grade {
        let (consumers, producers) = self.counting(change);
        consumers.max(producers)
    }

    /// Returns the worst impact of several changes.
    pub fn worst(&self, changes: &[Change]) -> Grade {
        changes
            .iter()
            .map(|change| self.impact(change))
            .max()
            .unwrap_or(Grade::Safe)
    }
}
