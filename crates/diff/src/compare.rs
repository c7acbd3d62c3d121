//! Two contracts in, changes out: the way from top to bottom.

use std::collections::BTreeMap;

use jiff::civil::Date;
use meshlaw_contract::model::Contract;

use crate::edit::{Aspect, Edit, Motion, Place};
use crate::moves::Adrift;
use crate::physical::Dialect;
use crate::recorder::{At, Recorder};
use crate::{Alignment, Rule, RuleError, catalogue};

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
    let (edits, alignment) = match (before, after) {
        (Some(base), Some(head)) => compare_both(base, head, as_of),
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
    let catalogue = catalogue()?;
    let mut changes = Vec::with_capacity(edits.len());
    for edit in edits {
        // The catalogue is checked to be whole when it is read.
        if let Some(rule) = catalogue.rule(edit.aspect, edit.motion) {
            changes.push(Change { edit, rule });
        }
    }
    Ok(Comparison { changes, alignment })
}

fn compare_both(base: &Contract, head: &Contract, as_of: Date) -> (Vec<Edit>, Alignment) {
    let mut recorder = Recorder {
        base,
        head,
        as_of,
        dialects: [base, head].map(Dialect::of),
        alignment: Alignment::default(),
        edits: Vec::new(),
        patterns: BTreeMap::new(),
        adrift: Adrift::default(),
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
