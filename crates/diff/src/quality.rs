//! Quality rules that stand for themselves.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use meshlaw_contract::measure::Percentage;
use meshlaw_contract::model::{Bound, Check, Dataset, QualityRule, Severity};

use crate::constraint::{bound_motion, folds};
use crate::edit::{Aspect, Motion};
use crate::recorder::{At, Recorder};

impl Recorder<'_> {
    pub(crate) fn quality(&mut self, at: &At, before: &Dataset, after: &Dataset) {
        let list = at.word("quality");
        let mut new: Vec<&QualityRule> = after.quality.iter().collect();
        let mut gone = Vec::new();
        for old in &before.quality {
            let identity = old.identity();
            match new.iter().position(|rule| rule.identity() == identity) {
                Some(index) => {
                    let rule = new.remove(index);
                    self.rule(&list.name(&identity), old, rule, folds(old, &after.quality));
                }
                None => gone.push(old),
            }
        }
        for old in gone {
            // A rule without a name is its text; when that changes, its like takes its place.
            let partner = new.iter().position(|rule| is_rewritten(old, rule));
            if let Some(index) = partner {
                let rule = new.remove(index);
                let at = list.names(&old.identity(), &rule.identity());
                self.rule(&at, old, rule, false);
            } else if !folds(old, &after.quality) {
                let at = list.name(&old.identity());
                self.edit(
                    aspect(&old.check),
                    Motion::Removed,
                    &at,
                    Some(shown(&old.check)),
                    None,
                );
            }
        }
        for rule in new {
            if !folds(rule, &before.quality) {
                let at = list.name(&rule.identity());
                self.edit(
                    aspect(&rule.check),
                    Motion::Added,
                    &at,
                    None,
                    Some(shown(&rule.check)),
                );
            }
        }
    }

    fn rule(&mut self, at: &At, before: &QualityRule, after: &QualityRule, folds: bool) {
        self.optional(
            Aspect::Description,
            &at.word("description"),
            before.description.as_ref(),
            after.description.as_ref(),
        );
        if let Some(motion) = weight_motion(before, after) {
            let texts = (Some(weight(before)), Some(weight(after)));
            self.edit(Aspect::QualityWeight, motion, at, texts.0, texts.1);
        }
        if folds {
            return;
        }
        if let Some(motion) = check_motion(&before.check, &after.check) {
            let texts = (Some(shown(&before.check)), Some(shown(&after.check)));
            let aspect = match aspect(&before.check) {
                Aspect::QualityText => Aspect::QualityText,
                _ => aspect(&after.check),
            };
            let motion = if aspect == Aspect::QualityText {
                Motion::Changed
            } else {
                motion
            };
            self.edit(aspect, motion, at, texts.0, texts.1);
        }
    }
}

fn aspect(check: &Check) -> Aspect {
    match check {
        Check::Sql { .. } | Check::Text(_) | Check::Custom { .. } => Aspect::QualityText,
        _ => Aspect::Quality,
    }
}

fn is_rewritten(old: &QualityRule, new: &QualityRule) -> bool {
    old.name.is_none()
        && new.name.is_none()
        && old.check.word() == new.check.word()
        && aspect(&old.check) == Aspect::QualityText
}

/// Returns how the set of allowed data moves from one check to another; `None` means not at all.
fn check_motion(before: &Check, after: &Check) -> Option<Motion> {
    if before == after {
        return None;
    }
    let subset = |old: &BTreeSet<String>, new: &BTreeSet<String>, more: Motion, less: Motion| match (
        old.is_subset(new),
        new.is_subset(old),
    ) {
        (true, true) => None,
        (true, false) => Some(more),
        (false, true) => Some(less),
        (false, false) => Some(Motion::Changed),
    };
    match (before, after) {
        (Check::NoNulls(old), Check::NoNulls(new)) => {
            let set = |names: &[String]| names.iter().cloned().collect();
            subset(&set(old), &set(new), Motion::Tightened, Motion::Loosened)
        }
        (
            Check::Values {
                field,
                allowed: old,
            },
            Check::Values {
                field: new_field,
                allowed: new,
            },
        ) if field == new_field => {
            let set = |values: &[meshlaw_contract::Value]| {
                values.iter().map(ToString::to_string).collect()
            };
            subset(&set(old), &set(new), Motion::Loosened, Motion::Tightened)
        }
        (
            Check::Range { field, min, max },
            Check::Range {
                field: new_field,
                min: new_min,
                max: new_max,
            },
        ) if field == new_field => together(
            bound_motion(min.as_ref(), new_min.as_ref(), Ordering::Greater),
            bound_motion(max.as_ref(), new_max.as_ref(), Ordering::Less),
        ),
        (
            Check::RowCount { min, max },
            Check::RowCount {
                min: new_min,
                max: new_max,
            },
        ) => {
            let bound = |count: &Option<u64>| {
                let count = i64::try_from((*count)?).unwrap_or(i64::MAX);
                Some(Bound::Number(count.into()))
            };
            together(
                bound_motion(
                    bound(min).as_ref(),
                    bound(new_min).as_ref(),
                    Ordering::Greater,
                ),
                bound_motion(bound(max).as_ref(), bound(new_max).as_ref(), Ordering::Less),
            )
        }
        _ => Some(Motion::Changed),
    }
}

/// Joins the motions of two bounds.
fn together(min: Option<Motion>, max: Option<Motion>) -> Option<Motion> {
    match (min, max) {
        (None, motion) | (motion, None) => match motion {
            Some(Motion::Unclear) => Some(Motion::Changed),
            motion => motion,
        },
        (Some(min), Some(max)) if min == max && min != Motion::Unclear => Some(min),
        _ => Some(Motion::Changed),
    }
}

fn weight_motion(before: &QualityRule, after: &QualityRule) -> Option<Motion> {
    let severity = |rule: &QualityRule| rule.severity.unwrap_or(Severity::Error);
    let threshold = |rule: &QualityRule| rule.threshold.unwrap_or(Percentage::FULL);
    let orders = [
        severity(after).cmp(&severity(before)),
        threshold(after).cmp(&threshold(before)),
    ];
    match (
        orders.contains(&Ordering::Greater),
        orders.contains(&Ordering::Less),
    ) {
        (false, false) => None,
        (true, false) => Some(Motion::Raised),
        (false, true) => Some(Motion::Lowered),
        (true, true) => Some(Motion::Unclear),
    }
}

/// Says what a failure is, and from how many rows on.
fn weight(rule: &QualityRule) -> String {
    let severity = rule.severity.unwrap_or(Severity::Error);
    match rule.threshold {
        None => format!("{severity} unless every row holds it"),
        Some(share) => format!("{severity} unless {share} of rows hold it"),
    }
}

fn shown(check: &Check) -> String {
    let bounds = |min: Option<String>, max: Option<String>| match (min, max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("from {min}"),
        (None, Some(max)) => format!("up to {max}"),
        (None, None) => "anything".to_owned(),
    };
    let text = |bound: &Option<Bound>| bound.as_ref().map(ToString::to_string);
    match check {
        Check::NoNulls(fields) => format!("no nulls in {}", fields.join(", ")),
        Check::Unique(fields) => format!("unique {}", fields.join(", ")),
        Check::Range { field, min, max } => format!("{field}: {}", bounds(text(min), text(max))),
        Check::Values { field, allowed } => {
            let values: Vec<_> = allowed.iter().map(ToString::to_string).collect();
            format!("{field}: one of {}", values.join(", "))
        }
        Check::Pattern { field, pattern } => format!("{field}: {pattern}"),
        Check::RowCount { min, max } => match (min, max) {
            (Some(min), Some(max)) => format!("{min} to {max} rows"),
            (Some(min), None) => format!("at least {min} rows"),
            (None, Some(max)) => format!("at most {max} rows"),
            (None, None) => "any number of rows".to_owned(),
        },
        Check::Sql { query, engine } => match engine {
            Some(engine) => format!("{engine}: {query}"),
            None => query.clone(),
        },
        Check::Text(text) => text.clone(),
        Check::Custom {
            engine,
            implementation,
        } => format!("{engine}: {implementation}"),
    }
}
