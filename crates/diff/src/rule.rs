//! A rule file in, a rule out: what an edit means to whom, in words.

use thiserror::Error;

use crate::edit::{Aspect, Motion, words};

words! {
    /// What a change does to the set of data that a contract allows.
    Effect {
        /// The set shrinks.
        Tightens "tightens",
        /// The set grows.
        Loosens "loosens",
        /// Some of each.
        Both "both",
        /// The set stays.
        Neutral "neutral",
        /// Nobody can tell.
        Unknown "unknown",
    }
}

words! {
    /// How one side feels a change; later is worse.
    Grade {
        /// Nobody notices.
        Safe "safe",
        /// Somebody may notice.
        Risky "risky",
        /// Somebody breaks.
        Breaking "breaking",
    }
}

/// What the catalogue says of some edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Id; the file's name with `-` for `_`.
    pub id: &'static str,
    /// Edits that the rule speaks of.
    pub edits: Vec<(Aspect, Motion)>,
    /// What they do to the allowed data.
    pub effect: Effect,
    /// How readers built on the old contract feel them.
    pub consumers: Grade,
    /// How writers feel them.
    pub producers: Grade,
    /// What happened, with `{part}`, `{before}` and `{after}`.
    pub message: &'static str,
    /// What to do about it.
    pub help: &'static str,
    /// The prose and examples of the file.
    pub body: &'static str,
}

/// What is wrong with the catalogue.
#[derive(Debug, Clone, Error)]
pub enum RuleError {
    /// The head of a rule file lacks a key, or holds one that means nothing.
    #[error("rule file `{file}`: {what}")]
    Malformed {
        /// The file.
        file: &'static str,
        /// What is wrong.
        what: String,
    },
    /// No rule speaks of an edit.
    #[error("no rule speaks of `{aspect} {motion}`")]
    Missing {
        /// The edit's aspect.
        aspect: Aspect,
        /// The edit's motion.
        motion: Motion,
    },
    /// Two rules speak of an edit.
    #[error("two rules speak of `{aspect} {motion}`")]
    Ambiguous {
        /// The edit's aspect.
        aspect: Aspect,
        /// The edit's motion.
        motion: Motion,
    },
    /// A rule speaks of an edit that cannot be.
    #[error("a rule speaks of `{aspect} {motion}`, which the differ never makes")]
    Impossible {
        /// The edit's aspect.
        aspect: Aspect,
        /// The edit's motion.
        motion: Motion,
    },
}

impl Rule {
    /// Reads a rule file: `key: value` lines between `---`, then Markdown.
    ///
    /// # Errors
    ///
    /// Fails where the head lacks a key or holds a word that is not known.
    pub fn parse(file: &'static str, text: &'static str) -> Result<Self, RuleError> {
        let wrong = |what: String| RuleError::Malformed { file, what };
        let (head, body) = parts(file, text)?;
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        let lines: Vec<(&str, &str)> = lines.collect();
        let value = |key: &'static str| {
            let line = lines.iter().find(|(word, _)| *word == key);
            line.map(|(_, value)| value.trim())
                .ok_or_else(|| wrong(format!("`{key}` is missing")))
        };
        let grade = |key| {
            let word = value(key)?;
            Grade::parse(word).ok_or_else(|| wrong(format!("`{word}` is no grade")))
        };
        let effect = value("effect")?;
        let id = value("id")?;
        let is_of_file = id.len() == file.len()
            && id
                .bytes()
                .zip(file.bytes())
                .all(|(own, of_file)| match own {
                    b'-' => of_file == b'_',
                    own => own == of_file,
                });
        if !is_of_file {
            return Err(wrong(format!("`{id}` is not the name of the file")));
        }
        Ok(Self {
            id,
            edits: Self::parse_edits(file, text)?,
            effect: Effect::parse(effect)
                .ok_or_else(|| wrong(format!("`{effect}` is no effect")))?,
            consumers: grade("consumers")?,
            producers: grade("producers")?,
            message: value("message")?,
            help: value("help")?,
            body: body.trim_start(),
        })
    }

    /// Reads the edits that a rule file speaks of, and nothing else.
    ///
    /// # Errors
    ///
    /// Fails where the head does not name them, or names one that is not known.
    pub fn parse_edits(
        file: &'static str,
        text: &'static str,
    ) -> Result<Vec<(Aspect, Motion)>, RuleError> {
        let wrong = |what: String| RuleError::Malformed { file, what };
        let mut head = text.lines().skip(1).take_while(|line| *line != "---");
        let line = head.find_map(|line| line.strip_prefix("edits:"));
        let line = line.ok_or_else(|| wrong("`edits` is missing".to_owned()))?;
        let edit = |edit| parse_edit(edit).ok_or_else(|| wrong(format!("`{edit}` is no edit")));
        line.trim().split(',').map(edit).collect()
    }
}

/// Parts the head of a rule file from its body.
fn parts(
    file: &'static str,
    text: &'static str,
) -> Result<(&'static str, &'static str), RuleError> {
    let wrong = |what: &str| RuleError::Malformed {
        file,
        what: what.to_owned(),
    };
    let rest = text.strip_prefix("---\n").ok_or_else(|| wrong("no head"))?;
    rest.split_once("\n---\n")
        .ok_or_else(|| wrong("no end of head"))
}

fn parse_edit(text: &str) -> Option<(Aspect, Motion)> {
    let (aspect, motion) = text.trim().split_once(' ')?;
    Some((Aspect::parse(aspect)?, Motion::parse(motion)?))
}
