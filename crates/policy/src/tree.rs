//! The conditions of a policy as they are joined, and what each said, in; what follows for the
//! whole out.

use crate::clause::Seen;

/// How conditions are joined.
#[derive(Debug)]
pub(crate) enum Node {
    /// A condition, by its place in the list.
    Leaf(usize),
    /// The opposite.
    Not(Box<Node>),
    /// Both have to hold.
    Both(Box<Node>, Box<Node>),
    /// One has to hold.
    Either(Box<Node>, Box<Node>),
    /// If the first holds the second has to, else the third.
    Choice(Box<[Node; 3]>),
}

/// Runs the tree as Cedar would, and marks what it comes by.
pub(crate) fn run(node: &Node, seen: &mut [Seen]) -> Result<bool, String> {
    match node {
        Node::Leaf(at) => {
            let Some(leaf) = seen.get_mut(*at) else {
                return Err("a condition is missing".to_owned());
            };
            leaf.is_reached = true;
            leaf.value.clone()
        }
        Node::Not(inner) => Ok(!run(inner, seen)?),
        Node::Both(left, right) => Ok(run(left, seen)? && run(right, seen)?),
        Node::Either(left, right) => Ok(run(left, seen)? || run(right, seen)?),
        Node::Choice(parts) => {
            let [test, then, other] = &**parts;
            if run(test, seen)? {
                run(then, seen)
            } else {
                run(other, seen)
            }
        }
    }
}

/// Takes down the leaves that all have to be as they are wanted.
pub(crate) fn demand(node: &Node, wanted: bool, out: &mut Vec<(usize, bool)>) {
    match (node, wanted) {
        (Node::Leaf(at), _) => out.push((*at, wanted)),
        (Node::Not(inner), _) => demand(inner, !wanted, out),
        (Node::Both(left, right), true) | (Node::Either(left, right), false) => {
            demand(left, wanted, out);
            demand(right, wanted, out);
        }
        _ => {}
    }
}

/// Finds the fewest leaves that have to turn for a node to be `wanted`.
pub(crate) fn turn(node: &Node, wanted: bool, seen: &[Seen]) -> Vec<usize> {
    let both = |parts: [&Node; 2], wanted: bool| {
        let turned = parts.map(|part| turn(part, wanted, seen));
        turned.concat()
    };
    let either = |parts: [&Node; 2], wanted: bool| {
        let [left, right] = parts.map(|part| turn(part, wanted, seen));
        if right.len() < left.len() {
            right
        } else {
            left
        }
    };
    match node {
        Node::Leaf(at) => match seen.get(*at).map(|leaf| &leaf.value) {
            Some(Ok(value)) if *value == wanted => Vec::new(),
            _ => vec![*at],
        },
        Node::Not(inner) => turn(inner, !wanted, seen),
        Node::Both(left, right) if wanted => both([left, right], true),
        Node::Both(left, right) => either([left, right], false),
        Node::Either(left, right) if wanted => either([left, right], true),
        Node::Either(left, right) => both([left, right], false),
        Node::Choice(parts) => {
            let [test, then, other] = &**parts;
            let by = |holds: bool, part: &Node| {
                let mut turned = turn(test, holds, seen);
                turned.extend(turn(part, wanted, seen));
                turned
            };
            let (by_then, by_other) = (by(true, then), by(false, other));
            if by_other.len() < by_then.len() {
                by_other
            } else {
                by_then
            }
        }
    }
}

/// Takes down the leaves that by themselves make a node what it is, as far as they were reached;
/// returns what it is.
pub(crate) fn settle(node: &Node, seen: &[Seen], out: &mut Vec<usize>) -> Option<bool> {
    match node {
        Node::Leaf(at) => {
            let leaf = seen.get(*at).filter(|leaf| leaf.is_reached)?;
            out.push(*at);
            leaf.value.as_ref().ok().copied()
        }
        Node::Not(inner) => settle(inner, seen, out).map(|value| !value),
        Node::Both(left, right) => joined([left, right], true, seen, out),
        Node::Either(left, right) => joined([left, right], false, seen, out),
        Node::Choice(parts) => {
            let [test, then, other] = &**parts;
            let chosen = if settle(test, seen, out)? {
                then
            } else {
                other
            };
            settle(chosen, seen, out)
        }
    }
}

/// Where `whole` needs both parts, the second alone is enough for the opposite.
fn joined(
    [left, right]: [&Node; 2],
    whole: bool,
    seen: &[Seen],
    out: &mut Vec<usize>,
) -> Option<bool> {
    let mut own = Vec::new();
    let first = settle(left, seen, &mut own)?;
    if first != whole {
        out.append(&mut own);
        return Some(first);
    }
    let mut others = Vec::new();
    let second = settle(right, seen, &mut others)?;
    if second == whole {
        out.append(&mut own);
    }
    out.append(&mut others);
    Some(second)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAVES: usize = 5;

    /// Makes a tree of a number: each digit chooses a form, and leaves come round.
    fn tree(seed: &mut u32, depth: u32) -> Node {
        let mut next = |of: u32| {
            *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (*seed >> 16) % of
        };
        let form = if depth == 0 { 0 } else { next(6) };
        let leaf = next(LEAVES as u32) as usize;
        let mut inner = || Box::new(tree(seed, depth - 1));
        match form {
            0 => Node::Leaf(leaf),
            1 => Node::Not(inner()),
            2 | 3 => Node::Both(inner(), inner()),
            4 => Node::Either(inner(), inner()),
            _ => Node::Choice(Box::new([*inner(), *inner(), *inner()])),
        }
    }

    fn seen(values: u32) -> Vec<Seen> {
        let seen = |at: usize| Seen {
            is_reached: false,
            value: Ok(values & (1 << at) != 0),
            sides: Vec::new(),
            missing: Vec::new(),
        };
        (0..LEAVES).map(seen).collect()
    }

    #[test]
    fn what_settles_does_so_by_itself() {
        let mut seed = 7;
        let mut least = LEAVES;
        for _ in 0..400 {
            let node = tree(&mut seed, 4);
            for values in 0..1 << LEAVES {
                let mut all = seen(values);
                let is = run(&node, &mut all).unwrap();
                let mut settled = Vec::new();
                assert_eq!(settle(&node, &all, &mut settled), Some(is));
                let mask = settled.iter().fold(0, |mask, at| mask | 1 << at);
                for other in (0..1 << LEAVES).filter(|other| other & mask == values & mask) {
                    assert_eq!(
                        run(&node, &mut seen(other)),
                        Ok(is),
                        "{node:?} {values:b} {other:b}"
                    );
                }
                least = least.min(settled.len());
            }
        }
        assert_eq!(least, 1);
    }

    #[test]
    fn a_long_way_down_takes_no_longer_than_it_is() {
        let mut node = Node::Leaf(0);
        for _ in 0..2_000 {
            node = Node::Both(Box::new(Node::Leaf(1)), Box::new(node));
        }
        let mut all = seen(u32::MAX);
        assert_eq!(run(&node, &mut all), Ok(true));
        let mut settled = Vec::new();
        assert_eq!(settle(&node, &all, &mut settled), Some(true));
        assert_eq!(settled.len(), 2_001);
    }
}
