//! A field and the quality rules that speak of it in, what values it allows out.
//!
//! `required: true` and a `no_nulls` rule are one promise in two places, and so are bounds and a
//! `range`, `enum` and `values`, `pattern` and a `pattern` rule. They are compared as one.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use meshlaw_contract::Value;
use meshlaw_contract::model::{Bound, Check, Dataset, Field, QualityRule};

use crate::edit::{Aspect, Motion};
use crate::recorder::{At, Recorder, text};

/// Quality rules of both revisions that only say what a field could say.
#[derive(Debug, Default)]
pub(crate) struct Folding<'c> {
    pub(crate) before: Vec<&'c QualityRule>,
    pub(crate) after: Vec<&'c QualityRule>,
}

impl<'c> Folding<'c> {
    /// Finds the rules that fold.
    ///
    /// A rule that is absolute in one revision only stands for itself in both, so that the edit
    /// is told once, as one of its weight.
    pub(crate) fn of(before: &'c Dataset, after: &'c Dataset) -> Self {
        Self {
            before: before
                .quality
                .iter()
                .filter(|rule| folds(rule, &after.quality))
                .collect(),
            after: after
                .quality
                .iter()
                .filter(|rule| folds(rule, &before.quality))
                .collect(),
        }
    }
}

pub(crate) fn folds(rule: &QualityRule, others: &[QualityRule]) -> bool {
    let foldable = matches!(
        rule.check,
        Check::NoNulls(_)
            | Check::Unique(_)
            | Check::Range { .. }
            | Check::Values { .. }
            | Check::Pattern { .. }
    );
    let identity = rule.identity();
    let partner = others.iter().find(|other| other.identity() == identity);
    foldable && rule.is_absolute() && partner.is_none_or(QualityRule::is_absolute)
}

/// Every statement on the values of one field.
#[derive(Debug, Default, PartialEq)]
struct Statements<'c> {
    required: Vec<&'static str>,
    min: Vec<(Source, &'c Bound)>,
    max: Vec<(Source, &'c Bound)>,
    allowed: Vec<(Source, BTreeSet<&'c Value>)>,
    patterns: Vec<(Source, &'c str)>,
}

/// Who makes a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Field,
    Rule,
}

impl<'c> Statements<'c> {
    fn of(field: &'c Field, rules: &[&'c QualityRule]) -> Self {
        let mut all = Statements::default();
        if field.required {
            all.required.push("required");
        }
        all.min
            .extend(field.min.iter().map(|bound| (Source::Field, bound)));
        all.max
            .extend(field.max.iter().map(|bound| (Source::Field, bound)));
        all.allowed.extend(
            field
                .allowed
                .iter()
                .map(|list| (Source::Field, list.iter().collect())),
        );
        all.patterns.extend(
            field
                .pattern
                .as_deref()
                .map(|pattern| (Source::Field, pattern)),
        );
        for rule in rules
            .iter()
            .filter(|rule| rule.check.fields().contains(&field.name.as_str()))
        {
            match &rule.check {
                Check::NoNulls(_) => all.required.push("no_nulls"),
                Check::Range { min, max, .. } => {
                    all.min
                        .extend(min.iter().map(|bound| (Source::Rule, bound)));
                    all.max
                        .extend(max.iter().map(|bound| (Source::Rule, bound)));
                }
                Check::Values { allowed, .. } => {
                    all.allowed.push((Source::Rule, allowed.iter().collect()));
                }
                Check::Pattern { pattern, .. } => all.patterns.push((Source::Rule, pattern)),
                _ => {}
            }
        }
        all
    }

    /// The strictest of several bounds; bounds without an order give the first.
    fn strictest(bounds: &[(Source, &'c Bound)], stricter: Ordering) -> Option<&'c Bound> {
        let mut bounds = bounds.iter().map(|(_, bound)| *bound);
        let first = bounds.next()?;
        Some(bounds.fold(first, |best, one| {
            if one.partial_cmp(best) == Some(stricter) {
                one
            } else {
                best
            }
        }))
    }

    fn allowed_values(&self) -> Option<BTreeSet<&'c Value>> {
        let ((_, first), rest) = self.allowed.split_first()?;
        let all = |value: &&&Value| rest.iter().all(|(_, list)| list.contains(**value));
        Some(first.iter().filter(all).copied().collect())
    }

    fn pattern_set(&self) -> BTreeSet<&'c str> {
        self.patterns.iter().map(|(_, pattern)| *pattern).collect()
    }
}

impl Recorder<'_> {
    /// Compares what values a field allows, by its own words and by the rules that fold.
    pub(crate) fn constraints(
        &mut self,
        at: &At,
        before: &Field,
        after: &Field,
        folding: &Folding<'_>,
    ) {
        let old = Statements::of(before, &folding.before);
        let new = Statements::of(after, &folding.after);
        if old == new {
            return;
        }
        self.required(at, &old, &new);
        let bounds = [
            (
                Aspect::Minimum,
                "min",
                &old.min,
                &new.min,
                Ordering::Greater,
            ),
            (Aspect::Maximum, "max", &old.max, &new.max, Ordering::Less),
        ];
        for (aspect, word, old, new, stricter) in bounds {
            let before = Statements::strictest(old, stricter);
            let after = Statements::strictest(new, stricter);
            let motion = match bound_motion(before, after, stricter) {
                Some(motion) => motion,
                None if old != new => Motion::Restated,
                None => continue,
            };
            self.edit(aspect, motion, &at.word(word), text(before), text(after));
        }
        self.allowed(&at.word("enum"), &old, &new);
        self.patterns(&at.word("pattern"), &old, &new);
    }

    fn required(&mut self, at: &At, old: &Statements<'_>, new: &Statements<'_>) {
        let motion = match (old.required.is_empty(), new.required.is_empty()) {
            (false, true) => Motion::Loosened,
            (true, false) => Motion::Tightened,
            _ if old.required != new.required => Motion::Restated,
            _ => return,
        };
        let shown = |says: &[&str]| {
            let text = if says.is_empty() {
                "optional".to_owned()
            } else {
                says.join(" and ")
            };
            Some(text)
        };
        self.edit(
            Aspect::Required,
            motion,
            &at.word("required"),
            shown(&old.required),
            shown(&new.required),
        );
    }

    fn allowed(&mut self, at: &At, old: &Statements<'_>, new: &Statements<'_>) {
        let list = |values: &BTreeSet<&Value>| {
            Some(
                values
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(", "),
            )
        };
        match (old.allowed_values(), new.allowed_values()) {
            (None, Some(values)) => self.edit(Aspect::Enum, Motion::Added, at, None, list(&values)),
            (Some(values), None) => {
                self.edit(Aspect::Enum, Motion::Removed, at, list(&values), None)
            }
            (Some(before), Some(after)) if before == after => {
                if old.allowed != new.allowed {
                    self.edit(
                        Aspect::Enum,
                        Motion::Restated,
                        at,
                        list(&before),
                        list(&after),
                    );
                }
            }
            (Some(before), Some(after)) => {
                for value in before.difference(&after) {
                    let shown = value.to_string();
                    self.edit(
                        Aspect::EnumValue,
                        Motion::Removed,
                        &at.name(&shown),
                        Some(shown),
                        None,
                    );
                }
                for value in after.difference(&before) {
                    let shown = value.to_string();
                    self.edit(
                        Aspect::EnumValue,
                        Motion::Added,
                        &at.name(&shown),
                        None,
                        Some(shown),
                    );
                }
            }
            (None, None) => {}
        }
    }

    /// Whether two patterns allow the same texts is not asked: other text is another pattern.
    fn patterns(&mut self, at: &At, old: &Statements<'_>, new: &Statements<'_>) {
        let (before, after) = (old.pattern_set(), new.pattern_set());
        let motion = match (before.is_subset(&after), after.is_subset(&before)) {
            (true, true) if old.patterns == new.patterns => return,
            (true, true) => Motion::Restated,
            (true, false) => Motion::Added,
            (false, true) => Motion::Removed,
            (false, false) => Motion::Changed,
        };
        let shown = |set: &BTreeSet<&str>| {
            let text = set.iter().copied().collect::<Vec<_>>().join(" and ");
            Some(text).filter(|text| !text.is_empty())
        };
        self.edit(Aspect::Pattern, motion, at, shown(&before), shown(&after));
    }
}

/// Returns how a bound moves; `stricter` is the way in which it allows less.
pub(crate) fn bound_motion(
    before: Option<&Bound>,
    after: Option<&Bound>,
    stricter: Ordering,
) -> Option<Motion> {
    match (before, after) {
        (None, None) => None,
        (None, Some(_)) => Some(Motion::Tightened),
        (Some(_), None) => Some(Motion::Loosened),
        (Some(old), Some(new)) => match new.partial_cmp(old) {
            Some(Ordering::Equal) => None,
            Some(order) if order == stricter => Some(Motion::Tightened),
            Some(_) => Some(Motion::Loosened),
            None => Some(Motion::Unclear),
        },
    }
}
