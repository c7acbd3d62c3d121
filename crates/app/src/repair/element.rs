//! The elements of a list in a text: where one begins and ends, with the comments above it.

use std::ops::Range;

use meshlaw_contract::{NodeRef, View};

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Each element on lines of its own, behind a dash.
    Block,
    /// In brackets.
    Flow,
}

/// An element of a list, as the text has it.
#[derive(Debug, Clone)]
pub struct Element<'t> {
    /// How the list is written.
    pub style: Style,
    /// Where it stands: whole lines in block style, with the comments above them.
    pub range: Range<usize>,
    /// Where the mapping stands, without the dash.
    inner: Range<usize>,
    text: &'t str,
}

impl<'t> Element<'t> {
    /// Finds an element; nothing where it is no mapping, or stands in a way that is not foreseen.
    pub fn of(text: &'t str, node: NodeRef<'_>) -> Option<Self> {
        let inner = extent(text, node)?;
        let line = text.get(..inner.start)?.rfind('\n').map_or(0, |at| at + 1);
        let lead = text.get(line..inner.start)?;
        if lead.trim() != "-" {
            return Some(Self {
                style: Style::Flow,
                range: inner.clone(),
                inner,
                text,
            });
        }
        let end = text.get(inner.end..)?.find('\n');
        let end = end.map_or(text.len(), |at| inner.end + at + 1);
        Some(Self {
            style: Style::Block,
            range: with_comments(text, line, lead.find('-').unwrap_or(0))..end,
            inner,
            text,
        })
    }

    /// Blanks before the dash.
    pub fn indent(&self) -> &'t str {
        let before = self.text.get(..self.inner.start).unwrap_or_default();
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let lead = before.get(line..).unwrap_or_default();
        lead.split('-').next().unwrap_or_default()
    }

    /// The text with one more entry at its end, indented as another list is.
    pub fn with_entry(&self, entry: &str, indent: &str) -> Option<String> {
        let whole = self.text.get(self.range.clone())?;
        let at = self.inner.end - self.range.start;
        let (head, tail) = whole.split_at_checked(at)?;
        let is_flow = self.text.get(self.inner.clone())?.starts_with('{');
        let text = if is_flow {
            let open = head.strip_suffix('}')?;
            let kept = open.trim_end();
            let blanks = open.get(kept.len()..).unwrap_or_default();
            let kept = kept.strip_suffix(',').unwrap_or(kept);
            format!("{kept}, {entry}{blanks}}}{tail}")
        } else {
            let end = line_end(self.text);
            let (rest, tail) =
                tail.split_at_checked(tail.find(['\r', '\n']).unwrap_or(tail.len()))?;
            let blanks = " ".repeat(self.column()?);
            let tail = if tail.is_empty() { end } else { tail };
            format!("{head}{rest}{end}{blanks}{entry}{tail}")
        };
        Some(self.indented(&text, indent))
    }

    /// Tells whether it is written as in JSON, with every key in quotes.
    pub fn is_json(&self) -> bool {
        let inner = self.text.get(self.inner.clone()).unwrap_or_default();
        inner
            .strip_prefix('{')
            .is_some_and(|entries| entries.trim_start().starts_with('"'))
    }

    /// What parts it from an element of a list in brackets that follows: a line of its own, where
    /// it has one.
    pub fn gap(&self) -> String {
        let before = self.text.get(..self.inner.start).unwrap_or_default();
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let lead = before.get(line..).unwrap_or_default();
        if line > 0 && lead.trim().is_empty() {
            format!(",{}{lead}", line_end(self.text))
        } else {
            ", ".to_owned()
        }
    }

    /// Where an entry can follow another, and the text that puts it there.
    pub fn after(&self, value: NodeRef<'_>, entry: &str) -> Option<(usize, String)> {
        let at = extent(self.text, value)?.end;
        let is_flow = self.text.get(self.inner.clone())?.starts_with('{');
        if is_flow {
            return Some((at, format!(", {entry}")));
        }
        let rest = self.text.get(at..)?;
        let at = at + rest.find(['\r', '\n']).unwrap_or(rest.len());
        let blanks = " ".repeat(self.column()?);
        Some((at, format!("{}{blanks}{entry}", line_end(self.text))))
    }

    /// In which column the keys of the mapping stand.
    fn column(&self) -> Option<usize> {
        let before = self.text.get(..self.inner.start)?;
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        Some(before.get(line..)?.chars().count())
    }

    /// Where further elements can follow this one in its list, and the text that puts them there.
    pub fn followed_by(&self, items: &[String]) -> Option<(usize, String)> {
        let at = self.range.end;
        let piece = match self.style {
            Style::Flow => items.iter().map(|item| format!(", {item}")).collect(),
            Style::Block => {
                let (end, lead) = (line_end(self.text), self.indent());
                let lines = items.iter().map(|item| format!("{lead}- {item}"));
                let lines = lines.collect::<Vec<_>>().join(end);
                // The last line of a file may have no end.
                if self.text.get(..at)?.ends_with('\n') {
                    format!("{lines}{end}")
                } else {
                    format!("{end}{lines}")
                }
            }
        };
        Some((at, piece))
    }

    /// The text with further elements behind the last one of a list inside of it, indented as
    /// another list is.
    pub fn with_items(&self, last: NodeRef<'_>, items: &[String], indent: &str) -> Option<String> {
        let (at, piece) = Element::of(self.text, last)?.followed_by(items)?;
        let whole = self.text.get(self.range.clone())?;
        let (head, tail) = whole.split_at_checked(at.checked_sub(self.range.start)?)?;
        Some(self.indented(&format!("{head}{piece}{tail}"), indent))
    }

    /// The text as it stands, indented as another list is.
    pub fn as_it_is(&self, indent: &str) -> Option<String> {
        Some(self.indented(self.text.get(self.range.clone())?, indent))
    }

    /// Elements in block style take the indentation of the list that they go to.
    fn indented(&self, text: &str, indent: &str) -> String {
        match self.style {
            Style::Block => reindent(text, self.indent(), indent),
            Style::Flow => text.to_owned(),
        }
    }
}

/// How the lines of a text end.
pub fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// Exchanges the blanks in front of each line.
fn reindent(text: &str, from: &str, to: &str) -> String {
    if from == to {
        return text.to_owned();
    }
    text.split_inclusive('\n')
        .map(|line| match line.strip_prefix(from) {
            Some(rest) => format!("{to}{rest}"),
            None => line.to_owned(),
        })
        .collect()
}

/// Takes in the comments right above a line that are indented at least as it is.
fn with_comments(text: &str, line: usize, indent: usize) -> usize {
    let mut start = line;
    while let Some(above) = text.get(..start).and_then(|above| above.strip_suffix('\n')) {
        let begin = above.rfind('\n').map_or(0, |at| at + 1);
        let line = above.get(begin..).unwrap_or_default();
        let blanks = line.len() - line.trim_start().len();
        let is_comment = blanks >= indent && line.trim_start().starts_with('#');
        if !is_comment {
            break;
        }
        start = begin;
    }
    start
}

/// Where a mapping begins and ends; a block mapping ends with its last value.
pub fn extent(text: &str, node: NodeRef<'_>) -> Option<Range<usize>> {
    let span = node.span();
    let range = span.start as usize..span.end as usize;
    let first = text.get(range.clone())?.chars().next()?;
    if matches!(first, '{' | '[' | '"' | '\'') {
        return Some(range);
    }
    let mut start = range.start;
    let mut end = range.start;
    match node.view() {
        View::Mapping(entries) => {
            let mut is_first = true;
            for (key, value) in entries {
                if is_first {
                    start = key.span().start as usize;
                    is_first = false;
                }
                end = end
                    .max(extent(text, key)?.end)
                    .max(extent(text, value)?.end);
            }
        }
        View::Sequence(items) => {
            for item in items {
                end = end.max(extent(text, item)?.end);
            }
        }
        View::Scalar(_) => end = range.start + text.get(range)?.trim_end().len(),
    }
    Some(start..end)
}
