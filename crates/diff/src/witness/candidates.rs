//! What two revisions say of a field in, the values where they may part ways out.

use meshlaw_contract::model::{Bound, Field, QualityRule, Scalar, Type, option};
use meshlaw_contract::{Number, Value};

use crate::language;

/// A value to try; none leaves the field out.
pub(super) type Candidate = Option<Value>;

/// A value of each type, so that a type that grew or moved is shown by what it holds now.
const TEXTS: &[&str] = &[
    "a",
    "text",
    "2026-01-01",
    "2026-01-01T12:00:00",
    "2026-01-01T12:00:00Z",
    "12:00:00",
    "00000000-0000-4000-8000-000000000000",
    "00000000-0000-4000-8000-000000000001",
    "someone@example.org",
    "someone@sample.net",
    "https://example.org/",
    "192.0.2.1",
];

const NUMBERS: &[&str] = &[
    "1",
    "0",
    "-1",
    "0.5",
    "2",
    "200",
    "40000",
    "3000000000",
    "9007199254740993",
    "123456789012345678",
];

/// Lists the values at and beside everything that is said of a field, simplest first.
pub(super) fn of(fields: &[Option<&Field>]) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = vec![None];
    let fields = || fields.iter().flatten().copied();
    found.extend(texts(
        &fields()
            .filter_map(|one| one.pattern.as_deref())
            .collect::<Vec<_>>(),
    ));
    for field in fields() {
        found.extend(field.allowed.iter().flatten().cloned().map(Some));
        for bound in [&field.min, &field.max, &field.above, &field.below] {
            found.extend(bound.as_deref().into_iter().flat_map(beside).map(Some));
        }
        found.extend(lengths(field).into_iter().map(Some));
        found.extend(digits(field).into_iter().map(Some));
        found.extend(options(field).into_iter().map(Some));
        found.extend(field.examples.iter().cloned().map(Some));
    }
    found.extend(plain().into_iter().map(Some));
    found.push(Some(Value::Null));
    for field in fields() {
        found.extend(sizes(field).into_iter().map(Some));
    }
    found
}

/// A value of each type, and texts that nobody lists.
pub(super) fn plain() -> Vec<Value> {
    let texts = TEXTS.iter().map(|text| Value::Text((*text).to_owned()));
    let numbers = NUMBERS.iter().filter_map(|text| number(text));
    let others = [
        Value::Boolean(true),
        Value::List(Vec::new()),
        Value::Map([].into()),
    ];
    texts.chain(numbers).chain(others).collect()
}

/// Texts that patterns match, and those that only one of two does.
fn texts(patterns: &[&str]) -> Vec<Candidate> {
    let mut found: Vec<Option<String>> = Vec::new();
    if let [first, second] = patterns
        && first != second
        && let Some(languages) = language::compare(first, second)
    {
        found.extend([languages.only_first, languages.only_second]);
    }
    found.extend(patterns.iter().map(|pattern| language::sample(pattern)));
    // The empty expression is found in every text, so what only it matches, the pattern refuses.
    let refused = |pattern: &&str| language::compare(pattern, "")?.only_second;
    found.extend(patterns.iter().map(refused));
    found
        .into_iter()
        .flatten()
        .map(|text| Some(Value::Text(text)))
        .collect()
}

fn number(text: &str) -> Option<Value> {
    Number::parse(text).map(Value::Number)
}

/// A bound, and the values next to it.
fn beside(bound: &Bound) -> Vec<Value> {
    match bound {
        Bound::Number(number) => {
            let mut values = vec![Value::Number(number.clone())];
            if let Some(whole) = number.to_i64().filter(|_| number.is_whole()) {
                let near = [whole.checked_sub(1), whole.checked_add(1)];
                values.extend(
                    near.into_iter()
                        .flatten()
                        .map(|one| Value::Number(one.into())),
                );
                values.extend(self::number(&format!("{whole}.5")));
            } else if let Some((whole, _)) = number.to_string().split_once('.') {
                values.extend(self::number(whole));
                let next = whole.parse::<i64>().ok().and_then(|one| one.checked_add(1));
                values.extend(next.map(|one| Value::Number(one.into())));
            }
            values
        }
        Bound::Moment(text) => {
            let mut values = vec![Value::Text(text.clone())];
            if let Ok(day) = text.parse::<jiff::civil::Date>() {
                let near = [day.yesterday(), day.tomorrow()];
                let near = near.into_iter().flatten();
                values.extend(near.map(|day| Value::Text(day.to_string())));
            }
            values
        }
    }
}

/// The longest text that is tried.
const LONGEST: u64 = 5_000;

fn lengths(field: &Field) -> Vec<Value> {
    let stated = [field.min_length, field.max_length].into_iter().flatten();
    let near =
        stated.flat_map(|length| [length.saturating_sub(1), length, length.saturating_add(1)]);
    near.filter(|length| *length <= LONGEST)
        .map(|length| {
            let length = usize::try_from(length).unwrap_or(0);
            Value::Text("a".repeat(length))
        })
        .collect()
}

/// Numbers with one digit more than there is room for, before and behind the point.
fn digits(field: &Field) -> Vec<Value> {
    let scale = field.scale.unwrap_or(0);
    let precision = field.precision.unwrap_or(0);
    if precision > 30 || scale > 30 {
        return Vec::new();
    }
    let many = |count: u64| "1".repeat(usize::try_from(count).unwrap_or(0));
    let whole = precision.saturating_sub(scale);
    let texts = [
        many(whole),
        many(whole + 1),
        format!("0.{}", many(scale)),
        format!("0.{}", many(scale + 1)),
    ];
    texts.iter().filter_map(|text| number(text)).collect()
}

/// Values at and beside what the options of a type count.
fn options(field: &Field) -> Vec<Value> {
    let mut values = Vec::new();
    for (key, value) in &field.details {
        let Value::Number(stated) = value else {
            continue;
        };
        let count = stated.to_i64().filter(|_| stated.is_whole());
        match *key {
            option::MULTIPLE_OF => {
                values.push(value.clone());
                if let Some(step) = count {
                    let near = [step.checked_add(1), step.checked_mul(2)];
                    let near = near.into_iter().flatten();
                    values.extend(near.map(|one| Value::Number(one.into())));
                }
            }
            option::MIN_PROPERTIES | option::MAX_PROPERTIES => {
                for count in near(count) {
                    let entries = (0..count).map(|at| (format!("k{at}"), Value::Null));
                    values.push(Value::Map(entries.collect()));
                }
            }
            option::DIMENSIONS => values.extend(count.and_then(vector)),
            _ => {}
        }
    }
    values
}

/// A vector of as many numbers, but for those longer than models make.
fn vector(count: i64) -> Option<Value> {
    let count = usize::try_from(count)
        .ok()
        .filter(|count| *count <= 4_096)?;
    Some(Value::List(vec![Value::Number(0.into()); count]))
}

fn near(count: Option<i64>) -> Vec<i64> {
    let count = count.filter(|count| (0..200).contains(count));
    count.map_or_else(Vec::new, |count| vec![count - 1, count, count + 1])
}

/// Lists of as many elements as are allowed, one less and one more, and one with a repeat.
fn sizes(field: &Field) -> Vec<Value> {
    let Type::Array(items) = &field.ty else {
        return Vec::new();
    };
    let element = |at: i64| match items.as_deref().map(|items| &items.ty) {
        Some(Type::Scalar(Scalar::Integer | Scalar::Long | Scalar::Number | Scalar::Decimal)) => {
            Value::Number(at.into())
        }
        Some(Type::Object(_) | Type::Map { .. }) => Value::Map([].into()),
        _ => Value::Text(format!("a{at}")),
    };
    let mut lists = vec![Value::List(vec![element(1), element(1)])];
    for key in [option::MIN_ITEMS, option::MAX_ITEMS] {
        if let Some(Value::Number(stated)) = field.details.get(key) {
            for count in near(stated.to_i64()) {
                lists.push(Value::List((0..count).map(element).collect()));
            }
        }
    }
    lists
}

/// Values that quality rules name.
pub(super) fn of_rules(rules: &[QualityRule]) -> Vec<Value> {
    use meshlaw_contract::model::Check;
    let mut values = Vec::new();
    for rule in rules {
        match &rule.check {
            Check::Range { min, max, .. } => {
                values.extend(min.iter().chain(max).flat_map(beside));
            }
            Check::Values { allowed, .. } => values.extend(allowed.iter().cloned()),
            Check::Metric { arguments, .. } => {
                if let Some(Value::List(valid)) = arguments.get("validValues") {
                    values.extend(valid.iter().cloned());
                }
            }
            _ => {}
        }
    }
    values
}
