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
use crate::tree::{Node, demand, run, settle, turn};

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
    text: String,
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

/// Characters of a value that are shown: contracts choose how long their texts are.
const LONGEST: usize = 160;

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
            text: policy.text.clone().into_owned(),
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
            .map(|clause| look(&evaluator, clause, &self.text))
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

    /// Returns the conditions that by themselves made the policy fire; none where it did not.
    pub(crate) fn settling(&self, trace: &Trace) -> Vec<usize> {
        let mut settled = Vec::new();
        if let (Some(root), Ok(true)) = (&self.root, &trace.fired) {
            settle(root, &trace.seen, &mut settled);
        }
        settled.sort_unstable();
        settled
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
        ExprKind::And { left, right } if !is_one_and(own, left, right) => {
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

/// Tells whether both parts are one condition to whoever wrote them: `is … in …`, and `has a.b`.
fn is_one_and(own: Option<(usize, usize)>, left: &Expr, right: &Expr) -> bool {
    let mut parts = [left, right].into_iter();
    own.is_some() && parts.all(|part| span(part.source_loc()) == own)
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
fn look(evaluator: &Evaluator<'_>, clause: &Clause, text: &str) -> Seen {
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
        if !is_constant(expression) && !is_the_subject(&known) {
            seen.sides.push((named(expression, text), shown(&known)));
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
        // That something is there says little without what it is.
        ExprKind::HasAttr { expr, attr } => {
            let whole = Expr::get_attr(Expr::clone(expr), attr.clone());
            side(&whole);
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

/// Returns an expression as its author wrote it.
///
/// Of what a method is called on, Cedar only knows where the whole call stands.
fn named(expression: &Expr, text: &str) -> String {
    match expression.expr_kind() {
        ExprKind::Var(name) => name.to_string(),
        ExprKind::GetAttr { expr, attr } => format!("{}.{attr}", named(expr, text)),
        _ => {
            let written = span(expression.source_loc());
            let written = written.and_then(|(start, end)| text.get(start..end));
            written.map_or_else(
                || expression.to_string(),
                |written| written.split_whitespace().collect::<Vec<_>>().join(" "),
            )
        }
    }
}

/// What a question is about is named by whoever tells of it.
fn is_the_subject(value: &Value) -> bool {
    let ValueKind::Lit(Literal::EntityUID(uid)) = value.value_kind() else {
        return false;
    };
    let kind = uid.entity_type().to_string();
    matches!(
        kind.as_str(),
        "Contract" | "Dataset" | "Field" | "Consumer" | "Waiver"
    )
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

fn cut(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

fn members(value: Option<&Value>) -> Vec<String> {
    match value.map(Value::value_kind) {
        Some(ValueKind::Set(set)) => set.authoritative.iter().map(shown).collect(),
        _ => Vec::new(),
    }
}

fn shown(value: &Value) -> String {
    let ValueKind::Set(set) = value.value_kind() else {
        return cut(value.to_string());
    };
    let first = set.authoritative.iter().take(MOST_MEMBERS);
    let mut all: Vec<String> = first.map(|one| cut(one.to_string())).collect();
    let more = set.authoritative.len().saturating_sub(MOST_MEMBERS);
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    format!("[{}]", all.join(", "))
}
