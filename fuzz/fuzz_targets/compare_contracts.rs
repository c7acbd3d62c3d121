#![no_main]
//! Two texts, compared as contracts of either format: physical types, patterns, versions and the
//! search for witnesses all meet text of strangers.

use meshlaw_contract::{Format, Limits, parse_contracts};
use meshlaw_diff::{Grade, Witnesses, compare};

libfuzzer_sys::fuzz_target!(|pair: (&str, &str)| {
    let today = jiff::civil::date(2026, 11, 23);
    for format in [Format::Native, Format::Odcs] {
        let limits = Limits::default();
        let mut base = parse_contracts(pair.0, format, &limits).into_iter();
        let mut head = parse_contracts(pair.1, format, &limits).into_iter();
        let values = (base.next(), head.next());
        let (Some(base), Some(head)) = values else {
            continue;
        };
        let (Some(base), Some(head)) = (base.value, head.value) else {
            continue;
        };
        let Ok(comparison) = compare(Some(&base), Some(&head), today) else {
            continue;
        };
        let witnesses = Witnesses::of(&base, &head, &comparison);
        for change in &comparison.changes {
            witnesses.find(change, (Grade::Breaking, Grade::Breaking));
        }
    }
});
