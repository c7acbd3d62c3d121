//! The bundles that an organisation takes policies from, as settings name them.

use meshlaw_bundle::{Hash, PublicKey};
use meshlaw_contract::lowering::{KeySpec, Keys, Lowering};
use meshlaw_contract::{NodeRef, ProblemId, View};

/// A bundle, where it lies and by what it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct BundleSettings {
    /// Path of its file; the signature lies beside it.
    pub path: String,
    /// The hash of its bytes.
    pub hash: Hash,
    /// The keys of which one signed it.
    pub keys: Vec<PublicKey>,
}

/// A bundle while it is read.
#[derive(Debug, Default)]
pub struct Draft {
    path: Option<String>,
    hash: Option<Hash>,
    keys: Vec<PublicKey>,
}

/// The keys of a bundle.
pub const BUNDLE: Keys<Draft> = Keys::new(
    "bundle",
    &[
        KeySpec {
            key: "hash",
            expects: "`sha256:` and 64 hexadecimal digits",
            doc: "The hash of the file, by which it is pinned.",
            set: |bundle, node, low| bundle.hash = hash(low, node),
        },
        KeySpec {
            key: "keys",
            expects: "a list of public keys",
            doc: "The keys of which one must have signed the file; two while keys are changed.",
            set: |bundle, node, low| bundle.keys = keys(low, node),
        },
        KeySpec {
            key: "path",
            expects: "text",
            doc: "The file; its signature lies beside it as `<path>.minisig`.",
            set: |bundle, node, low| bundle.path = low.text(node),
        },
    ],
);

/// Reads the list of bundles.
pub fn bundles<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Vec<BundleSettings> {
    let mut known: Vec<String> = Vec::new();
    low.list(node, |low, node| {
        let draft = low.draft(node, &BUNDLE)?;
        for (key, is_there) in [
            ("hash", draft.hash.is_some()),
            ("keys", !draft.keys.is_empty()),
            ("path", draft.path.is_some()),
        ] {
            low.require(is_there, node, key, "bundle");
        }
        let bundle = BundleSettings {
            path: draft.path?,
            hash: draft.hash?,
            keys: draft.keys,
        };
        if known.contains(&bundle.path) {
            let message = format!("the bundle `{}` stands in the list twice", bundle.path);
            let help = "name each file once".to_owned();
            low.contradiction(ProblemId::DuplicateName, node.span(), message, help);
        }
        known.push(bundle.path.clone());
        Some(bundle)
    })
}

fn hash<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<Hash> {
    let text = low.text(node)?;
    let hash = Hash::parse(&text);
    if hash.is_none() {
        let message = format!("`{text}` is not the hash of a bundle");
        let help = "copy it from `meshlaw policy bundle build` or `verify`".to_owned();
        low.bad(ProblemId::UnknownWord, node.span(), message, help);
    }
    hash
}

fn keys<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Vec<PublicKey> {
    let keys = low.list(node, |low, node| {
        let text = low.text(node)?;
        let key = PublicKey::parse(&text).ok();
        let key = key.filter(|key| key.to_string() == text);
        if key.is_none() {
            let message = format!("`{text}` is not a public key");
            let help = "copy the line that begins with `RW`, of those who sign".to_owned();
            low.bad(ProblemId::UnknownWord, node.span(), message, help);
        }
        key
    });
    if let View::Sequence(mut items) = node.view()
        && items.next().is_none()
    {
        let help = "name the keys of those who sign".to_owned();
        low.mismatch(node, "a list with a key", help);
    }
    keys
}
