//! Logged and new answers in, how they differ by policy out.

use std::collections::BTreeMap;

use meshlaw_policy::Decision;
use serde::Serialize;

use super::retrial::Gone;

/// How the answers of a law differ from those of a log.
#[derive(Debug, Default, Serialize)]
pub struct Comparison {
    /// Version of this shape.
    pub format: u32,
    /// How many requests the log holds.
    pub requests: u64,
    /// How many of them are answered by the same policies.
    pub same: u64,
    /// How many were denied, and are allowed.
    pub newly_allowed: u64,
    /// How many were allowed, and are denied.
    pub newly_denied: u64,
    /// What differs, by policy.
    pub policies: BTreeMap<String, OfPolicy>,
    /// Each request whose answer differs.
    pub differences: Vec<Difference>,
    /// What is gone, with how many requests were made of it.
    pub gone: Vec<Missing>,
    #[serde(skip)]
    missing: BTreeMap<Gone, u64>,
}

/// What one policy says otherwise: how many requests.
#[derive(Debug, Default, Serialize)]
pub struct OfPolicy {
    /// Requests that it forbids now.
    pub forbids: u64,
    /// Requests that it forbids no longer.
    pub forbids_no_longer: u64,
    /// Requests on which it cannot be evaluated now.
    pub fails: u64,
    /// Requests on which it can be evaluated now.
    pub fails_no_longer: u64,
}

/// A request whose answer differs.
#[derive(Debug, Serialize)]
pub struct Difference {
    /// What was asked for.
    pub action: String,
    /// Who asked.
    pub principal: String,
    /// The contract.
    pub contract: String,
    /// The part of it.
    pub pointer: Vec<String>,
    /// The answer of the log.
    pub logged: Answer,
    /// The answer now.
    pub now: Answer,
}

/// An answer.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// `allow` or `deny`.
    pub decision: &'static str,
    /// Policies that forbid.
    pub policies: Vec<String>,
    /// Policies that cannot be evaluated.
    pub errors: Vec<String>,
}

/// Something that requests were made of, and is not there.
#[derive(Debug, Serialize)]
pub struct Missing {
    /// Its path.
    pub path: String,
    /// The hash of its bytes; none where they are there and hold no such part.
    pub blob: Option<String>,
    /// How many requests were made of it.
    pub requests: u64,
}

impl Comparison {
    /// Begins a comparison.
    pub fn new() -> Self {
        Self {
            format: 1,
            ..Self::default()
        }
    }

    /// Tells whether every request was answered as it is logged.
    pub fn is_same(&self) -> bool {
        self.same == self.requests
    }

    /// Adds a request that was answered.
    pub fn add(&mut self, logged: &Decision, now: &Decision) {
        self.requests += 1;
        let (before, after) = (Answer::of(logged), Answer::of(now));
        if before == after {
            self.same += 1;
            return;
        }
        match (logged.is_allowed, now.is_allowed) {
            (true, false) => self.newly_denied += 1,
            (false, true) => self.newly_allowed += 1,
            _ => {}
        }
        for id in only(&after.policies, &before.policies) {
            self.of(id).forbids += 1;
        }
        for id in only(&before.policies, &after.policies) {
            self.of(id).forbids_no_longer += 1;
        }
        for id in only(&after.errors, &before.errors) {
            self.of(id).fails += 1;
        }
        for id in only(&before.errors, &after.errors) {
            self.of(id).fails_no_longer += 1;
        }
        self.differences.push(Difference {
            action: logged.action.clone(),
            principal: logged.principal.id.clone(),
            contract: logged.contract.id(),
            pointer: logged.pointer.clone(),
            logged: before,
            now: after,
        });
    }

    /// Adds a request that cannot be made again.
    pub fn miss(&mut self, gone: Gone) {
        self.requests += 1;
        *self.missing.entry(gone).or_default() += 1;
    }

    /// Sums up what is gone.
    #[must_use]
    pub fn finish(mut self) -> Self {
        let missing = std::mem::take(&mut self.missing).into_iter();
        self.gone = missing
            .map(|(gone, requests)| match gone {
                Gone::Document(path, blob) => Missing {
                    path,
                    blob: Some(blob),
                    requests,
                },
                Gone::Part(path) => Missing {
                    path,
                    blob: None,
                    requests,
                },
            })
            .collect();
        self
    }

    fn of(&mut self, id: &str) -> &mut OfPolicy {
        self.policies.entry(id.to_owned()).or_default()
    }
}

impl Answer {
    fn of(decision: &Decision) -> Self {
        Self {
            decision: if decision.is_allowed { "allow" } else { "deny" },
            policies: decision.policies.clone(),
            errors: decision.failed.clone(),
        }
    }
}

fn only<'a>(these: &'a [String], others: &'a [String]) -> impl Iterator<Item = &'a str> {
    let own = these.iter().filter(|id| !others.contains(id));
    own.map(String::as_str)
}
