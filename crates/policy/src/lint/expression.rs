//! One expression of a policy in, what is wrong with it out.

use std::collections::BTreeSet;

use cedar_policy_core::ast::{BinaryOp, Expr, ExprKind, Literal, PatternElem, UnaryOp};
use meshlaw_contract::nearest;

use super::{Linter, words};
use crate::clause::{is_constant, span};
use crate::policy::Layer;

/// Known words that are listed where none is near.
const MOST_TOLD: usize = 12;

impl Linter<'_> {
    pub(super) fn expression(&mut self, expression: &Expr) {
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
            ExprKind::GetAttr { expr, attr } => self.filled(expression, expr, attr),
            ExprKind::HasAttr { expr, attr } => {
                self.filled(expression, expr, attr);
                self.presence(expression);
            }
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
            ExprKind::Lit(Literal::String(text)) if attr == "term" => {
                self.term(constant, text);
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
        if kind == "Term" {
            self.term(at, name);
            return;
        }
        let (id, all) = match kind.as_str() {
            "Domain" => ("unknown-domain", &self.known.domains),
            "Team" => ("unknown-team", &self.known.teams),
            "Product" => ("unknown-product", &self.known.products),
            "Contract" => ("unknown-contract", &self.known.contracts),
            "Consumer" => ("unknown-consumer", &self.known.consumers),
            _ => return,
        };
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let noun = kind.to_lowercase();
        let message = match kind.as_str() {
            "Contract" | "Consumer" => format!("there is no {noun} `{name}`"),
            _ => format!("`{name}` is not among the {noun}s of the settings"),
        };
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

    fn term(&mut self, at: &Expr, name: &str) {
        let all = self.known.terms.iter().map(String::as_str).collect();
        let message = format!("`{name}` is not a term of the glossary");
        self.unknown(at, "unknown-term", name, all, message);
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
        // Who leaves a word out, or adds one, is near enough, too.
        let within = |one: &&&str| one.contains(word) || word.contains(**one);
        let alike = all.iter().filter(within).max_by_key(|one| one.len());
        let near = nearest(word, all.iter().copied()).or(alike.copied());
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if all.len() > MOST_TOLD => {
                "`meshlaw explain` lists those that are known".to_owned()
            }
            None => format!("known are {}", all.join(", ")),
        };
        self.on(at, id, message, help);
    }
}
