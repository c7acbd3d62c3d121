//! Files in, the one text of their bundle out, and back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::BundleError;
use crate::path;

/// Most bytes of a bundle.
pub const MOST_BYTES: usize = 16 << 20;
/// Most files of a bundle.
pub const MOST_FILES: usize = 4_096;
/// Most bytes of a file in it.
pub(crate) const MOST_FILE_BYTES: usize = 1 << 20;
const LONGEST_NAME: usize = 64;

const FORMAT: u32 = 1;

/// The policies of a floor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    name: String,
    parameters: BTreeMap<String, Parameter>,
    files: Vec<File>,
}

/// What a floor sets for its policies to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Parameter {
    /// A whole number.
    Number(u64),
    /// A text, such as a span of time.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
}

/// A text of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct File {
    /// Path below a folder of policies, such as `org/privacy/pii-masked/policy.cedar`.
    pub path: String,
    /// The text.
    pub text: String,
}

/// The shape of the JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    bundle: u32,
    name: String,
    parameters: BTreeMap<String, Parameter>,
    files: Vec<Lines>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lines {
    path: String,
    /// The text, split at each line feed.
    text: Vec<String>,
}

impl Bundle {
    /// Makes a bundle of files in any order.
    ///
    /// # Errors
    ///
    /// Says which file does not belong into a bundle.
    pub fn new(
        name: &str,
        parameters: BTreeMap<String, Parameter>,
        mut files: Vec<File>,
    ) -> Result<Self, BundleError> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(is_plain) {
            return Err(BundleError::Name(name.to_owned()));
        }
        if files.len() > MOST_FILES {
            return Err(BundleError::Count(files.len()));
        }
        files.sort();
        let mut before: Option<&str> = None;
        for file in &files {
            let (path, bytes) = (file.path.as_str(), file.text.len());
            path::check(path).map_err(|fault| BundleError::Path {
                path: path.to_owned(),
                fault,
            })?;
            if bytes > MOST_FILE_BYTES {
                let path = path.to_owned();
                return Err(BundleError::FileSize { path, bytes });
            }
            if before.replace(path) == Some(path) {
                return Err(BundleError::Duplicate(path.to_owned()));
            }
        }
        if !files
            .iter()
            .any(|file| file.path.ends_with("/policy.cedar"))
        {
            return Err(BundleError::Empty);
        }
        let bundle = Self {
            name: name.to_owned(),
            parameters,
            files,
        };
        let bytes = bundle.to_text().len();
        if bytes > MOST_BYTES {
            return Err(BundleError::Size(bytes));
        }
        Ok(bundle)
    }

    /// Reads a bundle.
    ///
    /// # Errors
    ///
    /// Says what keeps the bytes from being one, in the one form that bundles have.
    pub fn read(bytes: &[u8]) -> Result<Self, BundleError> {
        if bytes.len() > MOST_BYTES {
            return Err(BundleError::Size(bytes.len()));
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| BundleError::NotUtf8(error.valid_up_to()))?;
        let document: Document = serde_json::from_str(text).map_err(|error| BundleError::Json {
            line: error.line(),
            column: error.column(),
            message: error.to_string(),
        })?;
        if document.bundle != FORMAT {
            return Err(BundleError::Format(document.bundle));
        }
        let file = |lines: Lines| File {
            path: lines.path,
            text: lines.text.join("\n"),
        };
        let files = document.files.into_iter().map(file).collect();
        let bundle = Self::new(&document.name, document.parameters, files)?;
        match first_difference(text, &bundle.to_text()) {
            None => Ok(bundle),
            Some(line) => Err(BundleError::NotCanonical { line }),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it sets for its policies to read.
    pub fn parameters(&self) -> &BTreeMap<String, Parameter> {
        &self.parameters
    }

    /// Its files, sorted by path.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// Writes the bundle; the same files give the same text.
    pub fn to_text(&self) -> String {
        let lines = |file: &File| Lines {
            path: file.path.clone(),
            text: file.text.split('\n').map(str::to_owned).collect(),
        };
        let document = Document {
            bundle: FORMAT,
            name: self.name.clone(),
            parameters: self.parameters.clone(),
            files: self.files.iter().map(lines).collect(),
        };
        // Texts and lists of texts always have a JSON form, so that this cannot fail.
        let text = serde_json::to_string_pretty(&document).unwrap_or_default();
        text + "\n"
    }

    /// Returns the line of the bundle's text on which a line of a file stands, both from 1.
    pub fn line_of(&self, path: &str, line: usize) -> Option<usize> {
        // Three lines before each text, two behind it; no other line of a bundle reads like this one.
        let text = self.to_text();
        let mut at = text.lines().position(|line| line == "  \"files\": [")? + 1;
        for file in &self.files {
            let count = file.text.split('\n').count();
            if file.path == path {
                return Some(at + 3 + line.clamp(1, count));
            }
            at += count + 5;
        }
        None
    }
}

/// Returns the first line that two texts do not share.
fn first_difference(one: &str, other: &str) -> Option<usize> {
    if one == other {
        return None;
    }
    let lines = one.split('\n').zip(other.split('\n'));
    let same = lines.take_while(|(one, other)| one == other).count();
    Some(same + 1)
}
