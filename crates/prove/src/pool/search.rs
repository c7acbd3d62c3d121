//! Requests that nearly show something in, one made of them that does out.
//!
//! Where a request makes too many rules fire, what one of these reads is taken over from a request on
//! which it is silent; as long as fewer fire then, that goes on.

use std::collections::BTreeSet;

use super::{Case, Pool, Witness};
use crate::rule::Rule;
use crate::scene::Scene;

/// Most requests from which something is taken over for one rule.
const MOST_DONORS: usize = 6;

/// Most steps towards a request that fewer rules forbid.
const MOST_STEPS: usize = 24;

/// Most times that more is taken over, until what the engine guarantees holds.
const MOST_REPAIRS: usize = 5;

/// What came of a search.
pub(crate) enum Found {
    /// A request that shows it, by its place.
    Shown,
    /// The nearest one makes these rules fire.
    Near(BTreeSet<usize>),
    /// There is none to begin with.
    Nothing,
}

impl Pool<'_> {
    /// Looks for a request that no rule speaks against.
    pub(crate) fn open(&mut self) -> Found {
        let all: BTreeSet<usize> = (0..self.rules.len()).collect();
        self.sole(None, &all)
    }

    /// Looks for a request on which a rule fires, where one is named, and none of some others does.
    pub(crate) fn sole(&mut self, fires: Option<usize>, others: &BTreeSet<usize>) -> Found {
        let mut starts = self.nearest(others, |case| fires_on(case, fires));
        starts.truncate(MOST_DONORS);
        let Some(first) = starts.first().copied() else {
            return Found::Nothing;
        };
        if self.against(first, others).is_empty() {
            return Found::Shown;
        }
        let grown = fires.and_then(|rule| self.onto_the_best(rule, &starts, others));
        let mut best = grown
            .into_iter()
            .chain(self.again(first))
            .min_by_key(|case| case.loud.intersection(others).count());
        for _ in 0..MOST_STEPS {
            let Some(case) = &best else { break };
            if case.loud.is_disjoint(others) {
                break;
            }
            match self.quieter(case, fires, others) {
                Some(next) => best = Some(next),
                None => break,
            }
        }
        let Some(case) = best else {
            return Found::Near(self.against(first, others));
        };
        let left: BTreeSet<usize> = case.loud.intersection(others).copied().collect();
        if !left.is_empty() {
            return Found::Near(left);
        }
        self.cases.push(case);
        Found::Shown
    }

    /// Returns the places of requests, those first that the fewest of some rules speak against.
    fn nearest(&self, others: &BTreeSet<usize>, is_fit: impl Fn(&Case) -> bool) -> Vec<usize> {
        let fit = self
            .cases
            .iter()
            .enumerate()
            .filter(|(_, case)| is_fit(case));
        let mut fit: Vec<(usize, usize)> = fit
            .map(|(at, case)| (case.loud.intersection(others).count(), at))
            .collect();
        fit.sort_unstable();
        fit.into_iter().map(|(_, at)| at).collect()
    }

    fn against(&self, at: usize, others: &BTreeSet<usize>) -> BTreeSet<usize> {
        let case = self.cases.get(at);
        case.map(|case| case.loud.intersection(others).copied().collect())
            .unwrap_or_default()
    }

    fn again(&self, at: usize) -> Option<Case> {
        let case = self.cases.get(at)?;
        self.judged(case.witness.clone()).ok()
    }

    /// Takes over what makes a rule fire, onto a request that few speak against.
    fn onto_the_best(
        &self,
        rule: usize,
        starts: &[usize],
        others: &BTreeSet<usize>,
    ) -> Option<Case> {
        let bases = self.nearest(others, |_| true);
        let base = self.cases.get(*bases.first()?)?;
        let grown = starts.iter().filter_map(|at| {
            let donor = self.cases.get(*at)?.scene()?;
            let grown = self.grafted(base, donor, &[self.rules.get(rule)?], &BTreeSet::new())?;
            grown.fired.contains(&rule).then_some(grown)
        });
        grown.min_by_key(|case| case.loud.intersection(others).count())
    }

    /// Finds a request like one of ours that fewer rules speak against.
    fn quieter(&self, case: &Case, fires: Option<usize>, others: &BTreeSet<usize>) -> Option<Case> {
        let loud = case.loud.intersection(others);
        loud.copied().find_map(|rule| {
            let donors = self.nearest(others, |donor| !donor.loud.contains(&rule));
            let mut donors = donors.into_iter().take(MOST_DONORS);
            donors.find_map(|at| self.hushed(case, self.cases.get(at)?, rule, fires, others))
        })
    }

    /// Takes over what a rule reads from a request on which it is silent: first without what the one
    /// reads that has to fire.
    fn hushed(
        &self,
        case: &Case,
        donor: &Case,
        rule: usize,
        fires: Option<usize>,
        others: &BTreeSet<usize>,
    ) -> Option<Case> {
        let own = fires.and_then(|rule| self.rules.get(rule));
        let keep = own.map(|rule| &rule.attributes);
        let careful = keep.and_then(|keep| self.led(case, donor, rule, fires, others, keep));
        careful.or_else(|| self.led(case, donor, rule, fires, others, &BTreeSet::new()))
    }

    /// Takes over what a rule reads, but for some attributes; where others fire instead, what these
    /// read, too.
    fn led(
        &self,
        case: &Case,
        donor: &Case,
        rule: usize,
        fires: Option<usize>,
        others: &BTreeSet<usize>,
        keep: &BTreeSet<String>,
    ) -> Option<Case> {
        let before = case.loud.intersection(others).count();
        let mut taken = BTreeSet::from([rule]);
        for _ in 0..MOST_REPAIRS {
            let rules = taken.iter().filter_map(|at| self.rules.get(*at)).copied();
            let grown = self.grafted(case, donor.scene()?, &rules.collect::<Vec<_>>(), keep)?;
            let is_quieter = grown.loud.intersection(others).count() < before;
            if is_quieter && fires_on(&grown, fires) {
                return Some(grown);
            }
            let new = grown
                .loud
                .intersection(others)
                .filter(|at| !case.loud.contains(at));
            let known = taken.len();
            taken.extend(new.filter(|at| !donor.loud.contains(at)));
            if taken.len() == known {
                return None;
            }
        }
        None
    }

    /// Puts what a solver found of a rule onto a request that is known.
    pub(super) fn completed(&self, scene: &Scene, rule: &Rule) -> Option<Case> {
        let all = (0..self.rules.len()).collect();
        let bases = self.nearest(&all, |_| true).into_iter().take(MOST_DONORS);
        bases
            .filter_map(|at| self.cases.get(at))
            .find_map(|base| self.grafted(base, scene, &[rule], &BTreeSet::new()))
    }

    /// Takes over what rules read, and so much more that all holds that the engine guarantees.
    fn grafted(
        &self,
        onto: &Case,
        from: &Scene,
        rules: &[&Rule],
        keep: &BTreeSet<String>,
    ) -> Option<Case> {
        let onto = onto.scene()?;
        let names = rules.iter().flat_map(|rule| rule.attributes.iter());
        let mut names: BTreeSet<String> = names
            .filter(|name| !keep.contains(*name))
            .cloned()
            .collect();
        let ties = rules.iter().any(|rule| rule.reads_ties());
        for _ in 0..MOST_REPAIRS {
            let scene: Scene = onto.grafted(from, &names, ties);
            let (request, entities) = scene.asked().ok()?;
            match self.judged(Witness { request, entities }) {
                Ok(case) => return Some(case),
                Err(broken) => {
                    let known = names.len();
                    let more = broken.iter().flat_map(|one| one.attributes.iter().cloned());
                    names.extend(more);
                    if names.len() == known {
                        return None;
                    }
                }
            }
        }
        None
    }
}

fn fires_on(case: &Case, fires: Option<usize>) -> bool {
    fires.is_none_or(|rule| case.fired.contains(&rule))
}
