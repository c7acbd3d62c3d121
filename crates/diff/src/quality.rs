//! Quality rules of two revisions in, the edits of those that stand for themselves out.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use meshlaw_contract::Value;
use meshlaw_contract::measure::Percentage;
use meshlaw_contract::model::{Bound, Check, Expectation, Operator, QualityRule, Severity};

use crate::constraint::bound_motion;
use crate::edit::{Aspect, Motion};
use crate::expectation::{self, measured};
use crate::folding::{RulePair, Rules, folds, is_text};
use crate::phrase;
use crate::recorder::{At, Recorder, Spot};

impl Recorder<'_> {
    pub(crate) fn quality(&mut self, at: &impl Spot, rules: &Rules<'_>) {
        let list = at.word("quality");
        let lone = |rules: &[&'_ QualityRule]| -> Vec<(Aspect, At, Option<String>)> {
            let told = rules.iter().filter(|rule| !folds(rule));
            told.map(|rule| {
                let shown = Some(phrase::check(&rule.check));
                (aspect(&rule.check), list.name(&rule.identity()), shown)
            })
            .collect()
        };
        for (aspect, at, shown) in lone(&rules.gone) {
            self.edit(aspect, Motion::Removed, &at, shown, None);
        }
        for pair in &rules.pairs {
            self.rule(&list, pair);
        }
        for (aspect, at, shown) in lone(&rules.new) {
            self.edit(aspect, Motion::Added, &at, None, shown);
        }
    }

    fn rule(&mut self, list: &impl Spot, pair: &RulePair<'_>) {
        let (before, after) = (pair.before, pair.after);
        let (old, new) = (before.identity(), after.identity());
        let at = list.names(&old, &new);
        if old != new {
            self.alignment.pair(&at.base, &at.head);
        }
        if before.name != after.name {
            self.edit(Aspect::Quality, Motion::Renamed, &at, Some(old), Some(new));
        }
        self.optional(
            Aspect::Description,
            &at.word("description"),
            before.description.as_ref(),
            after.description.as_ref(),
        );
        self.quality_details(&at, &before.details, &after.details);
        if let Some(motion) = weight_motion(before, after) {
            let (old, new) = (phrase::weight(before), phrase::weight(after));
            self.edit(Aspect::QualityWeight, motion, &at, Some(old), Some(new));
        }
        if pair.folds() {
            return;
        }
        if let Some((aspect, motion)) = check_edit(&pair.renamed.check, &after.check) {
            let (old, new) = (phrase::check(&before.check), phrase::check(&after.check));
            self.edit(aspect, motion, &at, Some(old), Some(new));
        }
    }
}

fn aspect(check: &Check) -> Aspect {
    if is_text(check) {
        Aspect::QualityText
    } else {
        Aspect::Quality
    }
}

/// Returns what differs between two checks; `None` means nothing.
///
/// What is expected of a measure or of a query's result has an order, even where nobody can tell
/// what is measured.
fn check_edit(before: &Check, after: &Check) -> Option<(Aspect, Motion)> {
    if before == after {
        return None;
    }
    if is_measure(before) != is_measure(after)
        && let (Some(before), Some(after)) = (as_measure(before, after), as_measure(after, before))
    {
        let motion = check_edit(&before, &after);
        return motion.or(Some((Aspect::Quality, Motion::Restated)));
    }
    let motion = match (before, after) {
        (
            Check::Sql {
                query,
                engine,
                expectation: Some(old),
            },
            Check::Sql {
                query: new_query,
                engine: new_engine,
                expectation: Some(new),
            },
        ) if (query, engine) == (new_query, new_engine) => expectation::motion(old, new, "")?,
        (
            Check::Metric {
                metric,
                arguments,
                expectation: old,
            },
            Check::Metric {
                metric: new_metric,
                arguments: new_arguments,
                expectation: new,
            },
        ) if metric == new_metric => match (old, new) {
            _ if arguments != new_arguments => Motion::Unclear,
            (None, None) => return None,
            (None, Some(_)) => Motion::Tightened,
            (Some(_), None) => Motion::Loosened,
            (Some(old), Some(new)) => expectation::motion(old, new, metric)?,
        },
        _ if is_text(before) || is_text(after) => {
            return Some((Aspect::QualityText, Motion::Changed));
        }
        _ => check_motion(before, after)?,
    };
    Some((Aspect::Quality, motion))
}

fn is_measure(check: &Check) -> bool {
    matches!(check, Check::Metric { .. })
}

/// Says a check as the measure that another is; what never repeats has no duplicates.
fn as_measure(check: &Check, other: &Check) -> Option<Check> {
    match (check, other) {
        (Check::Metric { .. }, _) => Some(check.clone()),
        (
            Check::Unique(fields),
            Check::Metric {
                metric, arguments, ..
            },
        ) if metric == "duplicateValues" && names_same(arguments, fields) => Some(Check::Metric {
            metric: metric.clone(),
            arguments: arguments.clone(),
            expectation: Some(Expectation {
                operator: Operator::Be,
                operands: vec![Value::Number(0.into())],
                unit: None,
            }),
        }),
        _ => measured(check),
    }
}

/// Tells whether a measure is told the same fields, or none, so that its place says which.
fn names_same(arguments: &BTreeMap<String, Value>, fields: &[String]) -> bool {
    match arguments.get("properties") {
        Some(Value::List(names)) => {
            let names: BTreeSet<String> = names.iter().map(ToString::to_string).collect();
            names == fields.iter().cloned().collect()
        }
        Some(_) => false,
        None => arguments.is_empty(),
    }
}

/// Returns how the set of allowed data moves from one check to another; `None` means not at all.
fn check_motion(before: &Check, after: &Check) -> Option<Motion> {
    if before == after {
        return None;
    }
    match (before, after) {
        (Check::NoNulls(old), Check::NoNulls(new)) => {
            set_motion(old, new, Motion::Tightened, Motion::Loosened)
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
        ) if field == new_field => set_motion(old, new, Motion::Loosened, Motion::Tightened),
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

/// Returns `more` where a set grows, and `less` where it shrinks.
fn set_motion<T: Ord>(old: &[T], new: &[T], more: Motion, less: Motion) -> Option<Motion> {
    let (old, new): (BTreeSet<&T>, BTreeSet<&T>) = (old.iter().collect(), new.iter().collect());
    match (old.is_subset(&new), new.is_subset(&old)) {
        (true, true) => None,
        (true, false) => Some(more),
        (false, true) => Some(less),
        (false, false) => Some(Motion::Changed),
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
