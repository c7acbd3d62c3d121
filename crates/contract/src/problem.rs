//! What can be wrong with a text; knows no severity settings and no output.

use crate::{Pointer, Span};

macro_rules! problem_ids {
    ($($variant:ident $id:literal $doc:literal,)*) => {
        /// The kinds of problem, each with a stable id.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ProblemId { $(#[doc = $doc] $variant,)* }

        impl ProblemId {
            /// Every kind, sorted by id.
            pub const ALL: &'static [ProblemId] = &[$(ProblemId::$variant,)*];

            /// Returns the id, such as `unknown-key`.
            pub fn as_str(self) -> &'static str {
                match self { $(ProblemId::$variant => $id,)* }
            }

            /// Returns one sentence on what the problem means.
            pub fn describe(self) -> &'static str {
                match self { $(ProblemId::$variant => $doc,)* }
            }
        }
    };
}

problem_ids! {
    BadValue "bad-value" "A value has the right type but says nothing that can be meant.",
    BudgetExceeded "budget-exceeded" "A text is deeper or larger than contracts ever are.",
    Contradiction "contradiction" "Two statements of one contract cannot both hold.",
    DanglingName "dangling-name" "A part of the contract names something that is not there.",
    DuplicateKey "duplicate-key" "A mapping holds one key twice.",
    DuplicateName "duplicate-name" "Two things of one kind carry the same name.",
    IncompleteDeprecation "incomplete-deprecation" "A deprecation lacks its sunset or replacement.",
    MissingKey "missing-key" "A key that must be there is not.",
    NoDocument "no-document" "The file holds no document at all.",
    Syntax "syntax" "The text is not YAML or JSON.",
    UnknownKey "unknown-key" "A key is not part of the format.",
    UnknownWord "unknown-word" "A value is not one of the words that the format knows.",
    UnsupportedYaml "unsupported-yaml" "The text uses a part of YAML that contracts do without.",
    WrongType "wrong-type" "A value is of another type than the format expects.",
}

/// How bad a problem is before settings speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gravity {
    /// The contract is understood, but something is likely meant otherwise.
    Doubt,
    /// The part is not understood, or cannot hold.
    Fault,
}

/// What is wrong with a text, where, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The kind.
    pub id: ProblemId,
    /// How bad it is before settings speak.
    pub gravity: Gravity,
    /// The part of the contract that it is about.
    pub pointer: Pointer,
    /// The text that it is about.
    pub span: Span,
    /// What is wrong, for people.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// What would stand in the place of the text, where that is known.
    pub replacement: Option<String>,
    /// Other places that matter, each with what stands there.
    pub related: Vec<(Span, String)>,
}

impl Problem {
    /// Keeps the place to one line, which is what an excerpt can show.
    pub(crate) fn cut_to_line(&mut self, text: &str) {
        let related = self.related.iter_mut().map(|(span, _)| span);
        for span in related.chain([&mut self.span]) {
            let rest = text
                .get(span.start as usize..span.end as usize)
                .unwrap_or_default();
            let line = rest
                .split(['\n', '\r'])
                .next()
                .unwrap_or_default()
                .trim_end();
            span.end = span.start + u32::try_from(line.len()).unwrap_or(0);
        }
    }
}

/// The problems of one document, up to a number that people could still read.
///
/// A megabyte of nonsense would otherwise cost hundreds of megabytes to complain about.
#[derive(Debug, Clone, Default)]
pub(crate) struct Problems {
    said: Vec<Problem>,
    /// How bad the worst is that was left out.
    left_out: Option<Gravity>,
}

const MOST_PROBLEMS: usize = 100;

impl Problems {
    pub(crate) fn push(&mut self, problem: Problem) {
        if self.is_full() {
            self.leave_out(problem.gravity);
        } else {
            self.said.push(problem);
        }
    }

    /// Leaves out a problem that nobody would read any more.
    pub(crate) fn leave_out(&mut self, gravity: Gravity) {
        self.left_out = self.left_out.max(Some(gravity));
    }

    /// Says what would stand in the place of what the last problem is about.
    pub(crate) fn offer(&mut self, replacement: &str) {
        if let (None, Some(last)) = (self.left_out, self.said.last_mut()) {
            last.replacement = Some(replacement.to_owned());
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.said.len()
    }

    /// Returns the problems that were said since there were so many.
    pub(crate) fn since(&mut self, earlier: usize) -> impl Iterator<Item = &mut Problem> {
        self.said.iter_mut().skip(earlier)
    }

    /// Tells whether further problems are left out, so that their words are not worth finding.
    pub(crate) fn is_full(&self) -> bool {
        self.said.len() >= MOST_PROBLEMS
    }

    /// Returns the problems; that some were left out is said at the place of the last one.
    pub(crate) fn into_vec(mut self) -> Vec<Problem> {
        if let Some((gravity, last)) = self.left_out.zip(self.said.last()) {
            let more = Problem {
                id: ProblemId::BudgetExceeded,
                gravity,
                message: "this document has more problems than are listed".to_owned(),
                help: Some("mend those above, and the rest will be listed".to_owned()),
                replacement: None,
                related: Vec::new(),
                ..last.clone()
            };
            self.said.push(more);
        }
        self.said
    }
}

/// Quotes a text of the document for a message: one line, and not longer than people read.
pub(crate) fn quoted(text: &str) -> String {
    const MOST_LETTERS: usize = 80;
    let mut shown = String::with_capacity(text.len().min(MOST_LETTERS) + 2);
    shown.push('`');
    for (index, letter) in text.chars().enumerate() {
        if index == MOST_LETTERS {
            shown.push('…');
            break;
        }
        if letter.is_control() {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    shown.push('`');
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_sorted_and_unique() {
        let ids: Vec<_> = ProblemId::ALL.iter().map(|id| id.as_str()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
    }
}
