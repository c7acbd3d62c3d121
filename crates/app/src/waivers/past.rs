//! A branch in, the waivers that it held at any time out, and what came before one in a row.
//!
//! Only the line of first parents counts: what the branch showed, whatever was merged into it. No
//! date of a commit decides how often a waiver was renewed, since committers state those.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use jiff::civil::Date;
use meshlaw_changeset::{Commit, Globs, Reader, Repository};
use meshlaw_contract::model::Waiver;
use meshlaw_contract::parse_waivers;

use crate::chronicle::day;
use crate::estate::read_text;
use crate::failure::Failure;
use crate::settings::Settings;

/// What a branch held before; its history is read once, when it is first asked for.
pub struct Past<'a> {
    folder: PathBuf,
    /// Where to begin; nothing means at the head of the repository whose root the folder is.
    from: Option<Commit>,
    settings: &'a Settings,
    held: OnceLock<Result<Held, Failure>>,
}

/// All that a branch ever held.
#[derive(Debug, Default)]
struct Held {
    /// By contract, each with the first day on which it was there.
    terms: BTreeMap<String, BTreeMap<Term, Date>>,
    commits: u64,
    is_cut: bool,
}

/// A waiver up to one end, as far as it matters here.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Term {
    name: String,
    policy: String,
    pointer: Option<Vec<String>>,
    expires: Date,
}

/// Since when a waiver stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// The day of the commit that brought it.
    pub day: Date,
    /// The history was cut off before, so that it stands at least since then.
    pub is_cut: bool,
}

impl<'a> Past<'a> {
    /// Prepares to read what a branch held; `folder` lies in its repository.
    pub fn of_branch(folder: PathBuf, from: Commit, settings: &'a Settings) -> Self {
        Self {
            folder,
            from: Some(from),
            settings,
            held: OnceLock::new(),
        }
    }

    /// Prepares to read what was committed in a folder, as far as that is the root of a repository.
    pub fn of_folder(folder: PathBuf, settings: &'a Settings) -> Self {
        Self {
            folder,
            from: None,
            settings,
            held: OnceLock::new(),
        }
    }

    /// Returns how many waivers came before one in a row.
    ///
    /// One came before where it had an earlier end, was for the same contract and any of the same
    /// `ids`, and spoke of the same part or one of both of the whole contract. What ended more than
    /// two longest terms before the next was of another row, since at least one such term passed
    /// without any.
    pub fn renewals(&self, waiver: &Waiver, ids: &[&str]) -> Result<i64, Failure> {
        let held = self.held()?;
        let Some(terms) = held.terms.get(&waiver.contract) else {
            return Ok(0);
        };
        let is_earlier = |term: &&Term| {
            let speaks_of_it = match (&term.pointer, &waiver.pointer) {
                (Some(one), Some(other)) => one == other,
                _ => true,
            };
            term.expires < waiver.expires && speaks_of_it && ids.contains(&term.policy.as_str())
        };
        let ends = terms.keys().filter(is_earlier).map(|term| term.expires);
        let mut ends: Vec<Date> = ends.collect();
        ends.sort_unstable();
        ends.dedup();
        let reach = self.settings.parameters.max_waiver_days.saturating_mul(2);
        let (mut later, mut count) = (waiver.expires, 0);
        for end in ends.into_iter().rev() {
            if days(end, later) > reach {
                break;
            }
            (later, count) = (end, count + 1);
        }
        Ok(count)
    }

    /// Returns since when a waiver of its name stands for the same; nothing where it is not known.
    pub fn since(&self, waiver: &Waiver) -> Result<Option<Since>, Failure> {
        let held = self.held()?;
        let terms = held.terms.get(&waiver.contract).into_iter().flatten();
        let own = terms.filter(|(term, _)| {
            (&term.name, &term.policy, &term.pointer)
                == (&waiver.name, &waiver.policy, &waiver.pointer)
        });
        let day = own.map(|(_, day)| *day).min();
        let is_cut = held.is_cut;
        Ok(day.map(|day| Since { day, is_cut }))
    }

    /// How many commits were opened.
    pub fn commits(&self) -> u64 {
        self.known().map_or(0, |held| held.commits)
    }

    /// Tells whether a shallow clone cut the history off, where it was asked for.
    pub fn is_cut(&self) -> bool {
        self.known().is_some_and(|held| held.is_cut)
    }

    fn known(&self) -> Option<&Held> {
        self.held.get().and_then(|held| held.as_ref().ok())
    }

    fn held(&self) -> Result<&Held, Failure> {
        let held = self.held.get_or_init(|| self.read());
        held.as_ref().map_err(Clone::clone)
    }

    fn read(&self) -> Result<Held, Failure> {
        let Some((repository, from)) = self.begin()? else {
            return Ok(Held::default());
        };
        let reader = repository.at(from).open()?;
        let mut trail = repository.trail(&from, &Globs::new(&self.settings.waivers)?);
        let mut held = Held::default();
        for footprint in trail.by_ref() {
            match footprint {
                Ok(footprint) => {
                    let day = day(&footprint.commit);
                    for change in &footprint.changes {
                        if let Some(entry) = change.after() {
                            held.add(self.waivers(&reader, entry), day);
                        }
                    }
                }
                Err(_) if repository.is_shallow() => held.is_cut = true,
                Err(error) => return Err(error.into()),
            }
        }
        held.commits = trail.commits();
        Ok(held)
    }

    /// Finds where to begin. A folder within a repository has no history of its own, since settings
    /// of another place may have held there.
    fn begin(&self) -> Result<Option<(Repository, Commit)>, Failure> {
        if let Some(from) = self.from {
            return Ok(Some((Repository::discover(&self.folder)?, from)));
        }
        let Ok(repository) = Repository::discover(&self.folder) else {
            return Ok(None);
        };
        let root = repository.root().and_then(|root| root.canonicalize().ok());
        if root.is_none() || root != self.folder.canonicalize().ok() {
            return Ok(None);
        }
        // Before the first commit there is no head.
        let head = repository.resolve("HEAD").ok();
        Ok(head.map(|head| (repository, head)))
    }

    /// Reads a file as it was; what was no waiver then granted nothing.
    fn waivers(&self, reader: &Reader, entry: &meshlaw_changeset::Entry) -> Vec<Waiver> {
        let Ok(text) = read_text(reader, entry, self.settings) else {
            return Vec::new();
        };
        let parsed = parse_waivers(&text, &self.settings.limits).into_iter();
        parsed.filter_map(|one| one.value).collect()
    }
}

impl Held {
    /// Adds what an earlier commit held.
    fn add(&mut self, waivers: Vec<Waiver>, day: Date) {
        for waiver in waivers {
            let term = Term {
                name: waiver.name,
                policy: waiver.policy,
                pointer: waiver.pointer,
                expires: waiver.expires,
            };
            self.terms
                .entry(waiver.contract)
                .or_default()
                .insert(term, day);
        }
    }
}

/// Returns the days from one date to another.
pub fn days(from: Date, to: Date) -> i64 {
    // A span between two calendar dates is always within the range of days.
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}
