//! Service levels: promises that cannot be kept or cannot be measured.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::tables::{Tables, Target, columns};
use super::{dangling, doubt, items, misspelt, number, schedule, text, wrong};
use crate::lowering::{Lowering, to_value};
use crate::measure::{Duration, parse_date};
use crate::problem::quoted;
use crate::{NodeRef, ProblemId};

/// Properties that are spans of time.
const SPANS: &[&str] = &[
    "emailResponseTime",
    "frequency",
    "latency",
    "retention",
    "timeToDetect",
    "timeToNotify",
    "timeToRepair",
];

/// Properties that are shares.
const SHARES: &[&str] = &["availability", "errorRate"];

/// Properties that are days, in the order in which they come.
const DAYS: &[&str] = &["generalAvailability", "endOfSupport", "endOfLife"];

/// What drives a promise, in the standard's documentation.
const DRIVERS: &[&str] = &["analytics", "operational", "regulatory"];

/// Units of time, spelt out and short.
const UNITS: &[&str] = &[
    "d", "day", "days", "h", "hour", "hours", "m", "min", "minute", "minutes", "month", "months",
    "ms", "s", "sec", "second", "seconds", "w", "week", "weeks", "y", "year", "years", "yr",
];

/// Checks the service levels of a contract.
pub(super) fn check<'d>(low: &mut Lowering<'d>, root: NodeRef<'d>, tables: &Tables<'d>) {
    if let Some((stated, element)) = root
        .get("slaDefaultElement")
        .zip(text(root, "slaDefaultElement"))
    {
        low.within("slaDefaultElement", |low| {
            self::element(low, stated, element, tables);
        });
    }
    let mut seen: BTreeMap<[Option<&'d str>; 3], NodeRef<'d>> = BTreeMap::new();
    let mut days: Vec<(usize, Date, NodeRef<'d>)> = Vec::new();
    low.within("sla", |low| {
        for item in items(root, "slaProperties") {
            let Some((property, stated)) = text(item, "property").zip(item.get("value")) else {
                continue;
            };
            low.named(property, |low| {
                value(low, item, property, stated, &mut days);
                schedule::check(low, item);
                if let Some((node, element)) = item.get("element").zip(text(item, "element")) {
                    self::element(low, node, element, tables);
                }
                if let Some((node, driver)) = item.get("driver").zip(text(item, "driver")) {
                    misspelt(low, node, driver, DRIVERS);
                }
                let known = [Some(property), text(item, "element"), text(item, "driver")];
                if let Some(other) = seen.insert(known, item) {
                    twice(low, item, other, property);
                }
            });
        }
        in_order(low, &mut days);
    });
}

fn twice<'d>(low: &mut Lowering<'d>, item: NodeRef<'d>, other: NodeRef<'d>, property: &str) {
    let is_same = ["value", "unit", "valueExt"].iter().all(|key| {
        let value = |item: NodeRef<'d>| item.get(key).map(to_value);
        value(item) == value(other)
    });
    let stated = item.get("property").unwrap_or(item);
    let message = format!("{} is promised twice", quoted(property));
    if is_same {
        doubt(low, ProblemId::DuplicateName, stated, &message, "keep one");
    } else {
        let message = format!("{message}, and not alike");
        let help = "keep one, or say with `element` or `driver` what each is for";
        wrong(low, stated, &message, help);
    }
}

fn value<'d>(
    low: &mut Lowering<'d>,
    item: NodeRef<'d>,
    property: &str,
    stated: NodeRef<'d>,
    days: &mut Vec<(usize, Date, NodeRef<'d>)>,
) {
    let amount = number(item, "value");
    let unit = text(item, "unit")
        .map(str::trim)
        .filter(|unit| !unit.is_empty());
    let is_share = matches!(unit, Some("%" | "percent" | "percentage"))
        || (SHARES.contains(&property) && unit.is_none())
        || stated.text().is_some_and(|text| text.ends_with('%'));
    let share = || {
        let text = stated.text()?.trim_end_matches('%').trim();
        crate::Number::parse(text)
    };
    if is_share {
        if share().is_some_and(|share| share < 0.into() || share > 100.into()) {
            let message = "a share lies between 0 % and 100 %";
            wrong(low, stated, message, "write the share that is promised");
        }
        return;
    }
    if let Some(at) = DAYS.iter().position(|known| *known == property) {
        match stated.text().and_then(day) {
            Some(day) => days.push((at, day, stated)),
            None => {
                let message = format!("{property} is a day, as in `2026-01-31`");
                let help = "write the day as in ISO 8601";
                doubt(low, ProblemId::BadValue, stated, &message, help);
            }
        }
        return;
    }
    if !SPANS.contains(&property) {
        return;
    }
    span(low, item, property, stated, amount, unit);
}

fn span<'d>(
    low: &mut Lowering<'d>,
    item: NodeRef<'d>,
    property: &str,
    stated: NodeRef<'d>,
    amount: Option<crate::Number>,
    unit: Option<&'d str>,
) {
    let needs_some = matches!(property, "retention" | "frequency");
    match (amount, unit) {
        (Some(amount), _) if amount < 0.into() || (needs_some && amount == 0.into()) => {
            let message = format!("a {property} of {amount} cannot be kept");
            wrong(low, stated, &message, "write a number above zero");
        }
        (Some(_), None) => {
            let message = format!("the number of {property} has no unit");
            let help = "add `unit:`, as in `unit: d` for days";
            doubt(low, ProblemId::MissingKey, stated, &message, help);
        }
        (Some(amount), Some(unit)) => {
            let is_known = UNITS.iter().any(|known| known.eq_ignore_ascii_case(unit))
                || Duration::parse(&format!("{amount} {unit}")).is_some();
            if let (false, Some(node)) = (is_known, item.get("unit")) {
                misspelt(low, node, unit, UNITS);
            }
        }
        (None, Some(_)) if stated.text().is_some_and(|text| !is_span(text)) => {
            let message = format!("{property} has a unit, but its value is no number");
            doubt(low, ProblemId::BadValue, stated, &message, "write a number");
        }
        (None, _) => {}
    }
}

fn is_span(text: &str) -> bool {
    Duration::parse(text).is_some()
}

fn day(text: &str) -> Option<Date> {
    parse_date(text.get(..10)?)
}

fn in_order<'d>(low: &mut Lowering<'d>, days: &mut [(usize, Date, NodeRef<'d>)]) {
    days.sort_by_key(|(at, ..)| *at);
    for pair in days.windows(2) {
        let [(first, earlier, _), (second, later, stated)] = pair else {
            continue;
        };
        let names = DAYS.get(*first).zip(DAYS.get(*second));
        if let (true, Some((first, second))) = (earlier > later, names) {
            let message = format!("{second} on {later} comes before {first} on {earlier}");
            low.named(second, |low| {
                wrong(low, *stated, &message, "mend one of the two days");
            });
        }
    }
}

/// Checks the columns that a promise is about: one, or several with commas between.
fn element<'d>(low: &mut Lowering<'d>, stated: NodeRef<'d>, element: &'d str, tables: &Tables<'d>) {
    if tables.is_empty() {
        return;
    }
    for name in element.split(',').map(str::trim) {
        let is_whole = tables.get(name).is_some()
            || tables.get(name.trim_end_matches(".*")).is_some()
            || tables
                .all()
                .any(|table| columns(table).any(|own| own == name));
        if name.is_empty() || is_whole {
            continue;
        }
        match tables.resolve(name) {
            Target::NoColumn(table) => {
                let message = format!("this promise is about {}, which is no column", quoted(name));
                let last = name.rsplit('.').next().unwrap_or(name);
                dangling(low, stated, &message, last, columns(table), false);
            }
            Target::NoTable => {
                let message = format!("this promise is about {}, which is not there", quoted(name));
                let first = name.split('.').next().unwrap_or(name);
                dangling(low, stated, &message, first, tables.names(), false);
            }
            Target::Column { .. } | Target::Elsewhere => {}
        }
    }
}
