//! The text of a version in, its place among others out, under each scheme by which versions are
//! numbered. Knows neither which scheme an organisation has chosen nor what a step is worth.

use std::cmp::Ordering;
use std::fmt;

use jiff::civil::Date;

use super::Word;

/// Version of a promise: the text of the document, and what it can be read as.
///
/// A document does not say by which scheme it counts, so that one text may have several readings:
/// `7` is an integer and a short `7.0.0`. Readings that share texts agree on their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    text: String,
    semantic: Option<semver::Version>,
}

/// How an organisation numbers its versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scheme {
    /// Semantic versions such as `2.1.0`.
    #[default]
    Semantic,
    /// Dates and months such as `2026-11-23`, `2026.11` and `2026.11.2`.
    Calendar,
    /// Whole numbers such as `7`.
    Integer,
    /// Whatever a contract began with.
    Any,
}

impl Word for Scheme {
    const ALL: &'static [Self] = &[
        Scheme::Semantic,
        Scheme::Calendar,
        Scheme::Integer,
        Scheme::Any,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Scheme::Semantic => "semantic",
            Scheme::Calendar => "calendar",
            Scheme::Integer => "integer",
            Scheme::Any => "any",
        }
    }
}

impl Version {
    /// Takes a text for a version; one without any reading is still the version that is stated.
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            semantic: semantic(text),
        }
    }

    /// Returns the text as the document has it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the semantic version that the text means.
    ///
    /// A `v` in front, leading zeros, and numbers that are left out at the end are read as what
    /// they can only mean: `v1.02` is 1.2.0.
    pub fn semantic(&self) -> Option<&semver::Version> {
        self.semantic.as_ref()
    }

    /// Returns the first number of the semantic version, by which readers tell promises apart.
    pub fn major(&self) -> Option<u64> {
        self.semantic().map(|version| version.major)
    }

    /// Tells whether the text is a semantic version to the letter.
    pub fn is_strictly_semantic(&self) -> bool {
        semver::Version::parse(&self.text).is_ok()
    }

    /// Returns the date or month that the text means.
    pub fn calendar(&self) -> Option<Calendar> {
        Calendar::parse(&self.text)
    }

    /// Returns the whole number that the text means.
    pub fn integer(&self) -> Option<u64> {
        number(unprefixed(&self.text))
    }

    /// Tells whether the text has a reading under a scheme.
    pub fn fits(&self, scheme: Scheme) -> bool {
        match scheme {
            Scheme::Semantic => self.semantic.is_some(),
            Scheme::Calendar => self.calendar().is_some(),
            Scheme::Integer => self.integer().is_some(),
            Scheme::Any => self.fits(Scheme::Semantic) || self.fits(Scheme::Calendar),
        }
    }

    /// Returns the scheme by which two versions are compared, if there is one.
    ///
    /// Where any will do, it is one that both can be read under.
    pub fn common_scheme(&self, other: &Self, scheme: Scheme) -> Option<Scheme> {
        let candidates: &[Scheme] = match scheme {
            // Every integer is a short semantic version, too.
            Scheme::Any => &[Scheme::Semantic, Scheme::Calendar],
            Scheme::Semantic => &[Scheme::Semantic],
            Scheme::Calendar => &[Scheme::Calendar],
            Scheme::Integer => &[Scheme::Integer],
        };
        candidates
            .iter()
            .copied()
            .find(|one| self.fits(*one) && other.fits(*one))
    }

    /// Says which of two versions comes first; `None` where the scheme cannot tell.
    ///
    /// Build metadata has no say: `1.2.0+7` and `1.2.0+8` are the same version.
    pub fn compare(&self, other: &Self, scheme: Scheme) -> Option<Ordering> {
        match self.common_scheme(other, scheme)? {
            Scheme::Semantic | Scheme::Any => {
                Some(self.semantic()?.cmp_precedence(other.semantic()?))
            }
            Scheme::Calendar => Some(self.calendar()?.order().cmp(&other.calendar()?.order())),
            Scheme::Integer => Some(self.integer()?.cmp(&other.integer()?)),
        }
    }

    /// Returns another version, written with the same prefix as this one.
    #[must_use]
    pub fn rewritten(&self, numbers: impl fmt::Display) -> Self {
        let text = self.text.as_str();
        let prefix = text.strip_suffix(unprefixed(text)).unwrap_or_default();
        Self::new(&format!("{prefix}{numbers}"))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A version that is a date or a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    year: i16,
    month: i8,
    last: Last,
    pads_month: bool,
}

/// What stands behind year and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Nothing, after a `-` or a `.` between the two.
    Nothing(char),
    /// A day, as in `2026-11-23`.
    Day(Date),
    /// A day or a count within the month, as in `2026.11.2`.
    Count(u64),
}

impl Calendar {
    fn parse(text: &str) -> Option<Self> {
        let separator = text.chars().find(|one| matches!(one, '-' | '.'))?;
        let mut parts = text.split(separator);
        let (year, month, rest) = (parts.next()?, parts.next()?, parts.next());
        if parts.next().is_some() || year.len() != 4 || month.len() > 2 {
            return None;
        }
        let pads_month = month.len() == 2;
        let (year, month) = (i16::try_from(number(year)?).ok()?, number(month)?);
        let month = i8::try_from(month).ok()?;
        // The first of the month shows whether there is such a month.
        Date::new(year, month, 1).ok()?;
        let last = match (rest, separator) {
            (None, _) => Last::Nothing(separator),
            (Some(day), '-') => {
                let day = i8::try_from(number(day)?).ok()?;
                Last::Day(Date::new(year, month, day).ok()?)
            }
            (Some(count), _) => Last::Count(number(count)?),
        };
        Some(Self {
            year,
            month,
            last,
            pads_month,
        })
    }

    fn order(&self) -> (i16, i8, u64) {
        let last = match self.last {
            Last::Nothing(_) => 0,
            Last::Day(date) => u64::from(date.day().unsigned_abs()),
            Last::Count(count) => count,
        };
        (self.year, self.month, last)
    }

    /// Returns the next version of the same form: a day, a month or a count later.
    ///
    /// There is none behind the end of the calendar.
    #[must_use]
    pub fn next(&self) -> Option<Self> {
        let next = match self.last {
            Last::Nothing(_) => {
                let (year, month) = match self.month {
                    12 => (self.year.checked_add(1)?, 1),
                    month => (self.year, month.saturating_add(1)),
                };
                Date::new(year, month, 1).ok()?;
                Self {
                    year,
                    month,
                    ..*self
                }
            }
            Last::Day(date) => {
                let date = date.tomorrow().ok()?;
                Self {
                    year: date.year(),
                    month: date.month(),
                    last: Last::Day(date),
                    ..*self
                }
            }
            Last::Count(count) => Self {
                last: Last::Count(count.checked_add(1)?),
                ..*self
            },
        };
        Some(next)
    }
}

impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.year, self.month);
        let width = if self.pads_month { 2 } else { 1 };
        match self.last {
            Last::Nothing(separator) => write!(f, "{year:04}{separator}{month:0width$}"),
            Last::Day(date) => write!(f, "{year:04}-{month:0width$}-{:02}", date.day()),
            Last::Count(count) => write!(f, "{year:04}.{month:0width$}.{count}"),
        }
    }
}

/// Reads a semantic version as loosely as [`Version::semantic`] says.
fn semantic(text: &str) -> Option<semver::Version> {
    let text = unprefixed(text);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, labels) = text.split_at_checked(end)?;
    let mut parts = numbers.split('.');
    let major = number(parts.next()?)?;
    let mut rest = || parts.next().map_or(Some(0), number);
    let (minor, patch) = (rest()?, rest()?);
    // A date such as `2026-11-23` is no year with a pre-release.
    if parts.next().is_some() || !labels.is_empty() && !numbers.contains('.') {
        return None;
    }
    semver::Version::parse(&format!("{major}.{minor}.{patch}{labels}")).ok()
}

/// Takes the `v` off that some put in front of a version.
fn unprefixed(text: &str) -> &str {
    text.strip_prefix(['v', 'V']).unwrap_or(text)
}

/// Reads digits; a sign is none.
fn number(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_the_readings_that_it_can_only_mean() {
        for (text, semantic, calendar, integer) in [
            ("1.2.3", Some("1.2.3"), None, None),
            ("1.2.3-rc.1+7", Some("1.2.3-rc.1+7"), None, None),
            ("v1.2", Some("1.2.0"), None, None),
            ("1.02", Some("1.2.0"), None, None),
            ("1.2-rc.1", Some("1.2.0-rc.1"), None, None),
            ("7", Some("7.0.0"), None, Some(7)),
            ("v7", Some("7.0.0"), None, Some(7)),
            ("2026.11", Some("2026.11.0"), Some("2026.11"), None),
            ("2026.09.2", Some("2026.9.2"), Some("2026.09.2"), None),
            ("2026.9", Some("2026.9.0"), Some("2026.9"), None),
            ("2026-11-23", None, Some("2026-11-23"), None),
            ("2026-11", None, Some("2026-11"), None),
            ("2026-13", None, None, None),
            ("2026-02-30", None, None, None),
            ("2026-11.2", None, None, None),
            ("1.2.3.4", None, None, None),
            ("1.2.x", None, None, None),
            ("1..2", None, None, None),
            ("-1", None, None, None),
            ("99999999999999999999", None, None, None),
            ("latest", None, None, None),
            ("v", None, None, None),
            ("", None, None, None),
        ] {
            let version = Version::new(text);
            let shown = version.semantic().map(ToString::to_string);
            assert_eq!(shown.as_deref(), semantic, "{text}");
            let shown = version.calendar().map(|one| one.to_string());
            assert_eq!(shown.as_deref(), calendar, "{text}");
            assert_eq!(version.integer(), integer, "{text}");
            assert_eq!(version.as_str(), text);
        }
    }

    #[test]
    fn versions_are_compared_by_the_scheme() {
        let (less, same, more) = (
            Some(Ordering::Less),
            Some(Ordering::Equal),
            Some(Ordering::Greater),
        );
        for (before, after, scheme, expected) in [
            ("1.9.0", "1.10.0", Scheme::Semantic, less),
            ("1.9", "v1.10", Scheme::Semantic, less),
            ("2.0.0-rc.1", "2.0.0", Scheme::Semantic, less),
            ("2.0.0+1", "2.0.0+2", Scheme::Semantic, same),
            ("2.0.0", "2026-11", Scheme::Semantic, None),
            ("2026-11-23", "2026-12-01", Scheme::Calendar, less),
            ("2026.12", "2026.2", Scheme::Calendar, more),
            ("2026-11", "2026.11.2", Scheme::Calendar, less),
            ("9", "10", Scheme::Integer, less),
            ("9", "1.0.0", Scheme::Integer, None),
            ("9", "1.0.0", Scheme::Any, more),
            ("2026-11", "2026.12", Scheme::Any, less),
            ("2026-11", "7", Scheme::Any, None),
            ("latest", "latest", Scheme::Any, None),
        ] {
            let (old, new) = (Version::new(before), Version::new(after));
            let found = old.compare(&new, scheme);
            assert_eq!(found, expected, "{before} → {after}");
            let back = new.compare(&old, scheme);
            assert_eq!(back, expected.map(Ordering::reverse), "{after} → {before}");
        }
    }

    #[test]
    fn the_calendar_goes_on_in_the_same_form() {
        for (version, next) in [
            ("2026-11-30", Some("2026-12-01")),
            ("2026-12-31", Some("2027-01-01")),
            ("2026-12", Some("2027-01")),
            ("2026.9", Some("2026.10")),
            ("2026.12", Some("2027.01")),
            ("2026.11.2", Some("2026.11.3")),
            ("9999-12-31", None),
        ] {
            let next_of = |one: Calendar| Some(one.next()?.to_string());
            let found = Version::new(version).calendar().and_then(next_of);
            assert_eq!(found.as_deref(), next, "{version}");
        }
    }

    #[test]
    fn a_version_is_rewritten_with_its_prefix() {
        for (version, rewritten) in [("v1.2", "v1.3.0"), ("1.2.0", "1.3.0")] {
            assert_eq!(Version::new(version).rewritten("1.3.0").as_str(), rewritten);
        }
    }
}
