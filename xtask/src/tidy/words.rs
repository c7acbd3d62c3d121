//! Words that stay out of sources: promises without an end and tests that do not run. Sources come
//! in, complaints go out.

use crate::workspace::Source;

/// Promises, spelt so that this file does not hold them.
const PROMISES: &[&str] = &[concat!("FIX", "ME"), concat!("TO", "DO")];

/// Names each comment that promises and each test that is left out.
pub fn complaints(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for Source { path, text } in sources {
        let mark = match path.rsplit('.').next() {
            Some("rs" | "cedar" | "cedarschema") => "//",
            Some("toml") => "#",
            _ => continue,
        };
        for (index, line) in text.lines().enumerate() {
            let place = format!("{path}:{}", index + 1);
            let comment = line.split_once(mark).map_or("", |(_, comment)| comment);
            let mut words = comment.split(|c: char| !c.is_alphanumeric());
            if let Some(word) = words.find(|word| PROMISES.contains(word)) {
                complaints.push(format!(
                    "{place}: `{word}` has no end; do it or file an issue"
                ));
            }
            if path.ends_with(".rs") && line.trim_start().starts_with("#[ignore") {
                complaints.push(format!(
                    "{place}: a test that does not run; mend or delete it"
                ));
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
    fn promises_and_tests_left_out_are_named() {
        let promise = PROMISES.first().unwrap();
        let cases = [
            (
                "a.rs",
                format!("fn a() {{}}\n    // {promise}: later\n"),
                "a.rs:2: `",
            ),
            ("a.cedar", format!("// {promise}\n"), "a.cedar:1: `"),
            ("a.toml", format!("a = 1 # {promise}\n"), "a.toml:1: `"),
            (
                "a.rs",
                "#[test]\n#[ignore]\nfn a() {}\n".to_owned(),
                "a.rs:2: a test",
            ),
        ];
        for (path, text, expected) in cases {
            let found = check(path, &text);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(
                found
                    .iter()
                    .all(|complaint| complaint.starts_with(expected)),
                "{found:?}"
            );
        }
    }

    #[test]
    fn text_that_is_no_comment_is_silent() {
        let promise = PROMISES.first().unwrap();
        assert!(check("a.rs", &format!("let placeholder = \"{promise}\";\n")).is_empty());
        assert!(check("a.md", &format!("// {promise}\n")).is_empty());
        assert!(check("a.rs", "").is_empty());
    }
}
