//! A dataset in, its fields with everything that must hold of their values out.

use std::sync::OnceLock;

use fancy_regex::{Regex, RegexBuilder};
use meshlaw_contract::Value;
use meshlaw_contract::model::{Bound, Check, Dataset, Field, Operator, QualityRule, Type};

/// A field, and all that is said of its values.
#[derive(Debug)]
pub(crate) struct Node<'c> {
    pub(crate) field: &'c Field,
    /// Who forbids nulls.
    pub(crate) not_null: bool,
    pub(crate) least: Vec<&'c Bound>,
    pub(crate) greatest: Vec<&'c Bound>,
    pub(crate) allowed: Vec<&'c [Value]>,
    pub(crate) patterns: Vec<Pattern<'c>>,
    pub(crate) inner: Inner<'c>,
}

/// What nests in a field.
#[derive(Debug)]
pub(crate) enum Inner<'c> {
    Nothing,
    Object(Vec<Node<'c>>),
    Array(Option<Box<Node<'c>>>),
    Map(Option<Box<Node<'c>>>, Option<Box<Node<'c>>>),
}

#[derive(Debug)]
pub(crate) struct Pattern<'c> {
    pub(crate) text: &'c str,
    /// Compiled when a text is first held against it; nothing where it does not compile, which was
    /// complained about with the contract.
    expression: OnceLock<Option<Regex>>,
}

const BACKTRACKING_STEPS: usize = 100_000;
const COMPILED_BYTES: usize = 1 << 20;

impl<'c> Pattern<'c> {
    fn new(text: &'c str) -> Self {
        Self {
            text,
            expression: OnceLock::new(),
        }
    }

    /// Tells whether a text is known not to match; as in JSON Schema, a part of it may.
    pub(crate) fn refuses(&self, text: &str) -> bool {
        let compile = || {
            let built = RegexBuilder::new(self.text)
                .backtrack_limit(BACKTRACKING_STEPS)
                .delegate_size_limit(COMPILED_BYTES)
                .build();
            built.ok()
        };
        let expression = self.expression.get_or_init(compile).as_ref();
        expression.is_some_and(|one| one.is_match(text).is_ok_and(|found| !found))
    }
}

/// Compiles the fields of a dataset with the quality rules that every row must hold.
pub(crate) fn compile(dataset: &Dataset) -> Vec<Node<'_>> {
    let mut nodes: Vec<Node<'_>> = dataset.fields.iter().map(node).collect();
    for rule in dataset.quality.iter().filter(|rule| rule.is_absolute()) {
        apply(rule, &mut nodes);
    }
    nodes
}

fn node(field: &Field) -> Node<'_> {
    let inner = match &field.ty {
        Type::Object(fields) => Inner::Object(fields.iter().map(node).collect()),
        Type::Array(items) => Inner::Array(items.as_deref().map(|one| Box::new(node(one)))),
        Type::Map { keys, values } => Inner::Map(
            keys.as_deref().map(|one| Box::new(node(one))),
            values.as_deref().map(|one| Box::new(node(one))),
        ),
        _ => Inner::Nothing,
    };
    Node {
        field,
        not_null: field.required,
        least: field.min.as_deref().into_iter().collect(),
        greatest: field.max.as_deref().into_iter().collect(),
        allowed: field.allowed.iter().map(Vec::as_slice).collect(),
        patterns: field.pattern.iter().map(|one| Pattern::new(one)).collect(),
        inner,
    }
}

/// Hands a quality rule to the fields that it speaks of.
fn apply<'c>(rule: &'c QualityRule, nodes: &mut [Node<'c>]) {
    // Inside of a field, a rule speaks of the field that states it.
    let is_inside = rule.on.len() > 1;
    let mut each = |name: &str, say: &mut dyn FnMut(&mut Node<'c>)| {
        let found = if is_inside {
            find(nodes, &rule.on)
        } else {
            find(nodes, &[name.to_owned()])
        };
        if let Some(node) = found {
            say(node);
        }
    };
    match &rule.check {
        Check::NoNulls(fields) => {
            for name in fields {
                each(name, &mut |node| node.not_null = true);
            }
        }
        Check::Range { field, min, max } => each(field, &mut |node| {
            node.least.extend(min);
            node.greatest.extend(max);
        }),
        Check::Values { field, allowed } => {
            each(field, &mut |node| node.allowed.push(allowed));
        }
        Check::Pattern { field, pattern } => each(field, &mut |node| {
            node.patterns.push(Pattern::new(pattern));
        }),
        Check::Metric {
            metric,
            arguments,
            expectation: Some(expectation),
        } if is_none(expectation.operator, &expectation.operands) => {
            let Some(node) = find(nodes, &rule.on) else {
                return;
            };
            match metric.as_str() {
                "nullValues" | "missingValues" => node.not_null = true,
                "invalidValues" => {
                    if let Some(Value::List(values)) = arguments.get("validValues") {
                        node.allowed.push(values);
                    }
                    if let Some(Value::Text(pattern)) = arguments.get("pattern") {
                        node.patterns.push(Pattern::new(pattern));
                    }
                }
                _ => {}
            }
        }
        _ => {}
    }
}

/// Tells whether an expectation allows none at all.
pub(crate) fn is_none(operator: Operator, operands: &[Value]) -> bool {
    let number = |wanted: i64| matches!(operands, [Value::Number(one)] if *one == wanted.into());
    match operator {
        Operator::Be | Operator::AtMost => number(0),
        Operator::LessThan => number(1),
        _ => false,
    }
}

/// Follows names down to a field; arrays and maps are passed through.
fn find<'n, 'c>(nodes: &'n mut [Node<'c>], path: &[String]) -> Option<&'n mut Node<'c>> {
    let (name, rest) = path.split_first()?;
    let node = nodes.iter_mut().find(|node| node.field.name == *name)?;
    descend(node, rest)
}

fn descend<'n, 'c>(node: &'n mut Node<'c>, path: &[String]) -> Option<&'n mut Node<'c>> {
    let Some((name, rest)) = path.split_first() else {
        return Some(node);
    };
    // The element of an array may be named on the way, or passed through.
    let step = |word: &str| if name == word { rest } else { path };
    match &mut node.inner {
        Inner::Object(nodes) => find(nodes, path),
        Inner::Array(Some(items)) => descend(items, step("items")),
        Inner::Map(Some(keys), _) if name == "keys" => descend(keys, rest),
        Inner::Map(_, Some(values)) => descend(values, step("values")),
        _ => None,
    }
}
