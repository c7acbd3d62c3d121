//! Misspelt words in, the words that were meant out; knows no format.

/// Returns the known word that `word` most likely stands for.
///
/// Case, `-`, `_` and spaces do not count. A word is near when at most a third of its letters
/// differ (counting a swap as one), so that short words need a closer match.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let folded: String = fold(word).collect();
    let length = folded.chars().count();
    // Any letter is one edit away from any other.
    let allowed = if length < 2 {
        0
    } else {
        length.div_ceil(3).min(3)
    };
    let letters = letters_of(&folded);
    let mut other = String::new();
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        // Known words can be a hundred thousand, of which few are worth a closer look.
        if candidate.len() + allowed < length {
            continue;
        }
        other.clear();
        other.extend(fold(candidate));
        // An edit changes the letters that occur by at most one that goes and one that comes.
        let differing = (letters ^ letters_of(&other)).count_ones() as usize;
        if differing > 2 * allowed {
            continue;
        }
        let found = (distance(&folded, &other), candidate);
        if found.0 <= allowed && best.is_none_or(|best| found < best) {
            best = Some(found);
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Returns which letters occur in a word, as far as 64 can tell them apart.
fn letters_of(word: &str) -> u64 {
    word.chars()
        .fold(0, |seen, letter| seen | 1 << (u32::from(letter) % 64))
}

/// Splits a name into lower-case words at `_`, `-`, `.`, spaces and changes of case.
pub fn tokens(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut current = String::new();
    let mut before_is_lower = false;
    for letter in name.chars() {
        let splits = !letter.is_alphanumeric() || (letter.is_uppercase() && before_is_lower);
        if splits && !current.is_empty() {
            words.push(std::mem::take(&mut current));
        }
        if letter.is_alphanumeric() {
            current.extend(letter.to_lowercase());
        }
        before_is_lower = letter.is_lowercase() || letter.is_numeric();
    }
    if !current.is_empty() {
        words.push(current);
    }
    words
}

/// A longer text is no misspelling; cutting it keeps a hostile key from costing quadratic time.
fn distance(left: &str, right: &str) -> usize {
    if left.len() > 64 || right.len() > 64 {
        return usize::MAX;
    }
    strsim::osa_distance(left, right)
}

fn fold(word: &str) -> impl Iterator<Item = char> {
    word.chars()
        .filter(|letter| !matches!(letter, '_' | '-' | ' '))
        .flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_passed_over_is_not_near(
            word in "[a-fA-F_é İ]{0,9}",
            known in proptest::collection::vec("[a-fA-F_é İ]{0,9}", 0..12),
        ) {
            let folded = |text: &str| fold(text).collect::<String>();
            let length = folded(&word).chars().count();
            let allowed = if length < 2 { 0 } else { length.div_ceil(3).min(3) };
            let measured = known.iter().map(|one| (distance(&folded(&word), &folded(one)), one.as_str()));
            let near = measured.filter(|(distance, _)| *distance <= allowed).min();
            let found = nearest(&word, known.iter().map(String::as_str));
            prop_assert_eq!(found, near.map(|(_, one)| one));
        }
    }

    #[test]
    fn finds_what_was_meant_and_nothing_else() {
        let known = ["description", "enum", "fields", "name", "required", "type"];
        for (word, expected) in [
            ("feilds", Some("fields")),
            ("requierd", Some("required")),
            ("Required", Some("required")),
            ("descripton", Some("description")),
            ("nmae", Some("name")),
            ("colour", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), expected, "{word}");
        }
        assert_eq!(
            nearest("minLength", ["max_length", "min_length"]),
            Some("min_length")
        );
    }

    #[test]
    fn splits_names_into_words() {
        for (name, expected) in [
            ("lead_id", vec!["lead", "id"]),
            ("customerEmail2", vec!["customer", "email2"]),
            ("Tax-Number", vec!["tax", "number"]),
            ("__x__", vec!["x"]),
            ("SSN", vec!["ssn"]),
            ("", vec![]),
        ] {
            assert_eq!(tokens(name), expected, "{name}");
        }
    }
}
