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

/// Settles the domains: by the folders `domains/<domain>/`, else by the folder whose neighbours
/// say what most contracts in them say themselves, else by what a contract says.
pub fn settle(contracts: &[Found]) -> Domains {
    let parents = parents(contracts);
    let stated: BTreeSet<&str> = contracts
        .iter()
        .filter_map(|contract| contract.facts.domain.as_deref())
        .collect();
    let mut settled = Domains::default();
    for contract in contracts {
        let own = contract.facts.domain.as_deref();
        let usual = usual_folder(&contract.path);
        // A folder that no contract calls a domain does not outdo what a contract says itself.
        let folder = folders(&contract.path).find(|(name, folder)| {
            parents.contains(parent(folder)) && (own.is_none() || stated.contains(name))
        });
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

/// The name with the greatest count; the first of several.
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

/// The folders whose own folders are named after the domains that most contracts in them name.
fn parents(contracts: &[Found]) -> BTreeSet<&str> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for contract in contracts {
        let Some(own) = contract.facts.domain.as_deref() else {
            continue;
        };
        for (name, folder) in folders(&contract.path) {
            let (agreed, all) = counts.entry(parent(folder)).or_default();
            *agreed += usize::from(name == own);
            *all += 1;
        }
    }
    counts
        .into_iter()
        .filter(|(_, (agreed, all))| agreed * 2 > *all)
        .map(|(parent, _)| parent)
        .collect()
}

fn parent(folder: &str) -> &str {
    folder
        .rfind('/')
        .and_then(|slash| folder.get(..slash))
        .unwrap_or("")
}
