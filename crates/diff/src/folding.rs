//! The quality rules of two revisions of a dataset in, who is whose partner and which only say
//! what a field could say out.

use std::borrow::Cow;
use std::collections::BTreeMap;

use meshlaw_contract::model::{Check, Contract, Dataset, QualityRule};
use meshlaw_contract::{Key, Pointer};

use crate::edit::{Aspect, Motion};
use crate::expectation::{is_known, measured};
use crate::naming::Names;

/// The quality rules of two revisions, paired.
#[derive(Debug, Default)]
pub(crate) struct Rules<'c> {
    pub(crate) pairs: Vec<RulePair<'c>>,
    pub(crate) gone: Vec<&'c QualityRule>,
    pub(crate) new: Vec<&'c QualityRule>,
    pub(crate) before: Folding<'c>,
    pub(crate) after: Folding<'c>,
}

/// The same quality rule in both revisions.
#[derive(Debug)]
pub(crate) struct RulePair<'c> {
    pub(crate) before: &'c QualityRule,
    /// The old rule with its fields under their new names.
    pub(crate) renamed: Cow<'c, QualityRule>,
    pub(crate) after: &'c QualityRule,
}

impl RulePair<'_> {
    /// Tells whether both only say what fields could say.
    ///
    /// A rule that is absolute in one revision only stands for itself in both, so that the edit
    /// is told once, as one of its weight.
    pub(crate) fn folds(&self) -> bool {
        folds(self.before) && folds(self.after)
    }
}

/// A revision of a dataset.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Revision<'c> {
    pub(crate) contract: &'c Contract,
    pub(crate) dataset: &'c Dataset,
}

impl<'c> Rules<'c> {
    /// Pairs the rules of two revisions; `names` are the new names of fields.
    pub(crate) fn of(base: Revision<'c>, head: Revision<'c>, names: &Names<'_>) -> Self {
        let mut rules = pair(&base.dataset.quality, &head.dataset.quality, names);
        let mut before: Vec<_> = rules
            .gone
            .iter()
            .copied()
            .filter(|rule| folds(rule))
            .collect();
        let mut after: Vec<_> = rules
            .new
            .iter()
            .copied()
            .filter(|rule| folds(rule))
            .collect();
        for pair in rules.pairs.iter().filter(|pair| pair.folds()) {
            before.push(pair.before);
            after.push(pair.after);
        }
        rules.before = Folding::of(base, before);
        rules.after = Folding::of(head, after);
        rules
    }
}

/// A way to tell partners: a text that both have, and what must hold besides.
type Step = (
    fn(&QualityRule) -> String,
    fn(&QualityRule, &QualityRule) -> bool,
);

/// Pairs rules by identity, then by what they check, then as rewritten texts.
fn pair<'c>(before: &'c [QualityRule], after: &'c [QualityRule], names: &Names<'_>) -> Rules<'c> {
    let mut left: Vec<_> = before
        .iter()
        .map(|rule| (rule, names.renamed(rule)))
        .collect();
    // The order of rules says nothing, so it decides nothing.
    left.sort_by_cached_key(|(_, renamed)| renamed.identity());
    let mut new: Vec<&QualityRule> = after.iter().collect();
    let mut pairs = Vec::new();
    let steps: [Step; 4] = [
        (QualityRule::identity, |_, _| true),
        // A rule that was given a name, or another one, is told by what it checks.
        (subject, |old, new| old.check == new.check),
        (subject, |_, _| true),
        // A rule without a name is its text; when that changes, its like takes its place.
        (
            |rule| format!("{}: {}", rule.on.join("."), rule.check.word()),
            is_rewritten,
        ),
    ];
    for (text, fits) in steps {
        let mut by_text: BTreeMap<String, Vec<&QualityRule>> = BTreeMap::new();
        for rule in new.drain(..) {
            by_text.entry(text(rule)).or_default().push(rule);
        }
        left.retain(|(rule, renamed)| {
            let candidates = by_text.get_mut(&text(renamed));
            let found = candidates.and_then(|some| {
                let at = some.iter().position(|new| fits(renamed, new))?;
                Some(some.remove(at))
            });
            let Some(after) = found else { return true };
            pairs.push(RulePair {
                before: rule,
                renamed: renamed.clone(),
                after,
            });
            false
        });
        new = by_text.into_values().flatten().collect();
    }
    Rules {
        pairs,
        gone: left.into_iter().map(|(rule, _)| rule).collect(),
        new,
        ..Rules::default()
    }
}

/// Names what a rule checks, whatever its own name.
fn subject(rule: &QualityRule) -> String {
    // A rule without nulls names fields of its own, unless a field states it.
    let is_measured = !rule.on.is_empty() || !matches!(rule.check, Check::NoNulls(_));
    let measured = Some(&rule.check).filter(|_| is_measured).and_then(measured);
    let nameless = QualityRule {
        name: None,
        check: measured.unwrap_or_else(|| rule.check.clone()),
        ..rule.clone()
    };
    nameless.identity()
}

fn is_rewritten(old: &QualityRule, new: &QualityRule) -> bool {
    let is_free = is_text(&old.check) || matches!(old.check, Check::Metric { .. });
    old.name.is_none() && new.name.is_none() && is_free
}

/// Tells whether a check is a text that is not understood.
pub(crate) fn is_text(check: &Check) -> bool {
    match check {
        Check::Sql { .. } | Check::Text(_) | Check::Custom { .. } => true,
        Check::Metric { metric, .. } => !is_known(metric),
        _ => false,
    }
}

/// Tells whether a rule only says what a field could say.
pub(crate) fn folds(rule: &QualityRule) -> bool {
    let could_be_a_field_s = matches!(
        rule.check,
        Check::NoNulls(_)
            | Check::Unique(_)
            | Check::Range { .. }
            | Check::Values { .. }
            | Check::Pattern { .. }
    );
    // What is said inside of a field is not said of the fields beside it.
    could_be_a_field_s && rule.is_absolute() && rule.on.len() <= 1
}

/// The rules of one revision that only say what fields could say.
#[derive(Debug, Default)]
pub(crate) struct Folding<'c> {
    pub(crate) rules: Vec<&'c QualityRule>,
    by_field: BTreeMap<&'c str, Vec<&'c QualityRule>>,
    /// Rules that were not wholly understood, and so may say more than is known.
    doubtful: Vec<&'c QualityRule>,
    /// Some rules were not understood at all.
    has_hidden: bool,
}

impl<'c> Folding<'c> {
    fn of(revision: Revision<'c>, rules: Vec<&'c QualityRule>) -> Self {
        let list = revision.dataset.pointer().word("quality");
        let opaque = &revision.contract.opaque;
        let is_doubtful = |rule: &&QualityRule| {
            let at = list.name(rule.identity());
            opaque
                .iter()
                .any(|hidden| at.contains(hidden) && shakes(&at, hidden))
        };
        let (doubtful, rules): (Vec<_>, Vec<_>) = if opaque.is_empty() {
            (Vec::new(), rules)
        } else {
            rules.into_iter().partition(is_doubtful)
        };
        let mut by_field: BTreeMap<&str, Vec<&QualityRule>> = BTreeMap::new();
        for rule in &rules {
            for field in rule.check.fields() {
                by_field.entry(field).or_default().push(rule);
            }
        }
        Self {
            rules,
            by_field,
            doubtful,
            has_hidden: revision.contract.is_opaque(&list),
        }
    }

    /// Returns the rules that speak of a field.
    pub(crate) fn on(&self, field: &str) -> &[&'c QualityRule] {
        self.by_field.get(field).map_or(&[], Vec::as_slice)
    }

    /// Tells whether a rule forbids nulls in a field.
    pub(crate) fn forbids_nulls(&self, field: &str) -> bool {
        let rules = self.on(field).iter();
        rules
            .into_iter()
            .any(|rule| matches!(rule.check, Check::NoNulls(_)))
    }

    /// Tells whether rules that were not understood may say more.
    fn may_say_more(&self, word: &str, field: &str) -> bool {
        let concerns = |rule: &&QualityRule| {
            let is_list = matches!(rule.check, Check::NoNulls(_) | Check::Unique(_));
            rule.check.word() == word && (is_list || rule.check.fields().contains(&field))
        };
        self.has_hidden || self.doubtful.iter().any(concerns)
    }
}

/// Tells whether what is hidden inside a rule decides over what the rule allows; a name that
/// means nothing and a description do not.
fn shakes(rule: &Pointer, hidden: &Pointer) -> bool {
    let inside = hidden.keys().get(rule.keys().len()..).unwrap_or_default();
    !matches!(inside, [.., Key::Name(_)] | [Key::Word("description"), ..])
}

/// Which revision may allow less than is known, since rules of it were not understood.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Doubt {
    pub(crate) before: bool,
    pub(crate) after: bool,
}

impl Doubt {
    /// Finds the doubt in what rules of a kind say of a field.
    pub(crate) fn of(rules: &Rules<'_>, word: &str, names: (&str, &str)) -> Self {
        Self {
            before: rules.before.may_say_more(word, names.0),
            after: rules.after.may_say_more(word, names.1),
        }
    }

    /// Tells whether an edit happened for sure.
    ///
    /// Where a revision may allow less than is known, it can still be said that the other allows
    /// even less. Doubt in both is taken to be about the same thing: an old fault hides nothing.
    pub(crate) fn leaves(self, aspect: Aspect, motion: Motion) -> bool {
        let (tightens, loosens) = match (aspect, motion) {
            (Aspect::EnumValue, Motion::Added) => (false, true),
            (Aspect::EnumValue, Motion::Removed) => (true, false),
            (_, motion) => (
                matches!(motion, Motion::Added | Motion::Tightened),
                matches!(motion, Motion::Removed | Motion::Loosened),
            ),
        };
        match (self.before, self.after) {
            (true, false) => loosens,
            (false, true) => tightens,
            (true, true) | (false, false) => true,
        }
    }
}
