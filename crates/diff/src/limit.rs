//! Bounds of values, which may be left out themselves, on one line.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use meshlaw_contract::Number;
use meshlaw_contract::model::Bound;

/// A place on the line of values: at a bound, or just beside it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Limit<'c> {
    bound: Cow<'c, Bound>,
    /// On which side of the bound: below, at it or above.
    side: i8,
}

impl<'c> Limit<'c> {
    pub(crate) fn at(bound: &'c Bound) -> Self {
        Self {
            bound: Cow::Borrowed(bound),
            side: 0,
        }
    }

    pub(crate) fn above(bound: &'c Bound) -> Self {
        Self {
            side: 1,
            ..Self::at(bound)
        }
    }

    pub(crate) fn below(bound: &'c Bound) -> Self {
        Self {
            side: -1,
            ..Self::at(bound)
        }
    }

    /// Moves to the next whole number in a direction, unless the limit is one; bounds beyond 64
    /// bits are left alone.
    pub(crate) fn round(&mut self, direction: i64) {
        let Bound::Number(number) = self.bound.as_ref() else {
            return;
        };
        let whole = if number.is_whole() {
            let step = i64::from(self.side != 0) * direction;
            number.to_i64().and_then(|whole| whole.checked_add(step))
        } else {
            let text = number.to_string();
            let cut = text
                .split_once('.')
                .and_then(|(whole, _)| whole.parse().ok());
            // Cutting the fraction off moves towards zero.
            let is_past = text.starts_with('-') == (direction < 0);
            cut.and_then(|cut: i64| cut.checked_add(if is_past { direction } else { 0 }))
        };
        if let Some(whole) = whole {
            self.bound = Cow::Owned(Bound::Number(Number::from(whole)));
            self.side = 0;
        }
    }
}

impl PartialOrd for Limit<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let order = self.bound.partial_cmp(&other.bound)?;
        Some(order.then(self.side.cmp(&other.side)))
    }
}

impl fmt::Display for Limit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.side {
            1 => write!(f, "above {}", self.bound),
            -1 => write!(f, "below {}", self.bound),
            _ => write!(f, "{}", self.bound),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_whole_numbers_are_whole() {
        for (bound, side, direction, expected) in [
            ("5", 0, 1, "5"),
            ("5", 1, 1, "6"),
            ("5", -1, -1, "4"),
            ("0.5", 0, 1, "1"),
            ("0.5", 1, 1, "1"),
            ("0.5", 0, -1, "0"),
            ("-0.5", 0, 1, "0"),
            ("-0.5", 0, -1, "-1"),
            ("-2.5", -1, -1, "-3"),
            ("99999999999999999999", 1, 1, "above 99999999999999999999"),
        ] {
            let number = Number::parse(bound).unwrap();
            let bound = Bound::Number(number);
            let mut limit = Limit {
                side,
                ..Limit::at(&bound)
            };
            limit.round(direction);
            assert_eq!(limit.to_string(), expected, "{bound} {side} {direction}");
        }
    }

    #[test]
    fn beside_a_bound_lies_between_it_and_the_next() {
        let (one, two) = (Bound::Number(1.into()), Bound::Number(2.into()));
        let line = [
            Limit::below(&one),
            Limit::at(&one),
            Limit::above(&one),
            Limit::below(&two),
        ];
        assert!(line.is_sorted_by(|left, right| left < right));
    }
}
