//! Texts that people write for spans of time, shares and dates in, comparable measures out.

use std::fmt;

use jiff::civil::Date;

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
        let minutes = i64::from(span.get_hours()) * 60 + span.get_minutes();
        let below_a_second = i128::from(span.get_milliseconds()) * 1_000_000
            + i128::from(span.get_microseconds()) * 1_000
            + i128::from(span.get_nanoseconds());
        // Parts of a second are not compared. All parts are bounded by the parser far below what a
        // long can hold.
        let seconds = i128::from(days) * 86_400
            + i128::from(minutes) * 60
            + i128::from(span.get_seconds())
            + below_a_second / 1_000_000_000;
        let seconds = i64::try_from(seconds).ok()?;
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
        let padding = 6_u32.saturating_sub(u32::try_from(fraction.len()).ok()?);
        let number = |part: &str| {
            part.bytes()
                .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
        };
        let whole = number(whole) * Self::ONE.0;
        let millionths = whole + number(fraction) * 10_i64.pow(padding);
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
    #![allow(
        clippy::unwrap_used,
        clippy::cast_precision_loss,
        reason = "a test that cannot go on has failed, and its numbers are small"
    )]

    use proptest::prelude::*;

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

    proptest! {
        /// The parts of a span are added up as by who reads spans.
        #[test]
        fn durations_are_as_long_as_their_parts(
            parts in prop::collection::vec((0..5_000_u32, prop::sample::select(UNITS.to_vec())), 1..4),
        ) {
            let mut parts = parts;
            parts.sort_by_key(|(_, unit)| UNITS.iter().position(|one| one == unit));
            parts.dedup_by_key(|(_, unit)| *unit);
            let texts: Vec<String> = parts.iter().map(|(n, unit)| format!("{n} {unit}")).collect();
            let text = texts.join(" ");
            let span: jiff::Span = text.parse().unwrap();
            let relative = jiff::SpanRelativeTo::days_are_24_hours();
            let seconds = span.total((jiff::Unit::Second, relative)).unwrap();
            let read = Duration::parse(&text).map(|read| read.seconds as f64);
            prop_assert_eq!(read, Some(seconds.trunc()), "{}", text);
        }

        #[test]
        fn percentages_are_shown_as_they_are_read(whole in 0..=99_u8, millionths in 0..1_000_000_u32) {
            let text = format!("{whole}.{millionths:06}%");
            let shown = Percentage::parse(&text).unwrap().to_string();
            let digits = text.trim_end_matches('%').trim_end_matches('0').trim_end_matches('.');
            prop_assert_eq!(shown, format!("{digits}%"));
        }
    }

    const UNITS: [&str; 7] = [
        "weeks",
        "days",
        "hours",
        "minutes",
        "seconds",
        "milliseconds",
        "ns",
    ];

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
