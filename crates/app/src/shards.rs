//! Parts of an audit in, the whole out.
//!
//! Each of several machines audits a share of the files and writes down what it found, file by
//! file, as JSON Lines. Whoever joins them takes those records for what they would have found
//! themselves, and goes on as any audit does, so that the report is that of one run.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use jiff::civil::Date;
use meshlaw_changeset::{Content, Entry, Turn};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::cache::digits;
use crate::failure::Failure;
use crate::verdicts::{Archive, Outcome, Record};

/// One of several shares of an estate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shard {
    /// Which one, from 1.
    number: u32,
    /// How many there are.
    of: u32,
}

/// Most shares; more would hold no file each.
const MOST_SHARDS: u32 = 10_000;

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/');
        let numbers = parts.and_then(|(one, of)| Some((one.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((number, of)) if (1..=of).contains(&number) && of <= MOST_SHARDS => {
                Ok(Self { number, of })
            }
            _ => Err(format!(
                "write which share of how many, from `1/1` to `{MOST_SHARDS}/{MOST_SHARDS}`, as in `2/8`"
            )),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl Shard {
    /// Tells whether a file falls into this share.
    ///
    /// By its path alone: shares are as good as equal, also where all files lie in one folder, and
    /// a file stays in its share whatever changes around it.
    pub fn holds(&self, entry: &Entry) -> bool {
        let hash = Sha256::digest(entry.path.as_bytes());
        let start = hash.iter().take(8);
        let number = start.fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        number % u64::from(self.of) == u64::from(self.number - 1)
    }
}

/// The first line of a share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Version of the format.
    pub format: u32,
    /// Which share it is.
    pub shard: Shard,
    /// The commit that was audited.
    pub revision: String,
    /// The same as it was named.
    pub name: String,
    /// The date that was taken for today.
    pub as_of: String,
    /// All that every verdict hangs on, as a hash.
    pub law: String,
}

/// The version of the format of shares.
pub const FORMAT: u32 = 1;

/// A line of a share: a file, and what was found out about it.
#[derive(Serialize, Deserialize)]
struct Line {
    path: String,
    /// The object that holds its bytes.
    object: String,
    /// The consumers of its contracts, as a hash.
    readers: String,
    /// The date for which it holds; none where it holds for any.
    date: Option<String>,
    outcome: Outcome,
}

/// Writes the first line of a share.
pub fn first(head: &Head) -> serde_json::Result<String> {
    serde_json::to_string(head).map(|line| line + "\n")
}

/// Writes what was found out about a file as a line; none of one without a stamp, which would hold
/// for nobody else, nor of one that cannot be written down.
pub fn line(path: String, record: &Record<'_>, mut outcome: Outcome) -> Option<String> {
    if record.stamp.is_empty() {
        return None;
    }
    // Whoever joins has the files at hand.
    outcome.sketches.fill(None);
    let line = Line {
        path,
        object: digits(&record.stamp),
        readers: digits(&record.readers),
        date: record.date.as_deref().map(str::to_owned),
        outcome,
    };
    Some(serde_json::to_string(&line).ok()? + "\n")
}

/// Reads bytes that were written as hexadecimal digits.
pub fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

impl Line {
    fn record(&self) -> Option<Record<'static>> {
        let date = self.date.clone();
        Record::of(
            bytes(&self.object)?,
            bytes(&self.readers)?,
            date,
            &self.outcome,
        )
    }
}

/// All shares of one audit.
#[derive(Debug)]
pub struct Joined {
    /// What they have in common; the share is that of the first.
    pub head: Head,
    /// What was found out about each file.
    pub records: HashMap<Cow<'static, str>, Record<'static>>,
}

impl Joined {
    /// Reads shares; each must be there once, of one commit, one day and one law.
    pub fn read(paths: &[PathBuf]) -> Result<Self, Failure> {
        let mut heads: BTreeMap<Shard, (Head, &PathBuf)> = BTreeMap::new();
        let mut records = HashMap::new();
        for path in paths {
            let head = read_one(path, &mut records)?;
            if let Some((first, before)) = heads.values().next()
                && (&first.revision, &first.as_of, &first.law, first.shard.of)
                    != (&head.revision, &head.as_of, &head.law, head.shard.of)
            {
                let message = format!(
                    "{} and {} are of different audits: {} and {}",
                    before.display(),
                    path.display(),
                    what(first),
                    what(&head)
                );
                return Err(Failure::new(
                    message,
                    "join shares of one commit, one day and one law",
                ));
            }
            if let Some((_, before)) = heads.insert(head.shard, (head.clone(), path)) {
                let message = format!(
                    "{} and {} are the same share {}",
                    before.display(),
                    path.display(),
                    head.shard
                );
                return Err(Failure::new(message, "name each share once"));
            }
        }
        let Some((head, _)) = heads.values().next() else {
            return Err(Failure::new(
                "there is no share",
                "name the files of all shares",
            ));
        };
        let of = head.shard.of;
        let missing = (1..=of).find(|number| {
            !heads.contains_key(&Shard {
                number: *number,
                of,
            })
        });
        if let Some(number) = missing {
            let message = format!("the share {number}/{of} is missing");
            return Err(Failure::new(message, "name the files of all shares"));
        }
        let head = head.clone();
        Ok(Self { head, records })
    }
}

/// What a share is of, for people.
fn what(head: &Head) -> String {
    let revision = head.revision.get(..12).unwrap_or(&head.revision);
    let law = head.law.get(..8).unwrap_or(&head.law);
    format!(
        "{revision} as of {}, law {law}, share {}",
        head.as_of, head.shard
    )
}

fn read_one(
    path: &Path,
    records: &mut HashMap<Cow<'static, str>, Record<'static>>,
) -> Result<Head, Failure> {
    let at = |line: usize, error: &dyn fmt::Display| {
        let message = format!("this is no share of an audit: {error}");
        let help = "write it with `meshlaw audit --shard 1/2 > FILE`";
        Failure::new(message, help).at(format!("{}:{line}:1", path.display()))
    };
    let file = File::open(path).map_err(|error| {
        let message = format!("cannot read {}: {error}", path.display());
        Failure::new(message, "name the files of all shares")
    })?;
    let mut lines = (1..).zip(BufReader::new(file).lines());
    let Some((_, first)) = lines.next() else {
        return Err(at(1, &"it is empty"));
    };
    let first = first.map_err(|error| at(1, &error))?;
    let head: Head = serde_json::from_str(&first).map_err(|error| at(1, &error))?;
    if head.format != FORMAT {
        let format = head.format;
        return Err(at(
            1,
            &format!("it has the format {format}, and not {FORMAT}"),
        ));
    }
    for (number, line) in lines {
        let line = line.map_err(|error| at(number, &error))?;
        let line: Line = serde_json::from_str(&line).map_err(|error| at(number, &error))?;
        let Some(record) = line.record() else {
            return Err(at(number, &"these are no hexadecimal digits"));
        };
        records.insert(Cow::Owned(line.path), record);
    }
    Ok(head)
}

/// The records of shares, which hold for objects of a commit.
pub struct Shares {
    as_of: String,
}

impl Shares {
    /// Takes records for those of a day.
    pub fn new(as_of: Date) -> Self {
        Self {
            as_of: as_of.to_string(),
        }
    }
}

impl Archive for Shares {
    fn stamp(&self, entry: &Entry) -> Option<Vec<u8>> {
        entry.object().map(|id| id.as_bytes().to_vec())
    }

    fn read(&self, turn: Turn<'_>) -> (Content, Option<Vec<u8>>) {
        let stamp = self.stamp(turn.entry);
        (turn.content(), stamp)
    }

    fn as_of(&self) -> &str {
        &self.as_of
    }
}
