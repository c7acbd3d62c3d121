//! Changes and versions in, the bump that is due and what is wrong with the one made out.

use std::cmp::{Ordering, Reverse};

use meshlaw_contract::model::{Scheme, Version};
use semver::Version as Semantic;

use crate::edit::{Aspect, Motion, words};
use crate::{Change, Effect, Grade, Grading};

words! {
    /// How far a version is raised; later is further.
    Bump {
        /// Not at all.
        None "none",
        /// In its third number.
        Patch "patch",
        /// In its second number.
        Minor "minor",
        /// In its first number.
        Major "major",
    }
}

/// What is wrong with the version of a changed contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VersionProblem {
    /// The version went down.
    Lowered {
        /// The old version.
        before: Version,
        /// The new version.
        after: Version,
    },
    /// The version stayed, the content did not.
    Reused {
        /// The new version, which may differ in its build metadata.
        version: Version,
        /// The least version that would do.
        least: Version,
    },
    /// The version was raised by too little.
    TooSmall {
        /// The new version.
        after: Version,
        /// The least version that would do.
        least: Version,
    },
    /// The version was raised by more than a step.
    Skipped {
        /// The old version.
        before: Version,
        /// The new version.
        after: Version,
        /// The version that a step of the same kind leads to.
        next: Version,
    },
}

/// Returns the bump that the changes ask for.
pub fn required_bump(changes: &[Change], grading: &Grading) -> Bump {
    changes
        .iter()
        .map(|change| bump_of(change, grading))
        .max()
        .unwrap_or(Bump::None)
}

/// Returns the changes that ask for the bump that is due, those that are felt most first.
pub fn reasons<'c>(changes: &'c [Change], grading: &Grading) -> Vec<&'c Change> {
    let required = required_bump(changes, grading);
    if required == Bump::None {
        return Vec::new();
    }
    let asks = |change: &&Change| bump_of(change, grading) == required;
    let mut reasons: Vec<&Change> = changes.iter().filter(asks).collect();
    reasons.sort_by_key(|change| Reverse(grading.impact(change)));
    reasons
}

fn bump_of(change: &Change, grading: &Grading) -> Bump {
    let says_more = change.edit.motion == Motion::Added
        && !matches!(
            change.edit.aspect,
            Aspect::Definition
                | Aspect::Description
                | Aspect::Detail
                | Aspect::EnumLabel
                | Aspect::Examples
                | Aspect::QualityDetail
                | Aspect::SlaDetail
                | Aspect::StandardVersion
                | Aspect::Support
                | Aspect::Tag
                | Aspect::Team
        );
    match grading.impact(change) {
        // The version itself is what is asked for; a contract that comes or goes has no bump.
        _ if matches!(change.edit.aspect, Aspect::Version) => Bump::None,
        _ if change.edit.aspect == Aspect::Contract && change.edit.motion != Motion::Renamed => {
            Bump::None
        }
        Grade::Breaking => Bump::Major,
        Grade::Risky => Bump::Minor,
        Grade::Safe if says_more || change.rule.effect != Effect::Neutral => Bump::Minor,
        Grade::Safe => Bump::Patch,
    }
}

/// Returns the bump between two versions; a version that does not go up is none.
///
/// Each whole number is a promise of its own, so that the next one is a major step. Dates say when
/// a promise was made and not what became of it: a later one is a minor step, never a major one.
pub fn declared_bump(before: &Version, after: &Version, scheme: Scheme) -> Bump {
    if before.compare(after, scheme) != Some(Ordering::Less) {
        return Bump::None;
    }
    match before.common_scheme(after, scheme) {
        Some(Scheme::Integer) => Bump::Major,
        Some(Scheme::Calendar) => Bump::Minor,
        _ => before
            .semantic()
            .zip(after.semantic())
            .map_or(Bump::None, |(old, new)| place_of_raise(old, new)),
    }
}

fn place_of_raise(before: &Semantic, after: &Semantic) -> Bump {
    if after.major != before.major {
        Bump::Major
    } else if after.minor != before.minor {
        Bump::Minor
    } else {
        Bump::Patch
    }
}

/// Checks the version of a contract whose changes ask for a bump.
///
/// Below 1.0.0 everything shifts one place: a break asks for the second number, all else for the
/// third. Integers and dates know no small steps: whatever changes asks for a later one. Versions
/// that the scheme cannot compare have no problem here.
pub fn check_version(
    before: &Version,
    after: &Version,
    required: Bump,
    scheme: Scheme,
) -> Option<VersionProblem> {
    let order = before.compare(after, scheme)?;
    if order == Ordering::Greater {
        return Some(VersionProblem::Lowered {
            before: before.clone(),
            after: after.clone(),
        });
    }
    let scheme = before.common_scheme(after, scheme)?;
    if let Some(least) = least_version(before, required, scheme) {
        if order == Ordering::Equal {
            return Some(VersionProblem::Reused {
                version: after.clone(),
                least,
            });
        }
        if without_labels(after, scheme).compare(&least, scheme) == Some(Ordering::Less) {
            return Some(VersionProblem::TooSmall {
                after: after.clone(),
                least,
            });
        }
    }
    let next = skipped(before, after, scheme).filter(|_| order == Ordering::Less)?;
    Some(VersionProblem::Skipped {
        before: before.clone(),
        after: after.clone(),
        next,
    })
}

/// Returns the version that a pre-release announces, since announcing it is enough.
fn without_labels(version: &Version, scheme: Scheme) -> Version {
    match version.semantic().filter(|_| scheme == Scheme::Semantic) {
        Some(of) => version.rewritten(released(of)),
        None => version.clone(),
    }
}

fn released(version: &Semantic) -> Semantic {
    Semantic::new(version.major, version.minor, version.patch)
}

fn least_version(before: &Version, required: Bump, scheme: Scheme) -> Option<Version> {
    if required == Bump::None {
        return None;
    }
    match scheme {
        Scheme::Calendar => Some(Version::new(&before.calendar()?.next()?.to_string())),
        Scheme::Integer => Some(before.rewritten(before.integer()?.checked_add(1)?)),
        Scheme::Semantic | Scheme::Any => {
            let old = before.semantic()?;
            // What is announced by a pre-release is not yet taken.
            if !old.pre.is_empty() {
                return Some(before.rewritten(released(old)));
            }
            let place = match (required, old.major) {
                (Bump::Major, 0) => Bump::Minor,
                (Bump::Minor, 0) => Bump::Patch,
                (place, _) => place,
            };
            Some(before.rewritten(raised(old, place)?))
        }
    }
}

fn raised(version: &Semantic, place: Bump) -> Option<Semantic> {
    Some(match place {
        Bump::Major => Semantic::new(version.major.checked_add(1)?, 0, 0),
        Bump::Minor => Semantic::new(version.major, version.minor.checked_add(1)?, 0),
        Bump::Patch | Bump::None => {
            Semantic::new(version.major, version.minor, version.patch.checked_add(1)?)
        }
    })
}

/// Returns where a step of the same kind would have led, for a version that went further.
///
/// No date follows another, so none is ever skipped.
fn skipped(before: &Version, after: &Version, scheme: Scheme) -> Option<Version> {
    match scheme {
        Scheme::Calendar => None,
        Scheme::Integer => {
            let next = before.integer()?.checked_add(1)?;
            (after.integer()? > next).then(|| before.rewritten(next))
        }
        Scheme::Semantic | Scheme::Any => {
            let (old, new) = (before.semantic()?, after.semantic()?);
            let place = place_of_raise(old, new);
            let next = match old.pre.is_empty() {
                true => raised(old, place)?,
                // A pre-release is followed by what it announces, or by a greater announcement.
                false if place <= announced(old) => released(old),
                false => raised(old, place)?,
            };
            (released(new) != next).then(|| before.rewritten(next))
        }
    }
}

/// Returns the step whose end a pre-release announces, by the numbers that it resets.
fn announced(version: &Semantic) -> Bump {
    match (version.minor, version.patch) {
        (0, 0) => Bump::Major,
        (_, 0) => Bump::Minor,
        _ => Bump::Patch,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(before: &str, after: &str, required: Bump, scheme: Scheme) -> Option<String> {
        let (before, after) = (Version::new(before), Version::new(after));
        check_version(&before, &after, required, scheme).map(|problem| match problem {
            VersionProblem::Lowered { .. } => "lowered".to_owned(),
            VersionProblem::Reused { least, .. } => format!("reused, {least}"),
            VersionProblem::TooSmall { least, .. } => format!("too small, {least}"),
            VersionProblem::Skipped { next, .. } => format!("skipped, {next}"),
        })
    }

    #[test]
    fn a_version_must_rise_as_far_as_the_changes_ask() {
        for (before, after, required, problem) in [
            ("2.1.0", "2.2.0", Bump::Minor, None),
            ("2.1.0", "2.2.0", Bump::Major, Some("too small, 3.0.0")),
            ("2.1.0", "2.1.0", Bump::Patch, Some("reused, 2.1.1")),
            ("2.1.0", "2.1.0", Bump::None, None),
            ("2.1.0", "2.0.9", Bump::None, Some("lowered")),
            ("2.1.0", "2.1.1", Bump::Minor, Some("too small, 2.2.0")),
            ("2.1.0", "3.0.0", Bump::Patch, None),
            ("v2.1", "v2.1.1", Bump::Minor, Some("too small, v2.2.0")),
            ("2", "v3", Bump::Major, None),
            (
                "2026.11.2",
                "2026.11.3",
                Bump::Major,
                Some("too small, 2027.0.0"),
            ),
            ("2.1.0", "2026-11", Bump::Major, None),
        ] {
            let found = check(before, after, required, Scheme::Semantic);
            assert_eq!(found.as_deref(), problem, "{before} → {after}, {required}");
        }
    }

    #[test]
    fn before_the_first_release_everything_shifts_one_place() {
        for (before, after, required, problem) in [
            ("0.4.2", "0.5.0", Bump::Major, None),
            ("0.4.2", "0.4.3", Bump::Major, Some("too small, 0.5.0")),
            ("0.4.2", "0.4.3", Bump::Minor, None),
            ("0.4.2", "1.0.0", Bump::Minor, None),
        ] {
            let found = check(before, after, required, Scheme::Semantic);
            assert_eq!(found.as_deref(), problem, "{before} → {after}, {required}");
        }
    }

    #[test]
    fn a_pre_release_announces_its_release() {
        for (before, after, required, problem) in [
            ("2.1.0", "3.0.0-rc.1", Bump::Major, None),
            ("2.1.0", "2.2.0-rc.1", Bump::Major, Some("too small, 3.0.0")),
            ("3.0.0-rc.1", "3.0.0-rc.2", Bump::Major, None),
            ("3.0.0-rc.1", "3.0.0-rc.9", Bump::Major, None),
            ("3.0.0-rc.1", "3.0.0", Bump::Major, None),
            (
                "3.0.0-rc.1",
                "3.0.0-rc.1",
                Bump::Major,
                Some("reused, 3.0.0"),
            ),
            ("3.0.0", "3.0.0-rc.1", Bump::None, Some("lowered")),
            ("3.0.0-rc.2", "3.0.0-rc.1", Bump::Patch, Some("lowered")),
            ("3.0.0-rc.1", "3.0.1", Bump::Patch, Some("skipped, 3.0.0")),
            ("3.0.0-rc.1", "4.0.0", Bump::Major, Some("skipped, 3.0.0")),
            ("2.2.0-rc.1", "3.0.0-rc.1", Bump::Major, None),
            ("2.1.1-rc.1", "2.2.0", Bump::Minor, None),
            ("2.1.1-rc.1", "2.3.0", Bump::Minor, Some("skipped, 2.2.0")),
        ] {
            let found = check(before, after, required, Scheme::Semantic);
            assert_eq!(found.as_deref(), problem, "{before} → {after}, {required}");
        }
    }

    #[test]
    fn build_metadata_makes_no_other_version() {
        for (before, after, required, problem) in [
            ("2.1.0+7", "2.1.0+8", Bump::Patch, Some("reused, 2.1.1")),
            ("2.1.0+8", "2.1.0", Bump::Patch, Some("reused, 2.1.1")),
            ("2.1.0+7", "2.1.0+8", Bump::None, None),
            ("2.1.0+8", "2.1.0+7", Bump::None, None),
            ("2.1.0+7", "2.1.1+1", Bump::Patch, None),
        ] {
            let found = check(before, after, required, Scheme::Semantic);
            assert_eq!(found.as_deref(), problem, "{before} → {after}, {required}");
        }
    }

    #[test]
    fn a_step_leads_to_the_next_version() {
        for (before, after, problem) in [
            ("1.2.0", "1.2.1", None),
            ("1.2.0", "1.3.0", None),
            ("1.2.0", "2.0.0", None),
            ("1.2.0", "1.2.2", Some("skipped, 1.2.1")),
            ("1.2.0", "1.4.0", Some("skipped, 1.3.0")),
            ("1.2.0", "1.3.1", Some("skipped, 1.3.0")),
            ("1.2.0", "3.0.0", Some("skipped, 2.0.0")),
            ("1.2.0", "2.1.3", Some("skipped, 2.0.0")),
            ("1.2.0", "3.0.0-rc.1", Some("skipped, 2.0.0")),
        ] {
            for required in [Bump::None, Bump::Patch] {
                let found = check(before, after, required, Scheme::Semantic);
                assert_eq!(found.as_deref(), problem, "{before} → {after}, {required}");
            }
        }
    }

    #[test]
    fn other_schemes_only_ask_for_a_later_version() {
        use Scheme::{Any, Calendar, Integer};
        for (scheme, before, after, required, problem) in [
            (Integer, "7", "8", Bump::Major, None),
            (Integer, "7", "7", Bump::Patch, Some("reused, 8")),
            (Integer, "7", "6", Bump::None, Some("lowered")),
            (Integer, "v7", "v9", Bump::Patch, Some("skipped, v8")),
            (Integer, "7", "8.0.0", Bump::Major, None),
            (Calendar, "2026-11-23", "2027-03-01", Bump::Major, None),
            (
                Calendar,
                "2026-11-23",
                "2026-11-23",
                Bump::Minor,
                Some("reused, 2026-11-24"),
            ),
            (
                Calendar,
                "2026.11",
                "2026.11",
                Bump::Minor,
                Some("reused, 2026.12"),
            ),
            (
                Calendar,
                "2026.11.2",
                "2026.11.1",
                Bump::None,
                Some("lowered"),
            ),
            (Any, "7", "7", Bump::Major, Some("reused, 8.0.0")),
            (Any, "1.2.0", "1.3.0", Bump::Major, Some("too small, 2.0.0")),
            (
                Any,
                "2026-11",
                "2026-11",
                Bump::Patch,
                Some("reused, 2026-12"),
            ),
            (Any, "1.2.0", "2026-11", Bump::Major, None),
        ] {
            let found = check(before, after, required, scheme);
            assert_eq!(
                found.as_deref(),
                problem,
                "{scheme:?}: {before} → {after}, {required}"
            );
        }
    }

    #[test]
    fn a_raise_is_worth_what_its_scheme_makes_of_it() {
        for (scheme, before, after, declared) in [
            (Scheme::Semantic, "1.2.0+1", "1.2.0+2", Bump::None),
            (Scheme::Integer, "7", "6", Bump::None),
            (Scheme::Integer, "7", "8", Bump::Major),
            (Scheme::Calendar, "2026.11", "2027.01", Bump::Minor),
            (Scheme::Calendar, "1.2.0", "2026.11", Bump::None),
        ] {
            let declared_by = declared_bump(&Version::new(before), &Version::new(after), scheme);
            assert_eq!(declared_by, declared, "{scheme:?}: {before} → {after}");
        }
    }

    fn versions() -> impl Strategy<Value = (Scheme, String)> {
        let label = prop_oneof![Just(""), Just("-rc.1"), Just("+7"), Just("-rc.1+7")];
        let prefix = prop_oneof![Just(""), Just("v")];
        prop_oneof![
            (prefix.clone(), 0..4u64, 0..4u64, 0..4u64, label).prop_map(
                |(prefix, major, minor, patch, label)| {
                    let text = format!("{prefix}{major}.{minor}.{patch}{label}");
                    (Scheme::Semantic, text)
                }
            ),
            (prefix, any::<u32>())
                .prop_map(|(prefix, number)| (Scheme::Integer, format!("{prefix}{number}"))),
            (1..9999i16, 1..13i8, 1..29i8).prop_map(|(year, month, day)| {
                (Scheme::Calendar, format!("{year:04}-{month:02}-{day:02}"))
            }),
            (1..9999i16, 1..13i8)
                .prop_map(|(year, month)| { (Scheme::Calendar, format!("{year:04}.{month}")) }),
        ]
    }

    proptest! {
        #[test]
        fn the_least_version_that_is_asked_for_satisfies(
            (scheme, before) in versions(),
            required in prop_oneof![Just(Bump::Patch), Just(Bump::Minor), Just(Bump::Major)],
            is_any in any::<bool>(),
        ) {
            let scheme = if is_any { Scheme::Any } else { scheme };
            let version = Version::new(&before);
            let problem = check_version(&version, &version, required, scheme);
            let Some(VersionProblem::Reused { least, .. }) = problem else {
                panic!("a version that stays is reused: {problem:?}");
            };
            prop_assert_eq!(check_version(&version, &least, required, scheme), None);
        }
    }
}
