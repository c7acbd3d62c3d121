//! Two types in, how the set of values moved out: the lattice of types.

use meshlaw_contract::model::{Field, Scalar, Type};

use crate::edit::Motion;

/// Returns how the set of values moves from one type to another, whatever nests in them.
///
/// `None` means not at all.
pub(crate) fn motion(before: &Type, after: &Type) -> Option<Motion> {
    match (before, after) {
        (Type::Unstated, Type::Unstated) => None,
        (Type::Unstated, _) => Some(Motion::Added),
        (_, Type::Unstated) => Some(Motion::Removed),
        (Type::Scalar(old), Type::Scalar(new)) if old == new => None,
        (Type::Scalar(old), Type::Scalar(new)) if widens(*old, *new) => Some(Motion::Loosened),
        (Type::Scalar(old), Type::Scalar(new)) if widens(*new, *old) => Some(Motion::Tightened),
        (Type::Object(_), Type::Object(_))
        | (Type::Array(_), Type::Array(_))
        | (Type::Map { .. }, Type::Map { .. }) => None,
        _ if before == after => None,
        (Type::Union(_) | Type::Named(_) | Type::Opaque(_), _)
        | (_, Type::Union(_) | Type::Named(_) | Type::Opaque(_)) => Some(Motion::Unclear),
        _ => Some(Motion::Changed),
    }
}

/// Tells whether every value of one scalar type is a value of another.
///
/// A 32-bit integer is exact in a 64-bit float, a 64-bit one is not; a decimal without stated
/// digits holds every integer. Texts that look like dates are still texts, so nothing but an
/// identifier widens to text.
fn widens(from: Scalar, to: Scalar) -> bool {
    matches!(
        (from, to),
        (
            Scalar::Integer,
            Scalar::Long | Scalar::Number | Scalar::Decimal
        ) | (Scalar::Long, Scalar::Decimal)
            | (Scalar::Uuid, Scalar::String)
    )
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
            (None, Some(scale)) => write!(f, "{scale} behind the point"),
            (Some(precision), None) => write!(f, "{precision}"),
            (Some(precision), Some(scale)) => write!(f, "{precision}, {scale} behind the point"),
        }
    }
}
