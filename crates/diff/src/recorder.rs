//! Attribute pairs in, edits out; keeps parts that were not understood from being compared.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use jiff::civil::Date;
use meshlaw_contract::{Pointer, model::Contract};

use crate::Alignment;
use crate::edit::{Aspect, Edit, Motion, Place};
use crate::moves::Adrift;
use crate::physical::Dialect;

/// Collects edits while two contracts are compared.
#[derive(Debug)]
pub(crate) struct Recorder<'c> {
    pub(crate) base: &'c Contract,
    pub(crate) head: &'c Contract,
    pub(crate) as_of: Date,
    /// How each revision's systems read the words for types.
    pub(crate) dialects: [Dialect; 2],
    pub(crate) alignment: Alignment,
    pub(crate) edits: Vec<Edit>,
    /// How patterns moved that were compared before, by old and new.
    pub(crate) patterns: BTreeMap<(String, String), Motion>,
    /// Fields that are not where they were, until it is known whether they are elsewhere.
    pub(crate) adrift: Adrift<'c>,
    /// Compare what is alike, too.
    pub(crate) is_plain: bool,
}

/// The same part in both revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) base: Pointer,
    pub(crate) head: Pointer,
}

/// The key of a part that is compared: most are alike, and then nobody asks where they stand.
#[derive(Debug)]
pub(crate) struct Step<'a> {
    part: Cow<'a, At>,
    word: &'static str,
}

/// A place in both revisions.
pub(crate) trait Spot {
    /// Returns the place, spelled out.
    fn at(&self) -> At;

    /// One word deeper.
    fn word(&self, word: &'static str) -> Step<'_>;

    /// One name deeper.
    fn name(&self, name: &str) -> At {
        self.names(name, name)
    }

    /// One step deeper, where the two revisions use different names.
    fn names(&self, base: &str, head: &str) -> At {
        let at = self.at();
        At {
            base: at.base.name(base),
            head: at.head.name(head),
        }
    }
}

impl Spot for At {
    fn at(&self) -> At {
        self.clone()
    }

    fn word(&self, word: &'static str) -> Step<'_> {
        Step {
            part: Cow::Borrowed(self),
            word,
        }
    }

    fn names(&self, base: &str, head: &str) -> At {
        if base == head && self.base == self.head {
            // Most parts stand in the same place, which is spelled out once.
            let both = self.base.name(base);
            return At {
                base: both.clone(),
                head: both,
            };
        }
        At {
            base: self.base.name(base),
            head: self.head.name(head),
        }
    }
}

impl Spot for Step<'_> {
    fn at(&self) -> At {
        At {
            base: self.part.base.word(self.word),
            head: self.part.head.word(self.word),
        }
    }

    fn word(&self, word: &'static str) -> Step<'_> {
        Step {
            part: Cow::Owned(self.at()),
            word,
        }
    }
}

impl At {
    pub(crate) fn root() -> Self {
        Self {
            base: Pointer::root(),
            head: Pointer::root(),
        }
    }
}

/// A value, as people read it.
pub(crate) type Text = Option<String>;

impl<'c> Recorder<'c> {
    /// Notes an edit, unless either revision was not understood there.
    pub(crate) fn edit(
        &mut self,
        aspect: Aspect,
        motion: Motion,
        at: &impl Spot,
        before: Text,
        after: Text,
    ) {
        let at = &at.at();
        // A value that was understood in part only may differ in what was not.
        let comes_or_goes = matches!(motion, Motion::Added | Motion::Removed | Motion::Retired);
        if self.is_opaque(at) || (is_composite(aspect) && !comes_or_goes && self.hides(at)) {
            return;
        }
        let place = match motion {
            Motion::Added | Motion::AddedRequired if is_a_part(aspect) => {
                Place::Head(at.head.clone())
            }
            Motion::Removed | Motion::Retired if is_a_part(aspect) => Place::Base(at.base.clone()),
            _ => Place::Both {
                base: at.base.clone(),
                head: at.head.clone(),
            },
        };
        self.edits.push(Edit {
            aspect,
            motion,
            place,
            before,
            after,
        });
    }

    pub(crate) fn is_opaque(&self, at: &impl Spot) -> bool {
        let at = at.at();
        self.base.is_opaque(&at.base) || self.head.is_opaque(&at.head)
    }

    /// Tells whether a new part may be any of those that are gone: what would say so was not
    /// understood.
    pub(crate) fn is_unsure(
        &self,
        head: &Pointer,
        [from, id, stored]: [&Option<String>; 3],
    ) -> bool {
        [
            ("renamed_from", from),
            ("id", id),
            ("physical_name", stored),
        ]
        .into_iter()
        .any(|(word, hint)| hint.is_none() && self.head.is_opaque(&head.word(word)))
    }

    /// Tells whether either revision was not understood somewhere below.
    fn hides(&self, at: &At) -> bool {
        let below = |opaque: &BTreeSet<Pointer>, at: &Pointer| {
            opaque.iter().any(|hidden| at.contains(hidden))
        };
        below(&self.base.opaque, &at.base) || below(&self.head.opaque, &at.head)
    }

    /// Compares values without an order.
    pub(crate) fn optional<T: PartialEq + Display>(
        &mut self,
        aspect: Aspect,
        at: &impl Spot,
        before: Option<&T>,
        after: Option<&T>,
    ) {
        let motion = match (before, after) {
            (None, Some(_)) => Motion::Added,
            (Some(_), None) => Motion::Removed,
            (Some(before), Some(after)) if before != after => Motion::Changed,
            _ => return,
        };
        self.edit(aspect, motion, at, text(before), text(after));
    }

    /// Compares values on a scale.
    pub(crate) fn scale<T: Ord + Display>(
        &mut self,
        aspect: Aspect,
        at: &impl Spot,
        before: Option<&T>,
        after: Option<&T>,
    ) {
        let motion = match (before, after) {
            (None, Some(_)) => Motion::Added,
            (Some(_), None) => Motion::Removed,
            (Some(before), Some(after)) if before < after => Motion::Raised,
            (Some(before), Some(after)) if before > after => Motion::Lowered,
            _ => return,
        };
        self.edit(aspect, motion, at, text(before), text(after));
    }

    /// Compares what is so or is not; `word` says that it is.
    pub(crate) fn flag(
        &mut self,
        aspect: Aspect,
        at: &impl Spot,
        word: &str,
        [before, after]: [bool; 2],
    ) {
        let told = |is_so: bool| is_so.then(|| word.to_owned());
        self.optional(aspect, at, told(before).as_ref(), told(after).as_ref());
    }

    /// Compares sets, an edit for each member.
    pub(crate) fn set(
        &mut self,
        aspect: Aspect,
        at: &impl Spot,
        before: &BTreeSet<String>,
        after: &BTreeSet<String>,
    ) {
        for gone in before.difference(after) {
            self.edit(
                aspect,
                Motion::Removed,
                &at.name(gone),
                Some(gone.clone()),
                None,
            );
        }
        for new in after.difference(before) {
            self.edit(
                aspect,
                Motion::Added,
                &at.name(new),
                None,
                Some(new.clone()),
            );
        }
    }
}

pub(crate) fn text<T: Display>(value: Option<&T>) -> Text {
    value.map(ToString::to_string)
}

/// Tells whether the aspect's value has keys of its own, and is compared as a whole.
fn is_composite(aspect: Aspect) -> bool {
    matches!(
        aspect,
        Aspect::Deprecation
            | Aspect::Quality
            | Aspect::QualityText
            | Aspect::QualityWeight
            | Aspect::Reference
    )
}

/// Tells whether the aspect is a part of its own, which only one revision has when it comes or
/// goes; an attribute of something that stays can be pointed at in both.
fn is_a_part(aspect: Aspect) -> bool {
    matches!(
        aspect,
        Aspect::Contract
            | Aspect::Dataset
            | Aspect::Field
            | Aspect::Quality
            | Aspect::QualityText
            | Aspect::Server
    )
}
