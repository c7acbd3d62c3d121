//! What a policy may read of a thing, as a value of our own: cheap to make, exact to compare.

use std::borrow::Cow;
use std::fmt;

use cedar_policy::RestrictedExpression;
use jiff::civil::Date;

use crate::entity::uid;

/// A value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fact<'a> {
    Bool(bool),
    Long(i64),
    Text(Cow<'a, str>),
    /// Sorted, each once.
    Set(Vec<Cow<'a, str>>),
    /// A member of an enumerated entity type.
    Word {
        of: &'static str,
        word: &'static str,
    },
    Moment(Date),
    Record(Vec<(&'static str, Fact<'a>)>),
}

/// Members of a set that are shown.
const MOST_MEMBERS: usize = 8;

impl<'a> Fact<'a> {
    pub(crate) fn text(text: &'a str) -> Self {
        Fact::Text(Cow::Borrowed(text))
    }

    pub(crate) fn set<I, S>(members: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: Into<Cow<'a, str>>,
    {
        let mut members: Vec<Cow<'a, str>> = members.into_iter().map(Into::into).collect();
        members.sort();
        members.dedup();
        Fact::Set(members)
    }

    pub(crate) fn count(count: usize) -> Self {
        Fact::Long(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Returns the value under the names of records within records.
    pub(crate) fn part(self, names: &[&str]) -> Option<Self> {
        let Some((first, rest)) = names.split_first() else {
            return Some(self);
        };
        let Fact::Record(entries) = self else {
            return None;
        };
        let (_, inner) = entries.into_iter().find(|(name, _)| name == first)?;
        inner.part(rest)
    }

    /// Writes the fact so that two facts read alike exactly when they are equal.
    pub(crate) fn write_key(&self, key: &mut Vec<u8>) {
        let mut text = |tag: u8, text: &str| {
            key.push(tag);
            key.extend_from_slice(&(text.len() as u64).to_le_bytes());
            key.extend_from_slice(text.as_bytes());
        };
        match self {
            Fact::Bool(value) => key.extend_from_slice(&[b'b', u8::from(*value)]),
            Fact::Long(value) => {
                key.push(b'l');
                key.extend_from_slice(&value.to_le_bytes());
            }
            Fact::Text(value) => text(b't', value),
            Fact::Word { of, word } => {
                text(b'w', of);
                text(b'w', word);
            }
            Fact::Moment(date) => text(b'm', &date.to_string()),
            Fact::Set(members) => {
                key.push(b's');
                key.extend_from_slice(&(members.len() as u64).to_le_bytes());
                for member in members {
                    Fact::Text(Cow::Borrowed(member)).write_key(key);
                }
            }
            Fact::Record(entries) => {
                key.push(b'r');
                key.extend_from_slice(&(entries.len() as u64).to_le_bytes());
                for (name, fact) in entries {
                    Fact::text(name).write_key(key);
                    fact.write_key(key);
                }
            }
        }
    }

    pub(crate) fn to_expression(&self) -> RestrictedExpression {
        match self {
            Fact::Bool(value) => RestrictedExpression::new_bool(*value),
            Fact::Long(value) => RestrictedExpression::new_long(*value),
            Fact::Text(value) => RestrictedExpression::new_string(value.to_string()),
            Fact::Set(members) => RestrictedExpression::new_set(
                members
                    .iter()
                    .map(|one| RestrictedExpression::new_string(one.to_string())),
            ),
            Fact::Word { of, word } => RestrictedExpression::new_entity_uid(uid(of, word)),
            Fact::Moment(date) => RestrictedExpression::new_datetime(date.to_string()),
            Fact::Record(entries) => record(entries),
        }
    }
}

/// Makes a Cedar record; names are constants of ours, each once.
fn record(entries: &[(&'static str, Fact<'_>)]) -> RestrictedExpression {
    let pairs = entries
        .iter()
        .map(|(name, fact)| ((*name).to_owned(), fact.to_expression()));
    RestrictedExpression::new_record(pairs)
        .unwrap_or_else(|_| RestrictedExpression::new_string("a name stands twice".to_owned()))
}

impl fmt::Display for Fact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::Bool(value) => write!(f, "{value}"),
            Fact::Long(value) => write!(f, "{value}"),
            Fact::Text(value) => write!(f, "`{value}`"),
            Fact::Word { word, .. } => write!(f, "`{word}`"),
            Fact::Moment(date) => write!(f, "{date}"),
            Fact::Set(members) if members.is_empty() => f.write_str("empty"),
            Fact::Set(members) => {
                let shown = members.iter().take(MOST_MEMBERS);
                let shown: Vec<_> = shown.map(|one| format!("`{one}`")).collect();
                f.write_str(&shown.join(", "))?;
                match members.len().saturating_sub(MOST_MEMBERS) {
                    0 => Ok(()),
                    more => write!(f, " and {more} more"),
                }
            }
            Fact::Record(entries) => {
                let shown: Vec<_> = entries
                    .iter()
                    .map(|(name, fact)| format!("{name} {fact}"))
                    .collect();
                f.write_str(&shown.join(", "))
            }
        }
    }
}
