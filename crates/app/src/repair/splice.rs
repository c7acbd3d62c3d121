//! Pieces of text and where they go in, the mended text out.

use std::ops::Range;

use meshlaw_report::{Fix, Position};

use crate::place::Source;

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

impl Repair {
    /// Says the same in lines and columns, as reports do.
    pub fn to_fix(&self, source: Source<'_>) -> Option<Fix> {
        Some(Fix {
            title: self.title.clone(),
            path: source.path.to_owned(),
            start: position(source.text, self.range.start)?,
            end: position(source.text, self.range.end)?,
            text: self.text.clone(),
        })
    }
}

fn position(text: &str, at: usize) -> Option<Position> {
    let before = text.get(..at)?;
    let begin = before.rfind('\n').map_or(0, |end| end + 1);
    let line = before.matches('\n').count() + 1;
    let column = before.get(begin..)?.chars().count() + 1;
    Some(Position {
        line: u32::try_from(line).ok()?,
        column: u32::try_from(column).ok()?,
    })
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
