//! A `CODEOWNERS` file in, who reviews which path out.
//!
//! Read as GitHub reads it: the last pattern that matches a path decides, and one without owners
//! takes them away; a line that GitHub passes over is passed over. Elsewhere than in `.github/`,
//! GitLab's sections each have a say of their own.

mod agreement;
mod pattern;

use std::collections::BTreeSet;

use meshlaw_changeset::{Content, Globs, Reader};
use meshlaw_contract::Span;
use meshlaw_report::{Location, Side};

pub use agreement::disagreement;

use crate::failure::Failure;
use crate::place::Source;
use crate::settings::{ReviewFile, Settings};
use pattern::Pattern;

/// Where the file may lie; the first that is there counts.
pub const PLACES: [&str; 4] = [
    ".github/CODEOWNERS",
    "CODEOWNERS",
    "docs/CODEOWNERS",
    ".gitlab/CODEOWNERS",
];

/// Largest file that GitHub reads.
const LARGEST: u64 = 3 << 20;

/// Who reviews which paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeOwners {
    /// Path of the file.
    pub path: String,
    /// The text, by which verdicts are told apart.
    pub text: String,
    sections: Vec<Section>,
}

/// Rules of which the last that matches decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Section {
    /// What it is called, in lower case; the first of a file has no name.
    name: String,
    rules: Vec<Rule>,
}

/// A line that gives paths to people, or to nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pattern: Pattern,
    /// Who owns what it matches, as the file writes it.
    pub owners: Vec<String>,
    span: Span,
}

impl Rule {
    /// Returns the teams among the owners.
    pub fn teams(&self) -> impl Iterator<Item = &str> {
        self.owners.iter().map(String::as_str).filter(is_team)
    }
}

fn is_team(owner: &&str) -> bool {
    owner.starts_with('@') && owner.contains('/')
}

impl CodeOwners {
    /// Finds the file of a snapshot; one that cannot be read is as if it were not there, as it is
    /// for those who go by it.
    pub fn find(reader: &Reader, settings: &Settings) -> Result<Option<Self>, Failure> {
        let places: Vec<&str> = match &settings.codeowners {
            ReviewFile::Off => return Ok(None),
            ReviewFile::Usual => PLACES.to_vec(),
            ReviewFile::At(path) => vec![path.as_str()],
        };
        let entries = reader.list(&Globs::new(&places)?)?;
        for place in places {
            let at = |path: &meshlaw_changeset::RepoPath| path.as_bytes() == place.as_bytes();
            let Some(entry) = entries.iter().find(|entry| at(&entry.path)) else {
                continue;
            };
            return Ok(match reader.read(entry, LARGEST) {
                Content::Text(text) => Some(Self::parse(place, text)),
                Content::Unreadable(_) => None,
            });
        }
        Ok(None)
    }

    /// Reads the text of a file.
    pub fn parse(path: &str, text: String) -> Self {
        let has_sections = !path.starts_with(".github/");
        let mut sections = vec![Section::default()];
        let (mut current, mut default) = (0, Vec::new());
        let mut start = 0;
        for (number, line) in (1..).zip(text.split_inclusive('\n')) {
            let (begin, content) = (start, line.trim_end());
            start += line.len();
            if has_sections && let Some((name, owners)) = heading(content) {
                let known = sections.iter().position(|section| section.name == name);
                current = known.unwrap_or(sections.len());
                if known.is_none() {
                    let rules = Vec::new();
                    sections.push(Section { name, rules });
                }
                default = owners;
                continue;
            }
            let indent = content.len() - content.trim_start().len();
            let Some((pattern, mut owners)) = rule(content.trim_start(), has_sections) else {
                continue;
            };
            if owners.is_empty() && !content.trim_start().starts_with('!') {
                owners.clone_from(&default);
            }
            let rule = Rule {
                pattern,
                owners,
                span: span(begin + indent, content.trim_start(), number, indent),
            };
            if let Some(section) = sections.get_mut(current) {
                section.rules.push(rule);
            }
        }
        Self {
            path: path.to_owned(),
            text,
            sections,
        }
    }

    /// Returns the rules that decide on a path: the last of each section that matches it.
    pub fn of(&self, path: &str) -> impl Iterator<Item = &Rule> {
        let parts: Vec<&str> = path.split('/').collect();
        self.sections.iter().filter_map(move |section| {
            let mut rules = section.rules.iter().rev();
            rules.find(|rule| rule.pattern.matches(path, &parts))
        })
    }

    /// Returns the first team of a path.
    pub fn team(&self, path: &str) -> Option<&str> {
        self.of(path).find_map(|rule| rule.teams().next())
    }

    /// Returns every team that the file names.
    pub fn teams(&self) -> BTreeSet<&str> {
        let rules = self.sections.iter().flat_map(|section| &section.rules);
        rules.flat_map(Rule::teams).collect()
    }

    /// Returns where a rule stands.
    pub fn location(&self, rule: &Rule, side: Side) -> Location {
        let source = Source {
            path: &self.path,
            text: &self.text,
            side,
        };
        source.at(rule.span)
    }
}

fn span(start: usize, text: &str, line: u32, indent: usize) -> Span {
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Span {
        start: small(start),
        end: small(start + text.len()),
        line,
        column: small(indent + 1),
    }
}

/// Reads the heading of one of GitLab's sections: `[name]`, `^[name]`, `[name][2] @owner`.
fn heading(line: &str) -> Option<(String, Vec<String>)> {
    let inner = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?;
    let (name, rest) = inner.split_once(']')?;
    let rest = match rest.strip_prefix('[') {
        Some(count) => count.split_once(']')?.1,
        None => rest,
    };
    if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
        return None;
    }
    Some((name.trim().to_lowercase(), owners(rest.split_whitespace())?))
}

/// Reads a line; nothing where it says nothing, or is not understood.
fn rule(line: &str, has_sections: bool) -> Option<(Pattern, Vec<String>)> {
    if line.is_empty() || line.starts_with(['#', '\\']) && !line.starts_with("\\ ") {
        return None;
    }
    let (pattern, rest) = first_word(line);
    let pattern = match pattern.strip_prefix('!') {
        // GitLab takes such paths out of the section; GitHub does not know it.
        Some(pattern) if has_sections => return Some((Pattern::parse(pattern)?, Vec::new())),
        Some(_) => return None,
        None => pattern,
    };
    Some((Pattern::parse(pattern)?, owners(rest.split_whitespace())?))
}

/// Splits a line after its first word, in which a backslash keeps a space.
fn first_word(line: &str) -> (&str, &str) {
    let mut is_kept = false;
    for (at, character) in line.char_indices() {
        if character.is_whitespace() && !is_kept {
            return line.split_at(at);
        }
        is_kept = character == '\\' && !is_kept;
    }
    (line, "")
}

/// Reads owners up to a comment; nothing where one of them is neither a person, a team, a role nor
/// an address.
fn owners<'w>(words: impl Iterator<Item = &'w str>) -> Option<Vec<String>> {
    let mut owners = Vec::new();
    for word in words.take_while(|word| !word.starts_with('#')) {
        let is_address = word
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
        let is_handle = word.strip_prefix('@').is_some_and(|name| !name.is_empty());
        if !is_address && !is_handle {
            return None;
        }
        owners.push(word.to_owned());
    }
    Some(owners)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(path: &str, text: &str) -> CodeOwners {
        CodeOwners::parse(path, text.to_owned())
    }

    fn owners(codeowners: &CodeOwners, path: &str) -> Vec<String> {
        let rules = codeowners.of(path);
        rules.flat_map(|rule| rule.owners.clone()).collect()
    }

    /// A file, and who owns which of its paths.
    #[test]
    fn the_last_line_that_matches_decides() {
        let github = parsed(
            ".github/CODEOWNERS",
            "# All of it.\n\
             *       @org/all owner@example.org\n\
             \n\
             /apps/ @org/apps @someone # and who not\n\
             /apps/github\n\
             docs/*  docs@example.org\r\n\
             \tindented.md @org/tab\n\
             path\\ with\\ spaces/ @org/spaces\n\
             !/apps/kept.md @org/negated\n\
             [a-z].md @org/range\n\
             \\#hash.md @org/hash\n\
             /apps/broken nobody\n\
             /apps/also-broken @org/x nobody\n",
        );
        for (path, expected) in [
            ("README.md", "@org/all owner@example.org"),
            ("apps/a.md", "@org/apps @someone"),
            ("apps/kept.md", "@org/apps @someone"),
            ("apps/github", ""),
            ("apps/github/a.md", ""),
            ("apps/broken", "@org/apps @someone"),
            ("apps/also-broken", "@org/apps @someone"),
            ("docs/a.md", "docs@example.org"),
            ("docs/deep/a.md", "@org/all owner@example.org"),
            ("x/indented.md", "@org/tab"),
            ("path with spaces/a", "@org/spaces"),
            ("a.md", "@org/all owner@example.org"),
            ("#hash.md", "@org/all owner@example.org"),
        ] {
            assert_eq!(owners(&github, path).join(" "), expected, "{path}");
        }
        assert_eq!(
            github.teams().into_iter().collect::<Vec<_>>(),
            ["@org/all", "@org/apps", "@org/spaces", "@org/tab"]
        );
        let rule = github.of("x/indented.md").next().unwrap();
        let at = github.location(rule, Side::Base);
        assert_eq!((at.line, at.column), (7, 2));
        assert_eq!(at.excerpt.unwrap().length, 20);
    }

    #[test]
    fn sections_each_have_a_say() {
        let text = "* @org/all\n\
                    [Data] @org/data\n\
                    /domains/\n\
                    /domains/sales/ @org/sales\n\
                    !/domains/sales/free/\n\
                    ^[Docs][2]\n\
                    *.md @org/docs\n\
                    [data]\n\
                    /domains/late/ @org/late\n";
        let gitlab = parsed("CODEOWNERS", text);
        for (path, expected) in [
            ("a", "@org/all"),
            ("domains/a", "@org/all @org/data"),
            ("domains/sales/a", "@org/all @org/sales"),
            ("domains/sales/free/a", "@org/all"),
            ("domains/sales/a.md", "@org/all @org/sales @org/docs"),
            ("domains/late/a", "@org/all @org/late"),
        ] {
            assert_eq!(owners(&gitlab, path).join(" "), expected, "{path}");
        }
        // GitHub knows no sections: their headings say nothing, and the last line decides.
        let github = parsed(".github/CODEOWNERS", text);
        assert_eq!(owners(&github, "domains/sales/a.md"), ["@org/docs"]);
        assert_eq!(owners(&github, "domains/b"), [""; 0]);
    }

    #[test]
    fn odd_texts_are_passed_over() {
        for text in [
            "", "\n\n", "#", "*", "[", "[]", "^", "[x", "[x]y", "!", "\\", "@a @b", "/ @o/t",
            "*** @o/t",
        ] {
            for path in ["CODEOWNERS", ".github/CODEOWNERS"] {
                let found = parsed(path, text);
                assert_eq!(owners(&found, "a/b"), [""; 0], "{text}");
            }
        }
    }
}
