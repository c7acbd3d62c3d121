//! A pattern of a `CODEOWNERS` file in, whether a path matches out.
//!
//! Patterns are those of `.gitignore` without negation and ranges, and with one difference: a last
//! part that is `*` alone does not reach into folders.

/// What paths a line speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
    /// What lies below a match matches, too.
    reaches_below: bool,
    /// What every match begins with: most lines are told to be of no interest by it.
    prefix: String,
}

/// One part between slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// `**`: any number of folders.
    Folders,
    /// A name without wildcards.
    Name(String),
    /// A name with wildcards.
    Wild(Vec<Piece>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// This character.
    Is(char),
    /// `?`: any character.
    One,
    /// `*`: any number of them.
    Any,
}

impl Pattern {
    /// Reads a pattern; nothing where it is none that is understood.
    pub fn parse(text: &str) -> Option<Self> {
        if text.contains("***") || text.contains(['[', ']']) || text.trim_matches('/').is_empty() {
            return None;
        }
        let (body, is_folder) = match text.strip_suffix('/') {
            Some(body) => (body, true),
            None => (text, false),
        };
        let (body, is_rooted) = match body.strip_prefix('/') {
            Some(body) => (body, true),
            None => (body, body.contains('/')),
        };
        let mut parts: Vec<Part> = Vec::new();
        if !is_rooted {
            parts.push(Part::Folders);
        }
        for word in body.split('/') {
            let part = Part::parse(word);
            if part != Part::Folders || parts.last() != Some(&Part::Folders) {
                parts.push(part);
            }
        }
        let ends_open = parts.last() == Some(&Part::Folders);
        let is_star = is_rooted && parts.last() == Some(&Part::Wild(vec![Piece::Any]));
        if is_folder || ends_open {
            if ends_open {
                parts.pop();
            }
            // Something has to lie in the folder.
            parts.push(Part::Wild(vec![Piece::Any]));
        }
        Some(Self {
            prefix: prefix(&parts),
            reaches_below: is_folder || ends_open || !is_star,
            parts,
        })
    }

    /// Tells whether a path matches; `parts` are what stands between its slashes.
    pub fn matches(&self, path: &str, parts: &[&str]) -> bool {
        if !path.starts_with(&self.prefix) {
            return false;
        }
        // All places in the pattern that some reading of the path has come to.
        let mut at = vec![false; self.parts.len() + 1];
        reach(&mut at, &self.parts, 0);
        for part in parts {
            if self.reaches_below && at.last() == Some(&true) {
                return true;
            }
            let mut next = vec![false; at.len()];
            for (index, own) in self.parts.iter().enumerate() {
                if at.get(index) != Some(&true) {
                    continue;
                }
                if *own == Part::Folders {
                    reach(&mut next, &self.parts, index);
                } else if own.matches(part) {
                    reach(&mut next, &self.parts, index + 1);
                }
            }
            at = next;
        }
        at.last() == Some(&true)
    }
}

/// Comes to a place, and past folders of which there are none.
fn reach(at: &mut [bool], parts: &[Part], index: usize) {
    if let Some(place) = at.get_mut(index) {
        *place = true;
    }
    if parts.get(index) == Some(&Part::Folders) {
        reach(at, parts, index + 1);
    }
}

fn prefix(parts: &[Part]) -> String {
    let names = parts.iter().map_while(|part| match part {
        Part::Name(name) => Some(name.as_str()),
        Part::Folders | Part::Wild(_) => None,
    });
    names.collect::<Vec<_>>().join("/")
}

impl Part {
    fn parse(word: &str) -> Self {
        if word == "**" {
            return Part::Folders;
        }
        let mut pieces = Vec::new();
        let mut characters = word.chars();
        while let Some(character) = characters.next() {
            let piece = match character {
                '\\' => Piece::Is(characters.next().unwrap_or('\\')),
                '*' if pieces.last() == Some(&Piece::Any) => continue,
                '*' => Piece::Any,
                '?' => Piece::One,
                other => Piece::Is(other),
            };
            pieces.push(piece);
        }
        let plain = pieces.iter().map(|piece| match piece {
            Piece::Is(character) => Some(*character),
            Piece::One | Piece::Any => None,
        });
        match plain.collect::<Option<String>>() {
            Some(name) => Part::Name(name),
            None => Part::Wild(pieces),
        }
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            Part::Folders => true,
            Part::Name(own) => own == name,
            Part::Wild(pieces) => is_match(pieces, name),
        }
    }
}

/// Goes through the name once, back to the last star where a piece does not fit.
fn is_match(pieces: &[Piece], name: &str) -> bool {
    let (mut rest, mut at) = (name.chars(), 0);
    let mut star: Option<(std::str::Chars<'_>, usize)> = None;
    loop {
        if pieces.get(at) == Some(&Piece::Any) {
            star = Some((rest.clone(), at));
            at += 1;
            continue;
        }
        let fits = match (rest.next(), pieces.get(at)) {
            (None, None) => return true,
            (None, Some(_)) => return false,
            (Some(_), Some(Piece::One)) => true,
            (Some(one), Some(Piece::Is(own))) => one == *own,
            (Some(_), Some(Piece::Any) | None) => false,
        };
        if fits {
            at += 1;
            continue;
        }
        let Some((mut from, index)) = star.take() else {
            return false;
        };
        if from.next().is_none() {
            return false;
        }
        rest.clone_from(&from);
        star = Some((from, index));
        at = index + 1;
    }
}

#[cfg(test)]
mod tests {
    use meshlaw_changeset::{Globs, RepoPath};

    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        let parts: Vec<&str> = path.split('/').collect();
        Pattern::parse(pattern).is_some_and(|pattern| pattern.matches(path, &parts))
    }

    /// What GitHub's documentation says, and what follows from it.
    #[test]
    fn patterns_match_as_documented() {
        for (pattern, yes, no) in [
            ("*", vec!["a", ".a", "a/b/c.x"], vec![]),
            (
                "*.js",
                vec!["a.js", "x/y/a.js", "a.js/b"],
                vec!["a.jsx", "js"],
            ),
            (
                "/build/logs/",
                vec!["build/logs/a", "build/logs/x/a"],
                vec!["build/logs", "x/build/logs/a"],
            ),
            (
                "docs/*",
                vec!["docs/a.md", "docs/.a"],
                vec!["docs/x/a.md", "x/docs/a.md", "docs"],
            ),
            (
                "docs/*.md",
                vec!["docs/a.md"],
                vec!["docs/x/a.md", "docs/a.mdx"],
            ),
            (
                "apps/",
                vec!["apps/a", "x/apps/a", "x/apps/y/a"],
                vec!["apps", "myapps/a"],
            ),
            ("/docs/", vec!["docs/a", "docs/x/a"], vec!["x/docs/a"]),
            (
                "**/logs",
                vec!["logs", "logs/a", "x/logs/a", "deeply/nested/logs/a"],
                vec!["x/logsa"],
            ),
            (
                "/apps/github",
                vec!["apps/github", "apps/github/a"],
                vec!["apps/githubs", "x/apps/github"],
            ),
            (
                "name",
                vec!["name", "x/name", "name/a", "x/name/a"],
                vec!["names", "x/aname"],
            ),
            ("/*", vec!["a"], vec!["x/a"]),
            ("/**", vec!["a", "x/a"], vec![]),
            ("**", vec!["a", "x/a"], vec![]),
            ("a/**", vec!["a/b", "a/b/c"], vec!["a", "x/a/b"]),
            (
                "a/**/b",
                vec!["a/b", "a/x/b", "a/x/y/b", "a/x/b/c"],
                vec!["ab", "a/xb"],
            ),
            (
                "**/a/**/b/",
                vec!["a/b/c", "x/a/y/b/c"],
                vec!["a/b", "b/a/c"],
            ),
            ("a?c", vec!["abc", "x/a-c"], vec!["ac", "a/c", "abbc"]),
            ("a*c*e", vec!["ace", "abcde", "aXcXcXe"], vec!["aec", "acd"]),
            ("a**e", vec!["ae", "abe"], vec!["a/e"]),
            ("a\\*c", vec!["a*c"], vec!["abc"]),
            ("a\\ b", vec!["a b", "a b/c"], vec!["a\\ b", "ab"]),
            ("Name", vec!["Name"], vec!["name"]),
            (
                "domains/*/x.yaml",
                vec!["domains/a/x.yaml"],
                vec!["domains/a/b/x.yaml"],
            ),
            ("a/{b,c}", vec!["a/{b,c}"], vec!["a/b"]),
            ("ü*", vec!["üb", "ü"], vec!["u"]),
        ] {
            for path in yes {
                assert!(matches(pattern, path), "{pattern} should match {path}");
            }
            for path in no {
                assert!(!matches(pattern, path), "{pattern} should not match {path}");
            }
        }
    }

    #[test]
    fn what_is_no_pattern_matches_nothing() {
        for pattern in ["", "/", "//", "a***", "[ab]", "a]"] {
            assert_eq!(Pattern::parse(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn hostile_patterns_cost_little() {
        let path = "a/".repeat(200) + "b";
        assert!(!matches(&("**/a/".repeat(200) + "c"), &path));
        assert!(!matches(&("*a".repeat(200) + "c"), &"a".repeat(400)));
    }

    /// The same as globs, which are compiled: slower to make, and for other patterns.
    fn globs(pattern: &str) -> Vec<String> {
        let bare = pattern.trim_matches('/');
        let is_rooted = pattern.starts_with('/') || bare.contains('/');
        let glob = match is_rooted {
            true => bare.to_owned(),
            false => format!("**/{bare}"),
        };
        if bare == "**" {
            return vec!["**".to_owned()];
        }
        if pattern.ends_with('/') || glob.ends_with("/**") {
            let folder = glob.trim_end_matches("/**");
            return vec![format!("{folder}/**")];
        }
        if is_rooted && (glob == "*" || glob.ends_with("/*")) {
            return vec![glob];
        }
        vec![format!("{glob}/**"), glob]
    }

    /// Every text of so many parts of some, joined by slashes.
    fn joined(words: &[&str], most: usize) -> Vec<String> {
        let mut all: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let mut last = all.clone();
        for _ in 1..most {
            let longer = last
                .iter()
                .flat_map(|start| words.iter().map(move |word| format!("{start}/{word}")));
            last = longer.collect();
            all.extend(last.iter().cloned());
        }
        all
    }

    #[test]
    fn patterns_match_as_globs_do() {
        let paths = joined(&["a", "b", "ab", "a*b", ".a"], 3);
        let mut compared = 0;
        for body in joined(&["a", "b", "*", "a*", "*b", "?", "**"], 3) {
            // Two in a row are one; as globs they ask for a folder.
            if body.contains("**/**") {
                continue;
            }
            for pattern in [
                &body,
                &format!("/{body}"),
                &format!("{body}/"),
                &format!("/{body}/"),
            ] {
                let globs = Globs::new(globs(pattern)).unwrap();
                for path in &paths {
                    let expected = globs.matches(&RepoPath::parse(path).unwrap());
                    assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
                    compared += 1;
                }
            }
        }
        assert!(compared > 100_000, "{compared}");
    }
}
