//! A rule in, whether its form alone tells that its evaluation never fails, out.
//!
//! Of what is strictly valid, sums can leave the range of numbers, and what is made of days can leave
//! the calendar. Nothing else fails but what reads of things that do not exist, and those lie outside
//! of proofs. Whatever is not known here to be safe is left to the solver.

use cedar_policy::{PolicySet, Schema, ValidationMode, Validator};
use serde_json::Value;

use crate::rule::Rule;

/// Functions and methods that have a value for whatever they may be given.
const SAFE: &[&str] = &[
    "greaterThan",
    "greaterThanOrEqual",
    "isInRange",
    "isIpv4",
    "isIpv6",
    "isLoopback",
    "isMulticast",
    "lessThan",
    "lessThanOrEqual",
    "toDays",
    "toHours",
    "toMilliseconds",
    "toMinutes",
    "toSeconds",
];

/// Functions that make a value of a text: of a literal one, validation sees to it that they can.
const MAKERS: &[&str] = &["datetime", "decimal", "duration", "ip"];

/// Tells whether a rule has a value for every request of a schema.
pub(crate) fn is_total(rule: &Rule, schema: &Schema) -> bool {
    let Ok(written) = rule.cedar.to_json() else {
        return false;
    };
    let conditions = written.get("conditions").and_then(Value::as_array);
    let mut conditions = conditions.into_iter().flatten();
    conditions.all(|one| one.get("body").is_some_and(is_safe)) && is_valid(rule, schema)
}

fn is_valid(rule: &Rule, schema: &Schema) -> bool {
    let Ok(set) = PolicySet::from_policies([rule.cedar.clone()]) else {
        return false;
    };
    let validator = Validator::new(schema.clone());
    validator
        .validate(&set, ValidationMode::Strict)
        .validation_passed()
}

/// Tells whether an expression is made of safe forms only.
fn is_safe(expression: &Value) -> bool {
    let Some(entries) = expression.as_object().filter(|entries| entries.len() == 1) else {
        return false;
    };
    let part = |inner: &Value, name: &str| inner.get(name).is_some_and(is_safe);
    entries.iter().all(|(form, inner)| match form.as_str() {
        "Value" | "Var" => true,
        "!" | "isEmpty" => part(inner, "arg"),
        "==" | "!=" | "in" | "<" | "<=" | ">" | ">=" | "&&" | "||" | "contains" | "containsAll"
        | "containsAny" | "getTag" | "hasTag" => part(inner, "left") && part(inner, "right"),
        "." | "has" | "like" => part(inner, "left"),
        "is" => part(inner, "left") && inner.get("in").is_none_or(is_safe),
        "if-then-else" => ["if", "then", "else"].iter().all(|name| part(inner, name)),
        "Set" => inner.as_array().is_some_and(|all| all.iter().all(is_safe)),
        "Record" => inner
            .as_object()
            .is_some_and(|all| all.values().all(is_safe)),
        name if SAFE.contains(&name) => inner.as_array().is_some_and(|all| all.iter().all(is_safe)),
        name if MAKERS.contains(&name) => {
            let literal = inner.pointer("/0/Value").is_some_and(Value::is_string);
            literal && inner.as_array().is_some_and(|all| all.len() == 1)
        }
        _ => false,
    })
}
