//! The check of single files, for editors and hooks before a commit.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use meshlaw_changeset::{Globs, Reader, Snapshot};
use meshlaw_contract::{Limits, Parsed, Problem, parse_consumers, parse_terms, parse_waivers};
use meshlaw_report::{Command, Finding, Kind, Report, Revision, Side};

use super::data::DataArgs;
use super::watch::watch;
use crate::court::Court;
use crate::decisions::{Draft, Log, LogArgs, Run};
use crate::estate::read_estate;
use crate::failure::{ExitStatus, Failure};
use crate::findings::{About, of_problem, unreadable};
use crate::identity::Domains;
use crate::law::{self, PolicySource};
use crate::output::{self, OutputArgs};
use crate::place::Source;
use crate::readership::Readership;
use crate::revision::FileText;
use crate::settings::{self, Settings};
use crate::waivers::{self, Docket, Ledger};
use crate::when;

/// Judge contract, consumer, term or settings files as they stand
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Files to check, folders to check all of, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Path that standard input stands for, which tells its domain and kind
    #[arg(long, value_name = "PATH", default_value = "stdin.contract.yaml")]
    path: PathBuf,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<Date>,
    /// Check again whenever a file changes, until Ctrl-C
    #[arg(long)]
    watch: bool,
    /// Read every text in full, and ask Cedar about every part: slower, and the same
    #[arg(long)]
    no_shortcuts: bool,
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Puts the files of a folder in its place: contracts and what stands beside them, as the settings
/// name them.
fn expand(
    files: &[PathBuf],
    root: &Path,
    reader: &Reader,
    settings: &Settings,
) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for file in files {
        if !file.is_dir() {
            found.push(file.clone());
            continue;
        }
        let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let (folder, root_folder) = (whole(file), whole(root));
        let below = folder.strip_prefix(&root_folder).unwrap_or(&folder);
        let all = [
            &settings.contracts,
            &settings.consumers,
            &settings.terms,
            &settings.waivers,
        ];
        let entries = reader.list(&Globs::new(all.into_iter().flatten())?)?;
        let paths = entries
            .iter()
            .map(|entry| PathBuf::from(entry.path.to_string()));
        let inside: Vec<PathBuf> = paths
            .filter(|path| path.starts_with(below))
            .map(|path| root.join(path))
            .collect();
        if inside.is_empty() {
            let message = format!("there is nothing to check below `{}`", file.display());
            let help =
                "name a folder with contracts; `contracts` in meshlaw.yaml says which files are";
            return Err(Failure::new(message, help));
        }
        found.extend(inside);
    }
    Ok(found)
}

/// Checks the files, once or whenever one changes.
pub fn run(args: &CheckArgs) -> anyhow::Result<ExitStatus> {
    if !args.watch {
        return check(args);
    }
    if args.files.iter().any(|file| is_stdin(file)) {
        let message = "standard input cannot be watched".to_owned();
        return Err(Failure::new(message, "name files or folders").into());
    }
    let root = root_of(args)?;
    watch(&root, || check(args))
}

fn check(args: &CheckArgs) -> anyhow::Result<ExitStatus> {
    let root = root_of(args)?;
    let reader = Snapshot::folder(&root).open().map_err(Failure::from)?;
    let mut law = law::load(&reader, &PolicySource::Settings).map_err(law::failure)?;
    law.settings.limits.shortcuts = !args.no_shortcuts;
    let files = expand(&args.files, &root, &reader, &law.settings)?;
    // A file stands for itself here, whoever reads it.
    law.settings.consumers = Vec::new();
    let as_of = when::settle(args.as_of);
    if !args.no_shortcuts {
        law.recall(&reader, as_of);
    }
    let estate = read_estate(&law.settings, None, &reader, &[], as_of)?;
    let domains = Domains::new(&law.settings, None)?;
    let (ledger, _) = Ledger::read(&law.settings, &reader)?;
    let run = Run {
        command: "check",
        as_of,
        law_of: "worktree".to_owned(),
        base: None,
        head: "worktree".to_owned(),
        approved_by: &estate.world.approved_by,
    };
    let log = Log::begin(&args.log, &run, &law);
    let court = Court {
        law: &law,
        estate: &estate,
        domains: &domains,
        readership: &Readership::default(),
        ledger: &ledger,
        annals: None,
        log: log.as_ref(),
        past: None,
    };
    let mut judge = court.judge()?;
    let mut draft = Draft::default();
    let (mut findings, mut count) = (Vec::new(), 0);
    let mut docket = Docket::default();
    let mut notes = Vec::new();
    if args.data.is_asked() && files.len() > 1 {
        let message = "records can only be held against one contract file".to_owned();
        return Err(Failure::new(message, "name one contract beside `--data`").into());
    }
    for file in &files {
        let text = match read(args, &root, file)? {
            Ok(text) => text,
            Err(finding) => {
                findings.extend(finding);
                continue;
            }
        };
        match kind_of(&text.path) {
            FileKind::Contract => {
                let revisions = text.contracts(&law.settings, &domains);
                let (wrong, told) = args.data.judge(&law.settings, &revisions)?;
                findings.extend(wrong);
                notes.extend(told);
                for revision in revisions {
                    count += 1;
                    findings.extend(court.standing(&mut judge, &revision));
                    docket.add(revision.identity.id(), &revision);
                    draft.add(&revision.identity.path, count, &mut judge);
                }
            }
            FileKind::Consumer => {
                findings.extend(companions(
                    &law.settings,
                    &text,
                    Kind::Consumer,
                    parse_consumers,
                ));
            }
            FileKind::Term => {
                findings.extend(companions(&law.settings, &text, Kind::Term, parse_terms))
            }
            FileKind::Waiver => findings.extend(companions(
                &law.settings,
                &text,
                Kind::Waiver,
                parse_waivers,
            )),
            FileKind::Settings => {
                let problems = settings::parse(&text.text).1;
                findings.extend(of_problems(&law.settings, &text, Kind::Settings, &problems));
            }
        }
    }
    waivers::excuse(&court, &ledger, &docket, &mut findings)?;
    law.remember();
    if let Some(log) = &log {
        log.keep(draft);
        log.finish()?;
    }
    let report = Report {
        command: Command::Check,
        base: None,
        head: Revision {
            id: "worktree".to_owned(),
            name: "worktree".to_owned(),
        },
        as_of: as_of.to_string(),
        fail_on: args.output.fail_on.into(),
        all: true,
        bootstrap: false,
        contracts: Vec::new(),
        contract_count: count,
        changes: Vec::new(),
        findings,
        counted: Vec::new(),
        products: Vec::new(),
        pair: None,
        notes,
        law_impact: None,
        coming: Vec::new(),
        explanations: BTreeMap::new(),
    };
    output::write(report, &args.output, &law.book)
}

/// What a file holds, by its name.
pub enum FileKind {
    /// A contract.
    Contract,
    /// Consumers.
    Consumer,
    /// Terms.
    Term,
    /// The settings.
    Settings,
    /// Waivers.
    Waiver,
}

/// Tells what a file holds.
pub fn kind_of(path: &str) -> FileKind {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name {
        settings::FILE => FileKind::Settings,
        name if name.contains(".consumer.") => FileKind::Consumer,
        name if name.contains(".term.") => FileKind::Term,
        name if name.contains(".waiver.") => FileKind::Waiver,
        _ => FileKind::Contract,
    }
}

/// Finds the folder whose settings hold: the nearest one above that has some, else the one that
/// git begins at, else where we are.
fn root_of(args: &CheckArgs) -> Result<PathBuf, Failure> {
    let here = std::env::current_dir()
        .map_err(|error| Failure::new(format!("cannot tell where we are: {error}"), ""))?;
    let first = args
        .files
        .iter()
        .find(|file| !is_stdin(file))
        .unwrap_or(&args.path);
    let mut start = here.join(first);
    if start.is_dir() {
        // A folder may be the root itself.
        start.push(settings::FILE);
    }
    let above = || start.ancestors().skip(1).filter(|folder| folder.is_dir());
    let has = |name: &'static str| move |folder: &&Path| folder.join(name).exists();
    let root = above()
        .find(has(settings::FILE))
        .or_else(|| above().find(has(".git")));
    Ok(root.map(Path::to_path_buf).unwrap_or(here))
}

fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// Reads a file; what the user named and is not there ends the run, what cannot be understood
/// does not.
fn read(
    args: &CheckArgs,
    root: &Path,
    file: &Path,
) -> Result<Result<FileText, Option<Finding>>, Failure> {
    let (named, bytes) = if is_stdin(file) {
        let mut bytes = Vec::new();
        std::io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|error| Failure::new(format!("cannot read standard input: {error}"), ""))?;
        (args.path.clone(), bytes)
    } else {
        let bytes = std::fs::read(file).map_err(|error| {
            let message = format!("cannot read `{}`: {error}", file.display());
            Failure::new(message, "name a file that is there")
        })?;
        (file.to_path_buf(), bytes)
    };
    let absolute = std::path::absolute(&named).unwrap_or(named.clone());
    let relative = absolute.strip_prefix(root).unwrap_or(&named);
    let path = relative.to_string_lossy().replace('\\', "/");
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Ok(FileText {
            path,
            text,
            side: Side::Head,
        })),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            let why = format!("it is not UTF-8 from byte {offset}");
            let help = Some("save the file as UTF-8");
            Ok(Err(unreadable(&Settings::default(), &path, &why, help)))
        }
    }
}

fn companions<T>(
    settings: &Settings,
    file: &FileText,
    kind: Kind,
    parse: impl for<'t> Fn(&'t str, &Limits) -> Vec<Parsed<'t, T>>,
) -> Vec<Finding> {
    let documents = parse(&file.text, &settings.limits);
    documents
        .iter()
        .flat_map(|one| of_problems(settings, file, kind, &one.problems))
        .collect()
}

fn of_problems(
    settings: &Settings,
    file: &FileText,
    kind: Kind,
    problems: &[Problem],
) -> Vec<Finding> {
    let source: Source<'_> = file.source();
    let finding = |problem: &Problem| {
        of_problem(
            settings,
            problem,
            kind,
            About::default(),
            source.at(problem.span),
        )
    };
    problems.iter().filter_map(finding).collect()
}
