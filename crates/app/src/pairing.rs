//! Contracts of changed files in, which new one is which old one out.

use meshlaw_contract::model::Contract;

use crate::revision::Revision;

/// A contract before and after.
pub type Pair<'r, 't> = (Option<&'r Revision<'t>>, Option<&'r Revision<'t>>);

/// Pairs contracts, each with at most one partner.
///
/// Within a file that stays or is renamed: by name. Across files: by id, then by domain and name.
/// Then, where one is left on each side of a file that stays, those two; then by name alone, which
/// is a contract that moves to another domain; last, the two that are left of a renamed file, since
/// git takes files for renamed that are merely alike. A file that was not understood keeps its
/// partner, so that nothing in it looks removed.
pub fn pair<'r, 't>(files: &'r [(Vec<Revision<'t>>, Vec<Revision<'t>>)]) -> Vec<Pair<'r, 't>> {
    let mut pairs = Vec::new();
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    let mut couples = Vec::new();
    for (before, after) in files {
        let mut before: Vec<&Revision<'t>> = before.iter().collect();
        let mut after: Vec<&Revision<'t>> = after.iter().collect();
        take(&mut before, &mut after, &mut pairs, |old, new| {
            name(old).is_some() && name(old) == name(new)
        });
        // Something in a file that was not understood may be what seems to be gone.
        if !after.is_empty() && after.iter().any(|one| one.contract().is_none()) {
            pairs.extend(
                after
                    .into_iter()
                    .map(|one| (before.first().copied(), Some(one))),
            );
            continue;
        }
        if let ([old], [new]) = (before.as_slice(), after.as_slice()) {
            couples.push((*old, *new));
        }
        gone.append(&mut before);
        new.append(&mut after);
    }
    let is_couple = |old: &Revision<'t>, new: &Revision<'t>| {
        couples
            .iter()
            .any(|(one, other)| std::ptr::eq(*one, old) && std::ptr::eq(*other, new))
    };
    let id = |one: &Revision<'_>| one.contract().and_then(|contract| contract.id.clone());
    take(&mut gone, &mut new, &mut pairs, |old, new| {
        id(old).is_some() && id(old) == id(new)
    });
    take(&mut gone, &mut new, &mut pairs, |old, new| {
        (&old.identity.domain, &old.identity.name) == (&new.identity.domain, &new.identity.name)
    });
    take(&mut gone, &mut new, &mut pairs, |old, new| {
        old.identity.path == new.identity.path && is_couple(old, new)
    });
    take(&mut gone, &mut new, &mut pairs, |old, new| {
        name(old).is_some() && name(old) == name(new)
    });
    take(&mut gone, &mut new, &mut pairs, is_couple);
    pairs.extend(gone.into_iter().map(|old| (Some(old), None)));
    pairs.extend(new.into_iter().map(|new| (None, Some(new))));
    pairs
}

fn take<'r, 't>(
    before: &mut Vec<&'r Revision<'t>>,
    after: &mut Vec<&'r Revision<'t>>,
    pairs: &mut Vec<Pair<'r, 't>>,
    same: impl Fn(&Revision<'t>, &Revision<'t>) -> bool,
) {
    after.retain(|new| match before.iter().position(|old| same(old, new)) {
        Some(index) => {
            pairs.push((Some(before.remove(index)), Some(*new)));
            false
        }
        None => true,
    });
}

fn name<'r>(revision: &'r Revision<'_>) -> Option<&'r String> {
    revision
        .contract()
        .and_then(|contract: &Contract| contract.name.as_ref())
}
