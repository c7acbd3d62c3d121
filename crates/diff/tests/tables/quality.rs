//! Quality rules that stand for themselves, and their names and weights.

use super::{check, check_both};

/// Two fields beside quality rules.
fn with(rules: &str) -> String {
    format!(
        "fields: [{{ name: a, type: string }}, {{ name: n, type: integer }}]\nquality: [{rules}]"
    )
}

#[test]
fn rules_are_added_removed_tightened_and_loosened() {
    let warn = ", severity: warning";
    for (before, after, there, back) in [
        (
            "",
            "row_count: { min: 1 }",
            "quality-added",
            "quality-removed",
        ),
        (
            "row_count: { min: 1 }",
            "row_count: { min: 2 }",
            "quality-tightened",
            "quality-loosened",
        ),
        (
            "row_count: { min: 1 }",
            "row_count: { min: 1, max: 9 }",
            "quality-tightened",
            "quality-loosened",
        ),
        (
            "row_count: { min: 1, max: 9 }",
            "row_count: { min: 2, max: 99 }",
            "quality-changed",
            "quality-changed",
        ),
    ] {
        let (there, back) = (
            format!("{there} quality.row_count"),
            format!("{back} quality.row_count"),
        );
        check_both(&[(&with(before), &with(after), &[&there], &[&back])]);
    }
    for (before, after, id, there, back) in [
        (
            "no_nulls: [a]",
            "no_nulls: [a, n]",
            "no_nulls",
            "tightened",
            "loosened",
        ),
        (
            "values: { field: a, in: [x] }",
            "values: { field: a, in: [x, z] }",
            "values(a)",
            "loosened",
            "tightened",
        ),
        (
            "values: { field: a, in: ['1'] }",
            "values: { field: a, in: [1] }",
            "values(a)",
            "changed",
            "changed",
        ),
        (
            "range: { field: n, min: 1 }",
            "range: { field: n, min: 2 }",
            "range(n)",
            "tightened",
            "loosened",
        ),
        (
            "pattern: { field: a, pattern: x }",
            "pattern: { field: a, pattern: z }",
            "pattern(a)",
            "changed",
            "changed",
        ),
    ] {
        let with = |rule: &str| with(&format!("{{ {rule}{warn} }}"));
        let (there, back) = (
            format!("quality-{there} quality.{id}"),
            format!("quality-{back} quality.{id}"),
        );
        check_both(&[(&with(before), &with(after), &[&there], &[&back])]);
    }
}

#[test]
fn a_rule_of_another_kind_under_the_same_name_is_not_lost() {
    check_both(&[(
        &with("{ name: q, range: { field: n, min: 1 } }"),
        &with("{ name: q, row_count: { min: 1 } }"),
        &["quality-changed quality.q"],
        &["quality-changed quality.q"],
    )]);
    check_both(&[(
        &with("{ name: q, range: { field: n, min: 1 } }"),
        &with("{ name: q, no_nulls: [n] }"),
        &["field-made-required n.required", "range-loosened n.min"],
        &["field-made-optional n.required", "range-tightened n.min"],
    )]);
}

#[test]
fn another_name_is_no_other_rule() {
    for rule in [
        "row_count: { min: 5 }",
        "no_nulls: [a]",
        "unique: [a, n]",
        "range: { field: n, min: 1 }, threshold: 90%",
        "text: every row is true",
        "sql: { query: select 1 }",
    ] {
        let named = |name: &str| with(&format!("{{ name: {name}, {rule} }}"));
        check_both(&[(
            &named("first"),
            &named("second"),
            &["quality-renamed quality.second"],
            &["quality-renamed quality.first"],
        )]);
    }
}

#[test]
fn a_renamed_field_takes_its_rules_along() {
    let with = |name: &str, from: &str| {
        format!(
            "fields: [{{ name: {name}, type: integer{from} }}, {{ name: k, type: uuid }}]\n\
             quality:\n  - {{ no_nulls: [k, {name}], severity: warning }}\n  - {{ range: {{ field: {name}, min: 1 }}, threshold: 90% }}\n  \
             - {{ name: v, values: {{ field: {name}, in: [1, 2] }}, severity: note }}\n  - unique: [{name}]"
        )
    };
    check(&[(
        &with("a", ""),
        &with("z", ", renamed_from: a"),
        &["field-renamed z"],
    )]);
}

#[test]
fn weights_have_an_order() {
    let with = |weight: &str| with(&format!("{{ row_count: {{ min: 1 }}{weight} }}"));
    for (before, after, there, back) in [
        ("", ", severity: warning", "lowered", "raised"),
        (
            ", threshold: 99%",
            ", threshold: 99.5%",
            "raised",
            "lowered",
        ),
        (
            ", severity: note, threshold: 99%",
            ", severity: error, threshold: 90%",
            "unclear",
            "unclear",
        ),
    ] {
        let (there, back) = (
            format!("quality-weight-{there} quality.row_count"),
            format!("quality-weight-{back} quality.row_count"),
        );
        check_both(&[(&with(before), &with(after), &[&there], &[&back])]);
    }
    check_both(&[(
        &with(""),
        &with(", severity: error, threshold: 100%"),
        &[],
        &[],
    )]);
}

#[test]
fn texts_are_seen_to_differ() {
    let sql = |query: &str, engine: &str| with(&format!("sql: {{ query: {query}{engine} }}"));
    check(&[
        (
            &with(""),
            &with("text: one"),
            &["quality-text-changed quality.text(one)"],
        ),
        (
            &with("text: one"),
            &with("text: two"),
            &["quality-text-changed quality.text(two)"],
        ),
        (
            &sql("one", ""),
            &sql("two", ""),
            &["quality-text-changed quality.sql(two)"],
        ),
        (
            &sql("one", ""),
            &sql("one", ", engine: spark"),
            &["quality-text-changed quality.sql(one)"],
        ),
        (
            &with("{ name: q, row_count: { min: 1 } }"),
            &with("{ name: q, text: some rows }"),
            &["quality-text-changed quality.q"],
        ),
    ]);
}

#[test]
fn the_order_of_rules_says_nothing() {
    let rules = [
        "no_nulls: [a]",
        "{ name: x, range: { field: n, min: 1 } }",
        "{ name: w, range: { field: n, max: 9 } }",
        "{ name: p, pattern: { field: a, pattern: '^x' } }",
        "{ name: q, pattern: { field: a, pattern: 'x$' } }",
        "text: one",
        "text: two",
    ];
    let mut reversed = rules;
    reversed.reverse();
    check(&[(&with(&rules.join(", ")), &with(&reversed.join(", ")), &[])]);
}
