//! Findings in, counts by domain and by id out.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::phrase;
use crate::{Enforcement, Finding, Product, Report, Severity, State};

/// How many findings share a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Name of the domain, or id of the finding.
    pub(crate) name: String,
    /// Errors.
    pub(crate) errors: usize,
    /// Warnings.
    pub(crate) warnings: usize,
    /// Notes.
    pub(crate) notes: usize,
    /// Findings of any severity that only count, since their policy is in the shadow.
    pub(crate) shadow: usize,
    /// Contracts that have such findings.
    pub(crate) contracts: usize,
}

/// Counts by domain, most findings first.
pub(crate) fn by_domain(report: &Report) -> Vec<Tally> {
    tallies(report, |finding| {
        finding.domain.as_deref().unwrap_or("(no domain)")
    })
}

/// Counts by data product, each with its owner and how many contracts it has; one without findings
/// is there, too.
pub(crate) fn by_product(report: &Report) -> Vec<Tally> {
    if report.products.is_empty() {
        return Vec::new();
    }
    let mut of_contracts: HashMap<&str, Vec<&Finding>> = HashMap::new();
    let counted = |finding: &&Finding| matches!(finding.state, State::New | State::Existing);
    for finding in report.findings.iter().filter(counted) {
        if let Some(contract) = &finding.contract {
            of_contracts.entry(contract).or_default().push(finding);
        }
    }
    let product = |product: &Product| {
        let mut contracts: Vec<&str> = product.contracts.iter().map(String::as_str).collect();
        if !contracts.is_sorted_by(|one, other| one < other) {
            contracts.sort_unstable();
            contracts.dedup();
        }
        let own = contracts.iter().filter_map(|one| of_contracts.get(one));
        let findings: Vec<&Finding> = own.flatten().copied().collect();
        let owner = product.owner.as_ref().map(|owner| format!("{owner}, "));
        let owner = owner.unwrap_or_default();
        let count = phrase::count(contracts.len(), "contract");
        tally(&format!("{} ({owner}{count})", product.name), &findings)
    };
    report.products.iter().map(product).collect()
}

/// Counts by id, most findings first.
pub(crate) fn by_id(report: &Report) -> Vec<Tally> {
    tallies(report, |finding| &finding.id)
}

fn tallies<'r>(report: &'r Report, name: impl Fn(&'r Finding) -> &'r str) -> Vec<Tally> {
    let mut groups: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    let counted = |finding: &&Finding| matches!(finding.state, State::New | State::Existing);
    for finding in report.findings.iter().filter(counted) {
        groups.entry(name(finding)).or_default().push(finding);
    }
    let mut tallies: Vec<Tally> = groups
        .into_iter()
        .map(|(name, findings)| tally(name, &findings))
        .collect();
    tallies.sort_by_key(|one| Reverse((one.errors + one.warnings + one.notes, one.shadow)));
    tallies
}

fn tally(name: &str, findings: &[&Finding]) -> Tally {
    let is_shadow = |finding: &Finding| finding.enforcement == Enforcement::Shadow;
    let with = |severity| {
        findings
            .iter()
            .filter(|one| !is_shadow(one) && one.severity == severity)
            .count()
    };
    let contracts: BTreeSet<&str> = findings
        .iter()
        .filter_map(|finding| finding.contract.as_deref())
        .collect();
    Tally {
        name: name.to_owned(),
        errors: with(Severity::Error),
        warnings: with(Severity::Warning),
        notes: with(Severity::Note),
        shadow: findings.iter().filter(|one| is_shadow(one)).count(),
        contracts: contracts.len(),
    }
}
