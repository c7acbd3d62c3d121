//! Who reads what in, who is reached by a change out, to any depth.
//!
//! Knows no files and no output. A step is made once for each part of a contract, so that cycles
//! end and the cost grows with the graph.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A part of a contract: the names down to a field, perhaps behind a dataset's. Empty names stand
/// for all of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Part {
    /// Dataset; absent where any is meant.
    pub dataset: Option<String>,
    /// Names from the top field down.
    pub names: Vec<String>,
}

impl Part {
    /// Tells whether one part is the other, or holds it.
    fn meets(&self, other: &Part) -> bool {
        let datasets = self.dataset.as_ref().zip(other.dataset.as_ref());
        datasets.is_none_or(|(one, other)| one == other)
            && self
                .names
                .iter()
                .zip(&other.names)
                .all(|(one, other)| one == other)
    }
}

/// Something that reads: a consumer, or a contract whose data comes from another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reader {
    /// A contract, as `domain/name`, and the part that is filled.
    Contract(String, Part),
    /// A consumer, by name.
    Consumer(String),
}

/// Who reads which part of which contract.
#[derive(Debug, Default)]
pub struct Graph {
    edges: BTreeMap<String, Vec<(Part, Reader)>>,
}

/// Something that is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// Steps from where it begins: 1 for those who read it directly.
    pub distance: usize,
    /// The contract that it reads.
    pub through: String,
}

/// Everything that is reached.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Contracts, by name.
    pub contracts: BTreeMap<String, Reached>,
    /// Consumers, by name.
    pub consumers: BTreeMap<String, Reached>,
    /// Who reads whom, among those that are reached: a contract, and a contract or consumer.
    pub edges: BTreeSet<(String, Reader)>,
}

impl Graph {
    /// Notes that somebody reads a part of a contract.
    pub fn add(&mut self, contract: &str, part: Part, reader: Reader) {
        self.edges
            .entry(contract.to_owned())
            .or_default()
            .push((part, reader));
    }

    /// Follows changes of parts of contracts to everybody who is reached, the nearest first.
    pub fn reach(&self, starts: impl IntoIterator<Item = (String, Part)>) -> Reach {
        let mut reach = Reach::default();
        let mut queue: VecDeque<(String, Part, usize)> = VecDeque::new();
        let mut begun = BTreeSet::new();
        let mut seen: BTreeMap<String, BTreeSet<Part>> = BTreeMap::new();
        let mut visit = |contract: &str, part: &Part| {
            let parts = seen.entry(contract.to_owned()).or_default();
            // What was followed as a whole needs no second look at its parts.
            !parts.contains(&Part::default()) && parts.insert(part.clone())
        };
        for (contract, part) in starts {
            if visit(&contract, &part) {
                begun.insert(contract.clone());
                queue.push_back((contract, part, 0));
            }
        }
        while let Some((contract, part, distance)) = queue.pop_front() {
            let edges = self.edges.get(&contract).into_iter().flatten();
            for (_, reader) in edges.filter(|(read, _)| read.meets(&part)) {
                let reached = || Reached {
                    distance: distance + 1,
                    through: contract.clone(),
                };
                match reader {
                    Reader::Consumer(name) => {
                        let edge = (contract.clone(), reader.clone());
                        reach.edges.insert(edge);
                        reach.consumers.entry(name.clone()).or_insert_with(reached);
                    }
                    Reader::Contract(name, filled) => {
                        if *name != contract {
                            let whole = Reader::Contract(name.clone(), Part::default());
                            reach.edges.insert((contract.clone(), whole));
                        }
                        if !begun.contains(name) {
                            reach.contracts.entry(name.clone()).or_insert_with(reached);
                        }
                        if visit(name, filled) {
                            queue.push_back((name.clone(), filled.clone(), distance + 1));
                        }
                    }
                }
            }
        }
        reach
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(names: &str) -> Part {
        let names = names.split('.').filter(|name| !name.is_empty());
        Part {
            dataset: None,
            names: names.map(str::to_owned).collect(),
        }
    }

    fn contract(name: &str, filled: &str) -> Reader {
        Reader::Contract(name.to_owned(), part(filled))
    }

    fn graph() -> Graph {
        let mut graph = Graph::default();
        graph.add("a", part("x"), contract("b", "y"));
        graph.add("a", part("z"), contract("c", ""));
        graph.add("b", part("y"), contract("a", "x"));
        graph.add("b", part("y.inner"), Reader::Consumer("deep".to_owned()));
        graph.add("b", part("other"), Reader::Consumer("apart".to_owned()));
        graph.add("c", part(""), Reader::Consumer("all".to_owned()));
        graph
    }

    type Distances = Vec<(String, usize)>;

    fn reached(start: &str) -> (Distances, Distances) {
        let reach = graph().reach([("a".to_owned(), part(start))]);
        let told = |all: BTreeMap<String, Reached>| {
            all.into_iter()
                .map(|(name, one)| (name, one.distance))
                .collect()
        };
        (told(reach.contracts), told(reach.consumers))
    }

    #[test]
    fn only_what_reads_the_part_is_reached() {
        let one = |name: &str, distance| vec![(name.to_owned(), distance)];
        assert_eq!(reached("x"), (one("b", 1), one("deep", 2)));
        assert_eq!(reached("z"), (one("c", 1), one("all", 2)));
        assert_eq!(reached("nothing"), (vec![], vec![]));
        let (contracts, consumers) = reached("");
        assert_eq!((contracts.len(), consumers.len()), (2, 2));
    }

    /// A slow and obvious version: steps until nothing more is reached.
    fn slowly(graph: &Graph, start: (String, Part)) -> BTreeSet<String> {
        let mut parts = BTreeSet::from([start.clone()]);
        loop {
            let mut next = parts.clone();
            for (contract, part) in &parts {
                for (read, reader) in graph.edges.get(contract).into_iter().flatten() {
                    if let (true, Reader::Contract(name, filled)) = (read.meets(part), reader) {
                        next.insert((name.clone(), filled.clone()));
                    }
                }
            }
            if next == parts {
                let names = parts.into_iter().map(|(name, _)| name);
                return names.filter(|name| *name != start.0).collect();
            }
            parts = next;
        }
    }

    #[test]
    fn two_thousand_contracts_with_cycles_agree_with_the_slow_way() {
        let mut graph = Graph::default();
        let mut dice = 7_u64;
        let mut roll = |most: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (dice >> 33) % most
        };
        for _ in 0..4_000 {
            let (from, to) = (roll(2_000), roll(2_000));
            let (read, filled) = (roll(3), roll(3));
            let name = |at: u64| {
                if at == 0 {
                    String::new()
                } else {
                    format!("f{at}")
                }
            };
            let reader = contract(&format!("c{to}"), &name(filled));
            graph.add(&format!("c{from}"), part(&name(read)), reader);
        }
        for start in 0..20 {
            let start = (format!("c{start}"), part("f1"));
            let reach = graph.reach([start.clone()]);
            let found: BTreeSet<String> = reach.contracts.into_keys().collect();
            assert_eq!(found, slowly(&graph, start));
        }
    }
}
