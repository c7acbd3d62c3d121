//! A time or a point in time in, whether its contract says in which zone its values are out.

use meshlaw_contract::Value;
use meshlaw_contract::model::{Contract, Field, Scalar, Type, option};

/// Tells whether a zone or an offset is stated, by whatever means the document has.
pub(crate) fn states_zone(contract: &Contract, field: &Field) -> bool {
    if !has_zone(&field.ty) {
        return false;
    }
    let stored = || {
        let ty = field.physical_type.as_deref()?;
        meshlaw_diff::has_zone(contract, ty)
    };
    let shown = || field.pattern.as_deref().is_some_and(is_in_pattern);
    let named = || says_zone(field.format.as_deref(), field.unit.as_deref());
    by_option(field) || named() || shown() || stored() == Some(true)
}

/// Tells whether values of a type lie in some zone.
pub(crate) fn has_zone(ty: &Type) -> bool {
    matches!(ty, Type::Scalar(Scalar::Timestamp | Scalar::Time))
}

/// Tells whether a format or a unit names a zone, or asks for one.
pub(crate) fn says_zone(format: Option<&str>, unit: Option<&str>) -> bool {
    format.is_some_and(is_in_format) || unit.is_some_and(is_zone)
}

/// The standard has options for both: that values carry an offset, and which zone holds.
fn by_option(field: &Field) -> bool {
    let has_offset = match field.details.get(option::TIMEZONE) {
        Some(Value::Boolean(is_so)) => *is_so,
        Some(Value::Text(zone)) => is_zone(zone),
        _ => false,
    };
    let default = field.details.get(option::DEFAULT_TIMEZONE);
    has_offset || matches!(default, Some(Value::Text(zone)) if is_zone(zone))
}

/// Named formats that demand an offset: RFC 3339, which JSON Schema calls `date-time` and `time`.
const WITH_OFFSET: [&str; 4] = ["date-time", "rfc 3339", "rfc3339", "time"];

/// A format is a name, a sentence, or a pattern in which letters stand for parts of a time.
fn is_in_format(format: &str) -> bool {
    let lower = format.trim().to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric());
    let says = |word: &str| matches!(word, "utc" | "gmt" | "offset" | "timezone" | "zone");
    let is_said = words.into_iter().any(says) && !lower.contains("without");
    WITH_OFFSET.contains(&lower.as_str()) || is_said || has_letter_of_zone(format)
}

/// Java and the standard write a zone as `X`, `x`, `Z`, `z`, `V` or `O`, `strftime` as `%z` or `%Z`.
fn has_letter_of_zone(format: &str) -> bool {
    if format.contains('%') {
        return format.contains("%z") || format.contains("%Z") || format.ends_with('Z');
    }
    let is_pattern = format.contains("HH") || format.contains("hh") || format.contains("mm");
    let mut is_quoted = false;
    let stands = |letter: char| {
        is_quoted ^= letter == '\'';
        match letter {
            // In quotes it is the letter itself, which is how UTC is written.
            'Z' => true,
            'X' | 'x' | 'z' | 'V' | 'O' => !is_quoted,
            _ => false,
        }
    };
    is_pattern && format.chars().any(stands)
}

/// A regular expression that ends in `Z`, or takes a sign after the time.
fn is_in_pattern(pattern: &str) -> bool {
    let pattern = pattern.trim_end_matches('$').trim_end_matches(')');
    let signs = [
        "[+-]", "[-+]", "[+\\-]", "[\\-+]", "[\\+-]", "[-\\+]", "[\\+\\-]",
    ];
    pattern.ends_with('Z') || signs.iter().any(|sign| pattern.contains(sign))
}

/// `UTC`, an offset such as `+01:00`, or a place such as `Europe/Berlin`.
fn is_zone(text: &str) -> bool {
    let text = text.trim();
    let is_offset = || {
        let digits = text.strip_prefix(['+', '-']);
        digits.is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()))
    };
    let is_place = || {
        let parts = text.split_once('/');
        parts.is_some_and(|(area, city)| {
            area.starts_with(char::is_uppercase) && city.starts_with(char::is_uppercase)
        })
    };
    matches!(text.to_uppercase().as_str(), "UTC" | "GMT" | "Z") || is_offset() || is_place()
}

#[cfg(test)]
mod tests {
    use meshlaw_contract::{Format, Limits, parse_contracts};

    use super::*;

    fn stated(text: &str, format: Format) -> Vec<bool> {
        let parsed = parse_contracts(text, format, &Limits::default()).remove(0);
        let contract = parsed.value.unwrap();
        let fields = &contract.datasets[0].fields;
        fields
            .iter()
            .map(|field| states_zone(&contract, field))
            .collect()
    }

    #[test]
    fn a_native_contract_says_it_by_format_pattern_or_unit() {
        for (keys, expected) in [
            ("", false),
            ("format: date-time", true),
            ("format: RFC 3339", true),
            ("format: ISO 8601", false),
            ("format: ISO 8601 with offset", true),
            ("format: ISO 8601 without offset", false),
            ("format: ISO 8601 in UTC", true),
            ("format: \"yyyy-MM-dd'T'HH:mm:ssXXX\"", true),
            ("format: \"yyyy-MM-dd'T'HH:mm:ss'Z'\"", true),
            ("format: \"yyyy-MM-dd'X'HH:mm:ss\"", false),
            ("format: '%Y-%m-%dT%H:%M:%S%z'", true),
            ("format: '%Y-%m-%dT%H:%M:%S'", false),
            ("pattern: '^[0-9T:-]+Z$'", true),
            ("pattern: '^[0-9T:]+[+-][0-9:]+$'", true),
            ("pattern: '^[0-9T:]+$'", false),
            ("unit: UTC", true),
            ("unit: Europe/Berlin", true),
            ("unit: '+01:00'", true),
            ("unit: m/s", false),
            ("unit: seconds", false),
        ] {
            let comma = if keys.is_empty() { "" } else { ", " };
            let text = format!(
                "schema: a\nfields: [{{ name: at, type: timestamp{comma}{keys} }}, {{ name: b, type: string{comma}{keys} }}]\n"
            );
            assert_eq!(stated(&text, Format::Native), [expected, false], "{keys}");
        }
    }

    #[test]
    fn the_standard_says_it_by_option_or_by_the_type_in_storage() {
        let text = "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\n\
                    servers: [{ server: p, type: snowflake, account: a, database: d, schema: s }]\n\
                    schema:\n- name: t\n  properties:\n\
                    \x20 - { name: a, logicalType: timestamp, logicalTypeOptions: { timezone: true } }\n\
                    \x20 - { name: b, logicalType: timestamp, logicalTypeOptions: { timezone: false } }\n\
                    \x20 - { name: c, logicalType: timestamp, logicalTypeOptions: { defaultTimezone: Etc/UTC } }\n\
                    \x20 - { name: d, logicalType: timestamp, physicalType: TIMESTAMP_TZ }\n\
                    \x20 - { name: e, logicalType: timestamp, physicalType: TIMESTAMP }\n\
                    \x20 - { name: f, logicalType: timestamp, physicalType: whatever }\n";
        assert_eq!(
            stated(text, Format::Odcs),
            [true, false, true, true, false, false]
        );
    }
}
