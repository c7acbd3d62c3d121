//! A place in a contract in, where that is in the words of ODCS out.

use std::fmt;

use meshlaw_contract::{Key, Pointer};

use super::SCHEMA;

/// One step of a path: a key, and which member of the list under it.
pub struct Step {
    /// The key.
    pub word: String,
    /// What tells the member from the others, and what it is there.
    pub member: Option<(&'static str, String)>,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escaped = |text: &str| text.replace('~', "~0").replace('/', "~1");
        write!(f, "/{}", escaped(&self.word))?;
        match &self.member {
            Some((key, name)) => write!(f, "[{key}={}]", escaped(name)),
            None => Ok(()),
        }
    }
}

/// Says where something stands in the words of ODCS.
pub fn steps(at: &Pointer, contract: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let keys = at.keys();
    if matches!(keys.first(), Some(Key::Word("fields"))) {
        // A contract of our own format may be one dataset, which ODCS has a level for.
        steps.push(Step {
            word: SCHEMA.to_owned(),
            member: Some(("name", contract.to_owned())),
        });
    }
    for key in keys {
        match (key, steps.last_mut()) {
            (Key::Word(word), _) => push(&mut steps, word),
            // Their members are plain values, which say themselves what they are.
            (Key::Name(_), Some(last)) if ["tags", "enum"].contains(&last.word.as_str()) => {}
            (Key::Name(name), Some(last)) if last.member.is_none() => {
                let key = match last.word.as_str() {
                    "customProperties" | "slaProperties" => "property",
                    "servers" => "server",
                    "roles" => "role",
                    _ => "name",
                };
                last.member = Some((key, name.clone()));
            }
            (Key::Name(name), _) => steps.push(Step {
                word: name.clone(),
                member: None,
            }),
        }
    }
    steps
}

/// Adds the words that ODCS has for a word of the model.
pub fn push(steps: &mut Vec<Step>, word: &str) {
    let mut step = |word: &str, member: Option<&str>| {
        steps.push(Step {
            word: word.to_owned(),
            member: member.map(|name| ("property", name.to_owned())),
        });
    };
    match word {
        "datasets" => step(SCHEMA, None),
        "fields" => step("properties", None),
        "properties" => step("customProperties", None),
        "type" => step("logicalType", None),
        "references" => step("relationships", None),
        "is_critical" => step("criticalDataElement", None),
        "encrypted" => step("encryptedName", None),
        "schema" => step("name", None),
        "owner" => step("team", None),
        "product" => step("dataProduct", None),
        "sla" => step("slaProperties", None),
        "min" | "max" | "min_length" | "max_length" | "pattern" | "format" | "precision"
        | "scale" => {
            step("logicalTypeOptions", None);
            step(
                match word {
                    "min" => "minimum",
                    "max" => "maximum",
                    "min_length" => "minLength",
                    "max_length" => "maxLength",
                    other => other,
                },
                None,
            );
        }
        // ODCS has no key of its own for these.
        "pii" | "masking" | "legal_basis" | "purpose" | "regions" | "retention"
        | "compatibility" | "sunset" | "replacement" | "renamed_from" | "unit" | "term" => {
            step("customProperties", Some(word));
        }
        other => step(&camel(other), None),
    }
}

/// Writes `physical_name` as `physicalName`.
fn camel(word: &str) -> String {
    let mut parts = word.split('_');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_the_members_of_lists_in_the_words_of_the_standard() {
        let root = Pointer::root();
        let field = root.word("fields").name("a/b~c");
        let table = [
            (
                field.word("min_length"),
                "/schema[name=o]/properties[name=a~1b~0c]/logicalTypeOptions/minLength",
            ),
            (
                field.word("items").word("fields").name("x"),
                "/schema[name=o]/properties[name=a~1b~0c]/items/properties[name=x]",
            ),
            (
                root.word("datasets").name("d").word("physical_name"),
                "/schema[name=d]/physicalName",
            ),
            (
                root.word("sla").name("latency"),
                "/slaProperties[property=latency]",
            ),
            (
                root.word("regions").name("eu"),
                "/customProperties[property=regions]/eu",
            ),
            (root.clone(), ""),
        ];
        for (pointer, expected) in table {
            let path: String = steps(&pointer, "o")
                .iter()
                .map(ToString::to_string)
                .collect();
            assert_eq!(path, expected);
        }
    }
}
