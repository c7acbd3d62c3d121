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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use super::*;
    use crate::question::{Claim, Question};
    use crate::{Answer, Proofs, Prover, Solver};

    /// Conditions on waivers whose form says that they never fail.
    const TOTAL: &[&str] = &[
        "principal.daysLeft > 90 && principal.hasTicket",
        "context has owner && context.owner like \"*team\"",
        "[\"a\", \"b\"].contains(context.policy) || principal.approver.roles.isEmpty()",
        "if principal.daysLeft < 0 then principal.coversContract else true",
        "principal.expires < datetime(\"2027-01-01\")",
        "duration(\"1d\").toMilliseconds() <= principal.daysLeft",
        "{ days: principal.daysLeft }.days == 1",
    ];

    /// Conditions whose form leaves it open; most of them do fail.
    const OPEN: &[&str] = &[
        "principal.daysLeft * 9223372036854775807 > 1",
        "principal.renewals + 9223372036854775807 > 1",
        "principal.renewals - 9223372036854775807 - 9223372036854775807 < 1",
        "-principal.renewals < 1",
        "principal.expires.offset(duration(\"100000000d\")) > context.asOf",
        "principal.hasTicket && !(principal.expires.durationSince(context.asOf).toDays() > 1)",
        "principal.hasTicket && principal.expires.toDate() > context.asOf",
    ];

    fn rule(condition: &str) -> Rule {
        let text = format!(
            "forbid (principal, action == Action::\"waive\", resource) when {{ {condition} }};"
        );
        Rule::read("org/a/x", &text).unwrap()
    }

    #[test]
    fn forms_that_can_fail_are_told_from_those_that_cannot() {
        let schema = meshlaw_policy::vocabulary().unwrap();
        for condition in TOTAL {
            assert!(is_total(&rule(condition), schema), "{condition}");
        }
        for condition in OPEN {
            assert!(!is_total(&rule(condition), schema), "{condition}");
        }
        // What is not valid has no meaning that its form could tell.
        for condition in [
            "principal.nothing > 1",
            "context.owner == \"a\"",
            "principal.daysLeft",
        ] {
            assert!(!is_total(&rule(condition), schema), "{condition}");
        }
    }

    #[test]
    #[allow(clippy::print_stdout, reason = "a test that skips says what")]
    fn the_solver_agrees_with_the_form() {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut places = std::env::split_paths(&path).map(|folder| folder.join("cvc5"));
        let named = std::env::var_os("CVC5").map(PathBuf::from);
        let Some(program) = named.or_else(|| places.find(|place| place.is_file())) else {
            println!("skipped: cvc5 is not installed");
            return;
        };
        let limit = Duration::from_secs(30);
        let prover = Prover::new(Solver { program, limit }, 2, Proofs::default()).unwrap();
        let kinds = prover.kinds().into_iter();
        let kind = kinds
            .into_iter()
            .find(|kind| kind.to_string() == "waive Contract");
        let runs = |condition: &&str| {
            let rule = rule(condition);
            prover.ask_one(Question::new(kind.unwrap(), Claim::Runs(&rule)))
        };
        for condition in TOTAL {
            assert_eq!(runs(condition), Answer::Holds, "{condition}");
        }
        let fails = |condition: &&&str| matches!(runs(condition), Answer::Fails(_));
        assert!(OPEN.iter().filter(fails).count() >= 3);
    }
}
