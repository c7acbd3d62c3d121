//! Text to documents: encodings, hostile input, and where things stand.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

mod support;

use std::time::{Duration, Instant};

use meshlaw_contract::lowering::to_value;
use meshlaw_contract::{Limits, NodeRef, Span, View, read};
use support::ids;

fn values(text: &str) -> Vec<String> {
    let documents = read(text, &Limits::default());
    documents
        .iter()
        .map(|(document, problems)| match document.root() {
            Some(root) if problems.is_empty() => to_value(root).to_string(),
            Some(_) => format!("partly: {}", ids(problems).join(", ")),
            None => ids(problems).join(", "),
        })
        .collect()
}

#[test]
fn texts_become_documents() {
    for (name, text, expected) in [
        ("empty", "", &["1:1 no-document"][..]),
        ("blank lines", "\n \n", &["1:1 no-document"]),
        ("comments only", "# a\n# b\n", &["1:1 no-document"]),
        ("byte order mark only", "\u{feff}", &["1:1 no-document"]),
        ("byte order mark", "\u{feff}a: 1\n", &["{a: 1}"]),
        (
            "windows lines",
            "a: 1\r\nb:\r\n  - x\r\n",
            &["{a: 1, b: [x]}"],
        ),
        ("no line end at the end", "a: 1", &["{a: 1}"]),
        (
            "two documents",
            "---\na: 1\n---\na: 2\n...\n",
            &["{a: 1}", "{a: 2}"],
        ),
        (
            "empty document between",
            "a: 1\n---\n---\na: 2\n",
            &["{a: 1}", "null", "{a: 2}"],
        ),
        (
            "next document after a bad one",
            "a: [1\n---\na: 2\n",
            &["1:4 syntax", "{a: 2}"],
        ),
        (
            "next document after a refused one",
            "a: 1\na: 2\n---\nb: 1\n",
            &["2:1 duplicate-key", "{b: 1}"],
        ),
        (
            "text, not truth",
            "[yes, no, on, off, 'true', ~]",
            &["[yes, no, on, off, true, null]"],
        ),
        ("null by silence", "a:\nb: ''\n", &["{a: null, b: }"]),
        (
            "numbers as written",
            "[1.10, 0777, 1e3, 0x1f, 1_000]",
            &["[1.1, 777, 1000, 0x1f, 1_000]"],
        ),
        ("tag that makes text", "a: !!str 5\n", &["{a: 5}"]),
        (
            "tag that means nothing",
            "a: !secret 5\n",
            &["partly: 1:12 unsupported-yaml"],
        ),
        (
            "alias",
            "a: &x {b: 1}\nc: *x\n",
            &["{a: {b: 1}, c: {b: 1}}"],
        ),
        ("alias as key", "a: &x b\n*x : 1\n", &["{a: b, b: 1}"]),
        ("anchor again", "[&x 1, *x, &x 2, *x]", &["[1, 1, 2, 2]"]),
        (
            "alias of another document",
            "a: &x 1\n---\nb: *x\n",
            &["{a: 1}", "3:4 syntax"],
        ),
        ("alias of itself", "a: &x [*x]\n", &["1:8 unsupported-yaml"]),
        ("alias of nothing", "a: *x\n", &["1:4 syntax"]),
        (
            "merge key",
            "a: &x {b: 1}\nc:\n  <<: *x\n",
            &["3:3 unsupported-yaml"],
        ),
        ("merge key in quotes", "'<<': 1\n", &["{<<: 1}"]),
        ("list as key", "? [a]\n: 1\n", &["1:3 unsupported-yaml"]),
        ("mapping as key", "{{a: 1}: 2}\n", &["1:2 unsupported-yaml"]),
        (
            "key twice",
            "a: 1\nb: 2\na: 3\nb: 4\n",
            &["3:1 duplicate-key, 4:1 duplicate-key"],
        ),
        (
            "key twice in another spelling",
            "a: 1\n'a': 2\n",
            &["2:1 duplicate-key"],
        ),
        (
            "key twice through an alias",
            "a: &x a\n*x : 2\n",
            &["2:1 duplicate-key"],
        ),
        ("tab as indentation", "a:\n\tb: 1\n", &["2:2 syntax"]),
        ("tab in a list", "a:\n\t- b\n", &["2:2 syntax"]),
        (
            "merge conflict",
            "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n",
            &["2:1 syntax"],
        ),
        ("unclosed quote", "a: 'b\n", &["1:4 syntax"]),
        ("control character", "a: \u{7}\n", &["1:4 syntax"]),
        (
            "json",
            "{\"a\": [1, true, null, \"x\"]}",
            &["{a: [1, true, null, x]}"],
        ),
        (
            "json with tabs",
            "{\n\t\"a\":\t[\n\t\t1\n\t]\n}",
            &["{a: [1]}"],
        ),
        (
            "json escapes",
            r#"["\/", "\uD83D\uDE00", "\u00e9\n"]"#,
            &["[/, 😀, é\n]"],
        ),
        (
            "json numbers",
            "[1e5, -1.5E-3, 0, 12345678901234567890]",
            &["[100000, -0.0015, 0, 12345678901234567890]"],
        ),
        (
            "json with space before colons",
            "{ \"a\" : 1 , \"b\"\n:\n2 }",
            &["{a: 1, b: 2}"],
        ),
        (
            "json with windows lines",
            "{\r\n  \"a\": 1\r\n}\r\n",
            &["{a: 1}"],
        ),
        (
            "json key twice",
            "{\"a\": 1, \"a\": 2}",
            &["1:10 duplicate-key"],
        ),
        ("json cut off", "{\"a\": [1, 2", &["1:7 syntax"]),
    ] {
        assert_eq!(values(text), expected, "{name}");
    }
}

#[test]
fn many_keys_are_still_told_apart() {
    let keys = |range: std::ops::Range<u32>| range.map(|key| format!("k{key}: 1\n"));
    let text: String = keys(0..40).collect();
    assert_eq!(read(&text, &Limits::default())[0].1, []);
    let twice: String = keys(0..40).chain(keys(20..21)).collect();
    assert_eq!(
        ids(&read(&twice, &Limits::default())[0].1),
        ["41:1 duplicate-key"]
    );
}

/// Every text here once cost some reader seconds, gigabytes or its stack.
#[test]
fn hostile_texts_are_refused_at_once() {
    let laughs: String = (1..12)
        .map(|n| {
            let aliases = vec![format!("*l{}", n - 1); 10].join(", ");
            format!("- &l{n} [{aliases}]\n")
        })
        .collect();
    let aliases = vec!["*a"; 20_000].join(", ");
    let many = "x, ".repeat(500);
    let long = "y".repeat(40_000);
    for (name, text) in [
        ("billion laughs", format!("- &l0 [ha]\n{laughs}")),
        (
            "quadratic aliases",
            format!("- &a [{many}]\n- [{aliases}]\n"),
        ),
        (
            "quadratic long text",
            format!("- &a {long}\n- [{aliases}]\n"),
        ),
        ("open brackets", "[".repeat(200_000)),
        ("open braces", "{a: ".repeat(50_000)),
        ("open keys", "? ".repeat(100_000)),
        ("nested dashes", "- ".repeat(100_000)),
        (
            "deep indentation",
            (0..300).map(|n| format!("{}a:\n", " ".repeat(n))).collect(),
        ),
        ("empty documents", "---\n".repeat(200_000)),
        ("large", "a: b\n".repeat(400_000)),
    ] {
        let start = Instant::now();
        let documents = read(&text, &Limits::default());
        let took = start.elapsed();
        let last = documents.last().expect("a document");
        assert!(last.0.root().is_none(), "{name}");
        let id = last.1.last().map(|problem| problem.id.as_str());
        assert_eq!(id, Some("budget-exceeded"), "{name}");
        // Tests are built without optimisation, so the aim of 50 ms has room here.
        assert!(took < Duration::from_millis(500), "{name} took {took:?}");
    }
}

#[test]
fn large_honest_texts_are_read() {
    let key = "k".repeat(3_000); // As a key, YAML would take no more than 1,024 letters.
    let rows = (0..30_000).map(|n| format!("{{\"n\":{n},\"t\":\"x\"}}"));
    let line = format!("[{}]", rows.collect::<Vec<_>>().join(","));
    let text = "word ".repeat(100_000);
    for (name, text) in [
        ("a long name in JSON", format!("[{{\"name\": \"{key}\"}}]")),
        ("JSON in one line", line),
        ("a long text", format!("a: >\n  {text}\n")),
        ("a long text in quotes", format!("a: '{text}'\n")),
    ] {
        assert_eq!(
            ids(&read(&text, &Limits::default())[0].1),
            Vec::<String>::new(),
            "{name}"
        );
    }
}

#[test]
fn limits_are_the_callers() {
    let limits = Limits {
        shortcuts: true,
        bytes: 20,
        depth: 2,
        nodes: 5,
    };
    for (text, expected) in [
        ("[[1]]", None),
        ("[[[1]]]", Some("budget-exceeded")),
        ("[1, 2, 3, 4]", None),
        ("[1, 2, 3, 4, 5]", Some("budget-exceeded")),
        ("aaaaaaaaaaaaaaaaaaaaa", Some("budget-exceeded")),
    ] {
        let problems = &read(text, &limits)[0].1;
        assert_eq!(
            problems.first().map(|problem| problem.id.as_str()),
            expected,
            "{text}"
        );
    }
}

/// Returns the text that a span covers, with its line and column.
fn covered(text: &str, span: Span) -> String {
    let covered = &text[span.start as usize..span.end as usize];
    format!("{}:{} {covered}", span.line, span.column)
}

fn spans(text: &str, node: NodeRef<'_>, found: &mut Vec<String>) {
    found.push(covered(text, node.span()));
    match node.view() {
        View::Scalar(_) => {}
        View::Sequence(items) => items.for_each(|item| spans(text, item, found)),
        View::Mapping(entries) => entries.for_each(|(key, value)| {
            spans(text, key, found);
            spans(text, value, found);
        }),
    }
}

#[test]
fn every_node_knows_its_place() {
    for (text, expected) in [
        (
            "a: b # c\n\n# d\ne: f\n",
            &[
                "1:1 a: b # c\n\n# d\ne: f",
                "1:1 a",
                "1:4 b",
                "4:1 e",
                "4:4 f",
            ][..],
        ),
        (
            "a:\n  b: 1\n\n# c\nd: 2\n",
            &[
                "1:1 a:\n  b: 1\n\n# c\nd: 2",
                "1:1 a",
                "2:3 b: 1",
                "2:3 b",
                "2:6 1",
                "5:1 d",
                "5:4 2",
            ],
        ),
        (
            "[a, {b: c}]  # d",
            &["1:1 [a, {b: c}]", "1:2 a", "1:5 {b: c}", "1:6 b", "1:9 c"],
        ),
        ("é: 'ü' \n", &["1:1 é: 'ü'", "1:1 é", "1:4 'ü'"]),
        (
            "\u{feff}a: 1\nb: 2",
            &["1:1 a: 1\nb: 2", "1:1 a", "1:4 1", "2:1 b", "2:4 2"],
        ),
        (
            "a: 1\r\nbc: 2\r\n",
            &["1:1 a: 1\r\nbc: 2", "1:1 a", "1:4 1", "2:1 bc", "2:5 2"],
        ),
        (
            "a: &x 1\nb: *x\n",
            &["1:1 a: &x 1\nb: *x", "1:1 a", "1:7 1", "2:1 b", "2:4 *x"],
        ),
        (
            "a:\nb: x\n",
            &["1:1 a:\nb: x", "1:1 a", "1:2 ", "2:1 b", "2:4 x"],
        ),
        ("{\"a\":1}", &["1:1 {\"a\":1}", "1:2 \"a\"", "1:6 1"]),
    ] {
        let documents = read(text, &Limits::default());
        let mut found = Vec::new();
        spans(text, documents[0].0.root().expect("a root"), &mut found);
        assert_eq!(found, expected, "{text}");
    }
}
