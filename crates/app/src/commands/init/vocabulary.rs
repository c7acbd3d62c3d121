//! Free words of contracts in, the `vocabulary:` that they need out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::quote::{comment, scalar};

/// Words that are known without any settings.
const STATUS: &[&str] = &["proposed", "draft", "active", "deprecated", "retired"];
const CLASSIFICATION: &[&str] = &["public", "internal", "confidential", "restricted"];
const SLA: &[&str] = &[
    "availability",
    "endoflife",
    "endofsupport",
    "errorrate",
    "frequency",
    "generalavailability",
    "latency",
    "retention",
    "throughput",
    "timeofavailability",
    "timetodetect",
    "timetonotify",
    "timetorepair",
];

/// Words whose meaning hardly anybody doubts.
const STATUS_SYNONYMS: &[(&str, &[&str])] = &[
    ("active", &["current", "production", "published"]),
    ("retired", &["archived", "decommissioned"]),
];
const CLASSIFICATION_SYNONYMS: &[(&str, &[&str])] =
    &[("confidential", &["pii", "private", "sensitive"])];

type Counts = BTreeMap<String, usize>;

/// Words by what they mean.
type Meanings<'c> = BTreeMap<&'static str, Vec<&'c str>>;

/// How often each free word occurs.
#[derive(Debug, Default)]
pub struct Words {
    status: Counts,
    classification: Counts,
    sla: Counts,
    roles: Counts,
}

impl Words {
    /// Counts a state.
    pub fn status(&mut self, word: Option<String>) {
        count(&mut self.status, word, STATUS);
    }

    /// Counts a classification.
    pub fn classification(&mut self, word: Option<String>) {
        count(&mut self.classification, word, CLASSIFICATION);
    }

    /// Counts a property of a service level.
    pub fn sla(&mut self, word: Option<String>) {
        count(&mut self.sla, word, SLA);
    }

    /// Counts a role.
    pub fn role(&mut self, word: Option<String>) {
        count(&mut self.roles, word, &[]);
    }

    /// How many words are left to people.
    pub fn unsure(&self) -> usize {
        split(&self.status, STATUS_SYNONYMS).1.len()
            + split(&self.classification, CLASSIFICATION_SYNONYMS).1.len()
            + self.sla.len()
    }

    /// Writes the settings; empty where every word is known.
    pub fn to_yaml(&self) -> String {
        let parts = [
            meanings(
                "classification",
                &self.classification,
                CLASSIFICATION_SYNONYMS,
                "internal",
            ),
            list(
                "roles",
                &self.roles,
                "where there are any, another role is a typo",
            ),
            list("sla", &self.sla, "not of the standard"),
            meanings("status", &self.status, STATUS_SYNONYMS, "active"),
        ];
        let body = parts.concat();
        if body.is_empty() {
            return body;
        }
        // A key without a value would be no mapping, so it is commented out with all below it.
        let has_entries = body.lines().any(|line| !line.trim_start().starts_with('#'));
        let key = if has_entries {
            "vocabulary:"
        } else {
            "# vocabulary:"
        };
        format!(
            "\n# Words that the contracts use and the standard does not know. What is commented out \
             is for\n# people to decide.\n{key}\n{body}"
        )
    }
}

fn count(counts: &mut Counts, word: Option<String>, known: &[&str]) {
    if let Some(word) = word.filter(|word| !known.contains(&word.to_lowercase().as_str())) {
        *counts.entry(word).or_default() += 1;
    }
}

/// Parts words into those with a meaning and those without.
fn split<'c>(
    counts: &'c Counts,
    synonyms: &[(&'static str, &[&str])],
) -> (Meanings<'c>, Vec<(&'c str, usize)>) {
    let mut known = Meanings::new();
    let mut unknown = Vec::new();
    for (word, times) in counts {
        let lower = word.to_lowercase();
        let meaning = synonyms
            .iter()
            .find(|(_, spellings)| spellings.contains(&lower.as_str()));
        match meaning {
            Some((meaning, _)) => known.entry(meaning).or_default().push(word),
            None => unknown.push((word.as_str(), *times)),
        }
    }
    (known, unknown)
}

fn meanings(
    key: &str,
    counts: &Counts,
    synonyms: &[(&'static str, &[&str])],
    guess: &str,
) -> String {
    let (known, unknown) = split(counts, synonyms);
    let mut out = String::new();
    if known.is_empty() && unknown.is_empty() {
        return out;
    }
    let mark = if known.is_empty() { "# " } else { "" };
    let _ = writeln!(out, "  {mark}{key}:");
    for (meaning, spellings) in known {
        let spellings: Vec<_> = spellings.into_iter().map(scalar).collect();
        let _ = writeln!(out, "    {meaning}: [{}]", spellings.join(", "));
    }
    for (word, times) in unknown {
        let word = comment(&scalar(word));
        let _ = writeln!(
            out,
            "    # {guess}: [{word}]  # {}; or another meaning",
            times_of(times)
        );
    }
    out
}

fn list(key: &str, counts: &Counts, why: &str) -> String {
    if counts.is_empty() {
        return String::new();
    }
    let words: Vec<_> = counts.keys().map(|word| comment(&scalar(word))).collect();
    let times: Vec<_> = counts.values().map(usize::to_string).collect();
    format!(
        "  # {key}: [{}]  # {why}; counted {}\n",
        words.join(", "),
        times.join(", ")
    )
}

fn times_of(times: usize) -> String {
    match times {
        1 => "used once".to_owned(),
        _ => format!("used {times} times"),
    }
}
