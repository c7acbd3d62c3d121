//! Quality rules: results that cannot be, arguments that name nothing.

use std::collections::BTreeSet;

use super::{dangling, doubt, items, misspelt, schedule, tables, text};
use crate::lowering::{Lowering, to_value};
use crate::model::{Operator, Word};
use crate::problem::quoted;
use crate::{NodeRef, Number, ProblemId, Scalar, Value, View};

/// What the standard's documentation names as arguments of its measures.
const ARGUMENTS: &[&str] = &["missingValues", "pattern", "properties", "validValues"];

/// Checks the quality rules of a dataset or of a property.
pub(super) fn check<'d>(low: &mut Lowering<'d>, part: NodeRef<'d>, property: Option<NodeRef<'d>>) {
    let mut seen = BTreeSet::new();
    low.within("quality", |low| {
        for rule in items(part, "quality") {
            let Some(name) = text(rule, "name") else {
                one(low, rule, part, property);
                continue;
            };
            low.named(name, |low| {
                one(low, rule, part, property);
                if let (false, Some(stated)) = (seen.insert(name), rule.get("name")) {
                    let message = format!("another rule is called {}, too", quoted(name));
                    let help = "give each rule a name of its own";
                    doubt(low, ProblemId::DuplicateName, stated, &message, help);
                }
            });
        }
    });
}

fn one<'d>(
    low: &mut Lowering<'d>,
    rule: NodeRef<'d>,
    part: NodeRef<'d>,
    property: Option<NodeRef<'d>>,
) {
    schedule::check(low, rule);
    let metric = text(rule, "metric").or_else(|| text(rule, "rule"));
    if let Some(metric) = metric.filter(|metric| MEASURES.contains(metric)) {
        result(low, rule, metric);
        arguments(low, rule, part, property, metric);
        if let Some((stated, unit)) = rule.get("unit").zip(text(rule, "unit")) {
            let known = ["percent", "rows"];
            low.within("unit", |low| misspelt(low, stated, unit, &known));
        }
    }
    let says = |key: &str| text(rule, key).is_some_and(|text| !text.trim().is_empty());
    let bare = match text(rule, "type") {
        Some("text") if !says("description") && !says("name") => rule.get("type").map(|node| {
            let help = "say in `description` what must hold";
            (node, "a rule in words that says nothing", help)
        }),
        Some("sql") if rule.get("query").is_some() && !says("query") => rule
            .get("query")
            .map(|node| (node, "an empty query asks nothing", "write the query")),
        _ => None,
    };
    if let Some((node, message, help)) = bare {
        doubt(low, ProblemId::BadValue, node, message, help);
    }
}

/// Measures that count rows, so that they are never below zero.
const MEASURES: &[&str] = &[
    "duplicateCount",
    "duplicateValues",
    "invalidValues",
    "missingValues",
    "nullValues",
    "rowCount",
];

/// Checks that a count, or a share, can be what it must be.
fn result<'d>(low: &mut Lowering<'d>, rule: NodeRef<'d>, metric: &str) {
    let most = text(rule, "unit")
        .filter(|unit| matches!(*unit, "%" | "percent"))
        .map(|_| Number::from(100));
    let noun = if most.is_some() { "share" } else { "count" };
    for operator in Operator::ALL {
        let key = operator.as_str();
        let Some(stated) = rule.get(key) else {
            continue;
        };
        low.named(key, |low| match to_value(stated) {
            Value::Number(bound) => {
                if let Some(always) = verdict(*operator, &bound, most.as_ref()) {
                    say(low, stated, always, noun, key, &bound.to_string());
                }
            }
            Value::List(ends) => between(low, stated, *operator, &ends, most.as_ref()),
            other => {
                let message = format!("`{metric}` is a {noun}, and never {other}");
                let help = "write a number".to_owned();
                low.contradiction(ProblemId::Contradiction, stated.span(), message, help);
            }
        });
    }
}

/// Tells whether a comparison holds for every count, or for none.
fn verdict(operator: Operator, bound: &Number, most: Option<&Number>) -> Option<bool> {
    let zero = Number::from(0);
    let (is_below, is_zero) = (*bound < zero, *bound == zero);
    let (is_above, is_most) = most.map_or((false, false), |most| (bound > most, bound == most));
    let is_outside = is_below || is_above;
    match operator {
        Operator::Be if is_outside => Some(false),
        Operator::NotBe if is_outside => Some(true),
        Operator::GreaterThan if is_below => Some(true),
        Operator::GreaterThan if is_above || is_most => Some(false),
        Operator::AtLeast if is_below || is_zero => Some(true),
        Operator::AtLeast if is_above => Some(false),
        Operator::LessThan if is_below || is_zero => Some(false),
        Operator::LessThan if is_above => Some(true),
        Operator::AtMost if is_below => Some(false),
        Operator::AtMost if is_above || is_most => Some(true),
        _ => None,
    }
}

fn between<'d>(
    low: &mut Lowering<'d>,
    stated: NodeRef<'d>,
    operator: Operator,
    ends: &[Value],
    most: Option<&Number>,
) {
    let [Value::Number(least), Value::Number(greatest)] = ends else {
        return;
    };
    let is_outside = *greatest < 0.into() || most.is_some_and(|most| least > most);
    let shown = format!("{least} and {greatest}");
    let noun = if most.is_some() { "share" } else { "count" };
    if is_outside && least <= greatest {
        let always = operator == Operator::NotBetween;
        say(low, stated, always, noun, operator.as_str(), &shown);
    }
}

fn say<'d>(
    low: &mut Lowering<'d>,
    stated: NodeRef<'d>,
    always: bool,
    noun: &str,
    key: &str,
    bound: &str,
) {
    let span = stated.span();
    if always {
        let message =
            format!("every {noun} fulfils `{key}` {bound}, so that the rule says nothing");
        let help = "move the bound, or remove the rule".to_owned();
        low.doubt(ProblemId::Contradiction, span, message, help);
    } else {
        let message = format!("no {noun} fulfils `{key}` {bound}");
        let help = "write a bound that data can meet".to_owned();
        low.contradiction(ProblemId::Contradiction, span, message, help);
    }
}

fn arguments<'d>(
    low: &mut Lowering<'d>,
    rule: NodeRef<'d>,
    part: NodeRef<'d>,
    property: Option<NodeRef<'d>>,
    metric: &str,
) {
    let arguments = rule.get("arguments");
    let has = |key: &str| arguments.is_some_and(|node| node.get(key).is_some());
    let stated = rule.get("metric").or_else(|| rule.get("rule"));
    let lacks = match metric {
        "duplicateValues" if property.is_none() && !has("properties") => {
            Some("which columns together are never twice: add `properties` to `arguments`")
        }
        "invalidValues" if !has("validValues") && !has("pattern") => {
            Some("which values are valid: add `validValues` or `pattern` to `arguments`")
        }
        _ => None,
    };
    if let (Some(lacks), Some(stated)) = (lacks, stated) {
        let message = format!("`{metric}` does not say what it looks at");
        let help = format!("say {lacks}");
        doubt(low, ProblemId::MissingKey, stated, &message, &help);
    }
    if let ("rowCount", Some(_), Some(stated)) = (metric, property, stated) {
        let message = "a column has no rows of its own to count";
        let help = "move the rule to `quality` of the schema object";
        doubt(low, ProblemId::BadValue, stated, message, help);
    }
    let Some(View::Mapping(entries)) = arguments.map(NodeRef::view) else {
        return;
    };
    for (key, value) in entries {
        match key.text() {
            // That no column is there of a rule about all of them, the model's own check says.
            Some("properties") if property.is_none() => columns(low, value, part),
            Some("validValues" | "missingValues") if !matches!(value.view(), View::Sequence(_)) => {
                let help = "write the values in brackets, as in `[a, b]`";
                doubt(
                    low,
                    ProblemId::BadValue,
                    value,
                    "a list is asked for here",
                    help,
                );
            }
            Some(word) => misspelt(low, key, word, ARGUMENTS),
            None => {}
        }
    }
}

fn columns<'d>(low: &mut Lowering<'d>, list: NodeRef<'d>, table: NodeRef<'d>) {
    let View::Sequence(names) = list.view() else {
        return;
    };
    for node in names {
        let Some(name) = node.scalar().and_then(Scalar::to_text) else {
            continue;
        };
        let path: Vec<&str> = name.split('.').collect();
        let is_there = tables::column(table, &[name]).is_some()
            || tables::column(table, &path).is_some()
            || table.get("properties").is_none();
        if !is_there {
            let message = format!("this rule names {}, which is no column", quoted(name));
            dangling(low, node, &message, name, tables::columns(table), true);
        }
    }
}
