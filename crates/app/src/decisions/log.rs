//! A run in, its log of decisions out: a head, a line for each request, an end.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use jiff::civil::Date;
use meshlaw_policy::Judge;
use sha2::{Digest as _, Sha256};

use super::draft::{self, Draft};
use super::line::{End, FORMAT, Head, Line};
use crate::cache::digits;
use crate::law::Law;

/// Where decisions are logged.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct LogArgs {
    /// Write each request to the policies with its answer to FILE, as JSON Lines
    #[arg(long, value_name = "FILE")]
    pub decision_log: Option<PathBuf>,
}

/// What a run is, as its log tells it.
pub struct Run<'r> {
    /// The command.
    pub command: &'static str,
    /// The date that is taken for today.
    pub as_of: Date,
    /// Whose law it is: a commit, or `worktree`.
    pub law_of: String,
    /// The commit that is compared with.
    pub base: Option<String>,
    /// What is judged.
    pub head: String,
    /// Teams that agreed to the change.
    pub approved_by: &'r BTreeSet<String>,
}

/// The log of a run, shared by its threads.
pub struct Log {
    path: PathBuf,
    head: Head,
    drafts: Mutex<Vec<Draft>>,
    /// What was asked when all contracts were judged.
    closing: Mutex<Vec<String>>,
}

impl Log {
    /// Begins the log of a run; none where none was asked for.
    pub fn begin(args: &LogArgs, run: &Run<'_>, law: &Law) -> Option<Self> {
        let path = args.decision_log.clone()?;
        Some(Self {
            path,
            head: Head {
                format: FORMAT,
                meshlaw: env!("CARGO_PKG_VERSION").to_owned(),
                command: run.command.to_owned(),
                as_of: run.as_of.to_string(),
                law: run.law_of.clone(),
                bootstrap: law.bootstrap,
                base: run.base.clone(),
                head: run.head.clone(),
                policies: of_policies(law),
                settings: of_settings(law),
                approved_by: run.approved_by.iter().cloned().collect(),
            },
            drafts: Mutex::default(),
            closing: Mutex::default(),
        })
    }

    /// Keeps what one thread took down.
    pub fn keep(&self, draft: Draft) {
        if let Ok(mut drafts) = self.drafts.lock() {
            drafts.push(draft);
        }
    }

    /// Takes down what a judge was asked about waivers, when all contracts were judged.
    pub fn close(&self, judge: &mut Judge<'_>) {
        let lines = judge.take_decisions().into_iter().map(draft::line);
        let lines = lines.filter_map(Result::ok);
        if let Ok(mut closing) = self.closing.lock() {
            closing.extend(lines);
        }
    }

    /// Writes the log.
    ///
    /// # Errors
    ///
    /// Says why it cannot be written, so that no run passes without its log.
    pub fn finish(&self) -> anyhow::Result<()> {
        self.write().map_err(|error| {
            let path = self.path.display();
            anyhow::anyhow!("cannot write the decision log `{path}`: {error}")
        })
    }

    fn write(&self) -> io::Result<()> {
        let folder = self.path.parent().filter(|path| *path != Path::new(""));
        folder.map_or(Ok(()), std::fs::create_dir_all)?;
        let mut out = BufWriter::new(File::create(&self.path)?);
        let poisoned = |_| io::Error::other("a thread ended early");
        let mut drafts = std::mem::take(&mut *self.drafts.lock().map_err(poisoned)?);
        let poisoned = |_| io::Error::other("a thread ended early");
        let mut closing = std::mem::take(&mut *self.closing.lock().map_err(poisoned)?);
        // Findings come in an order of their own; what is asked about them is sorted as text.
        closing.sort_unstable();
        write_line(&mut out, &Line::Head(Box::new(self.head.clone())))?;
        let mut requests = draft::join(&mut drafts, &mut out)?;
        for line in &closing {
            out.write_all(line.as_bytes())?;
        }
        requests += closing.len() as u64;
        write_line(&mut out, &Line::End(End { requests }))?;
        out.flush()
    }
}

fn write_line(out: &mut impl io::Write, line: &Line) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line).map_err(io::Error::other)?;
    out.write_all(b"\n")
}

/// Hashes the policies: ids and texts, each with its length before it.
fn of_policies(law: &Law) -> String {
    let policies = law.book.policies.iter();
    hash(policies.flat_map(|one| [one.id.as_str(), &*one.text]))
}

/// Hashes the texts that the settings come from.
fn of_settings(law: &Law) -> String {
    let texts = &law.texts;
    hash(std::iter::once(texts.settings.as_str()).chain(texts.properties.as_deref()))
}

fn hash<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    format!("sha256:{}", digits(&hash.finalize()))
}
