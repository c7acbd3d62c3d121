//! A contract file in, how each of its contracts fares under two laws out.

use std::collections::{BTreeMap, BTreeSet};

use meshlaw_changeset::{Entry, Reader};
use meshlaw_contract::model::Version;
use meshlaw_policy::{Book, Judge, Policy};
use meshlaw_report::law_impact::{Said, Turned, Verdict, Weight};
use meshlaw_report::{Finding, Severity, Side};

use super::{Asked, Counted};
use crate::bench::Bench;
use crate::estate::read_text;
use crate::failure::Failure;
use crate::identity::NOBODYS;
use crate::revision::{FileText, Revision};
use crate::waivers::{self, Docket};

/// Which of the laws look at a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    Before,
    After,
    Both,
}

/// Two benches, and the policies that each has to be asked about.
pub struct Trial<'t> {
    before: &'t Bench<'t>,
    after: &'t Bench<'t>,
    /// Policies that both laws have, where nothing around contracts differs.
    shared: Option<Book>,
    /// The others of the old law.
    old: Book,
    /// The others of the new law.
    new: Book,
    /// Both laws find the same faults in every text.
    faults_alike: bool,
    fail_on: Severity,
    plain: bool,
}

/// The judges of one thread.
pub struct Judges<'t> {
    shared: Option<Judge<'t>>,
    old: Judge<'t>,
    new: Judge<'t>,
}

/// How a contract fares under one law.
struct Stood {
    contract: String,
    path: String,
    domain: String,
    owner: Option<String>,
    version: Option<Version>,
    /// What has weight, by the names of findings.
    said: BTreeMap<(String, Weight), Said>,
}

impl<'t> Trial<'t> {
    /// Sorts the policies of two laws by who has to be asked about them.
    pub fn of(before: &'t Bench<'t>, after: &'t Bench<'t>, asked: &Asked<'_>) -> Self {
        let (old, new) = (&before.law.book, &after.law.book);
        let others = |book: &Book, other: &Book| {
            let own = book.policies.iter();
            let own = own.filter(|policy| !other.policies.iter().any(|one| is_same(policy, one)));
            Book {
                policies: own.cloned().collect(),
            }
        };
        let is_shared = !asked.plain && before.surrounds_as(after);
        let (shared, old, new) = if is_shared {
            let both = old.policies.iter();
            let both = both.filter(|policy| new.policies.iter().any(|one| is_same(policy, one)));
            let both = Book {
                policies: both.cloned().collect(),
            };
            (Some(both), others(old, new), others(new, old))
        } else {
            (None, old.clone(), new.clone())
        };
        Self {
            before,
            after,
            shared,
            old,
            new,
            faults_alike: before.faults_as(after),
            fail_on: asked.fail_on,
            plain: asked.plain,
        }
    }

    /// Makes the judges of one thread.
    pub fn judges(&'t self) -> Result<Judges<'t>, Failure> {
        let make = |book: &'t Book, bench: &'t Bench<'t>| {
            let judge = if self.plain {
                Judge::plain(book, &bench.estate.world)
            } else {
                Judge::new(book, &bench.estate.world)
            };
            judge.map_err(|error| {
                Failure::new(format!("the policies do not go together: {error}"), "")
            })
        };
        let shared = self.shared.as_ref().map(|book| make(book, self.after));
        Ok(Judges {
            shared: shared.transpose()?,
            old: make(&self.old, self.before)?,
            new: make(&self.new, self.after)?,
        })
    }

    /// Judges the contracts of a file under both laws, and counts how they fare.
    pub fn file(
        &'t self,
        judges: &mut Judges<'t>,
        reader: &Reader,
        entry: &Entry,
        looks: Looks,
        counted: &mut Counted,
    ) -> Result<(), Failure> {
        if looks == Looks::Both
            && let Some(shared) = &mut judges.shared
        {
            let apart = (&mut judges.old, &mut judges.new);
            return self.once(shared, apart, reader, entry, counted);
        }
        // What both laws ask is asked of whichever of them looks, too.
        let Judges { shared, old, new } = judges;
        let mut before = Vec::new().into_iter();
        if looks != Looks::After {
            let asking = std::iter::once(old).chain(shared.as_mut());
            let stood = self.apart(self.before, asking.collect(), reader, entry)?;
            before = stood.into_iter();
        }
        let mut after = Vec::new().into_iter();
        if looks != Looks::Before {
            let asking = std::iter::once(new).chain(shared.as_mut());
            let stood = self.apart(self.after, asking.collect(), reader, entry)?;
            after = stood.into_iter();
        }
        loop {
            match (before.next(), after.next()) {
                (None, None) => return Ok(()),
                (before, after) => self.count(before, after, counted),
            }
        }
    }

    /// Reads a file once, and asks once what both laws ask.
    fn once(
        &'t self,
        shared: &mut Judge<'t>,
        (old, new): (&mut Judge<'t>, &mut Judge<'t>),
        reader: &Reader,
        entry: &Entry,
        counted: &mut Counted,
    ) -> Result<(), Failure> {
        let (before, after) = (self.before.court(), self.after.court());
        let file = match read(self.after, reader, entry) {
            Ok(file) => file,
            Err(finding) => {
                let stood = |bench| Some(self.unread(bench, entry, finding.clone()));
                self.count(stood(self.before), stood(self.after), counted);
                return Ok(());
            }
        };
        for revision in file.contracts(&self.after.law.settings, &self.after.domains) {
            let mut both = after.verdicts(shared, &revision);
            let mut of_old = before.verdicts(old, &revision);
            let mut of_new = after.verdicts(new, &revision);
            if self.faults_alike {
                both.extend(after.faults(&revision));
            } else {
                of_old.extend(before.faults(&revision));
                of_new.extend(after.faults(&revision));
            }
            of_old.extend(both.iter().cloned());
            of_new.extend(both);
            let of_old = self.stood(self.before, &revision, of_old)?;
            let of_new = self.stood(self.after, &revision, of_new)?;
            self.count(Some(of_old), Some(of_new), counted);
        }
        Ok(())
    }

    /// Judges the contracts of a file under one law.
    fn apart(
        &'t self,
        bench: &'t Bench<'t>,
        mut judges: Vec<&mut Judge<'t>>,
        reader: &Reader,
        entry: &Entry,
    ) -> Result<Vec<Stood>, Failure> {
        let court = bench.court();
        let file = match read(bench, reader, entry) {
            Ok(file) => file,
            Err(finding) => return Ok(vec![self.unread(bench, entry, finding)]),
        };
        let stood = |revision: &Revision<'_>| {
            let mut findings = court.faults(revision);
            for judge in &mut judges {
                findings.extend(court.verdicts(judge, revision));
            }
            self.stood(bench, revision, findings)
        };
        let revisions = file.contracts(&bench.law.settings, &bench.domains);
        revisions.iter().map(stood).collect()
    }

    /// Says how a contract fares, once what waivers excuse is taken out.
    fn stood(
        &self,
        bench: &Bench<'_>,
        revision: &Revision<'_>,
        mut findings: Vec<Finding>,
    ) -> Result<Stood, Failure> {
        let id = revision.identity.id();
        if bench.ledger.speaks_of(&id) {
            let mut docket = Docket::default();
            docket.add(id.clone(), revision);
            waivers::excuse(&bench.court(), &bench.ledger, &docket, &mut findings)?;
        }
        let contract = revision.contract();
        Ok(Stood {
            contract: id,
            path: revision.identity.path.clone(),
            domain: revision.identity.domain.clone(),
            owner: contract.and_then(|one| one.owner.clone()),
            version: contract.and_then(|one| one.version.clone()),
            said: self.said(findings),
        })
    }

    /// A file that cannot be read stands for the contracts that it might hold.
    fn unread(&self, bench: &Bench<'_>, entry: &Entry, finding: Option<Box<Finding>>) -> Stood {
        let path = entry.path.to_string();
        let domain = bench.domains.of_path(&path);
        Stood {
            contract: path.clone(),
            domain: domain.unwrap_or_else(|| NOBODYS.to_owned()),
            path,
            owner: None,
            version: None,
            said: self.said(finding.into_iter().map(|one| *one).collect()),
        }
    }

    fn said(&self, findings: Vec<Finding>) -> BTreeMap<(String, Weight), Said> {
        let weighed = findings.into_iter().filter_map(|finding| {
            let weight = Weight::of(&finding, self.fail_on)?;
            let said = Said {
                weight,
                id: finding.id,
                part: finding.part,
                message: finding.message,
                severity: finding.severity,
                enforcement: finding.enforcement,
            };
            Some(((finding.fingerprint, weight), said))
        });
        weighed.collect()
    }

    fn count(&self, before: Option<Stood>, after: Option<Stood>, counted: &mut Counted) {
        counted.contracts += 1;
        let verdicts = (verdict(before.as_ref()), verdict(after.as_ref()));
        match verdicts {
            (Verdict::Fail, Verdict::Fail) => counted.failing += 1,
            (Verdict::Pass, Verdict::Pass) => counted.passing += 1,
            _ => {}
        }
        let nothing = BTreeMap::new();
        let old = before.as_ref().map_or(&nothing, |one| &one.said);
        let new = after.as_ref().map_or(&nothing, |one| &one.said);
        let only = |own: &BTreeMap<_, Said>, other: &BTreeMap<_, Said>| -> Vec<Said> {
            let own = own.iter().filter(|(key, _)| !other.contains_key(*key));
            own.map(|(_, said)| said.clone()).collect()
        };
        let (appear, vanish) = (only(new, old), only(old, new));
        if appear.is_empty() && vanish.is_empty() && verdicts.0 == verdicts.1 {
            return;
        }
        let both = old.iter().filter(|(key, _)| new.contains_key(*key));
        let blocking = both.filter(|((_, weight), _)| *weight == Weight::Blocks);
        let remain: BTreeSet<String> = blocking.map(|(_, said)| said.id.clone()).collect();
        let Some(shown) = after.or(before) else {
            return;
        };
        let mut turned = Turned {
            contract: shown.contract,
            path: shown.path,
            domain: shown.domain,
            owner: shown.owner,
            before: verdicts.0,
            after: verdicts.1,
            appear,
            vanish,
            remain,
            consumers: Vec::new(),
        };
        if turned.newly_fails() {
            let version = shown.version.as_ref();
            turned.consumers = self.after.readers(&turned.contract, version);
        }
        counted.turned.push(turned);
    }
}

fn verdict(stood: Option<&Stood>) -> Verdict {
    let Some(stood) = stood else {
        return Verdict::Unseen;
    };
    let mut weights = stood.said.keys().map(|(_, weight)| *weight);
    if weights.any(|weight| weight == Weight::Blocks) {
        Verdict::Fail
    } else {
        Verdict::Pass
    }
}

fn read(
    bench: &Bench<'_>,
    reader: &Reader,
    entry: &Entry,
) -> Result<FileText, Option<Box<Finding>>> {
    let text = read_text(reader, entry, &bench.law.settings)?;
    Ok(FileText {
        path: entry.path.to_string(),
        text,
        side: Side::Head,
    })
}

/// Tells whether two policies say the same, whatever else they are told with.
fn is_same(one: &Policy, other: &Policy) -> bool {
    let all = |policy: &Policy| {
        (
            policy.severity,
            policy.written,
            policy.rulings.clone(),
            policy.since,
            policy.is_builtin,
        )
    };
    one.id == other.id && one.text == other.text && all(one) == all(other)
}
