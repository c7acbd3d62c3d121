//! A backtest in, a chart of its pull requests over time out.

use std::fmt::Write as _;

use super::Backtest;
use super::chart::{Bar, bars};
use super::text::outcome;

/// Room for one bar, in the units of the picture.
const STEP: usize = 24;
const BAR: usize = 16;
const HEIGHT: usize = 160;
const LEFT: usize = 40;
const TOP: usize = 40;
const BOTTOM: usize = 70;

/// Most bars that carry their name.
const MOST_NAMES: usize = 26;

/// Returns the picture.
pub fn render(backtest: &Backtest) -> String {
    let bars = bars(backtest);
    let most = bars.iter().map(|bar| bar.all).max().unwrap_or(0).max(1);
    let (width, height) = (LEFT + STEP * bars.len().max(16) + 20, TOP + HEIGHT + BOTTOM);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" font-family=\"sans-serif\" font-size=\"11\">\n\
         <title>{}</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n",
        text(&outcome(backtest))
    );
    let key = [
        ("#c8ccd4", "pull requests"),
        ("#c0392b", "would have been stopped"),
    ];
    for (at, (colour, name)) in key.into_iter().enumerate() {
        let x = LEFT + at * 110;
        let _ = writeln!(
            out,
            "<rect x=\"{x}\" y=\"12\" width=\"10\" height=\"10\" fill=\"{colour}\"/><text x=\"{}\" y=\"21\">{name}</text>",
            x + 15
        );
    }
    let base = TOP + HEIGHT;
    let _ = writeln!(
        out,
        "<path d=\"M{LEFT} {TOP}V{base}H{}\" stroke=\"#555555\" fill=\"none\"/>\n\
         <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{most}</text><text x=\"{}\" y=\"{base}\" text-anchor=\"end\">0</text>",
        width - 20,
        LEFT - 6,
        TOP + 8,
        LEFT - 6
    );
    let each = bars.len().div_ceil(MOST_NAMES).max(1);
    for (at, bar) in bars.iter().enumerate() {
        let x = LEFT + 6 + at * STEP;
        draw(&mut out, bar, x, most);
        if at % each == 0 {
            let (x, y) = (x + BAR / 2, base + 10);
            let _ = writeln!(
                out,
                "<text x=\"{x}\" y=\"{y}\" text-anchor=\"end\" transform=\"rotate(-60 {x} {y})\">{}</text>",
                bar.name
            );
        }
    }
    out.push_str("</svg>\n");
    out
}

fn draw(out: &mut String, bar: &Bar, x: usize, most: usize) {
    let base = TOP + HEIGHT;
    let _ = write!(
        out,
        "<g><title>{}: {} of {}</title>",
        bar.name, bar.stopped, bar.all
    );
    for (number, colour) in [(bar.all, "#c8ccd4"), (bar.stopped, "#c0392b")] {
        let height = (number * HEIGHT).div_ceil(most);
        if height > 0 {
            let y = base - height;
            let _ = write!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{BAR}\" height=\"{height}\" fill=\"{colour}\"/>"
            );
        }
    }
    out.push_str("</g>\n");
}

/// Writes a text so that no markup can be in it.
fn text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
