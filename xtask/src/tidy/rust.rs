//! Looks at Rust text line by line, without parsing it. rustfmt has fixed the shape of every file,
//! so that lines say enough.

/// Whether all of a file is test code.
pub fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs")
}

/// Cuts the test module off, which stands at the end of a file.
pub fn without_tests(text: &str) -> &str {
    let marker = "#[cfg(test)]\nmod ";
    match text.find(marker) {
        Some(at) => text.get(..at).unwrap_or(text),
        None => text,
    }
}

/// The numbered lines (from 1) that hold code outside of comments.
pub fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line));
    numbered.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The functions of a file: number of the first line (from 1), name, count of lines.
pub fn functions(text: &str) -> Vec<(usize, &str, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut functions = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else {
            continue;
        };
        let indent = line.len() - line.trim_start().len();
        let end = lines.iter().skip(index).position(|line| {
            let depth = line.len() - line.trim_start().len();
            depth == indent && (line.trim_start() == "}" || line.ends_with([';', '}']))
        });
        if let Some(end) = end {
            functions.push((index + 1, name, end + 1));
        }
    }
    functions
}

fn function_name(line: &str) -> Option<&str> {
    let qualifiers = ["pub ", "pub(crate) ", "pub(super) ", "const ", "async "];
    let mut rest = line.trim_start();
    while let Some(shorter) = qualifiers.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = shorter;
    }
    rest.strip_prefix("fn ")?.split(['(', '<']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_module_is_cut_off() {
        let text = "fn a() {}\n\n#[cfg(test)]\nmod tests {}\n";
        assert_eq!(without_tests(text), "fn a() {}\n\n");
        assert_eq!(without_tests("fn a() {}\n"), "fn a() {}\n");
    }

    #[test]
    fn functions_end_at_the_brace_below_them() {
        let text = "\
impl A {
    pub const fn one() -> u8 { 1 }

    pub fn two<T>(
        a: T,
    ) -> Option<u8> {
        if a {
            1
        }
    }
}

fn three();
";
        assert_eq!(
            functions(text),
            [(2, "one", 1), (4, "two", 7), (13, "three", 1)]
        );
        assert!(functions("let fnord = 1;\n").is_empty());
    }

    #[test]
    fn comments_are_no_code() {
        let lines: Vec<_> = code_lines("//! a\nb\n    // c\n").collect();
        assert_eq!(lines, [(2, "b")]);
    }
}
