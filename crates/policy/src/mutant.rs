//! A policy in, the same policy with one thing wrong out, as often as there is a thing.
//!
//! Examples that a wrong policy passes as well do not say what the right one means.

use cedar_policy_core::ast::{BinaryOp, Expr, ExprKind, Literal};

use crate::book::{Book, BookFile, place};
use crate::clause::{Clauses, span};
use crate::policy::Policy;

/// A policy with one thing changed.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// What was changed, such as ``negated `resource.isMasked` ``.
    pub change: String,
    /// Line of what was changed, from 1.
    pub line: u32,
    /// The policy that it makes; valid.
    pub policy: Policy,
}

/// Members of a set that are each worth an example.
const FEW: usize = 4;

/// A change of the text: from, up to, what stands there then, and what it is called.
type Edit = (usize, usize, String, String);

/// Makes every mutant that is a valid policy.
///
/// # Errors
///
/// Fails where the text is not what it was when it was found to be valid.
pub fn mutants(policy: &Policy) -> Result<Vec<Mutant>, String> {
    let text = &policy.text;
    let bare = bare(text);
    let cedar: &cedar_policy_core::ast::Policy = policy.cedar.get()?.as_ref();
    let mut edits = Vec::new();
    for clause in Clauses::of(policy)?.list {
        let (start, end) = clause.span;
        let negated = format!("!({})", text.get(start..end).unwrap_or_default());
        edits.push((start, end, negated, format!("negated `{}`", clause.text)));
    }
    for (start, end, word) in blocks(&bare) {
        edits.push((start, end, String::new(), format!("dropped this `{word}`")));
    }
    let conditions = cedar.non_scope_constraints();
    for expression in conditions.into_iter().flat_map(Expr::subexpressions) {
        edits.extend(changed(expression, text, &bare));
    }
    edits.extend(widened(policy, &bare));
    edits.sort();
    edits.dedup();
    Ok(edits
        .into_iter()
        .filter_map(|edit| settle(policy, edit))
        .collect())
}

/// Applies an edit; what is no valid policy then would never be let in.
fn settle(policy: &Policy, (start, end, with, change): Edit) -> Option<Mutant> {
    let text = &policy.text;
    let changed = format!("{}{with}{}", text.get(..start)?, text.get(end..)?);
    let file = BookFile {
        path: format!("{}/policy.cedar", policy.id),
        text: changed.into(),
    };
    let book = Book::load(&[], &[file]).ok()?;
    Some(Mutant {
        change,
        line: place(text, start).0,
        policy: book.policies.into_iter().next()?,
    })
}

/// Changes a number by one, a text to another, a comparison to its neighbour.
fn changed(expression: &Expr, text: &str, bare: &str) -> Vec<Edit> {
    let own = span(expression.source_loc());
    match expression.expr_kind() {
        ExprKind::Lit(Literal::Long(number)) => {
            let Some((start, end)) = own else {
                return Vec::new();
            };
            let steps = [number.checked_add(1), number.checked_sub(1)];
            let steps = steps.into_iter().flatten().filter(|step| *step >= 0);
            steps
                .map(|step| {
                    (
                        start,
                        end,
                        step.to_string(),
                        format!("{number} made {step}"),
                    )
                })
                .collect()
        }
        // A long set is a list of words; one example a word would tell nobody more.
        ExprKind::Set(members) if members.len() <= FEW => {
            let texts = members
                .iter()
                .filter(|one| matches!(one.expr_kind(), ExprKind::Lit(Literal::String(_))));
            let edit = |member: &Expr| {
                let (start, end) = span(member.source_loc())?;
                let was = text.get(start..end)?.to_owned();
                Some((
                    start,
                    end,
                    "\"?\"".to_owned(),
                    format!("took {was} out of the set"),
                ))
            };
            texts.filter_map(edit).collect()
        }
        ExprKind::And { left, right } => {
            let mut edits = swap(left, right, bare, "&&", "||");
            edits.extend(halves(left, right, text, bare));
            edits
        }
        ExprKind::Or { left, right } => {
            let mut edits = swap(left, right, bare, "||", "&&");
            edits.extend(halves(left, right, text, bare));
            edits
        }
        ExprKind::BinaryApp {
            op: BinaryOp::Less | BinaryOp::LessEq,
            arg1,
            arg2,
        } => [("<=", "<"), (">=", ">"), ("<", "<="), (">", ">=")]
            .into_iter()
            .map(|(sign, other)| swap(arg1, arg2, bare, sign, other))
            .find(|edits| !edits.is_empty())
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Replaces the sign between two expressions.
fn swap(left: &Expr, right: &Expr, bare: &str, sign: &str, other: &str) -> Vec<Edit> {
    let between = span(left.source_loc()).zip(span(right.source_loc()));
    let found = between.and_then(|((_, from), (to, _))| {
        let at = from + bare.get(from..to)?.find(sign)?;
        let change = format!("`{sign}` made `{other}`");
        Some((at, at + sign.len(), other.to_owned(), change))
    });
    found.into_iter().collect()
}

/// Drops one of two conditions; `when` and `unless` are joined by no sign, and dropped whole.
fn halves(left: &Expr, right: &Expr, text: &str, bare: &str) -> Vec<Edit> {
    let both = span(left.source_loc()).zip(span(right.source_loc()));
    let Some(((start, end), (from, to))) = both else {
        return Vec::new();
    };
    let is_joined = bare
        .get(end..from)
        .is_some_and(|between| between.contains("&&") || between.contains("||"));
    let drop = |start: usize, end: usize, what: (usize, usize)| {
        let words = text.get(what.0..what.1)?.split_whitespace();
        let what = words.collect::<Vec<_>>().join(" ");
        Some((start, end, String::new(), format!("dropped `{what}`")))
    };
    let edits = [drop(start, from, (start, end)), drop(end, to, (from, to))];
    edits.into_iter().flatten().filter(|_| is_joined).collect()
}

/// Lets the policy speak of any type of resource, or of any change.
fn widened(policy: &Policy, bare: &str) -> Vec<Edit> {
    let text = &policy.text;
    // Annotations have parentheses of their own.
    let forbid = word_at(bare, "forbid").unwrap_or(0);
    let part = |from: usize, to: usize| bare.get(from..to).unwrap_or_default();
    let head = forbid + part(forbid, bare.len()).find(')').unwrap_or(0);
    let mut edits = Vec::new();
    let reads_resource = part(head, bare.len()).contains("resource");
    if let Some(at) = part(forbid, head)
        .find("resource")
        .filter(|_| reads_resource)
    {
        let start = forbid + at + "resource".len();
        let written = text.get(start..head).unwrap_or_default();
        let end = start + written.trim_end_matches([',', '\n', ' ', '\t', '\r']).len();
        // Where the conditions can hold of no other type, a wider scope is no other policy.
        let holds_of = |other: &&str| {
            let scope = format!(" is {other}");
            !written.contains(&scope)
                && settle(policy, (start, end, scope, String::new())).is_some()
        };
        if ["Contract", "Dataset", "Field"].iter().any(holds_of) {
            let written = text.get(start..end).unwrap_or_default().trim();
            let change = format!("dropped `{written}` of the scope");
            edits.push((start, end, String::new(), change));
        }
    }
    for action in ["changeBreaking", "changeRisky", "changeSafe"] {
        let written = format!("== Action::\"{action}\"");
        let scope = text.get(..head).unwrap_or_default();
        if let Some(at) = scope.find(&written) {
            let wider = "in Action::\"change\"".to_owned();
            let change = "any change in the scope".to_owned();
            edits.push((at, at + written.len(), wider, change));
        }
    }
    // A scope that says nothing of the resource has nothing to drop.
    edits.retain(|(start, end, ..)| start < end);
    edits
}

/// Finds the conditions: from, up to, and the word before them.
fn blocks(bare: &str) -> Vec<(usize, usize, &'static str)> {
    let mut found = Vec::new();
    let mut from = bare.find("forbid").unwrap_or(0);
    loop {
        let rest = bare.get(from..).unwrap_or_default();
        let next = ["when", "unless"]
            .into_iter()
            .filter_map(|word| Some((from + word_at(rest, word)?, word)))
            .min();
        let Some((start, word)) = next else {
            return found;
        };
        let mut depth = 0_usize;
        let mut end = None;
        for (at, byte) in bare.bytes().enumerate().skip(start) {
            match byte {
                b'{' => depth += 1,
                b'}' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        end = Some(at + 1);
                        break;
                    }
                }
                _ => {}
            }
        }
        let Some(end) = end else {
            return found;
        };
        found.push((start, end, word));
        from = end;
    }
}

fn word_at(text: &str, word: &str) -> Option<usize> {
    let is_letter =
        |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let bytes = text.as_bytes();
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        !is_letter(before) && !is_letter(bytes.get(at + word.len()))
    })
}

/// Blanks texts and comments, so that what is found is Cedar's own; every byte keeps its place.
fn bare(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let (mut in_text, mut in_comment, mut is_escaped) = (false, false, false);
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        let starts_comment = byte == b'/' && bytes.peek() == Some(&b'/');
        if in_comment {
            in_comment = byte != b'\n';
        } else if in_text {
            let ends = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            in_text = !ends;
            out.push(b' ');
            continue;
        } else if byte == b'"' {
            (in_text, is_escaped) = (true, false);
            out.push(b' ');
            continue;
        } else if starts_comment {
            in_comment = true;
        }
        out.push(if in_comment || !byte.is_ascii() {
            b' '
        } else {
            byte
        });
    }
    String::from_utf8(out).unwrap_or_default()
}
