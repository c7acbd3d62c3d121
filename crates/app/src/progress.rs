//! A progress bar for runs that people wait for.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Returns a bar for so many contracts; it is silent where nobody looks, and for the first second.
pub fn bar(count: usize) -> ProgressBar {
    bar_of(count, "contracts")
}

/// Returns a bar for so many things of a name, likewise.
pub fn bar_of(count: usize, what: &str) -> ProgressBar {
    let bar = ProgressBar::new(count as u64);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
        return bar;
    }
    // One draw a second: the first comes when the run has lasted that long.
    bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(1));
    let template = format!("{{wide_bar}} {{pos}}/{{len}} {what}, {{eta}} left");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_secs(1));
    bar
}
