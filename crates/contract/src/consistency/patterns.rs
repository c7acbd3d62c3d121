//! Regular expressions that strangers wrote: compiled and tried under a budget.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use fancy_regex::{CompileError, Error, ParseError, Regex, RegexBuilder};

thread_local! {
    /// What became of patterns before: the contracts of an estate repeat a few, and to compile one
    /// takes longer than to read a contract.
    static KNOWN: RefCell<HashMap<Box<str>, Compiled>> = RefCell::default();
}

/// Patterns that are remembered; each may take up to [`COMPILED_BYTES`], and few take a tenth.
const MOST_KNOWN: usize = 64;
/// Longer patterns hardly come again.
const LONGEST_KNOWN: usize = 256;

/// What is left to spend on the patterns of one document.
///
/// A short pattern can take seconds to compile or to try, and a file can hold thousands.
pub(super) struct Patterns {
    /// Patterns that were compiled before; wide tables repeat a few.
    sound: BTreeSet<String>,
    compilations: usize,
    trials: usize,
}

const MOST_PATTERNS: usize = 500;
const MOST_TRIALS: usize = 5_000;
const COMPILED_BYTES: usize = 1 << 18;
const BACKTRACKING_STEPS: usize = 10_000;

/// What became of a pattern.
#[derive(Clone)]
pub(super) enum Compiled {
    Pattern(Rc<Regex>),
    /// The reason, in the engine's words.
    Invalid(String),
    /// Too large to compile here, or the budget is spent; another engine may well run it.
    Unknown,
}

impl Patterns {
    pub(super) fn new() -> Self {
        Self {
            sound: BTreeSet::new(),
            compilations: MOST_PATTERNS,
            trials: MOST_TRIALS,
        }
    }

    /// Tells whether a pattern was compiled before.
    pub(super) fn is_sound(&self, pattern: &str) -> bool {
        self.sound.contains(pattern)
    }

    pub(super) fn compile(&mut self, pattern: &str) -> Compiled {
        let Some(left) = self.compilations.checked_sub(1) else {
            return Compiled::Unknown;
        };
        self.compilations = left;
        let compiled = known(pattern);
        if let Compiled::Pattern(_) = compiled {
            self.sound.insert(pattern.to_owned());
        }
        compiled
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

/// Compiles a pattern, or takes what came of it the last time.
fn known(pattern: &str) -> Compiled {
    let before = KNOWN.with_borrow(|known| known.get(pattern).cloned());
    if let Some(before) = before {
        return before;
    }
    let compiled = compile(pattern);
    if pattern.len() <= LONGEST_KNOWN {
        KNOWN.with_borrow_mut(|known| {
            if known.len() == MOST_KNOWN {
                known.clear();
            }
            known.insert(pattern.into(), compiled.clone());
        });
    }
    compiled
}

fn compile(pattern: &str) -> Compiled {
    let compiled = RegexBuilder::new(pattern)
        .backtrack_limit(BACKTRACKING_STEPS)
        .delegate_size_limit(COMPILED_BYTES)
        .build();
    match compiled {
        Ok(compiled) => Compiled::Pattern(Rc::new(compiled)),
        Err(error) if is_too_large(&error) => Compiled::Unknown,
        Err(error) => Compiled::Invalid(reason(pattern, &error)),
    }
}

fn is_too_large(error: &Error) -> bool {
    let Error::CompileError(kind) = error else {
        return false;
    };
    matches!(kind.as_ref(), CompileError::InnerError(kind) if kind.size_limit().is_some())
}

/// Says why in one line; the engine's own words draw the pattern.
fn reason(pattern: &str, error: &Error) -> String {
    match error {
        Error::ParseError(at, kind) => {
            let before = pattern
                .char_indices()
                .take_while(|(byte, _)| byte < at)
                .count();
            let what = match kind {
                ParseError::GeneralParseError(_) => "unexpected text".to_owned(),
                kind => kind.to_string().to_lowercase(),
            };
            format!("{what} at character {}", before + 1)
        }
        Error::CompileError(kind) => match kind.as_ref() {
            CompileError::InnerError(kind) => match kind.syntax_error() {
                Some(syntax) => last_line(&syntax.to_string()).to_owned(),
                None => last_line(&kind.to_string()).to_owned(),
            },
            kind => last_line(&kind.to_string()).to_lowercase(),
        },
        error => last_line(&error.to_string()).to_owned(),
    }
}

fn last_line(text: &str) -> &str {
    let line = text.lines().last().unwrap_or_default().trim();
    line.strip_prefix("error: ").unwrap_or(line)
}
