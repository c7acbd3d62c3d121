//! Records held against a contract: JSON Lines or CSV in, findings out, one record at a time.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use meshlaw_contract::Value;
use meshlaw_contract::model::Dataset;
use meshlaw_record::{Keys, RowCount, Shape, Violation, from_cells, from_json};
use meshlaw_report::{Finding, Kind, Location, Related, Severity, Side};

use crate::failure::Failure;
use crate::findings::{About, Draft, make};
use crate::output::count;
use crate::revision::Revision;
use crate::settings::Settings;

/// Records that a contract is to be held against.
#[derive(Debug, clap::Args)]
pub struct DataArgs {
    /// Hold the records of this file against the contract: JSON Lines, or CSV with headings
    #[arg(long, value_name = "DATA")]
    data: Option<PathBuf>,
    /// Dataset that the records belong to, where the contract has several
    #[arg(long, requires = "data")]
    dataset: Option<String>,
    /// Records that are reported; the rest is counted
    #[arg(long, value_name = "N", default_value_t = 100, requires = "data")]
    max_records: usize,
}

/// Keys are remembered of so many records; at 40 bytes each, that is 400 MB at most.
const MOST_KEYS: usize = 10_000_000;
/// A longer line is no record.
const LONGEST_LINE: usize = 16 << 20;

impl DataArgs {
    /// Tells whether there are records to judge.
    pub fn is_asked(&self) -> bool {
        self.data.is_some()
    }

    /// Holds the records against the contract; returns what is wrong, and what else to say.
    pub fn judge(
        &self,
        settings: &Settings,
        revisions: &[Revision<'_>],
    ) -> Result<(Vec<Finding>, Vec<String>), Failure> {
        let Some(path) = &self.data else {
            return Ok((Vec::new(), Vec::new()));
        };
        let (revision, dataset) = self.dataset(revisions)?;
        let mut judge = Judge {
            settings,
            revision,
            dataset,
            path: path.to_string_lossy().into_owned(),
            shape: Shape::of(dataset),
            keys: Keys::of(dataset, MOST_KEYS),
            most: self.max_records,
            records: 0,
            broken: 0,
            findings: Vec::new(),
        };
        let extension = path.extension().and_then(|one| one.to_str());
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => judge.cells(path, b',')?,
            Some("tsv") => judge.cells(path, b'\t')?,
            _ => judge.lines(path)?,
        }
        Ok(judge.finish())
    }

    /// Finds the one dataset that is meant.
    fn dataset<'r, 't>(
        &self,
        revisions: &'r [Revision<'t>],
    ) -> Result<(&'r Revision<'t>, &'r Dataset), Failure> {
        let all = revisions.iter().filter_map(|revision| {
            let contract = revision.contract()?;
            Some(contract.datasets.iter().map(move |one| (revision, one)))
        });
        let all: Vec<_> = all.flatten().collect();
        let names = || {
            let names: Vec<_> = all
                .iter()
                .map(|(_, one)| format!("`{}`", one.name))
                .collect();
            names.join(", ")
        };
        match (&self.dataset, all.as_slice()) {
            (None, [only]) => Ok(*only),
            (None, []) => Err(Failure::new(
                "there is no dataset that records could belong to".to_owned(),
                "name one contract file that can be read",
            )),
            (None, _) => Err(Failure::new(
                format!("the records may belong to any of {}", names()),
                "say which with `--dataset NAME`",
            )),
            (Some(name), all) => {
                let found = all.iter().find(|(_, one)| one.name == *name);
                found.copied().ok_or_else(|| {
                    let message = format!("there is no dataset `{name}`, only {}", names());
                    Failure::new(message, "write one of these after `--dataset`")
                })
            }
        }
    }
}

/// What is known while records go by.
struct Judge<'j, 't> {
    settings: &'j Settings,
    revision: &'j Revision<'t>,
    dataset: &'j Dataset,
    path: String,
    shape: Shape<'j>,
    keys: Keys<'j>,
    most: usize,
    records: u64,
    broken: usize,
    findings: Vec<Finding>,
}

impl Judge<'_, '_> {
    /// Reads JSON Lines; an empty line is no record.
    fn lines(&mut self, path: &Path) -> Result<(), Failure> {
        let mut reader = BufReader::new(open(path)?);
        let mut line = Vec::new();
        let mut number = 0;
        loop {
            line.clear();
            let limit = LONGEST_LINE as u64 + 1;
            let mut limited = std::io::Read::take(&mut reader, limit);
            let read = limited.read_until(b'\n', &mut line);
            if read.map_err(|error| unreadable(path, &error))? == 0 {
                return Ok(());
            }
            number += 1;
            if line.len() > LONGEST_LINE {
                let message = format!("line {number} is longer than {LONGEST_LINE} bytes");
                return Err(Failure::new(message, "write one record a line"));
            }
            let text = line.trim_ascii();
            let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
            if text.is_empty() {
                continue;
            }
            match serde_json::from_slice::<serde_json::Value>(text) {
                Ok(record) => self.record(number, &from_json(&record)),
                Err(error) => self.malformed(number, no_json(&error)),
            }
        }
    }

    /// Reads a table of texts whose first line names the fields.
    fn cells(&mut self, path: &Path, delimiter: u8) -> Result<(), Failure> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(open(path)?);
        let headings = reader.headers().map_err(|error| unreadable(path, &error))?;
        let headings: Vec<String> = headings
            .iter()
            .map(|one| one.trim_start_matches('\u{feff}').to_owned())
            .collect();
        let mut row = csv::StringRecord::new();
        loop {
            let line = reader.position().line();
            match reader.read_record(&mut row) {
                Ok(false) => return Ok(()),
                Ok(true) if row.len() != headings.len() => {
                    let cells = count(row.len(), "cell");
                    let headings = count(headings.len(), "heading");
                    let line = row.position().map_or(line, csv::Position::line);
                    let message = format!("under {headings} stand {cells}");
                    self.malformed(line, message);
                }
                Ok(true) => {
                    let line = row.position().map_or(line, csv::Position::line);
                    let names = headings.iter().map(String::as_str);
                    let record = from_cells(self.dataset, names.zip(row.iter()));
                    self.record(line, &record);
                }
                Err(error) if matches!(error.kind(), csv::ErrorKind::Io(_)) => {
                    return Err(unreadable(path, &error));
                }
                Err(error) => self.malformed(line, format!("this is no row: {error}")),
            }
        }
    }

    fn record(&mut self, line: u64, record: &Value) {
        self.records += 1;
        let wrong = self.shape.check(record);
        let repeats = self.keys.observe(record, self.records);
        if wrong.is_empty() && repeats.is_empty() {
            return;
        }
        self.broken += 1;
        if self.broken > self.most {
            return;
        }
        for violation in wrong {
            self.say("data/value", Some(line), &violation);
        }
        for violation in repeats {
            self.say("data/repeated", Some(line), &violation);
        }
    }

    fn malformed(&mut self, line: u64, message: String) {
        self.records += 1;
        self.broken += 1;
        if self.broken <= self.most {
            let violation = Violation {
                pointer: self.dataset.pointer(),
                message,
            };
            self.say("data/malformed", Some(line), &violation);
        }
    }

    fn say(&mut self, id: &str, line: Option<u64>, violation: &Violation) {
        let help = match id {
            "data/malformed" => "write one JSON object a line, or a cell under each heading",
            "data/repeated" => "remove one of the two, or drop the key from the contract",
            _ => "mend the record, or change what the contract promises",
        };
        let draft = Draft {
            id,
            kind: Kind::Data,
            severity: Severity::Error,
            about: About {
                identity: Some(&self.revision.identity),
                owner: None,
            },
            pointer: violation.pointer.clone(),
            message: violation.message.clone(),
            help: Some(help.to_owned()),
            location: Some(Location {
                path: self.path.clone(),
                line: line.map_or(0, |line| u32::try_from(line).unwrap_or(u32::MAX)),
                column: 1,
                side: Side::Head,
                excerpt: None,
            }),
        };
        let related = Related {
            location: self.revision.locate(&violation.pointer),
            message: "the contract says so here".to_owned(),
        };
        self.findings
            .extend(make(self.settings, draft).map(|finding| Finding {
                related: vec![related],
                ..finding
            }));
    }

    fn finish(mut self) -> (Vec<Finding>, Vec<String>) {
        for violation in RowCount::check(self.dataset, self.records) {
            self.say("data/row-count", None, &violation);
        }
        let mut notes = vec![match (self.records, self.broken) {
            (1, 0) => "1 record was read, and it is as the contract says".to_owned(),
            (records, 0) => {
                format!("{records} records were read, and each is as the contract says")
            }
            (1, _) => "1 record was read, and it breaks the contract".to_owned(),
            (records, 1) => format!("{records} records were read; 1 breaks the contract"),
            (records, broken) => {
                format!("{records} records were read; {broken} break the contract")
            }
        }];
        if self.broken > self.most {
            let rest = self.broken - self.most;
            notes.push(format!(
                "{rest} further records break it; `--max-records` shows more"
            ));
        }
        if self.keys.is_full() {
            notes.push(format!(
                "keys are remembered of the first {MOST_KEYS} records only"
            ));
        }
        (self.findings, notes)
    }
}

/// Says why in one line; every record is a line of its own, so only the column tells.
fn no_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or_default();
    format!("this is no JSON at column {}: {reason}", error.column())
}

fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| {
        let message = format!("cannot read `{}`: {error}", path.display());
        Failure::new(message, "name a file that is there")
    })
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(
        format!("cannot read `{}`: {error}", path.display()),
        "name a file of JSON Lines or of comma-separated values",
    )
}
