//! Changes in, what reports of history say of them out.

use meshlaw_diff::{Aspect, Change, Edit};
use serde::Serialize;

use super::Edition;
use crate::court::grading;
use crate::settings::Settings;

/// One change, for people and machines.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// Rule that tells it.
    pub rule: &'static str,
    /// What it does to the allowed data.
    pub effect: &'static str,
    /// Whom it hurts, by the grades that count.
    pub impact: &'static str,
    /// The part that changed.
    pub part: String,
    /// Text of what was there.
    pub before: Option<String>,
    /// Text of what is there.
    pub after: Option<String>,
    /// In words.
    pub message: String,
    /// What differs, for those who tell it in other words.
    #[serde(skip)]
    pub edit: Edit,
}

impl Told {
    /// Tells whether this is how the version moved, which headings say anyway.
    pub fn is_version(&self) -> bool {
        self.edit.aspect == Aspect::Version
    }
}

/// Tells changes, the gravest first; whose grades count is read from the edition before them.
pub fn told<'c>(
    settings: &Settings,
    before: Option<&Edition>,
    changes: impl IntoIterator<Item = &'c Change>,
) -> Vec<Told> {
    let contract = before.and_then(|edition| edition.contract.as_ref());
    let grading = grading(settings, contract);
    let mut graded: Vec<_> = changes
        .into_iter()
        .map(|change| (grading.impact(change), change))
        .collect();
    graded.sort_by_key(|(impact, _)| std::cmp::Reverse(*impact));
    graded
        .into_iter()
        .map(|(impact, change)| Told {
            rule: change.rule.id,
            effect: change.rule.effect.as_str(),
            impact: impact.as_str(),
            part: change.edit.place.pointer().to_string(),
            before: change.edit.before.clone(),
            after: change.edit.after.clone(),
            message: change.message(),
            edit: change.edit.clone(),
        })
        .collect()
}
