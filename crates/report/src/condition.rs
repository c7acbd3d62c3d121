//! A condition of a policy that decided in, how people are told of it out.

use serde::{Deserialize, Serialize};

use crate::escape::cut;

/// A condition that made a policy fire.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Condition {
    /// As it stands in the policy.
    pub text: String,
    /// Line of `policy.cedar`, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Whether it was true.
    pub holds: bool,
    /// The values that it reads, by the texts that name them.
    pub values: Vec<(String, String)>,
    /// Members that a set would need for it to hold.
    pub missing: Vec<String>,
}

/// Conditions that are told before the rest is counted.
const MOST: usize = 5;

/// Characters of a condition; reports for machines hold all of it.
const LONGEST: usize = 120;

/// Returns what decided in one sentence; `None` where nothing did.
pub(crate) fn told(conditions: &[Condition]) -> Option<String> {
    let mut all: Vec<String> = conditions.iter().take(MOST).map(Condition::told).collect();
    match conditions.len().saturating_sub(MOST) {
        0 => (),
        1 => all.push("and one condition more".to_owned()),
        more => all.push(format!("and {more} conditions more")),
    }
    (!all.is_empty()).then(|| all.join(", "))
}

impl Condition {
    fn told(&self) -> String {
        let not = if self.holds { "" } else { "not " };
        let mut aside = vec![format!("line {}", self.line)];
        // A single value is among the notes, and stands beside a constant.
        if let [(_, left), (_, right)] = self.values.as_slice() {
            aside.push(format!("{left} and {right}"));
        }
        if !self.missing.is_empty() {
            aside.push(format!("missing: {}", self.missing.join(", ")));
        }
        let text = cut(&self.text, LONGEST);
        format!("{not}`{text}` ({})", aside.join("; "))
    }
}

/// Writes and reads conditions that findings share, each time in full.
pub(crate) mod shared {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Condition;

    pub fn serialize<S: Serializer>(
        conditions: &Arc<[Condition]>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        conditions.as_ref().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<[Condition]>, D::Error> {
        Vec::deserialize(deserializer).map(Arc::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(holds: bool, values: &[&str], missing: &[&str]) -> Condition {
        let value = |value: &&str| ("resource.x".to_owned(), (*value).to_owned());
        Condition {
            text: "resource.x".to_owned(),
            line: 3,
            column: 1,
            holds,
            values: values.iter().map(value).collect(),
            missing: missing.iter().map(|one| (*one).to_owned()).collect(),
        }
    }

    #[test]
    fn it_says_no_more_than_it_has_to() {
        let table = [
            (vec![], None),
            (
                vec![condition(true, &["\"a\""], &[])],
                Some("`resource.x` (line 3)"),
            ),
            (
                vec![condition(false, &["3", "365"], &["\"email\""])],
                Some("not `resource.x` (line 3; 3 and 365; missing: \"email\")"),
            ),
        ];
        for (conditions, expected) in table {
            assert_eq!(told(&conditions).as_deref(), expected);
        }
        let many = vec![condition(true, &[], &[]); 7];
        assert!(told(&many).unwrap().ends_with(", and 2 conditions more"));
    }
}
