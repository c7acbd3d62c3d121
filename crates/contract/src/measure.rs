//! Texts that people write for spans of time, shares and dates in, comparable measures out.

use std::fmt;

use jiff::civil::Date;
use jiff::{SpanRelativeTo, Unit};

/// A span of time, compared by its length in seconds.
///
/// Written as `15 minutes`, `2h`, `P1D` or `1 year 6 months`. A day has 24 hours, a month 30 days
/// and a year 365, since contracts promise orders of magnitude and not calendars.
#[derive(Debug, Clone)]
pub struct Duration {
    /// The text as the contract has it.
    pub text: String,
    /// Length in seconds.
    pub seconds: i64,
}

impl Duration {
    /// Reads a duration; `None` where the text is none, or is negative.
    pub fn parse(text: &str) -> Option<Self> {
        let span: jiff::Span = text.trim().parse().ok()?;
        let days = i64::from(span.get_years()) * 365
            + i64::from(span.get_months()) * 30
            + i64::from(span.get_weeks()) * 7
            + i64::from(span.get_days());
        let below_a_day = span
            .try_years(0)
            .ok()?
            .try_months(0)
            .ok()?
            .try_weeks(0)
            .ok()?
            .try_days(0)
            .ok()?;
        let relative = SpanRelativeTo::days_are_24_hours();
        let seconds = below_a_day.total((Unit::Second, relative)).ok()?;
        // Both parts are bounded by the parser far below what a long can hold.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "parts of a second are not compared"
        )]
        let seconds = days.checked_mul(86_400)?.checked_add(seconds as i64)?;
        (seconds >= 0).then(|| Self {
            text: text.to_owned(),
            seconds,
        })
    }

    /// Returns the length in whole days.
    pub fn days(&self) -> i64 {
        self.seconds / 86_400
    }
}

impl PartialEq for Duration {
    fn eq(&self, other: &Self) -> bool {
        self.seconds == other.seconds
    }
}

impl Eq for Duration {}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A share such as `99.5%`, in millionths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percentage(i64);

impl Percentage {
    /// The whole.
    pub const FULL: Percentage = Percentage(100_000_000);

    /// A hundredth.
    pub const ONE: Percentage = Percentage(1_000_000);

    /// Reads a percentage between 0 % and 100 %; the sign must be there.
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.trim().strip_suffix('%')?.trim_end();
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || whole.len() > 3
            || fraction.len() > 6
            || !digits(whole)
            || !digits(fraction)
        {
            return None;
        }
        let millionths: i64 = format!("{whole}{fraction:0<6}").parse().ok()?;
        (millionths <= Self::FULL.0).then_some(Self(millionths))
    }

    /// Returns the share in hundredths of a percent, rounded down.
    pub fn basis_points(self) -> i64 {
        self.0 / 10_000
    }
}

impl fmt::Display for Percentage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000);
        write!(f, "{}%", text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// Reads a calendar date written as `2027-01-31`.
pub fn parse_date(text: &str) -> Option<Date> {
    // jiff takes further ISO 8601 forms and times; contracts use one form, so that none is misread.
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("15 minutes", Some(900)),
            ("2h", Some(7_200)),
            ("P1D", Some(86_400)),
            ("24 hours", Some(86_400)),
            ("730 days", Some(63_072_000)),
            ("1 year 6 months", Some(47_088_000)),
            ("PT0.5S", Some(0)),
            ("-2h", None),
            ("soon", None),
            ("15", None),
            ("", None),
        ] {
            assert_eq!(
                Duration::parse(text).map(|read| read.seconds),
                seconds,
                "{text}"
            );
        }
        assert_eq!(Duration::parse("1 day"), Duration::parse("24h"));
    }

    #[test]
    fn percentages_are_exact() {
        for (text, shown) in [
            ("99.5%", Some("99.5%")),
            ("99.50 %", Some("99.5%")),
            ("100%", Some("100%")),
            ("0.000001%", Some("0.000001%")),
            ("100.1%", None),
            ("99.5", None),
            ("-1%", None),
            ("%", None),
        ] {
            assert_eq!(
                Percentage::parse(text)
                    .map(|read| read.to_string())
                    .as_deref(),
                shown
            );
        }
        assert!(Percentage::parse("99.9%") > Percentage::parse("99.5%"));
    }

    #[test]
    fn dates_have_one_form() {
        assert!(parse_date("2027-01-31").is_some());
        for text in [
            "2027-02-30",
            "2027-1-31",
            "20270131",
            "2027-01-31T00:00",
            "tomorrow",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
