//! Names of fields in, which of them are expected to mean one thing everywhere out.

use std::collections::HashSet;

use meshlaw_contract::model::{Field, Scalar, Type};
use meshlaw_contract::tokens;

use super::Hash;
use crate::settings::GlossarySettings;

/// Words at the end of names that identify something, or stand for it in a code.
const IDENTIFYING: [&str; 18] = [
    "bic", "code", "ean", "gtin", "guid", "iban", "id", "isbn", "isin", "key", "lei", "no", "nr",
    "number", "ref", "sku", "uuid", "vat",
];

/// Names that every dataset has for something of its own, sorted.
const GENERIC: [&str; 34] = [
    "action",
    "amount",
    "category",
    "class",
    "code",
    "count",
    "date",
    "description",
    "format",
    "id",
    "key",
    "kind",
    "label",
    "level",
    "name",
    "no",
    "nr",
    "number",
    "phase",
    "price",
    "priority",
    "quantity",
    "reason",
    "ref",
    "role",
    "state",
    "status",
    "tag",
    "time",
    "title",
    "type",
    "unit",
    "uuid",
    "value",
];

/// No word of either list is longer.
const LONGEST: usize = 11;

/// Which names are compared.
pub(super) struct Names {
    wanted: HashSet<Hash>,
    ignored: HashSet<Hash>,
    identifying: Words,
    generic: Words,
}

/// Words, with the letters that those of each length begin with: few names pass for one of them.
struct Words {
    words: &'static [&'static str],
    letters: [u32; LONGEST + 1],
    /// The letters that come last but one, by the last.
    ends: [u32; 32],
}

impl Words {
    fn new(words: &'static [&'static str]) -> Self {
        let (mut letters, mut ends) = ([0; LONGEST + 1], [0; 32]);
        for word in words {
            let of_length = letters.get_mut(word.len());
            of_length
                .into_iter()
                .for_each(|all| *all |= letter(word.as_bytes().first()));
            if let Some((before, last)) = end(word) {
                let of_last = ends.get_mut(place(last));
                of_last
                    .into_iter()
                    .for_each(|all| *all |= letter(Some(&before)));
            }
        }
        Self {
            words,
            letters,
            ends,
        }
    }

    /// Tells whether a name could end in one of the words, by its last two letters.
    fn may_end(&self, name: &str) -> bool {
        end(name).is_some_and(|(before, last)| {
            let of_last = self.ends.get(place(last));
            of_last.is_some_and(|letters| letters & letter(Some(&before)) != 0)
        })
    }

    fn hold(&self, name: &str) -> bool {
        let letters = self.letters.get(name.len());
        letters.is_some_and(|letters| letters & letter(name.as_bytes().first()) != 0)
            && self
                .words
                .iter()
                .any(|word| word.eq_ignore_ascii_case(name))
    }
}

/// A letter, as a bit.
fn letter(letter: Option<&u8>) -> u32 {
    letter.map_or(0, |letter| 1 << place(*letter))
}

/// The place of a letter in the alphabet, whatever its case.
fn place(letter: u8) -> usize {
    // Both cases of a letter share their lowest five bits.
    usize::from(letter & 0x1f)
}

/// Returns the last two letters of a word; none of ours has fewer.
fn end(word: &str) -> Option<(u8, u8)> {
    let [.., before, last] = word.as_bytes() else {
        return None;
    };
    Some((*before, *last))
}

impl Names {
    pub(super) fn new(settings: &GlossarySettings) -> Self {
        let hashes = |names: &[String]| names.iter().map(|name| folded(name)).collect();
        Self {
            wanted: hashes(&settings.compare),
            ignored: hashes(&settings.ignore),
            identifying: Words::new(&IDENTIFYING),
            generic: Words::new(&GENERIC),
        }
    }

    /// Returns the name of a field as it is compared; nothing where it is not.
    ///
    /// Most fields are passed over after a look at the end of their name.
    pub(super) fn compared(&self, field: &Field) -> Option<Hash> {
        let name = field.name.as_str();
        // How times are written is a matter of its own.
        let has_format = field.format.is_some() && !is_time(&field.ty);
        let says_much = field.allowed.is_some() || field.unit.is_some() || has_format;
        let is_identifying =
            || self.identifying.may_end(name) && self.identifying.hold(last_word(name));
        let is_telling = (says_much || is_identifying()) && !self.generic.hold(name);
        if !is_telling && self.wanted.is_empty() {
            return None;
        }
        let hash = folded(name);
        let is_meant = is_telling || self.wanted.contains(&hash);
        (is_meant && !self.ignored.contains(&hash)).then_some(hash)
    }
}

/// Hashes the words of a name: `customerId` is `customer_id`.
fn folded(name: &str) -> Hash {
    if name.is_ascii() {
        return folded_ascii(name.as_bytes());
    }
    folded_letters(name)
}

fn folded_ascii(name: &[u8]) -> Hash {
    let mut hash = Hash::default();
    let (mut is_inside, mut before_is_lower) = (false, false);
    for byte in name {
        let is_lower = byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let is_upper = byte.is_ascii_uppercase();
        if is_inside && (!is_lower && !is_upper || is_upper && before_is_lower) {
            hash = hash.byte(b'_');
        }
        is_inside = is_lower || is_upper;
        if is_inside {
            hash = hash.byte(byte.to_ascii_lowercase());
        }
        before_is_lower = is_lower;
    }
    hash
}

fn folded_letters(name: &str) -> Hash {
    let mut hash = Hash::default();
    let (mut is_inside, mut before_is_lower) = (false, false);
    for letter in name.chars() {
        let is_part = letter.is_alphanumeric();
        let splits = !is_part || (letter.is_uppercase() && before_is_lower);
        if splits && is_inside {
            hash = hash.letter('_');
            is_inside = false;
        }
        if is_part {
            hash = letter.to_lowercase().fold(hash, Hash::letter);
            is_inside = true;
        }
        before_is_lower = letter.is_lowercase() || letter.is_numeric();
    }
    hash
}

/// Returns the name as people are told of it.
pub(super) fn plain(name: &str) -> String {
    tokens(name).join("_")
}

fn is_time(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Scalar(Scalar::Date | Scalar::Time | Scalar::Timestamp)
    )
}

/// Returns the end of a name, from the last sign or the last change of case on.
fn last_word(name: &str) -> &str {
    let bytes = name.as_bytes();
    let is_upper = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_uppercase);
    let is_sign = |at: usize| {
        bytes
            .get(at)
            .is_some_and(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric())
    };
    let mut start = bytes.len();
    while start > 0 && !is_sign(start - 1) {
        start -= 1;
        let begins = is_upper(start) && start > 0 && !is_upper(start - 1);
        if begins {
            break;
        }
    }
    name.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        reason = "a test that cannot go on has failed"
    )]

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bytes_are_folded_as_letters_are(name in "[ -~]{0,24}|[a-cA-C0-2_]{0,12}") {
            prop_assert_eq!(folded_ascii(name.as_bytes()), folded_letters(&name));
        }

        #[test]
        fn words_are_looked_up_as_in_a_list(name in "[a-zA-Z@`{]{0,7}", nth in any::<usize>()) {
            for list in [&IDENTIFYING[..], &GENERIC] {
                let words = Words::new(list);
                let known = list[nth % list.len()];
                for name in [&*name, known, &known.to_uppercase()] {
                    let wanted = list.iter().any(|word| word.eq_ignore_ascii_case(name));
                    prop_assert_eq!(words.hold(name), wanted);
                    let ended = [name, known].concat();
                    prop_assert!(words.may_end(&ended));
                }
            }
        }
    }

    #[test]
    fn no_word_is_longer_or_shorter_than_is_looked_at() {
        let lengths = || IDENTIFYING.iter().chain(&GENERIC).map(|word| word.len());
        assert_eq!(lengths().max(), Some(LONGEST));
        assert_eq!(lengths().min(), Some(2));
    }

    #[test]
    fn names_are_compared_by_their_words() {
        for (one, other) in [
            ("customer_id", "customerId"),
            ("customer_id", "Customer-ID"),
            ("customer_id", "CUSTOMER ID"),
        ] {
            assert_eq!(folded(one), folded(other), "{other}");
            assert_eq!(plain(other), "customer_id");
        }
        assert_ne!(folded("customer_id"), folded("customerid"));
        assert!(GENERIC.is_sorted() && IDENTIFYING.is_sorted());
    }

    #[test]
    fn the_end_of_a_name_tells_whether_it_identifies() {
        for (name, expected) in [
            ("customer_id", true),
            ("customerId", true),
            ("CustomerID", true),
            ("CUSTOMER_ID", true),
            ("order number", true),
            ("iban", true),
            ("paid", false),
            ("valid", false),
            ("code_text", false),
            ("größe", false),
            ("", false),
        ] {
            let words = Words::new(&IDENTIFYING);
            assert_eq!(words.hold(last_word(name)), expected, "{name}");
        }
    }

    #[test]
    fn what_is_compared_can_be_set() {
        let names = |compare: &[&str], ignore: &[&str]| {
            let list = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
            Names::new(&GlossarySettings {
                compare: list(compare),
                ignore: list(ignore),
            })
        };
        let field = |name: &str, unit: Option<&str>| {
            let mut field = Field::default();
            field.name = name.to_owned();
            field.unit = unit.map(str::to_owned);
            field
        };
        let standard = names(&[], &[]);
        for (name, unit, expected) in [
            ("customer_id", None, true),
            ("id", None, false),
            ("status", None, false),
            ("amount", Some("EUR"), false),
            ("net_amount", Some("EUR"), true),
            ("net_amount", None, false),
        ] {
            let found = standard.compared(&field(name, unit)).is_some();
            assert_eq!(found, expected, "{name}");
        }
        let own = names(&["status", "net amount"], &["customerId"]);
        assert!(own.compared(&field("Status", None)).is_some());
        assert!(own.compared(&field("net_amount", None)).is_some());
        assert!(own.compared(&field("customer_id", None)).is_none());
    }
}
