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
    /// Attribute paths whose values are read, such as `resource.contract.status`.
    pub(crate) paths: BTreeSet<Path>,
    /// Attribute paths of which only `has` is asked; never among the above.
    pub(crate) presences: BTreeSet<Path>,
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
            let op = scope
                .and_then(|scope| scope.get("op"))
                .and_then(Value::as_str);
            let is_bare_type =
                op == Some("is") && scope.and_then(|scope| scope.get("in")).is_none();
            reads.identity |= !(op == Some("All") || is_bare_type);
        }
        if let Some(conditions) = policy.get("conditions") {
            reads.walk(conditions);
        }
        reads.settle();
        reads
    }

    pub(crate) fn extend(&mut self, other: &Reads) {
        self.paths.extend(other.paths.iter().cloned());
        self.presences.extend(other.presences.iter().cloned());
        self.identity |= other.identity;
        self.settle();
    }

    /// A value that is read tells whether it is there, too.
    fn settle(&mut self) {
        let paths = &self.paths;
        self.presences.retain(|path| !paths.contains(path));
    }

    fn walk(&mut self, value: &Value) {
        if let Some(asked) = presence_of(value) {
            self.presences.extend(asked);
            return;
        }
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
                    && entries
                        .get("is")
                        .and_then(|test| test.get("left"))
                        .and_then(path_of)
                        .is_some();
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
            one.chain(
                action
                    .get("entities")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten(),
            )
        });
        let names: BTreeSet<String> = entities
            .filter_map(|entity| Some(entity.get("id")?.as_str()?.to_owned()))
            .collect();
        let is_any = action
            .and_then(|action| action.get("op"))
            .and_then(Value::as_str)
            == Some("All");
        let resource = policy.get("resource");
        let named = resource
            .and_then(|scope| scope.get("entity_type"))
            .and_then(Value::as_str);
        Self {
            actions: (!is_any).then_some(names),
            resource: named.map(str::to_owned),
        }
    }
}

/// Returns the paths of which a `has` asks whether they are there, outermost first.
///
/// `resource has a.b` asks for `a` and for `a.b`.
fn presence_of(value: &Value) -> Option<Vec<Path>> {
    let test = value
        .as_object()
        .filter(|entries| entries.len() == 1)?
        .get("has")?;
    let mut path = path_of(test.get("left")?)?;
    let mut asked = Vec::new();
    // What lies on the way to an attribute of an attribute is read, not only asked for.
    if !path.attributes.is_empty() {
        asked.push(path.clone());
    }
    let names: Vec<&str> = match test.get("attr")? {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().map(Value::as_str).collect::<Option<_>>()?,
        _ => return None,
    };
    for name in names {
        path.attributes.push(name.to_owned());
        asked.push(path.clone());
    }
    Some(asked)
}

/// Returns the attribute path that an expression is: a chain of `.` down to a variable.
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
            Some(Path {
                root,
                attributes: Vec::new(),
            })
        }
        "." => {
            let mut path = path_of(inner.get("left")?)?;
            path.attributes
                .push(inner.get("attr")?.as_str()?.to_owned());
            Some(path)
        }
        _ => None,
    }
}
