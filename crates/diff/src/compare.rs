//! Two contracts in, changes out: the way from top to bottom.

use std::collections::BTreeMap;

use jiff::civil::Date;
use meshlaw_contract::model::Contract;

use crate::catalogue::rule_of;
use crate::edit::{Aspect, Edit, Motion, Place};
use crate::moves::Adrift;
use crate::physical::Dialect;
use crate::recorder::{At, Recorder};
use crate::{Alignment, Rule, RuleError};

/// An edit, with the rule that speaks of it.
#[derive(Debug, Clone)]
pub struct Change {
    /// What happened.
    pub edit: Edit,
    /// How it is felt.
    pub rule: &'static Rule,
}

/// What two contracts differ in.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// The changes, in the order of the new contract; fields that moved, went or came are last.
    pub changes: Vec<Change>,
    /// Which parts are the same thing under different names.
    pub alignment: Alignment,
}

/// Compares two revisions of a contract; at least one should be there.
///
/// `as_of` decides whether something that is gone had passed its sunset. Parts that either
/// revision was not understood in are not compared.
///
/// # Errors
///
/// Fails only where the built-in catalogue is broken.
pub fn compare(
    before: Option<&Contract>,
    after: Option<&Contract>,
    as_of: Date,
) -> Result<Comparison, &'static RuleError> {
    compared([before, after], as_of, false)
}

/// Compares as [`compare`] does, but also goes through fields that state the same: slower, and the
/// same comes out.
///
/// # Errors
///
/// As [`compare`].
pub fn compare_plainly(
    before: Option<&Contract>,
    after: Option<&Contract>,
    as_of: Date,
) -> Result<Comparison, &'static RuleError> {
    compared([before, after], as_of, true)
}

fn compared(
    [before, after]: [Option<&Contract>; 2],
    as_of: Date,
    is_plain: bool,
) -> Result<Comparison, &'static RuleError> {
    let (edits, alignment) = match (before, after) {
        (Some(base), Some(head)) => compare_both([base, head], as_of, is_plain),
        (None, Some(head)) => (vec![whole(head, Motion::Added)], Alignment::default()),
        (Some(base), None) => {
            let over = crate::field::has_passed(base.deprecated.as_ref(), as_of);
            let motion = if over {
                Motion::Retired
            } else {
                Motion::Removed
            };
            (vec![whole(base, motion)], Alignment::default())
        }
        (None, None) => (Vec::new(), Alignment::default()),
    };
    let change = |edit: Edit| {
        let rule = rule_of(edit.aspect, edit.motion)?;
        Ok(Change { edit, rule })
    };
    let changes: Result<Vec<Change>, &RuleError> = edits.into_iter().map(change).collect();
    Ok(Comparison {
        changes: changes?,
        alignment,
    })
}

fn compare_both(
    [base, head]: [&Contract; 2],
    as_of: Date,
    is_plain: bool,
) -> (Vec<Edit>, Alignment) {
    let mut recorder = Recorder {
        base,
        head,
        as_of,
        dialects: [base, head].map(Dialect::of),
        alignment: Alignment::default(),
        edits: Vec::new(),
        patterns: BTreeMap::new(),
        adrift: Adrift::default(),
        is_plain,
    };
    recorder.contract(&At::root());
    recorder.service(&At::root());
    recorder.datasets();
    recorder.moves();
    (recorder.edits, recorder.alignment)
}

fn whole(contract: &Contract, motion: Motion) -> Edit {
    let pointer = meshlaw_contract::Pointer::root();
    let name = contract.name.clone();
    let (place, before, after) = match motion {
        Motion::Added => (Place::Head(pointer), None, name),
        _ => (Place::Base(pointer), name, None),
    };
    Edit {
        aspect: Aspect::Contract,
        motion,
        place,
        before,
        after,
    }
}
