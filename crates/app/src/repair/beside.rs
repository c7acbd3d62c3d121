//! A contract that breaks its readers in, two contracts out: the old one with a notice, and the new
//! one beside it under the next major version.

use jiff::civil::Date;
use meshlaw_contract::model::Version;
use meshlaw_contract::{Format, Pointer, locate};

use super::element::{extent, line_end};
use super::splice::{Repair, apply};
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
/// Nothing is returned for a file that holds several contracts, or one whose versions are not
/// semantic.
pub fn split(
    before: &Revision<'_>,
    after: &Revision<'_>,
    (since, sunset): (Date, Date),
) -> Option<Beside> {
    let (base, head) = before.contract().zip(after.contract())?;
    let major = base.version.as_ref().and_then(Version::semantic)?.major + 1;
    let (old, new) = (before.source.text, after.source.text);
    let version = |revision: &Revision<'_>, format| {
        let pointer = Pointer::root().word("version");
        let node = locate::find(&revision.parsed.document, format, &pointer)?;
        extent(revision.source.text, node)
    };
    let next = format!("{major}.0.0");
    let declared = head.version.as_ref().and_then(Version::semantic);
    let is_declared = declared.is_some_and(|version| version.major >= major);
    let raised = Repair {
        title: String::new(),
        range: version(after, head.format)?,
        text: match new.get(version(after, head.format)?)?.chars().next()? {
            quote @ ('"' | '\'') => format!("{quote}{next}{quote}"),
            _ => next.clone(),
        },
    };
    let raised = if is_declared { vec![] } else { vec![raised] };
    let entry = match base.format {
        _ if base.deprecated.is_some() => None,
        Format::Native => Some(format!(
            "deprecated: {{ since: {since}, sunset: {sunset}, replacement: version {next} }}"
        )),
        // A list that is there would have to be opened for it.
        Format::Odcs if !base.properties.is_empty() => None,
        Format::Odcs => Some(format!(
            "customProperties: [{{ property: deprecatedSince, value: \"{since}\" }}, \
             {{ property: sunset, value: \"{sunset}\" }}, \
             {{ property: replacement, value: version {next} }}]"
        )),
    };
    let notice = entry.and_then(|entry| {
        let at = version(before, base.format)?.end;
        let rest = old.get(at..)?;
        let is_flow = old.trim_start().starts_with('{');
        let (at, text) = if is_flow {
            (at, format!(", {entry}"))
        } else {
            let line = rest.find(['\r', '\n']).unwrap_or(rest.len());
            (at + line, format!("{}{entry}", line_end(old)))
        };
        Some(Repair {
            title: String::new(),
            range: at..at,
            text,
        })
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
