//! The reader of what people commonly write against the reader of all YAML: never a difference.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

mod oracle;

use std::path::Path;

use proptest::prelude::*;

/// A contract in every style that the common reader knows.
const STYLES: &str = r#"---
# A comment at the top.
schema: "styles"   # and one behind a value
version: 2.1.0
url: https://example.org/a#b
description: >-
  Lines that are
  joined, with a gap

  between them.
notes: |
  kept
    as they

  stand

keep: |+
  with its end

purpose: [reporting, 'billing', "ads" ]
sla: { freshness: 15 minutes, availability: 99.5% }
empty: { list: [], map: {} }
spread: [
  one,   # of three
  two,

  { name: three, list: [ 1, 2 ] }
]
größe: höchstens 10 € – ungefähr
fields:
- name: id
  type: string
-   name: other
    type: object
    fields:
      - { name: inner, type: string }
      -
        name: last
        tags:
        - a
        - - nested
          - twice
key with spaces : -1
dashes: a - b -c
nothing:
nothing else:   # to say
within:
  first:
  last:
long: A text that goes on
  in the next line,   # up to here

  # not here
longer: one
  two

  three - [four] 'five'

quoted: "a text \"with\" \\d+ and \t
  more lines

  of it"   # and a comment
also: 'it''s
   long'
items:
- one
  more
- 'and

  one'
-
  - deep
    er
- key:
  other: " x "
braces: { a: 'b
    c', d: "e\"f" }
last: without
  an end
"#;

#[test]
fn agrees_on_every_style() {
    oracle::same_reading(STYLES);
    let crlf = STYLES.replace('\n', "\r\n");
    oracle::same_reading(&crlf);
    oracle::same_reading(STYLES.trim_end());
    for length in 0..STYLES.len() {
        if let Some(start) = STYLES.get(..length) {
            oracle::same_reading(start);
            oracle::same_reading(&format!("{start}\n"));
            oracle::same_reading(&start.replace('\n', "\r\n"));
        }
        if let Some(end) = STYLES.get(length..) {
            oracle::same_reading(end);
        }
    }
}

#[test]
fn agrees_on_every_shipped_text() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let texts = texts(&root);
    assert!(texts.len() > 300, "{} texts", texts.len());
    texts.iter().for_each(|text| oracle::same_reading(text));
}

#[test]
fn agrees_on_texts_that_readers_trip_over() {
    for text in [
        "a: b: c\n",
        "a: b\n c\n",
        "a: b\n  # comment\n c\n",
        "a: \"b\n  c\"\n",
        "a: 'it''s'\n",
        "a: \"tab\\t\"\n",
        "a:\tb\n",
        "a: b\t\n",
        "a:\n",
        "a:\nb: c\n",
        "- \n- a\n",
        "-\n  a: b\n",
        "- - a\n  - b\n- c\n",
        "a:\n- b\nc: d\n",
        "a:\n  - b\n c: d\n",
        "a:\n    b: c\n  d: e\n",
        "a: [b, c]]\n",
        "a: [b\nc]\n",
        "a: [b,\nc]\n",
        "a: [b,\n c]\n",
        "a:\n  [b,\n c]\n",
        "a: {b: c\n}\n",
        "a: {b}\n",
        "a: {b: }\n",
        "a: {b:c}\n",
        "a: {\"b\":c}\n",
        "a: {b: c, b: d}\n",
        "a: [b: c]\n",
        "a: [b, , c]\n",
        "a: [b, ]\n",
        "a: [x:y, x:, :x, -1, -x, - x]\n",
        "a: [b]: c\n",
        "[a]: b\n",
        "{a: b}: c\n",
        "{a: b}\n",
        "{'': a, \"\": b}\n",
        "'': a\n\"\": b\n",
        "{a: b, }\n",
        "{a: b,\n # c\n}\n",
        "[a,]\n",
        "[, a]\n",
        "a: [ b , c ]\n",
        "a: { b : c , d : e }\n",
        "a: {b: , c: d}\n",
        "a: [b,  c,#d\n e]\n",
        "<a: b\n",
        "{\n\"a\": 1,\n\"b\": [\n1\n]\n}\n",
        "[a\n---\n]\n",
        "a: b#c\n",
        "a: b #c\n",
        "a: #c\n",
        "a: 'b'#c\n",
        "a: 'b' #c\n",
        "a : b\n",
        "'a' : b\n",
        "'a':b\n",
        "'a': b\n'a': c\n",
        "a: b\na: c\n",
        "<<: b\n",
        "a: &b c\nd: *b\n",
        "a: !!str 1\n",
        "? a\n: b\n",
        "a: ?b\n",
        "a: -\n",
        "a: - b\n",
        "a: -b\n",
        "a: --- b\n",
        "---\na: b\n",
        "--- \na: b\n",
        "--- # c\na: b\n",
        "---\n---\na: b\n",
        "---a: b\n",
        "--- a\n",
        "a: b\n---\nc: d\n",
        "a: b\n...\n",
        "...\na: b\n",
        "%YAML 1.2\n---\na: b\n",
        "a: |\n  b\n c\n",
        "a: |\n  b\n # c\n",
        "a: |\n  b\n# c\nd: e\n",
        "a: |\n\n  b\n",
        "a: |\n    \n  b\n",
        "a: |\n  b\n    \n  c\n",
        "a: |\n  b\n \n\n",
        "a: |2\n   b\n",
        "a: |-\n  b\n\n\nc: d\n",
        "a: |+\n  b\n\n\nc: d\n",
        "a: >\n  b\n   c\n  d\n",
        "a: >\n  b\n\n\n  c\n",
        "a: >+\n  b\n\n",
        "a: |\n  b",
        "a: |\nb: c\n",
        "a: | # c\n  b\n",
        "a: |#c\n  b\n",
        "a: >-\n  b\\\n  c\n",
        "a:\n  |\n  b\n",
        "- |\n  b\n- >\n c\n",
        "- |\n b\n",
        "a:\n- |\n b\n",
        "a:\n- |\n  b\n",
        "a: `b`\n",
        "a: @b\n",
        "a: %b\n",
        "a: b%\n",
        "a: ,b\n",
        "a: b, c\n",
        "a: b]\n",
        "a: ]b\n",
        "a: \u{85}b\n",
        "a: \u{2028}b\n",
        "a: b\u{feff}\n",
        "\u{feff}a: b\n",
        "ä: ö # ü\nb: [ß, {é: è}]\n",
        "a: \u{1f600} b\n",
        "a: b\u{a0}\n",
        "a: \u{7f}\n",
        "# only a comment\n",
        "\n\n",
        "  a: b\n  c: d\n",
        "  a: b\nc: d\n",
        "  - a\n  - b\n",
        "  - a\n- b\n",
        "- a\n - b\n",
        "- a\nb: c\n",
        "a: b\n- c\n",
        "a\n",
        "'a'\n",
        "a: 'b' c\n",
        "a: [b] c\n",
        "a: {b: c} # d\n e: f\n",
        "a: [b] # d\n e: f\n",
        "a:\n # c\n  b: c\n",
        "a:\n  b: c\n # c\n",
        "a: =\n",
        "=: a\n",
        "a: <b>\n",
        "a: \\b\n",
        "a: .b\n",
        "a: b\n  - c\n",
        "a: b\n  c: d\n",
        "a: b\n  c:\n",
        "a: b\n  'c'\n",
        "a: b\n  [c]\n",
        "a: b\n  # c\n  d\n",
        "a: b # c\n  d\n",
        "a: b\n\n\n  c\n\n\n",
        "a: b\n  c #d\n  e # f\n  g\n",
        "a: b\n  c",
        "a: b\n  ---\n",
        "- b\n --- c\n",
        "- b\n  c\n d\n",
        "- b\n- c\n  - d\n",
        "- - b\n  c\n",
        "- - b\n    c\n",
        "a: 'b\n\n  c'\n",
        "a: 'b\nc'\n",
        "a: 'b \n  c  \n  d'\n",
        "a: '\n  b'\n",
        "a: 'b\n  '\n",
        "a: '\n\n  '\n",
        "a: 'b\n  c': d\n",
        "- 'b\n  c': d\n",
        "- 'b\n  c'\n",
        "- \"b\\n\n  c\" # d\n",
        "a: \"b\\\n  c\"\n",
        "a: \"b\\\\\n  c\"\n",
        "a: \"b\n---\nc\"\n",
        "\"a\\\"b\": c\n",
        "'a''b': c\n'a''b': d\n",
        "\"a\": c\n'a': d\n",
        "{ \"a\\tb\": 'c''d' }\n",
        "a: ['b\n c', \"d\ne\"]\n",
        "a: ''\n",
        "a: ''''\n",
        "a: '''\n",
        "a: \"\\\"\"\n",
        "a: \"\\\"\n",
        "a: \"\\/\\n\\r\\t\\\\\"\n",
        "a: \"\\e\\x41\"\n",
        "a:\n---\nb: c\n",
        "a:\n...\n",
        "a:\n  b:\n c: d\n",
        "a:\n  b:\n  - c\n",
        "- a:\n- b:\n  c:\n",
        "- a:\n   # b\n",
        "a :\nb : \n",
        "'a':\n\"b\" :\n",
        "a:\n\n\n",
        "a: b # c",
        "a: # c",
        "a: 'b'",
        "a: {b: c}",
        "a: [b",
        "a: |",
        "a: |\n",
        "a: |\n  ",
        "- a\n-",
        "a",
        "a:",
        "a: ~\n",
        "a: $b\n",
        ".: b\n",
    ] {
        oracle::same_reading(text);
        oracle::same_reading(&text.replace('\n', "\r\n"));
    }
    for length in [500, 600, 1020, 1030, 1100] {
        let long = "k".repeat(length);
        oracle::same_reading(&format!("{long}: v\n"));
        oracle::same_reading(&format!("'{long}': v\n"));
        oracle::same_reading(&format!("a: {{ {long}: v }}\n"));
    }
    for depth in [60, 63, 64, 65, 66, 130] {
        oracle::same_reading(&format!("a: {}{}\n", "[".repeat(depth), "]".repeat(depth)));
        let nested: String = (0..depth)
            .map(|at| format!("{}a:\n", " ".repeat(at)))
            .collect();
        oracle::same_reading(&format!("{nested}{}b: c\n", " ".repeat(depth)));
        oracle::same_reading(&format!("{}a\n", "- ".repeat(depth)));
    }
    for keys in [20, 24, 25, 26, 40] {
        let many: String = (0..keys).map(|at| format!("k{at}: v\n")).collect();
        oracle::same_reading(&many);
        oracle::same_reading(&format!("{many}k3: v\n"));
        oracle::same_reading(&format!("{many}k{}: v\n", keys - 1));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("READER_CASES").map_or(20_000, |cases| cases.parse().expect("a number")), ..ProptestConfig::default() })]

    #[test]
    fn agrees_on_shipped_texts_that_were_edited(text in edited()) {
        oracle::same_reading(&text);
    }
}

/// What an edit puts in: the signs of YAML, and what stands beside them.
const PIECES: &[&str] = &[
    " ", "  ", "\n", "\n\n", "\n  ", "\n- ", "- ", "-", ":", ": ", ":\n", "#", " # ", "[", "]",
    "{", "}", ", ", ",", "'", "\"", "''", "\\", "|", ">", "|-\n", ">+\n", "|\n  ", "&a ", "*a",
    "!!str ", "? ", "---\n", "...\n", "%", "@", "`", "\t", "\r\n", "<<", "~", "null", "a", "é",
    "\u{2028}", "\u{feff}", "0", "=", "a: b\n", "  a: b\n", "- a\n", "{ a: b }", "[ a, b ]",
    "\u{a0}", "\u{7f}", "\\\"", "\\n", "\\\n", " b\n   c", ":\n", "'\n  '", "\"\n\n  ",
];

/// A part of a shipped text, with some edits.
fn edited() -> impl Strategy<Value = String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut texts = texts(&root);
    texts.push(STYLES.to_owned());
    let edit = (
        any::<prop::sample::Index>(),
        0..4_u8,
        prop::sample::select(PIECES),
    );
    let edits = prop::collection::vec(edit, 0..5);
    let part = (any::<prop::sample::Index>(), 20..900_usize);
    let line_end = prop::sample::select(vec!["\n", "\n", "\n", "\r\n"]);
    let all = (prop::sample::select(texts), part, edits, line_end);
    all.prop_map(|(text, (start, length), edits, line_end)| {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let start = start.index(lines.len().max(1));
        let mut text: Vec<char> = lines
            .iter()
            .skip(start)
            .flat_map(|line| line.chars())
            .take(length)
            .collect();
        for (place, kind, piece) in edits {
            let at = place.index(text.len() + 1);
            match kind {
                0 if at < text.len() => {
                    text.remove(at);
                }
                1 if at < text.len() => {
                    text.splice(at..=at, piece.chars());
                }
                _ => {
                    text.splice(at..at, piece.chars());
                }
            }
        }
        let text: String = text.into_iter().collect();
        text.replace('\n', line_end)
    })
}

/// Every YAML and JSON text that is shipped.
fn texts(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root.join("fixtures"), root.join("policies")];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<_> = std::fs::read_dir(folder)
            .expect("a folder")
            .flatten()
            .collect();
        entries.sort_by_key(std::fs::DirEntry::path);
        for entry in entries {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|one| one == "yaml" || one == "yml" || one == "json")
            {
                found.extend(std::fs::read_to_string(path));
            }
        }
    }
    found
}
