//! Pieces of text and where they go in, the mended text out.

use std::ops::Range;

/// One thing that is mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// What it does, for people.
    pub title: String,
    /// The bytes that it replaces; none where it only adds.
    pub range: Range<usize>,
    /// What stands there afterwards.
    pub text: String,
}

/// Applies repairs; of two that touch the same bytes, the later one waits for the next round.
///
/// Returns the text, and what was done.
pub fn apply(text: &str, repairs: Vec<Repair>) -> (String, Vec<String>) {
    let mut repairs = repairs;
    repairs.sort_by_key(|repair| (repair.range.start, repair.range.end));
    let (mut out, mut done, mut at) = (String::with_capacity(text.len()), Vec::new(), 0);
    for repair in repairs {
        let between = text.get(at..repair.range.start);
        let (Some(between), Some(_)) = (between, text.get(repair.range.clone())) else {
            continue;
        };
        out.push_str(between);
        out.push_str(&repair.text);
        at = repair.range.end;
        done.push(repair.title);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    (out, done)
}
