//! A policy file in, a policy out: its id, what it says when it fires, and what it reads.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use jiff::civil::Date;
use meshlaw_report::{Enforcement, Severity};

use crate::reads::{Found, Reads, Scope, Tie};
use crate::ruling::Ruling;

/// Id of a policy: its folder, such as `org/privacy/pii-masked`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyId(String);

/// Which contracts a policy holds for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Every contract.
    Org,
    /// The contracts of one domain.
    Domain(String),
}

/// One rule of the book.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Where it stands in the book.
    pub id: PolicyId,
    /// For whom it holds.
    pub layer: Layer,
    /// How grave a finding is.
    pub severity: Severity,
    /// What a finding does, as far as the policy itself says; see [`Policy::enforcement`].
    pub written: Enforcement,
    /// What the settings rule in place of that, the most specific first.
    pub rulings: Vec<Ruling>,
    /// What is wrong when it fires.
    pub message: String,
    /// What to do then.
    pub help: String,
    /// Before this date the policy is only advisory.
    pub since: Option<Date>,
    /// The Cedar text.
    pub text: Cow<'static, str>,
    /// What explains it, as Markdown; empty where there is nothing.
    pub readme: Cow<'static, str>,
    /// It comes with the binary.
    pub is_builtin: bool,
    /// The bundle that it comes in, where it does.
    pub bundle: Option<String>,
    pub(crate) cedar: Cedar,
    pub(crate) found: Found,
    pub(crate) scope: Scope,
}

/// A policy as Cedar has it, read from the text when it is first needed.
#[derive(Debug, Clone)]
pub(crate) struct Cedar {
    text: Cow<'static, str>,
    id: PolicyId,
    parsed: OnceLock<Result<cedar_policy::Policy, String>>,
}

impl Cedar {
    /// A text that was found to be valid before.
    pub(crate) fn of(id: &PolicyId, text: Cow<'static, str>) -> Self {
        Self {
            text,
            id: id.clone(),
            parsed: OnceLock::new(),
        }
    }

    /// The same with what was read from it.
    pub(crate) fn read(
        id: &PolicyId,
        text: Cow<'static, str>,
        cedar: cedar_policy::Policy,
    ) -> Self {
        let own = Self::of(id, text);
        let _ = own.parsed.set(Ok(cedar));
        own
    }

    /// Fails where the text is not what it was when it was found to be valid.
    pub(crate) fn get(&self) -> Result<&cedar_policy::Policy, String> {
        let parsed = self.parsed.get_or_init(|| {
            let id = cedar_policy::PolicyId::new(self.id.as_str());
            cedar_policy::Policy::parse(Some(id), &*self.text).map_err(|error| error.to_string())
        });
        parsed.as_ref().map_err(Clone::clone)
    }
}

impl Policy {
    pub(crate) fn reads(&self) -> &Reads {
        self.found.get()
    }

    /// Tells whether the policy reads an attribute of what it is about.
    pub fn asks(&self, attribute: &str) -> bool {
        self.reads().of_resource().any(|name| name == attribute)
    }

    /// Tells whether the policy asks anything about the term of a field.
    pub fn asks_about_terms(&self) -> bool {
        let of_terms = ["leftToTerm", "term", "termIsKnown", "termMismatches"];
        self.reads().ties.contains(&Tie::Term)
            || self
                .reads()
                .of_resource()
                .any(|name| of_terms.contains(&name))
    }
}

impl Layer {
    /// Tells whether its policies hold for a contract of one of the domains.
    pub(crate) fn holds_in(&self, domains: &[&str]) -> bool {
        match self {
            Layer::Org => true,
            Layer::Domain(domain) => domains.contains(&domain.as_str()),
        }
    }
}

impl PolicyId {
    /// Reads a folder path below the policies: `org/<group>/<name>` or `domains/<domain>/<name>`.
    pub fn parse(folder: &str) -> Option<(Self, Layer)> {
        let parts: Vec<&str> = folder.split('/').collect();
        let is_word = |part: &&str| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
        };
        if parts.len() != 3 || !parts.iter().all(is_word) {
            return None;
        }
        let layer = match parts.as_slice() {
            ["org", ..] => Layer::Org,
            ["domains", domain, _] => Layer::Domain((*domain).to_owned()),
            _ => return None,
        };
        Some((Self(folder.to_owned()), layer))
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the group (`privacy`) or, for a domain's policy, the domain.
    pub fn group(&self) -> &str {
        self.0.split('/').nth(1).unwrap_or_default()
    }
}

impl fmt::Display for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Writes the text of a policy in the one shape that `meshlaw policy fmt` keeps; comments stay.
///
/// # Errors
///
/// Fails where the text is no policy, or would lose a comment.
pub fn format(text: &str) -> Result<String, String> {
    let config = cedar_policy_formatter::Config {
        line_width: 100,
        indent_width: 2,
    };
    let text = cedar_policy_formatter::policies_str_to_pretty(text, &config)
        .map_err(|error| error.to_string())?;
    Ok(format!("{}\n", text.trim_end()))
}
