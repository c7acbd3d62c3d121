//! Contracts in, the domains that they seem to belong to out.

use std::collections::{BTreeMap, BTreeSet};

use super::quote::literal;
use super::survey::Found;

/// A domain as it seems to be.
#[derive(Debug, Default)]
pub struct Domain {
    /// How many contracts each owner has in it.
    pub owners: BTreeMap<String, usize>,
    /// How many contracts it has.
    pub contracts: usize,
    /// Globs of its files, where they lie elsewhere than in `domains/<domain>/`.
    pub paths: BTreeSet<String>,
}

/// The domains, and which contracts are not clear.
#[derive(Debug, Default)]
pub struct Domains {
    /// The domains, by name.
    pub domains: BTreeMap<String, Domain>,
    /// Contracts that name another domain than the one whose folder they lie in.
    pub disputed: Vec<String>,
    /// Contracts that nothing gives to a domain.
    pub homeless: Vec<String>,
}

/// Settles the domains: by the folders `domains/<domain>/`, else by the part of the path that says
/// for most contracts what they say themselves, else by what they say.
pub fn settle(contracts: &[Found]) -> Domains {
    let part = agreeing_part(contracts);
    let mut settled = Domains::default();
    for contract in contracts {
        let own = contract.facts.domain.as_deref();
        let usual = usual_folder(&contract.path);
        let folder = part.and_then(|part| folders(&contract.path).nth(part));
        let Some(name) = usual.or(folder.map(|(name, _)| name)).or(own) else {
            settled.homeless.push(contract.path.clone());
            continue;
        };
        if own.is_some_and(|own| own != name) {
            settled.disputed.push(contract.path.clone());
        }
        let domain = settled.domains.entry(name.to_owned()).or_default();
        domain.contracts += 1;
        if let Some(owner) = &contract.facts.owner {
            *domain.owners.entry(owner.clone()).or_default() += 1;
        }
        if let (None, Some((_, folder))) = (usual, folder) {
            domain.paths.insert(format!("{}/**", literal(folder)));
        }
    }
    settled
}

/// The value with the greatest count, and whether it is the only one; the first of several.
pub fn most(counts: &BTreeMap<String, usize>) -> Option<(&str, usize)> {
    let best = counts.values().max()?;
    counts
        .iter()
        .find(|(_, count)| *count == best)
        .map(|(name, count)| (name.as_str(), *count))
}

fn usual_folder(path: &str) -> Option<&str> {
    let mut folders = folders(path).map(|(name, _)| name);
    folders.find(|name| *name == "domains")?;
    folders.next()
}

/// The folders of a path from the root, each by its name and its whole path.
fn folders(path: &str) -> impl Iterator<Item = (&str, &str)> {
    path.match_indices('/').filter_map(|(slash, _)| {
        let folder = path.get(..slash)?;
        Some((folder.rsplit('/').next()?, folder))
    })
}

fn agreeing_part(contracts: &[Found]) -> Option<usize> {
    let stated: Vec<(&str, &str)> = contracts
        .iter()
        .filter(|contract| usual_folder(&contract.path).is_none())
        .filter_map(|contract| Some((contract.path.as_str(), contract.facts.domain.as_deref()?)))
        .collect();
    let mut agreed: BTreeMap<usize, usize> = BTreeMap::new();
    for (path, own) in &stated {
        for (part, _) in folders(path)
            .enumerate()
            .filter(|(_, (name, _))| name == own)
        {
            *agreed.entry(part).or_default() += 1;
        }
    }
    let best = *agreed.values().max()?;
    agreed
        .into_iter()
        .find(|(_, count)| *count == best && best * 2 > stated.len())
        .map(|(part, _)| part)
}
