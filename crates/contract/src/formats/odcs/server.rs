//! Servers of the standard: their keys checked by kind, then read as the model's.

use std::collections::BTreeMap;

use super::Standard;
use super::Standard::{V30, V31};
use super::check;
use super::server_kinds::{KINDS, WORDS};
use super::shape::{Object, Shape, always, key};
use super::tables::ROLE;
use crate::lowering::{Lowering, to_value};
use crate::model::Server;
use crate::{NodeRef, View};

/// What servers of every kind have.
const SERVER: Object = Object {
    noun: "server",
    keys: &[
        key("customProperties", V30, Shape::Check(custom_properties)),
        key("description", V30, Shape::Text),
        key("environment", V30, Shape::Text),
        key("id", V31, Shape::StableId),
        key("roles", V30, Shape::Named(&ROLE, "role")),
        key("server", V30, Shape::Text),
        key("type", V30, Shape::Words(WORDS)),
    ],
    required: &[always("server"), always("type")],
    is_open: false,
};

fn custom_properties<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    check::shape(low, node, &super::tables::CUSTOM.shape, standard);
}

/// Checks a list of servers.
pub(super) fn servers<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    check::elements(low, node, "server", Some("server"), |low, item| {
        server(low, item, standard);
    });
}

fn server<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    let others = check::entries(low, node, &SERVER, standard);
    let kind = node.get("type").and_then(|node| node.scalar()?.to_text());
    let kind = KINDS
        .iter()
        .find(|(word, since, _)| Some(*word) == kind && *since <= standard);
    let Some((_, _, own)) = kind else {
        // What a server of an unknown kind holds is not known either.
        return;
    };
    let mut strange = Vec::new();
    for (key, word, inner) in others {
        match own.entry(word) {
            Some(entry) if entry.since <= standard => check::value(low, inner, entry, standard),
            Some(entry) => check::too_new(low, key, word, entry.since, standard),
            None => strange.push((key, word, inner)),
        }
    }
    for needed in own.required {
        if (needed.from..=needed.to).contains(&standard) {
            low.require(false, node, needed.key, "server");
        }
    }
    let keys = own.keys.iter().filter(|entry| entry.since <= standard);
    let keys: Vec<&'static str> = keys.map(|entry| entry.key).collect();
    check::unknown(low, node, &SERVER, standard, &strange, &keys);
}

/// Reads the servers; every key but name and kind is an attribute, as text.
pub(super) fn read(node: NodeRef<'_>) -> Vec<Server> {
    let View::Sequence(items) = node.view() else {
        return Vec::new();
    };
    let text = |item: NodeRef<'_>, key: &str| {
        item.get(key)
            .and_then(|node| node.scalar()?.to_text())
            .map(str::to_owned)
    };
    let server = |item: NodeRef<'_>| {
        let View::Mapping(entries) = item.view() else {
            return None;
        };
        let attributes: BTreeMap<String, String> = entries
            .filter_map(|(key, value)| Some((key.text()?, value)))
            .filter(|(key, _)| !matches!(*key, "server" | "type"))
            .map(|(key, value)| (key.to_owned(), to_value(value).to_string()))
            .collect();
        Some(Server {
            name: text(item, "server")?,
            kind: text(item, "type").unwrap_or_default(),
            attributes,
        })
    };
    items.filter_map(server).collect()
}
