//! A report in, workflow commands out: one annotation for each thing that is new.
//!
//! GitHub shows ten annotations of a level for each step and drops the rest without a word, so the
//! worst come first and the rest is counted.

use crate::entry::{Entry, Level, shown};
use crate::escape::visible;
use crate::{Location, Report};

/// How many annotations of a level GitHub shows for a step.
const SHOWN_PER_LEVEL: usize = 10;

struct Annotation<'r> {
    level: Level,
    title: &'r str,
    location: Option<&'r Location>,
    lines: Vec<String>,
}

/// Returns one line for each annotation; nothing where nothing is new.
pub(super) fn render(report: &Report) -> String {
    let entries = shown(report);
    let annotations: Vec<Annotation<'_>> = entries
        .iter()
        .map(|entry| annotation(report, entry))
        .collect();
    lines(&annotations)
}

fn lines(annotations: &[Annotation<'_>]) -> String {
    let of = |level| annotations.iter().filter(move |one| one.level == level);
    let is_cut = [Level::Error, Level::Warning, Level::Note]
        .into_iter()
        .any(|level| of(level).count() > SHOWN_PER_LEVEL);
    // The count of the rest is a notice itself, and needs its place among them.
    let notices = if is_cut {
        SHOWN_PER_LEVEL - 1
    } else {
        SHOWN_PER_LEVEL
    };
    let shown = of(Level::Error)
        .take(SHOWN_PER_LEVEL)
        .chain(of(Level::Warning).take(SHOWN_PER_LEVEL))
        .chain(of(Level::Note).take(notices));
    let mut lines: Vec<String> = shown.map(command).collect();
    let rest = annotations.len() - lines.len();
    if rest > 0 {
        let told = format!("{rest} more are in the report, since GitHub shows only so many");
        lines.push(format!("::notice title=meshlaw::{}", data(&told)));
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

fn annotation<'r>(report: &Report, entry: &Entry<'r>) -> Annotation<'r> {
    Annotation {
        level: entry.level,
        title: entry.id,
        location: entry.location,
        lines: entry.lines(report),
    }
}

fn command(annotation: &Annotation<'_>) -> String {
    let level = match annotation.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(location) = annotation.location {
        properties.push(format!("file={}", encoded(&visible(&location.path), true)));
        if location.line > 0 {
            properties.push(format!(
                "line={},col={}",
                location.line,
                location.column.max(1)
            ));
        }
    }
    properties.push(format!(
        "title={}",
        encoded(&visible(annotation.title), true)
    ));
    let message: Vec<String> = annotation.lines.iter().map(|line| data(line)).collect();
    format!(
        "::{level} {}::{}",
        properties.join(","),
        message.join("%0A")
    )
}

fn data(line: &str) -> String {
    encoded(&visible(line), false)
}

/// Writes what the runner would read as the end of a line, of a property or of the properties so
/// that it does not.
fn encoded(text: &str, is_property: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            ':' if is_property => out.push_str("%3A"),
            ',' if is_property => out.push_str("%2C"),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_early() {
        let table = [
            ("plain", "plain", "plain"),
            (
                "%0A::error::x",
                "%250A::error::x",
                "%250A%3A%3Aerror%3A%3Ax",
            ),
            ("a,b:c", "a,b:c", "a%2Cb%3Ac"),
            ("a\r\nb", "a%0D%0Ab", "a%0D%0Ab"),
        ];
        for (text, as_data, as_property) in table {
            assert_eq!(encoded(text, false), as_data);
            assert_eq!(encoded(text, true), as_property);
        }
        assert_eq!(data("a\nb"), "a\\nb");
    }

    #[test]
    fn what_github_would_drop_is_counted() {
        let annotation = |level| Annotation {
            level,
            title: "t",
            location: None,
            lines: vec!["m".to_owned()],
        };
        let table = [(0, 0, 0), (10, 10, 0), (12, 11, 2)];
        for (errors, lines_expected, rest) in table {
            let many: Vec<_> = (0..errors).map(|_| annotation(Level::Error)).collect();
            let text = lines(&many);
            assert_eq!(text.lines().count(), lines_expected);
            assert_eq!(text.contains(&format!("{rest} more")), rest > 0);
        }
        let notices: Vec<_> = (0..11).map(|_| annotation(Level::Note)).collect();
        assert_eq!(lines(&notices).lines().count(), 10);
    }
}
