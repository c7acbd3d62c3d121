//! What must hold for any two texts that are compared; a test over kept texts and a fuzz target run
//! the same.

use meshlaw_contract::model::Contract;
use meshlaw_contract::{Format, Limits, parse_contracts};
use meshlaw_diff::{Grade, Witnesses, compare};

/// The line between a text and the one that it is compared with.
const BETWEEN: &str = "\n=====\n";

/// Compares two texts as contracts of either format, and looks for witnesses of what changed. A
/// text that stands alone is compared with itself, which shows nothing.
pub fn compare_contracts(text: &str) {
    for format in [Format::Native, Format::Odcs] {
        match text.split_once(BETWEEN) {
            Some((base, head)) => {
                compared(first(base, format), first(head, format));
            }
            None => {
                let changes = compared(first(text, format), first(text, format));
                assert_eq!(changes, 0, "{text:?} differs from itself");
            }
        }
    }
}

fn first(text: &str, format: Format) -> Option<Contract> {
    let parsed = parse_contracts(text, format, &Limits::default());
    parsed.into_iter().next()?.value
}

/// Returns how many changes there are.
fn compared(base: Option<Contract>, head: Option<Contract>) -> usize {
    let today = jiff::civil::date(2026, 11, 23);
    let (Some(base), Some(head)) = (base, head) else {
        return 0;
    };
    let Ok(comparison) = compare(Some(&base), Some(&head), today) else {
        return 0;
    };
    let witnesses = Witnesses::of(&base, &head, &comparison);
    for change in &comparison.changes {
        witnesses.find(change, (Grade::Breaking, Grade::Breaking));
    }
    comparison.changes.len()
}
