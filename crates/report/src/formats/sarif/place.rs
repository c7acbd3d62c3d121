//! Places and fixes of a report in, those of SARIF out.

use serde_sarif::sarif::{
    ArtifactChange, ArtifactContent, ArtifactLocation, Fix, Location, LogicalLocation,
    PhysicalLocation, Region, Replacement,
};

use super::message;
use crate::entry::Entry;
use crate::escape::visible;
use crate::formats::encoded_path;
use crate::{Location as Place, Side};

/// Returns where an entry is; what has no place stands at the head of the settings.
pub(super) fn of_entry(entry: &Entry<'_>) -> Location {
    let at = entry.location.or(entry.gone_from);
    let path = at.map_or("meshlaw.yaml", |at| at.path.as_str());
    let region = entry.location.map_or_else(first_line, region);
    let mut location = Location::builder()
        .physical_location(physical(path, region))
        .build();
    location.logical_locations = entry.contract.map(|contract| {
        let name = match entry.part {
            Some(part) => format!("{contract}#{part}"),
            None => contract.to_owned(),
        };
        let logical = LogicalLocation::builder()
            .fully_qualified_name(visible(&name))
            .kind("object")
            .build();
        vec![logical]
    });
    location
}

/// Returns the other places that the judged files have; a place of the base has no line here.
pub(super) fn related(entry: &Entry<'_>) -> Vec<Location> {
    let here = entry
        .related
        .iter()
        .filter(|related| related.location.side == Side::Head);
    here.zip(1..)
        .map(|(related, id)| {
            let at = &related.location;
            Location::builder()
                .id(id)
                .message(message(&related.message))
                .physical_location(physical(&at.path, region(at)))
                .build()
        })
        .collect()
}

/// Returns what would mend it.
pub(super) fn fix(fix: &crate::Fix) -> Fix {
    let deleted = Region::builder()
        .start_line(i64::from(fix.start.line))
        .start_column(i64::from(fix.start.column))
        .end_line(i64::from(fix.end.line))
        .end_column(i64::from(fix.end.column))
        .build();
    let replacement = Replacement::builder()
        .deleted_region(deleted)
        .inserted_content(ArtifactContent::builder().text(fix.text.clone()).build())
        .build();
    let change = ArtifactChange::builder()
        .artifact_location(artifact(&fix.path))
        .replacements(vec![replacement])
        .build();
    Fix::builder()
        .description(message(&fix.title))
        .artifact_changes(vec![change])
        .build()
}

fn physical(path: &str, region: Region) -> PhysicalLocation {
    PhysicalLocation::builder()
        .artifact_location(artifact(path))
        .region(region)
        .build()
}

fn artifact(path: &str) -> ArtifactLocation {
    ArtifactLocation::builder()
        .uri(encoded_path(path))
        .uri_base_id("%SRCROOT%")
        .build()
}

fn first_line() -> Region {
    Region::builder().start_line(1).build()
}

/// The file as a whole is its first line: viewers want one.
fn region(at: &Place) -> Region {
    if at.line == 0 {
        return first_line();
    }
    let column = i64::from(at.column.max(1));
    let length = at.excerpt.as_ref().map(|excerpt| i64::from(excerpt.length));
    let region = Region::builder()
        .start_line(i64::from(at.line))
        .start_column(column);
    match length {
        Some(length) => region.end_column(column + length).build(),
        None => region.build(),
    }
}
