//! Drafts of what a solver found in, the first that the ordinary judge says the same of out.

use std::collections::BTreeMap;

use meshlaw_policy::{Book, Outcome, Policy};
use meshlaw_prove::{Draft, Sketch, drafts};

use crate::commands::policy::examples::Case;

/// Files that show something, as the ordinary judge has confirmed.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Texts by file name, as the examples of policies are kept.
    pub files: BTreeMap<String, String>,
    /// What they need of the settings, where that is not the usual.
    pub settings: Vec<String>,
}

/// Policies, and the book that they stand in.
pub struct Bench<'b> {
    /// The policies.
    pub policies: Vec<&'b Policy>,
    /// All that holds beside them.
    pub book: &'b Book,
}

/// Finds a draft that one policy forbids and none of some others does.
pub fn between(sketch: &Sketch<'_>, forbidding: &Bench<'_>, passing: &Bench<'_>) -> Option<Shown> {
    let says = |bench: &Bench<'_>, case: &Case, expected: &Outcome| {
        let mut policies = bench.policies.iter();
        policies.all(|policy| {
            let outcome = case.outcome(policy, bench.book);
            outcome.is_ok_and(|outcome| outcome == *expected)
        })
    };
    let mut drafts = drafts(sketch).into_iter();
    let found = drafts.find(|draft| {
        Case::of(&draft.files, &draft.world).is_ok_and(|case| {
            says(forbidding, &case, &Outcome::Denied) && says(passing, &case, &Outcome::Allowed)
        })
    });
    found.map(Shown::from)
}

/// Finds a draft against which no policy has anything; says else who has.
pub fn passing(drafts: Vec<Draft>, bench: &Bench<'_>) -> Result<Shown, String> {
    let mut why = "there is nothing to write down".to_owned();
    for draft in drafts {
        let case = match Case::of(&draft.files, &draft.world) {
            Ok(case) => case,
            Err(error) => {
                why = format!("what the solver found is no contract of ours: {error}");
                continue;
            }
        };
        let against = bench.policies.iter().find_map(|policy| {
            let outcome = case.outcome(policy, bench.book);
            let is_fine = outcome.is_ok_and(|outcome| outcome == Outcome::Allowed);
            (!is_fine).then_some(&policy.id)
        });
        match against {
            None => return Ok(Shown::from(draft)),
            Some(id) => {
                why = format!("`{id}` forbids the contract that the solver's answer was made into");
            }
        }
    }
    Err(why)
}

impl From<Draft> for Shown {
    fn from(draft: Draft) -> Self {
        Self {
            files: draft.files,
            settings: draft.settings,
        }
    }
}
