//! Bundles as they are made, and bundles that somebody made otherwise.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

#[path = "../../../fuzz/corpus/mod.rs"]
mod corpus;
mod oracle;

use std::collections::BTreeMap;

use meshlaw_bundle::{
    Bundle, BundleError, File, Hash, MOST_BYTES, MOST_FILES, Parameter, PathFault, PublicKey,
    SecretKey, SignatureError, verify,
};
use serde_json::json;

fn file(path: &str, text: &str) -> File {
    File {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

fn parameters() -> BTreeMap<String, Parameter> {
    BTreeMap::from([
        ("max_waiver_days".to_owned(), Parameter::Number(90)),
        (
            "max_freshness".to_owned(),
            Parameter::Text("2 days".to_owned()),
        ),
        (
            "regions".to_owned(),
            Parameter::List(vec!["eu".to_owned(), "ch".to_owned()]),
        ),
    ])
}

fn floor() -> Bundle {
    let files = vec![
        file(
            "org/b/two/policy.cedar",
            "forbid (principal, action, resource)\nwhen { false };\n",
        ),
        file(
            "org/a/one/policy.cedar",
            "// \"quoted\" \\ and \u{e9}\r\nforbid (principal, action, resource);",
        ),
        file("org/a/one/README.md", ""),
    ];
    Bundle::new("acme", parameters(), files).unwrap()
}

#[test]
fn the_same_policies_give_the_same_bytes() {
    let bundle = floor();
    let mut turned = bundle.files().to_vec();
    turned.reverse();
    let again = Bundle::new("acme", parameters(), turned).unwrap();
    assert_eq!(bundle.to_text(), again.to_text());
    assert_eq!(Bundle::read(bundle.to_text().as_bytes()).unwrap(), bundle);
    let other = Bundle::new("acme", parameters(), bundle.files()[1..].to_vec()).unwrap();
    assert_ne!(
        Hash::of(other.to_text().as_bytes()),
        Hash::of(bundle.to_text().as_bytes())
    );
}

#[test]
fn each_line_of_a_policy_is_a_line_of_the_bundle() {
    let bundle = floor();
    let text = bundle.to_text();
    let lines: Vec<&str> = text.lines().collect();
    let at = |path, line| lines[bundle.line_of(path, line).unwrap() - 1].trim();
    assert_eq!(at("org/b/two/policy.cedar", 2), "\"when { false };\",");
    assert_eq!(
        at("org/a/one/policy.cedar", 2),
        "\"forbid (principal, action, resource);\""
    );
    assert_eq!(at("org/a/one/README.md", 1), "\"\"");
    assert_eq!(bundle.line_of("org/a/one/other", 1), None);
}

/// The JSON of a bundle with these files, as somebody else may write it.
fn hostile(files: &[(&str, &str)]) -> Vec<u8> {
    let files: Vec<_> = files
        .iter()
        .map(|(path, text)| json!({ "path": path, "text": text.split('\n').collect::<Vec<_>>() }))
        .collect();
    let document = json!({ "bundle": 1, "name": "acme", "parameters": {}, "files": files });
    (serde_json::to_string_pretty(&document).unwrap() + "\n").into_bytes()
}

#[test]
fn a_path_that_leads_elsewhere_is_refused() {
    let long = format!("org/{}/b/policy.cedar", "a".repeat(200));
    for (path, expected) in [
        ("../org/a/b/policy.cedar", PathFault::Traversal),
        ("org/a/../policy.cedar", PathFault::Traversal),
        ("org/../../policy.cedar", PathFault::Traversal),
        ("org/./a/policy.cedar", PathFault::Traversal),
        ("org//a/policy.cedar", PathFault::Traversal),
        ("", PathFault::Traversal),
        ("/org/a/b/policy.cedar", PathFault::Absolute),
        ("\\\\host\\org", PathFault::Absolute),
        ("C:/org/a/b/policy.cedar", PathFault::Absolute),
        ("org/a\\..\\..\\b/c/policy.cedar", PathFault::Characters),
        ("org/a/b\0/policy.cedar", PathFault::Characters),
        ("org/a/b\n/policy.cedar", PathFault::Characters),
        ("org/a/b\u{202e}/policy.cedar", PathFault::Characters),
        ("org/a b/c/policy.cedar", PathFault::Characters),
        ("org/a/policy.cedar", PathFault::Layout),
        ("org/a/b/c/policy.cedar", PathFault::Layout),
        ("org/a/b/policy.cedar.exe", PathFault::Layout),
        ("domains/sales/b/policy.cedar", PathFault::Layout),
        ("Org/a/b/policy.cedar", PathFault::Layout),
        ("meshlaw.yaml", PathFault::Layout),
        (long.as_str(), PathFault::Length),
    ] {
        let files = [("org/a/a/policy.cedar", "x"), (path, "x")];
        match Bundle::read(&hostile(&files)) {
            Err(BundleError::Path { path: told, fault }) => {
                assert_eq!((told.as_str(), fault), (path, expected));
            }
            other => panic!("{path}: {other:?}"),
        }
    }
}

#[test]
fn a_path_that_stands_twice_is_refused() {
    let path = "org/a/b/policy.cedar";
    let read = Bundle::read(&hostile(&[(path, "one"), (path, "two")]));
    assert_eq!(read, Err(BundleError::Duplicate(path.to_owned())));
}

#[test]
fn sizes_and_counts_are_bounded() {
    let long = "x".repeat((1 << 20) + 1);
    let read = Bundle::read(&hostile(&[("org/a/b/policy.cedar", &long)]));
    assert!(
        matches!(read, Err(BundleError::FileSize { .. })),
        "{read:?}"
    );
    let many: Vec<String> = (0..=MOST_FILES)
        .map(|number| format!("org/a/b{number}/policy.cedar"))
        .collect();
    let many: Vec<(&str, &str)> = many.iter().map(|path| (path.as_str(), "x")).collect();
    assert_eq!(
        Bundle::read(&hostile(&many)),
        Err(BundleError::Count(MOST_FILES + 1))
    );
    assert_eq!(
        Bundle::read(&vec![b' '; MOST_BYTES + 1]),
        Err(BundleError::Size(MOST_BYTES + 1))
    );
    let full: Vec<File> = (0..17)
        .map(|number| {
            file(
                &format!("org/a/b{number}/policy.cedar"),
                &"x".repeat(1 << 20),
            )
        })
        .collect();
    assert!(matches!(
        Bundle::new("acme", parameters(), full),
        Err(BundleError::Size(_))
    ));
}

#[test]
fn what_is_not_written_in_the_one_form_is_refused() {
    let text = floor().to_text();
    let line = |at: usize| Some((at, 1));
    for (changed, place) in [
        (text.trim_end().to_owned(), line(text.lines().count() + 1)),
        (format!("{text}\n"), line(text.lines().count() + 2)),
        (text.replace("  ", "    "), line(2)),
        (text.replacen("\"acme\"", "\"\\u0061cme\"", 1), line(3)),
        (text.replace("\\r", ""), None),
        (text.replace('\n', "\r\n"), line(1)),
    ] {
        match Bundle::read(changed.as_bytes()) {
            Err(error @ BundleError::NotCanonical { .. }) => assert_eq!(error.place(), place),
            // A carriage return is part of the text, and its absence another text.
            Ok(other) => assert!(place.is_none() && other != floor()),
            other => panic!("{other:?}"),
        }
    }
    let turned = hostile(&[("org/b/b/policy.cedar", "x"), ("org/a/a/policy.cedar", "x")]);
    assert!(matches!(
        Bundle::read(&turned),
        Err(BundleError::NotCanonical { .. })
    ));
    let split = text.replace("\"when { false };\"", "\"when {\\n false };\"");
    assert!(matches!(
        Bundle::read(split.as_bytes()),
        Err(BundleError::NotCanonical { .. })
    ));
}

#[test]
fn what_is_no_bundle_is_refused_with_its_place() {
    let text = floor().to_text();
    for changed in [
        String::new(),
        "{}".to_owned(),
        "[]".to_owned(),
        text[..text.len() / 2].to_owned(),
        text.replacen("\"name\"", "\"nmae\"", 1),
        text.replacen(
            "\"name\": \"acme\",",
            "\"name\": \"acme\",\n  \"name\": \"other\",",
            1,
        ),
        text.replacen(
            "\"name\": \"acme\",",
            "\"name\": \"acme\",\n  \"more\": 1,",
            1,
        ),
        text.replacen("\"path\"", "\"link\": \"/etc/passwd\", \"path\"", 1),
        text.replacen("\"bundle\": 1", "\"bundle\": \"1\"", 1),
        text.replacen("\"max_waiver_days\": 90", "\"max_waiver_days\": -90", 1),
        text.replacen(
            "\"max_waiver_days\": 90",
            "\"max_waiver_days\": { \"a\": 1 }",
            1,
        ),
        "[".repeat(100_000),
    ] {
        let read = Bundle::read(changed.as_bytes());
        assert!(
            matches!(read, Err(BundleError::Json { .. })),
            "{changed:.80}: {read:?}"
        );
        assert!(read.unwrap_err().place().is_some());
    }
    assert_eq!(Bundle::read(b"{\"bundle\xff"), Err(BundleError::NotUtf8(8)));
    let later = text.replacen("\"bundle\": 1", "\"bundle\": 2", 1);
    assert_eq!(Bundle::read(later.as_bytes()), Err(BundleError::Format(2)));
    assert_eq!(
        Bundle::new("acme", parameters(), Vec::new()),
        Err(BundleError::Empty)
    );
    assert_eq!(
        Bundle::new("acme", parameters(), vec![file("org/a/b/README.md", "")]),
        Err(BundleError::Empty)
    );
    for name in ["", "a/b", "a b", "\u{e9}", &"a".repeat(65)] {
        let files = floor().files().to_vec();
        assert_eq!(
            Bundle::new(name, parameters(), files),
            Err(BundleError::Name(name.to_owned()))
        );
    }
}

#[test]
fn single_mutations_are_refused_or_read_as_they_stand() {
    let bytes = floor().to_text().into_bytes();
    for at in 0..bytes.len() {
        for byte in [0, b'"', b'\\', b'.', b'/', b'{', b'\n', b'0', 0xff] {
            let mut changed = bytes.clone();
            changed[at] = byte;
            oracle::parse_bundle(&changed);
        }
        let mut shorter = bytes.clone();
        shorter.remove(at);
        oracle::parse_bundle(&shorter);
        oracle::parse_bundle(&bytes[..at]);
    }
}

#[test]
fn a_signature_holds_for_its_bytes_and_its_key() {
    let (old, new) = (
        SecretKey::generate().unwrap(),
        SecretKey::generate().unwrap(),
    );
    let keys = [old.public().unwrap(), new.public().unwrap()];
    let bytes = floor().to_text().into_bytes();
    let signature = new.sign(&bytes, "bundle acme").unwrap();
    // While keys are changed, both count.
    assert_eq!(verify(&bytes, &signature, &keys).unwrap(), &keys[1]);
    assert_eq!(
        verify(&bytes, &signature, &keys[..1]),
        Err(SignatureError::Unknown)
    );
    assert_eq!(verify(&bytes, &signature, &[]), Err(SignatureError::NoKeys));
    let mut changed = bytes.clone();
    changed[20] ^= 1;
    assert_eq!(
        verify(&changed, &signature, &keys),
        Err(SignatureError::Unknown)
    );
    let comment = signature.replace("bundle acme", "bundle evil");
    assert_eq!(
        verify(&bytes, &comment, &keys),
        Err(SignatureError::Unknown)
    );
    for wrong in [
        "",
        "untrusted comment: x",
        &signature[..signature.len() / 2],
        "\n\n\n\n",
    ] {
        let told = verify(&bytes, wrong, &keys);
        assert!(
            matches!(told, Err(SignatureError::Malformed(_))),
            "{wrong}: {told:?}"
        );
    }
}

#[test]
fn keys_are_read_as_they_are_written() {
    let key = SecretKey::generate().unwrap();
    let public = key.public().unwrap();
    assert!(public.to_string().starts_with("RW"), "{public}");
    assert_eq!(
        PublicKey::parse(&format!("untrusted comment: x\n{public}\n")).unwrap(),
        public
    );
    let again = SecretKey::parse(&key.to_text().unwrap(), None).unwrap();
    assert_eq!(again.public().unwrap(), public);
    for wrong in [
        "",
        "RW",
        "untrusted comment: only",
        &public.to_string()[1..],
    ] {
        assert!(PublicKey::parse(wrong).is_err(), "{wrong}");
        assert!(SecretKey::parse(wrong, None).is_err(), "{wrong}");
    }
    let (public, text) = SecretKey::generate_under("correct horse").unwrap();
    assert!(SecretKey::parse(&text, None).is_err());
    assert!(SecretKey::parse(&text, Some("wrong horse")).is_err());
    let opened = SecretKey::parse(&text, Some("correct horse")).unwrap();
    assert_eq!(opened.public().unwrap(), public);
}

#[test]
fn kept_bytes_are_read_or_refused() {
    corpus::each("parse_bundle", oracle::parse_bundle);
}
