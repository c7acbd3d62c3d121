//! Statements of one contract that cannot all hold, one table of cases: text and what is said.

mod support;

use support::{HEAD, contract, lines};

/// Checks a contract whose only field, in line 5, is given in flow style.
fn field(keys: &str) -> Vec<String> {
    whole(&format!("fields:\n  - {{ name: a, {keys} }}"))
}

fn whole(rest: &str) -> Vec<String> {
    let text = format!("{HEAD}{rest}\n");
    lines(&contract(&text).problems)
}

#[test]
fn fields_contradict_themselves() {
    for (keys, expected) in [
        (
            "type: long, min: 2, max: 1",
            "5:28 contradiction: the least value 2 lies above the greatest, 1 | swap the two",
        ),
        ("type: decimal, min: 1.10, max: 1.1", ""),
        (
            "type: date, min: 2027-01-02, max: 2027-01-01",
            "5:28 contradiction: the least value 2027-01-02 lies above the greatest, 2027-01-01 | swap the two",
        ),
        (
            "type: timestamp, min: '2027-01-01T09:00:00+09:00', max: '2027-01-01T08:00:00-02:00'",
            "",
        ),
        (
            "type: string, min_length: 9, max_length: 3",
            "5:30 contradiction: the least length 9 lies above the greatest, 3 | swap the two",
        ),
        ("type: string, min_length: 3, max_length: 3", ""),
        (
            "type: decimal, precision: 2, scale: 3",
            "5:45 contradiction: 3 digits behind the point do not fit into 2 digits | raise `precision`, or lower `scale`",
        ),
        ("type: decimal, precision: 3, scale: 3", ""),
        (
            "type: string, min: 3",
            "5:30 contradiction: `min` cannot be `3` for a field of type `string` | write a bound of the field's own type; `min_length` and `max_length` bound texts",
        ),
        (
            "type: long, max: 2027-01-01",
            "5:28 contradiction: `max` cannot be `2027-01-01` for a field of type `long` | write a bound of the field's own type; `min_length` and `max_length` bound texts",
        ),
        ("type: string, min: 2027-01-01", ""),
        ("type: string, pattern: '^a'", ""),
        ("type: string, pattern: '(?=a)a'", ""),
        (
            "type: string, pattern: 'a)'",
            "5:30 bad-value: `a)` is not a regular expression: unexpected text at character 2 | mend the expression; put `\\` before a character that is meant literally",
        ),
        (
            "type: string, enum: []",
            "5:30 contradiction: an empty `enum` allows no value | list a value, or remove `enum`",
        ),
        (
            "type: string, enum: [x, y, x]",
            "5:37 duplicate-name: `x` stands twice in `enum` | keep one",
        ),
        (
            "type: string, enum: [x, 2]",
            "5:40 contradiction: `2` is a number, but the field has the type `string` | put the value in quotes",
        ),
        (
            "type: string, enum: [x, true]",
            "5:40 contradiction: `true` is a boolean, but the field has the type `string` | put the value in quotes",
        ),
        ("type: string, enum: [x, '2', null]", ""),
        (
            "type: long, enum: [1, 1.5]",
            "5:38 contradiction: `1.5` is a number, but the field has the type `long` | mend the value or the type",
        ),
        (
            "type: integer, enum: [1, '2']",
            "5:41 contradiction: `2` is a text, but the field has the type `integer` | mend the type, or remove the quotes if there are any",
        ),
        (
            "type: decimal, enum: [1, 1.0]",
            "5:38 duplicate-name: `1` stands twice in `enum` | keep one",
        ),
        (
            "type: long, max: 2, enum: [1, 3]",
            "5:46 contradiction: `3` lies outside the field's own bounds | mend the value or the bounds",
        ),
        (
            "type: string, max_length: 1, enum: [é, ab]",
            "5:55 contradiction: `ab` lies outside the field's own bounds | mend the value or the bounds",
        ),
        (
            "type: string, pattern: '^a', enum: [ab, b]",
            "5:56 contradiction: `b` does not match the field's own pattern | mend the value or the pattern",
        ),
        (
            "type: string, pii: contact, classification: public",
            "5:44 contradiction: personal data (`contact`) is classified `public` | classify the field `confidential` or `restricted`",
        ),
        ("type: string, pii: contact, classification: restricted", ""),
        (
            "type: string, deprecated: {}",
            "5:30 incomplete-deprecation: this field is deprecated without `sunset` and `replacement` | say until when, and what comes instead",
        ),
        (
            "type: string, deprecated: { replacement: none }",
            "5:30 incomplete-deprecation: this field is deprecated without `sunset` | say from which day it may be gone, as in `sunset: 2027-06-30`",
        ),
        (
            "type: string, deprecated: { sunset: 2027-06-30 }",
            "5:30 incomplete-deprecation: this field is deprecated without `replacement` | say what to use instead; where nothing is, write `replacement: none`",
        ),
        (
            "type: string, deprecated: { sunset: 2027-06-30, replacement: b }",
            "5:64 dangling-name: this deprecation names the field `b`, which is not there | did you mean `a`?",
        ),
        (
            "type: string, deprecated: { since: 2027-06-30, sunset: 2026-06-30, replacement: none }",
            "5:63 contradiction: the sunset 2026-06-30 lies before the notice of 2027-06-30 | put the sunset after the first day of the notice",
        ),
        (
            "type: string, renamed_from: a",
            "5:30 contradiction: `a` is renamed from `a`, which is still there | remove the old field, or `renamed_from`",
        ),
        ("type: string, renamed_from: b", ""),
        (
            "type: string, references: { field: id }",
            "5:44 dangling-name: this reference names the field `id`, which is not there | add the field, or name one that is there",
        ),
        ("type: string, references: { dataset: leads, field: a }", ""),
        (
            "type: string, references: { dataset: lead, field: a }",
            "5:44 dangling-name: this reference names the dataset `lead`, which is not there | did you mean `leads`?",
        ),
        ("type: string, references: { contract: x/y, field: id }", ""),
        (
            "type: object, fields: [{ name: b, type: long, min: 2, max: 1 }]",
            "5:62 contradiction: the least value 2 lies above the greatest, 1 | swap the two",
        ),
        (
            "type: array, items: { type: long, min: 2, max: 1 }",
            "5:50 contradiction: the least value 2 lies above the greatest, 1 | swap the two",
        ),
    ] {
        let expected: Vec<_> = expected.lines().collect();
        assert_eq!(field(keys), expected, "{keys}");
    }
}

#[test]
fn parts_of_a_contract_contradict_each_other() {
    let fields = "fields: [{ name: score, type: long }, { name: id, type: string }]";
    for (rest, expected) in [
        (format!("{fields}\nquality:\n  - no_nulls: [id, scor]"), "6:5 dangling-name: this quality rule names the field `scor`, which is not there | did you mean `score`?"),
        (format!("{fields}\nquality:\n  - no_nulls: [zzzz]"), "6:5 dangling-name: this quality rule names the field `zzzz`, which is not there | add the field, or name one that is there"),
        (format!("{fields}\nquality:\n  - range: {{ field: score, min: 2, max: 1 }}"), "6:5 contradiction: the least value 2 lies above the greatest, 1 | swap the two"),
        (format!("{fields}\nquality:\n  - row_count: {{ min: 2, max: 1 }}"), "6:5 contradiction: the least row count 2 lies above the greatest, 1 | swap the two"),
        (format!("{fields}\nquality:\n  - pattern: {{ field: id, pattern: '[' }}"), "6:27 bad-value: `[` is not a regular expression: invalid character class at character 2 | mend the expression; put `\\` before a character that is meant literally"),
        ("feilds: []\nquality:\n  - no_nulls: [id]".to_owned(), "4:1 unknown-key: `feilds` is not a key of a contract | did you mean `fields`?"),
        ("classification: public\nfields:\n  - { name: a, type: string, pii: contact }".to_owned(), "6:30 contradiction: personal data (`contact`) is classified `public` | classify the field `confidential` or `restricted`"),
        ("classification: public\nfields:\n  - { name: a, type: string, pii: contact, classification: restricted }".to_owned(), ""),
        ("classification: restricted\ndatasets:\n  - name: d\n    classification: public\n    fields:\n    - { name: a, type: string, pii: contact }".to_owned(), "9:32 contradiction: personal data (`contact`) is classified `public` | classify the field `confidential` or `restricted`"),
        ("classification: public\nfields:\n  - name: a\n    type: object\n    classification: restricted\n    fields:\n    - { name: b, type: string, pii: contact }".to_owned(), ""),
        ("status: deprecated\nfields: []".to_owned(), "4:1 incomplete-deprecation: this contract is deprecated, but does not say since when and until when | add `deprecated:` with `since`, `sunset` and `replacement`"),
        ("deprecated: { since: 2026-01-01 }\nfields: []".to_owned(), "4:1 incomplete-deprecation: this contract is deprecated without `sunset` and `replacement` | say until when, and what comes instead"),
        (format!("{fields}\ndatasets: []"), "4:1 contradiction: `fields` cannot stand beside `datasets` | move `fields` into the dataset that it describes"),
        ("datasets: []\nquality: []".to_owned(), "5:1 contradiction: `quality` cannot stand beside `datasets` | move `quality` into the dataset that it describes"),
        ("datasets:\n  - { name: d, fields: [] }\n  - { name: d, fields: [] }".to_owned(), "6:13 duplicate-name: the dataset `d` stands twice | rename or remove one of the two; the first stands in line 5"),
        ("fields:\n  - { name: a, type: long }\n  - { name: a, type: long }".to_owned(), "6:13 duplicate-name: the field `a` stands twice | rename or remove one of the two; the first stands in line 5"),
        (format!("{fields}\nquality:\n  - unique: [id, score]\n  - unique: [score, id]"), "7:5 duplicate-name: the quality rule `unique(id, score)` stands twice | join the two, or give one a `name` of its own"),
        ("datasets:\n  - { name: d, fields: [{ name: a, type: long, references: { dataset: e, field: b } }] }\n  - { name: e, fields: [{ name: c, type: long }] }".to_owned(), "5:74 dangling-name: this reference names the field `b`, which is not there | did you mean `c`?"),
        (format!("{fields}\ntags: [x, x]"), "5:11 duplicate-name: `x` stands twice in this list | keep one"),
        (format!("{fields}\nsla: {{ freshnes: 1h }}"), "5:8 unknown-word: `freshnes` reads like the SLA property `freshness` | write `freshness`, or choose a name that cannot be mistaken for it"),
        (format!("{fields}\nsla: {{ support: '#help', latency_p99: 2s }}"), ""),
    ] {
        let expected: Vec<_> = expected.lines().collect();
        assert_eq!(whole(&rest), expected, "{rest}");
    }
}

/// Each text makes some comparison of everything with everything that it can.
#[test]
fn large_contracts_cost_no_more_than_they_hold() {
    let many =
        |count: usize, each: &dyn Fn(usize) -> String| -> String { (0..count).map(each).collect() };
    for (name, text) in [
        (
            "enum",
            format!(
                "fields:\n- name: a\n  type: long\n  enum: [{}]",
                many(100_000, &|n| format!("{n},"))
            ),
        ),
        (
            "renames",
            format!(
                "fields:\n{}",
                many(15_000, &|n| format!(
                    "- {{ name: f{n}, type: long, renamed_from: o{n} }}\n"
                ))
            ),
        ),
        (
            "dangling",
            format!(
                "fields:\n{}",
                many(10_000, &|n| format!(
                    "- {{ name: f{n}, type: long, references: {{ field: o{n} }} }}\n"
                ))
            ),
        ),
        (
            "rules",
            format!(
                "fields: []\nquality:\n{}",
                many(15_000, &|n| format!("- unique: [f{n}]\n"))
            ),
        ),
        ("unknown keys", many(50_000, &|n| format!("k{n}: 1\n"))),
        (
            "patterns",
            format!(
                "fields:\n{}",
                many(10_000, &|n| format!(
                    "- {{ name: f{n}, type: string, pattern: 'a{{99}}' }}\n"
                ))
            ),
        ),
        (
            "backtracking",
            format!(
                "fields:\n- name: a\n  type: string\n  pattern: '^(?=x)(x+x+)+y$'\n  enum: [{}]",
                many(5_000, &|n| format!("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{n},"))
            ),
        ),
    ] {
        let text = format!("{HEAD}{text}\n");
        let start = std::time::Instant::now();
        let parsed = contract(&text);
        let took = start.elapsed();
        assert!(parsed.value.is_some(), "{name}");
        // Tests are built without optimisation; what is quadratic takes minutes.
        assert!(took.as_secs() < 10, "{name} took {took:?}");
    }
}
