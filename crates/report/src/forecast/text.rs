//! A forecast in, what people read in a terminal out.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cause, Day, Forecast, Turn, Way};
use crate::escape::visible;
use crate::phrase;

/// Contracts that are told of one day.
const MOST_CONTRACTS: usize = 10;

/// Days that are told where the forecast is a part of something else.
const MOST_DAYS: usize = 5;

/// Policies that one line names.
const MOST_CAUSES: usize = 3;

/// Returns the whole forecast.
pub fn render(forecast: &Forecast) -> String {
    let mut parts: Vec<String> = forecast.days.iter().map(whole).collect();
    let notes: Vec<String> = forecast
        .notes
        .iter()
        .map(|note| format!("note: {}", visible(note)))
        .collect();
    if !notes.is_empty() {
        parts.push(notes.join("\n"));
    }
    parts.push(outcome(forecast));
    parts.join("\n\n") + "\n"
}

/// Returns the first days as a part of another text.
pub(crate) fn section(days: &[Day]) -> String {
    let mut lines = vec!["to come, if nothing changes:".to_owned()];
    lines.extend(
        days.iter()
            .take(MOST_DAYS)
            .map(|one| format!("  {}", day(one))),
    );
    match days.len().saturating_sub(MOST_DAYS) {
        0 => {}
        more => lines.push(format!("  and on {}", phrase::count(more, "later day"))),
    }
    lines.push("  `meshlaw policy forecast` names the contracts".to_owned());
    lines.join("\n")
}

/// Says in one line what a day brings.
pub(crate) fn day(day: &Day) -> String {
    let counted = |way: Way, one: &str, many: &str| {
        let turns: Vec<&Turn> = day.of(way).collect();
        let domains: BTreeSet<&str> = turns.iter().map(|turn| turn.domain.as_str()).collect();
        let verb = if turns.len() == 1 { one } else { many };
        (!turns.is_empty()).then(|| {
            format!(
                "{} of {} {verb}",
                phrase::count(turns.len(), "contract"),
                phrase::count(domains.len(), "domain")
            )
        })
    };
    let parts = [
        counted(Way::Fails, "will fail", "will fail"),
        counted(Way::Worsens, "will fail for more", "will fail for more"),
        counted(Way::Passes, "will pass again", "will pass again"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let causes: BTreeSet<&Cause> = day.turns.iter().flat_map(|turn| &turn.causes).collect();
    let mut named: Vec<String> = causes
        .iter()
        .take(MOST_CAUSES)
        .map(|one| cause(one))
        .collect();
    if causes.len() > MOST_CAUSES {
        named.push(format!("and {} more", causes.len() - MOST_CAUSES));
    }
    format!("on {} {}: {}", day.date, parts.join(", "), named.join(", "))
}

fn whole(one: &Day) -> String {
    let mut lines = vec![day(one)];
    for turn in one.turns.iter().take(MOST_CONTRACTS) {
        let owner = turn.owner.as_ref();
        let owner = owner.map(|owner| format!(" ({})", visible(owner)));
        lines.push(format!(
            "  {:<8} {}{} {}",
            turn.way.as_str(),
            visible(&turn.contract),
            owner.unwrap_or_default(),
            visible(&turn.path)
        ));
        lines.extend(
            turn.causes
                .iter()
                .map(|one| format!("      {}", cause(one))),
        );
    }
    if one.turns.len() > MOST_CONTRACTS {
        let more = one.turns.len() - MOST_CONTRACTS;
        lines.push(format!("  and {}", phrase::count(more, "more contract")));
    }
    lines.join("\n")
}

fn cause(cause: &Cause) -> String {
    format!("{} {}", visible(&cause.id), cause.reason.in_words())
}

fn outcome(forecast: &Forecast) -> String {
    let mut fails: BTreeMap<&str, &str> = BTreeMap::new();
    for (day, turn) in forecast
        .days
        .iter()
        .flat_map(|day| day.of(Way::Fails).map(move |turn| (day, turn)))
    {
        fails.entry(&turn.contract).or_insert(&day.date);
    }
    let all = phrase::count(forecast.contract_count, "contract");
    let verb = if forecast.failing == 1 {
        "fails"
    } else {
        "fail"
    };
    format!(
        "forecast: {} of {all} {verb} today, {} more will start to until {}; {}, judged as of {}",
        forecast.failing,
        fails.len(),
        forecast.until,
        visible(&forecast.of),
        forecast.as_of
    )
}
