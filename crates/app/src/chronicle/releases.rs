//! The editions of a contract in, its versions with what each brought out.

use meshlaw_changeset::Commit;
use meshlaw_diff::{Change, compare};

use super::{Edition, day};
use crate::failure::Failure;

/// One version of a contract, as it stood when the next one came.
pub struct Release {
    /// The version; nothing where the contract was gone, or stated none.
    pub version: Option<String>,
    /// The commit that brought the version first.
    pub first: Commit,
    /// The last edition of the version before; nothing for the first version.
    pub before: Option<Edition>,
    /// The last edition of the version.
    pub last: Edition,
    /// What changed between the two.
    pub changes: Vec<Change>,
}

/// Sums editions up by version, the newest first; `baseline` is what stood before them.
pub fn releases(
    editions: Vec<Edition>,
    baseline: Option<Edition>,
) -> Result<Vec<Release>, Failure> {
    let mut found: Vec<Release> = Vec::new();
    for edition in editions {
        let version = version(&edition);
        match found.last_mut() {
            Some(last) if last.version == version => last.first = edition.commit,
            _ => found.push(Release {
                version,
                first: edition.commit,
                before: None,
                last: edition,
                changes: Vec::new(),
            }),
        }
    }
    let lasts: Vec<Edition> = found.iter().map(|one| one.last.clone()).collect();
    let before = lasts.into_iter().skip(1).map(Some).chain([baseline]);
    for (release, before) in found.iter_mut().zip(before) {
        let contract = before
            .as_ref()
            .and_then(|edition| edition.contract.as_ref());
        let compared = compare(
            contract,
            release.last.contract.as_ref(),
            day(&release.last.commit),
        );
        let compared = compared?;
        release.changes = compared.changes;
        release.before = before;
    }
    Ok(found)
}

fn version(edition: &Edition) -> Option<String> {
    let version = edition.contract.as_ref()?.version.as_ref();
    version.map(ToString::to_string)
}
