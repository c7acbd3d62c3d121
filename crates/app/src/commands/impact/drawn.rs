//! Who is reached in, text and graphs out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use meshlaw_report::visible;

use super::{Impact, Met};
use crate::lineage::Reader;
use crate::output::count;

/// Writes a list, the nearest first.
pub(super) fn text(impact: &Impact) -> String {
    let mut out = String::new();
    for start in &impact.starts {
        let parts = match start.parts.as_slice() {
            [] => String::new(),
            parts => format!("#{}", parts.join(", ")),
        };
        let _ = writeln!(out, "{}{}", visible(&start.contract), visible(&parts));
    }
    let all = impact.contracts.iter().map(|met| ("contract", met));
    let mut all: Vec<(&str, &Met)> = all
        .chain(impact.consumers.iter().map(|met| ("consumer", met)))
        .collect();
    all.sort_by_key(|(_, met)| met.distance);
    let width = |of: fn(&Met) -> usize| all.iter().map(|(_, met)| of(met)).max().unwrap_or(0);
    let names = width(|met| met.name.chars().count());
    let owners = width(|met| met.owner.as_ref().map_or(0, |owner| owner.chars().count()));
    let mut distance = 0;
    for (kind, met) in all {
        if met.distance != distance {
            distance = met.distance;
            let _ = match distance {
                1 => writeln!(out, "\ndirectly"),
                2 => writeln!(out, "\nthrough one contract"),
                steps => writeln!(out, "\nthrough {} contracts", steps - 1),
            };
        }
        let owner = met.owner.as_deref().unwrap_or("");
        let row = format!(
            "  {kind}  {:<names$}  {:<owners$}  from {}  {}",
            visible(&met.name),
            visible(owner),
            visible(&met.through),
            visible(&met.reach.join(" ")),
        );
        let _ = writeln!(out, "{}", row.trim_end());
    }
    for apart in &impact.apart {
        let _ = writeln!(
            out,
            "\n{} reads a version of {} that is not there",
            visible(&apart.consumer),
            visible(&apart.contract)
        );
    }
    let (contracts, consumers) = (impact.contracts.len(), impact.consumers.len());
    let _ = match (impact.starts.is_empty(), contracts + consumers) {
        (true, _) => writeln!(out, "nothing changed that anybody could feel"),
        (false, 0) => writeln!(out, "\nnobody on record is reached"),
        (false, _) => writeln!(
            out,
            "\n{} and {} in {} reached",
            count(contracts, "contract"),
            count(consumers, "consumer"),
            count(impact.domains, "domain")
        ),
    };
    out
}

/// The nodes of a graph, with numbers for names, since names can hold anything.
struct Nodes<'i> {
    contracts: BTreeMap<&'i str, usize>,
    consumers: BTreeMap<&'i str, usize>,
}

impl<'i> Nodes<'i> {
    fn of(impact: &'i Impact) -> Self {
        let mut contracts = BTreeMap::new();
        let mut consumers = BTreeMap::new();
        let starts = impact.starts.iter().map(|start| start.contract.as_str());
        for name in starts.chain(impact.contracts.iter().map(|met| met.name.as_str())) {
            let next = contracts.len();
            contracts.entry(name).or_insert(next);
        }
        for met in &impact.consumers {
            let next = contracts.len() + consumers.len();
            consumers.entry(met.name.as_str()).or_insert(next);
        }
        Self {
            contracts,
            consumers,
        }
    }

    fn edges(&self, impact: &Impact) -> Vec<(usize, usize)> {
        let edge = |(from, to): &(String, Reader)| {
            let from = self.contracts.get(from.as_str())?;
            let to = match to {
                Reader::Contract(name, _) => self.contracts.get(name.as_str())?,
                Reader::Consumer(name) => self.consumers.get(name.as_str())?,
            };
            Some((*from, *to))
        };
        impact.reach.edges.iter().filter_map(edge).collect()
    }
}

/// Draws a flowchart of Mermaid; what begins is drawn bold.
pub(super) fn mermaid(impact: &Impact) -> String {
    let nodes = Nodes::of(impact);
    let label = |name: &str| {
        let mut shown = String::new();
        for letter in visible(name).chars() {
            match letter {
                '"' => shown.push_str("#quot;"),
                '#' => shown.push_str("#35;"),
                '<' => shown.push_str("#lt;"),
                '>' => shown.push_str("#gt;"),
                '&' => shown.push_str("#amp;"),
                '`' => shown.push_str("#96;"),
                letter => shown.push(letter),
            }
        }
        shown
    };
    let mut out = String::from("flowchart LR\n");
    for (name, at) in &nodes.contracts {
        let _ = writeln!(out, "  n{at}[\"{}\"]", label(name));
    }
    for (name, at) in &nodes.consumers {
        let _ = writeln!(out, "  n{at}([\"{}\"])", label(name));
    }
    for (from, to) in nodes.edges(impact) {
        let _ = writeln!(out, "  n{from} --> n{to}");
    }
    for start in &impact.starts {
        if let Some(at) = nodes.contracts.get(start.contract.as_str()) {
            let _ = writeln!(out, "  style n{at} stroke-width:3px");
        }
    }
    out
}

/// Draws a graph of Graphviz.
pub(super) fn dot(impact: &Impact) -> String {
    let nodes = Nodes::of(impact);
    let label = |name: &str| visible(name).replace('\\', "\\\\").replace('"', "\\\"");
    let mut out = String::from("digraph impact {\n  rankdir=LR;\n  node [shape=box];\n");
    for (name, at) in &nodes.contracts {
        let is_start = impact.starts.iter().any(|start| start.contract == **name);
        let bold = if is_start { ", penwidth=3" } else { "" };
        let _ = writeln!(out, "  n{at} [label=\"{}\"{bold}];", label(name));
    }
    for (name, at) in &nodes.consumers {
        let _ = writeln!(out, "  n{at} [label=\"{}\", shape=oval];", label(name));
    }
    for (from, to) in nodes.edges(impact) {
        let _ = writeln!(out, "  n{from} -> n{to};");
    }
    out.push_str("}\n");
    out
}
