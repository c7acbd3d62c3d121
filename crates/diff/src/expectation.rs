//! Two expectations of a measured value in, how the values that meet them moved out.

use std::collections::BTreeMap;

use meshlaw_contract::model::{Check, Expectation, Operator};
use meshlaw_contract::{Number, Value};

use crate::edit::Motion;

/// What is known of the values that a measure takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Rows or values are counted: whole and never negative.
    Count,
    /// A share in percent.
    Share,
    /// Anything, as the result of a query is.
    Free,
}

impl Measure {
    /// Finds what a measure takes by its name; the names are those of the Open Data Contract
    /// Standard. An expectation without a unit counts.
    pub(crate) fn of(metric: &str, unit: Option<&str>) -> Self {
        match (is_known(metric), unit) {
            (true, None | Some("rows")) => Measure::Count,
            (true, Some("percent" | "%")) => Measure::Share,
            _ => Measure::Free,
        }
    }
}

/// Tells whether a measure means the same to every engine.
pub(crate) fn is_known(metric: &str) -> bool {
    matches!(
        metric,
        "duplicateValues" | "invalidValues" | "missingValues" | "nullValues" | "rowCount"
    )
}

/// Says as a measure what a check that the model has its own word for asks of one field or of a
/// dataset; nothing where it cannot be said so.
///
/// Formats without those words state both alike, and a rule may pass from one to the other.
pub(crate) fn measured(check: &Check) -> Option<Check> {
    let number = |count: u64| Value::Number(i64::try_from(count).unwrap_or(i64::MAX).into());
    let (metric, operator, operands) = match check {
        Check::NoNulls(fields) if fields.len() == 1 => {
            ("nullValues", Operator::Be, vec![Value::Number(0.into())])
        }
        Check::RowCount { min, max } => {
            let operands = min.iter().chain(max).copied().map(number).collect();
            let operator = match (min, max) {
                (Some(_), Some(_)) => Operator::Between,
                (Some(_), None) => Operator::AtLeast,
                (None, Some(_)) => Operator::AtMost,
                (None, None) => return None,
            };
            ("rowCount", operator, operands)
        }
        _ => return None,
    };
    Some(Check::Metric {
        metric: metric.to_owned(),
        arguments: BTreeMap::new(),
        expectation: Some(Expectation {
            operator,
            operands,
            unit: None,
        }),
    })
}

/// Returns how the set of values that meet an expectation moves; `None` means not at all.
///
/// Whatever is measured, data whose measure is allowed no longer is itself allowed no longer, so
/// the set of allowed data moves the same way.
pub(crate) fn motion(before: &Expectation, after: &Expectation, metric: &str) -> Option<Motion> {
    if before == after {
        return None;
    }
    let measures = [before, after].map(|one| Measure::of(metric, one.unit.as_deref()));
    let is_same_unit = match measures {
        [Measure::Free, Measure::Free] => before.unit == after.unit,
        [old, new] => old == new,
    };
    let [measure, _] = measures;
    if !is_same_unit {
        return Some(Motion::Unclear);
    }
    let (Some(old), Some(new)) = (
        Intervals::of(before, measure),
        Intervals::of(after, measure),
    ) else {
        return Some(Motion::Unclear);
    };
    Some(match (old.are_within(&new), new.are_within(&old)) {
        (true, true) => Motion::Restated,
        (true, false) => Motion::Loosened,
        (false, true) => Motion::Tightened,
        (false, false) => Motion::Changed,
    })
}

/// A place between numbers; an interval reaches from one to another, so that no end of it has to
/// be called open or closed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Cut {
    Start,
    Beside(Number, Side),
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Below,
    Above,
}

/// Values that are allowed, as intervals that do not touch.
#[derive(Debug)]
struct Intervals(Vec<(Cut, Cut)>);

impl Intervals {
    /// Reads an expectation; nothing where it does not speak of numbers.
    fn of(expectation: &Expectation, measure: Measure) -> Option<Self> {
        let number = |index: usize| match expectation.operands.get(index) {
            Some(Value::Number(number)) => Some(number.clone()),
            _ => None,
        };
        let below = |index| Some(Cut::Beside(number(index)?, Side::Below));
        let above = |index| Some(Cut::Beside(number(index)?, Side::Above));
        let (start, end) = (Cut::Start, Cut::End);
        let intervals = match expectation.operator {
            Operator::Be => vec![(below(0)?, above(0)?)],
            Operator::NotBe => vec![(start, below(0)?), (above(0)?, end)],
            Operator::GreaterThan => vec![(above(0)?, end)],
            Operator::AtLeast => vec![(below(0)?, end)],
            Operator::LessThan => vec![(start, below(0)?)],
            Operator::AtMost => vec![(start, above(0)?)],
            Operator::Between => vec![(below(0)?, above(1)?)],
            Operator::NotBetween => vec![(start, below(0)?), (above(1)?, end)],
        };
        let possible = intervals.into_iter().map(|(from, to)| {
            let (least, most) = measure.span();
            (measure.whole(from).max(least), measure.whole(to).min(most))
        });
        Some(Self(possible.filter(|(from, to)| from < to).collect()))
    }

    fn are_within(&self, room: &Self) -> bool {
        let fits =
            |(from, to): &(Cut, Cut)| room.0.iter().any(|(low, high)| low <= from && to <= high);
        self.0.iter().all(fits)
    }
}

impl Measure {
    fn span(self) -> (Cut, Cut) {
        let zero = || Cut::Beside(0.into(), Side::Below);
        match self {
            Measure::Count => (zero(), Cut::End),
            Measure::Share => (zero(), Cut::Beside(100.into(), Side::Above)),
            Measure::Free => (Cut::Start, Cut::End),
        }
    }

    /// Less than 1 and at most 0 are the same count.
    fn whole(self, cut: Cut) -> Cut {
        match (self, &cut) {
            (Measure::Count, Cut::Beside(number, Side::Above)) => {
                let next = number.to_i64().and_then(|number| number.checked_add(1));
                next.map_or(cut, |next| Cut::Beside(next.into(), Side::Below))
            }
            _ => cut,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expectation(text: &str) -> Expectation {
        let mut words = text.split(' ');
        let operator = match words.next().unwrap() {
            "=" => Operator::Be,
            "!=" => Operator::NotBe,
            ">" => Operator::GreaterThan,
            ">=" => Operator::AtLeast,
            "<" => Operator::LessThan,
            "<=" => Operator::AtMost,
            "in" => Operator::Between,
            "out" => Operator::NotBetween,
            other => panic!("{other}"),
        };
        let mut operands = Vec::new();
        let mut unit = None;
        for word in words {
            match Number::parse(word) {
                Some(number) => operands.push(Value::Number(number)),
                None if word.starts_with('\'') => operands.push(Value::Text(word.to_owned())),
                None => unit = Some(word.to_owned()),
            }
        }
        Expectation {
            operator,
            operands,
            unit,
        }
    }

    #[test]
    fn expectations_are_sets_of_values() {
        use Motion::{Changed, Loosened, Restated, Tightened, Unclear};
        for (metric, before, after, there, back) in [
            ("nullValues", "= 0", "= 0", None, None),
            ("nullValues", "= 0", "< 5", Some(Loosened), Some(Tightened)),
            ("nullValues", "< 5", "< 9", Some(Loosened), Some(Tightened)),
            ("nullValues", "< 1", "= 0", Some(Restated), Some(Restated)),
            (
                "nullValues",
                "<= 0",
                "= 0 rows",
                Some(Restated),
                Some(Restated),
            ),
            ("nullValues", "> 4", ">= 5", Some(Restated), Some(Restated)),
            ("nullValues", "!= 0", "> 0", Some(Restated), Some(Restated)),
            (
                "nullValues",
                "< 5",
                "< 5 percent",
                Some(Unclear),
                Some(Unclear),
            ),
            (
                "nullValues",
                "< 5 percent",
                "<= 5 percent",
                Some(Loosened),
                Some(Tightened),
            ),
            (
                "nullValues",
                "> 4 percent",
                ">= 5 percent",
                Some(Tightened),
                Some(Loosened),
            ),
            (
                "rowCount",
                "in 5 9",
                "in 5 10",
                Some(Loosened),
                Some(Tightened),
            ),
            (
                "rowCount",
                "in 5 9",
                "in 6 10",
                Some(Changed),
                Some(Changed),
            ),
            ("rowCount", "in 5 9", "= 7", Some(Tightened), Some(Loosened)),
            (
                "rowCount",
                "in 5 9",
                "out 5 9",
                Some(Changed),
                Some(Changed),
            ),
            (
                "rowCount",
                "out 5 9",
                "out 6 9",
                Some(Loosened),
                Some(Tightened),
            ),
            (
                "rowCount",
                "out 5 9",
                "!= 7",
                Some(Loosened),
                Some(Tightened),
            ),
            ("rowCount", "!= 7", "< 7", Some(Tightened), Some(Loosened)),
            ("rowCount", "= 1", "= 2", Some(Changed), Some(Changed)),
            ("", "< 1", "<= 0", Some(Tightened), Some(Loosened)),
            ("", "= 0", "<= 0", Some(Loosened), Some(Tightened)),
            ("", "= 0", "= 0 files", Some(Unclear), Some(Unclear)),
            ("", "= 'a'", "= 'b'", Some(Unclear), Some(Unclear)),
            ("", "= 'a'", "= 'a'", None, None),
        ] {
            let (old, new) = (expectation(before), expectation(after));
            assert_eq!(
                motion(&old, &new, metric),
                there,
                "{metric} {before} → {after}"
            );
            assert_eq!(
                motion(&new, &old, metric),
                back,
                "{metric} {after} → {before}"
            );
        }
    }
}
