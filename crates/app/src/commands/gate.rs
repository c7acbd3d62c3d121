//! The gate: a range of commits in, whether it may be merged out.

use jiff::civil::Date;
use meshlaw_changeset::{
    Commit, FileChange, Globs, Reader, Renames, RepoPath, Repository, Snapshot, changes,
};
use meshlaw_contract::Pointer;
use meshlaw_report::{self as report, Command, Finding, Kind, Report, Severity, Side};
use rayon::prelude::*;

use crate::court::{Court, Told};
use crate::duplicates::{self, Claim};
use crate::estate::{read_estate, read_text};
use crate::failure::{ExitStatus, Failure};
use crate::findings::{About, make};
use crate::identity::Domains;
use crate::law::{self, Law, LawProblem, PolicySource};
use crate::output::{self, OutputArgs};
use crate::pairing::pair;
use crate::revision::{FileText, Revision};
use crate::settings::{self, Settings};
use crate::when;

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
    #[command(flatten)]
    output: OutputArgs,
}

/// Judges the change.
pub fn run(args: &GateArgs) -> anyhow::Result<ExitStatus> {
    let range = Range::settle(args)?;
    let as_of = when::settle(args.as_of);
    let readers = Readers {
        tip: range.tip.open().map_err(Failure::from)?,
        base: range.base.open().map_err(Failure::from)?,
        head: range.head.open().map_err(Failure::from)?,
    };
    let (law, mut findings, notes) = settle_law(&readers)?;
    let told = judge(&range, &readers, &law, as_of, &mut findings)?;
    findings.extend(told.findings);
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
        findings,
        pair: None,
        notes,
    };
    output::write(report, &args.output)
}

/// The revisions of a run.
struct Range {
    /// Whose law holds.
    tip: Snapshot,
    /// What is compared with.
    base: Snapshot,
    /// What is judged.
    head: Snapshot,
    base_name: String,
    head_name: String,
}

struct Readers {
    tip: Reader,
    base: Reader,
    head: Reader,
}

impl Range {
    fn settle(args: &GateArgs) -> Result<Self, Failure> {
        let repository = Repository::discover(".")?;
        let head_commit = repository.resolve(if args.staged || args.worktree {
            "HEAD"
        } else {
            &args.head
        })?;
        let (base_name, tip) = target(&repository, args.base.as_deref())?;
        let fork = repository.merge_base(&tip, &head_commit)?;
        let (head, head_name) = if args.staged {
            (repository.staged()?, "staged".to_owned())
        } else if args.worktree {
            (repository.worktree()?, "worktree".to_owned())
        } else {
            (repository.at(head_commit), args.head.clone())
        };
        Ok(Self {
            tip: repository.at(tip),
            base: repository.at(fork),
            head,
            base_name,
            head_name,
        })
    }
}

/// Returns the target branch: as asked, else as the pull request says, else the usual one.
fn target(repository: &Repository, asked: Option<&str>) -> Result<(String, Commit), Failure> {
    if let Some(name) = asked {
        return Ok((name.to_owned(), repository.resolve(name)?));
    }
    let named = std::env::var("GITHUB_BASE_REF")
        .ok()
        .filter(|name| !name.is_empty());
    let base = repository.default_base(&named.into_iter().collect::<Vec<_>>())?;
    let name = base
        .name
        .trim_start_matches("refs/")
        .trim_start_matches("heads/");
    Ok((name.trim_start_matches("remotes/").to_owned(), base.commit))
}

/// Finds the law: the tip's, or, before there is any, what is built in.
///
/// What the head revision makes of settings and policies is only reported: it is the law of the
/// next pull request, not of this one.
fn settle_law(readers: &Readers) -> Result<(Law, Vec<Finding>, Vec<String>), Failure> {
    if !law::has_law(&readers.tip)? {
        let law = law::bootstrap(&readers.head).map_err(law::failure)?;
        let note = "bootstrap: the target branch has no settings and no policies yet, so that the \
                    built-in policies only advise";
        let findings = head_findings(&readers.head, &law.settings);
        return Ok((law, findings, vec![note.to_owned()]));
    }
    let tip = law::load(&readers.tip, &PolicySource::Settings);
    let edits = governance_edits(readers, tip.as_ref().map(|law| &law.settings).ok())?;
    let mut notes = Vec::new();
    if edits.any {
        notes.push(
            "this branch edits settings or policies; it is judged by those of the target branch"
                .to_owned(),
        );
    }
    match tip {
        Ok(law) => {
            let findings = if edits.any {
                head_findings(&readers.head, &law.settings)
            } else {
                Vec::new()
            };
            Ok((law, findings, notes))
        }
        Err(problems) => {
            let mended = law::load(&readers.head, &PolicySource::Settings);
            match mended {
                Ok(law) if edits.only => {
                    notes.push(
                        "the law of the target branch does not load; this branch mends it and \
                         touches nothing else"
                            .to_owned(),
                    );
                    Ok((law, Vec::new(), notes))
                }
                _ => {
                    let failure = law::failure(problems);
                    let help = "mend the target branch first, in a pull request that touches \
                                settings and policies only";
                    Err(Failure {
                        message: format!(
                            "the target branch's law does not load: {}",
                            failure.message
                        ),
                        help: Some(match &failure.help {
                            Some(own) => format!("{own}; {help}"),
                            None => help.to_owned(),
                        }),
                        ..failure
                    })
                }
            }
        }
    }
}

/// Whether a branch edits governance files, and whether it edits anything else.
struct GovernanceEdits {
    any: bool,
    only: bool,
}

fn governance_edits(readers: &Readers, tip: Option<&Settings>) -> Result<GovernanceEdits, Failure> {
    let folder = tip.map_or("policies", |settings| settings.policies.as_str());
    let law = Globs::new([
        settings::FILE.to_owned(),
        format!("{folder}/**"),
        "policies/**".to_owned(),
    ])?;
    let any = !changes(&readers.base, &readers.head, &law, Renames::Ignore)?.is_empty();
    // The whole tree is compared only where it decides something.
    let only = tip.is_none() && {
        let everything = Globs::new(["**"])?;
        let all = changes(&readers.base, &readers.head, &everything, Renames::Ignore)?;
        all.iter().all(|change| law.matches(change.path()))
    };
    Ok(GovernanceEdits { any, only })
}

/// Says what is wrong with the law that the head revision would become.
fn head_findings(head: &Reader, settings: &Settings) -> Vec<Finding> {
    let Err(problems) = law::load(head, &PolicySource::Settings) else {
        return Vec::new();
    };
    let finding = |problem: LawProblem| {
        let (id, failure) = match problem {
            LawProblem::Settings(failure) => ("settings/invalid", failure),
            LawProblem::Policy(failure) => ("settings/policy-invalid", failure),
        };
        let place = failure.place.clone().unwrap_or_default();
        let pointer = Pointer::root().name(&place);
        let message = failure.message.clone();
        let made = make(
            settings,
            id,
            Kind::Settings,
            Severity::Error,
            About::default(),
            &pointer,
            message,
        )?;
        Some(Finding {
            help: failure.help,
            location: location_of(head, &place),
            ..made
        })
    };
    problems.into_iter().filter_map(finding).collect()
}

/// Reads `path:line:column` back, and the line from the head.
fn location_of(head: &Reader, place: &str) -> Option<report::Location> {
    let mut parts = place.rsplitn(3, ':');
    let column = parts.next().and_then(|text| text.parse().ok());
    let line = parts.next().and_then(|text| text.parse().ok());
    match (line, column, parts.next()) {
        (Some(line), Some(column), Some(path)) => Some(report::Location {
            path: path.to_owned(),
            line,
            column,
            side: Side::Head,
            excerpt: excerpt(head, path, line),
        }),
        _ if place.is_empty() => None,
        _ => Some(crate::place::whole_file(place, Side::Head)),
    }
}

fn excerpt(head: &Reader, path: &str, line: u32) -> Option<report::Excerpt> {
    let entry = head.find(&RepoPath::parse(path).ok()?).ok()??;
    let content = head.read(&entry, meshlaw_changeset::DEFAULT_LIMIT);
    let line = content.text()?.lines().nth(line.checked_sub(1)? as usize)?;
    Some(report::Excerpt {
        line: line.to_owned(),
        length: 1,
    })
}

fn judge(
    range: &Range,
    readers: &Readers,
    law: &Law,
    as_of: Date,
    findings: &mut Vec<Finding>,
) -> Result<Told, Failure> {
    let head_settings = law::read_settings(&readers.head).ok();
    let settings = &law.settings;
    let globs = Globs::new(&settings.contracts)?;
    let changed = changes(&readers.base, &readers.head, &globs, Renames::Detect)?;
    let estate = read_estate(
        settings,
        head_settings.as_ref(),
        &readers.head,
        &[&readers.tip, &readers.base],
        as_of,
    )?;
    let domains = Domains::new(settings, head_settings.as_ref())?;
    // Only what this branch touched is complained of.
    let touched = touched_files(readers, settings)?;
    let in_touched = |finding: &&Finding| {
        finding
            .location
            .as_ref()
            .is_some_and(|at| touched.contains(&at.path))
    };
    findings.extend(estate.findings.iter().filter(in_touched).cloned());
    let texts = read_files(range, settings, &changed, findings)?;
    let files: Vec<_> = texts
        .par_iter()
        .map(|(before, after)| {
            (
                contracts(before, settings, &domains),
                contracts(after, settings, &domains),
            )
        })
        .collect();
    let claims = files
        .iter()
        .flat_map(|(_, after)| after)
        .filter_map(Claim::of)
        .collect();
    findings.extend(duplicates::find(settings, claims));
    let court = Court {
        law,
        estate: &estate,
        domains: &domains,
    };
    let pairs = pair(&files);
    // A judge is one thread's own; chunks keep the number of judges small.
    let size = pairs.len().div_ceil(rayon::current_num_threads()).max(1);
    let parts: Result<Vec<Told>, Failure> = pairs
        .par_chunks(size)
        .map(|chunk| {
            let mut judge = court.judge()?;
            let mut told = Told::default();
            for (before, after) in chunk {
                told.extend(court.changed(&mut judge, *before, *after)?);
            }
            Ok(told)
        })
        .collect();
    let mut told = Told::default();
    parts?.into_iter().for_each(|part| told.extend(part));
    Ok(told)
}

fn contracts<'t>(
    file: &'t Option<FileText>,
    settings: &Settings,
    domains: &Domains,
) -> Vec<Revision<'t>> {
    file.iter()
        .flat_map(|file| file.contracts(&settings.limits, domains))
        .collect()
}

fn touched_files(readers: &Readers, settings: &Settings) -> Result<Vec<String>, Failure> {
    let globs = Globs::new(settings.consumers.iter().chain(&settings.terms))?;
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
    let size = changed.len().div_ceil(rayon::current_num_threads()).max(1);
    let parts: Result<Vec<_>, Failure> = changed
        .par_chunks(size)
        .map(|chunk| {
            let (base, head) = (range.base.open()?, range.head.open()?);
            let read = |change: &FileChange| {
                let before = change.before().map(|entry| {
                    let text = read_text(&base, entry, settings).ok();
                    (entry.path.to_string(), text)
                });
                let after = change
                    .after()
                    .map(|entry| (entry.path.to_string(), read_text(&head, entry, settings)));
                (before, after)
            };
            Ok(chunk.iter().map(read).collect::<Vec<_>>())
        })
        .collect();
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
