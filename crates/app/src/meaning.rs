//! Ids of rules, policies and findings in, what they mean out.

use std::collections::{BTreeMap, BTreeSet};

use meshlaw_contract::nearest;
use meshlaw_diff::{Rule, catalogue};
use meshlaw_policy::{Book, Policy, Ruling};
use meshlaw_report::{Explanation, Report};

use crate::failure::Failure;
use crate::findings::IDS;

/// Says what an id means; nothing where there is no such id.
pub fn explanation(id: &str, rules: &[Rule], book: &Book) -> Option<Explanation> {
    let rule = rules.iter().find(|rule| rule.id == id);
    let finding = || IDS.iter().find(|(known, _)| *known == id);
    rule.map(of_rule)
        .or_else(|| book.get(id).map(of_policy))
        .or_else(|| finding().map(|(id, meaning)| of_finding(id, meaning)))
}

/// Adds to a report what its ids mean.
pub fn explain(report: &mut Report, book: &Book) -> Result<(), Failure> {
    let rules = catalogue()?.rules();
    let of_findings = report.findings.iter().map(|finding| &finding.id);
    let of_changes = report.changes.iter().map(|change| &change.rule);
    let ids: BTreeSet<&String> = of_findings.chain(of_changes).collect();
    let meanings = ids
        .into_iter()
        .filter_map(|id| Some((id.clone(), explanation(id, rules, book)?)));
    let meanings: BTreeMap<String, Explanation> = meanings.collect();
    report.explanations = meanings;
    Ok(())
}

/// Finds the id that was meant.
pub fn nearest_id<'i>(id: &str, ids: &[&'i str]) -> Option<&'i str> {
    // A policy's name without its group is more telling than letters alike.
    let last = |id: &str| id.rsplit('/').next().map(str::to_owned);
    let same_name = ids.iter().copied().find(|known| last(known) == last(id));
    same_name
        .or_else(|| nearest(id, ids.iter().copied()))
        .or_else(|| ids.iter().copied().find(|known| known.contains(id)))
}

fn of_rule(rule: &Rule) -> Explanation {
    Explanation {
        title: rule.message.to_owned(),
        markdown: format!(
            "# {}\n\n{}; consumers: {}, producers: {}\n\n{}\n\n= help: {}\n",
            rule.id,
            rule.effect,
            rule.consumers,
            rule.producers,
            rule.body.trim_end(),
            rule.help
        ),
    }
}

fn of_policy(policy: &Policy) -> Explanation {
    let readme = if policy.readme.is_empty() {
        format!("# {}\n", policy.id)
    } else {
        policy.readme.clone().into_owned()
    };
    let origin = match &policy.bundle {
        Some(bundle) => format!(", from the bundle {bundle}"),
        None if policy.is_builtin => ", built in".to_owned(),
        None => String::new(),
    };
    let rulings: String = policy.rulings.iter().map(ruled).collect();
    Explanation {
        title: policy.message.clone(),
        markdown: format!(
            "{}\n\n{}, {}{origin}: {}\n= help: {}\n{rulings}\n```cedar\n{}\n```\n",
            readme.trim_end(),
            policy.severity,
            policy.written,
            policy.message,
            policy.help,
            policy.text.trim_end()
        ),
    }
}

/// Says what the settings make of a policy's enforcement.
pub fn ruled(ruling: &Ruling) -> String {
    let Ruling {
        subject, reason, ..
    } = ruling;
    format!("= settings: `{subject}` is {}: {reason}\n", ruling.told())
}

fn of_finding(id: &str, meaning: &str) -> Explanation {
    Explanation {
        title: meaning.to_owned(),
        markdown: format!(
            "# {id}\n\n{meaning}\n\nIts level is set by `levels:` in meshlaw.yaml.\n"
        ),
    }
}
