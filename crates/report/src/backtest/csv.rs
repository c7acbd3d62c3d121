//! A backtest in, a table with a row for each pull request out.

use std::collections::BTreeSet;

use super::{Backtest, Objection, Step};
use crate::escape::cell;
use crate::law_impact::Weight;

/// The columns; new ones are added at the end.
const COLUMNS: [&str; 13] = [
    "commit",
    "date",
    "kind",
    "subject",
    "author",
    "about_contracts",
    "stopped",
    "policies",
    "contracts",
    "domains",
    "owners",
    "reverts",
    "reverted_by",
];

/// Returns the table with its head; the shape is that of RFC 4180.
pub fn render(backtest: &Backtest) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail, and every row has as many cells as the head.
    let _ = writer.write_record(COLUMNS);
    for step in &backtest.steps {
        let _ = writer.write_record(row(step));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn row(step: &Step) -> [String; COLUMNS.len()] {
    let all = |text: fn(&Objection) -> Option<&str>| {
        let blocking = step.objections.iter();
        let blocking = blocking.filter(|one| one.weight == Weight::Blocks);
        let names: BTreeSet<&str> = blocking.filter_map(text).collect();
        cell(&names.into_iter().collect::<Vec<_>>().join(" "))
    };
    [
        step.commit.clone(),
        step.date.clone(),
        super::json::kind(step).to_owned(),
        cell(&step.subject),
        cell(&step.author),
        step.is_about_contracts.to_string(),
        step.is_stopped().to_string(),
        all(|one| Some(one.id.as_str())),
        all(|one| one.contract.as_deref()),
        all(|one| one.domain.as_deref()),
        all(|one| one.owner.as_deref()),
        step.reverts.clone().unwrap_or_default(),
        step.reverted_by.clone().unwrap_or_default(),
    ]
}
