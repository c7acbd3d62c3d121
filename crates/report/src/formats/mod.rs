//! Reports in, bytes out: the list of formats, one folder each.

mod checkstyle;
mod csv;
mod dotenv;
mod github;
mod gitlab;
pub mod json;
pub mod junit;
pub mod markdown;
mod sarif;
mod text;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::Report;

/// What a path keeps as it is in a URI (RFC 3986, `pchar` without what could be read otherwise).
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'.')
    .remove(b'-')
    .remove(b'_')
    .remove(b'~');

/// Returns a path as it stands in a URI.
pub fn encoded_path(path: &str) -> String {
    utf8_percent_encode(path, KEPT).to_string()
}

/// A format of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For the many tools that read the format of Checkstyle.
    Checkstyle,
    /// For spreadsheets.
    Csv,
    /// For the steps of a pipeline that follow.
    Dotenv,
    /// Annotations on a pull request.
    Github,
    /// The code quality report of GitLab.
    Gitlab,
    /// For machines.
    Json,
    /// For the test report of a pipeline.
    Junit,
    /// For a comment or a summary page.
    Markdown,
    /// For code scanning.
    Sarif,
    /// For people at a terminal.
    Text,
}

/// How a terminal wants its text; no other format looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Style {
    /// The terminal shows colours.
    pub color: bool,
    /// Columns of the terminal; 0 where nobody knows.
    pub width: usize,
    /// People read along: lines are wrapped, and files stand under headings.
    pub is_terminal: bool,
    /// Where paths lead, as a URL that ends with a slash, if the terminal shows links.
    pub links: Option<String>,
}

impl Format {
    /// Every format, by name.
    pub const ALL: &[Format] = &[
        Format::Checkstyle,
        Format::Csv,
        Format::Dotenv,
        Format::Github,
        Format::Gitlab,
        Format::Json,
        Format::Junit,
        Format::Markdown,
        Format::Sarif,
        Format::Text,
    ];

    /// Returns the name that people type.
    pub fn name(self) -> &'static str {
        match self {
            Format::Checkstyle => "checkstyle",
            Format::Csv => "csv",
            Format::Dotenv => "dotenv",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
            Format::Json => "json",
            Format::Junit => "junit",
            Format::Markdown => "markdown",
            Format::Sarif => "sarif",
            Format::Text => "text",
        }
    }

    /// Returns what the format is for, in one sentence for a help page.
    pub fn help(self) -> &'static str {
        match self {
            Format::Checkstyle => "Findings by file, in the XML of Checkstyle",
            Format::Csv => "A row for each finding, for spreadsheets",
            Format::Dotenv => {
                "Verdict, counts and bump as `key=value` lines, for the steps that follow"
            }
            Format::Github => "Annotations on the lines of a GitHub pull request, worst first",
            Format::Gitlab => "The code quality report that GitLab shows on a merge request",
            Format::Json => {
                "Everything, for machines; the shape is versioned and has a JSON Schema"
            }
            Format::Junit => "A test case for each finding, for the test report of a pipeline",
            Format::Markdown => {
                "A comment on a pull request, or a step summary, that GitHub accepts"
            }
            Format::Sarif => "SARIF 2.1.0, for code scanning and editors",
            Format::Text => "For people at a terminal, with source excerpts",
        }
    }

    /// Tells whether the format shows what ids mean, so that a report needs to know it.
    pub fn explains(self) -> bool {
        matches!(self, Format::Sarif)
    }

    /// Tells whether the format shows how to ask for an exception, so that a report needs to know it.
    pub fn offers(self) -> bool {
        matches!(self, Format::Json | Format::Markdown)
    }

    /// Tells whether the format only counts findings, so that a report needs to hold none.
    pub fn only_counts(self) -> bool {
        matches!(self, Format::Dotenv)
    }

    /// Returns the format of that name; whoever asked may suggest the nearest of [`Format::ALL`].
    pub fn parse(name: &str) -> Option<Format> {
        Format::ALL
            .iter()
            .copied()
            .find(|format| format.name() == name)
    }
}

/// Returns a sorted report in a format, ending with a line end unless there is nothing to say.
pub fn render(report: &Report, format: Format, style: &Style) -> String {
    match format {
        Format::Checkstyle => checkstyle::render(report),
        Format::Csv => csv::render(report),
        Format::Dotenv => dotenv::render(report),
        Format::Github => github::render(report),
        Format::Gitlab => gitlab::render(report),
        Format::Json => json::render(report),
        Format::Junit => junit::render(report),
        Format::Markdown => markdown::render(report),
        Format::Sarif => sarif::render(report),
        Format::Text => text::render(report, style),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_each_name_leads_back() {
        assert!(Format::ALL.is_sorted_by(|left, right| left.name() < right.name()));
        for format in Format::ALL {
            assert_eq!(Format::parse(format.name()), Some(*format));
            assert!(!format.help().ends_with('.'), "{}", format.help());
        }
        assert_eq!(Format::parse("Text"), None);
        assert_eq!(Format::parse(""), None);
    }

    #[test]
    fn each_format_has_its_folder_and_each_folder_its_format() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/formats");
        let entries = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let mut folders: Vec<String> = entries
            .filter(|path| path.is_dir())
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        folders.sort();
        let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
        assert_eq!(folders, names);
    }
}
