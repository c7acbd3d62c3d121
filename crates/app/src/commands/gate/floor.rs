//! A branch that changes policies in, whether the floor becomes looser out.
//!
//! What is proved is the change as it will be once it is merged: the law of the target's tip before,
//! and the same with the edits of the branch. Nothing of this runs where a branch leaves the law alone.

use std::collections::BTreeSet;

use jiff::civil::Date;
use meshlaw_policy::{Book, Layer, Policy};
use meshlaw_report::Finding;

use crate::failure::Failure;
use crate::governance::Readers;
use crate::law::{self, Law, PolicySource};

#[cfg(feature = "prove")]
mod proved;

/// What is said of a change of policies.
#[derive(Default)]
pub struct Weighed {
    /// Findings about policies that became looser.
    pub findings: Vec<Finding>,
    /// There are such.
    pub loosens: bool,
    /// What else is to be told.
    pub notes: Vec<String>,
}

/// Weighs what a branch that edits the law makes of the policies.
///
/// `recalls` lets it use what was proved in earlier runs.
pub fn weigh(readers: &Readers, law: &Law, as_of: Date, recalls: bool) -> Result<Weighed, Failure> {
    if law.bootstrap {
        return Ok(Weighed::default());
    }
    // A law that does not load is a finding of its own.
    let Ok(head) = law::load(&readers.head, &PolicySource::Settings) else {
        return Ok(Weighed::default());
    };
    let base = law::load(&readers.base, &PolicySource::Settings);
    let (base, had) = match &base {
        Ok(base) => (&base.book, &base.settings.parameters),
        Err(_) => (&law.book, &law.settings.parameters),
    };
    let merged = merged(&law.book, base, &head.book);
    let mut weighed = if edited(&law.book, &merged).is_empty() {
        Weighed::default()
    } else {
        told(law, &merged, as_of, recalls)
    };
    if *had != head.settings.parameters {
        // A proof speaks of all values that parameters can have, so it cannot tell two apart.
        let note = "this branch changes parameters that policies read; what that lets pass is not \
                    among what is proved";
        weighed.notes.push(note.to_owned());
    }
    Ok(weighed)
}

/// Puts the edits between two books upon a third.
fn merged(tip: &Book, base: &Book, head: &Book) -> Book {
    let edits = edited(base, head);
    let kept = tip.policies.iter();
    let kept = kept.filter(|policy| !edits.contains(policy.id.as_str()));
    let new = head.policies.iter();
    let new = new.filter(|policy| edits.contains(policy.id.as_str()));
    let mut policies: Vec<Policy> = kept.chain(new).cloned().collect();
    policies.sort_by(|one, other| one.id.cmp(&other.id));
    Book { policies }
}

/// Returns the policies that two books do not have alike.
fn edited(one: &Book, other: &Book) -> BTreeSet<String> {
    let is_alike = |policy: &Policy, other: &Policy| {
        policy.text == other.text && policy.rulings == other.rulings
    };
    let lacks = |book: &Book, policy: &&Policy| {
        let known = book.get(policy.id.as_str());
        known.is_none_or(|known| !is_alike(policy, known))
    };
    let gone = one.policies.iter().filter(|policy| lacks(other, policy));
    let new = other.policies.iter().filter(|policy| lacks(one, policy));
    gone.chain(new)
        .map(|policy| policy.id.to_string())
        .collect()
}

#[cfg(feature = "prove")]
fn told(law: &Law, merged: &Book, as_of: Date, recalls: bool) -> Weighed {
    match proved::prover(recalls) {
        Ok(keeper) => proved::weigh(&keeper, law, merged, as_of),
        Err(why) => unproved(&law.book, merged, as_of, &why.message),
    }
}

#[cfg(not(feature = "prove"))]
fn told(law: &Law, merged: &Book, as_of: Date, _: bool) -> Weighed {
    unproved(
        &law.book,
        merged,
        as_of,
        "this program was built without proofs",
    )
}

/// Says what changed, for want of a proof of what that means.
fn unproved(old: &Book, new: &Book, as_of: Date, why: &str) -> Weighed {
    let change = |id: &String| {
        let (old, new) = (old.get(id), new.get(id));
        let what = match (old, new) {
            (Some(_), None) => "gone",
            (None, _) => "new",
            (Some(old), Some(new)) => match new.enforcement(as_of).cmp(&old.enforcement(as_of)) {
                std::cmp::Ordering::Less => "changed, and enforced less",
                std::cmp::Ordering::Equal => "changed",
                std::cmp::Ordering::Greater => "changed, and enforced more",
            },
        };
        let layer = old.or(new).map(|policy| &policy.layer);
        let whose = match layer {
            Some(Layer::Domain(domain)) => format!(", of `{domain}` alone"),
            _ => String::new(),
        };
        format!("`{id}` is {what}{whose}; it is not proved whether that loosens anything: {why}")
    };
    Weighed {
        notes: edited(old, new).iter().map(change).collect(),
        ..Weighed::default()
    }
}
