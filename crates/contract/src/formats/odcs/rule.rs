//! Quality rules of the standard: their keys checked by type, then read as the model's.

use std::collections::BTreeMap;

use super::Standard;
use super::Standard::{V30, V31, V32};
use super::check;
use super::shape::{Object, Shape, always, key};
use super::tables::RULE;
use super::words::Words;
use crate::lowering::{Lowering, to_value};
use crate::model::{Check, Details, Expectation, Operator, QualityRule, Severity, Word};
use crate::problem::quoted;
use crate::{NodeRef, Number, ProblemId, Scalar, Value, View};

/// The measures that every engine knows.
const METRICS: &[(&str, Standard)] = &[
    ("nullValues", V31),
    ("missingValues", V31),
    ("invalidValues", V31),
    ("duplicateValues", V31),
    ("rowCount", V31),
];

const LIBRARY: Object = Object {
    noun: "quality rule",
    keys: &[
        key("arguments", V31, Shape::AnyMapping),
        key("metric", V31, Shape::Words(METRICS)),
        key("rule", V30, Shape::Text),
    ],
    required: &[
        super::shape::Needed {
            key: "metric",
            from: V31,
            to: V32,
        },
        super::shape::Needed {
            key: "rule",
            from: V30,
            to: V30,
        },
    ],
    is_open: false,
};

const SQL: Object = Object {
    noun: "quality rule",
    keys: &[key("query", V30, Shape::Text)],
    required: &[always("query")],
    is_open: false,
};

const CUSTOM: Object = Object {
    noun: "quality rule",
    keys: &[
        key("engine", V30, Shape::Text),
        key("implementation", V30, Shape::Check(implementation)),
    ],
    required: &[always("engine"), always("implementation")],
    is_open: false,
};

/// Which further keys a rule may have, by what it says of itself.
struct Parts {
    tables: Vec<&'static Object>,
    takes_operators: bool,
    needs_operator: bool,
}

fn parts(node: NodeRef<'_>, standard: Standard) -> Parts {
    let ty = node.get("type").and_then(|ty| ty.scalar()?.to_text());
    let metric = node
        .get("metric")
        .and_then(|metric| metric.scalar()?.to_text());
    let is_library = match standard {
        // Without a type, v3.0 takes a rule for one of the library.
        Standard::V30 => node.get("type").is_none() || ty == Some("library"),
        Standard::V31 | Standard::V32 => ty == Some("library") || metric.is_some(),
    };
    let (is_sql, is_custom) = (ty == Some("sql"), ty == Some("custom"));
    let mut tables = Vec::new();
    for (is_it, table) in [(is_library, &LIBRARY), (is_sql, &SQL), (is_custom, &CUSTOM)] {
        if is_it {
            tables.push(table);
        }
    }
    let asks = is_library || (is_sql && standard >= V31);
    Parts {
        tables,
        takes_operators: asks,
        needs_operator: asks && standard >= V31,
    }
}

/// Checks the quality rules of a dataset or a property.
///
/// What is wrong with a rule stands under the rule's name in the dataset, wherever the rule is
/// written; which that is, is settled when the rules are read.
pub(super) fn quality<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    low.list(node, |low, item| {
        rule(low, item, standard);
        Some(())
    });
}

fn rule<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    let others = check::entries(low, node, &RULE, standard);
    if !matches!(node.view(), View::Mapping(_)) {
        return;
    }
    let parts = parts(node, standard);
    let mut strange = Vec::new();
    let mut operators = 0;
    for (key, word, inner) in others {
        let entry = parts.tables.iter().find_map(|table| table.entry(word));
        match entry {
            Some(entry) if entry.since <= standard => check::value(low, inner, entry, standard),
            Some(entry) => check::too_new(low, key, word, entry.since, standard),
            None if parts.takes_operators && operator(word).is_some() => {
                operators += 1;
                operand(low, inner, word);
            }
            None if standard < V31
                && LIBRARY.entry(word).is_some_and(|one| one.since > standard) =>
            {
                check::too_new(low, key, word, V31, standard);
            }
            None => strange.push((key, word, inner)),
        }
    }
    for needed in parts.tables.iter().flat_map(|table| table.required) {
        if (needed.from..=needed.to).contains(&standard) {
            low.require(false, node, needed.key, "quality rule");
        }
    }
    if parts.needs_operator && operators != 1 {
        let words: Vec<&str> = Operator::ALL.iter().map(|word| word.as_str()).collect();
        let message = match operators {
            0 => "this rule does not say what its result must be".to_owned(),
            several => format!("a result is compared once, and this rule does it {several} times"),
        };
        let help = format!("write one of {}", crate::lowering::quoted_list(&words));
        low.bad(ProblemId::BadValue, node.span(), message, help);
    }
    let mut known: Vec<&'static str> = parts
        .tables
        .iter()
        .flat_map(|table| table.keys)
        .filter(|entry| entry.since <= standard)
        .map(|entry| entry.key)
        .collect();
    if parts.takes_operators {
        known.extend(Operator::ALL.iter().map(|word| word.as_str()));
    }
    check::unknown(low, node, &RULE, standard, &strange, &known);
}

fn operator(word: &str) -> Option<Operator> {
    Operator::ALL
        .iter()
        .copied()
        .find(|one| one.as_str() == word)
}

/// Checks what a measure is compared with.
fn operand<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, word: &'d str) {
    low.named(word, |low| match operator(word) {
        None | Some(Operator::Be | Operator::NotBe) => {}
        Some(Operator::Between | Operator::NotBetween) => {
            let is_number = |item: NodeRef<'_>| item.scalar().and_then(Scalar::to_number);
            let numbers: Option<Vec<Number>> = match node.view() {
                View::Sequence(items) => items.map(is_number).collect(),
                View::Mapping(_) | View::Scalar(_) => None,
            };
            if let Some([least, most]) = numbers.as_deref()
                && least > most
            {
                let message = format!("{least} lies above {most}, so that nothing is between");
                let help = "swap the two".to_owned();
                low.contradiction(ProblemId::Contradiction, node.span(), message, help);
            }
            let is_pair = matches!(numbers.as_deref(), Some([low, high]) if low != high);
            if !is_pair {
                let help = "write the lesser and the greater number, as in `[0, 100]`".to_owned();
                low.mismatch(node, "a list of two different numbers", help);
            }
        }
        Some(_) => {
            if node.scalar().and_then(Scalar::to_number).is_none() {
                low.wrong_type(node, "a number");
            }
        }
    });
}

fn implementation<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, _: Standard) {
    let is_text = node.scalar().and_then(Scalar::to_text).is_some();
    if !is_text && !matches!(node.view(), View::Mapping(_)) {
        low.wrong_type(node, "a text or a mapping");
    }
}

/// Reads the rules of a list, in the order they stand.
///
/// `on` are the names down to the property that states them. Rules that are not understood are
/// left out; the check has said why.
pub(super) fn read<'d>(
    low: &mut Lowering<'d>,
    list: NodeRef<'d>,
    on: &[&str],
    words: &Words,
) -> Vec<QualityRule> {
    let View::Sequence(items) = list.view() else {
        return Vec::new();
    };
    items
        .filter_map(|item| read_one(low, item, on, words))
        .collect()
}

fn read_one<'d>(
    low: &mut Lowering<'d>,
    node: NodeRef<'d>,
    on: &[&str],
    words: &Words,
) -> Option<QualityRule> {
    let rule = rule_of(node, on)?;
    let stated = node.get("severity");
    let severity = stated.and_then(|node| Some((node, node.scalar()?.to_text()?)));
    if let (Some((node, text)), None) = (severity, rule.severity) {
        let message = format!("{} is no known severity", quoted(text));
        let help = words.way_out(text, &["info", "warning", "error"], None);
        low.doubt(ProblemId::UnknownWord, node.span(), message, help);
    }
    Some(rule)
}

/// Returns the rule that a node states.
pub(super) fn rule_of(node: NodeRef<'_>, on: &[&str]) -> Option<QualityRule> {
    let View::Mapping(entries) = node.view() else {
        return None;
    };
    let text = |key: &str| node.get(key).and_then(|node| node.scalar()?.to_text());
    let check = check_of(node, on, text("type"));
    let is_compared = expectation(node).is_some();
    let severity = text("severity").and_then(severity);
    let mut details = Details::new();
    let told = [
        "description",
        "name",
        "type",
        "query",
        "engine",
        "implementation",
        "metric",
        "rule",
    ];
    for (key, value) in entries {
        let Some(word) = key.text() else { continue };
        let is_told = told.contains(&word)
            || operator(word).is_some()
            || (word == "severity" && severity.is_some())
            || word == "arguments"
            || (word == "unit" && is_compared);
        match RULE.entry(word).map(|entry| entry.key).or(match word {
            "arguments" => Some("arguments"),
            _ => None,
        }) {
            _ if is_told => {}
            Some(known) => {
                details.insert(known, to_value(value));
            }
            None => {}
        }
    }
    Some(QualityRule {
        name: text("name").or_else(|| text("id")).map(str::to_owned),
        // Of a rule in prose, the description is the check.
        description: match check {
            Check::Text(_) => None,
            _ => text("description").map(str::to_owned),
        },
        severity,
        threshold: None,
        check,
        on: on.iter().map(|name| (*name).to_owned()).collect(),
        details,
    })
}

fn severity(text: &str) -> Option<Severity> {
    match text.to_ascii_lowercase().as_str() {
        "info" | "note" | "low" => Some(Severity::Note),
        "warning" | "warn" | "medium" => Some(Severity::Warning),
        "error" | "critical" | "high" => Some(Severity::Error),
        _ => None,
    }
}

fn check_of(node: NodeRef<'_>, on: &[&str], ty: Option<&str>) -> Check {
    let text = |key: &str| {
        let text = node.get(key).and_then(|node| node.scalar()?.to_text());
        text.map(str::to_owned)
    };
    let expectation = expectation(node);
    if let Some(metric) = text("metric").or_else(|| text("rule")) {
        let arguments = arguments(node);
        return known_metric(&metric, on, &arguments, expectation.as_ref()).unwrap_or(
            Check::Metric {
                metric,
                arguments,
                expectation,
            },
        );
    }
    match ty {
        Some("sql") => Check::Sql {
            query: text("query").unwrap_or_default(),
            engine: None,
            expectation,
        },
        Some("custom") => Check::Custom {
            engine: text("engine").unwrap_or_default(),
            implementation: node
                .get("implementation")
                .map(|node| to_value(node).to_string())
                .unwrap_or_default(),
        },
        _ => Check::Text(
            text("description")
                .or_else(|| text("name"))
                .unwrap_or_default(),
        ),
    }
}

fn arguments(node: NodeRef<'_>) -> BTreeMap<String, Value> {
    match node.get("arguments").map(to_value) {
        Some(Value::Map(arguments)) => arguments,
        _ => BTreeMap::new(),
    }
}

fn expectation(node: NodeRef<'_>) -> Option<Expectation> {
    let View::Mapping(mut entries) = node.view() else {
        return None;
    };
    let (operator, operand) =
        entries.find_map(|(key, value)| Some((operator(key.text()?)?, to_value(value))))?;
    let operands = match operand {
        Value::List(items) => items,
        one => vec![one],
    };
    let unit = node.get("unit").and_then(|node| node.scalar()?.to_text());
    Some(Expectation {
        operator,
        operands,
        unit: unit.map(str::to_owned),
    })
}

/// Returns the model's own check where a measure says the same: what a field could say as well.
fn known_metric(
    metric: &str,
    on: &[&str],
    arguments: &BTreeMap<String, Value>,
    expectation: Option<&Expectation>,
) -> Option<Check> {
    let expectation = expectation?;
    let is_none = expectation.operator == Operator::Be
        && matches!(expectation.operands.as_slice(), [Value::Number(count)] if *count == 0.into());
    let field = match on {
        [field] => Some((*field).to_owned()),
        _ => None,
    };
    match (metric, field) {
        ("nullValues", Some(field)) if is_none && arguments.is_empty() => {
            Some(Check::NoNulls(vec![field]))
        }
        ("duplicateValues", Some(field)) if is_none && arguments.is_empty() => {
            Some(Check::Unique(vec![field]))
        }
        ("duplicateValues", None) if is_none && on.is_empty() => {
            let Some(Value::List(names)) = arguments.get("properties") else {
                return None;
            };
            let names: Option<Vec<String>> = names
                .iter()
                .map(|name| match name {
                    Value::Text(name) => Some(name.clone()),
                    _ => None,
                })
                .collect();
            names
                .filter(|names| !names.is_empty() && arguments.len() == 1)
                .map(Check::Unique)
        }
        ("invalidValues", Some(field)) if is_none && arguments.len() == 1 => {
            match (arguments.get("validValues"), arguments.get("pattern")) {
                (Some(Value::List(allowed)), _) => Some(Check::Values {
                    field,
                    allowed: allowed.clone(),
                }),
                (None, Some(Value::Text(pattern))) => Some(Check::Pattern {
                    field,
                    pattern: pattern.clone(),
                }),
                _ => None,
            }
        }
        ("rowCount", None) if arguments.is_empty() => row_count(expectation),
        _ => None,
    }
}

fn row_count(expectation: &Expectation) -> Option<Check> {
    if expectation
        .unit
        .as_deref()
        .is_some_and(|unit| unit != "rows")
    {
        return None;
    }
    let count = |at: usize| match expectation.operands.get(at)? {
        Value::Number(number) => u64::try_from(number.to_i64()?).ok(),
        _ => None,
    };
    let first = count(0)?;
    let (min, max) = match expectation.operator {
        Operator::Be => (Some(first), Some(first)),
        Operator::GreaterThan => (Some(first.checked_add(1)?), None),
        Operator::AtLeast => (Some(first), None),
        Operator::LessThan => (None, Some(first.checked_sub(1)?)),
        Operator::AtMost => (None, Some(first)),
        Operator::Between => (Some(first), Some(count(1)?)),
        Operator::NotBe | Operator::NotBetween => return None,
    };
    Some(Check::RowCount { min, max })
}
