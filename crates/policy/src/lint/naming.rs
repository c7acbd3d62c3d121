//! A policy's id and the attributes that it asks for in, which of them name nothing, or something
//! else than they seem to, out.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use cedar_policy::SchemaFragment;
use cedar_policy_core::ast::{Expr, ExprKind};
use meshlaw_contract::nearest;
use serde_json::Value;

use super::Linter;
use crate::annotations::Trouble;
use crate::attribute::{CONTRACT, DATASET, FIELD, attribute_names};
use crate::builtin::builtin_files;
use crate::clause::span;
use crate::policy::Layer;
use crate::schema::VOCABULARY;
use crate::slice::Part;

/// Every attribute of the vocabulary, whatever has it.
static ATTRIBUTES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut names = BTreeSet::new();
    if let Ok((fragment, _)) = SchemaFragment::from_cedarschema_str(VOCABULARY)
        && let Ok(schema) = fragment.to_json_value()
    {
        gather(&schema, &mut names);
    }
    names
});

fn gather(schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(entries) => {
            for (key, value) in entries {
                if let ("attributes", Value::Object(attributes)) = (key.as_str(), value) {
                    names.extend(attributes.keys().cloned());
                }
                gather(value, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, names)),
        _ => {}
    }
}

impl Linter<'_> {
    /// Looks at the id: where it lies, and what else it could be taken for.
    pub(super) fn id(&mut self) {
        let policy = self.policy;
        let id = policy.id.as_str();
        if let Layer::Domain(domain) = &policy.layer {
            let known = self.known.domains.iter().map(String::as_str);
            let message = format!(
                "the policy holds in the domain `{domain}`, which is not among those of the settings"
            );
            self.unknown_id("unknown-domain", domain, known.collect(), message);
        }
        let foreign = |c: &char| c.is_alphabetic() && *c > '\u{24f}';
        if let (true, Some(letter)) = (
            id.chars().any(|c| c.is_ascii_alphabetic()),
            id.chars().find(foreign),
        ) {
            let code = u32::from(letter);
            let message = format!(
                "`{letter}` (U+{code:04X}) in the id only looks like a letter of the others"
            );
            let help = "rename the folder; waivers and reports name policies by their ids";
            self.at(0, "mixed-letters", message, help);
        }
        if policy.is_builtin {
            return;
        }
        for file in builtin_files() {
            let Some(near) = file.path.strip_suffix("/policy.cedar") else {
                continue;
            };
            if strsim::damerau_levenshtein(id, near) == 1 {
                let message = format!("the id differs from the built-in `{near}` in one letter");
                self.at(
                    0,
                    "near-id",
                    message,
                    "give it another name; it does not replace that one",
                );
            }
        }
        self.weakens();
    }

    /// Says where a policy replaces one that is built in, and does less.
    fn weakens(&mut self) {
        let policy = self.policy;
        let path = format!("{}/policy.cedar", policy.id);
        let replaced = builtin_files().into_iter().find(|file| file.path == path);
        let Some(replaced) = replaced.and_then(|file| crate::book::builtin(&file)) else {
            return;
        };
        if replaced.written > policy.written || replaced.severity > policy.severity {
            let message = format!(
                "this replaces the built-in policy, which is {} and of severity {}",
                replaced.written, replaced.severity
            );
            let help = "say in the README why; whoever reads `extends` expects the built-in one";
            self.at_word("@enforcement", "weakens-builtin", &message, help);
        }
    }

    /// Looks at `has` of an attribute that nothing has: it is always false, and valid.
    pub(super) fn presence(&mut self, whole: &Expr) {
        if let Some((at, message, help)) = unknown_attribute(whole, self.policy.about()) {
            self.at(at, "unknown-attribute", message, help);
        }
    }

    fn unknown_id(&mut self, id: &'static str, word: &str, all: Vec<&str>, message: String) {
        if all.is_empty() || all.contains(&word) {
            return;
        }
        let help = match nearest(word, all.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known are {}", all.join(", ")),
        };
        self.at(0, id, message, help);
    }
}

/// Returns the place of a `has` of an attribute that nothing has, what is wrong and the way out.
pub(crate) fn unknown_attribute(whole: &Expr, about: Option<Part>) -> Option<Trouble> {
    let ExprKind::HasAttr { expr, attr } = whole.expr_kind() else {
        return None;
    };
    let attribute = attr.as_str();
    let all: Vec<&str> = match (path(expr).as_str(), about) {
        ("resource.contract", _) | ("resource", Some(Part::Contract)) => attribute_names(CONTRACT),
        ("resource.dataset", _) | ("resource", Some(Part::Dataset)) => attribute_names(DATASET),
        ("resource", Some(Part::Field)) => attribute_names(FIELD),
        _ => ATTRIBUTES.iter().map(String::as_str).collect(),
    };
    let links = ["contract", "dataset"];
    if all.is_empty() || all.contains(&attribute) || links.contains(&attribute) {
        return None;
    }
    let message = format!("nothing has an attribute `{attribute}` here, so that this never holds");
    let help = match nearest(attribute, all.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "look the words up in the vocabulary: `meshlaw explain vocabulary`".to_owned(),
    };
    let at = span(whole.source_loc()).map_or(0, |(start, _)| start);
    Some((at, message, help))
}

/// Writes a chain of attributes down to a variable as its author would.
fn path(expression: &Expr) -> String {
    match expression.expr_kind() {
        ExprKind::Var(name) => name.to_string(),
        ExprKind::GetAttr { expr, attr } => format!("{}.{attr}", path(expr)),
        _ => String::new(),
    }
}
