//! Logical types against physical ones: only what no system reconciles, since contracts store
//! numbers and days as texts for good reasons.

use super::{doubt, number, text, whole};
use crate::lowering::Lowering;
use crate::problem::quoted;
use crate::{NodeRef, Number, ProblemId};

/// What a physical type holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Text,
    Whole,
    Fraction,
    Truth,
    Day,
    Time,
    Moment,
    List,
    Structure,
    Map,
}

/// First words of physical types that mean the same in every system that has them, but that a
/// `DATE` has a time of day in some.
const WORDS: &[(&str, Holds)] = &[
    ("array", Holds::List),
    ("bigint", Holds::Whole),
    ("bool", Holds::Truth),
    ("boolean", Holds::Truth),
    ("char", Holds::Text),
    ("date", Holds::Day),
    ("datetime", Holds::Moment),
    ("decimal", Holds::Fraction),
    ("double", Holds::Fraction),
    ("float", Holds::Fraction),
    ("float64", Holds::Fraction),
    ("int", Holds::Whole),
    ("int64", Holds::Whole),
    ("integer", Holds::Whole),
    ("map", Holds::Map),
    ("nchar", Holds::Text),
    ("numeric", Holds::Fraction),
    ("nvarchar", Holds::Text),
    ("real", Holds::Fraction),
    ("smallint", Holds::Whole),
    ("string", Holds::Text),
    ("struct", Holds::Structure),
    ("text", Holds::Text),
    ("time", Holds::Time),
    ("timestamp", Holds::Moment),
    ("timestamptz", Holds::Moment),
    ("tinyint", Holds::Whole),
    ("varchar", Holds::Text),
];

/// Physical types that can never hold values of a logical type.
const CLASHES: &[(&str, &[Holds])] = {
    use Holds::{Day, Fraction, List, Map, Moment, Structure, Time, Truth, Whole};
    &[
        (
            "string",
            &[
                Whole, Fraction, Truth, Day, Time, Moment, List, Structure, Map,
            ],
        ),
        ("integer", &[Truth, Day, Time, Moment, List, Structure, Map]),
        ("number", &[Truth, Day, Time, Moment, List, Structure, Map]),
        (
            "boolean",
            &[Fraction, Day, Time, Moment, List, Structure, Map],
        ),
        ("date", &[Truth, Fraction, Time, List, Structure, Map]),
        ("timestamp", &[Truth, Time, List, Structure, Map]),
        ("time", &[Truth, List, Structure, Map]),
        ("object", &[Whole, Fraction, Truth, Day, Time, Moment, List]),
        (
            "array",
            &[Whole, Fraction, Truth, Day, Time, Moment, Structure, Map],
        ),
        ("map", &[Whole, Fraction, Truth, Day, Time, Moment, List]),
    ]
};

/// Checks a property's logical type and options against its physical type.
pub(super) fn check<'d>(low: &mut Lowering<'d>, property: NodeRef<'d>) {
    let Some((stated, physical)) = property
        .get("physicalType")
        .zip(text(property, "physicalType"))
    else {
        return;
    };
    let Some(holds) = holds(physical) else { return };
    let logical = text(property, "logicalType");
    let clashes = CLASHES.iter().find(|(known, _)| Some(*known) == logical);
    if let Some((logical, _)) = clashes.filter(|(_, clashes)| clashes.contains(&holds)) {
        let physical = quoted(physical);
        let message = format!("{physical} holds no values of the logical type `{logical}`");
        let help = "mend one of the two types";
        low.within("physical_type", |low| {
            doubt(low, ProblemId::Contradiction, stated, &message, help);
        });
        return;
    }
    let (Some(options), Some(sizes)) = (property.get("logicalTypeOptions"), sizes(physical)) else {
        return;
    };
    match (holds, sizes.as_slice()) {
        (Holds::Text, [room]) => lengths(low, options, physical, *room),
        (Holds::Fraction, [precision, rest @ ..]) if is_exact(physical) => {
            let scale = rest.first().copied().unwrap_or(0);
            digits(low, options, physical, precision.saturating_sub(scale));
        }
        _ => {}
    }
}

fn lengths<'d>(low: &mut Lowering<'d>, options: NodeRef<'d>, physical: &str, room: i64) {
    for (key, word) in [("minLength", "min_length"), ("maxLength", "max_length")] {
        if let Some((stated, length)) = options.get(key).zip(whole(options, key))
            && length > room
        {
            let message = format!("`{key}` is {length}, but {} holds {room}", quoted(physical));
            let help = "widen the physical type, or lower the length";
            low.within(word, |low| {
                doubt(low, ProblemId::Contradiction, stated, &message, help);
            });
            return;
        }
    }
}

fn digits<'d>(low: &mut Lowering<'d>, options: NodeRef<'d>, physical: &str, room: i64) {
    for (key, word) in [("minimum", "min"), ("maximum", "max")] {
        if let Some((stated, bound)) = options.get(key).zip(number(options, key))
            && whole_digits(&bound) > room
        {
            let physical = quoted(physical);
            let message = format!("`{key}` is {bound}, but {physical} holds {room} whole digits");
            let help = "widen the physical type, or move the bound";
            low.within(word, |low| {
                doubt(low, ProblemId::Contradiction, stated, &message, help);
            });
            return;
        }
    }
}

/// Tells whether a type counts decimal digits; floats count binary ones.
fn is_exact(physical: &str) -> bool {
    let physical = physical.to_ascii_lowercase();
    physical.starts_with("decimal") || physical.starts_with("numeric")
}

fn whole_digits(number: &Number) -> i64 {
    let text = number.to_string();
    let whole = text.trim_start_matches('-').split('.').next();
    let whole = whole.unwrap_or_default().trim_start_matches('0');
    i64::try_from(whole.len()).unwrap_or(i64::MAX)
}

fn holds(physical: &str) -> Option<Holds> {
    let end = physical.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let (word, rest) = physical.split_at(end.unwrap_or(physical.len()));
    // `int[]` is a list, and so is `integer ARRAY`.
    if rest.contains('[') || rest.to_ascii_lowercase().contains("array") {
        return Some(Holds::List);
    }
    let word = word.to_ascii_lowercase();
    let known = WORDS.iter().find(|(known, _)| *known == word);
    known.map(|(_, holds)| *holds)
}

/// Returns the numbers in the brackets of a type.
fn sizes(physical: &str) -> Option<Vec<i64>> {
    let (_, rest) = physical.split_once('(')?;
    let (inside, _) = rest.split_once(')')?;
    let sizes = inside.split(',').map(|size| size.trim().parse().ok());
    sizes.collect()
}
