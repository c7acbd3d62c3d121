//! Whose grades count, and the bump that they ask for.

use std::collections::BTreeMap;

use meshlaw_contract::model::{CompatibilityMode, Scheme, Version};
use meshlaw_diff::{Bump, Grade, Grading, Overrule, declared_bump, required_bump};

use super::compared;

const REQUIRED: &str = "fields: [{ name: a, type: string, required: true }]";
const OPTIONAL: &str = "fields: [{ name: a, type: string }]";
const RENAMED: &str = "fields: [{ name: z, renamed_from: a, type: string }]";
const WIDER: &str = "fields: [{ name: a, type: string }, { name: b, type: string }]";
const DESCRIBED: &str = "fields: [{ name: a, type: string, description: d }]";
const PERSONAL: &str = "fields: [{ name: a, type: string, pii: contact }]";

#[test]
fn the_mode_picks_the_side_that_counts() {
    use CompatibilityMode::{Consumers, Full, None, Producers};
    use Grade::{Breaking, Risky, Safe};
    for (before, after, expected) in [
        (REQUIRED, OPTIONAL, [Breaking, Safe, Breaking, Safe]),
        (OPTIONAL, REQUIRED, [Safe, Breaking, Breaking, Safe]),
        (OPTIONAL, RENAMED, [Breaking, Breaking, Breaking, Safe]),
        (OPTIONAL, PERSONAL, [Risky, Safe, Risky, Safe]),
        (OPTIONAL, DESCRIBED, [Safe, Safe, Safe, Safe]),
        (OPTIONAL, OPTIONAL, [Safe, Safe, Safe, Safe]),
    ] {
        let changes = compared(before, after).changes;
        let worst =
            [Consumers, Producers, Full, None].map(|mode| Grading::of(mode).worst(&changes));
        assert_eq!(worst, expected, "{before} → {after}");
    }
}

#[test]
fn an_organisation_may_grade_otherwise() {
    let changes = compared(REQUIRED, OPTIONAL).changes;
    let overrule = Overrule {
        consumers: Some(Grade::Risky),
        ..Overrule::default()
    };
    let mut grading = Grading::of(CompatibilityMode::Consumers);
    grading.overrules = BTreeMap::from([("field-made-optional".to_owned(), overrule)]);
    assert_eq!(grading.worst(&changes), Grade::Risky);
    assert_eq!(grading.grades(&changes[0]), (Grade::Risky, Grade::Safe));
    assert_eq!(required_bump(&changes, &grading), Bump::Minor);
}

#[test]
fn impact_and_effect_ask_for_a_bump() {
    let grading = Grading::of(CompatibilityMode::Consumers);
    for (before, after, expected) in [
        (REQUIRED, OPTIONAL, Bump::Major),
        // It harms no reader, but the allowed data is another.
        (OPTIONAL, REQUIRED, Bump::Minor),
        (OPTIONAL, WIDER, Bump::Minor),
        (OPTIONAL, PERSONAL, Bump::Minor),
        (OPTIONAL, DESCRIBED, Bump::Patch),
        (OPTIONAL, OPTIONAL, Bump::None),
        // The version itself is what is asked for.
        (
            OPTIONAL,
            "version: 1.0.1\nfields: [{ name: a, type: string }]",
            Bump::None,
        ),
    ] {
        let changes = compared(before, after).changes;
        assert_eq!(
            required_bump(&changes, &grading),
            expected,
            "{before} → {after}"
        );
    }
    // Where nobody counts, the effects still do.
    let nobody = Grading::of(CompatibilityMode::None);
    assert_eq!(
        required_bump(&compared(REQUIRED, OPTIONAL).changes, &nobody),
        Bump::Minor
    );
}

#[test]
fn a_bump_is_named_by_the_first_number_that_rises() {
    for (before, after, expected) in [
        ("1.2.3", "2.0.0", Bump::Major),
        ("1.2.3", "1.3.0", Bump::Minor),
        ("1.2.3", "1.2.4", Bump::Patch),
        ("1.2.3-rc.1", "1.2.3", Bump::Patch),
        ("1.2.3", "1.2.3", Bump::None),
        ("1.2.3", "1.2.2", Bump::None),
        ("0.1.0", "0.2.0", Bump::Minor),
    ] {
        let (old, new) = (Version::new(before), Version::new(after));
        assert_eq!(
            declared_bump(&old, &new, Scheme::Semantic),
            expected,
            "{before} → {after}"
        );
    }
}
