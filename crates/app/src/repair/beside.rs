//! A contract that breaks its readers in, two contracts out: the old one with a notice, and the new
//! one beside it under the next major version.

use jiff::civil::Date;
use meshlaw_contract::model::Version;

use super::element::{Element, extent};
use super::notice::{Notice, Terms};
use super::splice::{Repair, apply};
use super::version::like;
use crate::revision::Revision;

/// The two files of a planned break.
pub struct Beside {
    /// The old contract, deprecated.
    pub old: String,
    /// Name of the file of the new one.
    pub path: String,
    /// The new contract.
    pub new: String,
}

/// Keeps the old major version, with a notice, and puts the new one into a file of its own.
///
/// Nothing is returned for a file that holds several contracts, for one whose versions are not
/// semantic, and where a notice cannot be written.
pub fn split(
    before: &Revision<'_>,
    after: &Revision<'_>,
    (since, sunset): (Date, Date),
) -> Option<Beside> {
    let (base, head) = before.contract().zip(after.contract())?;
    let major = base.version.as_ref().and_then(Version::semantic)?.major + 1;
    let (old, new) = (before.source.text, after.source.text);
    let version = extent(new, after.parsed.document.root()?.get("version")?)?;
    let next = format!("{major}.0.0");
    let declared = head.version.as_ref().and_then(Version::semantic);
    let is_declared = declared.is_some_and(|version| version.major >= major);
    let raised = Repair {
        title: String::new(),
        text: like(new.get(version.clone())?, &next),
        range: version,
    };
    let raised = if is_declared { vec![] } else { vec![raised] };
    let replacement = format!("version {next}");
    let terms = Terms {
        since,
        sunset,
        replacement: &replacement,
    };
    let root = before.parsed.document.root()?;
    let whole = Element::of(old, root)?;
    let notice = match Notice::of(base.format, root, terms, whole.is_json()) {
        Notice::Given => None,
        Notice::Entry(entry) => Some(whole.after(root.get("version")?, &entry)?),
        Notice::Items(last, items) => Some(Element::of(old, last)?.followed_by(&items)?),
        Notice::Impossible => return None,
    };
    let notice = notice.map(|(at, text)| Repair {
        title: String::new(),
        range: at..at,
        text,
    });
    Some(Beside {
        old: apply(old, notice.into_iter().collect()).0,
        path: beside(after.source.path, major),
        new: apply(new, raised).0,
    })
}

/// Returns the name of the file for a major version: `orders.v2.contract.yaml`.
fn beside(path: &str, major: u64) -> String {
    let (folder, name) = path
        .rsplit_once('/')
        .map_or(("", path), |(folder, name)| (folder, name));
    let (stem, ends) = name.split_once('.').unwrap_or((name, "yaml"));
    let stem = stem
        .strip_suffix(&format!("_v{}", major - 1))
        .unwrap_or(stem);
    let ends = ends
        .strip_prefix(&format!("v{}.", major - 1))
        .unwrap_or(ends);
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}{stem}.v{major}.{ends}")
}
