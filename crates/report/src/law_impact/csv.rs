//! The impact of a law in, a table with a row for each finding that comes or goes out.

use super::{LawImpact, Said, Turned};
use crate::escape::cell;

/// The columns; new ones are added at the end.
const COLUMNS: [&str; 14] = [
    "contract",
    "path",
    "domain",
    "owner",
    "before",
    "after",
    "motion",
    "weight",
    "id",
    "severity",
    "enforcement",
    "part",
    "message",
    "consumers",
];

/// Returns the table with its head; the shape is that of RFC 4180.
pub fn render(impact: &LawImpact) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail, and every row has as many cells as the head.
    let _ = writer.write_record(COLUMNS);
    for turned in &impact.contracts {
        let comes = turned.appear.iter().map(|said| ("appears", said));
        let goes = turned.vanish.iter().map(|said| ("vanishes", said));
        for (motion, said) in comes.chain(goes) {
            let _ = writer.write_record(row(turned, motion, said));
        }
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn row(turned: &Turned, motion: &str, said: &Said) -> [String; COLUMNS.len()] {
    let consumers: Vec<&str> = turned
        .consumers
        .iter()
        .map(|consumer| consumer.name.as_str())
        .collect();
    [
        cell(&turned.contract),
        cell(&turned.path),
        cell(&turned.domain),
        cell(turned.owner.as_deref().unwrap_or_default()),
        turned.before.to_string(),
        turned.after.to_string(),
        motion.to_owned(),
        said.weight.to_string(),
        cell(&said.id),
        said.severity.to_string(),
        said.enforcement.to_string(),
        cell(said.part.as_deref().unwrap_or_default()),
        cell(&said.message),
        cell(&consumers.join(" ")),
    ]
}
