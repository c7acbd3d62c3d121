//! A backtest in, what people read in a terminal out.

use super::chart::{self, Bar};
use super::{Backtest, Objection, Share, Step};
use crate::escape::visible;
use crate::law_impact::Weight;
use crate::phrase;

/// Pull requests that are told one by one.
const MOST_STEPS: usize = 30;

/// Objections that are told of one pull request.
const MOST_OBJECTIONS: usize = 3;

/// Rows of a table.
const MOST_ROWS: usize = 20;

/// Signs of the longest bar.
const WIDTH: usize = 50;

/// Returns the pull requests that would have been stopped, by whom, and when.
pub fn render(backtest: &Backtest) -> String {
    let mut parts = Vec::new();
    let stopped: Vec<&Step> = backtest.stopped().collect();
    if !stopped.is_empty() {
        let rest = stopped.len().saturating_sub(MOST_STEPS);
        let mut lines: Vec<String> = stopped.iter().skip(rest).map(|step| one(step)).collect();
        if rest > 0 {
            lines.insert(0, format!("{} before these", phrase::count(rest, "more")));
        }
        parts.push(format!("would have been stopped:\n{}", lines.join("\n")));
    }
    let tables = [
        ("author", backtest.by_author()),
        ("owner", backtest.by_owner()),
        ("domain", backtest.by_domain()),
        ("policy", backtest.by_policy()),
    ];
    parts.extend(tables.iter().filter_map(|(title, all)| table(title, all)));
    parts.extend(drawn(&chart::bars(backtest)));
    let notes: Vec<String> = backtest
        .notes
        .iter()
        .map(|note| format!("note: {}", visible(note)))
        .collect();
    if !notes.is_empty() {
        parts.push(notes.join("\n"));
    }
    parts.push(outcome(backtest));
    parts.join("\n\n") + "\n"
}

fn one(step: &Step) -> String {
    let short = |id: &str| id.get(..7).unwrap_or(id).to_owned();
    let mut lines = vec![format!(
        "  {} {} {} ({})",
        step.date,
        short(&step.commit),
        visible(&step.subject),
        visible(&step.author)
    )];
    let back = step
        .reverts
        .as_deref()
        .map(|id| format!("takes {} back", short(id)));
    let gone = step.reverted_by.as_deref();
    let gone = gone.map(|id| format!("was taken back by {}", short(id)));
    lines.extend(
        back.into_iter()
            .chain(gone)
            .map(|said| format!("      {said}")),
    );
    let blocking: Vec<&Objection> = step
        .objections
        .iter()
        .filter(|one| one.weight == Weight::Blocks)
        .collect();
    for objection in blocking.iter().take(MOST_OBJECTIONS) {
        let contract = objection.contract.as_deref().unwrap_or_default();
        let part = objection.part.as_deref().unwrap_or_default();
        let place = [objection.id.as_str(), contract, part];
        let place: Vec<&str> = place.into_iter().filter(|text| !text.is_empty()).collect();
        lines.push(format!(
            "      {}: {}",
            visible(&place.join(" ")),
            visible(&objection.message)
        ));
    }
    if blocking.len() > MOST_OBJECTIONS {
        let more = blocking.len() - MOST_OBJECTIONS;
        lines.push(format!("      and {}", phrase::count(more, "more finding")));
    }
    lines.join("\n")
}

/// Numbers come first: a line that starts with a name could be read as a command by the build
/// server that keeps the log.
fn table(title: &str, shares: &[Share]) -> Option<String> {
    if shares.is_empty() {
        return None;
    }
    let has_shadow = shares.iter().any(|share| share.counted > 0);
    let row = |stopped: &str, warned: &str, counted: &str, name: &str| {
        let counted = if has_shadow {
            format!("{counted:>9}")
        } else {
            String::new()
        };
        format!("{stopped:>7}{warned:>8}{counted}  {name}")
    };
    let mut lines = vec![row("stopped", "warned", "counted", title)];
    for share in shares.iter().take(MOST_ROWS) {
        let [stopped, warned, counted] =
            [share.stopped, share.warned, share.counted].map(|number| number.to_string());
        lines.push(row(&stopped, &warned, &counted, &visible(&share.name)));
    }
    if shares.len() > MOST_ROWS {
        lines.push(format!("and {} more", shares.len() - MOST_ROWS));
    }
    Some(lines.join("\n"))
}

/// Draws a line for each bar: `#` for a pull request that would have been stopped, `.` for another,
/// or for several where there are many.
fn drawn(bars: &[Bar]) -> Option<String> {
    let longest = bars.iter().map(|bar| bar.all).max()?;
    let scaled = |number: usize| match longest {
        0..=WIDTH => number,
        // What is there at all is seen.
        _ => (number * WIDTH).div_ceil(longest),
    };
    let line = |bar: &Bar| {
        let (stopped, all) = (scaled(bar.stopped), scaled(bar.all));
        let signs = "#".repeat(stopped) + &".".repeat(all.saturating_sub(stopped));
        let line = format!(
            "{:<10} {:>5} of {:<5} {signs}",
            bar.name, bar.stopped, bar.all
        );
        line.trim_end().to_owned()
    };
    Some(bars.iter().map(line).collect::<Vec<_>>().join("\n"))
}

/// Says what the law would have done, in one line.
pub(super) fn outcome(backtest: &Backtest) -> String {
    let all = backtest.steps.len();
    let about = backtest.steps.iter().filter(|step| step.is_about_contracts);
    let about = match about.count() {
        1 => "1 touches contracts or what is around them".to_owned(),
        many => format!("{many} touch contracts or what is around them"),
    };
    let stopped = backtest.stopped().count();
    let back = backtest.stopped().filter(|step| step.reverted_by.is_some());
    let mut parts = vec![format!(
        "{stopped} of {} would have been stopped; {about}",
        phrase::count(all, "pull request"),
    )];
    match back.count() {
        0 => {}
        1 => parts.push("1 of the stopped was taken back later".to_owned()),
        many => parts.push(format!("{many} of the stopped were taken back later")),
    }
    let days = backtest.steps.first().zip(backtest.steps.last());
    let days = days.map(|(first, last)| format!(", {} to {}", first.date, last.date));
    parts.push(format!(
        "{}{}, by the law of {}",
        visible(&backtest.branch),
        days.unwrap_or_default(),
        visible(&backtest.law)
    ));
    format!("backtest: {}", parts.join("; "))
}
