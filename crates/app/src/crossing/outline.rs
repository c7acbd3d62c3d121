//! A contract before and after a change in, what it says of others and what others may say of it out.
//!
//! Contracts are let go once they are judged; this is what is kept of them until all are.

use meshlaw_contract::Pointer;
use meshlaw_contract::model::{Dataset, Version};
use meshlaw_policy::Identity;

use super::ask::{Ask, What, said};
use crate::duplicates::Claim;
use crate::pairing::{Pair, Seats};
use crate::revision::Revision;

/// What is kept of a contract that changed.
pub struct Outline {
    /// Where it stands.
    pub seats: Seats,
    /// What it was.
    pub before: Option<Party>,
    /// What it is.
    pub after: Option<Party>,
    /// Its claim to its name.
    pub claim: Option<Claim>,
    /// The stable id that it did not have before, and its claim to it.
    pub new_id: Option<(String, Claim)>,
    /// Whether it bears the name and the major version that it had before.
    pub bears_same: bool,
    /// Whether it is gone, or lost something that others may refer to.
    pub is_lost: bool,
    said: Vec<Said>,
}

/// What a revision is called, and whose it is.
pub struct Party {
    /// What it is called.
    pub identity: Identity,
    /// Its owner.
    pub owner: Option<String>,
    /// Its major version.
    pub major: Option<u64>,
}

/// What a contract says of another.
struct Said {
    pointer: Pointer,
    what: What,
    /// Whether it said the same before.
    is_old: bool,
}

impl Outline {
    /// Takes down what is kept of a contract.
    pub fn of(seats: Seats, (before, after): Pair<'_, '_>) -> Self {
        let is_lost = match (before, after) {
            (Some(before), Some(after)) => {
                let is_moved = before.identity.id() != after.identity.id();
                !after.hides() && (is_moved || loses(before, after))
            }
            (Some(_), None) => true,
            _ => false,
        };
        let id = |revision: &Revision<'_>| revision.contract().and_then(|one| one.id.clone());
        let new_id = after.and_then(|after| {
            let is_old = before.is_some_and(|before| id(before) == id(after));
            id(after).filter(|_| !is_old).zip(Claim::of_id(after))
        });
        let sides = before.zip(after);
        Self {
            seats,
            before: before.map(Party::of),
            after: after.map(Party::of),
            claim: after.and_then(Claim::of),
            new_id,
            bears_same: sides.is_some_and(|(before, after)| bears_same(before, after)),
            is_lost,
            said: after.map_or_else(Vec::new, |after| said_by(before, after)),
        }
    }

    /// Returns what findings call it.
    pub fn shown(&self) -> Option<&Party> {
        self.after.as_ref().or(self.before.as_ref())
    }

    /// Returns its revisions.
    pub fn parties(&self) -> impl Iterator<Item = &Party> {
        self.before.iter().chain(&self.after)
    }

    /// Returns what it says of others.
    pub(super) fn asks(&self) -> impl Iterator<Item = Ask> {
        let party = self.after.iter();
        party.flat_map(|party| self.said.iter().map(|said| party.ask(said)))
    }

    /// Returns one of the things that it says.
    pub(super) fn ask(&self, nth: usize) -> Option<Ask> {
        Some(self.after.as_ref()?.ask(self.said.get(nth)?))
    }

    /// Returns the same as it was said before; nothing where it was not.
    pub(super) fn asked_before(&self, nth: usize) -> Option<Ask> {
        let said = self.said.get(nth).filter(|said| said.is_old)?;
        Some(self.before.as_ref()?.ask(said))
    }
}

impl Party {
    fn of(revision: &Revision<'_>) -> Self {
        let contract = revision.contract();
        Self {
            identity: revision.identity.clone(),
            owner: contract.and_then(|contract| contract.owner.clone()),
            major: major(revision),
        }
    }

    fn ask(&self, said: &Said) -> Ask {
        Ask {
            identity: self.identity.clone(),
            owner: self.owner.clone(),
            pointer: said.pointer.clone(),
            what: said.what.clone(),
        }
    }
}

fn said_by(before: Option<&Revision<'_>>, after: &Revision<'_>) -> Vec<Said> {
    let new = said(after);
    let mut old = match before {
        Some(before) if !new.is_empty() => said(before),
        _ => Vec::new(),
    };
    old.sort_by(|(one, _), (other, _)| one.cmp(other));
    let was = |pointer: &Pointer, what: &What| {
        let from = old.partition_point(|(own, _)| own < pointer);
        let same = old.iter().skip(from);
        let mut same = same.take_while(|(own, _)| own == pointer);
        same.any(|(_, own)| own == what)
    };
    let each = new.into_iter().map(|(pointer, what)| Said {
        is_old: was(&pointer, &what),
        pointer,
        what,
    });
    each.collect()
}

fn major(revision: &Revision<'_>) -> Option<u64> {
    let contract = revision.contract();
    let version = contract.and_then(|contract| contract.version.as_ref());
    version.and_then(Version::major)
}

fn bears_same(before: &Revision<'_>, after: &Revision<'_>) -> bool {
    before.identity.id() == after.identity.id() && major(before) == major(after)
}

/// Tells whether a dataset or a field at the top of one is not there any more.
fn loses(before: &Revision<'_>, after: &Revision<'_>) -> bool {
    let is_gone = |old: &Dataset| {
        let mut kept = datasets(after);
        let same = kept.find(|one| one.name == old.name);
        same.is_none_or(|same| {
            // Most are where they were.
            let mut places = old.fields.iter().enumerate();
            places.any(|(at, field)| {
                let stays = same
                    .fields
                    .get(at)
                    .is_some_and(|one| one.name == field.name);
                !stays && !same.fields.iter().any(|one| one.name == field.name)
            })
        })
    };
    datasets(before).any(is_gone)
}

fn datasets<'r>(revision: &'r Revision<'_>) -> impl Iterator<Item = &'r Dataset> {
    let contract = revision.contract().into_iter();
    contract.flat_map(|contract| &contract.datasets)
}
