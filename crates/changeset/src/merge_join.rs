//! Two sorted sequences in, their pairs out.
//!
//! Knows nothing of what is in them.

use std::cmp::Ordering;

/// Walks two sequences sorted by `order` side by side: each item comes once, together with its
/// equal on the other side if there is one.
pub(crate) fn merge_join<T>(
    left: impl IntoIterator<Item = T>,
    right: impl IntoIterator<Item = T>,
    order: impl Fn(&T, &T) -> Ordering,
) -> impl Iterator<Item = (Option<T>, Option<T>)> {
    let mut left = left.into_iter().peekable();
    let mut right = right.into_iter().peekable();
    std::iter::from_fn(move || {
        let first = match (left.peek(), right.peek()) {
            (Some(one), Some(other)) => order(one, other),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return None,
        };
        Some(match first {
            Ordering::Less => (left.next(), None),
            Ordering::Equal => (left.next(), right.next()),
            Ordering::Greater => (None, right.next()),
        })
    })
}
