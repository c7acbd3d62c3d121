//! The gate: a range of commits in, whether it may be merged out.

mod floor;
mod law;
mod range;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::civil::Date;
use meshlaw_changeset::{
    Commit, FileChange, Globs, Reader, Renames, RepoPath, Repository, changes,
};
use meshlaw_report::{self as report, Command, Finding, Report, Severity, Side};

use crate::atlas::Atlas;
use crate::changed::contracts_of;
use crate::chronicle::Annals;
use crate::companions;
use crate::consumption::Consumption;
use crate::cores;
use crate::court::{Court, Told};
use crate::crossing::Branch;
use crate::decisions::{Draft, Log, LogArgs, Run};
use crate::estate::{read_around, read_estate, read_text};
use crate::failure::{ExitStatus, Failure};
use crate::governance::{Readers, Settled, settle_law};
use crate::identity::Domains;
use crate::law::Law;
use crate::lookup;
use crate::output::{self, OutputArgs};
use crate::ownership;
use crate::pairing::pair;
use crate::planned;
use crate::readership;
use crate::redefined::Redefined;
use crate::revision::FileText;
use crate::settings::Settings;
use crate::waivers::{self, Docket, InForce, Ledger, Past};
use crate::when;
use range::Range;
pub use range::target;

/// Judge the contract changes of a branch against policies and breaking-change rules
///
/// Contracts are compared with the merge base. Policies, settings and rights are those of the
/// tip of the target branch, so that no pull request can excuse itself.
#[derive(Debug, clap::Args)]
pub struct GateArgs {
    /// Target branch or revision [default: GITHUB_BASE_REF, else the branch that origin/HEAD, main or master names]
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Revision to judge
    #[arg(long, value_name = "REV", default_value = "HEAD", conflicts_with_all = ["staged", "worktree"])]
    head: String,
    /// Judge what is staged
    #[arg(long, conflicts_with = "worktree")]
    staged: bool,
    /// Judge the files as they lie in the work tree
    #[arg(long)]
    worktree: bool,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<Date>,
    /// Let findings that were there before block, too
    #[arg(long)]
    all: bool,
    /// File that says which teams agreed to the change, for policies that ask; what cannot be read
    /// agrees to nothing
    #[arg(long, value_name = "FILE")]
    approvals: Option<PathBuf>,
    /// Read everything around the change anew, and ask Cedar about every part: slower, and the same
    #[arg(long)]
    no_shortcuts: bool,
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl GateArgs {
    /// Asks for the gate as it is run without further words.
    pub fn of(base: Option<String>, as_of: Date) -> Self {
        Self {
            base,
            head: "HEAD".to_owned(),
            staged: false,
            worktree: false,
            as_of: Some(as_of),
            all: true,
            approvals: None,
            no_shortcuts: false,
            log: LogArgs::default(),
            output: OutputArgs::quiet(),
        }
    }
}

/// Judges the change.
pub fn run(args: &GateArgs) -> anyhow::Result<ExitStatus> {
    let (report, law) = judged(args)?;
    output::write(report, &args.output, &law.book)
}

/// Judges the change, and says so to whoever asks.
pub fn report(args: &GateArgs) -> anyhow::Result<Report> {
    judged(args).map(|(report, _)| report)
}

fn judged(args: &GateArgs) -> anyhow::Result<(Report, Law)> {
    let range = Range::settle(args)?;
    let as_of = when::settle(args.as_of);
    let readers = Readers::open(&range.tip, &range.base, &range.head)?;
    let Settled {
        mut law,
        mut findings,
        mut notes,
        is_edited,
    } = settle_law(&readers)?;
    law.settings.limits.shortcuts = !args.no_shortcuts;
    if !args.no_shortcuts {
        law.recall(&readers.base, as_of);
    }
    let weighed = if is_edited {
        floor::weigh(&readers, &law, as_of, !args.no_shortcuts)?
    } else {
        floor::Weighed::default()
    };
    findings.extend(weighed.findings);
    notes.extend(weighed.notes);
    let agreed = match &args.approvals {
        Some(file) => range.agreed(file, &law.settings, &mut notes),
        None => BTreeSet::new(),
    };
    // Every team is asked about each finding: only for those who are shown the answer.
    let is_shown = args.output.formats.iter().any(|one| one.format.offers());
    let circumstances = Circumstances {
        as_of,
        agreed,
        loosens: weighed.loosens,
        plain: args.no_shortcuts,
        offers: is_shown.then(|| (args.output.fail_on.into(), args.all)),
    };
    let run = Run {
        command: "gate",
        as_of,
        law_of: range.tip.to_string(),
        base: Some(range.base.to_string()),
        head: range.head.to_string(),
        approved_by: &circumstances.agreed,
    };
    let log = Log::begin(&args.log, &run, &law);
    let judged = judge(
        &range,
        &readers,
        &law,
        circumstances,
        log.as_ref(),
        &mut findings,
    );
    let judged = judged?;
    let (told, opened) = (judged.told, judged.opened);
    law.remember();
    log.as_ref().map_or(Ok(()), Log::finish)?;
    let is_told = !args.output.formats.is_empty();
    let law_impact = if is_told && (is_edited || judged.touches_terms) {
        let fail_on = args.output.fail_on.into();
        law::impact(&range, &readers, as_of, fail_on, args.no_shortcuts)?
    } else {
        None
    };
    if opened > 0 {
        notes.push(format!(
            "opened {} of `{}` to see what stood there before",
            output::count(usize::try_from(opened).unwrap_or(usize::MAX), "commit"),
            range.base_name
        ));
    }
    if judged.is_cut {
        let cut = "the history of this clone is cut off, so that earlier versions may be missing; \
                   fetch all of it";
        notes.push(cut.to_owned());
    }
    let report = Report {
        command: Command::Gate,
        base: Some(report::Revision {
            id: range.base.to_string(),
            name: range.base_name.clone(),
        }),
        head: report::Revision {
            id: range.head.to_string(),
            name: range.head_name.clone(),
        },
        as_of: as_of.to_string(),
        fail_on: args.output.fail_on.into(),
        all: args.all,
        bootstrap: law.bootstrap,
        contract_count: told.contracts.len(),
        contracts: told.contracts,
        changes: told.changes,
        findings: told.findings,
        products: Vec::new(),
        pair: None,
        notes,
        law_impact,
        coming: Vec::new(),
        explanations: BTreeMap::new(),
    };
    Ok((report, law))
}

/// What came of one step of a branch.
pub struct Stepped {
    /// What is told of it.
    pub findings: Vec<Finding>,
    /// It touches contracts, or what is around them.
    pub is_about_contracts: bool,
}

/// Judges a step of a branch by a law, as it would have been judged on the day.
pub fn step(
    repository: &Repository,
    parent: Commit,
    commit: Commit,
    law: &Law,
    as_of: Date,
) -> Result<Stepped, Failure> {
    let range = Range::step(repository, parent, commit);
    let readers = Readers::open(&range.tip, &range.base, &range.head)?;
    let circumstances = Circumstances {
        as_of,
        agreed: BTreeSet::new(),
        loosens: false,
        plain: false,
        offers: None,
    };
    let judged = judge(&range, &readers, law, circumstances, None, &mut Vec::new())?;
    Ok(Stepped {
        findings: judged.told.findings,
        is_about_contracts: judged.is_about_contracts,
    })
}

/// What a run is judged with, beside the law.
struct Circumstances {
    /// The date that is taken for today.
    as_of: Date,
    /// Teams that agreed to the change.
    agreed: BTreeSet<String>,
    /// The branch loosens the floor, or may.
    loosens: bool,
    /// Take no short cut.
    plain: bool,
    /// What stops the run, where people are shown how to ask for an exception.
    offers: Option<(Severity, bool)>,
}

/// What came of a run.
struct Judged {
    told: Told,
    /// Commits that were opened for it.
    opened: u64,
    /// A shallow clone cut off what was asked for.
    is_cut: bool,
    /// The branch touches the glossary.
    touches_terms: bool,
    /// The branch touches contracts, or what is around them.
    is_about_contracts: bool,
}

fn judge(
    range: &Range,
    readers: &Readers,
    law: &Law,
    circumstances: Circumstances,
    log: Option<&Log>,
    findings: &mut Vec<Finding>,
) -> Result<Judged, Failure> {
    let head_settings = law.settings_of(&readers.head);
    let settings = &law.settings;
    let globs = Globs::new(&settings.contracts)?;
    let changed = changes(&readers.base, &readers.head, &globs, Renames::Detect)?;
    let domains = Domains::new(settings, head_settings.as_ref())?;
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
    let (head_settings, as_of) = (head_settings.as_ref(), circumstances.as_of);
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
    let before = Atlas::uncharted(&readers.base, settings, &domains, Side::Base);
    let after = Atlas::uncharted(&readers.head, settings, &domains, Side::Head);
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
        let mut judge = if circumstances.plain {
            court.plain_judge()?
        } else {
            court.judge()?
        };
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
    around(readers, &court, (&granted, &touched), &known, &mut told)?;
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
    let touches_terms = touched
        .iter()
        .any(|path| RepoPath::parse(path).is_ok_and(|path| terms.matches(&path)));
    Ok(Judged {
        told,
        opened: annals.commits() + past.commits(),
        is_cut: annals.is_cut() || past.is_cut(),
        touches_terms,
        is_about_contracts: !changed.is_empty() || !touched.is_empty(),
    })
}

/// Judges what this branch touched around contracts that it left alone: consumers and waivers.
fn around(
    readers: &Readers,
    court: &Court<'_>,
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
    let files = lookup::files_of(&readers.head, settings, court.domains, &ids)?;
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

/// Returns the waivers of files that a branch touched, and says what is wrong with them.
fn waivers_in(
    reader: &Reader,
    settings: &Settings,
    touched: &BTreeSet<String>,
    findings: &mut Vec<Finding>,
) -> Result<Ledger, Failure> {
    let globs = Globs::new(&settings.waivers)?;
    let mut granted = Ledger::default();
    for path in touched {
        let is_waiver = globs.matches(&RepoPath::parse(path)?);
        if let (true, Some(text)) = (is_waiver, text_at(reader, settings, path)) {
            findings.extend(granted.add(settings, path, &text));
        }
    }
    Ok(granted)
}

/// Returns what a file held on the base.
fn base_text(readers: &Readers, settings: &Settings, path: &str) -> Option<String> {
    text_at(&readers.base, settings, path)
}

fn text_at(reader: &Reader, settings: &Settings, path: &str) -> Option<String> {
    let entry = reader.find(&RepoPath::parse(path).ok()?).ok()??;
    read_text(reader, &entry, settings).ok()
}

fn touched_files(readers: &Readers, settings: &Settings) -> Result<BTreeSet<String>, Failure> {
    let all = [&settings.consumers, &settings.terms, &settings.waivers];
    let globs = Globs::new(all.into_iter().flatten())?;
    let changed = changes(&readers.base, &readers.head, &globs, Renames::Ignore)?;
    Ok(changed
        .iter()
        .map(|change| change.path().to_string())
        .collect())
}

type Texts = (Option<FileText>, Option<FileText>);

/// Reads both sides of every changed file; what cannot be read in the head is a finding.
fn read_files(
    range: &Range,
    settings: &Settings,
    changed: &[FileChange],
    findings: &mut Vec<Finding>,
) -> Result<Vec<Texts>, Failure> {
    let parts = cores::shares(changed, |_, share| {
        // One handle for both sides: git stores the one as a difference to the other.
        let reader = range.head.open()?;
        let read = |change: &FileChange| {
            let before = change.before().map(|entry| {
                let text = read_text(&reader, entry, settings).ok();
                (entry.path.to_string(), text)
            });
            let after = change
                .after()
                .map(|entry| (entry.path.to_string(), read_text(&reader, entry, settings)));
            (before, after)
        };
        Ok(share.iter().map(read).collect::<Vec<_>>())
    });
    let mut texts = Vec::with_capacity(changed.len());
    for (before, after) in parts?.into_iter().flatten() {
        let before = before.map(|(path, text)| FileText {
            path,
            // An old revision that cannot be read is empty: nothing is known of it.
            text: text.unwrap_or_default(),
            side: Side::Base,
        });
        match after {
            None => texts.push((before, None)),
            Some((path, Ok(text))) => {
                texts.push((
                    before,
                    Some(FileText {
                        path,
                        text,
                        side: Side::Head,
                    }),
                ));
            }
            // What cannot be read is neither changed nor removed.
            Some((_, Err(finding))) => findings.extend(finding.map(|one| *one)),
        }
    }
    Ok(texts)
}
