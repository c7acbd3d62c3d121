//! The examples in the formats' README files are read, and have no problem.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

mod support;

use std::path::Path;

use support::{consumer, contract, lines, standard, term, waiver};

/// Returns the examples of a format's README with the lines that they begin in.
fn examples(format: &str) -> Vec<(usize, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/formats")
        .join(format);
    let text = std::fs::read_to_string(path.join("README.md")).expect("a README");
    let mut examples = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        match (&mut open, line) {
            (None, "```yaml") => open = Some((number + 1, String::new())),
            (Some(_), "```") => examples.extend(open.take()),
            (Some((_, example)), line) => {
                example.push_str(line);
                example.push('\n');
            }
            (None, _) => {}
        }
    }
    examples
}

#[test]
fn examples_have_no_problem() {
    for (format, at_least) in [
        ("native", 3),
        ("consumer", 2),
        ("term", 3),
        ("waiver", 2),
        ("odcs", 2),
    ] {
        let examples = examples(format);
        assert!(examples.len() >= at_least, "{format}");
        for (line, text) in examples {
            let problems = match format {
                "native" => contract(&text).problems,
                "odcs" => standard(&text).problems,
                "consumer" => consumer(&text).problems,
                "term" => term(&text).problems,
                _ => waiver(&text).problems,
            };
            assert_eq!(
                lines(&problems),
                Vec::<String>::new(),
                "{format}, line {line}"
            );
        }
    }
}
