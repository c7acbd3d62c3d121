//! Terms that a branch changes in, the fields that would say otherwise by them out.
//!
//! Fields are judged by the terms of the target branch, so that whoever names a term feels its change
//! only once that is merged. It is told before.

use std::collections::{BTreeMap, BTreeSet};

use meshlaw_changeset::{FileChange, Globs, Reader, RepoPath, Snapshot};
use meshlaw_contract::{Order, Pointer, visit_fields};
use meshlaw_policy::Glossary;
use meshlaw_report::{Finding, Kind, Location, Related, Severity, Side};

use crate::crossing::{Search, term_word};
use crate::estate::read_text;
use crate::failure::Failure;
use crate::findings::{About, Draft, make};
use crate::glossary::{self, Defined};
use crate::governance::Readers;
use crate::identity::Domains;
use crate::revision::Revision;
use crate::settings::Settings;

/// Fields that are shown for each term.
const MOST_SHOWN: usize = 6;

/// Terms by name, each with its place.
type Terms = BTreeMap<String, (Defined, Location)>;

/// The terms that a branch changes: as they were, and as they become.
pub struct Redefined<'b> {
    settings: &'b Settings,
    before: Terms,
    after: Terms,
    old: Glossary,
    new: Glossary,
}

/// Where fields feel it, by the name of the term, and in which contracts.
#[derive(Debug, Default)]
pub struct Felt(BTreeMap<String, (Vec<Related>, BTreeSet<String>)>);

impl Felt {
    /// Adds what is felt elsewhere.
    pub fn extend(&mut self, other: Felt) {
        for (name, (related, contracts)) in other.0 {
            let own = self.0.entry(name).or_default();
            own.0.extend(related);
            own.1.extend(contracts);
        }
    }
}

impl<'b> Redefined<'b> {
    /// Returns the terms whose meaning a branch changes that touched these files; none where there
    /// are none.
    pub fn of(
        settings: &'b Settings,
        readers: &Readers,
        touched: &BTreeSet<String>,
    ) -> Result<Option<Self>, Failure> {
        let globs = Globs::new(&settings.terms)?;
        let mut sides = [Terms::new(), Terms::new()];
        for path in touched {
            if !globs.matches(&RepoPath::parse(path)?) {
                continue;
            }
            let readers = [&readers.base, &readers.head];
            for (terms, (reader, side)) in sides
                .iter_mut()
                .zip(readers.into_iter().zip([Side::Base, Side::Head]))
            {
                read(settings, reader, path, side, terms)?;
            }
        }
        let [mut before, after] = sides;
        before.retain(|name, (old, _)| {
            let new = after.get(name);
            new.is_none_or(|(new, _)| new.meaning != old.meaning)
        });
        if before.is_empty() {
            return Ok(None);
        }
        let of = |terms: &Terms| {
            let all = terms.values().map(|(one, _)| one.meaning.clone());
            Glossary::of(all.collect::<Vec<_>>())
        };
        Ok(Some(Self {
            settings,
            old: of(&before),
            new: of(&after),
            before,
            after,
        }))
    }

    /// Says which terms change under the fields that name them: those of the contracts that the
    /// branch changed, and of the others at the merge base.
    pub fn findings(
        &self,
        domains: &Domains,
        base: &Snapshot,
        changed: &[FileChange],
        mut felt: Felt,
    ) -> Result<Vec<Finding>, Failure> {
        let sides = changed.iter().flat_map(|one| [one.before(), one.after()]);
        let changed = sides.flatten().map(|entry| entry.path.to_string());
        let changed: BTreeSet<String> = changed.collect();
        let search = Search {
            settings: self.settings,
            domains,
            base,
            words: &self.words(),
        };
        search.each(
            |path| changed.contains(path),
            |file| {
                for revision in file.contracts(self.settings, domains) {
                    self.feel(&revision, &mut felt);
                }
            },
        )?;
        let found = felt.0.into_iter();
        let tell = |(name, (related, contracts)): (String, (Vec<Related>, BTreeSet<String>))| {
            self.tell(&name, related, contracts.len())
        };
        Ok(found.filter_map(tell).collect())
    }

    /// Notes the fields of a contract that agreed with a term, or knew it, and no longer do.
    pub fn feel(&self, revision: &Revision<'_>, felt: &mut Felt) {
        let Some(contract) = revision.contract() else {
            return;
        };
        for dataset in &contract.datasets {
            visit_fields(dataset, Order::OuterFirst, &mut |way, field| {
                let Some(word) = &field.term else { return };
                let pointer = way.to_pointer();
                let Some((meaning, old)) = self.old.judge(contract, &pointer) else {
                    return;
                };
                let said = match self.new.judge(contract, &pointer) {
                    None => Some(("term", format!("names `{word}` here"))),
                    Some((_, new)) => {
                        let worse = new.into_iter().find(|one| !old.contains(one));
                        worse.map(|one| (one.statement.as_str(), one.to_string()))
                    }
                };
                let Some((key, said)) = said else { return };
                let id = revision.identity.id();
                let (related, contracts) = felt.0.entry(meaning.name.clone()).or_default();
                related.push(Related {
                    location: revision.locate(&pointer.word(key)),
                    message: format!("`{id}`: {said}"),
                });
                contracts.insert(id);
            });
        }
    }

    /// Returns the words by which contracts name the terms.
    fn words(&self) -> BTreeSet<String> {
        let all = self.before.values();
        let names = all.flat_map(|(one, _)| one.meaning.words());
        names.map(term_word).collect()
    }

    fn tell(&self, name: &str, mut related: Vec<Related>, contracts: usize) -> Option<Finding> {
        let fields = match related.len() {
            1 => "one field".to_owned(),
            many => format!("{many} fields"),
        };
        let within = match contracts {
            1 => "one contract".to_owned(),
            many => format!("{many} contracts"),
        };
        related.sort();
        related.truncate(MOST_SHOWN);
        let (id, severity, message, help, location) = match self.after.get(name) {
            Some((_, place)) => (
                "term/change-felt",
                Severity::Warning,
                format!("the term `{name}` changes, and {fields} in {within} would say otherwise"),
                "agree with the owners of those contracts; once this is merged, they disagree with the term",
                place,
            ),
            None => (
                "term/gone-in-use",
                Severity::Error,
                format!("the term `{name}` goes, and {fields} in {within} still name it"),
                "change those contracts first, or keep the name as a synonym of the term that follows",
                &self.before.get(name)?.1,
            ),
        };
        let draft = Draft {
            id,
            kind: Kind::Term,
            severity,
            about: About::default(),
            pointer: Pointer::root().name(name),
            message,
            help: Some(help.to_owned()),
            location: Some(location.clone()),
        };
        let made = make(self.settings, draft)?;
        Some(Finding { related, ..made })
    }
}

fn read(
    settings: &Settings,
    reader: &Reader,
    path: &str,
    side: Side,
    terms: &mut Terms,
) -> Result<(), Failure> {
    let Some(entry) = reader.find(&RepoPath::parse(path)?)? else {
        return Ok(());
    };
    let text = read_text(reader, &entry, settings).unwrap_or_default();
    for parsed in glossary::parse(&text, &settings.limits) {
        if let Some(one) = parsed.value {
            let place = one.place(path, side);
            let known = terms.entry(one.meaning.name.clone());
            known.or_insert((one, place));
        }
    }
    Ok(())
}
