//! A contract after a change in, the earlier versions of it that the change breaks out.
//!
//! For contracts whose mode of compatibility ends in `_transitive`: readers and data of every version
//! that was published under the same major number count, not only those of the last one.

use meshlaw_contract::Pointer;
use meshlaw_contract::model::{Status, Version};
use meshlaw_diff::{Comparison, Grade, compare};
use meshlaw_report::{Finding, Kind, Severity};

use crate::chronicle::Release;
use crate::court::Court;
use crate::failure::Failure;
use crate::findings::{About, Draft, make};
use crate::revision::Revision;

/// Says what breaks an earlier version and not the last one, which is told anyway.
pub fn findings(
    court: &Court<'_>,
    before: &Revision<'_>,
    after: &Revision<'_>,
    comparison: &Comparison,
) -> Result<Vec<Finding>, Failure> {
    let settings = &court.law.settings;
    let contracts = before.contract().zip(after.contract());
    let Some(((base, head), annals)) = contracts.zip(court.annals) else {
        return Ok(Vec::new());
    };
    let mode = base.compatibility.unwrap_or(settings.compatibility);
    if !mode.transitive {
        return Ok(Vec::new());
    }
    let major = |version: Option<&Version>| version.and_then(Version::major);
    let releases = annals.releases(&before.identity, base)?;
    let is_earlier = |release: &&Release| {
        let contract = release.last.contract.as_ref();
        contract.is_some_and(|contract| {
            contract.version != base.version
                && contract.status != Some(Status::Draft)
                && major(contract.version.as_ref()) == major(head.version.as_ref())
        })
    };
    let grading = court.grading(Some(base));
    let mut broken: Vec<Broken> = Vec::new();
    for release in releases.iter().filter(is_earlier) {
        let compared = compare(
            release.last.contract.as_ref(),
            Some(head),
            court.estate.world.as_of,
        )?;
        for change in compared.changes {
            let place = change.edit.place.pointer().clone();
            let same = |rule: &str, at: &Pointer| rule == change.rule.id && *at == place;
            let is_told = comparison
                .changes
                .iter()
                .any(|own| same(own.rule.id, own.edit.place.pointer()));
            if is_told || grading.impact(&change) != Grade::Breaking {
                continue;
            }
            match broken.iter_mut().find(|one| same(one.rule, &one.place)) {
                Some(known) => known.others += 1,
                None => broken.push(Broken {
                    rule: change.rule.id,
                    message: change.message(),
                    place,
                    version: release.version.clone().unwrap_or_default(),
                    commit: release.first.id.to_string(),
                    others: 0,
                }),
            }
        }
    }
    let owner = base.owner.as_deref();
    let found = broken.into_iter().filter_map(|one| {
        let draft = Draft {
            id: "version/breaks-earlier",
            kind: Kind::Version,
            severity: Severity::Error,
            about: About {
                identity: Some(&after.identity),
                owner,
            },
            location: Some(after.locate(&one.place)),
            message: one.said(),
            pointer: one.place,
            help: Some(
                "raise the major version, or keep what that version allowed; the mode of \
                 compatibility counts every earlier version"
                    .to_owned(),
            ),
        };
        make(settings, draft)
    });
    Ok(found.collect())
}

/// A change that breaks an earlier version.
struct Broken {
    rule: &'static str,
    message: String,
    place: Pointer,
    version: String,
    commit: String,
    /// How many versions before that break, too.
    others: usize,
}

impl Broken {
    fn said(&self) -> String {
        let commit = self.commit.get(..7).unwrap_or(&self.commit);
        let others = match self.others {
            0 => String::new(),
            1 => " and one before it".to_owned(),
            more => format!(" and {more} before it"),
        };
        format!(
            "version {} (commit {commit}){others} breaks: {}",
            self.version, self.message
        )
    }
}
