//! Two types in, how the set of values moved out: the lattice of types.

use meshlaw_contract::model::option::integer_range;
use meshlaw_contract::model::{Field, Scalar, Type};

use crate::edit::Motion;

/// Returns how the set of values moves from one type to another, whatever nests in them.
///
/// `None` means not at all.
pub(crate) fn motion(before: &Field, after: &Field) -> Option<Motion> {
    match (&before.ty, &after.ty) {
        (Type::Unstated, Type::Unstated) => None,
        (Type::Unstated, _) => Some(Motion::Added),
        (_, Type::Unstated) => Some(Motion::Removed),
        (Type::Scalar(old), Type::Scalar(new)) if old == new => None,
        (Type::Scalar(old), Type::Scalar(new)) => {
            let (old, new) = ((*old, Digits::of(before)), (*new, Digits::of(after)));
            Some(match (is_within(old, new), is_within(new, old)) {
                (true, _) => Motion::Loosened,
                (false, true) => Motion::Tightened,
                (false, false) => Motion::Changed,
            })
        }
        (Type::Object(_), Type::Object(_))
        | (Type::Array(_), Type::Array(_))
        | (Type::Map { .. }, Type::Map { .. }) => None,
        (before, after) if before == after => None,
        (Type::Union(_) | Type::Named(_) | Type::Opaque(_), _)
        | (_, Type::Union(_) | Type::Named(_) | Type::Opaque(_)) => Some(Motion::Unclear),
        _ => Some(Motion::Changed),
    }
}

/// Tells whether every value of one scalar type is a value of another.
///
/// A 32-bit integer is exact in a 64-bit float, a 64-bit one is not. A decimal holds the integers
/// that it has digits for. Texts that look like dates are still texts, so nothing but an
/// identifier widens to text.
fn is_within((from, own): (Scalar, Digits), (to, room): (Scalar, Digits)) -> bool {
    match (from, to) {
        (Scalar::Integer, Scalar::Long | Scalar::Number) | (Scalar::Uuid, Scalar::String) => true,
        (Scalar::Integer, Scalar::Decimal) => room.room().0 >= 10,
        (Scalar::Long, Scalar::Decimal) => room.room().0 >= 19,
        // As many digits as always fit: 999,999,999 and 999,999,999,999,999,999.
        (Scalar::Decimal, Scalar::Integer) => own.room().1 == 0 && own.room().0 <= 9,
        (Scalar::Decimal, Scalar::Long) => own.room().1 == 0 && own.room().0 <= 18,
        _ => false,
    }
}

/// Returns how a field's named format moves; one that says how many bits a number has moves with
/// the numbers that it holds. Formats of texts come from an open list, of which some are known.
pub(crate) fn format_motion(before: &Field, after: &Field) -> Option<Motion> {
    if before.format == after.format {
        return None;
    }
    let plain = Motion::of(before.format.as_ref(), after.format.as_ref());
    let ranges = range(before).zip(range(after));
    match ranges {
        Some((old, new)) if before.ty == after.ty => {
            let is_within =
                |(from, to): (i128, u128), (least, most): (i128, u128)| least <= from && to <= most;
            match (is_within(old, new), is_within(new, old)) {
                (true, false) => Some(Motion::Loosened),
                (false, true) => Some(Motion::Tightened),
                _ => plain,
            }
        }
        _ => texts(before.format.as_deref(), after.format.as_deref()),
    }
}

/// Formats of texts that say which texts they are; each has some that no other has. A name of a
/// host may look like an address or an identifier, so that it is not among them.
const TEXTS: &[&str] = &["date-time", "email", "ipv4", "ipv6", "uri", "uuid"];

fn texts(before: Option<&str>, after: Option<&str>) -> Option<Motion> {
    let is_known = |format: &str| TEXTS.contains(&format);
    match (before, after) {
        (Some(old), None) if is_known(old) => Some(Motion::Loosened),
        (Some(old), Some(new)) if !is_known(old) || !is_known(new) => Some(Motion::Unclear),
        _ => Motion::of(before, after),
    }
}

/// Returns the least and the greatest whole number of a field, by its format or else its type.
fn range(field: &Field) -> Option<(i128, u128)> {
    let of_type = match field.ty {
        Type::Scalar(Scalar::Integer) => "i32",
        Type::Scalar(Scalar::Long) => "i64",
        _ => return None,
    };
    integer_range(field.format.as_deref().unwrap_or(of_type))
}

/// Digits of a decimal that both revisions have, as text such as `decimal(10, 2)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digits {
    precision: Option<u64>,
    scale: Option<u64>,
}

impl Digits {
    pub(crate) fn of(field: &Field) -> Self {
        Self {
            precision: field.precision,
            scale: field.scale,
        }
    }

    /// Returns how the set of values moves.
    ///
    /// A decimal without precision has as many digits as it likes; without scale, none behind
    /// the point once a precision is stated (as in SQL), else as many as it likes.
    pub(crate) fn motion(self, after: Self) -> Option<Motion> {
        if self == after {
            return None;
        }
        let (whole, fraction) = self.room();
        let (new_whole, new_fraction) = after.room();
        match (
            whole <= new_whole && fraction <= new_fraction,
            whole >= new_whole && fraction >= new_fraction,
        ) {
            (true, true) => None,
            (true, false) => Some(Motion::Loosened),
            (false, true) => Some(Motion::Tightened),
            (false, false) => Some(Motion::Changed),
        }
    }

    fn room(self) -> (u64, u64) {
        match (self.precision, self.scale) {
            (None, None) => (u64::MAX, u64::MAX),
            (None, Some(scale)) => (u64::MAX, scale),
            (Some(precision), scale) => {
                let scale = scale.unwrap_or(0);
                (precision.saturating_sub(scale), scale)
            }
        }
    }
}

impl std::fmt::Display for Digits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.precision, self.scale) {
            (None, None) => f.write_str("any digits"),
            (None, Some(scale)) => write!(f, "any digits, {scale} behind the point"),
            (Some(precision), None) => write!(f, "{precision} digits"),
            (Some(precision), Some(scale)) => {
                write!(f, "{precision} digits, {scale} behind the point")
            }
        }
    }
}
