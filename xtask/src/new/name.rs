//! Names of new things: what was typed comes in, a well-formed name goes out, or the sentence that
//! says what a well-formed one looks like.

use std::str::FromStr;

/// Lower-case words joined by hyphens: the id of a rule, format or report.
#[derive(Clone)]
pub struct Name(String);

impl Name {
    /// The name as people read it: `field-renamed`.
    pub fn id(&self) -> &str {
        &self.0
    }

    /// The name as Rust and file names write it: `field_renamed`.
    pub fn stem(&self) -> String {
        self.0.replace('-', "_")
    }
}

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if is_slug(text) {
            return Ok(Self(text.to_owned()));
        }
        Err("a name is lower-case words joined by hyphens, such as `field-renamed`".to_owned())
    }
}

fn is_slug(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.split('-').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_formed_names_are_taken() {
        for name in ["avro", "field-renamed", "odcs-v3"] {
            assert!(name.parse::<Name>().is_ok(), "{name}");
        }
        assert_eq!(
            "field-renamed".parse::<Name>().unwrap().stem(),
            "field_renamed"
        );
    }

    #[test]
    fn ill_formed_names_are_refused() {
        for name in [
            "",
            "-a",
            "a-",
            "a--b",
            "Field",
            "field_renamed",
            "a/b",
            "3d",
            "é",
            "a b",
        ] {
            assert!(name.parse::<Name>().is_err(), "{name}");
        }
    }
}
