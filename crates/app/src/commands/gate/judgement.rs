//! A range and the law in, what is told of every contract that the range touches out.

use std::collections::BTreeSet;

use jiff::civil::Date;
use meshlaw_changeset::{FileChange, Globs, Renames, RepoPath, changes, compare_ahead};
use meshlaw_report::{Finding, Severity, Side};

use super::course::{Course, Followed, changed_meanwhile};
use super::files::{Files, Opened};
use super::range::Range;
use super::touched::{base_text, touched_files, waivers_in};
use crate::atlas::Atlas;
use crate::chronicle::Annals;
use crate::companions;
use crate::consumption::Consumption;
use crate::court::{Court, Told};
use crate::crossing::{Branch, Outline};
use crate::decisions::{Draft, Log};
use crate::estate::{Estate, read_around, read_estate};
use crate::failure::Failure;
use crate::governance::Readers;
use crate::identity::Domains;
use crate::law::Law;
use crate::names::Names;
use crate::ownership;
use crate::planned;
use crate::readership;
use crate::redefined::Redefined;
use crate::settings::Settings;
use crate::waivers::{self, Docket, InForce, Ledger, Past};

/// What a run is judged with, beside the law.
pub struct Circumstances {
    /// The date that is taken for today.
    pub as_of: Date,
    /// Teams that agreed to the change.
    pub agreed: BTreeSet<String>,
    /// The branch loosens the floor, or may.
    pub loosens: bool,
    /// Take no short cut.
    pub plain: bool,
    /// What stops the run, where people are shown how to ask for an exception.
    pub offers: Option<(Severity, bool)>,
    /// The program ends with this run.
    pub is_last: bool,
}

/// What came of a run.
pub struct Judged {
    /// What is told of the branch.
    pub told: Told,
    /// Commits that were opened for it.
    pub opened: u64,
    /// A shallow clone cut off what was asked for.
    pub is_cut: bool,
    /// The branch touches the glossary.
    pub touches_terms: bool,
    /// The branch touches contracts, or what is around them.
    pub is_about_contracts: bool,
}

/// Judges a range by a law.
pub fn judge(
    range: &Range,
    readers: &Readers,
    law: &Law,
    circumstances: Circumstances,
    log: Option<&Log>,
    findings: &mut Vec<Finding>,
) -> Result<Judged, Failure> {
    let head_settings = law.settings_of(&readers.head);
    let settings = &law.settings;
    // The same settings add nothing.
    let head_settings = head_settings.as_deref();
    let head_settings = head_settings.filter(|head| !std::ptr::eq(*head, settings));
    if !circumstances.plain {
        let kinds = [&settings.contracts, &settings.consumers];
        let kinds = kinds
            .into_iter()
            .chain([&settings.terms, &settings.waivers]);
        compare_ahead(&readers.base, &readers.head, Globs::new(kinds.flatten())?);
    }
    let globs = Globs::new(&settings.contracts)?;
    let changed = changes(&readers.base, &readers.head, &globs, Renames::Detect)?;
    let domains = Domains::new(settings, head_settings)?;
    let touched = touched_files(readers, settings)?;
    let files = Files::read(&range.head, settings, &domains, &changed)?;
    let opened = files.opened();
    let granted = waivers_in(&readers.head, settings, &touched, findings)?;
    // Waivers excuse once they are on the target branch, so that no branch excuses itself.
    let (ledger, _) = Ledger::read(settings, &readers.tip)?;
    let past = Past::of_branch(".".into(), range.target, settings);
    let redefined = Redefined::of(settings, readers, &touched)?;
    let mut course = Course::new(&opened, redefined.as_ref());
    let of_waivers = granted.entries().map(|entry| entry.waiver.contract.clone());
    let mut contracts: BTreeSet<String> = opened.supposed_names().chain(of_waivers).collect();
    let (mut commits, mut is_cut) = (0, false);
    let told = loop {
        let annals = Annals::new(".".into(), range.fork, settings, &domains);
        let estate = estate_of(
            readers,
            (settings, head_settings),
            &circumstances,
            &contracts,
        )?;
        let readership = readership::register(
            &estate,
            |path| domains.of_path(path),
            |path| {
                touched
                    .contains(path)
                    .then(|| base_text(readers, settings, path))
            },
        );
        let court = Court {
            law,
            estate: &estate,
            domains: &domains,
            readership: &readership,
            ledger: &ledger,
            annals: Some(&annals),
            log,
            past: Some(&past),
        };
        let known = (!circumstances.plain).then_some(&contracts);
        let lacking = course.follow(&court, known)?;
        let told = if lacking.is_empty() {
            let hearing = Hearing {
                range,
                readers,
                court: &court,
                changed: &changed,
                touched: &touched,
                granted: &granted,
                opened: &opened,
                redefined: redefined.as_ref(),
            };
            let followed = course.finish(&court)?;
            if let Some(new) = head_settings.filter(|new| new != &settings) {
                let text = crate::law::settings_text(&readers.head);
                let new = (new, text.as_str());
                let world = &estate.world;
                findings.extend(ownership::unknown(settings, world, new, Some(settings)));
            }
            Some(hearing.conclude(followed, &circumstances, findings)?)
        } else {
            None
        };
        commits += annals.commits();
        is_cut |= annals.is_cut();
        if let Some(told) = told {
            break told;
        }
        contracts.extend(lacking);
    };
    if circumstances.is_last {
        // To free contracts piece by piece would take longer than the end of the program does.
        std::mem::forget(opened);
    }
    let terms = Globs::new(&settings.terms)?;
    let touches_terms = touched
        .iter()
        .any(|path| RepoPath::parse(path).is_ok_and(|path| terms.matches(&path)));
    Ok(Judged {
        told,
        opened: commits + past.commits(),
        is_cut: is_cut || past.is_cut(),
        touches_terms,
        is_about_contracts: !changed.is_empty() || !touched.is_empty(),
    })
}

/// Reads what exists around contracts; of an estate, what speaks of contracts of these names.
fn estate_of(
    readers: &Readers,
    (settings, head_settings): (&Settings, Option<&Settings>),
    circumstances: &Circumstances,
    contracts: &BTreeSet<String>,
) -> Result<Estate, Failure> {
    let as_of = circumstances.as_of;
    let mut estate = if circumstances.plain {
        let others = [&readers.tip];
        read_estate(settings, head_settings, &readers.head, &others, as_of)?
    } else {
        let branch = companions::Branch {
            settings,
            base: &readers.base,
            tip: &readers.tip,
            head: &readers.head,
            contracts: contracts.clone(),
        };
        read_around(&branch, head_settings, as_of)?
    };
    estate.world.approved_by.clone_from(&circumstances.agreed);
    Ok(estate)
}

/// What is judged when each contract has been.
struct Hearing<'h, 'l> {
    range: &'h Range,
    readers: &'h Readers,
    court: &'h Court<'l>,
    changed: &'h [FileChange],
    touched: &'h BTreeSet<String>,
    granted: &'h Ledger,
    opened: &'h Opened<'h>,
    redefined: Option<&'h Redefined<'h>>,
}

impl Hearing<'_, '_> {
    /// Says what is wrong between contracts and around them, and what is excused.
    fn conclude(
        &self,
        mut followed: Followed,
        circumstances: &Circumstances,
        findings: &mut Vec<Finding>,
    ) -> Result<Told, Failure> {
        let Self { court, touched, .. } = self;
        let (estate, ledger, settings) = (court.estate, court.ledger, &court.law.settings);
        findings.append(&mut followed.unreadable);
        // Only what this branch touched is complained of.
        let in_touched = |finding: &&Finding| {
            let at = finding.location.as_ref();
            at.is_some_and(|at| touched.contains(&at.path))
        };
        findings.extend(estate.findings.iter().filter(in_touched).cloned());
        let names = Names::new(&self.range.base, settings, court.domains);
        let (base, head) = (&self.readers.base, &self.readers.head);
        let before = Atlas::uncharted(base, settings, court.domains, Side::Base).by(&names, &[]);
        let after = Atlas::uncharted(head, settings, court.domains, Side::Head)
            .by(&names, self.changed)
            .holding(std::mem::take(&mut followed.sketches));
        let branch = Branch {
            settings,
            domains: court.domains,
            base: &self.range.base,
            head: &self.range.head,
            before: &before,
            after: &after,
            changed: self.changed,
            outlines: &followed.outlines,
        };
        findings.extend(branch.findings()?);
        let consumption = Consumption::new(settings, estate, &after);
        findings.extend(consumption.touched(self.readers, &before, touched)?);
        if let Some(redefined) = self.redefined {
            let felt = std::mem::take(&mut followed.felt);
            let base = &self.range.base;
            findings.extend(redefined.findings(court.domains, base, self.changed, felt)?);
        }
        findings.extend(self.planned(&after, &followed.outlines)?);
        let mut told = std::mem::take(&mut followed.told);
        let parties = followed.outlines.iter().flat_map(Outline::parties);
        let known: BTreeSet<String> = parties.map(|party| party.identity.id()).collect();
        let around_it = (self.granted, *touched);
        around(self.readers, (court, &after), around_it, &known, &mut told)?;
        told.findings.append(findings);
        if circumstances.loosens {
            told.docket.add_floor();
        }
        waivers::excuse(court, ledger, &told.docket, &mut told.findings)?;
        let as_of = circumstances.as_of;
        waivers::announce(ledger, self.granted, as_of, &mut told.findings);
        if let Some(bar) = circumstances.offers {
            let docket_of = |id: &str| followed.docket_of(self.opened, id);
            waivers::offer(court, docket_of, bar, &mut told.findings)?;
        }
        Ok(told)
    }

    /// Tells of each contract that is new beside an older major version.
    fn planned(&self, atlas: &Atlas<'_>, outlines: &[Outline]) -> Result<Vec<Finding>, Failure> {
        let mut found = Vec::new();
        for outline in outlines.iter().filter(|one| one.before.is_none()) {
            let new = outline.after.iter();
            let new = new.filter_map(|new| Some((new.identity.id(), new.major?)));
            for (id, version) in new {
                let Some(old) = planned::older(atlas, &id, version)? else {
                    continue;
                };
                let reader = self.opened.reader()?;
                let told = self.opened.seated(outline.seats, &reader, |(_, new)| {
                    new.map_or(Ok(Vec::new()), |new| planned::beside(self.court, &old, new))
                });
                found.extend(told.unwrap_or_else(|| Err(changed_meanwhile()))?);
            }
        }
        Ok(found)
    }
}

/// Judges what this branch touched around contracts that it left alone: consumers and waivers.
fn around(
    readers: &Readers,
    (court, atlas): (&Court<'_>, &Atlas<'_>),
    (granted, touched): (&Ledger, &BTreeSet<String>),
    known: &BTreeSet<String>,
    told: &mut Told,
) -> Result<(), Failure> {
    let settings = &court.law.settings;
    let of_waivers = granted.entries().map(|entry| &entry.waiver.contract);
    let of_waivers: BTreeSet<&String> = of_waivers.collect();
    let mut ids: BTreeSet<String> = court
        .readership
        .touched_contracts()
        .filter(|id| !known.contains(*id))
        .map(str::to_owned)
        .collect();
    ids.extend(of_waivers.iter().map(|id| (*id).clone()));
    let files = atlas.files_of(&ids)?;
    let mut judge = court.judge()?;
    let (mut docket, mut draft) = (Docket::default(), Draft::default());
    for file in &files {
        for revision in file.contracts(settings, court.domains) {
            let id = revision.identity.id();
            if of_waivers.contains(&id) {
                docket.add(id.clone(), &revision);
            }
            if ids.contains(&id) && !known.contains(&id) {
                let before = Some(&revision);
                let found = readership::changed(court, &mut judge, before, &revision);
                told.findings.extend(found);
                if court.ledger.speaks_of(&id) {
                    told.docket.add(id, &revision);
                }
                // They stand behind all contracts that changed.
                draft.add(&file.path, usize::MAX, &mut judge);
            }
        }
    }
    court.log.inspect(|log| log.keep(draft));
    // What will hold once this branch is merged.
    let stays = court.ledger.entries();
    let stays = stays.filter(|entry| !touched.contains(&entry.path));
    let in_force = InForce::of(stays.chain(granted.entries()), court.estate.world.as_of);
    let faults = waivers::validate(court, &mut judge, &docket, &in_force, granted.entries())?;
    told.findings.extend(faults);
    let before = waivers_in(&readers.base, settings, touched, &mut Vec::new())?;
    let beyond = waivers::beyond_budget(court, &before, granted, &in_force);
    told.findings.extend(beyond);
    Ok(())
}
