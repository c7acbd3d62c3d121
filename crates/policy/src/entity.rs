//! Names of Cedar entities.

use std::str::FromStr;
use std::sync::LazyLock;

use cedar_policy::{EntityId, EntityTypeName, EntityUid};

/// The entity types that the engine makes entities of; sorted.
const TYPES: &[&str] = &[
    "Action",
    "Classification",
    "CompatibilityMode",
    "Consumer",
    "Contract",
    "DataType",
    "Dataset",
    "Domain",
    "Effect",
    "Enforcement",
    "Field",
    "Grade",
    "Product",
    "Severity",
    "Status",
    "Team",
    "Term",
    "Waiver",
];

static NAMES: LazyLock<Vec<(&'static str, EntityTypeName)>> =
    LazyLock::new(|| TYPES.iter().map(|name| (*name, parse(name))).collect());

/// Returns the entity of a type of the vocabulary.
///
/// Ids are opaque texts: whatever a contract calls itself, it cannot name another type's entity.
pub(crate) fn uid(of: &'static str, id: &str) -> EntityUid {
    let known = NAMES.iter().find(|(name, _)| *name == of);
    let name = known.map_or_else(|| parse(of), |(_, name)| name.clone());
    EntityUid::from_type_name_and_id(name, EntityId::new(id))
}

#[expect(
    clippy::expect_used,
    reason = "names are constants of this crate, and a test parses each"
)]
fn parse(name: &str) -> EntityTypeName {
    EntityTypeName::from_str(name).expect("a type name of the vocabulary")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_in_the_vocabulary() {
        let schema = crate::vocabulary().unwrap();
        let known: Vec<String> = schema.entity_types().map(ToString::to_string).collect();
        for name in TYPES.iter().filter(|name| **name != "Action") {
            assert!(known.contains(&(*name).to_owned()), "{name}");
            assert_eq!(uid(name, "x\"y").id().unescaped(), "x\"y");
        }
    }
}
