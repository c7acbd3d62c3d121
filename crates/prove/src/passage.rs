//! Rules in, whether anything can pass them all, or which few of them shut the door, out.

use std::collections::BTreeSet;

use crate::kind::Kind;
use crate::pool::Found;
use crate::prover::Prover;
use crate::question::{Answer, Claim, Question};
use crate::rule::Rule;

/// Whether a kind of request can pass.
#[derive(Debug, Clone)]
pub struct Passage {
    /// The kind of request.
    pub kind: Kind,
    /// How it stands.
    pub way: Way,
}

/// How a kind of request stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Some pass.
    Open,
    /// None can pass: these rules leave no way, and without any one of them there would be one.
    Shut(Vec<String>),
    /// Nobody knows.
    Unproved(String),
}

/// A kind of request, and the rules that shut out what was found so far.
struct Search<'r> {
    kind: Kind,
    rules: Vec<&'r Rule>,
    blockers: BTreeSet<String>,
    way: Option<Way>,
}

/// Looks for a request of every kind that all rules let pass.
///
/// First among those that are known. Then a solver is asked, and not with all rules at once, since it
/// has its work with many: what passes some is put to the others, and whoever forbids it joins them.
pub fn passages(prover: &Prover, rules: &[&Rule]) -> Vec<Passage> {
    let kinds = prover.kinds().into_iter();
    let mut searches: Vec<Search<'_>> =
        kinds.map(|kind| Search::new(prover, kind, rules)).collect();
    loop {
        let open = searches.iter().filter(|search| search.way.is_none());
        let questions: Vec<Question<'_>> = open.map(Search::question).collect();
        if questions.is_empty() {
            break;
        }
        let answers = prover.ask(&questions);
        let open = searches.iter_mut().filter(|search| search.way.is_none());
        for (search, answer) in open.zip(answers) {
            search.take(prover, answer);
        }
    }
    let passages = searches.into_iter().map(|search| Passage {
        kind: search.kind,
        way: search.way.unwrap_or(Way::Open),
    });
    passages.collect()
}

impl<'r> Search<'r> {
    fn new(prover: &Prover, kind: &Kind, rules: &[&'r Rule]) -> Self {
        let speaking = rules.iter().copied();
        let mut search = Self {
            kind: kind.clone(),
            rules: speaking.filter(|rule| rule.speaks_to(kind)).collect(),
            blockers: BTreeSet::new(),
            way: None,
        };
        let Ok(mut pool) = prover.pool(kind, rules.iter().copied()) else {
            return search;
        };
        match pool.open() {
            Found::Shown => search.way = Some(Way::Open),
            Found::Near(blockers) => search.blockers = pool.ids(&blockers),
            Found::Nothing => {}
        }
        search
    }

    fn blocking(&self) -> Vec<&'r Rule> {
        let rules = self.rules.iter().copied();
        rules
            .filter(|rule| self.blockers.contains(&rule.id))
            .collect()
    }

    fn question(&self) -> Question<'r> {
        refuses(&self.kind, self.blocking()).watching(self.rules.clone())
    }

    fn take(&mut self, prover: &Prover, answer: Answer) {
        self.way = match answer {
            Answer::Unproved(why) => Some(Way::Unproved(why)),
            Answer::Holds => Some(Way::Shut(culprits(prover, &self.kind, self.blocking()))),
            Answer::Fails(scene) => {
                let before = self.blockers.len();
                let fired = scene.fired();
                let is_open = fired.is_empty();
                self.blockers.extend(fired.into_iter().map(str::to_owned));
                let is_stuck = self.blockers.len() == before;
                match (is_open, is_stuck) {
                    (true, _) => Some(Way::Open),
                    // Whoever cannot be evaluated shuts nothing out, and would do so for ever.
                    (false, true) => {
                        let why = "a policy cannot be evaluated on what passes the others";
                        Some(Way::Unproved(why.to_owned()))
                    }
                    (false, false) => None,
                }
            }
        };
    }
}

fn refuses<'r>(kind: &Kind, rules: Vec<&'r Rule>) -> Question<'r> {
    Question::new(kind, Claim::Refuses(rules))
}

/// Leaves out one rule after the other as long as nothing can pass.
///
/// What cannot be proved counts as a way through, so that the rule stays among the culprits.
pub(crate) fn culprits(prover: &Prover, kind: &Kind, mut rules: Vec<&Rule>) -> Vec<String> {
    let mut at = 0;
    while at < rules.len() {
        let mut fewer = rules.clone();
        fewer.remove(at);
        if prover.ask_one(refuses(kind, fewer.clone())) == Answer::Holds {
            rules = fewer;
        } else {
            at += 1;
        }
    }
    let mut ids: Vec<String> = rules.into_iter().map(|rule| rule.id.clone()).collect();
    ids.sort();
    ids.dedup();
    ids
}
