//! Promises about service: retention, SLA and servers.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use meshlaw_contract::Number;
use meshlaw_contract::model::{Bound, Server, SlaValue};

use crate::edit::{Aspect, Motion};
use crate::recorder::{Recorder, Spot, text};

/// Attributes of a server without which readers do not find or cannot read the data, spelt as the
/// native format or the Open Data Contract Standard does.
const ADDRESS: &[&str] = &[
    "account",
    "bucket",
    "catalog",
    "catalogUrl",
    "database",
    "dataset",
    "delimiter",
    "encoding",
    "endpointUrl",
    "endpoint_url",
    "format",
    "host",
    "location",
    "namespace",
    "path",
    "port",
    "project",
    "regionName",
    "schema",
    "serviceName",
    "stagingDir",
    "stream",
    "topic",
    "url",
    "warehouse",
];

impl Recorder<'_> {
    pub(crate) fn service(&mut self, at: &impl Spot) {
        self.retention(&at.word("retention"));
        self.sla(&at.word("sla"));
        self.servers(&at.word("servers"));
    }

    fn retention(&mut self, at: &impl Spot) {
        let (before, after) = (self.base.retention.as_ref(), self.head.retention.as_ref());
        let motion = match (before, after) {
            (None, Some(_)) => Motion::Added,
            (Some(_), None) => Motion::Removed,
            (Some(old), Some(new)) if old.seconds < new.seconds => Motion::Raised,
            (Some(old), Some(new)) if old.seconds > new.seconds => Motion::Lowered,
            (Some(old), Some(new)) if old.text != new.text => Motion::Restated,
            _ => return,
        };
        self.edit(Aspect::Retention, motion, at, text(before), text(after));
    }

    fn sla(&mut self, at: &impl Spot) {
        let (base, head) = (&self.base.sla, &self.head.sla);
        let properties: BTreeSet<&String> = base.keys().chain(head.keys()).collect();
        for property in properties {
            let (before, after) = (base.get(property), head.get(property));
            if let Some(motion) = sla_motion(property, before, after) {
                self.edit(
                    Aspect::Sla,
                    motion,
                    &at.name(property),
                    text(before),
                    text(after),
                );
            }
        }
    }

    fn servers(&mut self, at: &impl Spot) {
        let (base, head) = (by_name(&self.base.servers), by_name(&self.head.servers));
        let names: BTreeSet<&str> = base.keys().chain(head.keys()).copied().collect();
        for name in names {
            let at = at.name(name);
            let kind = |server: &Server| Some(server.kind.clone());
            match (base.get(name), head.get(name)) {
                (None, Some(new)) => {
                    self.edit(Aspect::Server, Motion::Added, &at, None, kind(new));
                }
                (Some(old), None) => {
                    self.edit(Aspect::Server, Motion::Removed, &at, kind(old), None);
                }
                (Some(old), Some(new)) => self.server(&at, old, new),
                (None, None) => {}
            }
        }
    }

    fn server(&mut self, at: &impl Spot, before: &Server, after: &Server) {
        if before.kind != after.kind {
            let kinds = (Some(before.kind.clone()), Some(after.kind.clone()));
            self.edit(
                Aspect::Server,
                Motion::Changed,
                &at.word("type"),
                kinds.0,
                kinds.1,
            );
        }
        let keys: BTreeSet<&String> = before
            .attributes
            .keys()
            .chain(after.attributes.keys())
            .collect();
        for key in keys {
            let (old, new) = (before.attributes.get(key), after.attributes.get(key));
            let at = at.name(key);
            if key == "description" {
                self.optional(Aspect::Description, &at, old, new);
            } else if !ADDRESS.contains(&key.as_str()) {
                self.optional(Aspect::ServerDetail, &at, old, new);
            } else if old != new {
                self.edit(Aspect::Server, Motion::Changed, &at, text(old), text(new));
            }
        }
    }
}

fn by_name(servers: &[Server]) -> BTreeMap<&str, &Server> {
    servers
        .iter()
        .map(|server| (server.name.as_str(), server))
        .collect()
}

fn sla_motion(
    property: &str,
    before: Option<&SlaValue>,
    after: Option<&SlaValue>,
) -> Option<Motion> {
    let (old, new) = match (before, after) {
        (None, None) => return None,
        (None, Some(_)) => return Some(Motion::Added),
        (Some(_), None) => return Some(Motion::Removed),
        (Some(old), Some(new)) => (old, new),
    };
    if old == new && old.to_string() == new.to_string() {
        return None;
    }
    let (Some(better), Some(order)) = (better(property, is_span(new)), order(old, new)) else {
        let is_same = old == new;
        return Some(if is_same {
            Motion::Restated
        } else {
            Motion::Changed
        });
    };
    let better = match better {
        Better::Less => order.reverse(),
        Better::More => order,
    };
    match better {
        Ordering::Less => Some(Motion::Raised),
        Ordering::Greater => Some(Motion::Lowered),
        Ordering::Equal => Some(Motion::Restated),
    }
}

/// Which way a promise gets better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Better {
    /// Sooner, or less of it.
    Less,
    /// Later, or more of it.
    More,
}

/// Finds which way a promise gets better, by its name; nothing where that is not known.
///
/// A promise to one element, such as `latency(orders.placed)`, gets better like that to all, and
/// `time_to_repair` like `timeToRepair`.
fn better(property: &str, is_span: bool) -> Option<Better> {
    let name = property.split_once('(').map_or(property, |(name, _)| name);
    let name: String = name
        .chars()
        .filter(|c| !matches!(c, '_' | '-' | ' '))
        .collect();
    match name.to_lowercase().as_str() {
        // How often reads as a span between deliveries or as deliveries in a span.
        "frequency" => is_span.then_some(Better::Less),
        "errorrate"
        | "freshness"
        | "generalavailability"
        | "latency"
        | "responsetime"
        | "timeofavailability"
        | "timetodetect"
        | "timetonotify"
        | "timetorepair" => Some(Better::Less),
        "availability" | "completeness" | "endoflife" | "endofsupport" | "retention"
        | "throughput" => Some(Better::More),
        _ => None,
    }
}

fn is_span(value: &SlaValue) -> bool {
    matches!(value, SlaValue::Duration(_))
}

/// Compares two promises: spans, shares, or figures and moments that are written alike.
fn order(old: &SlaValue, new: &SlaValue) -> Option<Ordering> {
    match (old, new) {
        (SlaValue::Duration(old), SlaValue::Duration(new)) => Some(old.seconds.cmp(&new.seconds)),
        (SlaValue::Percentage(old), SlaValue::Percentage(new)) => Some(old.cmp(new)),
        (SlaValue::Text(old), SlaValue::Text(new)) => {
            let (figure, unit) = figure(old);
            let (new_figure, new_unit) = self::figure(new);
            match (figure, new_figure) {
                (Some(figure), Some(new)) if unit == new_unit => Some(figure.cmp(&new)),
                (None, None) => moment(old)?.partial_cmp(&moment(new)?),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Splits `100 rows` into the figure and its unit.
fn figure(text: &str) -> (Option<Number>, &str) {
    let (figure, unit) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    (Number::parse(figure), unit.trim())
}

/// Reads a text that begins like a date or a time of day.
fn moment(text: &str) -> Option<Bound> {
    let shape: String = text
        .chars()
        .take(5)
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    matches!(shape.as_str(), "0000-" | "00:00").then(|| Bound::Moment(text.to_owned()))
}
