//! A policy in, the conditions that it is made of, with their places, out; with a question, what
//! each of them said to it.
//!
//! Cedar tells which policy fired and not why. Here each condition is put to Cedar's own evaluator
//! by itself, with the values of both its sides.

use std::sync::Arc;

use cedar_policy::{Entities, Request};
use cedar_policy_core::ast::{
    BinaryOp, Expr, ExprKind, Literal, SlotEnv, UnaryOp, Value, ValueKind,
};
use cedar_policy_core::evaluator::Evaluator;
use cedar_policy_core::extensions::Extensions;
use cedar_policy_core::parser::Loc;
use meshlaw_contract::Pointer;

use crate::book::place;
use crate::policy::Policy;

/// One condition of a policy, which is true or false.
#[derive(Debug, Clone)]
pub struct Clause {
    /// As it stands in the policy.
    pub text: String,
    /// Line of its first character, from 1.
    pub line: u32,
    /// Column of its first character, from 1.
    pub column: u32,
    /// Line of its last character.
    pub last_line: u32,
    /// Bytes from the start of the text: from, and up to.
    pub span: (usize, usize),
    expression: Arc<Expr>,
}

/// The conditions of a policy, and how they are joined.
#[derive(Debug)]
pub struct Clauses {
    /// In the order of the text.
    pub list: Vec<Clause>,
    root: Option<Node>,
    scope: Vec<Expr>,
}

/// What a policy's conditions said to one question.
#[derive(Debug, Clone)]
pub struct Trace {
    /// What was asked about.
    pub pointer: Pointer,
    /// Whether the policy fired, or why it could not be told.
    pub fired: Result<bool, String>,
    /// What each condition said; none of them is reached outside the policy's scope.
    pub seen: Vec<Seen>,
}

/// What one condition said.
#[derive(Debug, Clone)]
pub struct Seen {
    /// It was looked at: nothing before it settled the matter.
    pub is_reached: bool,
    /// Its value, or why it has none.
    pub value: Result<bool, String>,
    /// The values that it compares, by the texts that name them; constants are left out.
    pub sides: Vec<(String, String)>,
    /// Members that a set would need for the condition to hold.
    pub missing: Vec<String>,
}

#[derive(Debug)]
enum Node {
    Leaf(usize),
    Not(Box<Node>),
    Both(Box<Node>, Box<Node>),
    Either(Box<Node>, Box<Node>),
    Choice(Box<[Node; 3]>),
}

/// Members of a set that are shown.
const MOST_MEMBERS: usize = 8;

impl Clauses {
    /// Takes a policy apart.
    ///
    /// # Errors
    ///
    /// Fails where the text is not what it was when it was found to be valid.
    pub fn of(policy: &Policy) -> Result<Self, String> {
        let cedar: &cedar_policy_core::ast::Policy = policy.cedar.get()?.as_ref();
        let mut list = Vec::new();
        let root = cedar
            .non_scope_constraints()
            .map(|conditions| grow(conditions, &policy.text, &mut list));
        Ok(Self {
            list,
            root,
            scope: vec![
                cedar.principal_constraint().as_expr(),
                cedar.action_constraint().as_expr(),
                cedar.resource_constraint().as_expr(),
            ],
        })
    }

    /// Puts each condition to Cedar.
    pub(crate) fn trace(&self, pointer: Pointer, request: &Request, entities: &Entities) -> Trace {
        let extensions = Extensions::all_available();
        let request: &cedar_policy_core::ast::Request = request.as_ref();
        let evaluator = Evaluator::new(request.clone(), entities.as_ref(), extensions);
        let mut seen: Vec<Seen> = self
            .list
            .iter()
            .map(|clause| look(&evaluator, clause))
            .collect();
        let in_scope = self
            .scope
            .iter()
            .try_fold(true, |so_far, part| Ok(so_far && truth(&evaluator, part)?));
        let fired = match (in_scope, &self.root) {
            (Ok(true), Some(root)) => run(root, &mut seen),
            (Ok(holds), _) => Ok(holds),
            (Err(error), _) => Err(error),
        };
        Trace {
            pointer,
            fired,
            seen,
        }
    }

    /// Returns the conditions that all have to hold, or must not, for the policy to fire.
    pub(crate) fn demands(&self) -> Vec<(usize, bool)> {
        let mut out = Vec::new();
        if let Some(root) = &self.root {
            demand(root, true, &mut out);
        }
        out
    }

    /// Returns the fewest conditions that would have to turn for the policy to say the opposite.
    pub fn turning(&self, trace: &Trace) -> Vec<usize> {
        let wanted = trace.fired != Ok(true);
        let mut turned = match &self.root {
            Some(root) => turn(root, wanted, &trace.seen),
            None => Vec::new(),
        };
        turned.sort_unstable();
        turned.dedup();
        turned
    }
}

/// Makes the tree of conditions.
fn grow(expression: &Expr, text: &str, list: &mut Vec<Clause>) -> Node {
    let own = span(expression.source_loc());
    match expression.expr_kind() {
        // `is … in …` and `has a.b` are one condition to whoever wrote them.
        ExprKind::And { left, right } if own.is_none() || span(left.source_loc()) != own => {
            let left = grow(left, text, list);
            Node::Both(Box::new(left), Box::new(grow(right, text, list)))
        }
        ExprKind::Or { left, right } => {
            let left = grow(left, text, list);
            Node::Either(Box::new(left), Box::new(grow(right, text, list)))
        }
        ExprKind::If {
            test_expr,
            then_expr,
            else_expr,
        } => {
            let test = grow(test_expr, text, list);
            let then = grow(then_expr, text, list);
            Node::Choice(Box::new([test, then, grow(else_expr, text, list)]))
        }
        // `a != b` and `a > b` are a `Not` to Cedar, and one condition to people.
        ExprKind::UnaryApp {
            op: UnaryOp::Not,
            arg,
        } if !is_one(expression, arg, text) => Node::Not(Box::new(grow(arg, text, list))),
        _ => {
            let (start, end) = own.unwrap_or((0, 0));
            let snippet = text.get(start..end).unwrap_or_default();
            let trimmed = snippet.trim_end();
            let end = start + trimmed.len();
            let (line, column) = place(text, start);
            list.push(Clause {
                text: trimmed.split_whitespace().collect::<Vec<_>>().join(" "),
                line,
                column,
                last_line: place(text, end.saturating_sub(1)).0,
                span: (start, end),
                expression: Arc::new(expression.clone()),
            });
            Node::Leaf(list.len() - 1)
        }
    }
}

/// Tells whether a `Not` was written as one condition.
fn is_one(not: &Expr, arg: &Expr, text: &str) -> bool {
    let is_plain = !matches!(
        arg.expr_kind(),
        ExprKind::And { .. } | ExprKind::Or { .. } | ExprKind::If { .. }
    );
    let written = span(not.source_loc()).and_then(|(start, end)| text.get(start..end));
    let is_clause = written.is_none_or(|text| text.starts_with("unless") || text.starts_with('{'));
    is_plain && !is_clause
}

pub(crate) fn span(loc: Option<&Loc>) -> Option<(usize, usize)> {
    let span = loc?.span;
    Some((span.offset(), span.offset() + span.len()))
}

fn truth(evaluator: &Evaluator<'_>, expression: &Expr) -> Result<bool, String> {
    match value(evaluator, expression)?.value_kind() {
        ValueKind::Lit(Literal::Bool(value)) => Ok(*value),
        other => Err(format!("`{other}` is neither true nor false")),
    }
}

fn value(evaluator: &Evaluator<'_>, expression: &Expr) -> Result<Value, String> {
    let value = evaluator.interpret(expression, &SlotEnv::new());
    value.map_err(|error| error.to_string())
}

/// Evaluates a condition and what it compares.
fn look(evaluator: &Evaluator<'_>, clause: &Clause) -> Seen {
    let mut seen = Seen {
        is_reached: false,
        value: truth(evaluator, &clause.expression),
        sides: Vec::new(),
        missing: Vec::new(),
    };
    let (mut inner, mut is_negated) = (&*clause.expression, false);
    while let ExprKind::UnaryApp {
        op: UnaryOp::Not,
        arg,
    } = inner.expr_kind()
    {
        (inner, is_negated) = (arg, !is_negated);
    }
    let mut side = |expression: &Expr| {
        let known = value(evaluator, expression).ok()?;
        if !is_constant(expression) {
            let name = expression.to_string();
            seen.sides.push((name, shown(&known)));
        }
        Some(known)
    };
    match inner.expr_kind() {
        ExprKind::BinaryApp { op, arg1, arg2 } => {
            let (left, right) = (side(arg1), side(arg2));
            let wanted = match op {
                // What must not be in a set is not missing from it.
                _ if is_negated => Vec::new(),
                BinaryOp::ContainsAll => members(right.as_ref()),
                BinaryOp::Contains => right.iter().map(shown).collect(),
                _ => Vec::new(),
            };
            let there = members(left.as_ref());
            seen.missing = wanted
                .into_iter()
                .filter(|one| !there.contains(one))
                .collect();
        }
        ExprKind::UnaryApp { arg, .. } => {
            side(arg);
        }
        ExprKind::Like { expr, .. } | ExprKind::Is { expr, .. } => {
            side(expr);
        }
        ExprKind::ExtensionFunctionApp { args, .. } => {
            for argument in args.iter() {
                side(argument);
            }
        }
        _ => {}
    }
    seen
}

/// A value that no question changes is not worth showing.
pub(crate) fn is_constant(expression: &Expr) -> bool {
    expression.subexpressions().all(|one| {
        !matches!(
            one.expr_kind(),
            ExprKind::Var(_) | ExprKind::Slot(_) | ExprKind::Unknown(_)
        )
    })
}

fn members(value: Option<&Value>) -> Vec<String> {
    match value.map(Value::value_kind) {
        Some(ValueKind::Set(set)) => set.authoritative.iter().map(shown).collect(),
        _ => Vec::new(),
    }
}

fn shown(value: &Value) -> String {
    let ValueKind::Set(set) = value.value_kind() else {
        return value.to_string();
    };
    let first = set.authoritative.iter().take(MOST_MEMBERS);
    let mut all: Vec<String> = first.map(ToString::to_string).collect();
    let more = set.authoritative.len().saturating_sub(MOST_MEMBERS);
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    format!("[{}]", all.join(", "))
}

/// Runs the tree as Cedar would, and marks what it comes by.
fn run(node: &Node, seen: &mut [Seen]) -> Result<bool, String> {
    match node {
        Node::Leaf(at) => {
            let Some(leaf) = seen.get_mut(*at) else {
                return Err("a condition is missing".to_owned());
            };
            leaf.is_reached = true;
            leaf.value.clone()
        }
        Node::Not(inner) => Ok(!run(inner, seen)?),
        Node::Both(left, right) => Ok(run(left, seen)? && run(right, seen)?),
        Node::Either(left, right) => Ok(run(left, seen)? || run(right, seen)?),
        Node::Choice(parts) => {
            let [test, then, other] = &**parts;
            if run(test, seen)? {
                run(then, seen)
            } else {
                run(other, seen)
            }
        }
    }
}

/// Takes down the leaves that all have to be as they are wanted.
fn demand(node: &Node, wanted: bool, out: &mut Vec<(usize, bool)>) {
    match (node, wanted) {
        (Node::Leaf(at), _) => out.push((*at, wanted)),
        (Node::Not(inner), _) => demand(inner, !wanted, out),
        (Node::Both(left, right), true) | (Node::Either(left, right), false) => {
            demand(left, wanted, out);
            demand(right, wanted, out);
        }
        _ => {}
    }
}

/// Finds the fewest leaves that have to turn for a node to be `wanted`.
fn turn(node: &Node, wanted: bool, seen: &[Seen]) -> Vec<usize> {
    let both = |parts: [&Node; 2], wanted: bool| {
        let turned = parts.map(|part| turn(part, wanted, seen));
        turned.concat()
    };
    let either = |parts: [&Node; 2], wanted: bool| {
        let [left, right] = parts.map(|part| turn(part, wanted, seen));
        if right.len() < left.len() {
            right
        } else {
            left
        }
    };
    match node {
        Node::Leaf(at) => match seen.get(*at).map(|leaf| &leaf.value) {
            Some(Ok(value)) if *value == wanted => Vec::new(),
            _ => vec![*at],
        },
        Node::Not(inner) => turn(inner, !wanted, seen),
        Node::Both(left, right) if wanted => both([left, right], true),
        Node::Both(left, right) => either([left, right], false),
        Node::Either(left, right) if wanted => either([left, right], true),
        Node::Either(left, right) => both([left, right], false),
        Node::Choice(parts) => {
            let [test, then, other] = &**parts;
            let by = |holds: bool, part: &Node| {
                let mut turned = turn(test, holds, seen);
                turned.extend(turn(part, wanted, seen));
                turned
            };
            let (by_then, by_other) = (by(true, then), by(false, other));
            if by_other.len() < by_then.len() {
                by_other
            } else {
                by_then
            }
        }
    }
}
