//! A Cedar policy in, what it can read out.
//!
//! Found from the policy's JSON form. Whatever is not an attribute path from `principal`,
//! `resource` or `context` counts as reading the whole entity, so a form that is not known here
//! costs speed and never correctness.

use std::collections::BTreeSet;

use serde_json::Value;

/// What a policy, or several, can read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reads {
    /// Attribute paths, such as `resource.contract.status`.
    pub(crate) paths: BTreeSet<Path>,
    /// The policy looks at which entity the resource or principal is, or at what it lies in.
    pub(crate) identity: bool,
}

/// An attribute path from a request variable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Path {
    pub(crate) root: Root,
    pub(crate) attributes: Vec<String>,
}

/// A request variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Root {
    Principal,
    Resource,
    Context,
}

/// Which requests a policy can speak to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    /// Names of actions; `None` for any.
    pub(crate) actions: Option<BTreeSet<String>>,
    /// Type of the resource; `None` for any.
    pub(crate) resource: Option<String>,
}

impl Reads {
    pub(crate) fn of(policy: &Value) -> Self {
        let mut reads = Reads::default();
        for variable in ["principal", "resource"] {
            // Anything but "any" and a bare type looks at which entity it is.
            let scope = policy.get(variable);
            let op = scope.and_then(|scope| scope.get("op")).and_then(Value::as_str);
            let is_bare_type = op == Some("is") && scope.and_then(|scope| scope.get("in")).is_none();
            reads.identity |= !(op == Some("All") || is_bare_type);
        }
        if let Some(conditions) = policy.get("conditions") {
            reads.walk(conditions);
        }
        reads
    }

    pub(crate) fn extend(&mut self, other: &Reads) {
        self.paths.extend(other.paths.iter().cloned());
        self.identity |= other.identity;
    }

    fn walk(&mut self, value: &Value) {
        if let Some(path) = path_of(value) {
            match path.attributes.is_empty() {
                true => self.identity |= path.root != Root::Context,
                false => {
                    self.paths.insert(path);
                }
            }
            return;
        }
        match value {
            Value::Object(entries) => {
                // Asking for a type does not look at which entity it is.
                let is_type_test = entries.get("is").and_then(|test| test.get("in")).is_none()
                    && entries.get("is").and_then(|test| test.get("left")).and_then(path_of).is_some();
                if !is_type_test {
                    entries.values().for_each(|inner| self.walk(inner));
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.walk(item)),
            _ => {}
        }
    }
}

impl Scope {
    pub(crate) fn of(policy: &Value) -> Self {
        let action = policy.get("action");
        let entities = action.into_iter().flat_map(|action| {
            let one = action.get("entity").into_iter();
            one.chain(action.get("entities").and_then(Value::as_array).into_iter().flatten())
        });
        let names: BTreeSet<String> = entities
            .filter_map(|entity| Some(entity.get("id")?.as_str()?.to_owned()))
            .collect();
        let is_any = action.and_then(|action| action.get("op")).and_then(Value::as_str) == Some("All");
        let resource = policy.get("resource");
        let named = resource.and_then(|scope| scope.get("entity_type")).and_then(Value::as_str);
        Self {
            actions: (!is_any).then_some(names),
            resource: named.map(str::to_owned),
        }
    }
}

/// Returns the attribute path that an expression is: a chain of `.` or `has` down to a variable.
fn path_of(value: &Value) -> Option<Path> {
    let entries = value.as_object().filter(|entries| entries.len() == 1)?;
    let (form, inner) = entries.iter().next()?;
    match form.as_str() {
        "Var" => {
            let root = match inner.as_str()? {
                "principal" => Root::Principal,
                "resource" => Root::Resource,
                "context" => Root::Context,
                _ => return None,
            };
            Some(Path { root, attributes: Vec::new() })
        }
        "." | "has" => {
            let mut path = path_of(inner.get("left")?)?;
            match inner.get("attr")? {
                Value::String(attribute) => path.attributes.push(attribute.clone()),
                Value::Array(attributes) => {
                    path.attributes.extend(attributes.iter().filter_map(|one| Some(one.as_str()?.to_owned())));
                }
                _ => return None,
            }
            Some(path)
        }
        _ => None,
    }
}
