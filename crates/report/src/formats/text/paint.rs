//! A text and its meaning in, coloured text out.

use crate::formats::Style;

/// What a text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// What blocks or breaks.
    Error,
    /// What may become trouble.
    Warning,
    /// What is good to know.
    Note,
    /// The way out.
    Help,
    /// What is well.
    Pass,
    /// A heading.
    Strong,
    /// Paths and the like, for those who look for them.
    Faint,
    /// Words that are no longer there.
    Gone,
    /// Words that are new.
    Come,
}

/// Returns a safe text in its colour, where the terminal shows colours.
pub(super) fn paint(style: &Style, ink: Ink, text: &str) -> String {
    if !style.color || text.is_empty() {
        return text.to_owned();
    }
    let codes = match ink {
        Ink::Error => "1;91",
        Ink::Warning => "33",
        Ink::Note => "94",
        Ink::Help => "96",
        Ink::Pass => "1;32",
        Ink::Strong => "1",
        Ink::Faint => "2",
        Ink::Gone => "9;31",
        Ink::Come => "32",
    };
    format!("\u{1b}[{codes}m{text}\u{1b}[0m")
}
