//! Words of the model in, the keys of the standard that hold the same out.

use super::{definition, rule, service};
use crate::lowering::to_value;
use crate::{Key, NodeRef, View, tokens};

/// Words of the model, and where the standard has the same, seen from the part around.
const PLACES: &[(&str, &[&str])] = &[
    ("critical", &["criticalDataElement"]),
    ("datasets", &["schema"]),
    ("enum", &["enum"]),
    ("fields", &["properties"]),
    ("format", &["logicalTypeOptions", "format"]),
    ("keys", &["map", "key"]),
    ("max", &["logicalTypeOptions", "maximum"]),
    ("max", &["logicalTypeOptions", "exclusiveMaximum"]),
    ("max_length", &["logicalTypeOptions", "maxLength"]),
    ("min", &["logicalTypeOptions", "minimum"]),
    ("min", &["logicalTypeOptions", "exclusiveMinimum"]),
    ("min_length", &["logicalTypeOptions", "minLength"]),
    ("owner", &["team", "name"]),
    ("owner", &["team"]),
    ("pattern", &["logicalTypeOptions", "pattern"]),
    ("physical_name", &["physicalName"]),
    ("physical_type", &["physicalType"]),
    ("primary_key", &["primaryKey"]),
    ("product", &["dataProduct"]),
    ("properties", &["customProperties"]),
    ("references", &["relationships"]),
    ("schema", &["name"]),
    ("schema", &["id"]),
    ("sla", &["slaProperties"]),
    ("type", &["logicalType"]),
    ("values", &["map", "value"]),
];

/// Goes one step down from a part: returns the key that names the inner part, and the part.
///
/// `next` is the step that follows; the quality rules of a dataset may stand at its properties, so
/// that only the rule's name tells where.
pub(crate) fn step<'d>(
    part: NodeRef<'d>,
    key: &Key,
    next: Option<&Key>,
) -> Option<(NodeRef<'d>, NodeRef<'d>)> {
    let word = key.as_str();
    if let (Key::Word("quality"), Some(Key::Name(name))) = (key, next)
        && let Some(found) = rules_with(part, name)
    {
        return Some(found);
    }
    if matches!(key, Key::Word(_)) {
        for (_, path) in PLACES.iter().filter(|(known, _)| *known == word) {
            if let Some(found) = follow(part, path) {
                return Some(found);
            }
        }
        if let Some(found) = retention(part, word) {
            return Some(found);
        }
    }
    part.entry(word)
        .or_else(|| follow(part, &word.split('.').collect::<Vec<_>>()))
        .or_else(|| option(part, word))
        .or_else(|| custom(part, word))
        .or_else(|| definition::entry(part).filter(|_| word == "term"))
}

/// Tells whether an element of a list goes by a name, for looking up pointers.
pub(crate) fn is_called(list: &str, element: NodeRef<'_>, name: &str) -> bool {
    let is = |key: &str| element.get(key).and_then(NodeRef::text) == Some(name);
    match list {
        "datasets" | "fields" => is("name"),
        "members" | "team" => is("username"),
        "properties" => is("property"),
        "quality" => is_rule(element, name),
        "roles" => is("role"),
        "servers" => is("server"),
        "sla" | "slaProperties" => service::name(element).as_deref() == Some(name),
        "support" => is("channel"),
        "enum" => element
            .get("value")
            .is_some_and(|value| to_value(value).to_string() == name),
        _ => to_value(element).to_string() == name,
    }
}

/// Returns the name that an element of a list goes by; a quality rule goes by several.
pub(crate) fn name_of(list: &str, element: NodeRef<'_>) -> Option<String> {
    let key = match list {
        "datasets" | "fields" => "name",
        "members" | "team" => "username",
        "properties" => "property",
        "quality" => return None,
        "roles" => "role",
        "servers" => "server",
        "sla" | "slaProperties" => return service::name(element),
        "support" => "channel",
        "enum" => return Some(to_value(element.get("value")?).to_string()),
        _ => return Some(to_value(element).to_string()),
    };
    element.get(key)?.text().map(str::to_owned)
}

/// A rule that a property states is known by the names down to it, too.
fn is_rule(element: NodeRef<'_>, name: &str) -> bool {
    let Some(mut rule) = rule::rule_of(element, &[]) else {
        return false;
    };
    let fits =
        |own: &str| name == own || name.strip_suffix(own).is_some_and(|on| on.ends_with(": "));
    let by_name = fits(&rule.identity());
    rule.name = None;
    by_name || fits(&rule.identity()) || is_checked_as(element, name)
}

/// A check may name the property that states it, as in `email: no_nulls`.
fn is_checked_as(element: NodeRef<'_>, name: &str) -> bool {
    let Some((on, _)) = name.split_once(": ") else {
        return false;
    };
    let path: Vec<&str> = on.split('.').collect();
    is_stated(element, &path, name)
}

fn follow<'d>(part: NodeRef<'d>, path: &[&str]) -> Option<(NodeRef<'d>, NodeRef<'d>)> {
    let (last, above) = path.split_last()?;
    let mut node = part;
    for key in above {
        node = node.get(key)?;
    }
    node.entry(last)
}

fn option<'d>(part: NodeRef<'d>, word: &str) -> Option<(NodeRef<'d>, NodeRef<'d>)> {
    part.get("logicalTypeOptions")?.entry(word)
}

/// Finds the custom property that stands for an attribute which the standard lacks.
fn custom<'d>(part: NodeRef<'d>, word: &str) -> Option<(NodeRef<'d>, NodeRef<'d>)> {
    let View::Sequence(mut items) = part.get("customProperties")?.view() else {
        return None;
    };
    let item = items.find(|item| {
        let name = item.get("property").and_then(NodeRef::text);
        name.is_some_and(|name| tokens(name).join("_") == word)
    })?;
    item.entry("value")
}

fn retention<'d>(part: NodeRef<'d>, word: &str) -> Option<(NodeRef<'d>, NodeRef<'d>)> {
    if word != "retention" {
        return None;
    }
    let View::Sequence(mut items) = part.get("slaProperties")?.view() else {
        return None;
    };
    let item = items.find(|item| service::name(*item).as_deref() == Some("retention"))?;
    item.entry("value").or_else(|| item.entry("property"))
}

/// Finds the list of quality rules that holds the one of a name, in a dataset or its properties.
fn rules_with<'d>(dataset: NodeRef<'d>, name: &str) -> Option<(NodeRef<'d>, NodeRef<'d>)> {
    let mut path = Vec::new();
    search(dataset, name, &mut path)
}

fn search<'d>(
    part: NodeRef<'d>,
    name: &str,
    path: &mut Vec<&'d str>,
) -> Option<(NodeRef<'d>, NodeRef<'d>)> {
    if let Some((key, list)) = part.entry("quality")
        && let View::Sequence(mut items) = list.view()
        && items.any(|item| is_stated(item, path, name))
    {
        return Some((key, list));
    }
    if let Some(View::Sequence(items)) = part.get("properties").map(NodeRef::view) {
        for item in items {
            let Some(own) = item.get("name").and_then(NodeRef::text) else {
                continue;
            };
            path.push(own);
            let found = search(item, name, path);
            path.pop();
            if found.is_some() {
                return found;
            }
        }
    }
    for (key, word) in [("items", "items"), ("key", "keys"), ("value", "values")] {
        let around = if key == "items" {
            Some(part)
        } else {
            part.get("map")
        };
        if let Some(inner) = around.and_then(|around| around.get(key)) {
            path.push(word);
            let found = search(inner, name, path);
            path.pop();
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

/// Tells whether a rule is known by a name, its own or, where another has that, what it checks.
fn is_stated(item: NodeRef<'_>, path: &[&str], name: &str) -> bool {
    let Some(mut rule) = rule::rule_of(item, path) else {
        return false;
    };
    if rule.identity() == name {
        return true;
    }
    rule.name = None;
    rule.identity() == name
}
