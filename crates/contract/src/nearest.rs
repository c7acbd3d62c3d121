//! Misspelt words in, the words that were meant out; knows no format.

/// Returns the known word that `word` most likely stands for.
///
/// Case, `-`, `_` and spaces do not count. A word is near when at most a third of its letters
/// differ (counting a swap as one), so that short words need a closer match.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let folded = fold(word);
    let length = folded.chars().count();
    // Any letter is one edit away from any other.
    let allowed = if length < 2 {
        0
    } else {
        length.div_ceil(3).min(3)
    };
    known
        .into_iter()
        .map(|candidate| (distance(&folded, &fold(candidate)), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, candidate)| (*distance, *candidate))
        .map(|(_, candidate)| candidate)
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

fn fold(word: &str) -> String {
    word.chars()
        .filter(|letter| !matches!(letter, '_' | '-' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
