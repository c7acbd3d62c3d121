//! Two regular expressions in, how the texts that they match moved out, with texts that show it.
//!
//! Both are made into automata that read a whole text, and their product is walked. Expressions
//! that look around or back, or whose automata grow too large, are not known.

use std::collections::{BTreeMap, VecDeque};

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::start::Config;
use regex_automata::{Anchored, util::syntax};

/// How two languages lie to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Languages {
    /// The shortest text that only the first matches.
    pub(crate) only_first: Option<String>,
    /// The shortest text that only the second matches.
    pub(crate) only_second: Option<String>,
}

/// An automaton of more bytes is not built.
const LARGEST: usize = 1 << 20;
/// Pairs of states that are walked at most.
const MOST_PAIRS: usize = 3_000;

type Dfa = dense::DFA<Vec<u32>>;

/// Compares two expressions; nothing where that is not known.
pub(crate) fn compare(first: &str, second: &str) -> Option<Languages> {
    let (first, second) = (automaton(first)?, automaton(second)?);
    let mut only_first = None;
    let mut only_second = None;
    walk(&first, Some(&second), |in_first, in_second, text| {
        match (in_first, in_second) {
            (true, false) if only_first.is_none() => only_first = text(),
            (false, true) if only_second.is_none() => only_second = text(),
            _ => {}
        }
        only_first.is_some() && only_second.is_some()
    })?;
    Some(Languages {
        only_first,
        only_second,
    })
}

/// Returns the shortest text that an expression matches.
pub(crate) fn sample(expression: &str) -> Option<String> {
    let automaton = automaton(expression)?;
    let mut found = None;
    walk(&automaton, None, |matches, _, text| {
        if matches {
            found = text();
        }
        found.is_some()
    })?;
    found
}

/// Builds the automaton of all texts in which the expression is found.
fn automaton(expression: &str) -> Option<Dfa> {
    if expression.len() > 1_000 {
        return None;
    }
    let expression = in_ascii(expression);
    dense::Builder::new()
        .configure(
            dense::Config::new()
                .start_kind(StartKind::Anchored)
                .dfa_size_limit(Some(LARGEST))
                .determinize_size_limit(Some(LARGEST)),
        )
        .thompson(thompson::Config::new().nfa_size_limit(Some(LARGEST)))
        .syntax(syntax::Config::new().nest_limit(50))
        .build(&format!(r"(?s:.)*(?:{expression})(?s:.)*\z"))
        .ok()
}

/// Says the classes of the standard's dialect (ECMA-262), which hold ASCII only.
fn in_ascii(expression: &str) -> String {
    let mut out = String::with_capacity(expression.len() + 16);
    let mut rest = expression.chars();
    let mut in_class = false;
    while let Some(c) = rest.next() {
        match c {
            '\\' => {
                let escaped = rest.next();
                let class = match escaped {
                    Some('d') => Some("0-9"),
                    Some('w') => Some("A-Za-z0-9_"),
                    _ => None,
                };
                match class {
                    Some(class) if in_class => out.push_str(class),
                    Some(class) => {
                        out.push('[');
                        out.push_str(class);
                        out.push(']');
                    }
                    None => {
                        out.push('\\');
                        // A slash needs no escape here, and must not have one.
                        if escaped == Some('/') {
                            out.pop();
                        }
                        out.extend(escaped);
                    }
                }
            }
            '[' if !in_class => {
                in_class = true;
                out.push('[');
            }
            // A bracket inside of a class is itself.
            '[' => out.push_str("\\["),
            ']' => {
                in_class = false;
                out.push(']');
            }
            _ => out.push(c),
        }
    }
    out
}

/// Walks one automaton, or the product of two, the shortest texts first, until `visit` has seen
/// enough; nothing where there are too many states.
fn walk(
    first: &Dfa,
    second: Option<&Dfa>,
    mut visit: impl FnMut(bool, bool, &dyn Fn() -> Option<String>) -> bool,
) -> Option<()> {
    let start = |dfa: &Dfa| dfa.start_state(&Config::new().anchored(Anchored::Yes)).ok();
    let second_start = match second {
        Some(second) => Some(start(second)?),
        None => None,
    };
    let begin = (start(first)?, second_start);
    let bytes = readable_first();
    let mut came_from: BTreeMap<Pair, Option<(Pair, u8)>> = BTreeMap::from([(begin, None)]);
    let mut queue = VecDeque::from([begin]);
    while let Some(pair) = queue.pop_front() {
        let ends = |dfa: &Dfa, state: StateID| dfa.is_match_state(dfa.next_eoi_state(state));
        let in_second = second
            .zip(pair.1)
            .is_some_and(|(dfa, state)| ends(dfa, state));
        let text = || text(&came_from, pair);
        if visit(ends(first, pair.0), in_second, &text) {
            return Some(());
        }
        for byte in &bytes {
            let next = (
                first.next_state(pair.0, *byte),
                second
                    .zip(pair.1)
                    .map(|(dfa, state)| dfa.next_state(state, *byte)),
            );
            let is_dead = first.is_dead_state(next.0)
                && second
                    .zip(next.1)
                    .is_none_or(|(dfa, state)| dfa.is_dead_state(state));
            if is_dead || came_from.contains_key(&next) {
                continue;
            }
            if came_from.len() >= MOST_PAIRS {
                return None;
            }
            came_from.insert(next, Some((pair, *byte)));
            queue.push_back(next);
        }
    }
    Some(())
}

type Pair = (StateID, Option<StateID>);

/// Reads back how a pair of states was reached.
fn text(came_from: &BTreeMap<Pair, Option<(Pair, u8)>>, mut pair: Pair) -> Option<String> {
    let mut bytes = Vec::new();
    while let Some(Some((from, byte))) = came_from.get(&pair) {
        bytes.push(*byte);
        pair = *from;
    }
    bytes.reverse();
    String::from_utf8(bytes).ok()
}

/// Every byte, those first that people like to read.
fn readable_first() -> Vec<u8> {
    let mut bytes: Vec<u8> = (b'a'..=b'z')
        .chain(b'0'..=b'9')
        .chain(b'A'..=b'Z')
        .collect();
    bytes.extend(b' '..=b'~');
    bytes.extend(0..=u8::MAX);
    let mut seen = [false; 256];
    bytes.retain(|byte| {
        seen.get_mut(usize::from(*byte))
            .is_some_and(|seen| !std::mem::replace(seen, true))
    });
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_compared_with_the_shortest_texts() {
        for (first, second, expected) in [
            ("^[0-9]{3}$", r"^\d{3}$", Some((None, None))),
            ("[0-9]{3}", "[0123456789]{3}", Some((None, None))),
            ("^(a|b)$", "^[ab]$", Some((None, None))),
            ("^a+$", "^aa*$", Some((None, None))),
            ("^a$", "^[ab]$", Some((None, Some("b")))),
            ("^[a-z]+$", "^[a-y]+$", Some((Some("z"), None))),
            ("^a", "a$", Some((Some("aa"), Some("ba")))),
            (
                "^[A-Z]{2}-",
                "^[A-Z]{3}-",
                Some((Some("AA-"), Some("AAA-"))),
            ),
            ("^é$", "^e$", Some((Some("é"), Some("e")))),
            (r"^\w+$", "^[a-z_]+$", Some((Some("0"), None))),
            (r"^(?=a)a$", "^a$", None),
            (r"^(a)\1$", "^aa$", None),
            ("^(((a{9}){9}){9}){9}$", "^a$", None),
            ("^(a{1000}){1000}$", "^b$", None),
            ("(", "a", None),
        ] {
            let found = compare(first, second);
            let found = found
                .as_ref()
                .map(|one| (one.only_first.as_deref(), one.only_second.as_deref()));
            // Which of several shortest texts is told does not matter, only that it is one.
            let kinds = |told: Option<(Option<&str>, Option<&str>)>| {
                told.map(|(first, second)| (first.map(str::len), second.map(str::len)))
            };
            assert_eq!(
                kinds(found),
                kinds(expected),
                "{first} and {second}: {found:?}"
            );
        }
    }

    #[test]
    fn a_sample_is_the_shortest_text() {
        for (expression, length) in [("^[A-Z]{3}-[0-9]+$", 5), ("a|bb", 1), ("", 0)] {
            let sample = sample(expression);
            assert_eq!(sample.as_ref().map(String::len), Some(length), "{sample:?}");
        }
        assert_eq!(sample("a\\b{"), None);
    }
}
