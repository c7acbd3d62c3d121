//! The gate: a range of commits in, whether it may be merged out.

mod course;
mod files;
mod floor;
mod judgement;
mod preview;
mod range;
mod step;
mod touched;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::civil::Date;
use meshlaw_report::{self as report, Command, Report};

use crate::decisions::{Log, LogArgs, Run};
use crate::failure::ExitStatus;
use crate::governance::{Readers, Settled, settle_law};
use crate::law::Law;
use crate::output::{self, OutputArgs};
use crate::when;
use judgement::{Circumstances, judge};
use range::Range;
pub use range::target;
pub use step::step;

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
    let status = output::write(report, &args.output, &law.book);
    // The program ends here: to free what it holds piece by piece would take longer.
    std::mem::forget(law);
    status
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
    let is_told = !args.output.formats.is_empty();
    // Every team is asked about each finding: only for those who are shown the answer.
    let is_shown = args.output.formats.iter().any(|one| one.format.offers());
    let circumstances = Circumstances {
        as_of,
        agreed,
        loosens: weighed.loosens,
        plain: args.no_shortcuts,
        offers: is_shown.then(|| (args.output.fail_on.into(), args.all)),
        is_last: is_told,
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
    let law_impact = if is_told && (is_edited || judged.touches_terms) {
        let fail_on = args.output.fail_on.into();
        preview::impact(&range, &readers, as_of, fail_on, args.no_shortcuts)?
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
        counted: Vec::new(),
        products: Vec::new(),
        pair: None,
        notes,
        law_impact,
        coming: Vec::new(),
        explanations: BTreeMap::new(),
    };
    Ok((report, law))
}
