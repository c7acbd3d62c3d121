//! A range and the law in, what is told of every contract that the range touches out.

use std::collections::BTreeSet;

use jiff::civil::Date;
use meshlaw_changeset::{Globs, Renames, RepoPath, changes, compare_ahead};
use meshlaw_report::{Finding, Severity, Side};

use super::range::Range;
use super::touched::{base_text, read_files, touched_files, waivers_in};
use crate::atlas::Atlas;
use crate::changed::contracts_of;
use crate::chronicle::Annals;
use crate::companions;
use crate::consumption::Consumption;
use crate::cores;
use crate::court::{Court, Told};
use crate::crossing::Branch;
use crate::decisions::{Draft, Log};
use crate::estate::{read_around, read_estate};
use crate::failure::Failure;
use crate::governance::Readers;
use crate::identity::Domains;
use crate::law::Law;
use crate::names::Names;
use crate::ownership;
use crate::pairing::pair;
use crate::planned;
use crate::readership;
use crate::redefined::Redefined;
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
    let texts = read_files(range, settings, &changed, findings)?;
    let files = cores::each(texts.iter().collect(), |(before, after)| {
        (
            contracts_of(before, settings, &domains),
            contracts_of(after, settings, &domains),
        )
    });
    let granted = waivers_in(&readers.head, settings, &touched, findings)?;
    let revisions = files
        .iter()
        .flat_map(|(before, after)| before.iter().chain(after));
    let ids = revisions.map(|revision| revision.identity.id());
    let of_waivers = granted.entries().map(|entry| entry.waiver.contract.clone());
    let around_it = companions::Branch {
        settings,
        base: &readers.base,
        tip: &readers.tip,
        head: &readers.head,
        contracts: ids.chain(of_waivers).collect(),
    };
    let as_of = circumstances.as_of;
    let mut estate = if circumstances.plain {
        read_estate(
            settings,
            head_settings,
            &readers.head,
            &[&readers.tip],
            as_of,
        )?
    } else {
        read_around(&around_it, head_settings, as_of)?
    };
    estate.world.approved_by = circumstances.agreed;
    if let Some(new) = head_settings.filter(|new| new != &settings) {
        let text = crate::law::settings_text(&readers.head);
        let new = (new, text.as_str());
        findings.extend(ownership::unknown(
            settings,
            &estate.world,
            new,
            Some(settings),
        ));
    }
    // Only what this branch touched is complained of.
    let in_touched = |finding: &&Finding| {
        let at = finding.location.as_ref();
        at.is_some_and(|at| touched.contains(&at.path))
    };
    findings.extend(estate.findings.iter().filter(in_touched).cloned());
    // Waivers excuse once they are on the target branch, so that no branch excuses itself.
    let (ledger, _) = Ledger::read(settings, &readers.tip)?;
    let readership = readership::register(
        &estate,
        |path| domains.of_path(path),
        |path| {
            touched
                .contains(path)
                .then(|| base_text(readers, settings, path))
        },
    );
    let annals = Annals::new(".".into(), range.fork, settings, &domains);
    let past = Past::of_branch(".".into(), range.target, settings);
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
    let pairs = pair(&files);
    let names = Names::new(&range.base, settings, &domains);
    let before = Atlas::uncharted(&readers.base, settings, &domains, Side::Base)
        .by(&names, &[])
        .holding(files.iter().flat_map(|(before, _)| before));
    let after = Atlas::uncharted(&readers.head, settings, &domains, Side::Head)
        .by(&names, &changed)
        .holding(files.iter().flat_map(|(_, after)| after));
    let branch = Branch {
        settings,
        domains: &domains,
        base: &range.base,
        before: &before,
        after: &after,
        changed: &changed,
        pairs: &pairs,
    };
    findings.extend(branch.findings()?);
    findings.extend(
        Consumption::new(&law.settings, &estate, &after).touched(readers, &before, &touched)?,
    );
    let redefined = Redefined {
        settings,
        domains: &domains,
        readers,
        base: &range.base,
        touched: &touched,
        changed: &changed,
        pairs: &pairs,
    };
    findings.extend(redefined.findings()?);
    findings.extend(planned::findings(&court, &after, &pairs)?);
    // A judge is one thread's own; chunks keep the number of judges small.
    let parts = cores::shares(&pairs, |first, share| {
        let mut judge = court.judge()?;
        let (mut told, mut draft) = (Told::default(), Draft::default());
        for (at, (before, after)) in share.iter().enumerate() {
            told.extend(court.changed(&mut judge, *before, *after)?);
            let shown = after.or(*before).map(|one| one.identity.path.as_str());
            draft.add(shown.unwrap_or_default(), first + at, &mut judge);
        }
        log.inspect(|log| log.keep(draft));
        Ok(told)
    });
    let mut told = Told::default();
    parts?.into_iter().for_each(|part| told.extend(part));
    let known: BTreeSet<String> = pairs
        .iter()
        .flat_map(|(before, after)| before.iter().chain(after))
        .map(|revision| revision.identity.id())
        .collect();
    around(
        readers,
        (&court, &after),
        (&granted, &touched),
        &known,
        &mut told,
    )?;
    told.findings.append(findings);
    if circumstances.loosens {
        told.docket.add_floor();
    }
    waivers::excuse(&court, &ledger, &told.docket, &mut told.findings)?;
    waivers::announce(&ledger, &granted, as_of, &mut told.findings);
    if let Some(bar) = circumstances.offers {
        waivers::offer(&court, &pairs, bar, &mut told.findings)?;
    }
    let terms = Globs::new(&settings.terms)?;
    drop((before, after));
    let opened = annals.commits() + past.commits();
    let is_cut = annals.is_cut() || past.is_cut();
    if circumstances.is_last {
        // To free all this piece by piece would take longer than the end of the program does.
        std::mem::forget((files, estate));
    }
    let touches_terms = touched
        .iter()
        .any(|path| RepoPath::parse(path).is_ok_and(|path| terms.matches(&path)));
    Ok(Judged {
        told,
        opened,
        is_cut,
        touches_terms,
        is_about_contracts: !changed.is_empty() || !touched.is_empty(),
    })
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
