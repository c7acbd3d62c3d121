//! The forms of single values, each as a pattern that an editor can try; knows no key.
//!
//! Patterns are written for the regular expressions of ECMAScript, which JSON Schema names.

use meshlaw_contract::formats::native::LONGEST_NAME;
use serde_json::{Value, json};

/// How a single value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A number, a date, a time or a timestamp.
    Bound,
    /// A contract with its domain, such as `marketing/marketing_leads`.
    Contract,
    /// A day, such as `2027-01-31`.
    Date,
    /// A span of time, such as `15 minutes`.
    Duration,
    /// Anything but blanks.
    Filled,
    /// The hash of a bundle.
    Hash,
    /// A name that pointers can hold.
    Name,
    /// A contract with its domain, where no pattern may stand.
    OneContract,
    /// An id, where no pattern may stand.
    OneId,
    /// A name in a pointer.
    OneName,
    /// A share, such as `99.5%`.
    Percentage,
    /// A key by which signatures are verified.
    PublicKey,
    /// A version of any scheme.
    Version,
    /// A range of semantic versions.
    VersionRange,
}

impl Form {
    /// Every form, sorted by name.
    #[cfg(test)]
    pub const ALL: &'static [Form] = &[
        Form::Bound,
        Form::Contract,
        Form::Date,
        Form::Duration,
        Form::Filled,
        Form::Hash,
        Form::Name,
        Form::OneContract,
        Form::OneId,
        Form::OneName,
        Form::Percentage,
        Form::PublicKey,
        Form::Version,
        Form::VersionRange,
    ];

    /// Returns the name in `$defs`.
    pub fn name(self) -> &'static str {
        match self {
            Form::Bound => "bound",
            Form::Contract => "contract_name",
            Form::Date => "date",
            Form::Duration => "duration",
            Form::Filled => "text",
            Form::Hash => "hash",
            Form::Name => "name",
            Form::OneContract => "one_contract",
            Form::OneId => "one_id",
            Form::OneName => "one_name",
            Form::Percentage => "percentage",
            Form::PublicKey => "public_key",
            Form::Version => "version",
            Form::VersionRange => "version_range",
        }
    }

    /// Returns the schema.
    pub fn schema(self) -> Value {
        let mut schema = json!({ "type": self.types(), "pattern": self.pattern() });
        let (says, examples) = self.words();
        if let Value::Object(keywords) = &mut schema {
            let mut say = |keyword: &str, value| keywords.insert(keyword.to_owned(), value);
            // What editors say instead of showing people the pattern.
            say("patternErrorMessage", json!(format!("write {says}")));
            if !examples.is_empty() {
                say("examples", json!(examples));
            }
            match self {
                Form::Date => say("format", json!("date")),
                Form::Name => say("maxLength", json!(LONGEST_NAME)),
                Form::Version | Form::VersionRange => {
                    say("minimum", json!(0));
                    say("maximum", json!(u64::MAX))
                }
                _ => None,
            };
        }
        schema
    }

    /// Returns the types of JSON that YAML makes of such a value without quotes.
    fn types(self) -> &'static [&'static str] {
        match self {
            Form::Bound | Form::VersionRange => &["string", "number"],
            Form::Version => &["string", "integer"],
            Form::OneName => &["string", "number", "boolean"],
            _ => &["string"],
        }
    }

    fn pattern(self) -> String {
        match self {
            Form::Bound => bound(),
            Form::Contract => "^[^/]+/[^/]+$".to_owned(),
            Form::Date => format!("^{DATE}$"),
            Form::Duration => duration(),
            Form::Filled | Form::Name => "\\S".to_owned(),
            Form::Hash => "^sha256:[0-9a-f]{64}$".to_owned(),
            // What every key of minisign begins with says how it signs.
            Form::PublicKey => "^R[UW][QRST][A-Za-z0-9+/]{53}$".to_owned(),
            Form::OneContract => "^[^/*?]+/[^/*?]+$".to_owned(),
            Form::OneId => "^[^*?]*[^\\s*?][^*?]*$".to_owned(),
            Form::OneName => "^(?!\\*\\*?$)[\\s\\S]*\\S".to_owned(),
            Form::Percentage => PERCENTAGE.to_owned(),
            Form::Version => version(),
            Form::VersionRange => version_range(),
        }
    }

    /// Returns what to write, for people, and examples of it.
    fn words(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Form::Bound => (
                "a number, a date, a time or a timestamp",
                &["2027-01-31", "08:30", "2027-01-31T08:30:00Z"],
            ),
            Form::Contract => (
                "the domain and the name of a contract, as in `marketing/marketing_leads`",
                &["marketing/marketing_leads"],
            ),
            Form::Date => ("year, month and day, as in `2027-01-31`", &["2027-01-31"]),
            Form::Duration => (
                "a number with its unit, as in `15 minutes`, `2h` or `P1D`",
                &["15 minutes", "2h", "P1D"],
            ),
            Form::Filled => ("a text, or remove the key", &[]),
            Form::Hash => (
                "the hash that `meshlaw policy bundle verify` tells",
                &["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
            ),
            Form::Name => ("a name", &[]),
            Form::OneContract => (
                "the domain and the name of one contract, without wildcards",
                &["marketing/marketing_leads"],
            ),
            Form::OneId => (
                "one id, without wildcards",
                &["org/privacy/pii-masked", "field-removed"],
            ),
            Form::OneName => (
                "a name; a star alone names everything",
                &["fields", "email"],
            ),
            Form::Percentage => ("a share from `0%` to `100%`, with its sign", &["99.5%"]),
            Form::PublicKey => (
                "the line of a public key that begins with `RW`",
                &["RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"],
            ),
            Form::Version => (
                "three numbers, as in `2.1.0`; or a date or a whole number, where the settings say so",
                &["2.1.0"],
            ),
            Form::VersionRange => (
                "a range such as `^2`, `~2.1` or `>=2.1, <4`",
                &["^2", "~2.1", ">=2.1, <4"],
            ),
        }
    }
}

const DATE: &str = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])";
const TIME: &str = "(?:[01][0-9]|2[0-3]):[0-5][0-9](?::(?:[0-5][0-9]|60)(?:[.,][0-9]{1,9})?)?";
const PERCENTAGE: &str = "^\\s*(?:0?[0-9]{1,2}(?:\\.[0-9]{0,6})?|100(?:\\.0{0,6})?)\\s*%\\s*$";

/// A number of a version.
const NUMBER: &str = "(?:0|[1-9][0-9]*)";
/// What may stand behind the numbers of a version: pre-release and build.
const LABELS: &str = "(?:-(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)\
                      (?:\\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?\
                      (?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?";

/// Every scheme is taken here: which one counts is for the settings of the repository to say.
fn version() -> String {
    let number = "[0-9]+";
    let semantic = format!("[vV]?{number}(?:(?:\\.{number}){{1,2}}{LABELS})?");
    let date = "[0-9]{4}-(?:0?[1-9]|1[0-2])(?:-0*(?:[1-9]|[12][0-9]|3[01]))?";
    format!("^(?:{semantic}|{date})$")
}

fn version_range() -> String {
    let any = "[*xX]";
    let patch = format!("(?:{any}|{NUMBER}{LABELS})");
    let minor = format!("(?:{any}(?:\\.{any})?|{NUMBER}(?:\\.{patch})?)");
    let one = format!("(?:[<>]=?|[=~^])? *{NUMBER}(?:\\.{minor})? *");
    format!("^ *(?:{any} *|{one}(?:, *{one})*)$")
}

/// The form of a bound that is no number: a date, a timestamp or a time of day.
///
/// The latter two may name their offset and their zone; only a timestamp can be of the prime
/// meridian.
fn bound() -> String {
    let offset = "[+-][0-9]{2}(?::?[0-9]{2}(?::?[0-9]{2})?)?";
    let zone = "(?:\\[[^\\]]+\\])?";
    let timestamp = format!("{DATE}[Tt ]{TIME}(?:[Zz]|{offset})?{zone}");
    format!("^(?:{DATE}|{timestamp}|{TIME}(?:{offset})?{zone})$")
}

/// Spans longer than a day, as people write them.
const LONG_UNITS: [&str; 4] = [
    "years|year|yrs|yr|y",
    "months|month|mos|mo",
    "weeks|week|wks|wk|w",
    "days|day|d",
];

/// Spans up to an hour; the last one of a duration may have a fraction.
const SHORT_UNITS: [&str; 6] = [
    "hours|hour|hrs|hr|h",
    "minutes|minute|mins|min|m",
    "seconds|second|secs|sec|s",
    "milliseconds|millisecond|millis|milli|msecs|msec|ms",
    "microseconds|microsecond|micros|micro|usecs|usec|us|\u{b5}secs|\u{b5}sec|\u{b5}s",
    "nanoseconds|nanosecond|nanos|nano|nsecs|nsec|ns",
];

/// Units from the longest to the shortest, each once: in words, or as ISO 8601 has them.
fn duration() -> String {
    let blank = "[ \\t\\n\\f\\r]";
    let fraction = "[.,][0-9]{1,9}";
    let next = format!("(?:(?:,{blank})?{blank}*(?=[0-9]))?");
    let long = |unit: &str| format!("(?:[0-9]+{blank}*(?:{unit}){next})?");
    let short = |unit: &str| {
        format!("(?:[0-9]+(?:{blank}*(?:{unit}){next}|{fraction}{blank}*(?:{unit})(?=\\s*$)))?")
    };
    let words: String = LONG_UNITS.into_iter().map(long).collect();
    let clock = format!("[0-9]+:[0-9]+:[0-9]+(?:{fraction})?");
    let short_words: String = SHORT_UNITS.into_iter().map(short).collect();

    let whole = |letter: &str| format!("(?:[0-9]+{letter})?");
    let part = |letter: &str| format!("(?:[0-9]+(?:{letter}|{fraction}{letter}(?=\\s*$)))?");
    let date: String = ["[Yy]", "[Mm]", "[Ww]", "[Dd]"].map(whole).concat();
    let time: String = ["[Hh]", "[Mm]", "[Ss]"].map(part).concat();

    format!(
        "^\\s*\\+?(?:(?=[0-9]){words}(?:{clock}|{short_words})|\
         [Pp](?=[0-9Tt]){date}(?:[Tt](?=[0-9]){time})?)\\s*$"
    )
}
