//! Number text in, exact decimal out; knows no types of fields.

use std::cmp::Ordering;
use std::fmt;

/// An exact decimal number: `1.10`, `1.1` and `11e-1` are equal.
///
/// Contracts bound longs and decimals that a binary float would round, so bounds are compared
/// digit by digit.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Number {
    negative: bool,
    /// Significant digits without leading or trailing zeros; empty for zero.
    digits: Vec<u8>,
    /// The value is `0.d₁d₂d₃… × 10^exponent`; 0 for zero.
    exponent: i32,
}

/// Exponents beyond this are refused, so that arithmetic on them cannot overflow.
const MAX_EXPONENT: i32 = 9_999;

impl Number {
    /// Reads a JSON or YAML number; `None` when the text is none.
    ///
    /// Hexadecimal, octal, infinities and `.nan` are not numbers of a contract.
    pub fn parse(text: &str) -> Option<Self> {
        // Most values of a contract are words, and are told apart here.
        if !matches!(text.as_bytes().first()?, b'0'..=b'9' | b'.' | b'-' | b'+') {
            return None;
        }
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if !unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
            return None;
        }
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction)
        {
            return None;
        }
        let exponent = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
        let digits = whole.bytes().chain(fraction.bytes());
        let digits = digits.map(|byte| byte - b'0').collect();
        Self::normal(negative, digits, exponent)
    }

    /// Tells whether the number is a whole multiple of another; `None` for a multiple of zero, and
    /// where either is longer than is counted here.
    pub fn is_multiple_of(&self, step: &Number) -> Option<bool> {
        let (number, step) = (self.to_string(), step.to_string());
        let fraction = |text: &str| text.split_once('.').map_or(0, |(_, rest)| rest.len());
        let places = fraction(&number).max(fraction(&step));
        // The point of both is shifted to the right, until neither has one.
        let scaled = |text: &str| {
            let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
            format!("{whole}{rest:0<places$}").parse::<i128>().ok()
        };
        let rest = scaled(&number)?.checked_rem(scaled(&step)?)?;
        Some(rest == 0)
    }

    /// Tells whether the number has no fraction.
    pub fn is_whole(&self) -> bool {
        i32::try_from(self.digits.len()).is_ok_and(|length| length <= self.exponent.max(0))
            || self.digits.is_empty()
    }

    /// Returns the number as a whole one, where it is one that fits.
    pub fn to_i64(&self) -> Option<i64> {
        if !self.is_whole() {
            return None;
        }
        let mut value: i64 = 0;
        for place in 0..usize::try_from(self.exponent).ok()? {
            let digit = i64::from(self.digits.get(place).copied().unwrap_or(0));
            let signed = if self.negative { -digit } else { digit };
            value = value.checked_mul(10)?.checked_add(signed)?;
        }
        Some(value)
    }

    fn normal(negative: bool, mut digits: Vec<u8>, exponent: i32) -> Option<Self> {
        let trailing = digits.iter().rev().take_while(|digit| **digit == 0).count();
        digits.truncate(digits.len() - trailing);
        let leading = digits.iter().take_while(|digit| **digit == 0).count();
        digits.drain(..leading);
        if digits.is_empty() {
            return Some(Self {
                negative: false,
                digits,
                exponent: 0,
            });
        }
        let exponent = exponent.checked_sub(i32::try_from(leading).ok()?)?;
        (exponent.abs() <= MAX_EXPONENT).then_some(Self {
            negative,
            digits,
            exponent,
        })
    }

    fn magnitude(&self) -> (i32, &[u8]) {
        (
            if self.digits.is_empty() {
                i32::MIN
            } else {
                self.exponent
            },
            &self.digits,
        )
    }
}

fn parse_exponent(text: &str) -> Option<i32> {
    let exponent: i32 = text.parse().ok()?;
    (exponent.abs() <= MAX_EXPONENT).then_some(exponent)
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        let digits: Vec<u8> = value
            .unsigned_abs()
            .to_string()
            .bytes()
            .map(|b| b - b'0')
            .collect();
        let exponent = i32::try_from(digits.len()).unwrap_or(0);
        Self::normal(value < 0, digits, exponent).unwrap_or(Self {
            negative: false,
            digits: Vec::new(),
            exponent: 0,
        })
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.magnitude().cmp(&other.magnitude()),
            (true, true) => other.magnitude().cmp(&self.magnitude()),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.digits.is_empty() {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        let digit = |place: i32| {
            let digit = usize::try_from(place)
                .ok()
                .and_then(|place| self.digits.get(place));
            char::from(b'0' + digit.copied().unwrap_or(0))
        };
        let length = i32::try_from(self.digits.len()).unwrap_or(i32::MAX);
        if !(-20..=40).contains(&self.exponent) {
            let rest: String = (1..length).map(digit).collect();
            let point = if rest.is_empty() { "" } else { "." };
            return write!(f, "{}{point}{rest}e{}", digit(0), self.exponent - 1);
        }
        let whole: String = (0..self.exponent).map(digit).collect();
        let fraction: String = (self.exponent..length)
            .map(|place| if place < 0 { '0' } else { digit(place) })
            .collect();
        f.write_str(if whole.is_empty() { "0" } else { &whole })?;
        if fraction.is_empty() {
            Ok(())
        } else {
            write!(f, ".{fraction}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
    }

    #[test]
    fn one_value_has_one_form() {
        for (text, expected) in [
            ("0", "0"),
            ("-0.00", "0"),
            ("1.10", "1.1"),
            ("11e-1", "1.1"),
            ("1E3", "1000"),
            ("+007", "7"),
            (".5", "0.5"),
            ("0.005", "0.005"),
            ("-12.50", "-12.5"),
            ("9223372036854775808", "9223372036854775808"),
            ("1e100", "1e100"),
            ("1.25e-40", "1.25e-40"),
        ] {
            assert_eq!(number(text).to_string(), expected, "{text}");
        }
        for text in [
            "",
            "-",
            ".",
            "1_000",
            "0x1f",
            ".inf",
            "1e",
            "1.2.3",
            "1e99999999999",
        ] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_integers(a in any::<i64>(), b in any::<i64>()) {
            let (left, right) = (number(&a.to_string()), number(&b.to_string()));
            prop_assert_eq!(left.cmp(&right), a.cmp(&b));
            prop_assert_eq!(left.to_i64(), Some(a));
            prop_assert_eq!(&left, &Number::from(a));
            prop_assert_eq!(left.to_string(), a.to_string());
        }

        #[test]
        fn agrees_with_fractions(a in -1_000_000i64..1_000_000, b in -1_000_000i64..1_000_000) {
            let text = |value: i64| format!("{}e-3", value);
            prop_assert_eq!(number(&text(a)).cmp(&number(&text(b))), a.cmp(&b));
            let shown = number(&text(a)).to_string();
            prop_assert_eq!(number(&shown), number(&text(a)));
        }

        #[test]
        fn never_panics(text in "[-+0-9.eE]{0,20}") {
            if let Some(read) = Number::parse(&text) {
                prop_assert_eq!(number(&read.to_string()), read);
            }
        }
    }
}
