//! Paths in, whether contracts lie there, or what contracts are judged by, out.

use meshlaw_changeset::{Globs, RepoPath};

use crate::failure::Failure;
use crate::settings::Settings;

/// Kinds of files, as they are noted on a roll.
pub(super) const CONTRACTS: u8 = 1;
pub(super) const OTHERS: u8 = 2;

/// Which files are contracts, and which are others that contracts are judged by.
pub(super) struct Kinds {
    contracts: Globs,
    pub(super) others: Globs,
    /// Files of either kind.
    pub(super) all: Globs,
}

impl Kinds {
    pub(super) fn new(settings: &Settings) -> Result<Self, Failure> {
        let others = settings.consumers.iter().chain(&settings.terms);
        let all = settings.contracts.iter().chain(others.clone());
        Ok(Self {
            contracts: Globs::new(&settings.contracts)?,
            others: Globs::new(others)?,
            all: Globs::new(all)?,
        })
    }

    /// Returns the kinds that a file is of.
    pub(super) fn mask(&self, path: &RepoPath) -> u8 {
        let contracts = if self.contracts.matches(path) {
            CONTRACTS
        } else {
            0
        };
        let others = if self.others.matches(path) { OTHERS } else { 0 };
        contracts | others
    }
}

/// Returns the path as text, if it is shown as it is.
pub(super) fn plain(path: &RepoPath) -> Option<&str> {
    // Nearly every path is of such bytes only.
    let is_odd = |byte: &u8| !matches!(byte, b' '..=b'~');
    let is_shown = |text: &&str| {
        let has_odd = text
            .as_bytes()
            .iter()
            .fold(false, |odd, byte| odd | is_odd(byte));
        !has_odd || !text.chars().any(char::is_control)
    };
    path.as_str().filter(is_shown)
}
