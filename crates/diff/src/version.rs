//! Changes and versions in, the bump that is due and what is wrong with the one made out.

use semver::Version;

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
        /// The version of both.
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
}

/// Returns the bump that the changes ask for.
pub fn required_bump(changes: &[Change], grading: &Grading) -> Bump {
    changes
        .iter()
        .map(|change| bump_of(change, grading))
        .max()
        .unwrap_or(Bump::None)
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

/// Returns the bump between two versions; a version that goes down is none.
pub fn declared_bump(before: &Version, after: &Version) -> Bump {
    if after <= before {
        Bump::None
    } else if after.major != before.major {
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
/// third.
pub fn check_version(before: &Version, after: &Version, required: Bump) -> Option<VersionProblem> {
    if after < before {
        return Some(VersionProblem::Lowered {
            before: before.clone(),
            after: after.clone(),
        });
    }
    let least = least_version(before, required)?;
    if after == before {
        return Some(VersionProblem::Reused {
            version: before.clone(),
            least,
        });
    }
    // A pre-release of the least version announces it.
    let reached = Version::new(after.major, after.minor, after.patch);
    (reached < least).then(|| VersionProblem::TooSmall {
        after: after.clone(),
        least,
    })
}

fn least_version(before: &Version, required: Bump) -> Option<Version> {
    let place = match (required, before.major) {
        (Bump::None, _) => return None,
        (Bump::Major, 0) => Bump::Minor,
        (Bump::Minor, 0) => Bump::Patch,
        (place, _) => place,
    };
    // What is announced by a pre-release is not yet taken.
    if !before.pre.is_empty() {
        return Some(Version::new(before.major, before.minor, before.patch));
    }
    Some(match place {
        Bump::Major => Version::new(before.major.saturating_add(1), 0, 0),
        Bump::Minor => Version::new(before.major, before.minor.saturating_add(1), 0),
        Bump::Patch | Bump::None => {
            Version::new(before.major, before.minor, before.patch.saturating_add(1))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_must_rise_as_far_as_the_changes_ask() {
        for (before, after, required, least) in [
            ("2.1.0", "2.2.0", Bump::Minor, None),
            ("2.1.0", "2.2.0", Bump::Major, Some("3.0.0")),
            ("2.1.0", "2.1.0", Bump::Patch, Some("2.1.1")),
            ("2.1.0", "2.1.0", Bump::None, None),
            ("2.1.0", "2.0.9", Bump::None, Some("lowered")),
            ("2.1.0", "2.1.1", Bump::Minor, Some("2.2.0")),
            ("2.1.0", "4.0.0", Bump::Patch, None),
            ("0.4.2", "0.5.0", Bump::Major, None),
            ("0.4.2", "0.4.3", Bump::Major, Some("0.5.0")),
            ("0.4.2", "0.4.3", Bump::Minor, None),
            ("2.1.0", "3.0.0-rc.1", Bump::Major, None),
            ("3.0.0-rc.1", "3.0.0-rc.2", Bump::Major, None),
            ("3.0.0-rc.1", "3.0.0-rc.1", Bump::Major, Some("3.0.0")),
        ] {
            let version = |text: &str| Version::parse(text).unwrap();
            let found = check_version(&version(before), &version(after), required);
            let shown = found.map(|problem| match problem {
                VersionProblem::Lowered { .. } => "lowered".to_owned(),
                VersionProblem::Reused { least, .. } | VersionProblem::TooSmall { least, .. } => {
                    least.to_string()
                }
            });
            assert_eq!(shown.as_deref(), least, "{before} → {after}, {required}");
        }
    }
}
