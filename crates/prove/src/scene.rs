//! A model that the solver found in, the request that it stands for, as plain data, out.

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{Context, Entities, EntityUid, Request};
use cedar_policy_symcc::Env;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Trouble;

/// A request that shows something: who asks, what about, and all that policies read of both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Scene(Value);

impl Scene {
    /// Takes down what a solver found.
    ///
    /// `read` are the attributes that somebody reads: the rest is kept, since the request is one only
    /// with it, and never shown, since the solver gives it any value. `fired` are rules that were
    /// watched and fire on it.
    pub(crate) fn of(
        env: &Env,
        read: &BTreeSet<String>,
        fired: &BTreeSet<String>,
    ) -> Result<Self, Trouble> {
        Self::taken(&env.request, &env.entities, read, fired)
    }

    /// Takes down a request.
    pub(crate) fn taken(
        request: &Request,
        entities: &Entities,
        read: &BTreeSet<String>,
        fired: &BTreeSet<String>,
    ) -> Result<Self, Trouble> {
        let trouble = |error: String| Trouble::Model(error);
        let uid = |uid: Option<&EntityUid>| {
            uid.map(
                |uid| json!({ "type": uid.type_name().to_string(), "id": uid.id().unescaped() }),
            )
        };
        let context = request.context().map(Context::to_json_value);
        let context = context
            .transpose()
            .map_err(|error| trouble(error.to_string()))?;
        let written = entities
            .to_json_value()
            .map_err(|error| trouble(error.to_string()))?;
        let entities: BTreeMap<String, Value> = written
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|entity| Some((name(entity.get("uid")?), entity.clone())))
            .collect();
        Ok(Self(json!({
            "principal": uid(request.principal()),
            "action": uid(request.action()),
            "resource": uid(request.resource()),
            "context": context,
            "entities": entities,
            "fired": fired,
            "read": read,
        })))
    }

    /// Makes the request again.
    pub(crate) fn asked(&self) -> Result<(Request, Entities), Trouble> {
        let trouble = |error: String| Trouble::Model(error);
        let uid = |role: &str| {
            let uid = self.0.get(role).cloned().unwrap_or_default();
            EntityUid::from_json(uid).map_err(|error| trouble(error.to_string()))
        };
        let context = self.0.get("context").cloned().unwrap_or_default();
        let context =
            Context::from_json_value(context, None).map_err(|error| trouble(error.to_string()))?;
        let [principal, action, resource] = ["principal", "action", "resource"].map(uid);
        let request = Request::new(principal?, action?, resource?, context, None)
            .map_err(|error| trouble(error.to_string()))?;
        let entities = self.0.get("entities").and_then(Value::as_object);
        let entities = entities.into_iter().flat_map(Map::values).cloned();
        let entities = Entities::from_json_value(entities.collect(), None)
            .map_err(|error| trouble(error.to_string()))?;
        Ok((request, entities))
    }

    /// Returns the ids of watched rules that fire on it.
    pub(crate) fn fired(&self) -> Vec<&str> {
        let fired = self.0.get("fired").and_then(Value::as_array);
        let fired = fired.into_iter().flatten();
        fired.filter_map(Value::as_str).collect()
    }

    /// Returns the request as plain data, as far as somebody reads it.
    pub fn shown(&self) -> Value {
        let read = self.read();
        let mut shown = self.0.clone();
        if let Some(parts) = shown.as_object_mut() {
            parts.remove("read");
        }
        if let Some(context) = shown.get_mut("context") {
            keep(context, &read);
            let parameters = context.get_mut("parameters").into_iter();
            parameters.for_each(|own| keep(own, &read));
        }
        let entities = shown.get_mut("entities").and_then(Value::as_object_mut);
        for (_, entity) in entities.into_iter().flatten() {
            let attributes = entity.get_mut("attrs").into_iter();
            attributes.for_each(|own| keep(own, &read));
        }
        shown
    }

    /// Returns the attributes that somebody reads.
    fn read(&self) -> BTreeSet<&str> {
        let read = self.0.get("read").and_then(Value::as_array);
        read.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
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
    fn attributes_at(&self, path: &[&str]) -> Option<&Map<String, Value>> {
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
        let read = self.read();
        let mut told = Vec::new();
        for root in ROOTS {
            let attributes = self.attributes_at(root).into_iter().flatten();
            for (name, value) in attributes {
                if read.contains(name.as_str()) && !STEPS.contains(&name.as_str()) {
                    told.push((format!("{}.{name}", root.join(".")), show(value)));
                }
            }
        }
        told
    }

    /// Returns the request with some attributes as another one has them: of whoever asks, of what is
    /// asked about and what lies around it, and of the context.
    ///
    /// Where the other one says nothing under such a name, nothing is said. Links between the parts
    /// stay as they are. `ties` takes over what things lie in, and free keys, too.
    pub(crate) fn grafted(&self, from: &Self, names: &BTreeSet<String>, ties: bool) -> Self {
        let mut grown = self.clone();
        for role in ROLES {
            let (Some(own), Some(other)) = (self.entity_at(role), from.entity_at(role)) else {
                continue;
            };
            let of = |entity: &Value| entity.pointer("/uid/type").cloned();
            if of(own) == of(other) {
                let mut entity = own.clone();
                graft(&mut entity, other, names, ties);
                grown.put(entity);
            }
        }
        let far = from.0.get("entities").and_then(Value::as_object);
        for entity in far.into_iter().flat_map(Map::values).filter(|_| ties) {
            let name = entity.get("uid").map(name).unwrap_or_default();
            if grown
                .0
                .pointer("/entities")
                .is_some_and(|all| all.get(&name).is_none())
            {
                grown.put(entity.clone());
            }
        }
        for path in ["/context", "/context/parameters"] {
            let other = from.0.pointer(path);
            if let (Some(own), Some(other)) = (grown.0.pointer_mut(path), other) {
                overlay(own, other, names);
            }
        }
        grown
    }

    fn entity_at(&self, role: &[&str]) -> Option<&Value> {
        self.value(role).and_then(|value| self.entity(value))
    }

    fn put(&mut self, entity: Value) {
        let name = entity.get("uid").map(name).unwrap_or_default();
        if let Some(all) = self.0.get_mut("entities").and_then(Value::as_object_mut) {
            all.insert(name, entity);
        }
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

/// Where the parts of a request stand that have attributes.
const ROLES: &[&[&str]] = &[
    &["principal"],
    &["principal", "approver"],
    &["principal", "owner"],
    &["resource"],
    &["resource", "dataset"],
    &["resource", "contract"],
];

/// Types of the things that a request is about: what leads to them is never taken over.
const THINGS: &[&str] = &["Consumer", "Contract", "Dataset", "Field", "Team", "Waiver"];

/// Takes over some attributes of an entity of the same type.
fn graft(own: &mut Value, other: &Value, names: &BTreeSet<String>, ties: bool) {
    if let (Some(own), Some(other)) = (own.get_mut("attrs"), other.get("attrs")) {
        overlay(own, other, names);
    }
    let Some(parts) = own.as_object_mut().filter(|_| ties) else {
        return;
    };
    parts.remove("tags");
    parts.extend(
        other
            .get("tags")
            .map(|tags| ("tags".to_owned(), tags.clone())),
    );
    let lies_in = |entity: Option<&Value>, is_thing: bool| -> Vec<Value> {
        let parents = entity.and_then(|parents| parents.as_array());
        let parents = parents.into_iter().flatten();
        parents
            .filter(|parent| is_a_thing(parent) == is_thing)
            .cloned()
            .collect()
    };
    let mut parents = lies_in(parts.get("parents"), true);
    parents.extend(lies_in(other.get("parents"), false));
    parts.insert("parents".to_owned(), Value::Array(parents));
}

fn is_a_thing(uid: &Value) -> bool {
    let of = uid.get("type").and_then(Value::as_str);
    of.is_some_and(|of| THINGS.contains(&of))
}

/// Puts values in the place of others, by their names.
fn overlay(own: &mut Value, other: &Value, names: &BTreeSet<String>) {
    let (Some(own), Some(other)) = (own.as_object_mut(), other.as_object()) else {
        return;
    };
    let leads_on = |value: Option<&Value>| {
        let value = value.and_then(|value| value.get("__entity"));
        value.is_some_and(is_a_thing)
    };
    for name in names.iter().filter(|name| *name != "parameters") {
        if leads_on(own.get(name)) {
            continue;
        }
        match other.get(name) {
            Some(value) => own.insert(name.clone(), value.clone()),
            None => own.remove(name),
        };
    }
}

/// Leaves out what nobody reads.
fn keep(attributes: &mut Value, read: &BTreeSet<&str>) {
    if let Some(attributes) = attributes.as_object_mut() {
        attributes.retain(|name, _| read.contains(name.as_str()));
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
