//! The file of a log in, its head and its requests out, line by line.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use meshlaw_policy::Decision;

use super::line::{FORMAT, Head, Line};
use crate::failure::Failure;
use crate::output::count;

/// Longest line; those that meshlaw writes are a hundredth of it.
const LONGEST: u64 = 1 << 20;

/// The requests of a log, read one after the other.
pub struct Lines {
    path: PathBuf,
    file: BufReader<File>,
    number: usize,
    requests: u64,
    is_over: bool,
}

impl Lines {
    /// Opens a log and reads its head.
    ///
    /// # Errors
    ///
    /// Says what keeps it from being a log of decisions.
    pub fn open(path: &Path) -> Result<(Head, Self), Failure> {
        let file = File::open(path).map_err(|error| {
            let message = format!("cannot read `{}`: {error}", path.display());
            Failure::new(message, "name a file that `--decision-log` wrote")
        })?;
        let mut lines = Self {
            path: path.to_owned(),
            file: BufReader::new(file),
            number: 0,
            requests: 0,
            is_over: false,
        };
        match lines.line()? {
            Some(Line::Head(head)) if head.format == FORMAT => Ok((*head, lines)),
            Some(Line::Head(head)) => {
                let format = head.format;
                Err(lines.wrong(&format!("it has the format {format}, and not {FORMAT}")))
            }
            Some(_) => Err(lines.wrong("the head is missing")),
            None => Err(lines.wrong("it is empty")),
        }
    }

    /// Says what is wrong with the line that was read last.
    pub fn wrong(&self, what: &str) -> Failure {
        let place = format!("{}:{}:1", self.path.display(), self.number.max(1));
        let message = format!("this is no whole log of decisions: {what}");
        let help = "make it anew with `--decision-log`; a log is never mended by hand";
        Failure::new(message, help).at(place)
    }

    /// Reads the next request; none behind the last.
    fn request(&mut self) -> Result<Option<Decision>, Failure> {
        match self.line()? {
            Some(Line::Request(request)) => {
                self.requests += 1;
                let decision = request.decision();
                decision.map(Some).map_err(|error| self.wrong(&error))
            }
            Some(Line::Head(_)) => Err(self.wrong("a second head")),
            Some(Line::End(end)) if end.requests != self.requests => {
                let (told, read) = (end.requests, self.requests);
                Err(self.wrong(&format!(
                    "it tells of {} and holds {read}",
                    count(told, "request")
                )))
            }
            Some(Line::End(_)) => match self.line()? {
                None => Ok(None),
                Some(_) => Err(self.wrong("it goes on behind its end")),
            },
            None => Err(self.wrong("it is cut off, since the line that ends it is missing")),
        }
    }

    fn line(&mut self) -> Result<Option<Line>, Failure> {
        self.number += 1;
        let mut bytes = Vec::new();
        let mut limited = self.file.by_ref().take(LONGEST + 1);
        if let Err(error) = limited.read_until(b'\n', &mut bytes) {
            return Err(self.wrong(&format!("it cannot be read: {error}")));
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        if bytes.len() as u64 > LONGEST {
            return Err(self.wrong(&format!("a line is longer than {LONGEST} bytes")));
        }
        let line = serde_json::from_slice(&bytes);
        line.map(Some)
            .map_err(|error| self.wrong(&error.to_string()))
    }
}

impl Iterator for Lines {
    type Item = Result<Decision, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let next = self.request().transpose();
        self.is_over = !matches!(next, Some(Ok(_)));
        next
    }
}
