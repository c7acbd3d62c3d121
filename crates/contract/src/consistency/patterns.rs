//! Regular expressions that strangers wrote: compiled and tried under a budget.

use fancy_regex::{Regex, RegexBuilder};

/// What is left to spend on the patterns of one document.
///
/// A short pattern can take seconds to compile or to try, and a file can hold thousands.
pub(super) struct Patterns {
    compilations: usize,
    trials: usize,
}

const MOST_PATTERNS: usize = 1_000;
const MOST_TRIALS: usize = 5_000;
const COMPILED_BYTES: usize = 1 << 18;
const BACKTRACKING_STEPS: usize = 10_000;

/// What became of a pattern.
pub(super) enum Compiled {
    Pattern(Box<Regex>),
    /// The reason, in the engine's words.
    Invalid(String),
    /// The budget is spent.
    Unread,
}

impl Patterns {
    pub(super) fn new() -> Self {
        Self {
            compilations: MOST_PATTERNS,
            trials: MOST_TRIALS,
        }
    }

    pub(super) fn compile(&mut self, pattern: &str) -> Compiled {
        let Some(left) = self.compilations.checked_sub(1) else {
            return Compiled::Unread;
        };
        self.compilations = left;
        let compiled = RegexBuilder::new(pattern)
            .backtrack_limit(BACKTRACKING_STEPS)
            .delegate_size_limit(COMPILED_BYTES)
            .build();
        match compiled {
            Ok(pattern) => Compiled::Pattern(Box::new(pattern)),
            Err(error) => Compiled::Invalid(reason(&error)),
        }
    }

    /// Tells whether a text is known not to match; one that takes too long to try is not.
    pub(super) fn refuses(&mut self, pattern: &Regex, text: &str) -> bool {
        let Some(left) = self.trials.checked_sub(1) else {
            return false;
        };
        self.trials = left;
        pattern.is_match(text).is_ok_and(|is_match| !is_match)
    }
}

/// Takes the one line that says why out of an error that draws the pattern.
fn reason(error: &fancy_regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default().trim();
    last.strip_prefix("error: ")
        .unwrap_or(last)
        .trim_end_matches('.')
        .to_owned()
}
