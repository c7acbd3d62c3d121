//! The change that the founding document tells of, and others on the founding contract.

use super::{compared, contract, told};
use jiff::civil::date;
use meshlaw_contract::model::{CompatibilityMode, Scheme, Version};
use meshlaw_diff::{
    Bump, Grade, Grading, VersionProblem, check_version, compare, declared_bump, required_bump,
};

const FOUNDING: &str = "\
schema: marketing_leads
version: 2.1.0
owner: marketing-team
sla: { freshness: 15 minutes, availability: 99.5% }
fields:
  - { name: lead_id, type: string, required: true, description: Unique identifier for the lead }
  - { name: source, type: string, required: true, enum: [organic, paid, referral, direct] }
  - { name: score, type: integer, required: false, description: Lead quality score (0-100) }
quality:
  - no_nulls: [lead_id, source]
  - unique: [lead_id]
  - range: { field: score, min: 0, max: 100 }
";

const CHANGED: &str = "\
schema: marketing_leads
version: 2.2.0
owner: marketing-team
sla: { freshness: 15 minutes, availability: 99% }
fields:
  - { name: lead_id, type: string, required: true, description: Unique identifier for the lead }
  - { name: source, type: string, enum: [organic, paid, referral, direct] }
  - { name: score, type: integer, required: false, description: Lead quality score (0-100) }
  - { name: email, type: string }
quality:
  - no_nulls: [lead_id]
  - range: { field: score, min: 0, max: 100 }
";

#[test]
fn the_demo_change_is_told_in_full() {
    let changes = compared(FOUNDING, CHANGED).changes;
    assert_eq!(
        told(&changes),
        [
            "field-added email",
            "field-made-optional source.required",
            "sla-weakened sla.availability",
            "unique-removed lead_id.unique",
            "version-raised version",
        ]
    );
    let messages: Vec<_> = changes.iter().map(|change| change.message()).collect();
    assert_eq!(
        messages,
        [
            "the version went up from `2.1.0` to `2.2.0`",
            "the promised `availability` was lowered from `99.5%` to `99%`",
            "the field `source` may now hold nulls",
            "values of `lead_id` may now repeat",
            "the optional field `email` is new",
        ]
    );
    let grading = Grading::of(CompatibilityMode::Consumers);
    assert_eq!(grading.worst(&changes), Grade::Breaking);
    let required = required_bump(&changes, &grading);
    let (before, after) = (
        contract(FOUNDING).version.unwrap(),
        contract(CHANGED).version.unwrap(),
    );
    assert_eq!(
        (required, declared_bump(&before, &after, Scheme::Semantic)),
        (Bump::Major, Bump::Minor)
    );
    let least = Version::new("3.0.0");
    assert_eq!(
        check_version(&before, &after, required, Scheme::Semantic),
        Some(VersionProblem::TooSmall { after, least })
    );
}

#[test]
fn an_empty_diff_is_silent_and_a_whole_contract_is_one_change() {
    let founding = contract(FOUNDING);
    let today = date(2026, 11, 23);
    for (before, after, expected) in [
        (Some(&founding), Some(&founding), None),
        (None, None, None),
        (None, Some(&founding), Some("contract-added contract")),
        (Some(&founding), None, Some("contract-removed contract")),
    ] {
        let changes = compare(before, after, today).unwrap().changes;
        assert_eq!(told(&changes), Vec::from_iter(expected.map(str::to_owned)));
    }
}
