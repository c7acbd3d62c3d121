//! Names of packs in, the built-in policies that they hold out.

use std::collections::BTreeSet;

/// The pack for a first adoption.
pub const STARTER: &str = "starter";

/// What nobody regrets, and what can be waived while an estate is being cleaned: somebody answers for each contract, nothing secret is published, marked
/// personal data is not public, and readers are not broken unawares.
const STARTER_POLICIES: &[&str] = &[
    "org/change/breaking-needs-major",
    "org/change/no-break-under-consumers",
    "org/ownership/owner-known",
    "org/privacy/pii-not-public",
    "org/security/secrets-not-published",
];

/// Tells whether a pack holds a file of the built-in policies.
pub fn pack_holds(pack: &str, path: &str) -> bool {
    let is_in = |folder: &str| {
        path.strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    if pack == STARTER {
        STARTER_POLICIES.iter().any(|policy| is_in(policy))
    } else {
        is_in(pack)
    }
}

/// Tells whether a name is that of a built-in pack.
pub fn is_pack(name: &str) -> bool {
    let is_group = || {
        let files = meshlaw_policy::builtin_files();
        name.matches('/').count() == 1 && files.iter().any(|file| pack_holds(name, &file.path))
    };
    name == meshlaw_policy::BUILTIN || name == STARTER || is_group()
}

/// Returns the names of the built-in packs: all, each group, and the starter.
pub fn names() -> Vec<String> {
    let mut packs: BTreeSet<String> =
        BTreeSet::from([meshlaw_policy::BUILTIN.to_owned(), STARTER.to_owned()]);
    for file in meshlaw_policy::builtin_files() {
        let mut parts = file.path.split('/');
        if let (Some(layer), Some(group)) = (parts.next(), parts.next()) {
            packs.insert(format!("{layer}/{group}"));
        }
    }
    packs.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_of_the_starter_is_built_in() {
        let files = meshlaw_policy::builtin_files();
        for policy in STARTER_POLICIES {
            let path = format!("{policy}/policy.cedar");
            assert!(files.iter().any(|file| file.path == path), "{policy}");
            assert!(pack_holds(STARTER, &path));
        }
        let held = files
            .iter()
            .filter(|file| file.path.ends_with(".cedar") && pack_holds(STARTER, &file.path));
        assert_eq!(held.count(), STARTER_POLICIES.len());
    }

    #[test]
    fn an_estate_can_start_green_with_the_starter() {
        for file in meshlaw_policy::builtin_files() {
            let is_hard = file.text.contains("@enforcement(\"hard\")");
            assert!(
                !(is_hard && pack_holds(STARTER, &file.path)),
                "{}",
                file.path
            );
        }
    }

    #[test]
    fn what_is_called_a_pack_is_one() {
        assert!(names().iter().all(|name| is_pack(name)));
        for other in [
            "",
            "/",
            "org/",
            "org/nothing",
            "org/privacy/pii-masked",
            "privacy",
        ] {
            assert!(!is_pack(other), "{other}");
        }
    }

    #[test]
    fn a_group_is_not_its_namesake() {
        assert!(pack_holds(
            "org/privacy",
            "org/privacy/pii-masked/policy.cedar"
        ));
        assert!(!pack_holds("org/privacy", "org/privacy-x/y/policy.cedar"));
        assert!(!pack_holds("org/privacy", "org/privacy"));
    }
}
