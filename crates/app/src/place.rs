//! Spans and texts in, locations with their source lines out.

use meshlaw_contract::Span;
use meshlaw_report::{Excerpt, Location, Side};

/// Longest line that is kept for showing; reports cut further around the place.
const LONGEST: usize = 2_000;

/// A text with its path and the revision that it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Source<'t> {
    /// Path, relative to the repository.
    pub path: &'t str,
    /// The text.
    pub text: &'t str,
    /// The revision.
    pub side: Side,
}

impl Source<'_> {
    /// Returns the location of a span.
    pub fn at(&self, span: Span) -> Location {
        Location {
            path: self.path.to_owned(),
            line: span.line,
            column: span.column,
            side: self.side,
            excerpt: self.excerpt(span),
        }
    }

    fn excerpt(&self, span: Span) -> Option<Excerpt> {
        let start = (span.start as usize).min(self.text.len());
        let before = self.text.get(..start)?;
        let begin = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = self.text.get(begin..)?;
        let line = rest
            .split('\n')
            .next()
            .unwrap_or_default()
            .trim_end_matches('\r');
        let line = line.trim_start_matches('\u{feff}');
        if line.len() > LONGEST {
            return None;
        }
        let end = (span.end as usize).min(begin + line.len()).max(start);
        let length = self
            .text
            .get(start..end)
            .map_or(1, |text| text.chars().count());
        let length = u32::try_from(length.max(1)).unwrap_or(1);
        Some(Excerpt {
            line: line.to_owned(),
            length,
        })
    }
}

/// Returns the location of a file as a whole.
pub fn whole_file(path: &str, side: Side) -> Location {
    Location {
        path: path.to_owned(),
        line: 0,
        column: 0,
        side,
        excerpt: None,
    }
}
