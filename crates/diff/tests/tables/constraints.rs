//! What values a field allows, whoever says so.

use super::{Case, check, check_both};

#[test]
fn nulls_are_forbidden_by_a_field_or_by_a_rule() {
    let by_field = "fields: [{ name: a, type: string, required: true }]";
    let by_rule = "fields: [{ name: a, type: string }]\nquality: [no_nulls: [a]]";
    let by_both = "fields: [{ name: a, type: string, required: true }]\nquality: [no_nulls: [a]]";
    let by_none = "fields: [{ name: a, type: string }]";
    let a_warning =
        "fields: [{ name: a, type: string }]\nquality: [{ no_nulls: [a], severity: warning }]";
    check_both(&[
        (
            by_field,
            by_none,
            &["field-made-optional a.required"],
            &["field-made-required a.required"],
        ),
        (
            by_rule,
            by_none,
            &["field-made-optional a.required"],
            &["field-made-required a.required"],
        ),
        (
            by_both,
            by_none,
            &["field-made-optional a.required"],
            &["field-made-required a.required"],
        ),
        (
            by_field,
            by_rule,
            &["required-restated a.required"],
            &["required-restated a.required"],
        ),
        (
            by_both,
            by_rule,
            &["required-restated a.required"],
            &["required-restated a.required"],
        ),
        (
            by_both,
            by_field,
            &["required-restated a.required"],
            &["required-restated a.required"],
        ),
        // A rule that only warns forbids nothing.
        (
            by_rule,
            a_warning,
            &["quality-weight-lowered quality.no_nulls"],
            &["quality-weight-raised quality.no_nulls"],
        ),
        (
            by_field,
            a_warning,
            &[
                "field-made-optional a.required",
                "quality-added quality.no_nulls",
            ],
            &[
                "field-made-required a.required",
                "quality-removed quality.no_nulls",
            ],
        ),
    ]);
}

#[test]
fn a_new_field_must_be_filled_where_anybody_says_so() {
    let none = "fields: [{ name: k, type: string }]";
    check(&[
        (
            none,
            "fields: [{ name: k, type: string }, { name: a, type: date, required: true }]",
            &["field-added-required a"],
        ),
        (
            none,
            "fields: [{ name: k, type: string }, { name: a, type: date }]\nquality: [no_nulls: [a]]",
            &["field-added-required a"],
        ),
        (
            none,
            "fields: [{ name: k, type: string }, { name: a, type: date }]",
            &["field-added a"],
        ),
    ]);
}

/// A field of a type with attributes, beside quality rules.
fn numbers(field: &str, rules: &str) -> String {
    format!("fields: [{{ name: n, type: integer{field} }}]\nquality: [{rules}]")
}

#[test]
fn the_strictest_bound_counts() {
    let range = "range: { field: n, min: 0, max: 9 }";
    let tight = "{ name: tight, range: { field: n, min: 3 } }";
    for (before, after, there, back) in [
        (
            (", min: 0, max: 9", ""),
            ("", range),
            vec!["range-restated n.min", "range-restated n.max"],
            vec!["range-restated n.min", "range-restated n.max"],
        ),
        (
            (", min: 0", ""),
            (", min: 1", ""),
            vec!["range-tightened n.min"],
            vec!["range-loosened n.min"],
        ),
        (
            (", min: 0", ""),
            ("", ""),
            vec!["range-loosened n.min"],
            vec!["range-tightened n.min"],
        ),
        (
            ("", range),
            ("", "range: { field: n, min: 0, max: 10 }"),
            vec!["range-loosened n.max"],
            vec!["range-tightened n.max"],
        ),
        (
            (", min: 3", range),
            (", min: 2", range),
            vec!["range-loosened n.min"],
            vec!["range-tightened n.min"],
        ),
        (
            (", min: 3", "range: { field: n, min: 0 }"),
            (", min: 3", "range: { field: n, min: 1 }"),
            vec!["range-restated n.min"],
            vec!["range-restated n.min"],
        ),
        (
            ("", "range: { field: n, min: 3 }"),
            ("", tight),
            vec!["quality-renamed quality.tight"],
            vec!["quality-renamed quality.range(n)"],
        ),
        (
            (", min: 5", tight),
            (", min: 5", ""),
            vec!["range-restated n.min"],
            vec!["range-restated n.min"],
        ),
        ((", min: 1.0", ""), (", min: 1", ""), vec![], vec![]),
    ] {
        let (before, after) = (numbers(before.0, before.1), numbers(after.0, after.1));
        check_both(&[(&before, &after, &there, &back)]);
    }
}

#[test]
fn bounds_that_cannot_be_compared_are_unclear() {
    let moment = |min: &str| format!("fields: [{{ name: t, type: timestamp, min: '{min}' }}]");
    let (utc, local) = (
        moment("2026-01-01T00:00:00Z"),
        moment("2026-01-01T00:00:00+01:00"),
    );
    check(&[
        (&utc, &local, &["range-unclear t.min"]),
        (&local, &utc, &["range-unclear t.min"]),
    ]);
    let beside =
        |text: &str, rule: &str| format!("{text}\nquality: [range: {{ field: t, min: '{rule}' }}]");
    let (before, after) = (
        beside(&utc, "2026-01-01T00:00:00+02:00"),
        beside(&utc, "2025-01-01T00:00:00+02:00"),
    );
    check(&[(&before, &after, &["range-unclear t.min"])]);
}

#[test]
fn lists_of_values_meet() {
    let field = |list: &str, rule: &str| {
        format!("fields: [{{ name: s, type: string{list} }}]\nquality: [{rule}]")
    };
    let none = field("", "");
    let ab = field(", enum: [a, b]", "");
    let ab_by_rule = field("", "values: { field: s, in: [b, a] }");
    let met = field(", enum: [a, b, c]", "values: { field: s, in: [a, b, d] }");
    let abc = field(", enum: [a, b, c]", "");
    let number = "fields: [{ name: s, type: string, enum: [a, '1'] }]".to_owned();
    let text = "fields: [{ name: s, type: string, enum: [a, 1] }]".to_owned();
    check_both(&[
        (&none, &ab, &["enum-added s.enum"], &["enum-removed s.enum"]),
        (
            &ab,
            &ab_by_rule,
            &["enum-restated s.enum"],
            &["enum-restated s.enum"],
        ),
        (
            &ab,
            &met,
            &["enum-restated s.enum"],
            &["enum-restated s.enum"],
        ),
        (
            &abc,
            &met,
            &["enum-value-removed s.enum.c"],
            &["enum-value-added s.enum.c"],
        ),
        (&ab, &field(", enum: [b, a]", ""), &[], &[]),
    ]);
    let found = super::compared(&number, &text).changes;
    assert!(
        found
            .iter()
            .any(|change| change.message().contains("`'1'`")),
        "{found:#?}"
    );
}

#[test]
fn patterns_are_compared_by_text() {
    let with = |pattern: &str, rule: &str| {
        format!("fields: [{{ name: s, type: string{pattern} }}]\nquality: [{rule}]")
    };
    let (none, a) = (with("", ""), with(", pattern: '^a'", ""));
    let by_rule = with("", "pattern: { field: s, pattern: '^a' }");
    let both = with(", pattern: '^a'", "pattern: { field: s, pattern: 'b$' }");
    check_both(&[
        (
            &none,
            &a,
            &["pattern-added s.pattern"],
            &["pattern-removed s.pattern"],
        ),
        (
            &a,
            &by_rule,
            &["pattern-restated s.pattern"],
            &["pattern-restated s.pattern"],
        ),
        (
            &a,
            &both,
            &["pattern-added s.pattern"],
            &["pattern-removed s.pattern"],
        ),
        (
            &a,
            &with(", pattern: '^b'", ""),
            &["pattern-changed s.pattern"],
            &["pattern-changed s.pattern"],
        ),
    ]);
}

#[test]
fn a_rule_that_is_not_understood_does_not_loosen_what_it_said() {
    let fields = "fields: [{ name: a, type: string, unique: true }, { name: n, type: integer }]\n";
    let sound = format!(
        "{fields}quality:\n  - no_nulls: [a]\n  - range: {{ field: n, min: 0 }}\n  - values: {{ field: a, in: [x] }}\n  - unique: [a, n]\n"
    );
    for (from, to) in [
        ("no_nulls", "no_nuls"),
        ("range", "rnge"),
        ("values", "value"),
        ("- unique", "- uniqe"),
        ("field: n", "feild: n"),
        ("in:", "inn:"),
    ] {
        let broken = sound.replace(from, to);
        let cases: [Case<'_>; 2] = [(&sound, &broken, &[]), (&broken, &sound, &[])];
        check(&cases);
    }
    // An old fault hides no new change.
    let broken = sound.replace("range", "rnge");
    let also = broken.replace("unique: true", "required: true");
    check(&[(
        &broken,
        &also,
        &["required-restated a.required", "unique-removed a.unique"],
    )]);
}
