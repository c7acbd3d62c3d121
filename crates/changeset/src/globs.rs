//! Patterns in, an answer for each path out: does it match, can something below it match.
//!
//! Knows nothing of git or of the disk.

use std::collections::{BTreeMap, BTreeSet};

use globset::{Candidate, Glob, GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};

use crate::error::{Error, Result};
use crate::path::RepoPath;

/// A set of include patterns; a path is of interest if one of them matches.
///
/// Patterns are written from the root. `*` and `?` stay inside one folder, `**` as a whole part
/// crosses folders, `[ab]` and `{a,b}` choose, `\` takes the next character as it is.
#[derive(Clone, Debug)]
pub struct Globs {
    patterns: BTreeSet<String>,
    set: GlobSet,
    /// Patterns without special characters, and paths that no pattern can spell.
    exact: BTreeSet<RepoPath>,
    /// Patterns such as `domains/**/*.contract.yaml`, which need no automaton.
    endings: Vec<Ending>,
    /// Patterns such as `policies/*/*`, which need none either.
    steps: Vec<Steps>,
    folders: Vec<Folders>,
}

/// Files below a folder, at any depth, whose names end alike, or are one name, or are any.
#[derive(Clone, Debug)]
struct Ending {
    /// The folder with its slash; empty for the root.
    folder: Vec<u8>,
    suffix: Vec<u8>,
    /// Whether the suffix is all of the name.
    is_whole: bool,
}

impl Ending {
    fn of(pattern: &str) -> Option<Ending> {
        let is_folder = |one: &&str| is_literal(one) && (one.is_empty() || one.ends_with('/'));
        if let Some(folder) = pattern.strip_suffix("**").filter(is_folder) {
            return Some(Ending {
                folder: folder.into(),
                suffix: Vec::new(),
                is_whole: false,
            });
        }
        let (folder, name) = match pattern.strip_prefix("**/") {
            Some(name) => ("", name),
            None => {
                let at = pattern.find("/**/")?;
                (pattern.get(..=at)?, pattern.get(at + "/**/".len()..)?)
            }
        };
        let suffix = name.strip_prefix('*');
        let plain = suffix.unwrap_or(name);
        let is_plain = is_literal(folder) && is_literal(plain) && !plain.contains('/');
        is_plain.then(|| Ending {
            folder: folder.into(),
            suffix: plain.into(),
            is_whole: suffix.is_none(),
        })
    }

    fn matches(&self, path: &[u8]) -> bool {
        let below = path.strip_prefix(self.folder.as_slice());
        // A suffix has no slash, so that it ends the name if it ends the path.
        let before = below.and_then(|below| below.strip_suffix(self.suffix.as_slice()));
        before.is_some_and(|before| !self.is_whole || matches!(before, [] | [.., b'/']))
    }
}

/// As many names as there are parts, some of which can be any.
#[derive(Clone, Debug)]
struct Steps(Vec<Option<Vec<u8>>>);

impl Steps {
    fn of(pattern: &str) -> Option<Steps> {
        let step = |part: &str| match part {
            "*" => Some(None),
            _ => is_literal(part).then(|| Some(part.as_bytes().to_vec())),
        };
        pattern
            .split('/')
            .map(step)
            .collect::<Option<_>>()
            .map(Steps)
    }

    fn matches(&self, path: &[u8]) -> bool {
        let mut names = path.split(|byte| *byte == b'/');
        let are_met = self.0.iter().all(|step| {
            let name = names.next();
            name.is_some_and(|name| step.as_ref().is_none_or(|step| step == name))
        });
        are_met && names.next().is_none()
    }
}

/// The folders in which one pattern can match: their parts one by one.
#[derive(Clone, Debug)]
struct Folders {
    parts: Vec<Part>,
    /// Whether the pattern goes on to any depth after `parts`.
    any_depth: bool,
}

#[derive(Clone, Debug)]
enum Part {
    Literal(Vec<u8>),
    Any,
    Wild(GlobMatcher),
}

impl Globs {
    /// Compiles the patterns; the error names the first bad one.
    pub fn new<P: AsRef<str>>(patterns: impl IntoIterator<Item = P>) -> Result<Globs> {
        let mut set: Option<GlobSetBuilder> = None;
        let mut exact = BTreeSet::new();
        let (mut endings, mut steps) = (Vec::new(), Vec::new());
        // Patterns that differ only in the file name share their folders.
        let mut folders = BTreeMap::new();
        let mut all = BTreeSet::new();
        for pattern in patterns {
            let pattern = pattern.as_ref();
            all.insert(pattern.to_owned());
            check(pattern)?;
            if is_literal(pattern) {
                exact.insert(RepoPath::from_git(pattern));
            } else if let Some(ending) = Ending::of(pattern) {
                endings.push(ending);
            } else if let Some(step) = Steps::of(pattern) {
                steps.push(step);
            } else {
                let glob = compiled(pattern)?;
                set.get_or_insert_with(GlobSetBuilder::new).add(glob);
            }
            let (key, reached) = Folders::of(pattern);
            folders.entry(key.to_owned()).or_insert(reached);
        }
        let set = set.map_or_else(|| Ok(GlobSet::empty()), |set| set.build());
        let set = set.map_err(|error| Error::Glob {
            pattern: error.glob().unwrap_or("(all patterns together)").to_owned(),
            reason: error.kind().to_string(),
        })?;
        Ok(Globs {
            patterns: all,
            set,
            exact,
            endings,
            steps,
            folders: folders.into_values().collect(),
        })
    }

    /// The set that matches one path and nothing else, whatever characters it holds.
    pub fn exactly(path: &RepoPath) -> Globs {
        let mut parts: Vec<_> = path
            .as_bytes()
            .split(|byte| *byte == b'/')
            .map(|part| Part::Literal(part.to_vec()))
            .collect();
        parts.pop();
        Globs {
            // No pattern spells every path.
            patterns: BTreeSet::from([String::new()]),
            set: GlobSet::empty(),
            exact: BTreeSet::from([path.clone()]),
            endings: Vec::new(),
            steps: Vec::new(),
            folders: vec![Folders {
                parts,
                any_depth: false,
            }],
        }
    }

    /// Whether these patterns are all among others.
    pub(crate) fn are_among(&self, others: &Globs) -> bool {
        self.patterns.is_subset(&others.patterns)
    }

    /// These patterns and others.
    pub(crate) fn and(&self, others: &Globs) -> Result<Globs> {
        Globs::new(self.patterns.union(&others.patterns))
    }

    /// Whether a file at this path is of interest.
    pub fn matches(&self, path: &RepoPath) -> bool {
        self.match_bytes(path.as_bytes())
    }

    pub(crate) fn match_bytes(&self, path: &[u8]) -> bool {
        self.endings.iter().any(|one| one.matches(path))
            || (!self.exact.is_empty() && self.exact.contains(path))
            || self.steps.iter().any(|one| one.matches(path))
            || (!self.set.is_empty() && self.set.is_match_candidate(&Candidate::from_bytes(path)))
    }

    /// Whether a file somewhere below this folder can match. A `true` may be wrong, a `false`
    /// never is: it is what lets a walk leave folders unopened.
    pub fn may_contain(&self, folder: &RepoPath) -> bool {
        self.may_contain_bytes(folder.as_bytes())
    }

    pub(crate) fn may_contain_bytes(&self, folder: &[u8]) -> bool {
        self.folders.iter().any(|folders| folders.reach(folder))
    }

    /// The folders and files, literally named, below which everything lies that can match; empty
    /// if that is the root.
    pub(crate) fn literal_prefixes(&self) -> Vec<Vec<u8>> {
        let prefixes: BTreeSet<_> = self.folders.iter().map(Folders::literal_prefix).collect();
        if prefixes.iter().any(Vec::is_empty) {
            Vec::new()
        } else {
            prefixes.into_iter().collect()
        }
    }
}

impl Folders {
    /// The folders of a pattern, with the piece of its text that determines them.
    fn of(pattern: &str) -> (&str, Folders) {
        let mut parts = Vec::new();
        let mut start = 0;
        for (slash, _) in pattern.match_indices('/') {
            let text = pattern.get(start..slash).unwrap_or_default();
            match Part::of(text) {
                Some(part) => parts.push(part),
                None => {
                    return (
                        pattern.get(..slash).unwrap_or(pattern),
                        Folders {
                            parts,
                            any_depth: true,
                        },
                    );
                }
            }
            start = slash + 1;
        }
        let file = pattern.get(start..).unwrap_or_default();
        // A group that holds a slash, or a last `**`, lets the file part reach deeper.
        let any_depth = !is_literal(file) && may_span(file);
        let key = if any_depth {
            pattern
        } else {
            pattern.get(..start).unwrap_or(pattern)
        };
        (key, Folders { parts, any_depth })
    }

    fn reach(&self, folder: &[u8]) -> bool {
        if folder.is_empty() {
            return true;
        }
        let mut parts = self.parts.iter();
        for name in folder.split(|byte| *byte == b'/') {
            match parts.next() {
                None => return self.any_depth,
                Some(part) if part.matches(name) => {}
                Some(_) => return false,
            }
        }
        true
    }

    fn literal_prefix(&self) -> Vec<u8> {
        let names = self.parts.iter().map_while(|part| match part {
            Part::Literal(name) => Some(name.as_slice()),
            Part::Any | Part::Wild(_) => None,
        });
        names.collect::<Vec<_>>().join(&b'/')
    }
}

impl Part {
    /// The part that a piece of pattern between slashes stands for; none if it may span folders.
    fn of(text: &str) -> Option<Part> {
        if is_literal(text) {
            return Some(Part::Literal(text.as_bytes().to_vec()));
        }
        if text == "*" {
            return Some(Part::Any);
        }
        if may_span(text) {
            return None;
        }
        compile(text)
            .ok()
            .map(|glob| Part::Wild(glob.compile_matcher()))
    }

    fn matches(&self, name: &[u8]) -> bool {
        match self {
            Part::Literal(literal) => literal == name,
            Part::Any => true,
            Part::Wild(glob) => glob.is_match_candidate(&Candidate::from_bytes(name)),
        }
    }
}

/// Whether a piece of pattern between slashes may belong to one that spans folders.
fn may_span(text: &str) -> bool {
    let count = |wanted| text.matches(wanted).count();
    text == "**" || count('{') != count('}') || count('[') != count(']')
}

fn bad(pattern: &str, reason: &str) -> Error {
    Error::Glob {
        pattern: pattern.to_owned(),
        reason: reason.to_owned(),
    }
}

/// Refuses patterns that no path from the root can match.
fn check(pattern: &str) -> Result<()> {
    let bad = |reason: &str| bad(pattern, reason);
    if pattern.is_empty() {
        return Err(bad("it is empty"));
    }
    if pattern.starts_with('/') {
        return Err(bad(
            "it starts with `/`, but patterns already start at the root",
        ));
    }
    if pattern.ends_with('/') {
        return Err(bad("it names a folder; add `**` for everything in it"));
    }
    if pattern
        .split('/')
        .any(|part| matches!(part, "" | "." | ".."))
    {
        return Err(bad("it has a part that is empty, `.` or `..`"));
    }
    Ok(())
}

fn compiled(pattern: &str) -> Result<Glob> {
    compile(pattern).map_err(|error| bad(pattern, &error.kind().to_string()))
}

fn compile(pattern: &str) -> std::result::Result<Glob, globset::Error> {
    GlobBuilder::new(pattern)
        .literal_separator(true)
        .backslash_escape(true)
        .build()
}

fn is_literal(text: &str) -> bool {
    !text.contains(['*', '?', '[', ']', '{', '}', '\\'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn path(text: &str) -> RepoPath {
        RepoPath::from_git(text)
    }

    #[test]
    fn matches_from_the_root() {
        for (pattern, yes, no) in [
            (
                "meshlaw.yaml",
                vec!["meshlaw.yaml"],
                vec!["a/meshlaw.yaml", "meshlaw.yml"],
            ),
            ("*.yaml", vec!["a.yaml", ".yaml"], vec!["a/b.yaml"]),
            (
                "domains/**/*.yaml",
                vec!["domains/a.yaml", "domains/x/y/a.yaml"],
                vec!["a.yaml", "other/a.yaml"],
            ),
            (
                "**/*.{yml,yaml}",
                vec!["a.yml", "x/y/a.yaml"],
                vec!["a.json"],
            ),
            ("a/**", vec!["a/b", "a/b/c"], vec!["a", "ab"]),
            ("d/[ab]?.x", vec!["d/a1.x"], vec!["d/c1.x", "d/a/.x"]),
        ] {
            let globs = Globs::new([pattern]).unwrap();
            for text in yes {
                assert!(globs.matches(&path(text)), "{pattern} should match {text}");
            }
            for text in no {
                assert!(
                    !globs.matches(&path(text)),
                    "{pattern} should not match {text}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn plain_patterns_match_as_automata_do(
            pattern in "(a|a/b|\\*|\\*\\*|a\\*)?(/\\*\\*)?/?(\\*|\\*\\*)?(/\\*)?(\\.x|b\\.x|/b)?",
            path in "(a|b|ab|\\.)(/(a|b|\\.x|\\*)){0,3}(\\.x|b\\.x|/)?",
        ) {
            if let Ok(globs) = Globs::new([&pattern]) {
                let slow = compile(&pattern).unwrap().compile_matcher();
                let path = RepoPath::from_git(path);
                let slow = slow.is_match_candidate(&Candidate::from_bytes(path.as_bytes()));
                prop_assert_eq!(globs.matches(&path), slow, "{} {}", pattern, path);
            }
        }
    }

    #[test]
    fn matches_bytes_that_are_not_text() {
        let globs = Globs::new(["domains/**/*.yaml"]).unwrap();
        assert!(globs.matches(&RepoPath::from_git(b"domains/\xff/a\xfe.yaml")));
    }

    #[test]
    fn knows_where_nothing_can_match() {
        for (pattern, reached, skipped) in [
            ("meshlaw.yaml", vec![""], vec!["a", "meshlaw.yaml"]),
            (
                "domains/**/*.yaml",
                vec!["", "domains", "domains/a/b"],
                vec!["other", "domain"],
            ),
            (
                "a/*/c/*.x",
                vec!["a", "a/b", "a/b/c"],
                vec!["b", "a/b/d", "a/b/c/d"],
            ),
            ("**/x", vec!["a", "a/b"], vec![]),
            ("{a,b}/c/*", vec!["a", "b/c"], vec!["c", "a/d"]),
            ("{a/b,c}/d", vec!["a", "a/b", "c"], vec![]),
            ("a/**", vec!["a", "a/b/c"], vec!["b"]),
        ] {
            let globs = Globs::new([pattern]).unwrap();
            for text in reached {
                assert!(
                    globs.may_contain(&path(text)),
                    "{pattern} should reach {text}"
                );
            }
            for text in skipped {
                assert!(
                    !globs.may_contain(&path(text)),
                    "{pattern} should skip {text}"
                );
            }
        }
    }

    #[test]
    fn no_patterns_match_nothing() {
        let globs = Globs::new([""; 0]).unwrap();
        assert!(!globs.matches(&path("a")));
        assert!(!globs.may_contain(&path("")));
    }

    #[test]
    fn one_path_is_taken_literally() {
        let odd = path("a/[b]/*.yaml");
        let globs = Globs::exactly(&odd);
        assert!(globs.matches(&odd) && globs.may_contain(&path("a/[b]")));
        assert!(!globs.matches(&path("a/b/c.yaml")) && !globs.may_contain(&path("a/b")));
    }

    #[test]
    fn names_the_bad_pattern() {
        for (pattern, reason) in [
            ("a/[", "unclosed character class"),
            ("a/{b", "unclosed alternate group"),
            ("", "empty"),
            ("/a", "root"),
            ("a/", "`**`"),
            ("a/../b", "`..`"),
        ] {
            let error = Globs::new(["fine/*", pattern]).unwrap_err();
            let message = error.to_string();
            assert!(
                message.contains(&format!("bad glob `{pattern}`")),
                "{message}"
            );
            assert!(message.contains(reason), "{message}");
            assert!(error.help().is_some());
        }
    }

    #[test]
    fn shares_literal_prefixes() {
        for (patterns, prefixes) in [
            (
                vec!["domains/**/*.a", "domains/**/*.b", "x/y/*"],
                vec!["domains", "x/y"],
            ),
            (vec!["domains/**/*.a", "top.yaml"], vec![]),
            (vec!["a/*/b/c"], vec!["a"]),
        ] {
            let found = Globs::new(patterns).unwrap().literal_prefixes();
            let expected: Vec<_> = prefixes
                .iter()
                .map(|text| text.as_bytes().to_vec())
                .collect();
            assert_eq!(found, expected);
        }
    }

    proptest! {
        #[test]
        fn never_skips_a_folder_that_holds_a_match(
            pattern in "([ab*?/]|\\*\\*/|\\{a,b/a\\}|\\[ab\\]|\\[\\}\\]|/\\*\\*|\\\\a){1,6}",
            file in "[ab]{1,2}(/[ab]{1,2}){0,4}",
        ) {
            if let Ok(globs) = Globs::new([&pattern]) && globs.matches(&path(&file)) {
                for (slash, _) in file.match_indices('/') {
                    prop_assert!(globs.may_contain(&path(&file[..slash])), "{} {}", pattern, file);
                }
                let prefixes = globs.literal_prefixes();
                let below = |prefix: &Vec<u8>| file.as_bytes().starts_with(prefix);
                prop_assert!(prefixes.is_empty() || prefixes.iter().any(below));
            }
        }
    }
}
