//! A finding in, its block out: title, source with a caret, what decided, the way out.

use std::ops::Range;

use annotate_snippets::renderer::AnsiColor;
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use crate::escape::{cut, pictured, visible};
use crate::formats::Style;
use crate::phrase;
use crate::{Finding, Location, Related, Report, Severity, Side, State};

/// Columns below which a source line is no longer readable.
const LEAST_WIDTH: usize = 40;

/// Characters of a line behind the caret's column that any terminal could show.
const SHOWN_BEHIND: u32 = 1_000;

/// Characters of a message or a note; reports for machines hold all of it.
const LONGEST: usize = 2_000;

/// Characters of a label, which stands behind the caret and is never cut.
const LONGEST_LABEL: usize = 60;

/// Returns the block without a line end.
///
/// The first block of each id says as well how to learn more; `why` is left out where a block
/// before said the same.
pub(super) fn render(
    report: &Report,
    finding: &Finding,
    (is_first, why): (bool, Option<String>),
    style: &Style,
) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level
        .primary_title(cut(&visible(&finding.message), LONGEST))
        .id(visible(&finding.id));
    let label = part(finding).map(|part| cut(&visible(part), LONGEST_LABEL));
    let place = finding
        .location
        .as_ref()
        .map(|location| element(location, label));
    let more =
        is_first.then(|| Element::from(Level::HELP.with_name("more").message(more(finding))));
    let lines = lines(report, finding, why).into_iter().chain(more);
    let mut groups = vec![title.elements(place).elements(lines)];
    groups.extend(finding.related.iter().map(related));
    renderer(style).render(&groups)
}

fn renderer(style: &Style) -> Renderer {
    let renderer = if style.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.term_width(style.width.max(LEAST_WIDTH));
    if style.color {
        renderer.note(AnsiColor::BrightBlue.on_default().bold())
    } else {
        renderer
    }
}

/// What follows the source: what it is about, what decided, who feels it, what to do.
fn lines(report: &Report, finding: &Finding, why: Option<String>) -> Vec<Element<'static>> {
    let mut lines = Vec::new();
    let mut add = |level: Level<'static>, text: &str| {
        lines.push(Element::from(level.message(cut(&visible(text), LONGEST))));
    };
    if let Some(contract) = &finding.contract {
        let owner = finding
            .owner
            .as_ref()
            .map(|owner| format!(", owned by {owner}"));
        // Where source is shown, the part stands at the caret.
        let has_source = finding
            .location
            .as_ref()
            .is_some_and(|at| at.excerpt.is_some());
        let part = part(finding)
            .filter(|_| !has_source)
            .map(|part| format!(", {part}"));
        let [part, owner] = [part, owner].map(Option::unwrap_or_default);
        add(
            Level::NOTE.with_name("contract"),
            &format!("{contract}{part}{owner}"),
        );
    }
    for note in &finding.notes {
        add(Level::NOTE, note);
    }
    if let Some(why) = why {
        add(Level::NOTE.with_name("why"), &why);
    }
    if finding.state == State::Existing {
        add(Level::NOTE, "this was there before");
    }
    if let Some(why) = phrase::leniency(report, finding) {
        add(Level::NOTE, why);
    }
    if let Some(who) = phrase::consumers(&finding.consumers) {
        add(Level::NOTE.with_name("consumers"), &who);
    }
    if let Some(witness) = &finding.witness {
        add(Level::NOTE.with_name("witness"), &phrase::witness(witness));
    }
    if let Some(help) = &finding.help {
        add(Level::HELP, help);
    }
    if let Some(command) = phrase::exception(report, finding) {
        add(Level::HELP.with_name("exception"), &command);
    }
    lines
}

/// Names the commands that tell more of what was found.
fn more(finding: &Finding) -> String {
    let explain = match &finding.rule {
        Some(rule) => format!("`meshlaw explain {}`, `meshlaw explain {rule}`", finding.id),
        None => format!("`meshlaw explain {}`", finding.id),
    };
    let contract = finding.contract.as_ref().filter(|_| finding.rule.is_some());
    let changelog = contract.map(|contract| format!("`meshlaw changelog {contract}`"));
    let fix = finding.fix.is_some().then(|| "`meshlaw fix`".to_owned());
    let all: Vec<String> = [Some(explain), changelog, fix]
        .into_iter()
        .flatten()
        .collect();
    visible(&all.join(", "))
}

/// The part that is meant, unless it is the contract as a whole.
fn part(finding: &Finding) -> Option<&str> {
    finding
        .part
        .as_deref()
        .filter(|_| !finding.pointer.is_empty())
}

fn related(related: &Related) -> Group<'static> {
    let title = Level::NOTE.secondary_title(visible(&related.message));
    title.element(element(&related.location, None))
}

fn element(location: &Location, label: Option<String>) -> Element<'static> {
    let path = visible(&location.path);
    let path = match location.side {
        Side::Base => format!("base: {path}"),
        Side::Head => path,
    };
    let line = location.line as usize;
    match &location.excerpt {
        _ if line == 0 => Origin::path(path).into(),
        None => Origin::path(path)
            .line(line)
            .char_column(location.column as usize)
            .into(),
        Some(excerpt) => {
            // A file of one endless line is shown around the caret; its start must stay, or the
            // column would be another.
            let most = location.column.saturating_add(SHOWN_BEHIND) as usize;
            let source = pictured(&cut(&excerpt.line, most));
            let span = span(&source, location.column, excerpt.length);
            let caret = AnnotationKind::Primary.span(span).label(label);
            Snippet::source(source)
                .line_start(line)
                .path(path)
                .annotation(caret)
                .into()
        }
    }
}

/// Returns the bytes of a line that are meant, whatever is asked for.
fn span(line: &str, column: u32, length: u32) -> Range<usize> {
    let byte = |index: usize| {
        line.char_indices()
            .nth(index)
            .map_or(line.len(), |(at, _)| at)
    };
    let start = column.saturating_sub(1) as usize;
    byte(start)..byte(start.saturating_add(length.max(1) as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_stay_within_the_line() {
        let table = [
            ("name: x", 7, 1, 6..7),
            ("größe: x", 1, 5, 0..7),
            ("ab", 2, 99, 1..2),
            ("ab", 99, 1, 2..2),
            ("", 1, 1, 0..0),
            ("ab", 0, 0, 0..1),
            ("ab", u32::MAX, u32::MAX, 2..2),
        ];
        for (line, column, length, expected) in table {
            assert_eq!(
                span(line, column, length),
                expected,
                "{line} {column} {length}"
            );
        }
    }
}
