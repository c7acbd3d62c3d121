//! The revisions of a branch in, whose law holds out: the target's tip, never the branch's own.

use std::borrow::Cow;

use meshlaw_changeset::{Globs, Reader, Renames, RepoPath, Snapshot, changes};
use meshlaw_contract::Pointer;
use meshlaw_report::{self as report, Finding, Kind, Severity, Side};

use crate::bundles::{self, SIGNATURE};
use crate::failure::Failure;
use crate::findings::{About, Draft, make};
use crate::law::{self, Law, LawProblem, PolicySource};
use crate::settings::{self, Settings};

/// Id of the finding that a branch loosens the floor.
pub const FLOOR_LOOSENED: &str = "governance/floor-loosened";

/// The name by which waivers of it speak of the floor: as if it were a contract, whose parts are the
/// groups and names of policies.
pub const FLOOR: (&str, &str) = ("policies", "org");

/// The revisions of a run, open for reading.
pub struct Readers {
    /// Whose law holds.
    pub tip: Reader,
    /// What is compared with.
    pub base: Reader,
    /// What is judged.
    pub head: Reader,
}

impl Readers {
    /// Opens the revisions of a run.
    pub fn open(tip: &Snapshot, base: &Snapshot, head: &Snapshot) -> Result<Self, Failure> {
        Ok(Self {
            tip: tip.open()?,
            base: base.open()?,
            head: head.open()?,
        })
    }
}

/// The law that holds for a branch, and what the branch makes of it.
pub struct Settled {
    /// The law.
    pub law: Law,
    /// What is wrong with the law that the branch would make.
    pub findings: Vec<Finding>,
    /// What people should know.
    pub notes: Vec<String>,
    /// The branch edits settings or policies.
    pub is_edited: bool,
}

/// Finds the law: the tip's, or, before there is any, what is built in.
///
/// What the head revision makes of settings and policies is only reported: it is the law of the
/// next pull request, not of this one.
pub fn settle_law(readers: &Readers) -> Result<Settled, Failure> {
    if !law::has_law(&readers.tip)? {
        let law = law::bootstrap(&readers.head).map_err(law::failure)?;
        let note = "bootstrap: the target branch has no settings and no policies yet, so that the \
                    built-in policies only advise";
        return Ok(Settled {
            findings: head_findings(&readers.head, &law.settings),
            law,
            notes: vec![note.to_owned()],
            is_edited: law::has_law(&readers.head)?,
        });
    }
    let tip = law::load(&readers.tip, &PolicySource::Settings);
    let edits = governance_edits(readers, tip.as_ref().ok().map(|law| &law.settings))?;
    let mut notes = Vec::new();
    if edits.any {
        notes.push(
            "this branch edits settings or policies; it is judged by those of the target branch"
                .to_owned(),
        );
    }
    match tip {
        Ok(law) => {
            let findings = if edits.any {
                head_findings(&readers.head, &law.settings)
            } else {
                Vec::new()
            };
            Ok(Settled {
                law,
                findings,
                notes,
                is_edited: edits.any,
            })
        }
        Err(problems) => {
            let mended = law::load(&readers.head, &PolicySource::Settings);
            match mended {
                Ok(law) if edits.only => {
                    notes.push(
                        "the law of the target branch does not load; this branch mends it and \
                         touches nothing else"
                            .to_owned(),
                    );
                    Ok(Settled {
                        law,
                        findings: Vec::new(),
                        notes,
                        is_edited: true,
                    })
                }
                _ => {
                    let failure = law::failure(problems);
                    let help = "mend the target branch first, in a pull request that touches \
                                settings and policies only";
                    Err(Failure {
                        message: format!(
                            "the target branch's law does not load: {}",
                            failure.message
                        ),
                        help: Some(match &failure.help {
                            Some(own) => format!("{own}; {help}"),
                            None => help.to_owned(),
                        }),
                        ..failure
                    })
                }
            }
        }
    }
}

/// Whether a branch edits the files that make the law, and whether it edits anything else.
struct GovernanceEdits {
    any: bool,
    only: bool,
}

/// Compares what governs a branch; `loaded` are the tip's settings, where its law loads.
fn governance_edits(
    readers: &Readers,
    loaded: Option<&Settings>,
) -> Result<GovernanceEdits, Failure> {
    // Where policies and bundles lie, the tip says, whether or not they load.
    let tip = match loaded {
        Some(settings) => Cow::Borrowed(settings),
        None => Cow::Owned(law::read_settings(&readers.tip).unwrap_or_default()),
    };
    let bundles = tip
        .bundles
        .iter()
        .filter(|one| bundles::is_plain(&one.path));
    let bundles = bundles.flat_map(|one| [one.path.clone(), format!("{}{SIGNATURE}", one.path)]);
    let law = [
        settings::FILE.to_owned(),
        format!("{}/**", tip.policies),
        "policies/**".to_owned(),
    ];
    let schema = tip.properties_schema.iter();
    let schema = schema.filter(|path| bundles::is_plain(path)).cloned();
    let law = Globs::new(law.into_iter().chain(bundles).chain(schema))?;
    let any = !changes(&readers.base, &readers.head, &law, Renames::Ignore)?.is_empty();
    // The whole tree is compared only where it decides something.
    let only = loaded.is_none() && {
        let everything = Globs::new(["**"])?;
        let all = changes(&readers.base, &readers.head, &everything, Renames::Ignore)?;
        all.iter().all(|change| law.matches(change.path()))
    };
    Ok(GovernanceEdits { any, only })
}

/// Says what is wrong with the law that the head revision would become.
fn head_findings(head: &Reader, settings: &Settings) -> Vec<Finding> {
    let Err(problems) = law::load(head, &PolicySource::Settings) else {
        return Vec::new();
    };
    let finding = |problem: LawProblem| {
        let (id, failure) = match problem {
            LawProblem::Settings(failure) => ("settings/invalid", failure),
            LawProblem::Policy(failure) => ("settings/policy-invalid", failure),
        };
        let place = failure.place.clone().unwrap_or_default();
        let draft = Draft {
            id,
            kind: Kind::Settings,
            severity: Severity::Error,
            about: About::default(),
            pointer: Pointer::root().name(&place),
            message: failure.message,
            help: failure.help,
            location: location_of(head, &place),
        };
        make(settings, draft)
    };
    problems.into_iter().filter_map(finding).collect()
}

/// Reads `path:line:column` back, and the line from the head.
fn location_of(head: &Reader, place: &str) -> Option<report::Location> {
    let mut parts = place.rsplitn(3, ':');
    let column = parts.next().and_then(|text| text.parse().ok());
    let line = parts.next().and_then(|text| text.parse().ok());
    match (line, column, parts.next()) {
        (Some(line), Some(column), Some(path)) => Some(report::Location {
            path: path.to_owned(),
            line,
            column,
            side: Side::Head,
            excerpt: excerpt(head, path, line),
        }),
        _ if place.is_empty() => None,
        _ => Some(crate::place::whole_file(place, Side::Head)),
    }
}

fn excerpt(head: &Reader, path: &str, line: u32) -> Option<report::Excerpt> {
    let entry = head.find(&RepoPath::parse(path).ok()?).ok()??;
    let content = head.read(&entry, meshlaw_changeset::DEFAULT_LIMIT);
    let line = content.text()?.lines().nth(line.checked_sub(1)? as usize)?;
    Some(report::Excerpt {
        line: line.to_owned(),
        length: 1,
    })
}
