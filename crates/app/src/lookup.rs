//! Names of contracts in, the files of a snapshot that hold them out, without reading the estate.

use std::collections::BTreeSet;

use meshlaw_changeset::{Globs, Reader};
use meshlaw_report::Side;

use crate::failure::Failure;
use crate::identity::Domains;
use crate::revision::FileText;
use crate::settings::Settings;

/// Finds the files that may hold contracts, by their ids `domain/name`.
///
/// A file is read only where its path does not rule out each of the domains, and kept only where
/// its text holds one of the names, or its own name is one.
pub fn files_of(
    reader: &Reader,
    settings: &Settings,
    domains: &Domains,
    ids: &BTreeSet<String>,
) -> Result<Vec<FileText>, Failure> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in reader.list(&Globs::new(&settings.contracts)?)? {
        let path = entry.path.to_string();
        let of_path = domains.of_path(&path);
        let may_be = ids.iter().filter_map(|id| id.split_once('/'));
        let names: Vec<&str> = may_be
            .filter(|(domain, _)| of_path.as_deref().is_none_or(|own| own == *domain))
            .map(|(_, name)| name)
            .collect();
        if names.is_empty() {
            continue;
        }
        let Some(file) = FileText::read(reader, &entry, settings, Side::Head) else {
            continue;
        };
        if names
            .iter()
            .any(|name| file.text.contains(name) || path.contains(name))
        {
            found.push(file);
        }
    }
    Ok(found)
}
