//! A policy in, what a proof needs of it out: its statement, where it speaks, how much it weighs.

use std::collections::BTreeSet;

use cedar_policy::{
    ActionConstraint, Policy as Cedar, PolicyId as CedarId, PolicySet, ResourceConstraint,
};
use jiff::civil::Date;
use meshlaw_policy::{Layer, Policy, enforcement_on};
use meshlaw_report::{Enforcement, Severity};
use serde_json::{Value, json};

use crate::Trouble;
use crate::kind::Kind;

/// A statement that proofs speak of.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Id of the policy.
    pub id: String,
    /// For whom it holds.
    pub layer: Layer,
    /// How much it weighs.
    pub weight: Weight,
    /// What it says, without its id, its annotations and its layout.
    pub(crate) canon: String,
    /// Every attribute that it names.
    pub(crate) attributes: BTreeSet<String>,
    /// Every path of attributes that it reads or asks for, from a variable down.
    pub(crate) paths: BTreeSet<Vec<String>>,
    pub(crate) cedar: Cedar,
}

/// How much a rule weighs: what its verdict does, and how grave it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// What it will do once it is in force.
    pub enforcement: Enforcement,
    /// What it does on the day of the proof.
    pub today: Enforcement,
    /// How grave its findings are.
    pub severity: Severity,
}

impl Weight {
    const FULL: Self = Self {
        enforcement: Enforcement::Hard,
        today: Enforcement::Hard,
        severity: Severity::Error,
    };

    /// Tells whether it weighs as much as another in every respect.
    pub fn bears(self, other: Self) -> bool {
        self.enforcement >= other.enforcement
            && self.today >= other.today
            && self.severity >= other.severity
    }

    /// Tells whether it stops what it speaks against, now or once it is in force.
    pub fn blocks(self) -> bool {
        self.enforcement >= Enforcement::Soft && self.severity == Severity::Error
    }
}

impl Rule {
    /// Reads a policy of a book.
    ///
    /// # Errors
    ///
    /// Fails where the text is not what it was when it was found to be valid.
    pub fn of(policy: &Policy, as_of: Date) -> Result<Self, Trouble> {
        let weight = Weight {
            // What settings rule for a time only ends before that.
            enforcement: policy.enforcement(Date::MAX),
            today: enforcement_on(policy, as_of, false),
            severity: policy.severity,
        };
        let rule = Self::read(policy.id.as_str(), &policy.text)?;
        Ok(Self {
            layer: policy.layer.clone(),
            weight,
            ..rule
        })
    }

    /// Reads a statement that stands by itself; it weighs as much as any.
    ///
    /// # Errors
    ///
    /// Fails where the text is not one policy.
    pub fn read(id: &str, text: &str) -> Result<Self, Trouble> {
        let cedar = Cedar::parse(Some(CedarId::new(id)), text)
            .map_err(|error| Trouble::Text(id.to_owned(), error.to_string()))?;
        Self::from_cedar(id, cedar)
    }

    pub(crate) fn from_cedar(id: &str, cedar: Cedar) -> Result<Self, Trouble> {
        let trouble = |error: String| Trouble::Text(id.to_owned(), error);
        let mut json = cedar
            .to_json()
            .map_err(|error| trouble(error.to_string()))?;
        if let Some(parts) = json.as_object_mut() {
            parts.remove("annotations");
        }
        let mut attributes = BTreeSet::new();
        let mut paths = BTreeSet::new();
        collect(&json, &mut attributes, &mut paths);
        Ok(Self {
            id: id.to_owned(),
            layer: Layer::Org,
            weight: Weight::FULL,
            canon: json.to_string(),
            attributes,
            paths,
            cedar: cedar.new_id(CedarId::new(id)),
        })
    }

    /// Tells whether it can speak to a kind of request at all.
    pub fn speaks_to(&self, kind: &Kind) -> bool {
        let is_action = match self.cedar.action_constraint() {
            ActionConstraint::Any => true,
            ActionConstraint::In(all) => all.iter().any(|one| kind.is_of(one.id().unescaped())),
            ActionConstraint::Eq(one) => kind.action == one.id().unescaped(),
        };
        let is_resource = match self.cedar.resource_constraint() {
            ResourceConstraint::Is(of) | ResourceConstraint::IsIn(of, _) => {
                of.to_string() == kind.resource
            }
            ResourceConstraint::Eq(one) => one.type_name().to_string() == kind.resource,
            ResourceConstraint::Any | ResourceConstraint::In(_) => true,
        };
        is_action && is_resource
    }

    /// Tells whether two rules say the same, however they are written and called.
    pub fn says_like(&self, other: &Self) -> bool {
        self.canon == other.canon
    }

    /// Returns the rule as it speaks of something around the thing that is asked about: in place
    /// of `resource`, of an attribute of it.
    pub(crate) fn lifted(&self, attribute: &str, to: &str) -> Result<Self, Trouble> {
        let trouble = |error: String| Trouble::Text(self.id.clone(), error);
        let mut json = self
            .cedar
            .to_json()
            .map_err(|error| trouble(error.to_string()))?;
        if let Some(of) = json.pointer_mut("/resource/entity_type") {
            *of = Value::from(to);
        }
        if let Some(conditions) = json.get_mut("conditions") {
            lift(conditions, attribute);
        }
        let cedar = Cedar::from_json(Some(CedarId::new(&self.id)), json)
            .map_err(|error| trouble(error.to_string()))?;
        let rule = Self::from_cedar(&self.id, cedar)?;
        Ok(Self {
            layer: self.layer.clone(),
            weight: self.weight,
            ..rule
        })
    }

    /// Tells whether its conditions look at what is asked about.
    pub(crate) fn reads_resource(&self) -> bool {
        let scope = self.cedar.resource_constraint();
        !matches!(scope, ResourceConstraint::Any) || self.canon.contains(r#""Var":"resource""#)
    }

    /// Tells whether its conditions look at what things lie in, or at free keys.
    pub(crate) fn reads_ties(&self) -> bool {
        let forms = [r#""in":"#, r#""hasTag":"#, r#""getTag":"#];
        let scope = self.cedar.resource_constraint();
        matches!(scope, ResourceConstraint::In(_))
            || forms.iter().any(|form| self.canon.contains(form))
    }

    /// Tells whether its conditions tell kinds of changes apart: by the action itself, or by the
    /// grades that make it.
    pub(crate) fn reads_action(&self) -> bool {
        let grades = ["consumersGrade", "producersGrade"];
        self.canon.contains(r#""Var":"action""#)
            || grades.iter().any(|name| self.attributes.contains(*name))
    }

    /// Returns the rule under conditions that must hold first, each a rule that forbids what does
    /// not fulfil it.
    pub(crate) fn under(&self, guarantees: &[&Rule]) -> Result<Self, Trouble> {
        let trouble = |error: String| Trouble::Text(self.id.clone(), error);
        let mut json = self
            .cedar
            .to_json()
            .map_err(|error| trouble(error.to_string()))?;
        let mut conditions = Vec::new();
        for guarantee in guarantees {
            let own = guarantee
                .cedar
                .to_json()
                .map_err(|error| trouble(error.to_string()))?;
            let own = own.get("conditions").and_then(Value::as_array);
            conditions.extend(own.into_iter().flatten().cloned().map(turned));
        }
        if let Some(own) = json.get_mut("conditions").and_then(Value::as_array_mut) {
            conditions.append(own);
            *own = conditions;
        }
        let cedar = Cedar::from_json(Some(CedarId::new(&self.id)), json)
            .map_err(|error| trouble(error.to_string()))?;
        Self::from_cedar(&self.id, cedar)
    }
}

/// Turns a condition that excuses into one that is demanded.
fn turned(mut condition: Value) -> Value {
    if let Some(parts) = condition.as_object_mut() {
        parts.insert("kind".to_owned(), Value::from("when"));
    }
    condition
}

/// Puts an attribute of the resource where the resource is.
fn lift(value: &mut Value, attribute: &str) {
    if value.get("Var").is_some_and(|name| name == "resource") {
        let inner = value.take();
        *value = json!({ ".": { "left": inner, "attr": attribute } });
        return;
    }
    // What is around a dataset is around its fields, too.
    let step = value.get(".");
    let is_of_resource = step.is_some_and(|step| {
        let is_resource = step
            .pointer("/left/Var")
            .is_some_and(|name| name == "resource");
        is_resource && step.get("attr").is_some_and(|name| name == "contract")
    });
    if is_of_resource {
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| lift(item, attribute)),
        Value::Object(entries) => {
            for (_, inner) in entries.iter_mut() {
                lift(inner, attribute);
            }
        }
        _ => {}
    }
}

fn collect(value: &Value, attributes: &mut BTreeSet<String>, paths: &mut BTreeSet<Vec<String>>) {
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| collect(item, attributes, paths)),
        Value::Object(entries) => {
            for (form, inner) in entries {
                let name = inner.get("attr").and_then(Value::as_str);
                if let (true, Some(name)) = (form == "." || form == "has", name) {
                    attributes.insert(name.to_owned());
                    let above = inner.get("left").and_then(path_of);
                    paths.extend(above.map(|above| [above, vec![name.to_owned()]].concat()));
                }
                collect(inner, attributes, paths);
            }
        }
        _ => {}
    }
}

/// Returns the path that an expression is, where it is no more than that.
fn path_of(value: &Value) -> Option<Vec<String>> {
    if let Some(variable) = value.get("Var").and_then(Value::as_str) {
        return Some(vec![variable.to_owned()]);
    }
    let step = value.get(".")?;
    let name = step.get("attr")?.as_str()?.to_owned();
    Some([path_of(step.get("left")?)?, vec![name]].concat())
}

/// Reads a text of several statements.
pub(crate) fn read_all(name: &str, text: &str) -> Result<Vec<Rule>, Trouble> {
    let trouble = |error: String| Trouble::Text(name.to_owned(), error);
    let set: PolicySet = text
        .parse()
        .map_err(|error: cedar_policy::ParseErrors| trouble(error.to_string()))?;
    let mut policies: Vec<&Cedar> = set.policies().collect();
    policies.sort_by_key(|policy| policy.id().to_string());
    let rules = policies.into_iter().enumerate();
    rules
        .map(|(at, policy)| Rule::from_cedar(&format!("{name} {at}"), policy.clone()))
        .collect()
}
