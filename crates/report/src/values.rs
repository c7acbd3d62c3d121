//! A change in, the way to show its values out; knows no format.

use crate::Change;
use crate::escape::cut;
use crate::word_diff::{Piece, pieces};

/// Values up to this many characters are shown whole, longer ones by the words that differ.
const SHORT: usize = 60;

/// Texts beyond this many bytes are not compared word by word, which could take long.
const LONGEST_COMPARED: usize = 4_000;

/// What stood there and what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Values {
    /// Each as a phrase: quoted, cut, or `nothing`.
    Short {
        /// What stood there.
        before: String,
        /// What stands there.
        after: String,
    },
    /// Both in one.
    Words(Vec<Piece>),
}

impl Values {
    /// Chooses; `None` where the message of the change says both already.
    pub(crate) fn of(change: &Change) -> Option<Self> {
        let is_told = |value: &Option<String>| {
            value
                .as_ref()
                .is_none_or(|text| change.message.contains(text.as_str()))
        };
        if is_told(&change.before) && is_told(&change.after) {
            return None;
        }
        Some(match (&change.before, &change.after) {
            (Some(before), Some(after)) if is_worth_comparing(before, after) => {
                Values::Words(pieces(before, after))
            }
            (before, after) => Values::Short {
                before: quoted(before),
                after: quoted(after),
            },
        })
    }
}

fn is_worth_comparing(before: &str, after: &str) -> bool {
    let is_long = |text: &str| text.chars().nth(SHORT).is_some();
    let longest = before.len().max(after.len());
    (is_long(before) || is_long(after)) && longest <= LONGEST_COMPARED
}

fn quoted(value: &Option<String>) -> String {
    match value {
        Some(text) => format!("`{}`", cut(text, SHORT)),
        None => "nothing".to_owned(),
    }
}
