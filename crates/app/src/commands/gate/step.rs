//! One step of a branch in, what the gate would have said of it out.

use std::collections::BTreeSet;

use jiff::civil::Date;
use meshlaw_changeset::{Commit, Repository};
use meshlaw_report::Finding;

use super::judgement::{Circumstances, judge};
use super::range::Range;
use crate::failure::Failure;
use crate::governance::Readers;
use crate::law::Law;

/// What came of one step of a branch.
pub struct Stepped {
    /// What is told of it.
    pub findings: Vec<Finding>,
    /// It touches contracts, or what is around them.
    pub is_about_contracts: bool,
}

/// Judges a step of a branch by a law, as it would have been judged on the day.
pub fn step(
    repository: &Repository,
    parent: Commit,
    commit: Commit,
    law: &Law,
    as_of: Date,
) -> Result<Stepped, Failure> {
    let range = Range::step(repository, parent, commit);
    let readers = Readers::open(&range.tip, &range.base, &range.head)?;
    let circumstances = Circumstances {
        as_of,
        agreed: BTreeSet::new(),
        loosens: false,
        plain: false,
        offers: None,
        is_last: false,
    };
    let judged = judge(&range, &readers, law, circumstances, None, &mut Vec::new())?;
    Ok(Stepped {
        findings: judged.told.findings,
        is_about_contracts: judged.is_about_contracts,
    })
}
