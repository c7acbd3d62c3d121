//! A domain and a name in, the contract files that may hold the contract out.
//!
//! A folder may hold tens of thousands of files. Who asks for a name mostly means the few that are
//! called so, which are looked up; the others are listed only where somebody needs all of them.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use meshlaw_changeset::{Entry, Globs, Reader, RepoPath, Stems};

use crate::failure::Failure;
use crate::identity::{Domains, stem};
use crate::names;
use crate::settings::Settings;

/// The files of a snapshot, by domain.
pub(super) struct Folders<'a> {
    reader: &'a Reader,
    settings: &'a Settings,
    domains: &'a Domains,
    seen: RefCell<Seen>,
}

/// What was asked for so far.
#[derive(Default)]
struct Seen {
    listed: BTreeMap<String, Rc<[Entry]>>,
    stems: BTreeMap<String, Rc<Stems>>,
    /// Files that are called as contracts are that were asked for.
    alike: HashMap<String, Rc<[Entry]>>,
}

impl<'a> Folders<'a> {
    pub(super) fn new(reader: &'a Reader, settings: &'a Settings, domains: &'a Domains) -> Self {
        Self {
            reader,
            settings,
            domains,
            seen: RefCell::default(),
        }
    }

    /// Lists the contract files of a domain, and those that may state any domain.
    pub(super) fn of(&self, domain: &str) -> Result<Rc<[Entry]>, Failure> {
        if let Some(known) = self.seen.borrow().listed.get(domain) {
            return Ok(Rc::clone(known));
        }
        let listed = self.reader.list(&self.reach(domain)?)?;
        let entries = self.own(domain, listed)?;
        let mut seen = self.seen.borrow_mut();
        seen.listed.insert(domain.to_owned(), Rc::clone(&entries));
        Ok(entries)
    }

    /// Returns those of them that are called as a contract is.
    pub(super) fn alike(&self, domain: &str, name: &str) -> Result<Rc<[Entry]>, Failure> {
        let id = format!("{domain}/{name}");
        if let Some(known) = self.seen.borrow().alike.get(&id) {
            return Ok(Rc::clone(known));
        }
        let alike = if self.settings.limits.shortcuts && is_plain(name) {
            self.own(domain, self.stems(domain)?.called(name.as_bytes()))?
        } else {
            let all = self.of(domain)?;
            let alike = all.iter().filter(|entry| is_alike(&entry.path, name));
            alike.cloned().collect()
        };
        let mut seen = self.seen.borrow_mut();
        seen.alike.insert(id, Rc::clone(&alike));
        Ok(alike)
    }

    fn stems(&self, domain: &str) -> Result<Rc<Stems>, Failure> {
        if let Some(known) = self.seen.borrow().stems.get(domain) {
            return Ok(Rc::clone(known));
        }
        let stems = Rc::new(self.reader.stems(self.reach(domain)?)?);
        let mut seen = self.seen.borrow_mut();
        seen.stems.insert(domain.to_owned(), Rc::clone(&stems));
        Ok(stems)
    }

    /// Returns globs that lead to all that may hold contracts of a domain, and to little else.
    fn reach(&self, domain: &str) -> Result<Globs, Failure> {
        Ok(Globs::new(names::reach_of(self.settings, domain))?)
    }

    /// Takes the contract files that no other domain owns.
    fn own(&self, domain: &str, entries: Vec<Entry>) -> Result<Rc<[Entry]>, Failure> {
        let contracts = Globs::new(&self.settings.contracts)?;
        let is_candidate = |entry: &Entry| {
            let shown = entry.path.shown();
            let owner = self.domains.owner_of(&shown);
            contracts.matches(&entry.path) && owner.is_none_or(|owner| owner == domain)
        };
        Ok(entries.into_iter().filter(is_candidate).collect())
    }
}

/// Tells whether a file is called as a contract is, up to its first dot.
pub(super) fn is_alike(path: &RepoPath, name: &str) -> bool {
    // Most are not, which is told without a look at the whole path.
    if is_plain(name) {
        let rest = path.file_name().strip_prefix(name.as_bytes());
        return rest.is_some_and(|rest| rest.first().is_none_or(|next| *next == b'.'));
    }
    stem(&path.shown()) == name
}

/// Tells whether the bytes of a file's name tell whether it is called so: others are shown otherwise
/// than they are.
fn is_plain(name: &str) -> bool {
    let is_shown = name.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    is_shown && !name.contains(['/', '.', '\\'])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use std::fs;

    use meshlaw_changeset::Snapshot;

    use super::*;
    use crate::settings::DomainSettings;

    #[test]
    fn what_is_called_alike_is_looked_up_as_a_look_at_each_file_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        for path in [
            "domains/sales/orders.contract.yaml",
            "domains/sales/orders.odcs.yaml",
            "domains/sales/old/orders.v1.contract.yaml",
            "domains/sales/orders-2.contract.yaml",
            "domains/sales/or.ders.contract.yaml",
            "domains/sales/größe.contract.yaml",
            "domains/sales/.contract.yaml",
            "domains/sales/orders.md",
            "domains/sales/mapped/orders.contract.yaml",
            "domains/orders.contract.yaml",
            "domains/crm/orders.contract.yaml",
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            // Whichever domain it states, it is called what its path says.
            fs::write(path, "schema: other\ndomain: crm\nfields: []\n").unwrap();
        }
        let reader = Snapshot::folder(folder.path()).open().unwrap();
        let mut settings = Settings::default();
        let mapped = DomainSettings {
            paths: vec!["domains/sales/mapped/**".to_owned()],
            ..DomainSettings::default()
        };
        settings.domains.insert("mapped".to_owned(), mapped);
        let mut plain = settings.clone();
        plain.limits.shortcuts = false;
        let domains = Domains::new(&settings, None).unwrap();
        let fast = Folders::new(&reader, &settings, &domains);
        let slow = Folders::new(&reader, &plain, &domains);
        for (domain, name, count) in [
            ("sales", "orders", 4),
            ("crm", "orders", 2),
            ("mapped", "orders", 2),
            ("sales", "or", 1),
            ("sales", "or.ders", 0),
            ("sales", "größe", 1),
            ("sales", "", 1),
            ("sales", "orders-2", 1),
            ("nowhere", "nothing", 0),
        ] {
            let found = fast.alike(domain, name).unwrap();
            assert_eq!(found, slow.alike(domain, name).unwrap(), "{domain}/{name}");
            assert_eq!(found.len(), count, "{domain}/{name}");
        }
    }
}
