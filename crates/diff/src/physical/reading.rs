//! The text of a type and a dialect in, what the type holds out.

use super::dialect::Dialect;
use super::kind::{Digits, Kind, Room, Stored, Text};
use super::names::{Length, Make, find};
use super::syntax::{Token, Written, tokens};

/// Reads a type; one that nobody here knows is kept as its text.
pub(super) fn read((text, dialect): (&str, Dialect)) -> Stored {
    let read = tokens(text).and_then(|tokens| stored(&tokens, dialect));
    read.unwrap_or_else(|| Stored {
        kind: Kind::Unknown(plain(text)),
        not_null: false,
    })
}

/// Writes a text so that blanks and large letters do not matter.
fn plain(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

fn stored(tokens: &[Token], dialect: Dialect) -> Option<Stored> {
    let written = Written::of(tokens)?;
    let mut kind = kind(&written, dialect)?;
    for _ in 0..written.arrays {
        let element = Stored {
            kind,
            not_null: false,
        };
        kind = Kind::Array(Box::new(element));
    }
    Some(Stored {
        kind,
        not_null: written.not_null,
    })
}

fn kind(written: &Written, dialect: Dialect) -> Option<Kind> {
    let numbers: Vec<Option<i64>> = written.arguments.iter().map(|one| number(one)).collect();
    let first = numbers.first().copied().flatten();
    let count = first.and_then(|number| u64::try_from(number).ok());
    let small = |default: u32| first.map_or(default, |digits| u32::try_from(digits).unwrap_or(0));
    let room = |length: Length| match written.arguments.first().map(Vec::as_slice) {
        Some([Token::Word(word)]) if word.eq_ignore_ascii_case("max") => Room::Any,
        // Oracle: `varchar2(10 char)`, `varchar2(10 byte)`.
        Some([_, Token::Word(unit)]) if unit.eq_ignore_ascii_case("char") => {
            count.map_or(length.room(None), Room::Characters)
        }
        _ => length.room(count),
    };
    let text = |length, is_padded, is_narrow| {
        Kind::Text(Text {
            room: room(length),
            is_padded,
            is_narrow,
        })
    };
    let make = word(written, dialect)?;
    Some(match make {
        Make::Boolean => Kind::Boolean,
        Make::Integer(bits) => Kind::Integer {
            is_signed: true,
            bits,
        },
        Make::Unsigned(bits) => Kind::Integer {
            is_signed: false,
            bits,
        },
        Make::Decimal(default) => decimal(&numbers, default),
        Make::AnyNumber => match numbers.as_slice() {
            [Some(_), ..] => decimal(&numbers, None),
            // Oracle: a scale without a precision has all digits.
            [None, Some(scale)] => Kind::Decimal(Digits {
                whole: 38_i64.saturating_sub(*scale),
                fraction: *scale,
            }),
            _ => Kind::AnyNumber,
        },
        Make::Float(bits) => Kind::Float(bits),
        Make::FloatOf(bits) => Kind::Float(match first {
            None => bits,
            Some(..=24) => 32,
            Some(_) => 64,
        }),
        Make::Text(length) => text(length, false, false),
        Make::Padded(length) => text(length, true, false),
        Make::Narrow(length) => text(length, false, true),
        Make::NarrowPadded(length) => text(length, true, true),
        Make::Binary(length) => Kind::Binary(match room(length) {
            Room::Characters(count) => Room::Bytes(count),
            room => room,
        }),
        Make::Enum => Kind::Enum(
            written
                .arguments
                .iter()
                .filter_map(|one| quoted(one))
                .collect(),
        ),
        Make::Date => Kind::Date,
        Make::Time(has_zone, digits) => Kind::Time {
            has_zone,
            digits: small(digits),
        },
        Make::Timestamp(zone, digits) => Kind::Timestamp {
            zone,
            digits: small(digits),
        },
        Make::Array => Kind::Array(Box::new(argument(written, 0, dialect)?)),
        Make::Map => Kind::Map(
            Box::new(argument(written, 0, dialect)?),
            Box::new(argument(written, 1, dialect)?),
        ),
        Make::Struct => Kind::Struct(members(written, dialect)?),
        Make::Named(name) => named(name, written),
    })
}

/// Finds the word's meaning; a word may be said at more length than its table has it.
fn word(written: &Written, dialect: Dialect) -> Option<Make> {
    let name = written.name.as_str();
    // MySQL: a small integer of one digit is a truth value.
    let is_flag = dialect == Dialect::MySql && name == "tinyint";
    if is_flag && written.arguments.first().and_then(|one| number(one)) == Some(1) {
        return Some(Make::Boolean);
    }
    let national = || {
        name.strip_prefix("national ")
            .map(|rest| format!("n{rest}"))
    };
    find(dialect, name)
        .or_else(|| find(dialect, national()?.as_str()))
        .or_else(|| find(dialect, name.strip_suffix(" zerofill")?))
        .or_else(|| find(dialect, name.strip_suffix(" signed")?))
        // An interval says which units it counts.
        .or_else(|| {
            name.starts_with("interval ")
                .then_some(Make::Named("interval"))
        })
}

/// A type that is only ever itself, with its arguments.
fn named(name: &str, written: &Written) -> Kind {
    let units = written.name.strip_prefix("interval ");
    let mut text = units.map_or_else(|| name.to_owned(), |units| format!("{name} {units}"));
    for argument in &written.arguments {
        for token in argument {
            if let Token::Word(word) | Token::Quoted(word) = token {
                text.push(' ');
                text.push_str(&word.to_lowercase());
            }
        }
    }
    Kind::Named(text)
}

fn number(argument: &[Token]) -> Option<i64> {
    match argument.first()? {
        Token::Word(word) => word.parse().ok(),
        _ => None,
    }
}

fn quoted(argument: &[Token]) -> Option<String> {
    match argument {
        [Token::Quoted(text)] => Some(text.clone()),
        _ => None,
    }
}

/// Reads precision and scale; a precision alone has no digits behind the point.
fn decimal(numbers: &[Option<i64>], default: Option<(u32, i32)>) -> Kind {
    let stated = numbers.first().copied().flatten().map(|precision| {
        let scale = numbers.get(1).copied().flatten().unwrap_or(0);
        (precision, scale)
    });
    let default = default.map(|(precision, scale)| (i64::from(precision), i64::from(scale)));
    match stated.or(default) {
        Some((precision, scale)) => Kind::Decimal(Digits {
            whole: precision.saturating_sub(scale),
            fraction: scale,
        }),
        None => Kind::Decimal(Digits {
            whole: i64::MAX,
            fraction: i64::MAX,
        }),
    }
}

fn argument(written: &Written, index: usize, dialect: Dialect) -> Option<Stored> {
    match written.arguments.get(index) {
        Some(tokens) => nested(tokens, dialect),
        // Nothing is said of what nests; any is as good as another.
        None => Some(Stored {
            kind: Kind::Unknown(String::new()),
            not_null: false,
        }),
    }
}

/// Reads a type inside of another; one that is not known is kept.
fn nested(tokens: &[Token], dialect: Dialect) -> Option<Stored> {
    if let Some(stored) = stored(tokens, dialect) {
        return Some(stored);
    }
    let written = Written::of(tokens)?;
    Some(Stored {
        kind: Kind::Unknown(format!("{} {:?}", written.name, written.arguments)),
        not_null: written.not_null,
    })
}

fn members(written: &Written, dialect: Dialect) -> Option<Vec<(String, Stored)>> {
    let member = |tokens: &Vec<Token>| {
        let (name, rest) = tokens.split_first()?;
        let (Token::Word(name) | Token::Quoted(name)) = name else {
            return None;
        };
        let rest = match rest {
            [Token::Colon, rest @ ..] => rest,
            rest => rest,
        };
        Some((name.clone(), nested(rest, dialect)?))
    };
    written.arguments.iter().map(member).collect()
}
