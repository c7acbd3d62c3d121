//! Decisions of one thread in, their lines out in the order that the whole log has.
//!
//! What does not fit into a little memory lies in a file that goes with the run.

use std::io::{self, Seek as _, SeekFrom, Write};

use meshlaw_policy::{Decision, Judge};
use tempfile::SpooledTempFile;

use super::line::{Line, Request};

/// Bytes of a draft that are held in memory.
const IN_MEMORY: usize = 1 << 20;

/// The lines of one thread.
pub struct Draft {
    text: SpooledTempFile,
    length: u64,
    blocks: Vec<Block>,
    trouble: Option<io::Error>,
}

/// Lines that belong together, and what they are sorted by.
struct Block {
    path: String,
    /// Where what is asked about stands among all that a run asks about.
    place: usize,
    start: u64,
    bytes: u64,
    requests: u64,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            text: SpooledTempFile::new(IN_MEMORY),
            length: 0,
            blocks: Vec::new(),
            trouble: None,
        }
    }
}

impl Draft {
    /// Takes down what a judge was asked about a file; what cannot be written is told at the end.
    pub fn add(&mut self, path: &str, place: usize, judge: &mut Judge<'_>) {
        let decisions = judge.take_decisions();
        if decisions.is_empty() || self.trouble.is_some() {
            return;
        }
        let requests = decisions.len() as u64;
        let mut text = String::new();
        for decision in decisions {
            match line(decision) {
                Ok(line) => text.push_str(&line),
                Err(error) => self.trouble = Some(error),
            }
        }
        if let Err(error) = self.text.write_all(text.as_bytes()) {
            self.trouble = Some(error);
        }
        let bytes = text.len() as u64;
        self.blocks.push(Block {
            path: path.to_owned(),
            place,
            start: self.length,
            bytes,
            requests,
        });
        self.length += bytes;
    }
}

/// Writes a decision as a line.
pub fn line(decision: Decision) -> io::Result<String> {
    let line = Line::Request(Box::new(Request::of(decision)));
    let text = serde_json::to_string(&line).map_err(io::Error::other)?;
    Ok(text + "\n")
}

/// Writes all drafts as one, sorted by path, and returns how many requests there are.
pub fn join(drafts: &mut [Draft], out: &mut impl Write) -> io::Result<u64> {
    let mut order: Vec<(usize, Block)> = Vec::new();
    for (number, draft) in drafts.iter_mut().enumerate() {
        if let Some(error) = draft.trouble.take() {
            return Err(error);
        }
        let blocks = draft.blocks.drain(..);
        order.extend(blocks.map(|block| (number, block)));
    }
    order.sort_unstable_by(|(_, one), (_, other)| {
        (&one.path, one.place).cmp(&(&other.path, other.place))
    });
    let mut requests = 0;
    for (number, block) in order {
        if let Some(draft) = drafts.get_mut(number) {
            draft.text.seek(SeekFrom::Start(block.start))?;
            io::copy(&mut io::Read::take(&mut draft.text, block.bytes), out)?;
            requests += block.requests;
        }
    }
    Ok(requests)
}
