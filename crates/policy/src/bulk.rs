//! A policy's text in, where it is longer or deeper than policies are out.
//!
//! Whatever reads a policy goes down its expressions one within the other, and would run out of
//! room where they have no end. A text that people can read is far from that.

use crate::annotations::Trouble;

/// Bytes of a policy.
const MOST_BYTES: usize = 64 << 10;

/// Steps from a condition down to its innermost part.
const DEEPEST: usize = 256;

/// Steps that a bracket counts for: between two brackets lie all the ranks of operators.
const BRACKET: usize = 8;

/// Says where a text is too large to be read.
pub(crate) fn too_large(text: &str) -> Option<Trouble> {
    if text.len() > MOST_BYTES {
        let message = format!(
            "this policy has {} bytes, more than the {MOST_BYTES} that a policy may have",
            text.len()
        );
        let help = "write several policies, or move lists of names into the contracts' own tags";
        return Some((0, message, help.to_owned()));
    }
    let at = too_deep(text)?;
    let message = "the conditions lie deeper within each other than a policy's may".to_owned();
    let help = "write several `when`, a set in place of many `||`, or several policies";
    Some((at, message, help.to_owned()))
}

/// Finds the first place that lies too deep.
///
/// Counts what stands between brackets and commas as if every sign were nested in the one before,
/// which is never less than what a reader sees.
fn too_deep(text: &str) -> Option<usize> {
    let mut levels = vec![Level::default()];
    let mut rest = text.char_indices().peekable();
    while let Some((at, sign)) = rest.next() {
        let Some(level) = levels.last_mut() else {
            return Some(at);
        };
        match sign {
            '"' => pass_text(&mut rest),
            '/' if rest.peek().is_some_and(|(_, next)| *next == '/') => {
                rest.by_ref().find(|(_, sign)| *sign == '\n');
            }
            '(' | '[' | '{' => levels.push(Level::default()),
            ')' | ']' | '}' => {
                levels.pop();
                // One bracket too many is the parser's to tell.
                if levels.is_empty() {
                    levels.push(Level::default());
                }
            }
            ',' | ';' => *level = Level::default(),
            '.' => level.steps += 1,
            '&' | '|' | '!' | '-' | '+' | '*' | '<' | '>' | '=' => level.sign(),
            'a'..='z' | 'A'..='Z' | '_' => {
                let mut length = 1;
                while rest
                    .next_if(|(_, next)| next.is_ascii_alphanumeric() || *next == '_')
                    .is_some()
                {
                    length += 1;
                }
                let word = text.get(at..at + length).unwrap_or_default();
                if matches!(word, "if" | "then" | "else" | "has" | "in" | "is" | "like") {
                    level.sign();
                }
            }
            _ => {}
        }
        let deep: usize = levels.iter().map(Level::depth).sum();
        if deep > DEEPEST {
            return Some(at);
        }
    }
    None
}

/// What stands at one depth of brackets, since the last comma.
#[derive(Default)]
struct Level {
    /// Signs between operands.
    signs: usize,
    /// Steps from one value to the next, since the last sign.
    steps: usize,
}

impl Level {
    fn sign(&mut self) {
        self.signs += 1;
        self.steps = 0;
    }

    fn depth(&self) -> usize {
        BRACKET + self.signs + self.steps
    }
}

/// Passes over a text in quotes.
fn pass_text(rest: &mut std::iter::Peekable<std::str::CharIndices<'_>>) {
    while let Some((_, sign)) = rest.next() {
        match sign {
            '\\' => {
                rest.next();
            }
            '"' => return,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin_files;

    #[test]
    fn policies_that_people_write_are_far_from_it() {
        for file in builtin_files()
            .iter()
            .filter(|file| file.path.ends_with(".cedar"))
        {
            assert_eq!(too_large(&file.text), None, "{}", file.path);
        }
        let set: Vec<String> = (0..3_000).map(|at| format!("\"name{at}\"")).collect();
        let long = format!(
            "forbid (principal, action, resource) when {{ [{}].contains(resource.name) }};",
            set.join(", ")
        );
        assert_eq!(too_large(&long), None);
        let alternatives = vec!["resource.contract.name == \"a\""; 60].join(" || ");
        assert_eq!(too_large(&alternatives), None);
        assert_eq!(too_large("// ((((( (((((( \n\"[[[[\\\"[[[[[\""), None);
    }

    #[test]
    fn what_has_no_end_is_found_where_it_begins_to_have_none() {
        let deep = [
            "(".repeat(10_000),
            "!".repeat(10_000),
            "a && ".repeat(10_000),
            "if a then b else ".repeat(3_000),
            ".a".repeat(10_000),
            "{a: ".repeat(10_000),
            "-".repeat(10_000),
            "a in ".repeat(10_000),
            ")(".repeat(10) + &"(".repeat(1_000),
        ];
        for text in deep {
            let text = format!("forbid (principal, action, resource) when {{ {text}");
            let (at, _, _) = too_large(&text).unwrap();
            assert!(at > 40 && at < 3_000, "{at}");
        }
        assert_eq!(too_large(&" ".repeat(70_000)).unwrap().0, 0);
    }
}
