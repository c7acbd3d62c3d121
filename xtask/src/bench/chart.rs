//! Results in, a chart of their ratios out.

use std::fmt::Write as _;

use super::Results;

/// Pixels of a bar's row, of the labels, of the bars, and of the whole.
const ROW: f64 = 26.0;
const LABELS: f64 = 380.0;
const BARS: f64 = 380.0;
const WIDTH: f64 = 900.0;

/// Draws the ratios on a logarithmic scale, with a stroke where each should be.
pub fn svg(results: &Results) -> String {
    let rows: Vec<_> = results
        .rows
        .iter()
        .filter_map(|row| Some((row, row.ratio()?)))
        .collect();
    let largest = rows
        .iter()
        .map(|(row, ratio)| ratio.max(row.mark.unwrap_or(1.0)));
    let largest = largest.fold(10.0_f64, f64::max);
    let at =
        |ratio: f64| LABELS + BARS * (ratio.max(0.1) * 10.0).log10() / (largest * 10.0).log10();
    let height = ROW * (rows.len() as f64 + 2.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"10\" y=\"18\">Time of meshlaw, in times of its reference (logarithmic); the stroke is the aim</text>\n"
    );
    for (index, (row, ratio)) in rows.iter().enumerate() {
        let top = ROW * (index as f64 + 1.2);
        let (begin, end) = (at(0.1), at(*ratio));
        let colour = match row.is_reached() {
            Some(false) => "#c0392b",
            _ => "#2e86c1",
        };
        let _ = writeln!(
            out,
            "<text x=\"10\" y=\"{:.0}\">{}</text>\n<rect x=\"{begin:.0}\" y=\"{:.0}\" width=\"{:.1}\" height=\"14\" fill=\"{colour}\"/>\n\
             <text x=\"{:.0}\" y=\"{:.0}\">{ratio:.1} ×</text>",
            top + 12.0,
            row.what,
            top + 1.0,
            (end - begin).max(1.0),
            end + 6.0,
            top + 12.0,
        );
        if let Some(mark) = row.mark {
            let x = at(mark);
            let _ = writeln!(
                out,
                "<line x1=\"{x:.0}\" x2=\"{x:.0}\" y1=\"{:.0}\" y2=\"{:.0}\" stroke=\"black\" stroke-width=\"2\"/>",
                top - 2.0,
                top + 18.0
            );
        }
    }
    out + "</svg>\n"
}
