//! Quality rules: a list of them in, the model's rules and problems out.

use std::collections::BTreeSet;

use super::checks;
use crate::lowering::{KeySpec, Keys, Lowering, quoted_list};
use crate::measure::Percentage;
use crate::model::{Check, Details, QualityRule, Severity};
use crate::problem::quoted;
use crate::{NodeRef, ProblemId};

/// A quality rule while it is read.
#[derive(Debug, Default)]
pub struct RuleDraft {
    name: Option<String>,
    description: Option<String>,
    severity: Option<Severity>,
    threshold: Option<Percentage>,
    checks: Vec<(&'static str, Option<Check>)>,
}

/// The keys of a quality rule: exactly one check, and what is said about it.
pub const RULE: Keys<RuleDraft> = Keys::new(
    "quality rule",
    &[
        KeySpec {
            key: "custom",
            expects: "`engine` and `implementation`",
            doc: "A check in an engine's own words.",
            set: |draft, node, low| draft.check("custom", checks::custom(low, node)),
        },
        KeySpec {
            key: "description",
            expects: "a text",
            doc: "What the rule is for.",
            set: |draft, node, low| draft.description = low.text(node),
        },
        KeySpec {
            key: "name",
            expects: "a text",
            doc: "Name of the rule, unique within its dataset.",
            set: |draft, node, low| draft.name = low.text(node),
        },
        KeySpec {
            key: "no_nulls",
            expects: "a list of field names",
            doc: "Fields that hold no null.",
            set: |draft, node, low| {
                draft.check("no_nulls", checks::names(low, node).map(Check::NoNulls));
            },
        },
        KeySpec {
            key: "pattern",
            expects: "`field` and `pattern`",
            doc: "Values of a field match a regular expression.",
            set: |draft, node, low| draft.check("pattern", checks::pattern(low, node)),
        },
        KeySpec {
            key: "range",
            expects: "`field`, `min` and `max`",
            doc: "Values of a field lie between bounds, inclusive; one bound may be left out.",
            set: |draft, node, low| draft.check("range", checks::range(low, node)),
        },
        KeySpec {
            key: "row_count",
            expects: "`min` and `max`",
            doc: "The dataset has so many rows; one bound may be left out.",
            set: |draft, node, low| draft.check("row_count", checks::row_count(low, node)),
        },
        KeySpec {
            key: "severity",
            expects: "`note`, `warning` or `error`",
            doc: "How much a failure matters; left out means `error`.",
            set: |draft, node, low| draft.severity = low.one_of(node),
        },
        KeySpec {
            key: "sql",
            expects: "`query` and `engine`",
            doc: "A query that an engine runs; `engine` may be left out.",
            set: |draft, node, low| draft.check("sql", checks::sql(low, node)),
        },
        KeySpec {
            key: "text",
            expects: "a text",
            doc: "A promise in words for people.",
            set: |draft, node, low| draft.check("text", low.text(node).map(Check::Text)),
        },
        KeySpec {
            key: "threshold",
            expects: "a percentage",
            doc: "Least share of rows that must hold the rule; left out means every row.",
            set: |draft, node, low| draft.threshold = low.percentage(node),
        },
        KeySpec {
            key: "unique",
            expects: "a list of field names",
            doc: "Fields whose values, taken together, never stand twice.",
            set: |draft, node, low| {
                draft.check("unique", checks::names(low, node).map(Check::Unique));
            },
        },
        KeySpec {
            key: "values",
            expects: "`field` and `in`",
            doc: "Values of a field are among those listed.",
            set: |draft, node, low| draft.check("values", checks::values(low, node)),
        },
    ],
);

/// The keys that state a check.
pub const CHECKS: [&str; 9] = [
    "custom",
    "no_nulls",
    "pattern",
    "range",
    "row_count",
    "sql",
    "text",
    "unique",
    "values",
];

/// Reads a list of quality rules.
///
/// A rule that is not understood could be any, so it makes the whole list opaque.
pub(super) fn rules<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Vec<QualityRule> {
    let mut seen = BTreeSet::new();
    low.list(node, |low, item| {
        let mut is_new = true;
        let rule = low.named_afterwards(
            |low| {
                // A rule whose name was not understood could be any.
                let rule = rule(low, item).filter(|_| !low.is_opaque("name"));
                match &rule {
                    Some(rule) => {
                        is_new = seen.insert(rule.identity());
                        refuse_twin(low, item, rule, is_new);
                    }
                    None => low.make_opaque(),
                }
                rule
            },
            |rule| rule.as_ref().map(QualityRule::identity),
        );
        rule.filter(|_| is_new)
    })
}

/// Returns the identity of the rule at a node, for looking up pointers.
pub(super) fn identity(node: NodeRef<'_>) -> Option<String> {
    rule(&mut Lowering::new(), node).map(|rule| rule.identity())
}

fn refuse_twin<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, rule: &QualityRule, is_new: bool) {
    if !is_new {
        let message = format!("the quality rule {} stands twice", quoted(&rule.identity()));
        let help = "join the two, or give one a `name` of its own".to_owned();
        low.bad(ProblemId::DuplicateName, node.span(), message, help);
    }
}

fn rule<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<QualityRule> {
    let mut draft = RuleDraft::default();
    if !low.mapping(node, &RULE, &mut draft) {
        return None;
    }
    let RuleDraft {
        name,
        description,
        severity,
        threshold,
        mut checks,
    } = draft;
    refuse_other_than_one(low, node, &checks);
    let (word, check) = checks.pop()?;
    // A check is compared as a whole, so it is understood as a whole or not at all.
    if low.within(word, |low| low.is_opaque_inside()) {
        low.make_opaque();
    }
    Some(QualityRule {
        name,
        description,
        severity,
        threshold,
        check: check?,
        on: Vec::new(),
        details: Details::new(),
    })
}

fn refuse_other_than_one<'d>(
    low: &mut Lowering<'d>,
    node: NodeRef<'d>,
    checks: &[(&'static str, Option<Check>)],
) {
    match checks {
        [_] => {}
        // A misspelt check was complained about already.
        [] if CHECKS.iter().any(|word| low.is_opaque(word)) => {}
        [] => {
            let message = "this quality rule checks nothing".to_owned();
            let help = format!("add one of {}", quoted_list(&CHECKS));
            low.bad(ProblemId::MissingKey, node.span(), message, help);
        }
        found => {
            let words: Vec<_> = found.iter().map(|(word, _)| *word).collect();
            let found_words = quoted_list(&words);
            let message = format!(
                "this quality rule has {} checks: {found_words}",
                found.len()
            );
            let help = "write a rule of its own for each check".to_owned();
            low.bad(ProblemId::Contradiction, node.span(), message, help);
        }
    }
}

impl RuleDraft {
    fn check(&mut self, word: &'static str, check: Option<Check>) {
        self.checks.push((word, check));
    }
}
