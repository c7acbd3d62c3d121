//! Versions and the schemes of the settings in, what to say of them out.

use meshlaw_contract::model::{Scheme, Version};
use meshlaw_contract::{Format, Pointer};
use meshlaw_diff::{Bump, VersionProblem};
use meshlaw_report::{Finding, Kind, Severity};

use crate::findings::{About, Draft, make};
use crate::revision::Revision;
use crate::settings::Settings;

/// Says where a version is not numbered as the settings ask.
pub fn check(settings: &Settings, about: About<'_>, revision: &Revision<'_>) -> Option<Finding> {
    let contract = revision.contract()?;
    let version = contract.version.as_ref()?;
    let scheme = settings.scheme(&revision.identity.domain);
    let native = contract.format == Format::Native;
    let fits = match scheme {
        // Our own format is strict, since YAML reads `2.10` as the number 2.1; the standard takes
        // any text, so that short forms stand for what they can only mean.
        Scheme::Semantic if native => version.is_strictly_semantic(),
        _ => version.fits(scheme),
    };
    if fits {
        return None;
    }
    let pointer = Pointer::root().word("version");
    let draft = Draft {
        id: "version/scheme",
        kind: Kind::Version,
        severity: if native {
            Severity::Error
        } else {
            Severity::Warning
        },
        about,
        location: Some(revision.locate(&pointer)),
        pointer,
        message: format!("the version `{version}` is not {}", noun(scheme)),
        help: Some(way_out(version, scheme)),
    };
    make(settings, draft)
}

fn noun(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Semantic => "a semantic version",
        Scheme::Calendar => "a date or a month",
        Scheme::Integer => "a whole number",
        Scheme::Any => "a version of any scheme",
    }
}

fn way_out(version: &Version, scheme: Scheme) -> String {
    match (scheme, version.semantic()) {
        (Scheme::Semantic, Some(meant)) => {
            format!("write `{meant}`, or set the `scheme` of `versions` in meshlaw.yaml")
        }
        (Scheme::Semantic, None) => {
            "write three numbers, as in `2.1.0`, or set the `scheme` of `versions` in \
             meshlaw.yaml; no step can be checked without"
                .to_owned()
        }
        (Scheme::Calendar, _) => {
            "write a date or a month, as in `2026-11-23`, `2026-11` or `2026.11.2`".to_owned()
        }
        (Scheme::Integer, _) => "write a whole number, as in `7`".to_owned(),
        (Scheme::Any, _) => {
            "write three numbers, a date or a whole number, as in `2.1.0`, `2026-11-23` or `7`"
                .to_owned()
        }
    }
}

/// What is told of a version that does not fit the changes.
pub struct Told {
    /// Id of the finding.
    pub id: &'static str,
    /// How much it matters where the settings do not say.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// Puts what is wrong with a version into words.
pub fn tell(problem: &VersionProblem, required: Bump) -> Told {
    match problem {
        VersionProblem::Lowered { before, after } => Told {
            id: "version/lowered",
            severity: Severity::Error,
            message: format!("the version went down from `{before}` to `{after}`"),
            help: format!("write a version above `{before}`"),
        },
        VersionProblem::Reused { version, least } => Told {
            id: "version/reused",
            severity: Severity::Error,
            message: format!("the contract changed, but its version is still `{version}`"),
            help: format!("raise the version to `{least}` or above"),
        },
        VersionProblem::TooSmall { after, least } => Told {
            id: "version/too-small",
            severity: Severity::Error,
            message: format!(
                "`{after}` is too small a step: {} needs `{least}`",
                cause(required)
            ),
            help: format!("raise the version to `{least}` or above"),
        },
        // Estates whose versions follow a release of something larger skip all the time, and
        // nobody is harmed: it is worth a look, not a warning.
        VersionProblem::Skipped {
            before,
            after,
            next,
        } => Told {
            id: "version/skipped",
            severity: Severity::Note,
            message: format!("the version went from `{before}` to `{after}`, past `{next}`"),
            help: format!("write `{next}`, unless the versions between are published elsewhere"),
        },
    }
}

/// Returns what asks for a bump.
fn cause(required: Bump) -> &'static str {
    match required {
        Bump::Major => "a breaking change",
        Bump::Minor => "an addition or a change that readers may notice",
        Bump::Patch | Bump::None => "a change",
    }
}
