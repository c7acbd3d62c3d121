//! The whole of a run, in the one order in which it is shown.

use std::collections::BTreeMap;

use crate::finding::{blocks, shown};
use crate::forecast::Day;
use crate::{Change, Enforcement, Finding, Impact, LawImpact, Severity, State};

/// Everything that a run has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What was run.
    pub command: Command,
    /// What changes are compared with; absent where nothing is compared.
    pub base: Option<Revision>,
    /// What is judged.
    pub head: Revision,
    /// The date that the run takes for today, as `2026-11-22`.
    pub as_of: String,
    /// How grave a finding must be to stop the run.
    pub fail_on: Severity,
    /// Findings that were there already stop the run, too.
    pub all: bool,
    /// There was no law at the target yet, so nothing built in blocks.
    pub bootstrap: bool,
    /// The contracts that were looked at; in an audit, only those with findings.
    pub contracts: Vec<ContractSummary>,
    /// How many contracts were looked at.
    pub contract_count: usize,
    /// What changed.
    pub changes: Vec<Change>,
    /// What people are told.
    pub findings: Vec<Finding>,
    /// How many findings there are beside, by state, severity and enforcement: for formats that only
    /// count.
    pub counted: Vec<((State, Severity, Enforcement), usize)>,
    /// The data products of an audited estate.
    pub products: Vec<Product>,
    /// The impact and bump of the one pair that `diff` compares.
    pub pair: Option<(Impact, Bump)>,
    /// What people should know about the run itself, such as a bootstrap.
    pub notes: Vec<String>,
    /// What a change of the law would do to all contracts, where the run looked.
    pub law_impact: Option<LawImpact>,
    /// Days on which contracts of an audited estate will start to fail.
    pub coming: Vec<Day>,
    /// What the ids of findings and rules mean, for formats that explain them.
    pub explanations: BTreeMap<String, Explanation>,
}

/// What an id means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// One sentence.
    pub title: String,
    /// All of it, as Markdown of our own or of the governance council.
    pub markdown: String,
}

/// A data product: contracts that belong together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Product {
    /// Name.
    pub name: String,
    /// Team that answers for it.
    pub owner: Option<String>,
    /// Domain that it belongs to.
    pub domain: Option<String>,
    /// Its contracts, as `domain/name`.
    pub contracts: Vec<String>,
}

/// A command that reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Command {
    /// Judges the whole estate.
    Audit,
    /// Judges files.
    Check,
    /// Compares two contracts.
    Diff,
    /// Judges a change.
    Gate,
}

/// A revision, as people named it and as machines find it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Commit id, or `staged` or `worktree`.
    pub id: String,
    /// What the user wrote, such as `main`.
    pub name: String,
}

/// What became of one contract.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContractSummary {
    /// Contract, as `domain/name`.
    pub contract: String,
    /// Path of the file.
    pub path: String,
    /// Domain.
    pub domain: Option<String>,
    /// Owner.
    pub owner: Option<String>,
    /// Version before; absent for a new contract.
    pub before: Option<String>,
    /// Version after; absent for a removed contract.
    pub after: Option<String>,
    /// The least bump that the changes ask for.
    pub required: Bump,
    /// The bump that was made; absent where a version is missing.
    pub declared: Option<Bump>,
    /// The worst of its changes.
    pub impact: Impact,
}

/// How far a version is raised; later is further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bump {
    /// Not at all.
    None,
    /// In its third number.
    Patch,
    /// In its second number.
    Minor,
    /// In its first number.
    Major,
}

/// What a run comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Nothing stops it.
    Pass,
    /// Findings stop it.
    Fail,
    /// It could not be judged.
    Error,
}

/// How many findings there are of each sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Findings that stop the run.
    pub blocking: usize,
    /// New errors.
    pub new_errors: usize,
    /// New warnings.
    pub new_warnings: usize,
    /// New notes.
    pub new_notes: usize,
    /// Excused findings.
    pub waived: usize,
    /// Findings that were there already.
    pub existing: usize,
    /// Findings that are gone.
    pub mended: usize,
}

impl Report {
    /// Puts everything into the order in which it is shown, whoever found it first.
    pub fn sort(&mut self) {
        self.contracts.sort();
        self.products.sort();
        self.changes
            .sort_by(|left, right| change_key(left).cmp(&change_key(right)));
        self.findings.sort_by(|left, right| {
            let keys = finding_key(left).cmp(&finding_key(right));
            keys.then_with(|| by_words(left, right))
        });
        self.findings.dedup();
        self.law_impact.iter_mut().for_each(LawImpact::sort);
    }

    /// Returns what the run comes to.
    pub fn verdict(&self) -> Verdict {
        let pair_breaks = match (self.command, self.pair) {
            (Command::Diff, Some((impact, _))) => impact == Impact::Breaking,
            _ => false,
        };
        let blocks = self.findings.iter().any(|finding| self.blocks(finding));
        if pair_breaks || blocks || self.counted.iter().any(|one| self.counts_as_block(one)) {
            Verdict::Fail
        } else {
            Verdict::Pass
        }
    }

    /// Tells whether a finding stops this run.
    pub fn blocks(&self, finding: &Finding) -> bool {
        finding.blocks(self.fail_on, self.all)
    }

    fn counts_as_block(&self, counted: &((State, Severity, Enforcement), usize)) -> bool {
        let ((state, severity, enforcement), count) = *counted;
        let sort = (state, severity, enforcement);
        count > 0 && blocks(sort, self.fail_on, self.all)
    }

    /// Tells whether people are shown a finding in full: what only counts, what is excused or gone,
    /// and what was there already is left to the counts.
    pub fn shows(&self, finding: &Finding) -> bool {
        let is_due = match finding.state {
            State::New => true,
            State::Existing => self.all,
            State::Waived | State::Mended => false,
        };
        is_due && finding.enforcement != Enforcement::Shadow
    }

    /// Returns each change with the finding that already repeats its words, if one is shown.
    pub fn told(&self) -> Vec<(&Change, Option<&Finding>)> {
        let mut shown: BTreeMap<(&str, &[String]), Vec<&Finding>> = BTreeMap::new();
        for finding in self.findings.iter().filter(|finding| self.shows(finding)) {
            let contract = finding.contract.as_deref().unwrap_or_default();
            shown
                .entry((contract, &finding.pointer))
                .or_default()
                .push(finding);
        }
        let teller = |change: &Change| {
            let here = shown.get(&(change.contract.as_str(), change.pointer.as_slice()))?;
            here.iter()
                .find(|finding| finding.rule.as_deref() == Some(&change.rule))
                .copied()
        };
        self.changes
            .iter()
            .map(|change| (change, teller(change)))
            .collect()
    }

    /// Counts the findings, but for those that a shadow policy makes.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        let held = self.findings.iter();
        let held = held.map(|one| ((one.state, one.severity, one.enforcement), 1));
        let counted = self.counted.iter().copied();
        for (sort, count) in held.chain(counted) {
            let (state, severity, enforcement) = sort;
            if enforcement == Enforcement::Shadow {
                continue;
            }
            if blocks(sort, self.fail_on, self.all) {
                summary.blocking += count;
            }
            match (state, severity) {
                (State::New, Severity::Error) => summary.new_errors += count,
                (State::New, Severity::Warning) => summary.new_warnings += count,
                (State::New, Severity::Note) => summary.new_notes += count,
                (State::Waived, _) => summary.waived += count,
                (State::Existing, _) => summary.existing += count,
                (State::Mended, _) => summary.mended += count,
            }
        }
        summary
    }
}

fn change_key(change: &Change) -> impl Ord + '_ {
    let place = (
        &change.location.path,
        change.location.line,
        change.location.column,
    );
    (&change.contract, place, &change.pointer, &change.rule)
}

fn finding_key(finding: &Finding) -> impl Ord + '_ {
    let place = finding
        .location
        .as_ref()
        .map(|at| (&at.path, at.line, at.column));
    (
        place,
        std::cmp::Reverse(finding.severity),
        &finding.id,
        &finding.pointer,
        &finding.fingerprint,
    )
}

/// Settles the order of two findings of one kind at one place, which are few, by all that they say.
fn by_words(left: &Finding, right: &Finding) -> std::cmp::Ordering {
    let words = |finding: &Finding| format!("{finding:?}");
    let own = left.message.cmp(&right.message);
    own.then_with(|| words(left).cmp(&words(right)))
}

shown! {
    Command { Audit "audit", Check "check", Diff "diff", Gate "gate" }
    Bump { None "none", Patch "patch", Minor "minor", Major "major" }
    Verdict { Pass "pass", Fail "fail", Error "error" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Effect, Kind, Location, Side};

    #[test]
    fn a_finding_blocks_only_if_it_is_due_enforced_and_grave() {
        use {Enforcement::*, Severity::*, State::*};
        let table = [
            ((New, Soft, Error), (Error, false), true),
            ((New, Hard, Error), (Error, false), true),
            ((New, Advisory, Error), (Note, false), false),
            ((New, Shadow, Error), (Note, false), false),
            ((New, Soft, Warning), (Error, false), false),
            ((New, Soft, Warning), (Warning, false), true),
            ((New, Soft, Note), (Note, false), true),
            ((Existing, Soft, Error), (Error, false), false),
            ((Existing, Soft, Error), (Error, true), true),
            ((Waived, Soft, Error), (Note, true), false),
            ((Mended, Hard, Error), (Note, true), false),
        ];
        for ((state, enforcement, severity), (fail_on, all), blocks) in table {
            let one = Finding {
                state,
                enforcement,
                severity,
                ..finding("a", 1)
            };
            let report = Report {
                fail_on,
                all,
                findings: vec![one],
                ..report()
            };
            let expected = if blocks { Verdict::Fail } else { Verdict::Pass };
            assert_eq!(
                report.verdict(),
                expected,
                "{state} {enforcement} {severity} {fail_on} {all}"
            );
            assert_eq!(report.summary().blocking, usize::from(blocks));
        }
        assert_eq!(report().verdict(), Verdict::Pass);
    }

    #[test]
    fn the_summary_counts_by_state_and_leaves_out_the_shadow() {
        let with = |severity, state| Finding {
            severity,
            state,
            ..finding("a", 1)
        };
        let shadow = Finding {
            enforcement: Enforcement::Shadow,
            ..finding("a", 1)
        };
        let report = Report {
            findings: vec![
                with(Severity::Error, State::New),
                with(Severity::Warning, State::New),
                with(Severity::Note, State::New),
                with(Severity::Error, State::Existing),
                with(Severity::Note, State::Waived),
                with(Severity::Error, State::Mended),
                shadow,
            ],
            ..report()
        };
        let expected = Summary {
            blocking: 1,
            new_errors: 1,
            new_warnings: 1,
            new_notes: 1,
            waived: 1,
            existing: 1,
            mended: 1,
        };
        assert_eq!(report.summary(), expected);
        assert_eq!(super::tests::report().summary(), Summary::default());
    }

    #[test]
    fn findings_stand_by_place_and_the_same_one_stands_once() {
        let placeless = Finding {
            location: None,
            ..finding("z", 0)
        };
        let grave = Finding {
            severity: Severity::Error,
            ..finding("b", 2)
        };
        let light = Finding {
            severity: Severity::Note,
            ..finding("a", 2)
        };
        let sorted = vec![
            placeless.clone(),
            finding("c", 1),
            grave.clone(),
            light.clone(),
        ];
        let shuffled = vec![
            light.clone(),
            finding("c", 1),
            grave,
            light,
            placeless,
            finding("c", 1),
        ];
        let mut report = Report {
            findings: shuffled,
            ..report()
        };
        report.sort();
        assert_eq!(report.findings, sorted);
    }

    #[test]
    fn only_a_diff_fails_by_its_impact() {
        use {Command::*, Impact::*};
        let table = [
            (Diff, Breaking, Verdict::Fail),
            (Diff, Risky, Verdict::Pass),
            (Diff, Safe, Verdict::Pass),
            (Gate, Breaking, Verdict::Pass),
        ];
        for (command, impact, verdict) in table {
            let report = Report {
                command,
                pair: Some((impact, Bump::None)),
                ..report()
            };
            assert_eq!(report.verdict(), verdict, "{command} {impact}");
        }
    }

    #[test]
    fn a_change_is_told_by_a_shown_finding_about_its_rule() {
        let told = |finding: Finding| {
            let report = Report {
                changes: vec![change()],
                findings: vec![finding],
                ..report()
            };
            report.told().iter().any(|(_, teller)| teller.is_some())
        };
        let teller = || Finding {
            rule: Some("field-removed".to_owned()),
            ..finding("a", 1)
        };
        assert!(told(teller()));
        assert!(!told(Finding {
            rule: None,
            ..teller()
        }));
        assert!(!told(Finding {
            state: State::Waived,
            ..teller()
        }));
        assert!(!told(Finding {
            enforcement: Enforcement::Shadow,
            ..teller()
        }));
        assert!(!told(Finding {
            contract: None,
            ..teller()
        }));
        assert!(!told(Finding {
            pointer: vec!["other".to_owned()],
            ..teller()
        }));
    }

    fn report() -> Report {
        Report {
            command: Command::Gate,
            base: None,
            head: Revision {
                id: "worktree".to_owned(),
                name: "worktree".to_owned(),
            },
            as_of: "2026-11-23".to_owned(),
            fail_on: Severity::Error,
            all: false,
            bootstrap: false,
            contracts: Vec::new(),
            contract_count: 0,
            changes: Vec::new(),
            findings: Vec::new(),
            counted: Vec::new(),
            products: Vec::new(),
            pair: None,
            notes: Vec::new(),
            law_impact: None,
            coming: Vec::new(),
            explanations: BTreeMap::new(),
        }
    }

    fn finding(id: &str, line: u32) -> Finding {
        Finding {
            id: id.to_owned(),
            kind: Kind::Policy,
            severity: Severity::Error,
            enforcement: Enforcement::Soft,
            state: State::New,
            message: "m".to_owned(),
            help: None,
            notes: Vec::new(),
            why: Default::default(),
            location: Some(location(line)),
            related: Vec::new(),
            contract: Some("a/b".to_owned()),
            pointer: Vec::new(),
            part: None,
            domain: None,
            owner: None,
            consumers: Vec::new(),
            witness: None,
            rule: None,
            fix: None,
            exception: None,
            fingerprint: String::new(),
        }
    }

    fn change() -> Change {
        Change {
            rule: "field-removed".to_owned(),
            contract: "a/b".to_owned(),
            pointer: Vec::new(),
            part: "contract".to_owned(),
            effect: Effect::Loosens,
            impact: Impact::Breaking,
            before: None,
            after: None,
            message: "it is gone".to_owned(),
            help: None,
            domain: None,
            owner: None,
            location: location(1),
            related: Vec::new(),
            witness: None,
            consumers: Vec::new(),
        }
    }

    fn location(line: u32) -> Location {
        Location {
            path: "a.yaml".to_owned(),
            line,
            column: 1,
            side: Side::Head,
            excerpt: None,
        }
    }
}
