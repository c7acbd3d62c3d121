//! What was asked for as formats in, written reports out; the only place where reports leave.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use meshlaw_contract::nearest;
use meshlaw_policy::Book;
pub use meshlaw_report::count;
use meshlaw_report::formats::{Format, Style, render};
use meshlaw_report::{Report, Severity, Verdict};

use crate::failure::ExitStatus;
use crate::meaning;

/// What every reporting command takes.
#[derive(Debug, Clone, clap::Args)]
pub struct OutputArgs {
    /// Write the report as FORMAT to standard output, or to a file with FORMAT=FILE; repeatable
    #[arg(long = "format", value_name = "FORMAT[=FILE]", default_value = "text")]
    pub formats: Vec<Target>,
    /// Fail on findings of this severity and graver
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    pub fail_on: FailOn,
    /// Use colour
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,
}

/// A format, and where the report goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The format.
    pub format: Format,
    /// The file; absent for standard output.
    pub file: Option<PathBuf>,
}

/// How grave a finding must be to stop the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum FailOn {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// Everything
    Note,
}

/// Whether to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// Where standard output is a terminal and `NO_COLOR` is not set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl OutputArgs {
    /// Tells whether the reports only count findings, and show none.
    pub fn only_counts(&self) -> bool {
        let mut formats = self.formats.iter();
        !self.formats.is_empty() && formats.all(|target| target.format.only_counts())
    }

    /// Asks for no report at all.
    pub fn quiet() -> Self {
        Self {
            formats: Vec::new(),
            fail_on: FailOn::Error,
            color: ColorChoice::Never,
        }
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        if file
            .as_ref()
            .is_some_and(|file| file.as_os_str().is_empty())
        {
            return Err("name a file behind `=`".to_owned());
        }
        let format = Format::parse(name).ok_or_else(|| {
            let known: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
            match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known are {}", known.join(", ")),
            }
        })?;
        Ok(Self { format, file })
    }
}

impl From<FailOn> for Severity {
    fn from(fail_on: FailOn) -> Self {
        match fail_on {
            FailOn::Error => Severity::Error,
            FailOn::Warning => Severity::Warning,
            FailOn::Note => Severity::Note,
        }
    }
}

/// Sorts and writes a report, and returns what the process should.
///
/// Formats that explain what they tell find the policies in `book`.
pub fn write(mut report: Report, args: &OutputArgs, book: &Book) -> anyhow::Result<ExitStatus> {
    report.sort();
    if args.formats.iter().any(|target| target.format.explains()) {
        meaning::explain(&mut report, book)?;
    }
    for target in &args.formats {
        match &target.file {
            Some(file) => {
                let text = render(
                    &report,
                    target.format,
                    &Style {
                        width: 100,
                        ..Style::default()
                    },
                );
                write_file(file, &text)?;
            }
            None => {
                let text = render(&report, target.format, &style(args.color));
                print(&text)?;
            }
        }
    }
    Ok(match report.verdict() {
        Verdict::Pass => ExitStatus::Pass,
        Verdict::Fail => ExitStatus::Blocked,
        Verdict::Error => ExitStatus::Usage,
    })
}

/// Writes to standard output; a reader that went away is no failure.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Writes cells below each other, each column as wide as its widest cell.
pub fn columns<const N: usize>(lines: &[[String; N]]) -> String {
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut text = String::new();
    for line in lines {
        let padded = line.iter().zip(&widths);
        let padded: Vec<String> = padded
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        text.push_str(padded.join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn style(color: ColorChoice) -> Style {
    let is_terminal = std::io::stdout().is_terminal();
    let wants_none = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let color = match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => is_terminal && !wants_none,
    };
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok());
    let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let width = terminal.filter(|_| is_terminal).or(columns).unwrap_or(100);
    let links = is_terminal && supports_hyperlinks::supports_hyperlinks();
    Style {
        color,
        width,
        is_terminal,
        links: links.then(here).flatten(),
    }
}

/// Returns the folder that paths are relative to, as a URL.
fn here() -> Option<String> {
    let here = std::env::current_dir().ok()?;
    let is_root = |folder: &&Path| {
        [".git", crate::settings::FILE]
            .iter()
            .any(|name| folder.join(name).exists())
    };
    let folder = here.ancestors().find(is_root).unwrap_or(&here);
    let path = folder.to_str()?.replace('\\', "/");
    let encoded = meshlaw_report::formats::encoded_path(path.trim_start_matches('/'));
    Some(format!("file:///{encoded}/"))
}

/// Writes to a file, in a folder that is made where it is not there.
pub fn write_file(file: &std::path::Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|error| unwritten(file, &error))?;
    }
    std::fs::write(file, text).map_err(|error| unwritten(file, &error))?;
    Ok(())
}

fn unwritten(file: &std::path::Path, error: &std::io::Error) -> anyhow::Error {
    anyhow::anyhow!("cannot write `{}`: {error}", file.display())
}
