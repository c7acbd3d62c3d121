//! Repairs of what a branch changed: shown, or written.

use std::fmt::Write as _;

use jiff::civil::Date;
use meshlaw_changeset::{Globs, Renames, RepoPath, Repository, changes};
use meshlaw_report::{Side, visible};
use similar::TextDiff;

use super::gate::target;
use crate::failure::{ExitStatus, Failure};
use crate::identity::Domains;
use crate::law;
use crate::output::{count, print};
use crate::pairing::pair;
use crate::repair::{Workshop, apply};
use crate::revision::FileText;
use crate::settings::Settings;
use crate::when;

/// Mend what can be mended safely: versions, typos, removals without notice
///
/// Compares the files as they lie in the work tree with the merge base, as the gate does. Only the
/// bytes that have to change are changed, so that comments and layout stay. Nothing is written
/// without `--write`.
#[derive(Debug, clap::Args)]
pub struct FixArgs {
    /// Files to mend [default: every contract that the branch changed]
    paths: Vec<String>,
    /// Target branch or revision [default: as of `meshlaw gate`]
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Keep the old major version of what breaks, and put the new one into a file beside it
    #[arg(long)]
    beside: bool,
    /// Show the repairs as a diff
    #[arg(long)]
    diff: bool,
    /// Write the repairs into the files
    #[arg(long)]
    write: bool,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<Date>,
}

/// A file with what mends it.
struct Mended {
    path: String,
    before: String,
    after: String,
    done: Vec<String>,
}

/// One repair may make room for the next; a file that still changes after so many is left alone.
const MOST_ROUNDS: usize = 20;

/// Mends the files.
pub fn run(args: &FixArgs) -> anyhow::Result<ExitStatus> {
    let repository = Repository::discover(".").map_err(Failure::from)?;
    let files = mend(args, &repository)?;
    if args.write {
        let root = repository
            .root()
            .unwrap_or_else(|| std::path::Path::new("."));
        // A new file stands in for none that is there.
        let taken = files
            .iter()
            .find(|file| file.before.is_empty() && root.join(&file.path).exists());
        if let Some(file) = taken {
            let message = format!("`{}` is there already", file.path);
            return Err(Failure::new(message, "move it away, or mend by hand").into());
        }
        for file in &files {
            std::fs::write(root.join(&file.path), &file.after)?;
        }
    }
    print(&told(args, &files))?;
    Ok(ExitStatus::Pass)
}

fn mend(args: &FixArgs, repository: &Repository) -> Result<Vec<Mended>, Failure> {
    let head = repository.resolve("HEAD")?;
    let (_, tip) = target(repository, args.base.as_deref())?;
    let fork = repository.merge_base(&tip, &head)?;
    let settings = law::read_settings(&repository.at(tip).open()?).map_err(law::failure)?;
    let domains = Domains::new(&settings, None)?;
    let (base, work) = (repository.at(fork).open()?, repository.worktree()?.open()?);
    let wanted = asked(args, repository)?;
    let globs = Globs::new(&settings.contracts)?;
    let mut files = Vec::new();
    for change in changes(&base, &work, &globs, Renames::Detect)? {
        let Some(entry) = change.after() else {
            continue;
        };
        if !wanted.is_empty() && !wanted.contains(&entry.path.to_string()) {
            continue;
        }
        let text = |reader, entry, side| FileText::read(reader, entry, &settings, side);
        let before = change
            .before()
            .and_then(|entry| text(&base, entry, Side::Base));
        let Some(after) = text(&work, entry, Side::Head) else {
            continue;
        };
        let workshop = Workshop {
            settings: &settings,
            as_of: when::settle(args.as_of),
        };
        if let (true, Some(before)) = (args.beside, &before)
            && let Some(both) = split_file(&workshop, &domains, before, &after)?
        {
            files.extend(both);
            continue;
        }
        files.extend(mend_file(&workshop, &domains, before.as_ref(), after)?);
    }
    Ok(files)
}

/// Returns the files that were asked for, as the repository calls them.
fn asked(args: &FixArgs, repository: &Repository) -> Result<Vec<String>, Failure> {
    let here = std::env::current_dir().unwrap_or_default();
    let root = repository.root().map(std::path::Path::to_path_buf);
    let root = root.and_then(|root| root.canonicalize().ok());
    let within = |path: &String| {
        let whole = here.join(path).canonicalize().map_err(|error| {
            let message = format!("cannot read `{path}`: {error}");
            Failure::new(message, "name a file that is there")
        })?;
        let inside = root.as_ref().and_then(|root| whole.strip_prefix(root).ok());
        let inside = inside.map(|path| path.to_string_lossy().replace('\\', "/"));
        let inside = inside.ok_or_else(|| {
            Failure::new(
                format!("`{path}` lies outside of the repository"),
                "name a file of the work tree",
            )
        })?;
        Ok(RepoPath::parse(&inside)?.to_string())
    };
    args.paths.iter().map(within).collect()
}

/// Makes the two files of a planned break, where the file holds one contract and that breaks.
fn split_file(
    workshop: &Workshop<'_>,
    domains: &Domains,
    before: &FileText,
    after: &FileText,
) -> Result<Option<[Mended; 2]>, Failure> {
    let old = before.contracts(workshop.settings, domains);
    let new = after.contracts(workshop.settings, domains);
    let ([old], [new]) = (old.as_slice(), new.as_slice()) else {
        return Ok(None);
    };
    let split = workshop.beside(old, new)?;
    Ok(split.map(|beside| {
        let mended = |path: &str, before: &str, after: String, done: String| Mended {
            path: path.to_owned(),
            before: before.to_owned(),
            after,
            done: vec![done],
        };
        let kept = format!(
            "keep what readers have, deprecated beside `{}`",
            beside.path
        );
        [
            mended(&after.path, &after.text, beside.old, kept),
            mended(
                &beside.path,
                "",
                beside.new,
                "hold the new major version".to_owned(),
            ),
        ]
    }))
}

fn mend_file(
    workshop: &Workshop<'_>,
    domains: &Domains,
    before: Option<&FileText>,
    after: FileText,
) -> Result<Option<Mended>, Failure> {
    let settings: &Settings = workshop.settings;
    let original = after.text.clone();
    let (mut after, mut done) = (after, Vec::new());
    for _ in 0..MOST_ROUNDS {
        let sides = (
            before.map_or_else(Vec::new, |file| file.contracts(settings, domains)),
            after.contracts(settings, domains),
        );
        let files = [sides];
        let mut repairs = Vec::new();
        for (old, new) in pair(&files) {
            if let Some(new) = new {
                repairs.extend(workshop.repairs(old, new)?);
            }
        }
        let (text, told) = apply(&after.text, repairs);
        drop(files);
        if text == after.text {
            break;
        }
        after.text = text;
        done.extend(told);
    }
    Ok((after.text != original).then_some(Mended {
        path: after.path,
        before: original,
        after: after.text,
        done,
    }))
}

fn told(args: &FixArgs, files: &[Mended]) -> String {
    let mut out = String::new();
    for file in files {
        let _ = writeln!(out, "{}", visible(&file.path));
        for done in &file.done {
            let _ = writeln!(out, "  {}", visible(done));
        }
        if args.diff {
            let diff = TextDiff::from_lines(&file.before, &file.after);
            let (from, to) = (format!("a/{}", file.path), format!("b/{}", file.path));
            let mut unified = diff.unified_diff();
            let _ = write!(out, "\n{}\n", unified.header(&from, &to));
        }
    }
    let done: usize = files.iter().map(|file| file.done.len()).sum();
    let (repairs, of) = (count(done, "repair"), count(files.len(), "file"));
    let _ = match (done, args.write) {
        (0, _) => writeln!(out, "nothing to mend"),
        (_, true) => writeln!(out, "{repairs} written to {of}"),
        (_, false) => writeln!(out, "{repairs} in {of}; `--write` writes them"),
    };
    out
}
