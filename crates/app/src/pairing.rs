//! Contracts of changed files in, which new one is which old one out.
//!
//! What tells contracts apart is little, and is enough: the contracts themselves need not be at hand.

use std::collections::BTreeSet;

use meshlaw_policy::Identity;

use crate::revision::Revision;

/// A contract before and after.
pub type Pair<'r, 't> = (Option<&'r Revision<'t>>, Option<&'r Revision<'t>>);

/// The contracts of a file before and after.
pub type Sides<'t> = (Vec<Revision<'t>>, Vec<Revision<'t>>);

/// Where a revision of a contract stands, on its side of the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seat {
    /// The number of its file among those that changed.
    pub file: usize,
    /// Its place within the file.
    pub document: usize,
}

/// Where a contract stands before and after.
pub type Seats = (Option<Seat>, Option<Seat>);

/// What tells a revision of a contract from others.
struct Card {
    seat: Seat,
    name: Option<String>,
    id: Option<String>,
    identity: Identity,
    is_understood: bool,
}

/// Pairs contracts, each with at most one partner.
///
/// Within a file that stays or is renamed: by name. Across files: by id, then by domain and name.
/// Then, where one is left on each side of a file that stays, those two; then by name alone, which
/// is a contract that moves to another domain; last, the two that are left of a renamed file, since
/// git takes files for renamed that are merely alike. A file that was not understood keeps its
/// partner, so that nothing in it looks removed.
#[derive(Default)]
pub struct Pairing {
    gone: Vec<Card>,
    new: Vec<Card>,
    couples: BTreeSet<(Seat, Seat)>,
}

impl Pairing {
    /// Pairs what can be paired within a file, and takes note of the rest.
    pub fn within(&mut self, file: usize, (before, after): &Sides<'_>) -> Vec<Seats> {
        let mut pairs = Vec::new();
        let (mut before, mut after) = (cards(file, before), cards(file, after));
        take(&mut before, &mut after, &mut pairs, |old, new| {
            old.name.is_some() && old.name == new.name
        });
        // Something in a file that was not understood may be what seems to be gone.
        if after.iter().any(|one| !one.is_understood) {
            let first = before.first().map(|one| one.seat);
            pairs.extend(after.into_iter().map(|one| (first, Some(one.seat))));
            return pairs;
        }
        if let ([old], [new]) = (before.as_slice(), after.as_slice()) {
            self.couples.insert((old.seat, new.seat));
        }
        self.gone.append(&mut before);
        self.new.append(&mut after);
        pairs
    }

    /// Adds what another thread took note of.
    pub fn extend(&mut self, other: Pairing) {
        self.gone.extend(other.gone);
        self.new.extend(other.new);
        self.couples.extend(other.couples);
    }

    /// Pairs what is left across files.
    pub fn across(self) -> Vec<Seats> {
        let (mut gone, mut new) = (self.gone, self.new);
        gone.sort_by_key(|one| one.seat);
        new.sort_by_key(|one| one.seat);
        let is_couple = |old: &Card, new: &Card| self.couples.contains(&(old.seat, new.seat));
        let mut pairs = Vec::new();
        take(&mut gone, &mut new, &mut pairs, |old, new| {
            old.id.is_some() && old.id == new.id
        });
        take(&mut gone, &mut new, &mut pairs, |old, new| {
            (&old.identity.domain, &old.identity.name) == (&new.identity.domain, &new.identity.name)
        });
        take(&mut gone, &mut new, &mut pairs, |old, new| {
            old.identity.path == new.identity.path && is_couple(old, new)
        });
        take(&mut gone, &mut new, &mut pairs, |old, new| {
            old.name.is_some() && old.name == new.name
        });
        take(&mut gone, &mut new, &mut pairs, is_couple);
        pairs.extend(gone.into_iter().map(|old| (Some(old.seat), None)));
        pairs.extend(new.into_iter().map(|new| (None, Some(new.seat))));
        pairs
    }
}

/// Pairs contracts that are at hand.
pub fn pair<'r, 't>(files: &'r [Sides<'t>]) -> Vec<Pair<'r, 't>> {
    let mut pairing = Pairing::default();
    let sides = files.iter().enumerate();
    let mut pairs: Vec<Seats> = sides
        .flat_map(|(file, sides)| pairing.within(file, sides))
        .collect();
    pairs.extend(pairing.across());
    let old = |seat: Seat| files.get(seat.file)?.0.get(seat.document);
    let new = |seat: Seat| files.get(seat.file)?.1.get(seat.document);
    let pairs = pairs.into_iter();
    pairs
        .map(|(before, after)| (before.and_then(old), after.and_then(new)))
        .collect()
}

fn cards(file: usize, revisions: &[Revision<'_>]) -> Vec<Card> {
    let card = |(document, revision): (usize, &Revision<'_>)| {
        let contract = revision.contract();
        Card {
            seat: Seat { file, document },
            name: contract.and_then(|contract| contract.name.clone()),
            id: contract.and_then(|contract| contract.id.clone()),
            identity: revision.identity.clone(),
            is_understood: contract.is_some(),
        }
    };
    revisions.iter().enumerate().map(card).collect()
}

fn take(
    before: &mut Vec<Card>,
    after: &mut Vec<Card>,
    pairs: &mut Vec<Seats>,
    same: impl Fn(&Card, &Card) -> bool,
) {
    after.retain(|new| match before.iter().position(|old| same(old, new)) {
        Some(index) => {
            pairs.push((Some(before.remove(index).seat), Some(new.seat)));
            false
        }
        None => true,
    });
}
