//! Findings that were there and findings that are there now in, all findings out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use meshlaw_report::Finding;

use crate::inventory::{Inventory, Sort};
use crate::waivers::Ledger;

/// What was found before where something changed, and what is found there now.
#[derive(Default)]
pub(super) struct Balance {
    /// Numbers of the files that changed.
    pub(super) changed: BTreeSet<u32>,
    /// What is wrong with the files that changed, apart from others.
    pub(super) own: Vec<Finding>,
    /// What was wrong between contracts.
    pub(super) less: Vec<Finding>,
    /// What is wrong between contracts.
    pub(super) more: Vec<Finding>,
}

/// All that is found.
#[derive(Default)]
pub(super) struct Sum {
    /// Each finding, where anybody wants to see them; else those that waivers may excuse.
    pub(super) findings: Vec<Finding>,
    /// How many others there are of each sort.
    pub(super) counted: Vec<(Sort, usize)>,
}

impl Balance {
    /// Counts what is there now; only findings that waivers speak of are told one by one.
    pub(super) fn count(mut self, inventory: &Inventory, ledger: &Ledger) -> Option<Sum> {
        self.more.extend(self.own);
        for number in &self.changed {
            self.less.extend(inventory.own(*number)?);
        }
        let shifts = shifts(&self.less, &self.more)?;
        let sum = counted(inventory, &shifts)?;
        let spoken_of = spoken_of(inventory, ledger, &self.changed, &self.more)?;
        told_apart(inventory, &shifts, sum, spoken_of)
    }

    /// Takes from what is kept what is gone, and adds what is new; nothing where what is gone was
    /// never there.
    pub(super) fn sum(self, inventory: &Inventory) -> Option<Sum> {
        let Self {
            changed,
            own,
            less,
            more,
        } = self;
        let mut findings = inventory
            .shelved()?
            .findings(|one| changed.contains(&one))?;
        findings.extend(own);
        let between = listed(inventory, shifts(&less, &more)?)?;
        findings.extend(between);
        Some(Sum {
            findings,
            counted: Vec::new(),
        })
    }
}

/// How often more each thing is found than it was.
type Shifts = HashMap<Vec<u8>, i64>;

fn shifts(less: &[Finding], more: &[Finding]) -> Option<Shifts> {
    let mut shifts = Shifts::new();
    for (findings, shift) in [(less, -1), (more, 1)] {
        for finding in findings {
            let bytes = postcard::to_stdvec(finding).ok()?;
            *shifts.entry(bytes).or_default() += shift;
        }
    }
    shifts.retain(|_, shift| *shift != 0);
    Some(shifts)
}

fn listed(inventory: &Inventory, mut shifts: Shifts) -> Option<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut add = |bytes: &[u8], count: i64| {
        let count = usize::try_from(count).ok()?;
        if count > 0 {
            let finding: Finding = postcard::from_bytes(bytes).ok()?;
            findings.extend(std::iter::repeat_n(finding, count));
        }
        Some(())
    };
    for (bytes, count) in inventory.findings()? {
        let shift = shifts.remove(&bytes).unwrap_or_default();
        add(&bytes, i64::from(count) + shift)?;
    }
    for (bytes, count) in shifts {
        add(&bytes, count)?;
    }
    Some(findings)
}

/// Returns the findings about contracts that waivers speak of, which are there or were, each once.
fn spoken_of(
    inventory: &Inventory,
    ledger: &Ledger,
    changed: &BTreeSet<u32>,
    more: &[Finding],
) -> Option<BTreeSet<Vec<u8>>> {
    let mut found = BTreeSet::new();
    let contracts: BTreeSet<&str> = ledger
        .entries()
        .map(|entry| entry.waiver.contract.as_str())
        .collect();
    if contracts.is_empty() {
        return Some(found);
    }
    let speaks_of = |finding: &Finding| {
        let contract = finding.contract.as_deref();
        contract.is_some_and(|contract| contracts.contains(contract))
    };
    let mut files = BTreeSet::new();
    for contract in &contracts {
        files.extend(inventory.named(contract)?);
    }
    for number in files.difference(changed) {
        let own = inventory.own(*number)?;
        for finding in own.iter().filter(|one| speaks_of(one)) {
            found.insert(postcard::to_stdvec(finding).ok()?);
        }
    }
    for finding in more.iter().filter(|one| speaks_of(one)) {
        found.insert(postcard::to_stdvec(finding).ok()?);
    }
    for (bytes, _) in inventory.findings()? {
        if speaks_of(&postcard::from_bytes(&bytes).ok()?) {
            found.insert(bytes);
        }
    }
    Some(found)
}

/// Takes findings out of the counts, to tell those that are there one by one.
fn told_apart(
    inventory: &Inventory,
    shifts: &Shifts,
    sum: Sum,
    findings: BTreeSet<Vec<u8>>,
) -> Option<Sum> {
    let mut totals: BTreeMap<Sort, usize> = sum.counted.into_iter().collect();
    let mut told = sum.findings;
    for bytes in findings {
        let shift = shifts.get(&bytes).copied().unwrap_or_default();
        if i64::from(inventory.count(&bytes)?) + shift <= 0 {
            continue;
        }
        let finding: Finding = postcard::from_bytes(&bytes).ok()?;
        let total = totals.get_mut(&sort_of(&finding))?;
        *total = total.checked_sub(1)?;
        told.push(finding);
    }
    Some(Sum {
        findings: told,
        counted: totals.into_iter().collect(),
    })
}

fn sort_of(finding: &Finding) -> Sort {
    (finding.state, finding.severity, finding.enforcement)
}

/// One that is found several times counts once, as it is shown once.
fn counted(inventory: &Inventory, shifts: &Shifts) -> Option<Sum> {
    let mut totals: BTreeMap<Sort, usize> = inventory.head.totals.iter().copied().collect();
    for (bytes, shift) in shifts {
        let before = i64::from(inventory.count(bytes)?);
        let after = before.checked_add(*shift).filter(|after| *after >= 0)?;
        if (before > 0) == (after > 0) {
            continue;
        }
        let finding: Finding = postcard::from_bytes(bytes).ok()?;
        let total = totals.entry(sort_of(&finding)).or_default();
        *total = if after > 0 {
            *total + 1
        } else {
            total.checked_sub(1)?
        };
    }
    Some(Sum {
        findings: Vec::new(),
        counted: totals.into_iter().collect(),
    })
}
