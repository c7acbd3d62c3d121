//! What the library crates must leave to `app`: the terminal, the environment, the clock, and for
//! the pure ones the file system. Sources come in, complaints go out.

use super::rust;
use crate::workspace::Source;

/// What no crate but `app` and xtask says outside its tests, and what it would do.
const LIBRARY: &[(&str, &str)] = &[
    ("print!(", "print"),
    ("println!(", "print"),
    ("process::exit", "exit"),
    ("std::env", "read the environment"),
    ("Instant::now", "read the clock"),
    ("SystemTime", "read the clock"),
    ("Timestamp::now", "read the clock"),
    ("Zoned::now", "read the clock"),
];

/// What the pure crates do not say either.
const PURE: &[(&str, &str)] = &[
    ("std::fs", "read or write files"),
    ("std::net", "use the network"),
    ("std::process", "run programs"),
];

const PURE_CRATES: &[&str] = &[
    "crates/contract/src/",
    "crates/diff/src/",
    "crates/report/src/",
];

/// Names each line that oversteps.
pub fn complaints(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for Source { path, text } in sources {
        let library = path.starts_with("crates/") && !path.starts_with("crates/app/");
        if !library || !path.ends_with(".rs") || !path.contains("/src/") || rust::is_test(path) {
            continue;
        }
        let pure = PURE_CRATES.iter().any(|folder| path.starts_with(folder));
        let refused = if pure {
            [LIBRARY, PURE].concat()
        } else {
            LIBRARY.to_vec()
        };
        for (number, line) in rust::code_lines(rust::without_tests(text)) {
            if let Some((_, deed)) = refused.iter().find(|(word, _)| line.contains(word)) {
                complaints.push(format!("{path}:{number}: this crate may not {deed}"));
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str) -> Vec<String> {
        complaints(&[Source {
            path: path.to_owned(),
            text: text.to_owned(),
        }])
    }

    #[test]
    fn library_crates_overstep() {
        let cases = [
            (
                "crates/policy/src/a.rs",
                "fn a() {\n    println!(\"x\");\n}\n",
                "a.rs:2: this crate may not print",
            ),
            (
                "crates/diff/src/a.rs",
                "    eprint!(\"x\");\n",
                "a.rs:1: this crate may not print",
            ),
            (
                "crates/diff/src/a.rs",
                "use std::env;\n",
                "read the environment",
            ),
            (
                "crates/contract/src/a.rs",
                "use std::fs;\n",
                "read or write files",
            ),
        ];
        for (path, text, expected) in cases {
            let found = check(path, text);
            assert_eq!(found.len(), 1, "{text}");
            assert!(
                found.iter().all(|complaint| complaint.contains(expected)),
                "{found:?}"
            );
        }
    }

    #[test]
    fn app_tests_comments_and_impure_crates_may() {
        let silent = [
            ("crates/app/src/main.rs", "println!(\"x\");\n"),
            ("xtask/src/main.rs", "println!(\"x\");\n"),
            ("crates/diff/tests/a.rs", "println!(\"x\");\n"),
            ("crates/diff/src/a.rs", "// println!(\"x\")\n"),
            (
                "crates/diff/src/a.rs",
                "#[cfg(test)]\nmod tests {\n    use std::env;\n}\n",
            ),
            ("crates/changeset/src/a.rs", "use std::fs;\n"),
            ("crates/diff/src/a.rs", ""),
        ];
        for (path, text) in silent {
            assert!(check(path, text).is_empty(), "{path}: {text}");
        }
    }
}
