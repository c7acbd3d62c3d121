//! What changed in a contract in, the version that fits it out.

use meshlaw_contract::Pointer;
use meshlaw_contract::locate;
use meshlaw_contract::model::{Contract, Scheme};
use meshlaw_diff::{Bump, VersionProblem, check_version, declared_bump};

use super::Repair;
use crate::revision::Revision;

/// Tells whether the version says already that readers will break.
pub fn declares_a_break(base: &Contract, head: &Contract, scheme: Scheme) -> bool {
    let versions = base.version.as_ref().zip(head.version.as_ref());
    versions.is_some_and(|(old, new)| declared_bump(old, new, scheme) == Bump::Major)
}

/// Raises the version to the least that fits.
pub fn repair(
    base: &Contract,
    head: &Contract,
    after: &Revision<'_>,
    required: Bump,
    scheme: Scheme,
) -> Option<Repair> {
    let (old, new) = base.version.as_ref().zip(head.version.as_ref())?;
    let least = match check_version(old, new, required, scheme)? {
        VersionProblem::Reused { least, .. } | VersionProblem::TooSmall { least, .. } => {
            least.to_string()
        }
        // From a version that went down, there is one step back up to where it was.
        VersionProblem::Lowered { before, .. } => before.to_string(),
        VersionProblem::Skipped { .. } => return None,
    };
    let pointer = Pointer::root().word("version");
    let node = locate::find(&after.parsed.document, head.format, &pointer)?;
    let range = node.span().start as usize..node.span().end as usize;
    let written = after.source.text.get(range.clone())?.trim_end();
    Some(Repair {
        title: format!("raise the version from `{new}` to `{least}`"),
        range: range.start..range.start + written.len(),
        text: like(written, &least),
    })
}

/// Writes a version with the quotes that another has.
pub fn like(written: &str, version: &str) -> String {
    match written.chars().next() {
        Some(quote @ ('"' | '\'')) => format!("{quote}{version}{quote}"),
        _ => version.to_owned(),
    }
}
