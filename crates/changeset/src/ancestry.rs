//! Two commits in, their best common ancestors out, by what git wrote down of the history.
//!
//! Where nothing is written down, or the history is cut off, nothing is said, and libgit2 unpacks
//! every commit on the way instead.

use std::collections::{BTreeMap, BinaryHeap};

use git2::Oid;

use crate::commit_graph::CommitGraph;
use crate::repository::Repository;

/// Commits that may be newer than what is written down, before libgit2 is asked.
const MOST_NEW: usize = 2_000;

/// Reached from the one commit, from the other, and from a common ancestor.
const ONE: u8 = 1;
const OTHER: u8 = 2;
const BEHIND: u8 = 4;

/// A commit, by where it is known from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    /// Its position among those that are written down.
    Written(u32),
    /// Its number among those that are not.
    New(usize),
}

/// A commit that is not written down.
struct New {
    id: Oid,
    parents: Vec<Node>,
    level: u32,
}

/// The commits of a walk.
struct History<'g> {
    repository: &'g Repository,
    graph: CommitGraph,
    new: Vec<New>,
    numbers: BTreeMap<Oid, usize>,
}

/// Returns the common ancestors that are no ancestors of each other; none where that cannot be told
/// by what is written down.
pub(crate) fn best(repository: &Repository, one: Oid, other: Oid) -> Option<Vec<Oid>> {
    let common = repository.store.common_dir();
    if repository.is_shallow() || common.join("info").join("grafts").exists() {
        return None;
    }
    let mut history = History {
        repository,
        graph: CommitGraph::read(common)?,
        new: Vec::new(),
        numbers: BTreeMap::new(),
    };
    let (one, other) = (history.node(one)?, history.node(other)?);
    let best = history.best(one, other)?;
    best.into_iter().map(|node| history.id(node)).collect()
}

impl History<'_> {
    /// Walks from both commits, always on from the commit of the highest level: whatever leads to a
    /// commit was walked before it, so that what is known of it then is all there is.
    fn best(&self, one: Node, other: Node) -> Option<Vec<Node>> {
        let mut marks = vec![0_u8; self.graph.count() + self.new.len()];
        let mut parents = Vec::new();
        let mut queue = BinaryHeap::new();
        // Those in the queue that could still lead to a common ancestor.
        let mut live = 0_usize;
        for (node, mark) in [(one, ONE), (other, OTHER)] {
            let known = marks.get_mut(self.place(node))?;
            if *known == 0 {
                queue.push((self.level(node)?, node));
                live += 1;
            }
            *known |= mark;
        }
        let mut found = Vec::new();
        while live > 0 {
            let (level, node) = queue.pop()?;
            let mut mark = *marks.get(self.place(node))?;
            if mark & BEHIND == 0 {
                live -= 1;
                if mark == ONE | OTHER {
                    found.push(node);
                    mark |= BEHIND;
                }
            }
            self.parents(node, &mut parents)?;
            for parent in parents.drain(..) {
                let before = self.level(parent)?;
                if before >= level {
                    return None;
                }
                let known = marks.get_mut(self.place(parent))?;
                let was = *known;
                *known |= mark;
                if was == 0 {
                    queue.push((before, parent));
                }
                live += usize::from(was == 0 && *known & BEHIND == 0);
                live -= usize::from(was != 0 && was & BEHIND == 0 && *known & BEHIND != 0);
            }
        }
        Some(found)
    }

    /// Finds a commit, and reads it and those before it that are not written down.
    fn node(&mut self, id: Oid) -> Option<Node> {
        let mut open = vec![id];
        while let Some(id) = open.last().copied() {
            if self.known(id).is_some() {
                open.pop();
                continue;
            }
            if self.new.len() + open.len() > MOST_NEW {
                return None;
            }
            let (_, parents) = self.repository.read(id).ok()?;
            let before = open.len();
            open.extend(parents.iter().filter(|id| self.known(**id).is_none()));
            if open.len() == before {
                self.add(id, &parents)?;
            }
        }
        self.known(id)
    }

    fn add(&mut self, id: Oid, parents: &[Oid]) -> Option<()> {
        let parents: Option<Vec<Node>> = parents.iter().map(|id| self.known(*id)).collect();
        let parents = parents?;
        let levels: Option<Vec<u32>> = parents.iter().map(|node| self.level(*node)).collect();
        let level = levels?.into_iter().max().unwrap_or(0).checked_add(1)?;
        self.numbers.insert(id, self.new.len());
        self.new.push(New { id, parents, level });
        Some(())
    }

    fn known(&self, id: Oid) -> Option<Node> {
        let new = self.numbers.get(&id).copied().map(Node::New);
        new.or_else(|| self.graph.position(id.as_bytes()).map(Node::Written))
    }

    /// Where what is known of a commit stands among the same of all others.
    fn place(&self, node: Node) -> usize {
        match node {
            Node::Written(position) => position as usize,
            Node::New(number) => self.graph.count() + number,
        }
    }

    fn parents(&self, node: Node, into: &mut Vec<Node>) -> Option<()> {
        match node {
            Node::New(number) => into.extend(&self.new.get(number)?.parents),
            Node::Written(position) => {
                let show = |parent| into.push(Node::Written(parent));
                self.graph.parents(position, show)?;
            }
        }
        Some(())
    }

    fn level(&self, node: Node) -> Option<u32> {
        match node {
            Node::New(number) => Some(self.new.get(number)?.level),
            Node::Written(position) => self.graph.level(position),
        }
    }

    fn id(&self, node: Node) -> Option<Oid> {
        match node {
            Node::New(number) => Some(self.new.get(number)?.id),
            Node::Written(position) => Oid::from_bytes(&self.graph.name(position)?).ok(),
        }
    }
}
