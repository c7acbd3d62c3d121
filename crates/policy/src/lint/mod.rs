//! Valid policies in, what their authors will regret out.

mod catalogue;
mod expression;
mod filled;
mod naming;
mod shape;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy_core::ast::{Expr, ExprKind, Literal};
use meshlaw_contract::Format;
use meshlaw_report::{Enforcement, Severity};

pub use catalogue::{LINTS, LintKind, Shown};
pub use filled::hangs_on_format;
pub(crate) use naming::unknown_attribute;

use crate::book::{Book, place};
use crate::clause::{Clauses, span};
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
    /// Formats that contracts are written in.
    pub formats: BTreeSet<Format>,
    /// Names of the glossary's terms.
    pub terms: BTreeSet<String>,
    /// Ids of contracts.
    pub contracts: BTreeSet<String>,
    /// Names of consumers.
    pub consumers: BTreeSet<String>,
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
    linter.id();
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
        let blocks = policy.written >= Enforcement::Soft;
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
            // Of two that ask for the same, one stays: the floor's, the stricter, the first.
            let is_first = other.layer != self.policy.layer
                || other.written > self.policy.written
                || id > near;
            if !reaches || other.written < self.policy.written {
                continue;
            }
            let theirs = Shape::of(other)?;
            if theirs.covers(&own) && (is_first || !own.covers(&theirs)) {
                self.covered(other);
            }
        }
        Ok(())
    }
}

impl Linter<'_> {
    /// Says what becomes of a policy beside one that fires wherever it fires, as strictly.
    fn covered(&mut self, other: &Policy) {
        let near = &other.id;
        match (self.policy.since, other.since) {
            (_, None) => {
                let message = format!("`{near}` fires wherever this policy fires");
                let help = "drop it, or say what it adds";
                self.at_word("forbid", "shadowed", &message, help);
            }
            (Some(own), Some(theirs)) if theirs <= own => {
                let message = format!(
                    "`{near}` fires wherever this policy fires, as strictly, and since {theirs}"
                );
                let help = "let the milder or narrower stage begin first, or drop it";
                self.at_word("@since", "since-out-of-order", &message, help);
            }
            // Until its day the other only advises.
            (_, Some(_)) => {}
        }
    }
}

#[cfg(test)]
mod tests;
