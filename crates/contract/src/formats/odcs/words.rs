//! Free words of the standard in, words of the model out: what an organisation writes means what
//! its settings say.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Classification, Status, Word};
use crate::nearest;

/// What an organisation writes where the standard leaves the words free.
///
/// Case does not count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// Spellings of states, each with what it means.
    pub status: BTreeMap<String, Status>,
    /// Spellings of classifications, each with what it means.
    pub classification: BTreeMap<String, Classification>,
    /// Properties of service levels beside the standard's own.
    pub sla: BTreeSet<String>,
    /// Roles that grant access; where there are any, another is likely a typo.
    pub roles: BTreeSet<String>,
}

/// States that the standard or its examples name, beside those of the model.
const STATES: &[(&str, Status)] = &[
    ("current", Status::Active),
    ("production", Status::Active),
    ("proposed", Status::Draft),
];

/// Properties of service levels that the standard's documentation names.
pub(super) const SLA: &[&str] = &[
    "availability",
    "emailResponseTime",
    "endOfLife",
    "endOfSupport",
    "errorRate",
    "frequency",
    "generalAvailability",
    "latency",
    "retention",
    "throughput",
    "timeOfAvailability",
    "timeToDetect",
    "timeToNotify",
    "timeToRepair",
];

impl Words {
    /// Returns the state that a word means.
    pub fn status_of(&self, text: &str) -> Option<Status> {
        let own = find(&self.status, text);
        let known = Status::ALL.iter().copied();
        let named = || {
            known
                .into_iter()
                .find(|word| word.as_str().eq_ignore_ascii_case(text))
        };
        let further = || {
            let known = STATES
                .iter()
                .find(|(word, _)| word.eq_ignore_ascii_case(text));
            known.map(|(_, status)| *status)
        };
        own.or_else(named).or_else(further)
    }

    /// Returns the classification that a word means.
    pub fn classification_of(&self, text: &str) -> Option<Classification> {
        let known = Classification::ALL.iter().copied();
        let named = || {
            known
                .into_iter()
                .find(|word| word.as_str().eq_ignore_ascii_case(text))
        };
        find(&self.classification, text).or_else(named)
    }

    /// Says what to do about a word that is not known.
    ///
    /// `key` is the key of `vocabulary` in the settings that would take it.
    pub(super) fn way_out(&self, text: &str, known: &[&str], key: Option<&str>) -> String {
        match (nearest(text, known.iter().copied()), key) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(key)) => {
                format!("say what it means under `vocabulary: {{ {key}: … }}` in meshlaw.yaml")
            }
            (None, None) => format!("write one of {}", known.join(", ")),
        }
    }
}

fn find<T: Copy>(words: &BTreeMap<String, T>, text: &str) -> Option<T> {
    let same = |(word, _): &(&String, &T)| word.eq_ignore_ascii_case(text);
    words.iter().find(same).map(|(_, meant)| *meant)
}
