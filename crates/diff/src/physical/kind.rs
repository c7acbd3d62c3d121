//! What a type in storage holds, and whether it holds all that another does.

use std::collections::BTreeSet;

/// A type in storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) kind: Kind,
    /// Nulls are forbidden.
    pub(super) not_null: bool,
}

/// What values a type holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    Integer {
        is_signed: bool,
        bits: u32,
    },
    Decimal(Digits),
    /// Binary floating point, by the bits of the whole number.
    Float(u32),
    /// A decimal number with a floating point.
    AnyNumber,
    Text(Text),
    Binary(Room),
    /// One of a list of texts.
    Enum(BTreeSet<String>),
    Date,
    Time {
        has_zone: bool,
        digits: u32,
    },
    Timestamp {
        zone: Zone,
        digits: u32,
    },
    Array(Box<Stored>),
    Map(Box<Stored>, Box<Stored>),
    /// Members by name; none where the text does not say.
    Struct(Vec<(String, Stored)>),
    /// A type that is only ever itself.
    Named(String),
    /// Nobody here knows what it holds.
    Unknown(String),
}

/// Digits of an exact number, before and behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digits {
    pub(super) whole: i64,
    pub(super) fraction: i64,
}

/// Text and how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) room: Room,
    /// Filled up with blanks.
    pub(super) is_padded: bool,
    /// Only the letters of one code page.
    pub(super) is_narrow: bool,
}

/// How long a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    Any,
    Characters(u64),
    Bytes(u64),
}

/// What a point in time says of its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// A calendar and a clock, anywhere.
    None,
    /// A point on the one line of time.
    Instant,
    /// A point on the line of time, with the offset in which it was said.
    Offset,
}

/// Whether each value of one type is one of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    Yes,
    No,
    Unknown,
}

impl From<bool> for Within {
    fn from(is_within: bool) -> Self {
        if is_within { Within::Yes } else { Within::No }
    }
}

impl Kind {
    /// Tells whether each value of this type is one of another.
    ///
    /// Members of a struct are compared by themselves, so two structs are alike here.
    pub(super) fn is_within(&self, room: &Kind) -> Within {
        use Kind::{
            AnyNumber, Array, Binary, Date, Decimal, Enum, Float, Integer, Map, Struct, Time,
            Timestamp, Unknown,
        };
        match (self, room) {
            (Unknown(own), Unknown(other)) if own == other => Within::Yes,
            (Unknown(_), _) | (_, Unknown(_)) => Within::Unknown,
            (Integer { is_signed, bits }, Integer { .. }) => {
                integer_fits(*is_signed, *bits, room).into()
            }
            (Integer { is_signed, bits }, Decimal(digits)) => {
                (digits.whole >= integer_digits(*is_signed, *bits)).into()
            }
            (Integer { bits, .. }, Float(float)) => (*bits <= significand(*float)).into(),
            (Decimal(own), Decimal(other)) => {
                (own.whole <= other.whole && own.fraction <= other.fraction).into()
            }
            (Decimal(own), Integer { is_signed, bits }) => {
                let digits = integer_digits(*is_signed, *bits) - 1;
                (*is_signed && own.fraction <= 0 && own.whole <= digits).into()
            }
            (Float(own), Float(other)) => (own <= other).into(),
            (Integer { .. } | Decimal(_) | AnyNumber, AnyNumber) => Within::Yes,
            (Kind::Text(own), Kind::Text(other)) => own.is_within(*other).into(),
            (Enum(own), Enum(other)) => own.is_subset(other).into(),
            (Enum(own), Kind::Text(other)) => {
                let longest = own.iter().map(|text| text.chars().count()).max();
                let room = Room::Characters(longest.unwrap_or(0) as u64);
                room.is_within(other.room).into()
            }
            (Binary(own), Binary(other)) => own.is_within(*other).into(),
            (
                Time { has_zone, digits },
                Time {
                    has_zone: other_zone,
                    digits: room,
                },
            ) => (has_zone == other_zone && digits <= room).into(),
            (
                Timestamp { zone, digits },
                Timestamp {
                    zone: other_zone,
                    digits: room,
                },
            ) => (zone == other_zone && digits <= room).into(),
            (Array(_), Array(_))
            | (Map(..), Map(..))
            | (Struct(_), Struct(_))
            | (Kind::Boolean, Kind::Boolean)
            | (Date, Date) => Within::Yes,
            (Kind::Named(own), Kind::Named(other)) => {
                let pair = [own.as_str(), other.as_str()];
                match own == other {
                    true => Within::Yes,
                    // One system, two ways to keep the same documents; operators differ.
                    false if pair.iter().all(|name| name.starts_with("json")) => Within::Unknown,
                    false => Within::No,
                }
            }
            _ => Within::No,
        }
    }
}

impl Text {
    fn is_within(self, other: Self) -> bool {
        self.room.is_within(other.room)
            && (self.is_padded || !other.is_padded)
            && (self.is_narrow || !other.is_narrow)
    }
}

impl Room {
    /// A character takes up to four bytes, and at least one.
    fn is_within(self, other: Self) -> bool {
        match (self, other) {
            (_, Room::Any) => true,
            (Room::Any, _) => false,
            (Room::Characters(own), Room::Characters(room))
            | (Room::Bytes(own), Room::Bytes(room) | Room::Characters(room)) => own <= room,
            (Room::Characters(own), Room::Bytes(room)) => own.saturating_mul(4) <= room,
        }
    }
}

fn integer_fits(is_signed: bool, bits: u32, room: &Kind) -> bool {
    match room {
        Kind::Integer {
            is_signed: room_signed,
            bits: room_bits,
        } => match (is_signed, room_signed) {
            (true, true) | (false, false) => bits <= *room_bits,
            (false, true) => bits < *room_bits,
            (true, false) => false,
        },
        _ => false,
    }
}

/// Counts the digits of the greatest whole number of so many bits.
fn integer_digits(is_signed: bool, bits: u32) -> i64 {
    let bits = if is_signed {
        bits.saturating_sub(1)
    } else {
        bits
    };
    let greatest = 1_u128
        .checked_shl(bits)
        .map_or(u128::MAX, |power| power - 1);
    i64::from(greatest.checked_ilog10().unwrap_or(0)) + 1
}

/// Counts the bits of whole numbers that a float of so many bits holds exactly.
fn significand(bits: u32) -> u32 {
    match bits {
        16 => 11,
        32 => 24,
        _ => 53,
    }
}
