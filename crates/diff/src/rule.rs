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
        let rest = text
            .strip_prefix("---\n")
            .ok_or_else(|| wrong("no head".to_owned()))?;
        let (head, body) = rest
            .split_once("\n---\n")
            .ok_or_else(|| wrong("no end of head".to_owned()))?;
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
        let edits: Result<Vec<_>, _> = value("edits")?
            .split(',')
            .map(|edit| parse_edit(edit).ok_or_else(|| wrong(format!("`{edit}` is no edit"))))
            .collect();
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
            edits: edits?,
            effect: Effect::parse(effect)
                .ok_or_else(|| wrong(format!("`{effect}` is no effect")))?,
            consumers: grade("consumers")?,
            producers: grade("producers")?,
            message: value("message")?,
            help: value("help")?,
            body: body.trim_start(),
        })
    }

    /// Tells whether a rule file speaks of an edit, by its head alone.
    pub(crate) fn speaks_of(text: &str, (aspect, motion): (Aspect, Motion)) -> bool {
        let (aspect, motion) = (aspect.as_str(), motion.as_str());
        let is_it = |edit: &str| {
            let rest = edit.trim().strip_prefix(aspect);
            rest.and_then(|rest| rest.strip_prefix(' ')) == Some(motion)
        };
        let mut head = text.lines().skip(1).take_while(|line| *line != "---");
        let edits = head.find_map(|line| line.strip_prefix("edits:"));
        edits.is_some_and(|edits| edits.split(',').any(is_it))
    }
}

fn parse_edit(text: &str) -> Option<(Aspect, Motion)> {
    let (aspect, motion) = text.trim().split_once(' ')?;
    Some((Aspect::parse(aspect)?, Motion::parse(motion)?))
}
