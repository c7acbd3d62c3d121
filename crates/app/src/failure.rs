//! What ends a run without a verdict, and what the process then returns.

use std::fmt;
use std::process::ExitCode;

/// What the process returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// Nothing stops the change.
    Pass,
    /// Findings stop the change.
    Blocked,
    /// Usage, settings or policies are wrong.
    Usage,
    /// Something failed inside, or in reading and writing.
    Internal,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        ExitCode::from(match status {
            ExitStatus::Pass => 0,
            ExitStatus::Blocked => 1,
            ExitStatus::Usage => 2,
            ExitStatus::Internal => 3,
        })
    }
}

/// Something that the user can mend: usage, settings, policies, the state of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What is wrong.
    pub message: String,
    /// Where, as `path:line:column`.
    pub place: Option<String>,
    /// The way out.
    pub help: Option<String>,
    /// What else is wrong.
    pub more: Vec<Failure>,
}

impl Failure {
    /// Says what is wrong, and the way out.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            place: None,
            help: Some(help.into()).filter(|help: &String| !help.is_empty()),
            more: Vec::new(),
        }
    }

    /// Says where.
    #[must_use]
    pub fn at(self, place: impl Into<String>) -> Self {
        Self {
            place: Some(place.into()),
            ..self
        }
    }

    /// Joins several; `None` for none.
    pub fn all(failures: impl IntoIterator<Item = Failure>) -> Option<Self> {
        let mut failures = failures.into_iter();
        let first = failures.next()?;
        Some(Self {
            more: failures.collect(),
            ..first
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self
            .message
            .replace(|c: char| c.is_control() && c != '\n', "?");
        f.write_str(&message)?;
        if let Some(place) = &self.place {
            write!(f, "\n  --> {place}")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  = help: {help}")?;
        }
        for one in &self.more {
            write!(f, "\n\nerror: {one}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

impl From<&meshlaw_diff::RuleError> for Failure {
    fn from(error: &meshlaw_diff::RuleError) -> Self {
        Failure::new(error.to_string(), "")
    }
}

impl From<meshlaw_changeset::Error> for Failure {
    fn from(error: meshlaw_changeset::Error) -> Self {
        let mut message = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            message = format!("{message}: {cause}");
            source = cause.source();
        }
        Failure::new(message, error.help().unwrap_or_default())
    }
}
