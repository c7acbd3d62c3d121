//! A model that the solver found in, the request that it stands for, as plain data, out.

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy_symcc::Env;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Trouble;

/// A request that shows something: who asks, what about, and all that policies read of both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Scene(Value);

impl Scene {
    /// Takes a request down: of attributes those that somebody reads, since the solver gives any
    /// value to the rest.
    ///
    /// `fired` are rules that were watched and fire on it.
    pub(crate) fn of(
        env: &Env,
        read: &BTreeSet<String>,
        fired: &BTreeSet<String>,
    ) -> Result<Self, Trouble> {
        let trouble = |error: String| Trouble::Model(error);
        let uid = |uid: Option<&cedar_policy::EntityUid>| {
            uid.map(
                |uid| json!({ "type": uid.type_name().to_string(), "id": uid.id().unescaped() }),
            )
        };
        let context = env
            .request
            .context()
            .map(cedar_policy::Context::to_json_value);
        let mut context = context
            .transpose()
            .map_err(|error| trouble(error.to_string()))?;
        if let Some(context) = &mut context {
            keep(context, read);
            context
                .get_mut("parameters")
                .into_iter()
                .for_each(|own| keep(own, read));
        }
        let written = env
            .entities
            .to_json_value()
            .map_err(|error| trouble(error.to_string()))?;
        let entities: BTreeMap<String, Value> = written
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|entity| {
                let mut entity = entity.clone();
                keep(entity.get_mut("attrs")?, read);
                Some((name(entity.get("uid")?), entity))
            })
            .collect();
        Ok(Self(json!({
            "principal": uid(env.request.principal()),
            "action": uid(env.request.action()),
            "resource": uid(env.request.resource()),
            "context": context,
            "entities": entities,
            "fired": fired,
        })))
    }

    /// Returns the ids of watched rules that fire on it.
    pub(crate) fn fired(&self) -> Vec<&str> {
        let fired = self.0.get("fired").and_then(Value::as_array);
        let fired = fired.into_iter().flatten();
        fired.filter_map(Value::as_str).collect()
    }

    /// Returns the whole request as plain data.
    pub fn as_json(&self) -> &Value {
        &self.0
    }

    /// Returns a value by its path, such as `resource contract status`.
    pub fn value(&self, path: &[&str]) -> Option<&Value> {
        let (root, rest) = path.split_first()?;
        let mut value = self.0.get(*root)?;
        for name in rest {
            value = self.attributes(value)?.get(*name)?;
        }
        Some(value)
    }

    /// Returns the attributes that stand at a path: of an entity, or of a record.
    pub fn attributes_at(&self, path: &[&str]) -> Option<&Map<String, Value>> {
        self.attributes(self.value(path)?)
    }

    /// Returns the names of the entities that something lies in, by their type.
    pub fn parents(&self, path: &[&str], of: &str) -> Vec<&str> {
        let entity = self.value(path).and_then(|value| self.entity(value));
        let parents = entity.and_then(|entity| entity.get("parents")?.as_array());
        let parents = parents.into_iter().flatten();
        let own = parents.filter(|parent| parent.get("type").is_some_and(|name| name == of));
        own.filter_map(|parent| parent.get("id")?.as_str())
            .collect()
    }

    /// Returns the free keys of something.
    pub fn tags(&self, path: &[&str]) -> Option<&Map<String, Value>> {
        let entity = self.value(path).and_then(|value| self.entity(value))?;
        entity.get("tags")?.as_object()
    }

    /// Tells the values of what rules read, for people, by their paths.
    pub fn told(&self) -> Vec<(String, String)> {
        const ROOTS: &[&[&str]] = &[
            &["resource"],
            &["resource", "dataset"],
            &["resource", "contract"],
            &["principal"],
            &["principal", "approver"],
            &["principal", "owner"],
            &["context"],
            &["context", "parameters"],
        ];
        const STEPS: &[&str] = &["contract", "dataset", "approver", "parameters"];
        let mut told = Vec::new();
        for root in ROOTS {
            let attributes = self.attributes_at(root).into_iter().flatten();
            for (name, value) in attributes {
                if !STEPS.contains(&name.as_str()) {
                    told.push((format!("{}.{name}", root.join(".")), show(value)));
                }
            }
        }
        told
    }

    fn attributes<'s>(&'s self, value: &'s Value) -> Option<&'s Map<String, Value>> {
        match self.entity(value) {
            Some(entity) => entity.get("attrs")?.as_object(),
            None => value.as_object(),
        }
    }

    fn entity<'s>(&'s self, value: &'s Value) -> Option<&'s Value> {
        let uid = value.get("__entity").unwrap_or(value);
        uid.get("type")?;
        self.0.get("entities")?.get(name(uid))
    }
}

/// Leaves out what nobody reads.
fn keep(attributes: &mut Value, read: &BTreeSet<String>) {
    if let Some(attributes) = attributes.as_object_mut() {
        attributes.retain(|name, _| read.contains(name));
    }
}

/// Names an entity so that no two are mistaken for each other.
fn name(uid: &Value) -> String {
    let part = |name: &str| uid.get(name).and_then(Value::as_str).unwrap_or_default();
    format!("{}::{}", part("type"), part("id"))
}

/// Shows a value as people write it.
fn show(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        Value::Array(items) if items.is_empty() => "empty".to_owned(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(show).collect();
            items.join(", ")
        }
        Value::Object(entries) => {
            if let Some(id) = value.pointer("/__entity/id").and_then(Value::as_str) {
                return format!("`{id}`");
            }
            if let Some(text) = value.pointer("/__extn/arg").and_then(Value::as_str) {
                return text.to_owned();
            }
            let entries = entries.iter();
            let entries: Vec<String> = entries
                .map(|(name, value)| format!("{name} {}", show(value)))
                .collect();
            entries.join(", ")
        }
        other => other.to_string(),
    }
}

impl From<Scene> for String {
    fn from(scene: Scene) -> Self {
        scene.0.to_string()
    }
}

impl TryFrom<String> for Scene {
    type Error = serde_json::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        serde_json::from_str(&text).map(Self)
    }
}
