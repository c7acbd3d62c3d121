//! Valid policies in, what their authors will regret out.

mod catalogue;
mod shape;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy_core::ast::{BinaryOp, Expr, ExprKind, Literal, PatternElem, UnaryOp};
use meshlaw_contract::nearest;
use meshlaw_report::{Enforcement, Severity};

pub use catalogue::{LINTS, LintKind};

use crate::book::{Book, place};
use crate::clause::{Clauses, is_constant, span};
use crate::policy::{Layer, Policy};
use shape::Shape;

/// What is wrong with a valid policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lint {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Its id, one of [`LINTS`].
    pub id: &'static str,
    /// What is wrong here.
    pub message: String,
    /// The way out.
    pub help: String,
}

/// What there is, so that what a policy names can be held against it. A list that is empty is not
/// known, and nothing is held against it.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Names of domains.
    pub domains: BTreeSet<String>,
    /// Names of teams.
    pub teams: BTreeSet<String>,
    /// Names of products.
    pub products: BTreeSet<String>,
    /// Roles that teams have.
    pub roles: BTreeSet<String>,
    /// Free keys that contracts have.
    pub tags: BTreeSet<String>,
}

/// Looks at one policy of a book.
///
/// # Errors
///
/// Fails where the text is not what it was when it was found to be valid.
pub fn lint(policy: &Policy, book: &Book, known: &Known) -> Result<Vec<Lint>, String> {
    let cedar: &cedar_policy_core::ast::Policy = policy.cedar.get()?.as_ref();
    let mut linter = Linter {
        policy,
        known,
        found: Vec::new(),
    };
    linter.annotations();
    linter.conditions(&Clauses::of(policy)?);
    let conditions = cedar.non_scope_constraints();
    if conditions.is_none_or(|one| matches!(one.expr_kind(), ExprKind::Lit(Literal::Bool(true)))) {
        let message = "the policy has no condition: it fires on everything in its scope";
        linter.at_word(
            "forbid",
            "always-applies",
            message,
            "say when, or narrow the scope",
        );
    }
    let resource = cedar.resource_constraint().as_expr();
    for part in conditions.into_iter().chain([&resource]) {
        for expression in part.subexpressions() {
            linter.expression(expression);
        }
    }
    linter.among(book)?;
    linter.found.sort();
    linter.found.dedup();
    Ok(linter.found)
}

struct Linter<'l> {
    policy: &'l Policy,
    known: &'l Known,
    found: Vec<Lint>,
}

impl Linter<'_> {
    fn at(
        &mut self,
        offset: usize,
        id: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let (line, column) = place(&self.policy.text, offset);
        self.found.push(Lint {
            line,
            column,
            id,
            message: message.into(),
            help: help.into(),
        });
    }

    fn on(
        &mut self,
        at: &Expr,
        id: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let offset = span(at.source_loc()).map_or(0, |(start, _)| start);
        self.at(offset, id, message, help);
    }

    fn at_word(&mut self, word: &str, id: &'static str, message: &str, help: &str) {
        let offset = self.policy.text.find(word).unwrap_or(0);
        self.at(offset, id, message, help);
    }

    fn annotations(&mut self) {
        let policy = self.policy;
        let blocks = policy.enforcement >= Enforcement::Soft;
        if policy.since.is_some() && !blocks {
            let message = "`@since` says from when a policy blocks, and this one never does";
            let help = "drop `@since`, or write `@enforcement(\"soft\")`";
            self.at_word("@since", "since-without-force", message, help);
        }
        if blocks && policy.severity == Severity::Note {
            let message = "a note blocks nothing, whatever its enforcement";
            let help = "raise `@severity`, or write `@enforcement(\"advisory\")`";
            self.at_word("@severity", "never-blocks", message, help);
        }
        let words = policy.help.split_whitespace().count();
        if words < 3
            || policy
                .help
                .trim()
                .eq_ignore_ascii_case(policy.message.trim())
        {
            let message = "`@help` does not say what to do";
            let help = "write what to change in the contract, with an example";
            self.at_word("@help", "help-says-nothing", message, help);
        }
        if policy.readme.trim().is_empty() {
            let message = "there is no README.md beside the policy";
            let help = "say in it why the rule is there, what to do, and when to ask for a waiver";
            self.at(0, "no-readme", message, help);
        }
    }

    /// Holds the conditions that all have to hold against each other.
    fn conditions(&mut self, clauses: &Clauses) {
        let mut known: BTreeMap<&str, bool> = BTreeMap::new();
        for (index, wanted) in clauses.demands() {
            let Some(clause) = clauses.list.get(index) else {
                continue;
            };
            match known.insert(&clause.text, wanted) {
                Some(before) if before == wanted => {
                    let message = format!("`{}` stands here for the second time", clause.text);
                    self.at(
                        clause.span.0,
                        "repeated-condition",
                        message,
                        "drop one of the two",
                    );
                }
                Some(_) => {
                    let message = format!("`{}` has to hold and must not hold", clause.text);
                    let help = "a policy that never fires guards nothing: drop one of the two";
                    self.at(clause.span.0, "contradicting-conditions", message, help);
                }
                None => {}
            }
        }
    }

    fn expression(&mut self, expression: &Expr) {
        match expression.expr_kind() {
            ExprKind::UnaryApp { op, arg } => self.unary(expression, *op, arg),
            ExprKind::BinaryApp { op, arg1, arg2 } => self.binary(expression, *op, arg1, arg2),
            ExprKind::Like { pattern, .. } => {
                let elements = pattern.get_elems();
                let is_star = |one: &PatternElem| matches!(one, PatternElem::Wildcard);
                if elements.iter().all(is_star) {
                    let message = "`like \"*\"` is true of every text";
                    self.on(
                        expression,
                        "pattern-of-all",
                        message,
                        "drop it, or say what the text is like",
                    );
                } else if !elements.iter().any(is_star) {
                    let message = "a pattern without `*` is true of one text only";
                    let help =
                        "write `==`, or put `*` where anything may stand; `?` stands for itself";
                    self.on(expression, "pattern-without-star", message, help);
                }
            }
            ExprKind::Set(members) => {
                let mut seen = BTreeSet::new();
                for member in members.iter() {
                    let text = member.to_string();
                    if !seen.insert(text.clone()) {
                        let message = format!("the set names {text} twice");
                        self.on(member, "repeated-member", message, "drop one of the two");
                    }
                }
            }
            ExprKind::Lit(Literal::EntityUID(entity)) => self.entity(expression, entity),
            _ => {}
        }
    }

    fn unary(&mut self, whole: &Expr, op: UnaryOp, arg: &Expr) {
        let not = |one: &Expr| {
            matches!(
                one.expr_kind(),
                ExprKind::UnaryApp {
                    op: UnaryOp::Not,
                    ..
                }
            )
        };
        if op == UnaryOp::Not
            && not(arg)
            && self.is_written(whole, '!')
            && self.is_written(arg, '!')
        {
            let message = "the condition is negated twice";
            self.on(
                whole,
                "double-negation",
                message,
                "write it without both `!`",
            );
        }
        if op == UnaryOp::Neg && !is_constant(arg) {
            self.overflow(whole);
        }
    }

    /// Cedar makes a `Not` of `unless`, too.
    fn is_written(&self, expression: &Expr, sign: char) -> bool {
        let written = span(expression.source_loc());
        let text = written.and_then(|(start, end)| self.policy.text.get(start..end));
        text.is_some_and(|text| text.trim_start_matches('(').starts_with(sign))
    }

    fn binary(&mut self, whole: &Expr, op: BinaryOp, left: &Expr, right: &Expr) {
        match op {
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul => {
                if !is_constant(left) || !is_constant(right) {
                    self.overflow(whole);
                }
            }
            BinaryOp::Eq | BinaryOp::Less | BinaryOp::LessEq => {
                if left.to_string() == right.to_string() {
                    let message = "both sides of the comparison are the same";
                    let help = "compare with what was meant";
                    self.on(whole, "attribute-against-itself", message, help);
                }
                let is_bool =
                    |one: &Expr| matches!(one.expr_kind(), ExprKind::Lit(Literal::Bool(_)));
                if is_bool(left) || is_bool(right) {
                    let message = "a condition is compared to `true` or `false`";
                    let help = "write the condition, or `!` and the condition";
                    self.on(whole, "compared-to-bool", message, help);
                }
                self.held(left, right);
                self.held(right, left);
            }
            BinaryOp::Contains => {
                if let ExprKind::Set(members) = left.expr_kind() {
                    if members.len() == 1 {
                        let message = "a set of one member says what `==` says";
                        self.on(whole, "set-of-one", message, "write `==`");
                    }
                    members.iter().for_each(|member| self.held(right, member));
                }
                self.held(left, right);
            }
            BinaryOp::ContainsAny | BinaryOp::ContainsAll => {
                if let ExprKind::Set(members) = right.expr_kind() {
                    members.iter().for_each(|member| self.held(left, member));
                }
            }
            BinaryOp::HasTag | BinaryOp::GetTag => {
                if let ExprKind::Lit(Literal::String(key)) = right.expr_kind() {
                    let tags = &self.known.tags;
                    let message = format!("no contract has a property `{key}`");
                    self.unknown(
                        right,
                        "unknown-tag",
                        key,
                        tags.iter().map(String::as_str).collect(),
                        message,
                    );
                }
            }
            BinaryOp::In => {}
        }
    }

    fn overflow(&mut self, at: &Expr) {
        let message = "where the result does not fit 64 bits the policy cannot be evaluated";
        let help = "compare each number with a constant or a parameter instead of reckoning";
        self.on(at, "may-overflow", message, help);
    }

    /// Holds a constant against what the attribute beside it can be.
    fn held(&mut self, attribute: &Expr, constant: &Expr) {
        let ExprKind::GetAttr { attr, .. } = attribute.expr_kind() else {
            return;
        };
        let path = attribute.to_string().replace(['"', '[', ']', '(', ')'], "");
        match constant.expr_kind() {
            ExprKind::Lit(Literal::Long(number)) => {
                let is_rank = attr.starts_with("classificationRank") || attr.ends_with("Bump");
                if is_rank && !(0..=3).contains(number) {
                    let message = format!("`{attr}` is never {number}: it goes from 0 to 3");
                    let help = "ranks: 0 public, 1 internal, 2 confidential, 3 restricted; bumps: 0 none to 3 major";
                    self.on(constant, "number-out-of-range", message, help);
                }
            }
            ExprKind::Lit(Literal::String(text))
                if attr == "nameTokens" && text.chars().any(char::is_uppercase) =>
            {
                let message = format!("no token is `{text}`: they are in lower case");
                let help = format!("write `{}`", text.to_lowercase());
                self.on(constant, "never-lower-case", message, help);
            }
            ExprKind::Lit(Literal::String(text)) => {
                if path.ends_with("principal.name") && !self.known.teams.is_empty() {
                    let teams = self.known.teams.iter().map(String::as_str).collect();
                    let message = format!("`{text}` is not a team of the settings");
                    self.unknown(constant, "unknown-team", text, teams, message);
                    return;
                }
                let words = words::of(&path, &self.known.roles);
                let message = format!("`{attr}` is never `{text}`");
                self.unknown(constant, "unknown-word", text, words, message);
            }
            _ => {}
        }
    }

    fn entity(&mut self, at: &Expr, entity: &cedar_policy_core::ast::EntityUID) {
        let name: &str = entity.eid().as_ref();
        let kind = entity.entity_type().to_string();
        let (id, all) = match kind.as_str() {
            "Domain" => ("unknown-domain", &self.known.domains),
            "Team" => ("unknown-team", &self.known.teams),
            "Product" => ("unknown-product", &self.known.products),
            _ => return,
        };
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let message = format!(
            "`{name}` is not among the {}s of the settings",
            kind.to_lowercase()
        );
        self.unknown(at, id, name, all, message);
        if let (Layer::Domain(own), "Domain") = (&self.policy.layer, kind.as_str())
            && own != name
        {
            let message =
                format!("the policy is asked about `{own}` only, and never about `{name}`");
            let help = "drop the condition, or move the policy to where it is meant to hold";
            self.on(at, "foreign-domain", message, help);
        }
    }

    /// Says that a word is not among those known, and which is near.
    fn unknown(
        &mut self,
        at: &Expr,
        id: &'static str,
        word: &str,
        all: Vec<&str>,
        message: String,
    ) {
        if all.is_empty() || all.contains(&word) {
            return;
        }
        let help = match nearest(word, all.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known are {}", all.join(", ")),
        };
        self.on(at, id, message, help);
    }

    /// Holds the policy against the others of the book.
    fn among(&mut self, book: &Book) -> Result<(), String> {
        let own = Shape::of(self.policy)?;
        for other in book
            .policies
            .iter()
            .filter(|other| other.id != self.policy.id)
        {
            let (id, near) = (self.policy.id.as_str(), other.id.as_str());
            if self.policy.layer == other.layer && strsim::damerau_levenshtein(id, near) == 1 {
                let message = format!("the id differs from `{near}` in one letter");
                self.at(0, "near-id", message, "give one of the two another name");
            }
            let reaches = other.layer == Layer::Org || other.layer == self.policy.layer;
            let is_as_strict =
                other.enforcement >= self.policy.enforcement && other.since.is_none();
            // Of two that ask for the same, one stays: the floor's, the stricter, the first.
            let is_first = other.layer != self.policy.layer
                || other.enforcement > self.policy.enforcement
                || id > near;
            if !reaches || !is_as_strict {
                continue;
            }
            let theirs = Shape::of(other)?;
            if theirs.covers(&own) && (is_first || !own.covers(&theirs)) {
                let message = format!("`{near}` fires wherever this policy fires");
                let help = "drop it, or say what it adds";
                self.at_word("forbid", "shadowed", &message, help);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
