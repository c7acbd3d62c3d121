//! A policy in, what it asks for out, so that two can be held against each other.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::policy::Policy;

/// What a policy asks for, so that two can be held against each other.
#[derive(PartialEq, Eq)]
pub(super) struct Shape {
    scope: Vec<Value>,
    conditions: BTreeSet<String>,
}

impl Shape {
    /// Takes down what a policy asks for.
    pub(super) fn of(policy: &Policy) -> Result<Self, String> {
        let json = policy
            .cedar
            .get()?
            .to_json()
            .map_err(|error| error.to_string())?;
        let scope = ["principal", "action", "resource"].map(|part| json.get(part).cloned());
        let mut conditions = BTreeSet::new();
        for condition in json
            .get("conditions")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let body = condition.get("body").cloned().unwrap_or_default();
            let is_when = condition.get("kind").and_then(Value::as_str) == Some("when");
            demand(&body, is_when, &mut conditions);
        }
        Ok(Self {
            scope: scope.into_iter().flatten().collect(),
            conditions,
        })
    }

    /// Tells whether this fires wherever the other does: it asks for nothing more.
    pub(super) fn covers(&self, other: &Shape) -> bool {
        self.scope == other.scope && self.conditions.is_subset(&other.conditions)
    }
}

/// Takes down what all has to hold.
fn demand(body: &Value, wanted: bool, out: &mut BTreeSet<String>) {
    let join = if wanted { "&&" } else { "||" };
    if let Some(both) = body.get(join) {
        for side in ["left", "right"]
            .into_iter()
            .filter_map(|side| both.get(side))
        {
            demand(side, wanted, out);
        }
    } else if let Some(inner) = body.get("!").and_then(|not| not.get("arg")) {
        demand(inner, !wanted, out);
    } else {
        out.insert(format!("{wanted} {body}"));
    }
}
