//! A field and the quality rules that speak of it in, what values it allows out.
//!
//! `required: true` and a `no_nulls` rule are one promise in two places, and so are bounds and a
//! `range`, `enum` and `values`, `pattern` and a `pattern` rule. They are compared as one.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use meshlaw_contract::Value;
use meshlaw_contract::model::{Bound, Check, Field, QualityRule, Scalar, Type};

use crate::edit::{Aspect, Motion};
use crate::folding::{Doubt, Rules};
use crate::language;
use crate::limit::Limit;
use crate::phrase::value;
use crate::recorder::{Recorder, Spot, Text, text};

/// How many pairs of patterns are compared for one contract; each may take milliseconds.
const MOST_PATTERNS: usize = 100;

/// Every statement on the values of one field, in an order that the document does not decide.
#[derive(Debug, Default)]
struct Statements<'c> {
    required: Vec<&'static str>,
    min: Vec<(Source, Limit<'c>)>,
    max: Vec<(Source, Limit<'c>)>,
    allowed: Vec<(Source, BTreeSet<&'c Value>)>,
    patterns: Vec<(Source, &'c str)>,
}

/// Who makes a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Field,
    Rule,
}

/// The strictest of several bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Strictest<'s, 'c> {
    Unbounded,
    Bound(&'s Limit<'c>),
    /// Bounds that cannot be compared.
    Several,
}

impl<'c> Statements<'c> {
    fn of(field: &'c Field, rules: &[&'c QualityRule]) -> Self {
        let mut all = Statements::default();
        if field.required {
            all.required.push("required");
        }
        let (min, max) = (
            field.min.as_deref().into_iter(),
            field.max.as_deref().into_iter(),
        );
        let (above, below) = (
            field.above.as_deref().into_iter(),
            field.below.as_deref().into_iter(),
        );
        let least = min.map(Limit::at).chain(above.map(Limit::above));
        let greatest = max.map(Limit::at).chain(below.map(Limit::below));
        all.min.extend(least.map(|limit| (Source::Field, limit)));
        all.max.extend(greatest.map(|limit| (Source::Field, limit)));
        let lists = field.allowed.iter().map(|list| list.iter().collect());
        all.allowed.extend(lists.map(|list| (Source::Field, list)));
        let patterns = field.pattern.iter().map(String::as_str);
        all.patterns
            .extend(patterns.map(|pattern| (Source::Field, pattern)));
        for rule in rules {
            all.add(&rule.check);
        }
        if matches!(field.ty, Type::Scalar(Scalar::Integer | Scalar::Long)) {
            all.min.iter_mut().for_each(|(_, limit)| limit.round(1));
            all.max.iter_mut().for_each(|(_, limit)| limit.round(-1));
        }
        all.allowed.sort();
        all.patterns.sort_unstable();
        all
    }

    fn add(&mut self, check: &'c Check) {
        match check {
            Check::NoNulls(_) => self.required.push("no_nulls"),
            Check::Range { min, max, .. } => {
                self.min
                    .extend(min.iter().map(|bound| (Source::Rule, Limit::at(bound))));
                self.max
                    .extend(max.iter().map(|bound| (Source::Rule, Limit::at(bound))));
            }
            Check::Values { allowed, .. } => {
                self.allowed.push((Source::Rule, allowed.iter().collect()));
            }
            Check::Pattern { pattern, .. } => self.patterns.push((Source::Rule, pattern)),
            _ => {}
        }
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

impl<'s, 'c> Strictest<'s, 'c> {
    fn of(bounds: &'s [(Source, Limit<'c>)], stricter: Ordering) -> Self {
        let mut strictest = Strictest::Unbounded;
        for (_, bound) in bounds {
            strictest = match strictest {
                Strictest::Unbounded => Strictest::Bound(bound),
                Strictest::Bound(best) => match bound.partial_cmp(best) {
                    Some(order) if order == stricter => Strictest::Bound(bound),
                    Some(_) => strictest,
                    None => Strictest::Several,
                },
                Strictest::Several => Strictest::Several,
            };
        }
        strictest
    }

    fn motion(self, after: Self, stricter: Ordering) -> Option<Motion> {
        match (self.bound(), after.bound()) {
            (Ok(before), Ok(after)) => limit_motion(before, after, stricter),
            _ => None,
        }
    }

    /// Returns the bound, where there is at most one.
    fn bound(self) -> Result<Option<&'s Limit<'c>>, ()> {
        match self {
            Strictest::Unbounded => Ok(None),
            Strictest::Bound(bound) => Ok(Some(bound)),
            Strictest::Several => Err(()),
        }
    }
}

impl Recorder<'_> {
    /// Compares what values a field allows, by its own words and by the rules that fold.
    pub(crate) fn constraints(
        &mut self,
        at: &impl Spot,
        before: &Field,
        after: &Field,
        rules: &Rules<'_>,
    ) {
        let old = Statements::of(before, rules.before.on(&before.name));
        let new = Statements::of(after, rules.after.on(&after.name));
        let doubt = |word| Doubt::of(rules, word, (&before.name, &after.name));
        self.required(at, &old, &new, doubt("no_nulls"));
        self.bounds(at, &old, &new, doubt("range"));
        self.allowed(&at.word("enum"), &old, &new, doubt("values"));
        self.patterns(&at.word("pattern"), &old, &new, doubt("pattern"));
    }

    /// Notes an edit that happened for sure.
    fn sure(
        &mut self,
        doubt: Doubt,
        (aspect, motion): (Aspect, Motion),
        at: &impl Spot,
        texts: [Text; 2],
    ) {
        if doubt.leaves(aspect, motion) {
            let [before, after] = texts;
            self.edit(aspect, motion, at, before, after);
        }
    }

    fn required(
        &mut self,
        at: &impl Spot,
        old: &Statements<'_>,
        new: &Statements<'_>,
        doubt: Doubt,
    ) {
        let motion = match (old.required.is_empty(), new.required.is_empty()) {
            (false, true) => Motion::Loosened,
            (true, false) => Motion::Tightened,
            _ if old.required != new.required => Motion::Restated,
            _ => return,
        };
        let shown = |says: &[&str]| match says {
            [] => Some("optional".to_owned()),
            says => Some(says.join(" and ")),
        };
        let texts = [shown(&old.required), shown(&new.required)];
        self.sure(
            doubt,
            (Aspect::Required, motion),
            &at.word("required"),
            texts,
        );
    }

    fn bounds(&mut self, at: &impl Spot, old: &Statements<'_>, new: &Statements<'_>, doubt: Doubt) {
        let (greater, less) = (Ordering::Greater, Ordering::Less);
        for (aspect, word, old, new, stricter) in [
            (Aspect::Minimum, "min", &old.min, &new.min, greater),
            (Aspect::Maximum, "max", &old.max, &new.max, less),
        ] {
            let before = Strictest::of(old, stricter);
            let after = Strictest::of(new, stricter);
            let has_several = [before, after].contains(&Strictest::Several);
            let motion = match before.motion(after, stricter) {
                Some(motion) => motion,
                None if are_same(old, new) => continue,
                None if has_several => Motion::Unclear,
                None => Motion::Restated,
            };
            let shown =
                |bounds: &[(Source, Limit<'_>)], strictest: Strictest<'_, '_>| match strictest
                    .bound()
                {
                    Ok(bound) => text(bound),
                    Err(()) => {
                        let all: Vec<_> =
                            bounds.iter().map(|(_, bound)| bound.to_string()).collect();
                        Some(all.join(" and "))
                    }
                };
            let texts = [shown(old, before), shown(new, after)];
            self.sure(doubt, (aspect, motion), &at.word(word), texts);
        }
    }

    fn allowed(
        &mut self,
        at: &impl Spot,
        old: &Statements<'_>,
        new: &Statements<'_>,
        doubt: Doubt,
    ) {
        let list = |values: &BTreeSet<&Value>| {
            let shown: Vec<_> = values.iter().map(|one| value(one)).collect();
            Some(shown.join(", "))
        };
        match (old.allowed_values(), new.allowed_values()) {
            (None, None) => {}
            (None, Some(values)) => {
                self.sure(
                    doubt,
                    (Aspect::Enum, Motion::Added),
                    at,
                    [None, list(&values)],
                );
            }
            (Some(values), None) => {
                self.sure(
                    doubt,
                    (Aspect::Enum, Motion::Removed),
                    at,
                    [list(&values), None],
                );
            }
            (Some(before), Some(after)) if before == after => {
                if old.allowed != new.allowed {
                    let texts = [list(&before), list(&after)];
                    self.sure(doubt, (Aspect::Enum, Motion::Restated), at, texts);
                }
            }
            (Some(before), Some(after)) => {
                for gone in before.difference(&after) {
                    let at = at.name(&gone.to_string());
                    let texts = [Some(value(gone)), None];
                    self.sure(doubt, (Aspect::EnumValue, Motion::Removed), &at, texts);
                }
                for new in after.difference(&before) {
                    let at = at.name(&new.to_string());
                    let texts = [None, Some(value(new))];
                    self.sure(doubt, (Aspect::EnumValue, Motion::Added), &at, texts);
                }
            }
        }
    }

    /// Compares a pattern with another; several at once are not known, and no more than are worth
    /// the time.
    fn pattern_motion(&mut self, before: &BTreeSet<&str>, after: &BTreeSet<&str>) -> Motion {
        let (Some(old), Some(new), 1, 1) =
            (before.first(), after.first(), before.len(), after.len())
        else {
            return Motion::Unclear;
        };
        let key = ((*old).to_owned(), (*new).to_owned());
        if let Some(known) = self.patterns.get(&key) {
            return *known;
        }
        if self.patterns.len() >= MOST_PATTERNS {
            return Motion::Unclear;
        }
        let motion = pattern_motion(old, new);
        self.patterns.insert(key, motion);
        motion
    }

    /// One pattern in place of another is compared by the texts that they match.
    fn patterns(
        &mut self,
        at: &impl Spot,
        old: &Statements<'_>,
        new: &Statements<'_>,
        doubt: Doubt,
    ) {
        let (before, after) = (old.pattern_set(), new.pattern_set());
        let motion = match (before.is_subset(&after), after.is_subset(&before)) {
            (true, true) if old.patterns == new.patterns => return,
            (true, true) => Motion::Restated,
            (true, false) => Motion::Added,
            (false, true) => Motion::Removed,
            (false, false) => self.pattern_motion(&before, &after),
        };
        let shown = |set: &BTreeSet<&str>| {
            let text = set.iter().copied().collect::<Vec<_>>().join(" and ");
            Some(text).filter(|text| !text.is_empty())
        };
        let texts = [shown(&before), shown(&after)];
        self.sure(doubt, (Aspect::Pattern, motion), at, texts);
    }
}

fn pattern_motion(old: &str, new: &str) -> Motion {
    match language::compare(old, new) {
        None => Motion::Unclear,
        Some(languages) => match (languages.only_first, languages.only_second) {
            (None, None) => Motion::Restated,
            (None, Some(_)) => Motion::Loosened,
            (Some(_), None) => Motion::Tightened,
            (Some(_), Some(_)) => Motion::Changed,
        },
    }
}

/// Tells whether two lists hold the same statements, in whatever order.
fn are_same(old: &[(Source, Limit<'_>)], new: &[(Source, Limit<'_>)]) -> bool {
    let count = |list: &[(Source, Limit<'_>)], one: &(Source, Limit<'_>)| {
        list.iter().filter(|other| *other == one).count()
    };
    old.len() == new.len() && old.iter().all(|one| count(old, one) == count(new, one))
}

/// Returns how a bound moves; `stricter` is the way in which it allows less.
pub(crate) fn bound_motion(
    before: Option<&Bound>,
    after: Option<&Bound>,
    stricter: Ordering,
) -> Option<Motion> {
    let limits = [before, after].map(|bound| bound.map(Limit::at));
    let [before, after] = &limits;
    limit_motion(before.as_ref(), after.as_ref(), stricter)
}

fn limit_motion(
    before: Option<&Limit<'_>>,
    after: Option<&Limit<'_>>,
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
