//! Service levels of the standard in, promises of the model out.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::lowering::to_value;
use crate::measure::{Duration, Percentage};
use crate::model::{Sla, SlaValue};
use crate::{NodeRef, Scalar, Value, View};

/// What a contract promises about service.
#[derive(Debug, Default)]
pub(super) struct Service {
    /// Promises, by property and element.
    pub(super) sla: Sla,
    /// How long data is kept, where the contract says so for all of it.
    pub(super) retention: Option<Duration>,
    /// What entries say beside property, element, value and unit.
    pub(super) rest: Vec<Value>,
}

/// Reads a list of service level properties.
pub(super) fn read(node: NodeRef<'_>) -> Service {
    let mut service = Service::default();
    let View::Sequence(items) = node.view() else {
        return service;
    };
    for item in items {
        let Some(name) = name(item) else { continue };
        match value(item) {
            SlaValue::Duration(duration) if name == "retention" && service.retention.is_none() => {
                service.retention = Some(duration);
            }
            value => match service.sla.entry(name) {
                Entry::Vacant(place) => drop(place.insert(value)),
                // A second promise of one name, for another driver perhaps, is kept as it stands.
                Entry::Occupied(_) => {
                    service.rest.push(to_value(item));
                    continue;
                }
            },
        }
        service.rest.extend(rest(item));
    }
    service
}

/// Returns what tells an entry from others: its property, with the element where there is one.
pub(super) fn name(item: NodeRef<'_>) -> Option<String> {
    let text = |key: &str| {
        item.get(key)
            .and_then(|node| node.scalar().and_then(Scalar::to_text))
    };
    let property = text("property")?;
    Some(match text("element") {
        Some(element) => format!("{property}({element})"),
        None => property.to_owned(),
    })
}

fn value(item: NodeRef<'_>) -> SlaValue {
    let value = item
        .get("value")
        .and_then(NodeRef::text)
        .unwrap_or_default();
    let unit = item.get("unit").and_then(NodeRef::text);
    let Some(unit) = unit.map(str::trim).filter(|unit| !unit.is_empty()) else {
        return alone(value);
    };
    if matches!(unit, "%" | "percent" | "percentage")
        && let Some(share) = Percentage::parse(&format!("{value}%"))
    {
        return SlaValue::Percentage(share);
    }
    let shown = format!("{value} {unit}");
    match Duration::parse(&format!("{value} {}", long_unit(unit))) {
        Some(duration) => SlaValue::Duration(Duration {
            text: shown,
            ..duration
        }),
        None => SlaValue::Text(shown),
    }
}

fn alone(value: &str) -> SlaValue {
    match (Duration::parse(value), Percentage::parse(value)) {
        (Some(duration), _) => SlaValue::Duration(duration),
        (None, Some(share)) => SlaValue::Percentage(share),
        (None, None) => SlaValue::Text(value.to_owned()),
    }
}

/// Spells a unit of time out; `m` stands for minutes, as in every other measure of service.
fn long_unit(unit: &str) -> &str {
    match unit.to_ascii_lowercase().as_str() {
        "s" | "sec" | "secs" => "seconds",
        "m" | "min" | "mins" => "minutes",
        "h" | "hr" | "hrs" => "hours",
        "d" => "days",
        "w" | "wk" | "wks" => "weeks",
        "mo" | "mos" => "months",
        "y" | "yr" | "yrs" => "years",
        _ => unit,
    }
}

fn rest(item: NodeRef<'_>) -> Option<Value> {
    let View::Mapping(entries) = item.view() else {
        return None;
    };
    let all: BTreeMap<String, Value> = entries
        .filter_map(|(key, value)| Some((key.text()?.to_owned(), to_value(value))))
        .filter(|(key, _)| !matches!(key.as_str(), "value" | "unit"))
        .collect();
    let says_more = all
        .keys()
        .any(|key| !matches!(key.as_str(), "property" | "element"));
    says_more.then_some(Value::Map(all))
}
