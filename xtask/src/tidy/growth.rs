//! Points out what has grown past the numbers of the style: sources come in, notes go out. They
//! are signs to look again and fail nothing.

use super::rust;
use crate::workspace::Source;

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 70;
const ROOT_LINES: usize = 80;
const RULE_LINES: usize = 120;
const COLUMNS: usize = 100;

/// Notes each file, function and line that is worth a second look.
pub fn notes(sources: &[Source]) -> Vec<String> {
    let mut notes = Vec::new();
    for Source { path, text } in sources {
        if path.starts_with("crates/diff/rules/") {
            long(&mut notes, path, "rule", text.lines().count(), RULE_LINES);
        }
        if path.ends_with(".rs") {
            notes.extend(wide_lines(path, text));
            if !rust::is_test(path) {
                notes.extend(grown(path, rust::without_tests(text)));
            }
        }
    }
    notes
}

fn grown(path: &str, text: &str) -> Vec<String> {
    let mut notes = Vec::new();
    if path.ends_with("/mod.rs") || path.ends_with("/main.rs") {
        // Lists of modules grow by design and are read at a glance.
        let listed = |line: &&str| line.ends_with(';') && line.contains("mod ");
        let lines = text.lines().filter(|line| !listed(line)).count();
        long(&mut notes, path, "root of a module", lines, ROOT_LINES);
    } else {
        long(&mut notes, path, "file", text.lines().count(), FILE_LINES);
    }
    for (line, name, lines) in rust::functions(text) {
        let place = format!("{path}:{line}");
        long(
            &mut notes,
            &place,
            &format!("function `{name}`"),
            lines,
            FUNCTION_LINES,
        );
    }
    notes
}

fn long(notes: &mut Vec<String>, place: &str, what: &str, lines: usize, limit: usize) {
    if lines > limit {
        notes.push(format!(
            "{place}: {what} of {lines} lines; look again above {limit}"
        ));
    }
}

fn wide_lines(path: &str, text: &str) -> Vec<String> {
    let columns = |line: &str| line.chars().count();
    let wide = |(index, line): (usize, &str)| {
        (columns(line) > COLUMNS).then(|| {
            format!(
                "{path}:{}: line of {} columns; look again above {COLUMNS}",
                index + 1,
                columns(line)
            )
        })
    };
    text.lines().enumerate().filter_map(wide).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str) -> Vec<String> {
        notes(&[Source {
            path: path.to_owned(),
            text: text.to_owned(),
        }])
    }

    #[test]
    fn what_has_grown_is_pointed_out() {
        let function = format!("fn long() {{\n{}}}\n", "    a();\n".repeat(70));
        let wide = format!("// {}\n", "ä".repeat(98));
        let cases = [
            (
                "a/src/b.rs",
                "//\n".repeat(401),
                "a/src/b.rs: file of 401 lines",
            ),
            (
                "a/src/mod.rs",
                "//\n".repeat(81),
                "a/src/mod.rs: root of a module of 81 lines",
            ),
            (
                "crates/diff/rules/a.md",
                "a\n".repeat(121),
                "rule of 121 lines",
            ),
            (
                "a/src/b.rs",
                function,
                "a/src/b.rs:1: function `long` of 72 lines",
            ),
            ("a/src/b.rs", wide, "a/src/b.rs:1: line of 101 columns"),
        ];
        for (path, text, expected) in cases {
            let found = check(path, &text);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(
                found
                    .iter()
                    .all(|note| note.starts_with(expected) || note.contains(expected))
            );
        }
    }

    #[test]
    fn what_fits_is_silent() {
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "//\n".repeat(500));
        let silent = [
            ("a/src/b.rs", "//\n".repeat(400)),
            ("a/src/b.rs", tests),
            ("a/tests/b.rs", "//\n".repeat(900)),
            ("a/src/mod.rs", "mod entry;\n".repeat(200)),
            ("a/README.md", "long\n".repeat(900)),
            ("a/src/b.rs", "ä".repeat(100)),
            ("a/src/b.rs", String::new()),
        ];
        for (path, text) in silent {
            assert!(check(path, &text).is_empty(), "{path}");
        }
    }
}
