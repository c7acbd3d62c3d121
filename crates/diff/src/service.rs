//! Promises about service: retention, SLA and servers.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use meshlaw_contract::model::{Server, SlaValue};

use crate::edit::{Aspect, Motion};
use crate::recorder::{At, Recorder, text};

/// Attributes of a server without which readers do not find the data.
const ADDRESS: &[&str] = &[
    "account",
    "bucket",
    "catalog",
    "database",
    "dataset",
    "delimiter",
    "endpoint_url",
    "format",
    "host",
    "location",
    "path",
    "port",
    "project",
    "schema",
    "topic",
    "url",
    "warehouse",
];

impl Recorder<'_> {
    pub(crate) fn service(&mut self, at: &At) {
        self.retention(&at.word("retention"));
        self.sla(&at.word("sla"));
        self.servers(&at.word("servers"));
    }

    fn retention(&mut self, at: &At) {
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

    fn sla(&mut self, at: &At) {
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

    fn servers(&mut self, at: &At) {
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

    fn server(&mut self, at: &At, before: &Server, after: &Server) {
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
            if !ADDRESS.contains(&key.as_str()) {
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
    let order = match (old, new) {
        (SlaValue::Duration(old), SlaValue::Duration(new)) => old.seconds.cmp(&new.seconds),
        (SlaValue::Percentage(old), SlaValue::Percentage(new)) => old.cmp(new),
        _ if old == new => return None,
        _ => return Some(Motion::Changed),
    };
    let better = match property {
        "freshness" | "latency" => order.reverse(),
        "availability" | "completeness" | "retention" => order,
        // Which way is better is not known of other promises.
        _ if order.is_eq() => order,
        _ => return Some(Motion::Changed),
    };
    match better {
        Ordering::Less => Some(Motion::Raised),
        Ordering::Greater => Some(Motion::Lowered),
        Ordering::Equal if old.to_string() != new.to_string() => Some(Motion::Restated),
        Ordering::Equal => None,
    }
}
