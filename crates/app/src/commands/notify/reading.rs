//! The JSON of a report in, what messages are made of out.

use std::path::Path;

use serde::Deserialize;

use crate::failure::Failure;

/// What messages need of a report.
#[derive(Debug, Deserialize)]
pub struct Report {
    format: u64,
    /// `gate`, `audit` or another command.
    pub command: String,
    /// Commit that is compared with.
    pub base: Option<String>,
    /// Commit that is judged, or `worktree` and the like.
    pub head: String,
    /// Contracts that changed.
    pub contracts: Vec<Contract>,
    /// What changed.
    pub changes: Vec<Change>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// A contract that changed.
#[derive(Debug, Deserialize)]
pub struct Contract {
    /// Name, as `domain/name`.
    pub contract: String,
    /// How its version moved.
    pub version: Version,
    /// The worst of its changes.
    pub impact: String,
}

/// How a version moved.
#[derive(Debug, Deserialize)]
pub struct Version {
    /// Before.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
}

/// A change of a contract.
#[derive(Debug, Deserialize)]
pub struct Change {
    /// Rule of the catalogue.
    pub rule: String,
    /// Contract, as `domain/name`.
    pub contract: String,
    /// Where in the contract.
    pub pointer: Vec<String>,
    /// How it is felt.
    pub impact: String,
    /// What stands there now.
    pub after: Option<String>,
    /// In words.
    pub message: String,
    /// Who answers for the contract.
    pub owner: Option<String>,
    /// Where it is.
    pub location: Location,
    /// Who feels it.
    pub consumers: Vec<String>,
}

/// Something that is wrong.
#[derive(Debug, Deserialize)]
pub struct Finding {
    /// Id.
    pub id: String,
    /// How grave it is.
    pub severity: String,
    /// What it does.
    pub enforcement: String,
    /// How it relates to the base.
    pub state: String,
    /// It stops the run.
    pub blocking: bool,
    /// Contract, as `domain/name`.
    pub contract: Option<String>,
    /// Owner of the contract.
    pub owner: Option<String>,
    /// In words.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// What was seen.
    pub notes: Vec<String>,
    /// Where it is.
    pub location: Option<Location>,
    /// Stable name.
    pub fingerprint: String,
}

/// A place in a file.
#[derive(Debug, Deserialize)]
pub struct Location {
    /// Path.
    pub path: String,
    /// Line.
    pub line: Option<u32>,
}

impl Location {
    /// Writes the place as `path:line`.
    pub fn shown(&self) -> String {
        match self.line {
            Some(line) => format!("{}:{line}", self.path),
            None => self.path.clone(),
        }
    }
}

/// Reads a report.
pub fn read(path: &Path) -> Result<Report, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let help = "write one with `meshlaw gate --format json=FILE`";
        Failure::new(format!("cannot read `{shown}`: {error}"), help)
    })?;
    let report: Report = serde_json::from_str(&text).map_err(|error| {
        let place = format!("{shown}:{}:{}", error.line(), error.column());
        let help = "give the JSON that `meshlaw gate --format json=FILE` writes";
        Failure::new(format!("this is no report: {error}"), help).at(place)
    })?;
    if report.format != 1 || !["gate", "audit"].contains(&report.command.as_str()) {
        let message = format!("`{shown}` is no report of a gate or an audit that I can read");
        return Err(Failure::new(
            message,
            "write it with this version of meshlaw",
        ));
    }
    Ok(report)
}
