//! Single values: nodes in, typed values out.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Lowering, quoted_list};
use crate::arena::begins_text;
use crate::measure::{Duration, Percentage, parse_date};
use crate::model::{Bound, Scheme, Version, Word};
use crate::problem::quoted;
use crate::{NodeRef, ProblemId, Scalar, Value, View};

impl<'d> Lowering<'d> {
    /// Reads a text.
    pub fn text(&mut self, node: NodeRef<'d>) -> Option<String> {
        self.str(node).map(str::to_owned)
    }

    /// Reads a text without copying it; an empty one says nothing.
    #[inline]
    pub fn str(&mut self, node: NodeRef<'d>) -> Option<&'d str> {
        let text = good_text(node);
        if text.is_none() {
            self.no_text(node);
        }
        text
    }

    /// Says why a value is no text.
    #[cold]
    fn no_text(&mut self, node: NodeRef<'d>) {
        if node.scalar().is_some_and(|one| one.to_text().is_some()) {
            let message = format!("{} is empty", self.subject());
            let help = "write a text, or remove the key".to_owned();
            self.bad(ProblemId::BadValue, node.span(), message, help);
            return;
        }
        match node.scalar() {
            Some(scalar) if !scalar.is_null() => {
                let in_quotes = format!("\"{}\"", scalar.text);
                let help = format!("put the value in quotes: {}", quoted(&in_quotes));
                self.mismatch(node, "a text", help);
            }
            _ => self.wrong_type(node, "a text"),
        }
    }

    /// Reads a list of texts.
    pub fn texts(&mut self, node: NodeRef<'d>) -> Vec<String> {
        self.list(node, Self::text)
    }

    /// Reads one text, or a list of them.
    pub fn one_or_more_texts(&mut self, node: NodeRef<'d>) -> Vec<String> {
        match node.view() {
            View::Sequence(_) => self.texts(node),
            _ => self.text(node).into_iter().collect(),
        }
    }

    /// Reads a list of texts whose order means nothing.
    pub fn text_set(&mut self, node: NodeRef<'d>) -> BTreeSet<String> {
        let mut texts = BTreeSet::new();
        self.list(node, |low, item| {
            let text = low.str(item)?;
            if !texts.insert(text.to_owned()) {
                let message = format!("{} stands twice in this list", quoted(text));
                low.doubt(
                    ProblemId::DuplicateName,
                    item.span(),
                    message,
                    "keep one".to_owned(),
                );
            }
            Some(())
        });
        texts
    }

    /// Reads `true` or `false`.
    pub fn boolean(&mut self, node: NodeRef<'d>) -> bool {
        let scalar = node.scalar();
        let value = scalar.and_then(Scalar::to_bool);
        if value.is_none() {
            let text = scalar
                .map(|scalar| scalar.text.to_ascii_lowercase())
                .unwrap_or_default();
            let help = match text.as_str() {
                "yes" | "y" | "on" | "1" | "true" => "write `true`, without quotes",
                "no" | "n" | "off" | "0" | "false" => "write `false`, without quotes",
                _ => "write `true` or `false`, or remove the key",
            };
            self.mismatch(node, "`true` or `false`", help.to_owned());
        }
        value.unwrap_or_default()
    }

    /// Reads a whole number that is not negative.
    pub fn count(&mut self, node: NodeRef<'d>) -> Option<u64> {
        let count = node.scalar().and_then(count_of);
        if count.is_none() {
            self.wrong_type(node, "a whole number from 0");
        }
        count
    }

    /// Reads a number or a date that bounds values.
    pub fn bound(&mut self, node: NodeRef<'d>) -> Option<Bound> {
        if let Some(number) = node.scalar().and_then(Scalar::to_number) {
            return Some(Bound::Number(number));
        }
        let text = node.scalar().and_then(Scalar::to_text);
        let moment = text.filter(|text| is_moment(text));
        if moment.is_none() {
            self.wrong_type(node, "a number, a date, a time or a timestamp");
        }
        moment.map(|text| Bound::Moment(text.to_owned()))
    }

    /// Reads one of a closed list of words.
    pub fn one_of<W: Word>(&mut self, node: NodeRef<'d>) -> Option<W> {
        let text = self.str(node)?;
        let known = W::parse(text);
        if known.is_none() {
            let words: Vec<_> = W::ALL.iter().map(|word| word.as_str()).collect();
            self.unknown_word(node, text, &words);
        }
        known
    }

    /// Reads one of the given words.
    pub fn one_of_texts(
        &mut self,
        node: NodeRef<'d>,
        words: &[&'static str],
    ) -> Option<&'static str> {
        let text = self.str(node)?;
        let known = words.iter().copied().find(|word| *word == text);
        if known.is_none() {
            self.unknown_word(node, text, words);
        }
        known
    }

    /// Says that a text is none of the words that its place takes; the part is then opaque.
    pub fn unknown_word(&mut self, node: NodeRef<'d>, text: &str, words: &[&'static str]) {
        let message = format!("{} cannot be {}", self.subject(), quoted(text));
        let near = self.suggest(text, words.iter().copied());
        let help = match near {
            Some(near) => format!("did you mean `{near}`? Known are {}", quoted_list(words)),
            None => format!("write one of {}", quoted_list(words)),
        };
        self.bad(ProblemId::UnknownWord, node.span(), message, help);
        if let Some(near) = near {
            self.problems.offer(near);
        }
    }

    /// Reads a duration such as `15 minutes`, `2h` or `P1D`.
    pub fn duration(&mut self, node: NodeRef<'d>) -> Option<Duration> {
        let text = self.scalar(node, "a duration such as `15 minutes`")?;
        let duration = Duration::parse(text);
        if duration.is_none() {
            let help = "write a number with its unit, as in `15 minutes`, `2h` or `P1D`";
            self.not_a(node, text, "a duration", help.to_owned());
        }
        duration
    }

    /// Reads a share such as `99.5%`.
    pub fn percentage(&mut self, node: NodeRef<'d>) -> Option<Percentage> {
        let text = self.scalar(node, "a percentage such as `99.5%`")?;
        let percentage = Percentage::parse(text);
        if percentage.is_none() {
            let help = match Percentage::parse(&format!("{text}%")) {
                // Below 1, a share of the whole is as likely meant as one percent of it.
                Some(meant) if meant > Percentage::ONE => format!("write the sign: `{meant}`"),
                _ => "write a share from `0%` to `100%`, with its sign".to_owned(),
            };
            self.not_a(node, text, "a percentage", help);
        }
        percentage
    }

    /// Reads a date such as `2027-01-31`.
    pub fn date(&mut self, node: NodeRef<'d>) -> Option<Date> {
        let text = self.scalar(node, "a date such as `2027-01-31`")?;
        let date = parse_date(text);
        if date.is_none() {
            let help = "write year, month and day, as in `2027-01-31`".to_owned();
            self.not_a(node, text, "a date", help);
        }
        date
    }

    /// Reads a version; which of its readings counts is for the settings to say.
    ///
    /// `2026.10` without quotes is the number 2026.1 to every other tool.
    pub fn version(&mut self, node: NodeRef<'d>) -> Option<Version> {
        let text = self.scalar(node, "a version such as `2.1.0`")?;
        let version = Version::new(text);
        let is_fraction = node
            .scalar()
            .is_some_and(|scalar| text.contains('.') && scalar.to_number().is_some());
        if is_fraction || !version.fits(Scheme::Any) {
            let help = match (version.calendar(), version.semantic()) {
                (Some(month), _) => format!("put it in quotes: `\"{month}\"`"),
                (None, Some(meant)) => format!("write `{meant}`"),
                (None, None) => "write three numbers, as in `2.1.0`".to_owned(),
            };
            self.not_a(node, text, "a version", help);
            return None;
        }
        Some(version)
    }

    /// Reads the text of any single value, also where it looks like a number.
    pub fn scalar(&mut self, node: NodeRef<'d>, expected: &str) -> Option<&'d str> {
        let text = node.text();
        if text.is_none() {
            self.wrong_type(node, expected);
        }
        text
    }

    /// Reads a free value.
    pub fn value(&mut self, node: NodeRef<'d>) -> Value {
        to_value(node)
    }

    /// Reads a list of free values.
    pub fn values(&mut self, node: NodeRef<'d>) -> Vec<Value> {
        self.list(node, |low, item| Some(low.value(item)))
    }

    /// Says that a text does not have the form that its place needs; the part is then opaque.
    pub fn not_a(&mut self, node: NodeRef<'d>, text: &str, form: &str, help: String) {
        let message = format!("{} is not {form}", quoted(text));
        self.bad(ProblemId::BadValue, node.span(), message, help);
    }
}

/// Returns the whole number that a value is, if that is not negative.
fn count_of(scalar: Scalar<'_>) -> Option<u64> {
    let digits = Some(scalar.text).filter(|_| !scalar.quoted);
    let count = digits.and_then(|digits| digits.parse::<u32>().ok());
    // Others may be written in many ways, such as `1e3`.
    let other = || u64::try_from(scalar.to_number()?.to_i64()?).ok();
    count.map(u64::from).or_else(other)
}

/// Returns the text that a node is, unless it says nothing.
#[inline]
pub(crate) fn good_text(node: NodeRef<'_>) -> Option<&str> {
    match node.standing() {
        Some(text) if begins_text(text) => Some(text),
        _ => rare_text(node),
    }
}

/// The same of a text that says less by its first letter.
#[inline(never)]
fn rare_text(node: NodeRef<'_>) -> Option<&str> {
    let text = node.scalar()?.to_text()?;
    (!is_blank(text)).then_some(text)
}

/// Tells whether a text holds nothing but space.
fn is_blank(text: &str) -> bool {
    let begins_well = text.as_bytes().first().is_some_and(u8::is_ascii_graphic);
    !begins_well && text.trim().is_empty()
}

/// Returns a free value for a node.
pub fn to_value(node: NodeRef<'_>) -> Value {
    match node.view() {
        View::Scalar(scalar) if scalar.is_null() => Value::Null,
        View::Scalar(scalar) => match (scalar.to_bool(), scalar.to_number()) {
            (Some(value), _) => Value::Boolean(value),
            (None, Some(number)) => Value::Number(number),
            (None, None) => Value::Text(scalar.text.to_owned()),
        },
        View::Sequence(items) => Value::List(items.map(to_value).collect()),
        View::Mapping(entries) => {
            let name = |key: NodeRef<'_>| key.scalar().map(|key| key.text.to_owned());
            let entry = |(key, value)| Some((name(key)?, to_value(value)));
            Value::Map(entries.filter_map(entry).collect())
        }
    }
}

/// Tells whether a text is a date, a time of day or a timestamp.
///
/// jiff takes ISO 8601 without its separators too, by which `"15"` would be a time of day; bounds
/// are compared as texts, so each has one form.
fn is_moment(text: &str) -> bool {
    let stands = |at: usize, wanted: u8| text.as_bytes().get(at) == Some(&wanted);
    let has_date = stands(4, b'-') && stands(7, b'-');
    parse_date(text).is_some()
        || stands(2, b':') && text.parse::<jiff::civil::Time>().is_ok()
        || has_date
            && stands(13, b':')
            && (text.parse::<jiff::civil::DateTime>().is_ok()
                || text.parse::<jiff::Timestamp>().is_ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use proptest::prelude::*;

    use super::*;
    use crate::{Limits, read};

    proptest! {
        /// A count by its digits is the one that it is as a number.
        #[test]
        fn counts_are_numbers(text in "[+-]?[0-9]{0,12}(\\.[0-9]{1,3}|e[0-9])?", quoted: bool) {
            let scalar = Scalar { text: &text, quoted };
            let number = scalar.to_number().and_then(|number| number.to_i64());
            prop_assert_eq!(count_of(scalar), number.and_then(|number| u64::try_from(number).ok()));
        }

        /// What the first letter tells of a text is what a look at all of it would.
        #[test]
        fn texts_are_told_from_all_else(
            value in "[nNtTfF][a-zA-Z]{0,5}|true|True|TRUE|false|False|null|NULL|~|[0-9.e~ ]{0,3}",
            quote in prop::sample::select(vec!["", "'", "\""]),
        ) {
            let document = format!("key: {quote}{value}{quote}\n");
            let read = read(&document, &Limits::default());
            let root = read.first().and_then(|(document, _)| document.root());
            if let Some(node) = root.and_then(|root| root.get("key")) {
                let slowly = node.scalar().and_then(Scalar::to_text);
                prop_assert_eq!(good_text(node), slowly.filter(|text| !text.trim().is_empty()));
            }
        }
    }
}
