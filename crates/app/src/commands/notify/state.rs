//! What each team was told, kept in a file between runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::output::write_file;

/// Days after which news is news again.
const KEPT_DAYS: i64 = 180;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    format: u8,
    /// By team and way, the day on which each thing was told.
    told: BTreeMap<String, BTreeMap<String, String>>,
}

/// What each team was told.
#[derive(Debug)]
pub struct Memory {
    path: Option<PathBuf>,
    today: Date,
    stored: Stored,
}

impl Memory {
    /// Reads the file; without one, nobody was told anything.
    pub fn read(path: Option<&Path>, today: Date) -> Result<Self, Failure> {
        let mut memory = Self {
            path: path.map(Path::to_owned),
            today,
            stored: Stored {
                format: 1,
                told: BTreeMap::new(),
            },
        };
        let Some(path) = path.filter(|path| path.exists()) else {
            return Ok(memory);
        };
        let shown = path.display();
        let text = std::fs::read_to_string(path);
        let text =
            text.map_err(|error| Failure::new(format!("cannot read `{shown}`: {error}"), ""))?;
        let stored: Stored = serde_json::from_str(&text).map_err(|error| {
            let help = "remove the file; then everybody is told everything once more";
            Failure::new(format!("`{shown}` is no state of notify: {error}"), help)
        })?;
        memory.stored = stored;
        Ok(memory)
    }

    /// Tells whether a team was told something this way.
    pub fn knows(&self, key: &str, fingerprint: &str) -> bool {
        let told = self.stored.told.get(key);
        told.is_some_and(|told| told.contains_key(fingerprint))
    }

    /// Remembers what a team was told.
    pub fn remember<'f>(&mut self, key: &str, fingerprints: impl Iterator<Item = &'f str>) {
        let told = self.stored.told.entry(key.to_owned()).or_default();
        let today = self.today.to_string();
        told.extend(fingerprints.map(|one| (one.to_owned(), today.clone())));
    }

    /// Writes the file, without what is long past.
    pub fn write(&mut self) -> anyhow::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let oldest = self.today.checked_sub(KEPT_DAYS.days())?.to_string();
        for told in self.stored.told.values_mut() {
            told.retain(|_, day| *day >= oldest);
        }
        self.stored.told.retain(|_, told| !told.is_empty());
        let text = serde_json::to_string_pretty(&self.stored)? + "\n";
        // A run that is cut off leaves the old state and not half of the new one.
        let new = path.with_extension("new");
        write_file(&new, &text)?;
        std::fs::rename(&new, path)?;
        Ok(())
    }
}
