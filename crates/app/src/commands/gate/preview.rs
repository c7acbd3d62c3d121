//! A branch that touches the law in, what that would do to every contract out.
//!
//! Only a report: the branch is judged by the law of its target, whatever this says.

use jiff::civil::Date;
use meshlaw_report::{LawImpact, Severity};

use super::range::Range;
use crate::failure::Failure;
use crate::governance::Readers;
use crate::law::PolicySource;
use crate::law_impact::{Asked, Candidate, called, compare, law_at};

/// Judges every contract of the head under the law of the merge base and under the head's.
///
/// A law that does not load is a finding already; nothing can be judged by it.
pub fn impact(
    range: &Range,
    readers: &Readers,
    as_of: Date,
    fail_on: Severity,
    plain: bool,
) -> Result<Option<LawImpact>, Failure> {
    let base_name = called(&range.base_name, &range.fork);
    let old = law_at(&readers.base, &PolicySource::Settings, &base_name);
    let new = law_at(&readers.head, &PolicySource::Settings, &range.head_name);
    let (Ok(mut old), Ok(mut new)) = (old, new) else {
        return Ok(None);
    };
    for law in [&mut old, &mut new] {
        law.settings.limits.shortcuts = !plain;
    }
    let before = Candidate {
        name: base_name,
        law: &old,
        terms: &readers.base,
    };
    let after = Candidate {
        name: range.head_name.clone(),
        law: &new,
        terms: &readers.head,
    };
    let asked = Asked {
        contracts: &range.head,
        name: range.head_name.clone(),
        as_of,
        fail_on,
        plain,
    };
    let impact = compare(&before, &after, &asked)?;
    // What is written beside policies, such as the reason for one, changes nothing.
    Ok((!impact.edits.is_empty() || !impact.is_none()).then_some(impact))
}
