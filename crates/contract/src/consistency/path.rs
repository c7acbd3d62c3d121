//! Where the checks are, as borrowed steps; becomes a pointer only when something is wrong.

use crate::{Key, Pointer};

/// A path that lies on the stack, since most parts of most contracts have no problem.
#[derive(Clone, Copy)]
pub(super) struct Path<'a> {
    above: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Top,
    Word(&'static str),
    Name(&'a str),
}

impl Path<'_> {
    pub(super) const TOP: Path<'static> = Path {
        above: None,
        step: Step::Top,
    };

    pub(super) fn word(&self, word: &'static str) -> Path<'_> {
        Path {
            above: Some(self),
            step: Step::Word(word),
        }
    }

    pub(super) fn name<'a>(&'a self, name: &'a str) -> Path<'a> {
        Path {
            above: Some(self),
            step: Step::Name(name),
        }
    }

    pub(super) fn to_pointer(self) -> Pointer {
        let mut keys = Vec::new();
        let mut path = Some(&self);
        while let Some(Path { above, step }) = path {
            match step {
                Step::Top => {}
                Step::Word(word) => keys.push(Key::Word(word)),
                Step::Name(name) => keys.push(Key::Name((*name).to_owned())),
            }
            path = *above;
        }
        keys.into_iter().rev().collect()
    }
}
