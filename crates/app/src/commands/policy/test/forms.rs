//! What became of policies in, text for people and machines out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use meshlaw_report::formats::junit::of_tests;

use super::{Ran, Tested};
use crate::output::count;

/// Returns a share in percent; of nothing all was seen.
pub(super) fn percent((seen, all): (usize, usize)) -> f64 {
    if all == 0 {
        return 100.0;
    }
    seen as f64 * 100.0 / all as f64
}

pub(super) fn text(tested: &[Tested], has_traces: bool, least: Option<u8>) -> String {
    let mut out = String::new();
    let (mut wrong, mut examples, mut seen, mut all) = (0, 0, 0, 0);
    let (mut made, mut alive) = (0, 0);
    for one in tested {
        let bad: Vec<&Ran> = one
            .examples
            .iter()
            .filter(|ran| ran.trouble.is_some())
            .collect();
        examples += one.examples.len();
        wrong += bad.len();
        let mark = if bad.is_empty() { "ok" } else { "error" };
        let _ = write!(out, "{mark:<5} {:<44}", one.policy);
        if has_traces {
            let (own, of) = one.outcomes();
            (seen, all) = (seen + own, all + of);
            let is_low = least.is_some_and(|least| one.share() < f64::from(least));
            let low = if is_low { "  too few" } else { "" };
            let _ = write!(out, " {own:>2} of {of:>2} outcomes{low}");
        }
        if let Some(mutants) = one.mutants {
            made += mutants;
            alive += one.survivors.len();
            let noticed = mutants - one.survivors.len();
            let _ = write!(out, " {noticed:>2} of {mutants:>2} mutants noticed");
        }
        let length = out.trim_end().len();
        out.truncate(length);
        out.push('\n');
        for ran in bad {
            let trouble = ran.trouble.as_deref().unwrap_or_default();
            let _ = writeln!(out, "      {}: {trouble}", ran.example);
        }
        for condition in &one.conditions {
            if let Some(lack) = condition.lacks() {
                let (line, column) = (condition.line, condition.column);
                let _ = writeln!(out, "      {line}:{column} {lack}: `{}`", condition.text);
            }
        }
        for survivor in &one.survivors {
            let _ = writeln!(
                out,
                "      {}: not noticed: {}",
                survivor.line, survivor.change
            );
        }
    }
    let _ = write!(
        out,
        "\n{}, {}, {wrong} wrong",
        count(tested.len(), "policy"),
        count(examples, "example")
    );
    if has_traces {
        let share = percent((seen, all));
        let _ = write!(out, ", {seen} of {all} outcomes seen ({share:.1} %)");
    }
    if tested.iter().any(|one| one.mutants.is_some()) {
        let _ = write!(out, ", {alive} of {made} mutants not noticed");
    }
    out.push('\n');
    out
}

/// Tells which tests came out otherwise than they expect.
pub(super) fn tests(tested: &[Tested]) -> String {
    let mut out = String::new();
    let (mut all, mut wrong) = (0, 0);
    for one in tested {
        let bad = one
            .examples
            .iter()
            .filter_map(|ran| Some((ran, ran.trouble.as_ref()?)));
        let bad: Vec<(&Ran, &String)> = bad.collect();
        let mark = if bad.is_empty() { "ok" } else { "error" };
        let _ = writeln!(
            out,
            "{mark:<5} {} ({})",
            one.file,
            count(one.examples.len(), "test")
        );
        for (ran, trouble) in &bad {
            let _ = writeln!(out, "      {}: {trouble}", ran.example);
        }
        all += one.examples.len();
        wrong += bad.len();
    }
    let _ = writeln!(out, "\n{}, {wrong} wrong", count(all, "test"));
    out
}

/// Writes a policy with what was seen beside its lines: `+` both, `T` true only, `F` false only,
/// `!` never reached.
pub(super) fn source(tested: &Tested) -> String {
    let mut out = format!("{}\n", tested.file);
    for (line, text) in (1..).zip(tested.text.lines()) {
        let marks: String = tested
            .conditions
            .iter()
            .filter(|condition| condition.line == line)
            .map(|condition| match (condition.held, condition.failed) {
                (0, 0) => '!',
                (0, _) => 'F',
                (_, 0) => 'T',
                _ => '+',
            })
            .collect();
        let _ = writeln!(out, "{marks:>6} {line:>3} | {text}");
    }
    out.push('\n');
    out
}

/// Writes a record in the tracefile format of geninfo(1): `BRDA` a condition's outcomes, `DA` the
/// questions that reached its lines.
pub(super) fn lcov(tested: &Tested) -> String {
    let mut out = format!("TN:\nSF:{}\n", tested.file);
    let mut lines: BTreeMap<u32, u64> = BTreeMap::new();
    for (index, condition) in tested.conditions.iter().enumerate() {
        let count = condition.held + condition.failed;
        for line in condition.line..=condition.last_line {
            let known = lines.entry(line).or_default();
            *known = (*known).max(count);
        }
        for (branch, taken) in [(0, condition.held), (1, condition.failed)] {
            let taken = if count == 0 {
                "-".to_owned()
            } else {
                taken.to_string()
            };
            let _ = writeln!(out, "BRDA:{},{index},{branch},{taken}", condition.line);
        }
    }
    let (hit, found) = tested.outcomes();
    let _ = writeln!(out, "BRF:{found}\nBRH:{hit}");
    for (line, count) in &lines {
        let _ = writeln!(out, "DA:{line},{count}");
    }
    let reached = lines.values().filter(|count| **count > 0).count();
    let _ = writeln!(out, "LF:{}\nLH:{reached}\nend_of_record", lines.len());
    out
}

pub(super) fn junit(tested: &[Tested]) -> String {
    let suites = tested.iter().map(|one| {
        let examples = one.examples.iter();
        let cases = examples.map(|ran| (ran.example.clone(), ran.trouble.clone()));
        let survivors = one.survivors.iter().map(|survivor| {
            let name = format!("{}:{}: {}", one.file, survivor.line, survivor.change);
            (name, Some("no example notices this".to_owned()))
        });
        (one.policy.clone(), cases.chain(survivors).collect())
    });
    of_tests("meshlaw policy test", suites.collect())
}
