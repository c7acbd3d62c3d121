//! The organisation's own spellings of free text in standards: keys in, words of the model out.

use std::collections::BTreeMap;

use meshlaw_contract::lowering::{KeySpec, Keys, Lowering};
use meshlaw_contract::model::Word;
use meshlaw_contract::{NodeRef, View, Words};

/// The keys of the vocabulary.
pub const VOCABULARY: Keys<Words> = Keys::new(
    "vocabulary",
    &[
        KeySpec {
            key: "classification",
            expects: "a mapping of words",
            doc: "Each of `public`, `internal`, `confidential` and `restricted` with the list of words that mean it, such as `confidential: [PII, sensitive]`.",
            set: |words, node, low| words.classification = spellings(low, node),
        },
        KeySpec {
            key: "roles",
            expects: "a list of texts",
            doc: "Roles that grant access to data; where there are any, another role is a typo.",
            set: |words, node, low| words.roles = low.text_set(node),
        },
        KeySpec {
            key: "sla",
            expects: "a list of texts",
            doc: "Properties of service levels beside those of the standard.",
            set: |words, node, low| words.sla = low.text_set(node),
        },
        KeySpec {
            key: "status",
            expects: "a mapping of words",
            doc: "Each of `draft`, `active`, `deprecated` and `retired` with the list of words that mean it, such as `active: [production]`.",
            set: |words, node, low| words.status = spellings(low, node),
        },
    ],
);

/// Reads lists of spellings below the words that they mean.
fn spellings<'d, W: Word>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> BTreeMap<String, W> {
    let mut meant = BTreeMap::new();
    let lists = low.free_map(node, |low, node| Some(low.text_set(node)));
    if let View::Mapping(entries) = node.view() {
        for (key, _) in entries {
            let Some(word) = low.one_of::<W>(key) else {
                continue;
            };
            let spellings = lists.get(word.as_str()).into_iter().flatten();
            meant.extend(spellings.map(|spelling| (spelling.clone(), word)));
        }
    }
    meant
}
