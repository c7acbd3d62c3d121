//! A report in, what formats for machines list out: findings, and the changes that no finding tells.

use crate::condition;
use crate::escape::cut;
use crate::phrase;
use crate::{
    Change, Command, ConsumerContact, Enforcement, Finding, Impact, Location, Related, Report,
    Severity, Side, State, Witness,
};

/// Characters of one line: contracts may hold texts that nobody reads to the end, and that the
/// services behind these formats refuse.
const LONGEST: usize = 2_000;

/// How loudly a thing is told; worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// It stops the run, or would by its gravity.
    Error,
    /// It should be mended.
    Warning,
    /// It is worth knowing.
    Note,
}

impl Level {
    /// Returns the word that machines read.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

/// One thing that is told.
#[derive(Debug, Clone)]
pub(crate) struct Entry<'r> {
    /// Id of the policy, rule or finding.
    pub id: &'r str,
    /// How loudly.
    pub level: Level,
    /// It stops the run.
    pub blocks: bool,
    /// How it relates to the base revision.
    pub state: State,
    /// In words; ours, with quotes from contracts.
    pub message: String,
    /// What to do about it.
    pub help: Option<&'r str>,
    /// Contract.
    pub contract: Option<&'r str>,
    /// Part of the contract, for people.
    pub part: Option<&'r str>,
    /// The place that the judged files have.
    pub location: Option<&'r Location>,
    /// Where it was, where that is not the place above.
    pub gone_from: Option<&'r Location>,
    /// Other places that matter.
    pub related: &'r [Related],
    /// Who feels it.
    pub consumers: &'r [ConsumerContact],
    /// What shows it.
    pub witness: Option<&'r Witness>,
    /// Stable name across unrelated edits; a change takes that of its parts.
    pub fingerprint: String,
    /// The finding, where it is one.
    pub finding: Option<&'r Finding>,
}

impl Entry<'_> {
    /// Says all that there is to say, a line each, the message first; as it is, to be made safe.
    pub fn lines(&self, report: &Report) -> Vec<String> {
        let contract = self.contract.map(|contract| match self.part {
            Some(part) => format!("contract: {contract}, {part}"),
            None => format!("contract: {contract}"),
        });
        let leniency = self
            .finding
            .and_then(|finding| phrase::leniency(report, finding));
        let details = [
            self.gone_from.map(|base| match base.line {
                0 => format!("base: {}", base.path),
                line => format!("base: {}:{line}", base.path),
            }),
            contract,
            self.finding
                .and_then(|finding| condition::told(&finding.why))
                .map(|why| format!("why: {why}")),
            leniency.map(|why| format!("note: {why}")),
            phrase::consumers(self.consumers).map(|who| format!("consumers: {who}")),
            self.witness
                .map(|witness| format!("witness: {}", phrase::witness(witness))),
            self.help.map(|help| format!("help: {help}")),
        ];
        std::iter::once(self.message.clone())
            .chain(details.into_iter().flatten())
            .map(|line| cut(&line, LONGEST))
            .collect()
    }
}

/// Returns what people are shown, the worst first: what is new, or all where all was asked for.
pub(crate) fn shown(report: &Report) -> Vec<Entry<'_>> {
    let mut findings: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| report.shows(finding))
        .collect();
    findings.sort_by_key(|finding| std::cmp::Reverse((report.blocks(finding), finding.severity)));
    entries(report, findings)
}

/// Returns what there is, the worst first: new, there before or excused; not what is gone, and not
/// what only counts.
pub(crate) fn standing(report: &Report) -> Vec<Entry<'_>> {
    let stands = |finding: &&Finding| {
        finding.state != State::Mended && finding.enforcement != Enforcement::Shadow
    };
    entries(report, report.findings.iter().filter(stands).collect())
}

fn entries<'r>(report: &'r Report, findings: Vec<&'r Finding>) -> Vec<Entry<'r>> {
    let findings = findings
        .into_iter()
        .map(|finding| of_finding(report, finding));
    let untold = report.told().into_iter().filter_map(|(change, teller)| {
        (teller.is_none() && change.impact == Impact::Breaking).then_some(change)
    });
    let mut all: Vec<Entry<'r>> = findings
        .chain(untold.map(|change| of_change(report, change)))
        .collect();
    all.sort_by_key(|entry| entry.level);
    all
}

fn of_finding<'r>(report: &'r Report, finding: &'r Finding) -> Entry<'r> {
    let blocks = report.blocks(finding);
    let level = match finding.severity {
        _ if blocks => Level::Error,
        Severity::Error | Severity::Warning => Level::Warning,
        Severity::Note => Level::Note,
    };
    let location = in_head(finding.location.as_ref(), &finding.related);
    Entry {
        id: &finding.id,
        level,
        blocks,
        state: finding.state,
        message: cut(&finding.message, LONGEST),
        help: finding.help.as_deref(),
        contract: finding.contract.as_deref(),
        part: finding.part.as_deref(),
        location,
        gone_from: gone_from(finding.location.as_ref(), location),
        related: &finding.related,
        consumers: &finding.consumers,
        witness: finding.witness.as_ref(),
        fingerprint: finding.fingerprint.clone(),
        finding: Some(finding),
    }
}

fn of_change<'r>(report: &Report, change: &'r Change) -> Entry<'r> {
    // Between two files nothing but the impact decides; elsewhere only a policy forbids.
    let blocks = report.command == Command::Diff;
    let location = in_head(Some(&change.location), &change.related);
    Entry {
        id: &change.rule,
        level: if blocks { Level::Error } else { Level::Warning },
        blocks,
        state: State::New,
        message: cut(&format!("breaking: {}", change.message), LONGEST),
        help: change.help.as_deref(),
        contract: Some(&change.contract),
        part: Some(&change.part),
        location,
        gone_from: gone_from(Some(&change.location), location),
        related: &change.related,
        consumers: &change.consumers,
        witness: change.witness.as_ref(),
        fingerprint: format!(
            "{}:{}:{}",
            change.rule,
            change.contract,
            change.pointer.join("/")
        ),
        finding: None,
    }
}

/// Returns the place that the judged files have.
fn in_head<'r>(location: Option<&'r Location>, related: &'r [Related]) -> Option<&'r Location> {
    location
        .into_iter()
        .chain(related.iter().map(|related| &related.location))
        .find(|location| location.side == Side::Head && !location.path.is_empty())
}

/// Returns where something was, when the place that is told is not that one.
fn gone_from<'r>(location: Option<&'r Location>, told: Option<&Location>) -> Option<&'r Location> {
    let location = location.filter(|location| location.side == Side::Base)?;
    (told != Some(location)).then_some(location)
}
