//! Findings that were there and findings that are there now in, all findings out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use meshlaw_report::Finding;

use crate::inventory::{Inventory, Sort};

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
    /// Each finding, where anybody wants to see them.
    pub(super) findings: Vec<Finding>,
    /// How many there are of each sort, where nobody does.
    pub(super) counted: Vec<(Sort, usize)>,
}

impl Balance {
    /// Takes from what is kept what is gone, and adds what is new; nothing where what is gone was
    /// never there.
    pub(super) fn sum(self, inventory: &Inventory, is_counted: bool) -> Option<Sum> {
        let Self {
            changed,
            own,
            mut less,
            mut more,
        } = self;
        if is_counted {
            more.extend(own);
            for number in changed {
                less.extend(inventory.own(number)?);
            }
            return counted(inventory, &shifts(&less, &more)?);
        }
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
        let sort = (finding.state, finding.severity, finding.enforcement);
        let total = totals.entry(sort).or_default();
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
