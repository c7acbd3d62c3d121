//! The date that a run takes for today.

use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Reads a date argument.
pub fn parse(text: &str) -> Result<Date, String> {
    meshlaw_contract::measure::parse_date(text)
        .ok_or_else(|| "write year, month and day, as in 2027-01-31".to_owned())
}

/// Returns the date that was asked for, else today's in UTC.
///
/// Dates of commits are not asked: whoever writes the commit chooses them.
pub fn settle(asked: Option<Date>) -> Date {
    asked.unwrap_or_else(|| jiff::Timestamp::now().to_zoned(TimeZone::UTC).date())
}
