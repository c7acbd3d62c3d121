//! A value and a type in, whether the value is of it out.

use jiff::civil::{Date, DateTime, Time};
use meshlaw_contract::model::{Field, Scalar};
use meshlaw_contract::{Number, Value};

/// Tells whether a value is of a scalar type; texts stand for days, times and bytes as in JSON.
pub(crate) fn is_of(value: &Value, scalar: Scalar, field: &Field) -> bool {
    match (scalar, value) {
        (Scalar::Boolean, Value::Boolean(_))
        | (Scalar::Number, Value::Number(_))
        | (Scalar::String | Scalar::Binary, Value::Text(_)) => true,
        (Scalar::Integer, Value::Number(number)) => in_bits(number, field, 32),
        (Scalar::Long, Value::Number(number)) => in_bits(number, field, 64),
        (Scalar::Decimal, Value::Number(number)) => has_room(number, field),
        // A format says how else days and times are written.
        (Scalar::Date | Scalar::Time | Scalar::Timestamp, Value::Text(_))
            if field.format.is_some() =>
        {
            true
        }
        (Scalar::Date, Value::Text(text)) => text.len() == 10 && text.parse::<Date>().is_ok(),
        (Scalar::Time, Value::Text(text)) => is_time(text),
        (Scalar::Timestamp, Value::Text(text)) => is_timestamp(text),
        (Scalar::Uuid, Value::Text(text)) => is_uuid(text),
        _ => false,
    }
}

/// Tells whether a text has a format that is known here; others are taken as they are.
pub(crate) fn has_format(text: &str, format: &str) -> bool {
    match format {
        "date" => text.len() == 10 && text.parse::<Date>().is_ok(),
        "date-time" => text.parse::<jiff::Timestamp>().is_ok(),
        "time" => is_time(text),
        "uuid" => is_uuid(text),
        "ipv4" => text.parse::<std::net::Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<std::net::Ipv6Addr>().is_ok(),
        "email" => is_email(text),
        "uri" => text.split_once(':').is_some_and(|(scheme, rest)| {
            !rest.is_empty()
                && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && !text.contains(char::is_whitespace)
        }),
        _ => true,
    }
}

/// Tells whether a whole number fits; the standard's formats name the bits.
fn in_bits(number: &Number, field: &Field, bits: u32) -> bool {
    if !number.is_whole() {
        return false;
    }
    let (is_signed, bits) = match field.format.as_deref() {
        Some(format) => match (format.split_at_checked(1), format.get(1..)) {
            (Some(("i", _)), Some(stated)) => (true, width(stated)),
            (Some(("u", _)), Some(stated)) => (false, width(stated)),
            _ => (true, bits),
        },
        None => (true, bits),
    };
    let Some(number) = number.to_i64() else {
        return bits > 64 || (bits == 64 && !is_signed);
    };
    match (is_signed, bits) {
        (false, _) if number < 0 => false,
        (_, 64..) => true,
        (true, bits) => number.unsigned_abs() < (1 << (bits - 1)) || number == -(1 << (bits - 1)),
        (false, bits) => number.unsigned_abs() < (1 << bits),
    }
}

/// Reads how many bits a format states; one that states none has room for any number.
fn width(stated: &str) -> u32 {
    let bits = stated.parse().ok();
    bits.filter(|bits| (1..=128).contains(bits)).unwrap_or(128)
}

/// Tells whether a number has no more digits than the field has room for.
fn has_room(number: &Number, field: &Field) -> bool {
    let text = number.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count() as u64;
    let whole = digits(whole.trim_start_matches(['-', '0']));
    let scale = match (field.precision, field.scale) {
        (_, Some(scale)) => scale,
        (Some(_), None) => 0,
        (None, None) => return true,
    };
    let room = field
        .precision
        .map_or(u64::MAX, |precision| precision.saturating_sub(scale));
    whole <= room && digits(fraction) <= scale
}

fn is_time(text: &str) -> bool {
    let clock = text.trim_end_matches('Z');
    let clock = clock.split_once('+').map_or(clock, |(clock, _)| clock);
    clock.parse::<Time>().is_ok()
}

fn is_timestamp(text: &str) -> bool {
    text.len() > 10 && (text.parse::<DateTime>().is_ok() || text.parse::<jiff::Timestamp>().is_ok())
}

fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths = parts.iter().map(|part| part.len());
    lengths.eq([8, 4, 4, 4, 12])
        && parts
            .iter()
            .all(|part| part.chars().all(|c| c.is_ascii_hexdigit()))
}

fn is_email(text: &str) -> bool {
    let parts: Vec<&str> = text.split('@').collect();
    matches!(parts.as_slice(), [name, host] if !name.is_empty() && !host.is_empty())
        && !text.contains(char::is_whitespace)
}
